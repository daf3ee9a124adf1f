package app

import (
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// Corners that were found from those of the other film fit without a residual: that is said, and no 0.00 mm that would pass for a proof.
func TestSuperpositionOfFoundCornersHasNoResidual(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		w, _ := openedWindow(t, language)
		found := w.superposedCaption(&superposed{lower: "L5", scale: 1, found: true})
		measured := w.superposedCaption(&superposed{lower: "L5", scale: 1, rms: "0.31 mm"})
		if strings.Contains(found, "RMS") || !strings.Contains(found, w.text.T("compare.found")) || !strings.Contains(measured, "0.31 mm RMS") {
			t.Errorf("%s: %q, %q", language, found, measured)
		}
	}
	points := []space.Pixel{{Col: 1}, {Col: 2}, {Col: 3}, {Col: 4}}
	m := annotations.Mark{Names: []string{"L4.SA", "L4.SP", "L5.SA", "L5.SP"}, Points: points, Proposal: &annotations.Proposal{Points: points}}
	if !foundFrom(m, "L5") {
		t.Error("corners that nobody has moved were not found")
	}
	m.Points = []space.Pixel{{Col: 1}, {Col: 2.5}, {Col: 3}, {Col: 4}}
	if !foundFrom(m, "L5") || foundFrom(m, "L4") {
		t.Error("a corner of L4 was moved")
	}
	if m.Proposal = nil; foundFrom(m, "L5") {
		t.Error("corners of a hand are said to be found")
	}
}
