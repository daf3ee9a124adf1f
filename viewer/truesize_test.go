package viewer

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

func TestTrueSize(t *testing.T) {
	l := newLab(t, fyne.NewSize(600, 600))
	if p := l.g.TrueSize(); p != SizeImage {
		t.Errorf("an empty view: %q", p)
	}
	it := l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", pixel: 0.7})
	it.Info.Calibration = dicomio.Calibration{State: dicomio.InPatient, Spacing: space.Spacing{BetweenRows: 0.9, BetweenColumns: 0.7}}
	l.g.Place(0, it, nil)
	l.rest()
	if p := l.g.TrueSize(); p != SizeScreen {
		t.Errorf("a screen that nobody has measured: %q", p)
	}
	l.g.SetScreen(4, 1) // pixels a millimetre: 102 to the inch
	l.g.SetView(0, l.g.View(0))
	c := l.g.cells[0]
	says := func() string {
		o := c.compose(c.geometry())
		for _, line := range o.Image {
			if strings.Contains(line.Text, "viewer.overlay.zoom") {
				return line.Text
			}
		}
		return ""
	}
	if strings.Contains(says(), "viewer.overlay.zoom.true") {
		t.Error("it says so before it is")
	}
	before := c.viewport().Middle(l.g.View(0))
	if p := l.g.TrueSize(); p != "" {
		t.Fatalf("refused: %q", p)
	}
	// 100 columns of 0.7 mm are 70 mm, which are 280 pixels; 100 rows of 0.9 mm are 360.
	x0, y0, x1, y1 := c.geometry().Bounds()
	if math.Abs(x1-x0-280) > 0.5 || math.Abs(y1-y0-360) > 0.5 {
		t.Errorf("the image is %v x %v pixels, want 280 x 360", x1-x0, y1-y0)
	}
	if !strings.Contains(says(), "viewer.overlay.zoom.true") {
		t.Errorf("it says %q", says())
	}
	if d := before.Distance(c.viewport().Middle(l.g.View(0))); d > 0.5 {
		t.Errorf("the middle has moved by %v", d)
	}
	l.g.ZoomBy(1.01)
	if strings.Contains(says(), "viewer.overlay.zoom.true") {
		t.Error("a hundredth larger it still says so")
	}
	l.g.TrueSize()
	l.g.SetScreen(4, 2) // measured where a unit had two pixels: another screen
	if p := l.g.TrueSize(); p != SizeScreen || strings.Contains(says(), "viewer.overlay.zoom.true") {
		t.Errorf("on another screen: %q, it says %q", p, says())
	}
	l.g.SetScreen(4, 1)
	for state, want := range map[string]SizeProblem{
		dicomio.DetectorPlane: SizeDetector, dicomio.UnknownPlane: SizePlane, dicomio.Uncalibrated: SizePixels, dicomio.CalibratedByUser: "", dicomio.CalibratedERMF: "",
	} {
		film := l.stack(made{uid: "CR" + state, n: 1, modality: "CR"})
		film.Info.Calibration = dicomio.Calibration{State: state, Spacing: space.Spacing{BetweenRows: 0.2, BetweenColumns: 0.2}}
		if state == dicomio.Uncalibrated {
			film.Info.Calibration.Spacing = space.Spacing{}
		}
		l.g.Place(0, film, nil)
		l.rest()
		was := l.g.View(0)
		if p := l.g.TrueSize(); p != want || p != "" && l.g.View(0) != was {
			t.Errorf("%s: %q, want %q", state, p, want)
		}
		if got := strings.Contains(says(), "viewer.overlay.zoom.true"); got != (want == "") {
			t.Errorf("%s: it says so: %v", state, got)
		}
	}
}

// Shown as large as it is, an image is not called reduced, which would be read as smaller than in the patient: also in the view that goes along, the text says the one alone.
func TestTrueSizeIsNotCalledReduced(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 500))
	l.g.SetLayout(Layout1x2)
	for i, uid := range []string{"A", "B"} {
		film := l.stack(made{uid: uid, n: 1, modality: "CR"})
		film.Info.Calibration = dicomio.Calibration{State: dicomio.CalibratedByUser, Spacing: space.Spacing{BetweenRows: 0.2, BetweenColumns: 0.2}}
		l.g.Place(i, film, nil)
	}
	l.rest()
	l.g.SetScreen(4, 1)
	if p := l.g.TrueSize(); p != "" {
		t.Fatalf("refused: %q", p)
	}
	l.rest()
	for i := range 2 {
		c := l.g.cells[i]
		said := ""
		for _, line := range c.compose(c.geometry()).Image {
			if strings.Contains(line.Text, "viewer.overlay.zoom") {
				said = line.Text
			}
		}
		if !strings.Contains(said, "viewer.overlay.zoom.true") || strings.Contains(said, "viewer.overlay.zoom.reduced") {
			t.Errorf("view %d says %q", i, said)
		}
	}
}
