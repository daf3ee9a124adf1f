package viewer

import (
	"maps"

	"fyne.io/fyne/v2"
)

// Trigger is a part of the mouse that something can be bound to.
type Trigger string

// The triggers. Move is the pointer over the pictures without a button; Double is a double click with the left button.
const (
	TriggerLeft   Trigger = "left"
	TriggerMiddle Trigger = "middle"
	TriggerRight  Trigger = "right"
	TriggerWheel  Trigger = "wheel"
	TriggerMove   Trigger = "move"
	TriggerDouble Trigger = "double"
)

// Held is the key that is held with a trigger. Alt is none of them: window managers take it.
type Held string

// What may be held. With both of them Ctrl counts. On a Mac the command key counts as Ctrl does.
const (
	HeldNone  Held = ""
	HeldCtrl  Held = "ctrl"
	HeldShift Held = "shift"
)

// Chord is a trigger with what is held.
type Chord struct {
	Held    Held
	Trigger Trigger
}

// Action is what a chord does.
type Action string

// The actions. ActionPlain is that of the trigger without the key, four times as fast with Ctrl.
const (
	ActionPlain     Action = "plain"
	ActionWindow    Action = "window"
	ActionScroll    Action = "scroll"
	ActionZoom      Action = "zoom"
	ActionPan       Action = "pan"
	ActionRegion    Action = "region"
	ActionMagnifier Action = "magnifier"
	ActionCrosshair Action = "crosshair"
	ActionSingle    Action = "single" // one view alone, and back
	ActionNothing   Action = "nothing"
)

// buttonActions are what a drag can do, and of those what a wheel, the pointer alone and a double click can do.
var (
	buttonActions = []Action{ActionWindow, ActionScroll, ActionZoom, ActionPan, ActionRegion, ActionMagnifier, ActionCrosshair}
	wheelActions  = []Action{ActionScroll, ActionZoom, ActionWindow, ActionPan}
	moveActions   = []Action{ActionCrosshair, ActionMagnifier}
)

// Chords are all that can be bound, in the order in which they are listed.
func Chords() []Chord {
	var out []Chord
	for _, t := range []Trigger{TriggerLeft, TriggerMiddle, TriggerRight, TriggerWheel} {
		for _, h := range []Held{HeldNone, HeldCtrl, HeldShift} {
			out = append(out, Chord{h, t})
		}
	}
	return append(out, Chord{HeldShift, TriggerMove}, Chord{HeldNone, TriggerDouble})
}

// Actions are what a chord can be bound to. The left button alone always does something: it is what the window begins with, until another mode
// or a tool is taken in hand.
func (c Chord) Actions() []Action {
	var out []Action
	if c.Held != HeldNone && c.Trigger != TriggerMove {
		out = append(out, ActionPlain)
	}
	switch c.Trigger {
	case TriggerLeft, TriggerMiddle, TriggerRight:
		out = append(out, buttonActions...)
	case TriggerWheel:
		out = append(out, wheelActions...)
	case TriggerMove:
		out = append(out, moveActions...)
	case TriggerDouble:
		out = append(out, ActionSingle)
	}
	if c != (Chord{HeldNone, TriggerLeft}) {
		out = append(out, ActionNothing)
	}
	return out
}

// Bindings say what the chords do. What is not in the map does what Rachis's own bindings say. It is not changed once it is in use.
type Bindings map[Chord]Action

// ownBindings are those of viewer.md.
var ownBindings = Bindings{
	{HeldNone, TriggerLeft}: ActionWindow, {HeldNone, TriggerMiddle}: ActionPan, {HeldNone, TriggerRight}: ActionZoom,
	{HeldNone, TriggerWheel}: ActionScroll, {HeldCtrl, TriggerWheel}: ActionZoom,
	{HeldShift, TriggerMove}: ActionCrosshair, {HeldNone, TriggerDouble}: ActionSingle,
}

// OwnBindings returns what the chords do when nobody has chosen anything.
func OwnBindings() Bindings { return maps.Clone(ownBindings) }

// Of returns what a chord does; a choice that the chord cannot do is passed over.
func (b Bindings) Of(c Chord) Action {
	if a, ok := b[c]; ok {
		for _, can := range c.Actions() {
			if a == can {
				return a
			}
		}
	}
	if a, ok := ownBindings[c]; ok {
		return a
	}
	if c.Held != HeldNone {
		return ActionPlain
	}
	return ActionNothing
}

// With returns bindings in which a chord does something else.
func (b Bindings) With(c Chord, a Action) Bindings {
	out := maps.Clone(b)
	if out == nil {
		out = Bindings{}
	}
	delete(out, c)
	if out.Of(c) != a {
		out[c] = a
	}
	return out
}

// Others returns the chords other than c that do what a says, in the order of Chords: an action is not lost with one of them.
func (b Bindings) Others(c Chord, a Action) []Chord {
	var out []Chord
	for _, other := range Chords() {
		if other != c && b.Of(other) == a {
			out = append(out, other)
		}
	}
	return out
}

// heldOf says which key counts.
func heldOf(m fyne.KeyModifier) Held {
	switch {
	case m&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0:
		return HeldCtrl
	case m&fyne.KeyModifierShift != 0:
		return HeldShift
	}
	return HeldNone
}

// resolved returns what a trigger does with what is held, and whether that is by a binding of the key's own.
func (b Bindings) resolved(t Trigger, m fyne.KeyModifier) (a Action, own bool) {
	if h := heldOf(m); h != HeldNone {
		if a := b.Of(Chord{h, t}); a != ActionPlain {
			return a, true
		}
	}
	return b.Of(Chord{HeldNone, t}), false
}

// gestureOf is the gesture that an action is as a drag.
func gestureOf(a Action) gestureKind {
	switch a {
	case ActionWindow:
		return gestureWindow
	case ActionScroll:
		return gestureScroll
	case ActionZoom:
		return gestureZoom
	case ActionPan:
		return gesturePan
	case ActionRegion:
		return gestureRegion
	case ActionMagnifier:
		return gestureLens
	case ActionCrosshair:
		return gestureCross
	}
	return gestureIdle
}

// StartMode is the mode that the left button alone is bound to: what is in hand while nothing else was taken.
func (b Bindings) StartMode() Mode {
	switch b.Of(Chord{HeldNone, TriggerLeft}) {
	case ActionScroll:
		return ModeScroll
	case ActionZoom:
		return ModeZoom
	case ActionPan:
		return ModePan
	case ActionRegion:
		return ModeRegion
	case ActionMagnifier:
		return ModeMagnifier
	case ActionCrosshair:
		return ModeCross
	}
	return ModeWindow
}
