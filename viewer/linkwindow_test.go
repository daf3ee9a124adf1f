package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
)

// windowed is a stack whose files bring a window.
func (l *lab) windowed(uid, modality, weighting string, center, width float64) Item {
	it := l.stack(made{uid: uid, n: 3, spacing: 4, plane: "SAG", ref: "F" + uid, modality: modality,
		paint: func(int) (*dicomio.Frame, error) {
			f := windowedRamp(100, 100, center, width)
			if modality == "CT" {
				f.Grayscale.Unit = "HU"
			}
			return f, nil
		}})
	it.Stack.Weighting = weighting
	return it
}

func TestTheWindowGoesAlongWhereItMeansTheSame(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	l.g.SetLayout(Layout{Rows: 2, Columns: 4})
	for i, it := range []Item{
		l.windowed("CT1", "CT", "", 40, 400), l.windowed("CT2", "CT", "", 300, 2000),
		l.windowed("T1a", "MR", "T1", 500, 1000), l.windowed("T1b", "MR", "T1", 250, 400),
		l.windowed("T2", "MR", "T2", 500, 1000), l.windowed("none", "MR", "", 500, 1000), l.windowed("nor", "MR", "", 250, 400),
	} {
		l.g.Place(i, it, nil)
	}
	l.rest()
	window := func(i int) [2]float64 { w, _ := l.g.Window(i); return [2]float64{w.Center, w.Width} }
	before := [7][2]float64{}
	for i := range before {
		before[i] = window(i)
	}
	check := func(what string, want [7][2]float64) {
		t.Helper()
		for i := range want {
			if got := window(i); math.Abs(got[0]-want[i][0]) > 1e-9 || math.Abs(got[1]-want[i][1]) > 1e-9 {
				t.Errorf("%s: view %d has the window %v, want %v", what, i, got, want[i])
			}
		}
	}
	l.g.SetWindow(50, 350)
	check("at first only its own", [7][2]float64{{50, 350}, before[1], before[2], before[3], before[4], before[5], before[6]})
	l.g.Link(LinkWindow, true)
	check("linked, CT in HU", [7][2]float64{{50, 350}, {50, 350}, before[2], before[3], before[4], before[5], before[6]})
	l.g.SetActive(2)
	// T1: half the width of its own, brighter by a tenth of it. On the other T1, of 400 about 250, that is 200 about 210.
	l.g.SetWindow(400, 500)
	check("MR by weighting and as far from its own window", [7][2]float64{{50, 350}, {50, 350}, {400, 500}, {210, 200}, before[4], before[5], before[6]})
	l.g.AutoWindow()
	check("automatic again", [7][2]float64{{50, 350}, {50, 350}, before[2], before[3], before[4], before[5], before[6]})
	l.g.SetActive(5)
	l.g.SetWindow(400, 500)
	check("MR of unknown weighting goes alone", [7][2]float64{{50, 350}, {50, 350}, before[2], before[3], before[4], {400, 500}, before[6]})
	l.g.SetActive(1)
	l.g.Preset(2)
	if a, b := l.g.View(0), l.g.View(1); a.Preset == "" || a.Preset != b.Preset || window(0) != window(1) {
		t.Errorf("a preset makes %+v and %+v", a, b)
	}
	if v := l.g.View(0); v != (annotations.View{Slice: 1, Center: v.Center, Width: v.Width, Function: v.Function, Preset: v.Preset}) {
		t.Errorf("more than the window has changed: %+v", v)
	}
}
