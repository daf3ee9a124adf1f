package evaluate

import (
	"context"

	"rachis/annotations/spine"
	"rachis/annotations/spine/registration"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// LateralFilm is a radiograph for FindCorners: a frame and what its spacing rests on.
type LateralFilm struct {
	Frame       *dicomio.Frame
	Calibration dicomio.Calibration
}

// FindCorners looks on one film for the vertebrae whose corners are known on another one (registration.Find). Nothing is kept: what it
// finds is a proposal.
func FindCorners(ctx context.Context, from, to LateralFilm, vertebrae map[string]spine.Landmarks, progress registration.Progress) (registration.Result, error) {
	a, b := RegistrationFilm(from.Frame, from.Calibration), RegistrationFilm(to.Frame, to.Calibration)
	// Of one plane on both: the detector's, or the spine's. Where they differ, the pixels' ratio is as unknown as without a spacing.
	if onDetector(from.Calibration) != onDetector(to.Calibration) {
		a.Spacing, b.Spacing = space.Spacing{}, space.Spacing{}
	}
	return registration.Find(ctx, a, b, vertebrae, progress)
}

// onDetector reports whether RegistrationFilm gives the spacing on the detector.
func onDetector(c dicomio.Calibration) bool { return c.Magnification > 0 || !c.Corrected() }
