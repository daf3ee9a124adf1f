package app

import (
	"strings"

	"fyne.io/fyne/v2/theme"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases/profile"
)

// addScales adds the row of what the millimetres of each disc rest on, where those of any are not the patient's own.
func (p *discPlot) addScales(add func(name string, line func(level string, a annotations.Annotation, ok bool) gridLine)) {
	w := p.v.w
	on := func(a annotations.Annotation) gridLine {
		x, ok := profile.Value(a, "dabbs_mm")
		switch {
		case !ok:
			return gridLine{}
		case w.calibration.isStale(a):
			return gridLine{text: "⚠ " + w.text.T("calibration.stale.short"), name: theme.ColorNameWarning}
		}
		return gridLine{text: strings.Trim(describe.Basis(w.text, x), " ()"), name: theme.ColorNamePlaceHolder}
	}
	for _, a := range p.v.shown.Discs {
		if on(a).text != "" {
			add(w.text.T("profile.row.scale"), func(_ string, a annotations.Annotation, _ bool) gridLine { return on(a) })
			return
		}
	}
}
