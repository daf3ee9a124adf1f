package app

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"rachis/app/lang"
)

// What a sequence says is read whole in the right panel, in both languages: "hypersig…" would be half a word of the finding.
func TestReadingsFitTheirColumns(t *testing.T) {
	openedWindow(t, "en")
	const panel, frame = 286, 12 // the panel's width, and what the editor keeps free at its sides
	width := [4]float32{readingColumns[0], readingColumns[1], readingColumns[2], panel - frame - readingColumns[0] - readingColumns[1] - readingColumns[2]}
	for _, l := range lang.Languages {
		texts := lang.In(l)
		for column, list := range [4][]string{
			{}, {texts.T("modic.panel.ratio")}, {texts.T("modic.panel.contrast")},
			{texts.T("modic.panel.class"), texts.T("modic.class.high"), texts.T("modic.class.iso"), texts.T("modic.class.low"), texts.T("modic.class.not_high")},
		} {
			for _, s := range list {
				if need := fyne.MeasureText(s, theme.CaptionTextSize(), fyne.TextStyle{}).Width + 2*theme.InnerPadding(); need > width[column] {
					t.Errorf("%s: %q needs %.0f and has %.0f", l, s, need, width[column])
				}
			}
		}
		for column, s := range [3]string{"STIR", "0.76", "+100 %"} {
			if need := fyne.MeasureText(s, theme.TextSize(), fyne.TextStyle{}).Width + 2*theme.InnerPadding(); need > width[column] {
				t.Errorf("%q needs %.0f and has %.0f", s, need, width[column])
			}
		}
	}
}
