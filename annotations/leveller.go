package annotations

import "rachis/dicomio/space"

// NewLeveller returns the tool that sets and moves level labels. A press sets the label of next where it is, or takes hold of a label that the
// image shows there, wherever that was set: moved, it is then a label of this image. A press on a proposal without a movement confirms it. One
// edit is committed when the button comes up.
//
// Set gives the reviewer's labels in the space of an image, nil where there are none yet: they are then copied from template (Author). Next
// gives the vertebra that is to be set there; where it is "" a press beside every label does nothing.
func NewLeveller(set func(ImageRef) *Annotation, template Annotation, next func(ImageRef) string) Tool {
	template.Kind, template.Marks, template.Values, template.Suggestion = Levels, nil, nil, nil
	return &leveller{set: set, template: template, next: next}
}

type leveller struct {
	set      func(ImageRef) *Annotation
	template Annotation
	next     func(ImageRef) string

	before *Annotation // the set as it was when the button went down
	held   Label       // as it is now
	grip   space.Pixel // from where the label lies to where it was taken
	start  Pointer
	down   bool
	taken  bool // a label that was there, not a new one
	moved  bool
	done   bool
}

// Press sets a label, or takes one in hand.
func (t *leveller) Press(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	at, ok := p.onImage()
	if !ok {
		return t.step()
	}
	t.before, t.start = t.set(p.Image), p
	t.down, t.taken, t.moved = true, false, false
	if s, ok := labelNear(t.before, p, at); ok {
		t.taken, t.held, t.grip = true, s.Label, at.Sub(s.At)
	} else {
		next := t.next(p.Image)
		if next == "" {
			t.down = false
			return t.step()
		}
		t.held, t.grip = NewLabel(next, p.Image, at), space.Pixel{}
	}
	return t.step()
}

// labelNear returns the label of a set that an image shows at a place, as a press there would take it.
func labelNear(set *Annotation, p Pointer, at space.Pixel) (best Sighting, ok bool) {
	if set == nil {
		return best, false
	}
	reach := 1.5 * p.Reach // a cross is smaller than what is aimed at
	for _, s := range LabelsOn(set.Labels(), p.Image) {
		if off := s.At.Distance(at); s.Near && off <= reach {
			reach, best, ok = off, s, true
		}
	}
	return best, ok
}

// Move lets the label that is held follow the pointer, and before a press the name of the next.
func (t *leveller) Move(p Pointer) Step {
	switch {
	case t.done:
		return Step{Done: true}
	case !finite(p.At):
		return t.step()
	case !t.down:
		at, ok := p.onImage()
		next, set := t.next(p.Image), t.set(p.Image)
		if _, near := labelNear(set, p, at); near || !ok || next == "" {
			return Step{}
		}
		a := t.with(set, NewLabel(next, p.Image, at))
		return Step{Draft: &a}
	case !t.start.Image.Same(p.Image):
		return t.step()
	}
	if t.moved = t.moved || p.At.Distance(t.start.At) > click*t.start.Reach; t.moved {
		t.held = NewLabel(t.held.Vertebra, p.Image, p.clamp(p.At.Sub(t.grip)))
	}
	return t.step()
}

// Release commits the label.
func (t *leveller) Release(p Pointer) Step {
	if t.done || !t.down {
		return Step{Done: t.done}
	}
	t.Move(p)
	t.down, t.done = false, true
	if t.taken && !t.moved && !t.held.Proposed {
		return Step{Done: true}
	}
	t.held.Proposed = false
	after := t.with(t.before, t.held)
	return Step{Commit: &Edit{Before: t.before, After: &after}, Done: true}
}

// Cancel leaves the labels as they were.
func (t *leveller) Cancel() Step {
	t.done = true
	return Step{Done: true}
}

func (t *leveller) step() Step {
	if !t.down {
		return Step{}
	}
	a := t.with(t.before, t.held)
	return Step{Draft: &a}
}

// with returns the set with a label.
func (t *leveller) with(set *Annotation, l Label) Annotation {
	if set != nil {
		return set.WithLabel(l)
	}
	if t.template.UID == "" {
		t.template.UID = NewUID()
	}
	return t.template.WithLabel(l)
}
