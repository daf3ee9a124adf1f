package annotations

import (
	"slices"
	"strings"
)

// Attributes of an instability finding: what the reviewer saw of whether its films are adequate, where software cannot know. AttributePosture is one too.
const (
	// AttributeDoubleContour is how far apart the two contours of the posterior walls or endplates lie on either film, as of a vertebra that is
	// turned or tilted: "none", "up-to-3mm", "over-3mm".
	AttributeDoubleContour = "double_contour"
	// AttributeEffort is whether the patient moved enough, where the range of L1-S1 is not measured: "adequate", "insufficient".
	AttributeEffort = "effort"
)

// Values of those attributes.
const (
	ContourNone        = "none"
	ContourSlight      = "up-to-3mm"
	ContourWide        = "over-3mm"
	EffortAdequate     = "adequate"
	EffortInsufficient = "insufficient"
)

// adequacyCodes are the warnings that say how the films limit a verdict on instability (M 3.5): they are said beside it.
var adequacyCodes = []string{
	"film-view", "same-film", "other-study", "registration-scale", "registration-residual", "effort-insufficient", "effort-said", "effort-unknown",
	"contour-over", "contour-unknown", "film-posture-lying", "film-posture-unknown", "film-posture-mixed", "posture-contradicted",
}

// LimitsVerdict reports whether a warning of a finding, a code with its arguments, says how its films limit the verdict.
func (a Annotation) LimitsVerdict(warning string) bool {
	code, _, _ := strings.Cut(warning, "|")
	return a.Kind == Instability && slices.Contains(adequacyCodes, code)
}
