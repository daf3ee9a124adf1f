package viewer

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/render"
)

// numpyCase is the image of render's testdata with what numpy says of it.
type numpyCase struct {
	Rows, Columns int
	Values        []int
	Percentiles   map[string]float64
	Box           struct{ Column, Row, Columns, Rows int }
	OfBox         map[string]float64 `json:"of_box"`
}

func (n numpyCase) frame() *dicomio.Frame {
	f := &dicomio.Frame{Rows: n.Rows, Columns: n.Columns, Signed: true}
	f.Grayscale.Slope = 1
	for _, v := range n.Values {
		f.Values = append(f.Values, uint16(int16(v))^0x8000)
	}
	return f
}

func numpyOf(t *testing.T) (n numpyCase) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("render", "testdata", "percentiles.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// ends are the values that a LINEAR window shows as black and white.
func ends(w dicomio.Window) [2]float64 {
	return [2]float64{w.Center - 0.5 - (w.Width-1)/2, w.Center - 0.5 + (w.Width-1)/2}
}

func TestARegionSetsTheWindowFromItsValues(t *testing.T) {
	n := numpyOf(t)
	l := newLab(t, fyne.NewSize(500, 600))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", rows: n.Rows, columns: n.Columns,
		paint: func(int) (*dicomio.Frame, error) { return n.frame(), nil }}), nil)
	l.rest()
	c := l.g.cells[0]
	place := func(col, row float64) (float32, float32) {
		x, y := c.geometry().ImageToScreen(space.Pixel{Col: col, Row: row})
		return float32(x), float32(y)
	}
	x0, y0 := place(float64(n.Box.Column)+0.2, float64(n.Box.Row)+0.2)
	x1, y1 := place(float64(n.Box.Column+n.Box.Columns)-0.2, float64(n.Box.Row+n.Box.Rows)-0.2)
	before := l.g.View(0)
	modes := []Mode{}
	l.g.cfg.OnMode = func(m Mode) { modes = append(modes, m) }
	l.g.SetMode(ModeScroll)
	l.g.RegionOnce()
	l.drag(left, x1, y1, x0, y0) // from any corner
	w, _ := l.g.Window(0)
	if want := [2]float64{n.OfBox["1"], n.OfBox["99"]}; ends(w) != want {
		t.Fatalf("the window reaches from %v, numpy says %v", ends(w), want)
	}
	v := l.g.View(0)
	if v.Preset != presetRegion || v.Slice != before.Slice {
		t.Errorf("the view is %+v", v)
	}
	if l.g.Mode() != ModeScroll || len(modes) != 1 || modes[0] != ModeScroll {
		t.Errorf("after one region mode %d is in hand, told %v", l.g.Mode(), modes)
	}
	if c.said().Preset != "viewer.preset.region" {
		t.Errorf("the picture calls it %q", c.said().Preset)
	}
	l.g.AutoWindow()
	if l.g.View(0) != before {
		t.Errorf("0 does not take it back: %+v", l.g.View(0))
	}
	// A click, or a box of a few pixels, changes nothing and leaves the region to be drawn.
	l.g.RegionOnce()
	l.click(x0, y0)
	if l.g.View(0) != before || l.g.Mode() != ModeRegion {
		t.Error("a click sets a window, or puts the region down")
	}
	if !l.g.Escape() || l.g.Mode() != ModeScroll {
		t.Error("Escape does not put it down")
	}
	// Escape while it is drawn.
	l.g.RegionOnce()
	l.down(left, x0, y0)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(x1, y1)})
	if !l.g.Escape() {
		t.Error("Escape gives nothing up")
	}
	l.up(left, x1, y1)
	if l.g.View(0) != before {
		t.Errorf("a region that was given up makes %+v", l.g.View(0))
	}
	// What is on screen.
	l.g.SetMode(ModeWindow)
	if !l.g.WindowVisible() {
		t.Fatal("nothing is visible")
	}
	w, _ = l.g.Window(0)
	if want := [2]float64{n.Percentiles["1"], n.Percentiles["99"]}; ends(w) != want {
		t.Errorf("all that is on screen makes %v, numpy says %v", ends(w), want)
	}
}

func TestPercentilesOfTheSeries(t *testing.T) {
	n := numpyOf(t)
	l := newLab(t, fyne.NewSize(400, 400))
	// The rows of the image as slices: what fits the series is none of what fits a slice.
	a := l.stack(made{uid: "A", n: n.Rows, spacing: 4, plane: "SAG", ref: "F", rows: 1, columns: n.Columns, paint: func(i int) (*dicomio.Frame, error) {
		f := n.frame()
		f.Rows, f.Values = 1, f.Values[i*n.Columns:(i+1)*n.Columns]
		f.Grayscale.Windows = []dicomio.Window{{Center: 40 + float64(i), Width: 80, Function: "LINEAR", Explanation: "NORMAL"}}
		return f, nil
	}})
	l.g.Place(0, a, nil)
	l.rest()
	if got := l.g.Presets(); len(got) != 4 || got[0] != "NORMAL" || got[1] != "viewer.preset.percentile0.599.5" {
		t.Fatalf("there are %v", got)
	}
	if w, _ := l.g.Window(0); w.Width != 80 || !l.g.AutomaticShown() || l.g.PresetShown() != 0 {
		t.Fatalf("at first the file's own window is not shown but %v", w)
	}
	for i, p := range [][2]string{{"0.5", "99.5"}, {"1", "99"}, {"2", "98"}} {
		l.g.Preset(2 + i)
		l.until("the percentiles are known", func() bool { return l.g.PresetShown() == 2+i })
		w, _ := l.g.Window(0)
		if want := [2]float64{n.Percentiles[p[0]], n.Percentiles[p[1]]}; ends(w) != want {
			t.Errorf("%v are %v, numpy says %v", p, ends(w), want)
		}
	}
	// 0 takes the file's window, and once more the percentile of the series. It does not jump while scrolling.
	l.g.AutoWindow()
	if !l.g.AutomaticShown() {
		t.Error("0 does not take the file's window")
	}
	l.g.AutoWindow()
	want := [2]float64{n.Percentiles["0.5"], n.Percentiles["99.5"]}
	for i := range n.Rows {
		l.g.Home()
		l.g.NextSlice(i)
		l.rest()
		if w, _ := l.g.Window(0); ends(w) != want {
			t.Fatalf("at slice %d it is %v, numpy says %v", i, ends(w), want)
		}
	}
}

// Before the values of the series have been gathered, the window of the picture that was shown first stays.
func TestTheWindowDoesNotJumpBeforeTheSeriesIsKnown(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.disk.gate, l.disk.free = make(chan struct{}, 100), "A.4"
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}) // each slice is 100 brighter than the one before
	l.g.Place(0, a, nil)
	l.until("a first picture is there", func() bool { return l.g.cells[0].picture != nil })
	first, _ := l.g.Window(0)
	if l.g.cells[0].series.window != nil {
		t.Fatal("the series is known from one slice")
	}
	c := l.g.cells[0]
	p := newPicture(ramp(100, 100, 800), nil, 0)
	c.display(p, 8)
	if w, _ := l.g.Window(0); w != first {
		t.Errorf("slice 8 has the window %v, at first it was %v", w, first)
	}
}

func TestSigmoid(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F",
		paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 500, 400), nil }}), nil)
	l.rest()
	l.g.ToggleSigmoid()
	if v := l.g.View(0); v.Function != "SIGMOID" || v.Center != 500 || v.Width != 400 || !l.g.Sigmoid() {
		t.Fatalf("it is %+v", v)
	}
	// PS3.3 C.11.2.1.3.1: 255 / (1 + exp(-4 (x-c)/w)).
	for _, x := range []float64{300, 500, 612} {
		want := 255 / (1 + math.Exp(-4*(x-500)/400))
		img := l.g.cells[0].painter.Paint(l.g.Frame(0), l.g.cells[0].geometry(), render.Look{VOI: l.g.cells[0].voi()}, annotations.Nearest, false)
		row := int(x / 10)
		if row > 99 {
			row = 99
		}
		col := int(x) - 10*row
		sx, sy := l.g.cells[0].geometry().ImageToScreen(space.Pixel{Col: float64(col) + 0.5, Row: float64(row) + 0.5})
		if got := float64(img.RGBAAt(int(sx), int(sy)).R); math.Abs(got-want) > 0.51 {
			t.Errorf("%v is shown as %v, the standard says %.2f", x, got, want)
		}
	}
	l.drag(left, 200, 200, 240, 200)
	if v := l.g.View(0); v.Function != "SIGMOID" || v.Width != 600 {
		t.Errorf("a drag makes %+v", v)
	}
	l.g.ToggleSigmoid()
	if v := l.g.View(0); v.Function != "" || v.Width != 600 || l.g.Sigmoid() {
		t.Errorf("taken back it is %+v", v)
	}
}

// A file that asks for LINEAR_EXACT has it after the sigmoid was tried, and while the window is dragged: half a value lies between the two functions.
func TestLinearExactIsKept(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", paint: func(int) (*dicomio.Frame, error) {
		f := windowedRamp(100, 100, 500, 4)
		f.Grayscale.Windows[0].Function = "LINEAR_EXACT"
		return f, nil
	}}), nil)
	l.rest()
	if w, _ := l.g.Window(0); w.Function != "LINEAR_EXACT" {
		t.Fatalf("the window is %+v", w)
	}
	l.drag(left, 200, 200, 240, 200)
	if v := l.g.View(0); v.Function != "LINEAR_EXACT" || v.Width != 6 {
		t.Errorf("dragged, it is %+v", v)
	}
	l.g.ToggleSigmoid()
	l.g.ToggleSigmoid()
	if v := l.g.View(0); v.Function != "LINEAR_EXACT" || v.Width != 6 {
		t.Errorf("after the sigmoid it is %+v", v)
	}
}

// viewer.md: window and zoom stay with the series while scrolling, when tiles are swapped, and when another series is shown and comes back.
func TestWindowAndZoomStayWithTheSeries(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	l.g.SetLayout(Layout1x2)
	l.g.Link(LinkScroll|LinkPan|LinkZoom, false)
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	b := l.stack(made{uid: "B", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	third := l.stack(made{uid: "C", n: 9, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{a, b, third})
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	set := func(cell int, center, width, zoom float64) annotations.View {
		v := l.g.View(cell)
		v.Center, v.Width, v.Zoom, v.PanX = center, width, zoom, 0.1
		l.g.SetView(cell, v)
		return l.g.View(cell)
	}
	va, vb := set(0, 400, 300, 2), set(1, 700, 900, 3)
	same := func(what string, cell int, want annotations.View) {
		t.Helper()
		got := l.g.View(cell)
		want.Slice = got.Slice
		if got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	l.g.SetActive(0)
	l.g.NextSlice(3)
	l.rest()
	same("scrolled", 0, va)
	l.g.Place(0, b, nil)
	l.g.Place(1, a, nil)
	l.rest()
	same("swapped", 0, vb)
	same("swapped", 1, va)
	if l.g.View(1).Slice != 7 {
		t.Errorf("it was at slice 7 and is at %d", l.g.View(1).Slice)
	}
	l.g.Place(1, third, nil)
	l.rest()
	if v := l.g.View(1); v.Width != 0 {
		t.Errorf("a series that was not seen yet has %+v", v)
	}
	l.g.Place(1, a, nil)
	l.rest()
	same("come back", 1, va)
	l.g.SetLayout(Layout1x1)
	l.g.SetLayout(Layout1x2)
	l.g.SetItems([]Item{third, a, b})
	l.rest()
	same("after another layout", 0, vb)
}

// pair is a T1 and a T2 of one place: of b each value is 2 of a's and 100, at half the pixel size, shifted by what the planes say.
func (l *lab) pair(uid string, ref string) (a, b Item) {
	value := func(col, row int) int { return (37*col + 11*row*row) % 900 }
	a = l.stack(made{uid: uid + "1", n: 3, spacing: 4, plane: "SAG", ref: ref, rows: 60, columns: 60, pixel: 2, paint: func(i int) (*dicomio.Frame, error) {
		f := ramp(60, 60, 0)
		for k := range f.Values {
			f.Values[k] = uint16(value(k%60, k/60))
		}
		f.Grayscale.Windows = []dicomio.Window{{Center: 300, Width: 501, Function: "LINEAR"}}
		return f, nil
	}})
	b = l.stack(made{uid: uid + "2", n: 3, spacing: 4, plane: "SAG", ref: ref, rows: 120, columns: 120, pixel: 1, paint: func(i int) (*dicomio.Frame, error) {
		f := ramp(120, 120, 0)
		for k := range f.Values {
			f.Values[k] = uint16(2*value(k%120/2, k/120/2) + 100)
		}
		f.Grayscale.Windows = []dicomio.Window{{Center: 5000, Width: 10000, Function: "LINEAR"}}
		return f, nil
	}})
	// The corners of the two images are one place of the patient: half a pixel apart between the centres of their first pixels.
	for i := range b.Stack.Slices {
		p := a.Stack.Slices[i].Plane
		b.Stack.Slices[i].Plane.Origin = p.Origin.Sub(p.Along.Scale(0.5)).Sub(p.Down.Scale(0.5))
	}
	a.Stack.Weighting, b.Stack.Weighting, a.Info.SeriesNumber = "T1", "T2", 7
	return a, b
}

func TestMatchedWindowsShowTheSamePlacesAlike(t *testing.T) {
	l := newLab(t, fyne.NewSize(1200, 800))
	l.g.SetLayout(Layout{Rows: 2, Columns: 3})
	a, b := l.pair("A", "F")
	l.g.Place(0, a, nil)
	if n, problem := l.g.MatchWindows(); n != 0 || problem != MatchActive {
		t.Errorf("before the picture is there: %d %q", n, problem)
	}
	l.rest()
	if n, problem := l.g.MatchWindows(); n != 0 || problem != MatchOther {
		t.Errorf("alone: %d %q", n, problem)
	}
	elsewhere, _ := l.pair("B", "G") // of another frame of reference
	l.g.Place(1, elsewhere, nil)
	axial := l.stack(made{uid: "AX", n: 3, spacing: 4, plane: "AX", ref: "F"})
	l.g.Place(2, axial, nil)
	l.rest()
	if n, problem := l.g.MatchWindows(); n != 0 || problem != MatchPlace {
		t.Errorf("beside others: %d %q", n, problem)
	}
	l.g.Place(3, b, nil)
	ct, _ := l.pair("CT", "F")
	ct.Info.Modality = "CT"
	l.g.Place(4, ct, nil)
	l.rest()
	l.g.SetActive(0)
	others := [...]annotations.View{l.g.View(0), l.g.View(1), l.g.View(2), l.g.View(4)}
	n, problem := l.g.MatchWindows()
	if n != 1 || problem != "" {
		t.Fatalf("%d were matched, %q", n, problem)
	}
	if others != [...]annotations.View{l.g.View(0), l.g.View(1), l.g.View(2), l.g.View(4)} {
		t.Error("another view has changed")
	}
	w, _ := l.g.Window(3)
	from, _ := l.g.Window(0)
	for i, x := range ends(from) {
		if want := 2*x + 100; math.Abs(ends(w)[i]-want) > 1e-6 {
			t.Errorf("end %d is %v, want %v", i, ends(w)[i], want)
		}
	}
	// It says so, and what to; any other window takes it back.
	c := l.g.cells[3]
	c.compose(c.geometry())
	if got := c.said().Matched; got != "viewer.preset.matchedT1 viewer.preset.series7" {
		t.Errorf("the picture says %q", got)
	}
	l.g.SetActive(3)
	l.g.NextSlice(1)
	l.rest()
	if got, _ := l.g.Window(3); got != w {
		t.Errorf("at the next slice it is %v", got)
	}
	l.drag(left, 100, 700, 120, 700)
	if c.said().Matched != "" {
		t.Error("a window that was dragged is called matched")
	}
	// Far from the place there is nothing in common.
	v := l.g.View(3)
	l.g.Link(LinkScroll, false)
	v.Slice = 0
	l.g.SetView(3, v)
	v.Slice = 2
	l.g.SetView(0, v)
	l.rest()
	l.g.SetActive(0)
	if n, problem = l.g.MatchWindows(); n != 0 || problem != MatchPlace {
		t.Errorf("two slices away %d were matched, %q", n, problem)
	}
}

// Percentiles that are known late, when the cell that asked lies behind its series' tiles, give the tiles their window and do not move them.
func TestLatePercentilesDoNotMoveTiles(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 40, spacing: 4, plane: "SAG", ref: "F", paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 500, 400), nil }}), nil)
	l.rest()
	l.g.Preset(2) // the 0.5th to the 99.5th percentile; it comes by the queue, which is not looked at yet
	l.g.SetTiled(true)
	l.g.End()
	v := l.g.View(0)
	v.Zoom = 3
	l.g.SetView(0, v)
	before, zoom := l.g.tile.first, l.g.View(0).Zoom
	if before == 0 {
		t.Fatal("the tiles are at the beginning of the series, so that this test says nothing")
	}
	l.until("the percentiles are known", func() bool { return l.g.cells[0].series.values != nil })
	l.rest()
	if l.g.tile.first != before || l.g.View(0).Zoom != zoom {
		t.Errorf("the tiles went from image %d to %d, and from a zoom of %v to %v", before, l.g.tile.first, zoom, l.g.View(0).Zoom)
	}
	if !IsPercentile(l.g.View(0)) {
		t.Errorf("the tiles have not the window that was asked for but %+v", l.g.View(0))
	}
}
