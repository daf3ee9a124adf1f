package overlay

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/render"
)

func geometry(rows, columns, w, h int, aspect float64, turn int, flip bool) render.Geometry {
	return render.Viewport{Rows: rows, Columns: columns, Aspect: aspect, Width: w, Height: h}.Geometry(annotations.View{Turn: turn, Flip: flip})
}

func texts(language string) Texts {
	c := lang.In(language)
	return Texts{Text: c.T, Number: c.Number}
}

func TestGraduate(t *testing.T) {
	for _, c := range []struct{ side, perUnit, value, step float64 }{
		{600, 1, 200, 200}, // 120 to 200 units
		{600, 2, 100, 100}, // 60 to 100
		{540, 2, 80, 20},   // 54 to 90: not 50
		{300, 1, 100, 100},
		{600, 4, 50, 50},       // 30 to 50
		{570, 4, 40, 20},       // 28.5 to 47.5
		{600, 1000, 0.2, 0.2},  // 0.12 to 0.2
		{600, 0.01, 2e4, 2e4},  // 12000 to 20000
		{100, 12.5, 2, 2},      // 1.6 to 2.67
		{100, 10, 2, 2},        // 2 to 3.33
		{95, 10, 2, 2},         // 1.9 to 3.17
		{110, 10, 3, 1},        // 2.2 to 3.67
		{500, 166.67, 0.8, .2}, // 0.6 to 0.99994
	} {
		r := graduate(c.side, c.perUnit)
		if math.Abs(r.Value-c.value) > 1e-12*c.value || math.Abs(r.Step-c.step*c.perUnit) > 1e-9*r.Step || math.Abs(r.Length-c.value*c.perUnit) > 1e-9*r.Length {
			t.Errorf("side %g at %g px a unit: %g in steps of %g, want %g in steps of %g", c.side, c.perUnit, r.Value, r.Step/c.perUnit, c.value, c.step)
		}
	}
	for _, c := range [][2]float64{{0, 1}, {-5, 1}, {600, 0}, {600, -1}, {600, math.NaN()}, {math.NaN(), 1}, {600, math.Inf(1)}, {math.Inf(1), 1}} {
		if r := graduate(c[0], c[1]); r != (Ruler{}) {
			t.Errorf("%v has a ruler: %+v", c, r)
		}
	}
}

// For any side and scale: between a fifth and a third of the side, a whole number of steps, steps of 1, 2 or 5.
func TestGraduateAlways(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		side, perUnit := 50+r.Float64()*4000, math.Pow(10, r.Float64()*8-4)
		g := graduate(side, perUnit)
		if g.Length < side/5*(1-1e-9) || g.Length > side/3*(1+1e-9) {
			t.Fatalf("side %g at %g: %g long", side, perUnit, g.Length)
		}
		steps := g.Length / g.Step
		mantissa := g.Step / perUnit / math.Pow(10, math.Floor(math.Log10(g.Step/perUnit)+1e-9))
		if math.Abs(steps-math.Round(steps)) > 1e-6 || steps > 5.5 || min(math.Abs(mantissa-1), math.Abs(mantissa-2), math.Abs(mantissa-5)) > 1e-6 {
			t.Fatalf("side %g at %g: %g steps of %g", side, perUnit, steps, mantissa)
		}
		if g.Minor != 0 && g.Minor < minorGap {
			t.Fatalf("side %g at %g: marks %g apart", side, perUnit, g.Minor)
		}
	}
}

func TestRulers(t *testing.T) {
	tx := texts("en")
	// 100 rows 1 mm apart and 200 columns half a millimetre apart: pixels twice as high as wide, the image is a square of 100 mm.
	spacing := space.Spacing{BetweenRows: 1, BetweenColumns: 0.5}
	for turn := range 4 {
		g := geometry(100, 200, 600, 300, 2, turn, false)
		across, down := tx.Rulers(g, dicomio.Calibration{State: dicomio.InPatient, Spacing: spacing})
		// 300 pixels are 100 mm, whichever way it is turned: the picture is undistorted.
		if across.Value != 50 || across.Length != 150 || down.Length != 60 || across.Label != "50 mm" || down.Label != "20 mm" {
			t.Errorf("turn %d: across %+v, down %+v", turn, across, down)
		}
		// In pixels the two directions differ: a column is 1.5 wide, a row 3 high.
		across, down = tx.Rulers(g, dicomio.Calibration{State: dicomio.Uncalibrated})
		col, row := 1.5, 3.0
		if turn&1 == 1 {
			col, row = row, col
		}
		if across.Length != across.Value*col || down.Length != down.Value*row {
			t.Errorf("turn %d: across %+v, down %+v", turn, across, down)
		}
	}
	g := geometry(500, 500, 500, 500, 1, 0, false)
	one := space.Spacing{BetweenRows: 1, BetweenColumns: 1}
	for _, c := range []struct {
		c                   dicomio.Calibration
		across, short, down string
	}{
		{dicomio.Calibration{}, "100 px", "", "100 px"},
		{dicomio.Calibration{State: dicomio.Uncalibrated}, "100 px", "", "100 px"},
		{dicomio.Calibration{State: dicomio.InPatient}, "100 px", "", "100 px"}, // a state without a spacing is none
		{dicomio.Calibration{State: dicomio.InPatient, Spacing: one}, "100 mm", "", "100 mm"},
		{dicomio.Calibration{State: dicomio.DetectorPlane, Spacing: one}, "100 mm at detector", "100 mm at detector", "100 mm at detector"},
		{dicomio.Calibration{State: dicomio.UnknownPlane, Spacing: one}, "100 mm (plane unknown)", "100 mm (plane?)", "100 mm (plane unknown)"},
		{dicomio.Calibration{State: dicomio.CalibratedByUser, Spacing: one}, "100 mm calibrated by the reviewer", "100 mm (reviewer)", "100 mm"},
		{dicomio.Calibration{State: dicomio.CalibratedObject, Spacing: one}, "100 mm calibrated by a marker", "100 mm (marker)", "100 mm"},
	} {
		across, down := tx.Rulers(g, c.c)
		if across.Label != c.across || across.Short != c.short || down.Label != c.down {
			t.Errorf("%s: %q, %q and %q", c.c.State, across.Label, across.Short, down.Label)
		}
	}
	if across, down := tx.Rulers(render.Geometry{}, dicomio.Calibration{}); across != (Ruler{}) || down != (Ruler{}) {
		t.Error("nothing has a ruler")
	}
}

// The words of a ruler are there whole, with their unit, or not at all.
func TestRulerWordsAreNotCut(t *testing.T) {
	var p Painter
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	p.Paint(img, Picture{}, 1) // chooses the lettering
	for _, r := range []Ruler{{Label: "200 mm"}, {Label: "100 mm, magnification corrected", Short: "100 mm (corrected)"}} {
		seen := map[string]bool{}
		for width := range 600 {
			got := p.label(r, width/2, width)
			if seen[got] = true; got != "" && got != r.Label && got != r.Short {
				t.Fatalf("within %d it reads %q", width, got)
			}
			if p.text.Width(got) > width {
				t.Fatalf("%q does not fit into %d", got, width)
			}
		}
		if !seen[""] || !seen[r.Label] || !seen[r.Short] {
			t.Errorf("%v: only %v", r, seen)
		}
	}
}

// Every state of a calibration has its words in both languages.
func TestRulerWords(t *testing.T) {
	for _, l := range lang.Languages {
		c := lang.In(l)
		for _, s := range []string{dicomio.InPatient, dicomio.CalibratedByUser, dicomio.CalibratedObject, dicomio.CalibratedByDepth,
			dicomio.CalibratedERMF, dicomio.AssumedERMF, dicomio.DetectorPlane, dicomio.UnknownPlane, dicomio.Uncalibrated} {
			if !c.Has("viewer.overlay.ruler." + s) {
				t.Errorf("%s: no words for %s", l, s)
			}
			if s != dicomio.InPatient && s != dicomio.Uncalibrated && !c.Has("viewer.overlay.ruler.short."+s) {
				t.Errorf("%s: no short words for %s", l, s)
			}
		}
	}
}
