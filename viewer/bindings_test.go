package viewer

import (
	"math"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
)

// What viewer.md says that the mouse does when nobody has chosen anything.
func TestOwnBindings(t *testing.T) {
	var b Bindings
	for c, want := range map[Chord]Action{
		{HeldNone, TriggerLeft}: ActionWindow, {HeldNone, TriggerMiddle}: ActionPan, {HeldNone, TriggerRight}: ActionZoom,
		{HeldNone, TriggerWheel}: ActionScroll, {HeldCtrl, TriggerWheel}: ActionZoom, {HeldShift, TriggerMove}: ActionCrosshair,
		{HeldNone, TriggerDouble}: ActionSingle, {HeldCtrl, TriggerLeft}: ActionPlain, {HeldShift, TriggerRight}: ActionPlain,
	} {
		if got := b.Of(c); got != want {
			t.Errorf("%v does %q, want %q", c, got, want)
		}
		if !slices.Contains(c.Actions(), want) {
			t.Errorf("%v cannot be bound to its own %q", c, want)
		}
	}
	left := Chord{HeldNone, TriggerLeft}
	if slices.Contains(left.Actions(), ActionNothing) {
		t.Error("the left button can be bound to nothing")
	}
	b = b.With(left, ActionScroll)
	if len(b) != 1 || b.Of(left) != ActionScroll || b.StartMode() != ModeScroll {
		t.Errorf("scrolling with the left button is %v", b)
	}
	if back := b.With(left, ActionWindow); len(back) != 0 || len(b) != 1 {
		t.Errorf("Rachis's own way is kept as %v, or what was there changed to %v", back, b)
	}
	if got := (Bindings{{HeldNone, TriggerWheel}: ActionCrosshair}).Of(Chord{HeldNone, TriggerWheel}); got != ActionScroll {
		t.Errorf("a wheel bound to what it cannot do does %q", got)
	}
	if got := b.Others(left, ActionZoom); len(got) != 2 || got[0] != (Chord{HeldNone, TriggerRight}) || got[1] != (Chord{HeldCtrl, TriggerWheel}) {
		t.Errorf("zoom is on %v", got)
	}
}

func TestEveryButtonDoesWhatItIsBoundTo(t *testing.T) {
	type probe struct {
		a    Action
		want func(before, after annotations.View) bool
	}
	probes := []probe{
		{ActionWindow, func(b, a annotations.View) bool {
			return a.Width > 0 && a.Slice == b.Slice && a.Zoom == b.Zoom && a.PanX == b.PanX
		}},
		{ActionScroll, func(b, a annotations.View) bool { return a == annotations.View{Slice: a.Slice} && a.Slice > b.Slice }},
		{ActionZoom, func(b, a annotations.View) bool { return a.Zoom != b.Zoom && a.Width == 0 && a.Slice == b.Slice }},
		{ActionPan, func(b, a annotations.View) bool {
			return a.PanY > 0 && a.PanX > 0 && a.Width == 0 && a.Slice == b.Slice && a.Zoom == b.Zoom
		}},
		{ActionRegion, func(b, a annotations.View) bool { return a.Preset == presetRegion && a.Width > 0 && a.Slice == b.Slice }},
		{ActionMagnifier, func(b, a annotations.View) bool { return a == b }},
		{ActionNothing, func(b, a annotations.View) bool { return a == b }},
	}
	for _, p := range probes {
		for _, c := range Chords() {
			if !slices.Contains(c.Actions(), p.a) || c.Trigger == TriggerWheel || c.Trigger == TriggerMove || c.Trigger == TriggerDouble {
				continue
			}
			l := newLab(t, fyne.NewSize(400, 400))
			l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}), nil)
			l.rest()
			l.g.SetMouse(Mouse{Bindings: Bindings{}.With(c, p.a)})
			l.g.SetMode(l.g.StartMode())
			l.held = map[Held]fyne.KeyModifier{HeldCtrl: fyne.KeyModifierControl, HeldShift: fyne.KeyModifierShift}[c.Held]
			button := left
			switch c.Trigger {
			case TriggerMiddle:
				button = middle
			case TriggerRight:
				button = right
			}
			before := l.g.View(0)
			l.drag(button, 100, 100, 180, 180)
			if after := l.g.View(0); !p.want(before, after) {
				t.Errorf("%v bound to %q makes %+v", c, p.a, after)
			}
			if l.g.lens.cell != nil || l.g.gesture.kind != gestureNone {
				t.Errorf("after %v bound to %q something stays", c, p.a)
			}
		}
	}
}

func TestTheMagnifierIsShownWhileItsButtonIsDown(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetMouse(Mouse{Bindings: Bindings{}.With(Chord{HeldNone, TriggerMiddle}, ActionMagnifier)})
	l.down(middle, 200, 200)
	if l.g.lens.cell != l.g.cells[0] {
		t.Fatal("it is not shown")
	}
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(250, 220)})
	if l.g.lens.at != fyne.NewPos(250, 220) {
		t.Error("it does not follow the pointer")
	}
	l.up(middle, 250, 220)
	if l.g.lens.cell != nil {
		t.Error("it stays")
	}
}

// A key with a binding of its own takes the place of the plain one, and is not faster; without one Ctrl is.
func TestABindingOfCtrlIsNotFaster(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	zoomed := func(held fyne.KeyModifier, b Bindings) float64 {
		l.g.ResetView()
		l.g.SetMouse(Mouse{Bindings: b})
		l.held = held
		l.drag(right, 200, 200, 200, 180)
		return math.Log(l.g.View(0).Zoom)
	}
	plain := zoomed(0, nil)
	if fast := zoomed(fyne.KeyModifierControl, nil); math.Abs(fast/plain-4) > 1e-9 {
		t.Errorf("with Ctrl it is %v times as far", fast/plain)
	}
	if fast := zoomed(fyne.KeyModifierSuper, nil); math.Abs(fast/plain-4) > 1e-9 { // a Mac's
		t.Errorf("with the command key it is %v times as far", fast/plain)
	}
	if own := zoomed(fyne.KeyModifierControl, Bindings{{HeldCtrl, TriggerRight}: ActionZoom}); math.Abs(own/plain-1) > 1e-9 {
		t.Errorf("with a binding of its own it is %v times as far", own/plain)
	}
	// A tool in hand keeps Shift, which draws straight; Ctrl with a binding of its own goes before it.
	r := &recorder{take: true}
	l.g.cfg.Annotator = r
	l.g.SetMode(ModeTool)
	l.g.SetMouse(Mouse{Bindings: Bindings{{HeldShift, TriggerLeft}: ActionPan, {HeldCtrl, TriggerLeft}: ActionPan}})
	l.held = fyne.KeyModifierShift
	l.g.ResetView()
	l.drag(left, 100, 100, 150, 150)
	if l.g.View(0).PanX != 0 || !slices.Contains(r.events, "press") {
		t.Error("Shift is taken from the tool")
	}
	r.events, l.held = nil, fyne.KeyModifierControl
	l.drag(left, 100, 100, 150, 150)
	if l.g.View(0).PanX == 0 || slices.Contains(r.events, "press") {
		t.Error("what is bound to Ctrl does not go before the tool")
	}
}

func TestTheWheelDoesWhatItIsBoundTo(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	wheel := Chord{HeldNone, TriggerWheel}
	after := func(a Action, dy float32) annotations.View {
		l.g.SetView(0, annotations.View{Slice: 4})
		l.g.SetMouse(Mouse{Bindings: Bindings{wheel: a}})
		l.scroll(200, 200, dy)
		return l.g.View(0)
	}
	if v := after(ActionScroll, -25); v.Slice != 5 {
		t.Errorf("scroll makes %+v", v)
	}
	if v := after(ActionZoom, 25); !(v.Zoom > 1.1) || v.Slice != 4 {
		t.Errorf("zoom makes %+v", v)
	}
	w, _ := l.g.Window(0)
	if v := after(ActionWindow, 25); v.Width <= 0 || v.Center <= w.Center-w.Width { // towards the screen is darker as a drag upward is
		t.Errorf("window makes %+v of %+v", v, w)
	}
	if v := after(ActionPan, -25); !(v.PanY < 0) || v.Slice != 4 {
		t.Errorf("pan makes %+v", v)
	}
	if v := after(ActionNothing, 25); v != (annotations.View{Slice: 4}) {
		t.Errorf("nothing makes %+v", v)
	}
	// A touchpad's small pieces zoom smoothly: ten tenths of a notch are one.
	whole := after(ActionZoom, 25).Zoom
	l.g.SetView(0, annotations.View{Slice: 4})
	for range 10 {
		l.scroll(200, 200, 2.5)
	}
	if z := l.g.View(0).Zoom; math.Abs(z-whole) > 1e-9 { // began from the zoom that fits, 1
		t.Errorf("ten tenths zoom to %v, a whole notch to %v", z, whole)
	}
}

func TestShiftAndMoveDoesWhatItIsBoundTo(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.held = fyne.KeyModifierShift
	l.move(0, 200, 200)
	if len(l.g.crosses) != 1 || l.g.lens.cell != nil {
		t.Error("there is no crosshair")
	}
	l.g.SetMouse(Mouse{Bindings: Bindings{{HeldShift, TriggerMove}: ActionMagnifier}})
	l.move(0, 205, 200)
	if len(l.g.crosses) != 0 || l.g.lens.cell == nil {
		t.Error("there is no magnifier")
	}
	l.held = 0
	l.move(0, 206, 200)
	if l.g.lens.cell != nil {
		t.Error("without Shift the magnifier stays")
	}
}

func TestDoubleClickCanBeBoundToNothing(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.SetLayout(Layout1x2)
	double := func() { l.click(100, 200); l.click(100, 200) }
	l.g.SetMouse(Mouse{Bindings: Bindings{{HeldNone, TriggerDouble}: ActionNothing}})
	double()
	if l.g.Layout() != Layout1x2 {
		t.Error("it makes one view")
	}
	l.g.SetMouse(Mouse{})
	l.g.press = press{}
	double()
	if l.g.Layout() != Layout1x1 {
		t.Error("it does not make one view")
	}
}
