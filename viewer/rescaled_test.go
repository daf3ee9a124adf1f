package viewer

import (
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/overlay"
)

// A scale that the reviewer gives a film, changes or takes back is on its rulers at once, also where no mark of it is on the picture.
func TestRulersFollowTheReviewersScale(t *testing.T) {
	own := dicomio.Calibration{}
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) {
		c.Calibration = func(annotations.ImageRef, dicomio.Calibration) (dicomio.Calibration, bool) {
			return own, own.State != ""
		}
	})
	l.g.Place(0, l.stack(made{uid: "X", n: 1, modality: "DX"}), nil)
	l.rest()
	c := l.g.cells[0]
	ruler := func() overlay.Ruler { return c.compose(c.geometry()).Down }
	c.paint(400, 400)
	for i, scale := range []float64{0.5, 0.25, 0} {
		before := ruler()
		own = dicomio.Calibration{}
		if scale > 0 {
			own = dicomio.Calibration{State: dicomio.CalibratedByUser, Spacing: space.Spacing{BetweenRows: scale, BetweenColumns: scale}}
		}
		l.g.RefreshMarks()
		if !c.dirty {
			t.Errorf("step %d: the picture is not painted anew", i)
		}
		c.paint(400, 400)
		if ruler() == before {
			t.Errorf("step %d: the ruler is still %+v", i, before)
		}
		if l.g.RefreshMarks(); c.dirty {
			t.Errorf("step %d: it is painted anew for nothing", i)
		}
	}
}

// What the magnifier says of its strength is in the reader's language.
func TestMagnifierSpeaksTheNewLanguage(t *testing.T) {
	number := "3.0"
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Number = func(float64, int) string { return number } })
	l.g.Place(0, l.stack(made{uid: "A", n: 1}), nil)
	l.rest()
	l.g.Magnifier(true)
	l.move(0, 200, 200)
	l.g.cells[0].paint(400, 400)
	if l.g.lens.label != "3.0×" {
		t.Fatalf("it says %q", l.g.lens.label)
	}
	number = "3,0"
	l.g.Relabel()
	l.g.cells[0].paint(400, 400)
	if l.g.lens.label != "3,0×" {
		t.Errorf("in the other language it says %q", l.g.lens.label)
	}
}
