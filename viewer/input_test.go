package viewer

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

const left, middle, right = desktop.MouseButtonPrimary, desktop.MouseButtonTertiary, desktop.MouseButtonSecondary

func TestWindowDrag(t *testing.T) {
	for _, w := range []dicomio.Window{{Center: 40, Width: 400}, {Center: 1000, Width: 4000}} {
		l := newLab(t, fyne.NewSize(400, 400))
		l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F",
			paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, w.Center, w.Width), nil }}), nil)
		l.rest()
		l.drag(left, 200, 200, 240, 200)
		v := l.g.View(0)
		if math.Abs(v.Width/w.Width-1.5) > 1e-9 || v.Center != w.Center { // 40 of 80 units
			t.Errorf("40 to the right makes %v/%v of %v/%v", v.Width, v.Center, w.Width, w.Center)
		}
		l.g.AutoWindow()
		if got, _ := l.g.Window(0); got.Width != w.Width || got.Center != w.Center {
			t.Fatalf("automatic is %v, the file says %v", got, w)
		}
		l.drag(left, 200, 200, 200, 220)
		if v = l.g.View(0); v.Width != w.Width || math.Abs(v.Center-(w.Center-w.Width/4)) > 1e-9 { // a lower centre is brighter
			t.Errorf("20 down makes %v/%v of %v/%v", v.Width, v.Center, w.Width, w.Center)
		}
		l.drag(left, 380, 200, 10, 200)
		if v = l.g.View(0); !(v.Width > 0 && v.Width < w.Width/50) {
			t.Errorf("a long way to the left makes %v of %v", v.Width, w.Width)
		}
		l.g.AutoWindow()
		l.held = fyne.KeyModifierControl
		l.drag(left, 200, 200, 220, 200)
		if v = l.g.View(0); math.Abs(v.Width/w.Width-2) > 1e-9 {
			t.Errorf("20 to the right with Ctrl makes %v of %v", v.Width, w.Width)
		}
	}
}

func TestEscapeGivesBackWhatTheGestureBeganWith(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetMode(ModeScroll)
	l.down(left, 200, 200)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(200, 300)})
	if l.g.View(0).Slice == 4 {
		t.Fatal("the drag does not scroll")
	}
	if !l.g.Escape() || l.g.View(0).Slice != 4 {
		t.Fatalf("after Escape slice %d is shown, not 4", l.g.View(0).Slice)
	}
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(200, 390)})
	l.up(left, 200, 390)
	if l.g.View(0).Slice != 4 {
		t.Error("the gesture goes on after Escape")
	}
	l.g.NextSlice(2)
	l.g.SetWindow(100, 50)
	l.g.ZoomBy(3)
	if l.g.Escape() {
		t.Error("a second Escape says that it has cancelled something")
	}
	if v := l.g.View(0); v != (annotations.View{Slice: 6}) {
		t.Errorf("a second Escape makes %+v: the view, never the slice", v)
	}
}

func TestWheel(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	for i, step := range []struct {
		dy   float32
		want int
	}{{-25, 3}, {-250, 4}, {-25, 4}, {25, 3}, {10, 2}, {25, 1}, {25, 0}, {25, 0}, {-4, 0}, {-4, 0}, {-4, 1}, {4, 1}, {-4, 1}, {-4, 1}, {-4, 2}} {
		l.scroll(200, 200, step.dy)
		if got := l.g.View(0).Slice; got != step.want {
			t.Fatalf("after step %d (%v) slice %d is shown, want %d", i, step.dy, got, step.want)
		}
	}
	l.rest()
	l.held = fyne.KeyModifierControl
	before := l.g.cells[0].imageAt(fyne.NewPos(120, 250))
	l.scroll(120, 250, 25)
	v := l.g.View(0)
	if v.Slice != 2 || !(v.Zoom > 1.1 && v.Zoom < 1.2) {
		t.Fatalf("Ctrl+wheel makes %+v", v)
	}
	after := l.g.cells[0].imageAt(fyne.NewPos(120, 250))
	if before.Distance(after) > 0.3 { // the image's corner is put on a whole pixel of the screen
		t.Errorf("the point under the cursor goes from %v to %v", before, after)
	}
}

func TestPanAndZoomDrags(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	before := l.g.cells[0].imageAt(fyne.NewPos(100, 100))
	l.drag(middle, 100, 100, 160, 130)
	if d := before.Distance(l.g.cells[0].imageAt(fyne.NewPos(160, 130))); d > 0.3 {
		t.Errorf("what was under the pointer is %v pixels from it after the drag", d)
	}
	before = l.g.cells[0].imageAt(fyne.NewPos(250, 200))
	l.drag(right, 250, 200, 250, 150)
	if z := l.g.View(0).Zoom; math.Abs(z-math.Exp(0.5)) > 1e-9 {
		t.Errorf("50 up makes a zoom of %v", z)
	}
	if d := before.Distance(l.g.cells[0].imageAt(fyne.NewPos(250, 200))); d > 0.3 {
		t.Errorf("the point where the drag began is off by %v", d)
	}
	// A right drag ends when the button is gone, wherever it was let go.
	l.down(right, 200, 200)
	l.move(right, 200, 190)
	z := l.g.View(0).Zoom
	l.move(0, 200, 100)
	l.move(0, 200, 50)
	if l.g.View(0).Zoom != z || l.g.gesture.kind != gestureNone {
		t.Error("the drag goes on without its button")
	}
}

func TestRightClickIsForAMenuAndADragIsNot(t *testing.T) {
	var got []PointerEvent
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) {
		c.OnSecondary = func(e PointerEvent, _ fyne.Position) { got = append(got, e) }
	})
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.drag(right, 250, 200, 250, 150)
	if len(got) != 0 {
		t.Fatal("a drag opens a menu")
	}
	l.g.ResetView()
	l.down(right, 100, 300)
	l.move(right, 101, 300)
	l.up(right, 101, 300)
	if len(got) != 1 || got[0].Image.SOPInstanceUID != "A.2" || math.Abs(got[0].At.Col-25.25) > 0.3 || math.Abs(got[0].At.Row-75) > 0.3 {
		t.Errorf("the menu is asked for with %+v", got)
	}
}

// recorder is an Annotator that remembers.
type recorder struct {
	events  []string
	at      []PointerEvent
	take    bool
	shapes  []StyledShape
	asked   annotations.ImageRef
	drawing bool
}

func (r *recorder) Shapes(ref annotations.ImageRef) []StyledShape { r.asked = ref; return r.shapes }

func (r *recorder) Press(e PointerEvent) bool {
	r.events, r.at = append(r.events, "press"), append(r.at, e)
	return r.take
}

func (r *recorder) Move(e PointerEvent) bool {
	r.events, r.at = append(r.events, "move"), append(r.at, e)
	return r.drawing
}

func (r *recorder) Release(e PointerEvent) {
	r.events, r.at = append(r.events, "release"), append(r.at, e)
}

func (r *recorder) Cancel() bool { r.events = append(r.events, "cancel"); return false }

func (r *recorder) Cursor(PointerEvent) desktop.Cursor { return nil }

func TestToolGesturesReachTheAnnotator(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(800, 400), func(c *Config) { c.Annotator = r })
	l.g.SetLayout(Layout1x2)
	a := l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", pixel: 0.5})
	l.g.Place(1, a, nil)
	l.rest()
	l.g.SetMode(ModeTool)
	l.move(0, 500, 100)
	l.drag(left, 500, 100, 600, 200)
	l.move(0, 604, 200)
	got := strings.Join(r.events, " ")
	if want := `^(cancel )?move press( move)+ release move move$`; !regexp.MustCompile(want).MatchString(got) { // the pointer rests, then moves
		t.Fatalf("it gets %q", got)
	}
	press, release := r.at[1], r.at[len(r.at)-3]
	if press.Cell != 1 || press.Mode != ModeTool || press.Button != left || press.Image.SOPInstanceUID != "A.1" || press.Image.Frame != 1 || press.Image.Plane == nil {
		t.Errorf("the press is %+v", press)
	}
	// 100 pixels are shown on 400, from (400, 0).
	if press.At.Distance(space.Pixel{Col: 25.125, Row: 25.125}) > 0.01 || release.At.Distance(space.Pixel{Col: 50.125, Row: 50.125}) > 0.01 {
		t.Errorf("from %v to %v", press.At, release.At)
	}
	if math.Abs(press.Reach-reach/4.0) > 0.01 {
		t.Errorf("a reach of %v image pixels at a zoom of 4", press.Reach)
	}
	if l.g.View(1) != (annotations.View{Slice: 1}) {
		t.Errorf("the view has changed to %+v", l.g.View(1))
	}
	// In another mode a press that is taken is the annotator's, one that is not drags the window.
	l.g.SetMode(ModeWindow)
	l.drag(left, 500, 100, 540, 100)
	if l.g.View(1).Width != 0 {
		t.Error("the window is dragged although a handle was caught")
	}
	r.take = false
	l.drag(left, 500, 100, 540, 100)
	if l.g.View(1).Width == 0 {
		t.Error("the window is not dragged although nothing was caught")
	}
	// A drag that is let go outside of everything is released all the same.
	r.take, r.events = true, nil
	l.g.SetMode(ModeTool)
	l.down(left, 500, 100)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(-50, 100)})
	l.g.DragEnd()
	if r.events[len(r.events)-1] != "move" && r.events[len(r.events)-1] != "release" || !strings.Contains(strings.Join(r.events, " "), "release") {
		t.Errorf("it gets %v", r.events)
	}
}

func TestDoublePressIsTold(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(800, 400), func(c *Config) { c.Annotator = r })
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetMode(ModeTool)
	l.click(100, 100)
	l.click(100, 100)
	var doubles []bool
	for i, e := range r.events {
		if e == "press" {
			doubles = append(doubles, r.at[i].Double)
		}
	}
	if len(doubles) != 2 || doubles[0] || !doubles[1] {
		t.Errorf("the presses are double: %v", doubles)
	}
	if l.g.Layout() != Layout1x2 {
		t.Error("a double click of the tool changes the layout")
	}
}

// What a Real World Value Mapping says of the stored value stands beside the value after the modality LUT.
func TestHoverRealWorld(t *testing.T) {
	var h Hover
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnHover = func(x Hover) { h = x } })
	pt := l.stack(made{uid: "PT", n: 1, spacing: 1, plane: "AX", ref: "F", modality: "PT", paint: func(int) (*dicomio.Frame, error) {
		f := ramp(100, 100, 0)
		f.Signed = true
		for i := range f.Values {
			f.Values[i] ^= 0x8000
		}
		f.Grayscale.Slope = 2
		f.RealWorld = []dicomio.RealWorldMapping{{First: 0, Last: 4095, Slope: 0.25, Unit: "g/ml", Label: "SUV"}, {First: 5000, Last: 6000, Slope: 1}}
		return f, nil
	}})
	l.g.Place(0, pt, nil)
	l.rest()
	l.move(0, 4*30, 4*20) // stored 30+200
	if want := "460  (30, 20)  SUV 57.5 g/ml"; h.Text != want {
		t.Errorf("it is written %q, want %q", h.Text, want)
	}
}

func TestHover(t *testing.T) {
	var h Hover
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnHover = func(x Hover) { h = x } })
	ct := l.stack(made{uid: "CT", n: 1, spacing: 1, plane: "AX", ref: "F", modality: "CT", paint: func(int) (*dicomio.Frame, error) {
		f := ramp(100, 100, 0)
		f.Signed = true
		for i := range f.Values { // stored numbers from -500
			f.Values[i] = uint16(int(f.Values[i])-500) ^ 0x8000
		}
		f.Grayscale.Slope, f.Grayscale.Intercept, f.Grayscale.Unit = 2, -24, "HU"
		f.Grayscale.Padding = &[2]int32{-500, -500}
		return f, nil
	}})
	l.g.Place(0, ct, nil)
	l.rest()
	l.move(0, 4*30, 4*20) // column 30, row 20: stored -500+30+200
	if !h.Inside || !h.Known || h.Value != 2*(-270)-24 || h.Unit != "HU" || h.Ref.SOPInstanceUID != "CT.0" || int(h.At.At.Col) != 30 || int(h.At.At.Row) != 20 {
		t.Errorf("under the pointer is %+v", h)
	}
	if want := "-564 HU  (30, 20)"; h.Text != want {
		t.Errorf("it is written %q, want %q", h.Text, want)
	}
	if p := l.g.cells[0].compose(l.g.cells[0].geometry()); p.Image[0].Text != h.Text {
		t.Errorf("the picture says %q", p.Image[0].Text)
	}
	l.move(0, 1, 1)
	if h.Known {
		t.Errorf("padding has the value %v", h.Value)
	}
	l.g.MouseOut()
	if h.Inside {
		t.Error("outside, it is inside")
	}
	rgb := l.stack(made{uid: "RGB", n: 1, modality: "OT", paint: func(int) (*dicomio.Frame, error) {
		f := &dicomio.Frame{Rows: 100, Columns: 100, RGB: make([]byte, 30000)}
		copy(f.RGB[3*2030:], []byte{1, 2, 3})
		return f, nil
	}})
	l.g.Place(0, rgb, nil)
	l.rest()
	l.move(0, 120, 80)
	if h.Known || h.Text != "viewer.hover.colour1 2 3  (30, 20)" {
		t.Errorf("on colour: %+v", h)
	}
	if _, ok := l.g.Window(0); ok {
		t.Error("colour has a window")
	}
	l.drag(left, 120, 80, 220, 180)
	if l.g.View(0).Width != 0 {
		t.Error("colour is windowed")
	}
}

func TestKeysGoToTheAppAndTabToo(t *testing.T) {
	var keys []fyne.KeyName
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.OnKey = func(e *fyne.KeyEvent) { keys = append(keys, e.Name) } })
	l.click(10, 10)
	if l.w.Canvas().Focused() != fyne.Focusable(l.g) {
		t.Fatal("a click does not take the focus")
	}
	l.g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyW})
	if len(keys) != 1 || keys[0] != fyne.KeyW || !l.g.AcceptsTab() {
		t.Errorf("the app gets %v", keys)
	}
}

func TestMouseAsTheHandIsUsedTo(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F",
		paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 1000, 400), nil }}), nil)
	l.rest()
	l.g.SetMouse(Mouse{UpBrighter: true, WheelReversed: true})
	l.drag(left, 200, 200, 200, 180)
	if v := l.g.View(0); v.Center != 900 { // a lower centre is brighter
		t.Errorf("20 up makes the centre %v of 1000", v.Center)
	}
	before := l.g.View(0).Slice
	l.g.Scrolled(&fyne.ScrollEvent{PointEvent: at(200, 200), Scrolled: fyne.Delta{DY: -25}})
	if got := l.g.View(0).Slice; got != before-1 {
		t.Errorf("a notch towards the user goes from %d to %d", before, got)
	}
}
