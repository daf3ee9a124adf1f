package annotations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrStale says that an edit was made from a version of the annotation that is no longer the present one.
var ErrStale = errors.New("annotations: the annotation has changed meanwhile")

// mostUndo bounds the undo list. The journal keeps everything; nobody goes back further by hand.
const mostUndo = 1000

// Document holds the annotations of one case and its undo list. It belongs to one goroutine.
//
// Rev grows with every change of an annotation, also with an undo and a redo: what was undone is a newer version for
// every library that the annotation is merged into. The journal that OnChange writes is the list of all edits that were
// made, undos included; replayed in order it gives the document.
type Document struct {
	// OnChange is called with each edit that Apply, Undo and Redo make, while the document still is as before. Set once. When it
	// returns an error the document stays as it was and the error is returned.
	OnChange func(Edit) error
	// Now tells the time for Modified; nil is time.Now.
	Now func() time.Time

	live  map[string]Annotation
	revs  map[string]int // also of what was deleted
	order map[string]int // the order of arrival, for equal times of creation
	undo  []step
	redo  []step

	changes uint64
}

// step is an edit that can be taken back. One that is joined goes together with the one before it on its list.
type step struct {
	Edit
	joined bool
}

// NewDocument returns a document holding the annotations; tombstones among them only keep their Rev.
func NewDocument(annotations []Annotation) *Document {
	d := &Document{}
	d.Reset(annotations)
	return d
}

// Reset replaces what the document holds, as after another window's changes, and empties the undo list. It does not call OnChange.
func (d *Document) Reset(annotations []Annotation) {
	d.live, d.revs, d.order = map[string]Annotation{}, map[string]int{}, map[string]int{}
	d.undo, d.redo = nil, nil
	d.changes++
	for _, a := range annotations {
		d.revs[a.UID] = max(d.revs[a.UID], a.Rev)
		if !a.Deleted {
			d.put(a)
		}
	}
}

// Apply makes an edit and puts it on the undo list. Before must be the present version, After of the same UID; After's
// Rev is raised above every earlier one. An After that is a tombstone deletes. ErrStale is returned when Before is not
// the present version.
func (d *Document) Apply(e Edit) error { return d.apply(e, false) }

// ApplyAll makes edits that one Undo takes back together and one Redo makes again. Where one cannot be made, those before it stay and the error is
// returned.
func (d *Document) ApplyAll(edits []Edit) error {
	for i, e := range edits {
		if err := d.apply(e, i > 0); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) apply(e Edit, joined bool) error {
	made, err := d.make(e)
	if err != nil {
		return err
	}
	d.undo = append(d.undo, step{made, joined})
	if len(d.undo) > mostUndo {
		d.undo = slices.Delete(d.undo, 0, len(d.undo)-mostUndo)
	}
	d.redo = nil
	return nil
}

// Undo takes the last edit back. It reports false when there is none.
func (d *Document) Undo() (bool, error) { return d.backAll(&d.undo, &d.redo) }

// Redo makes again what the last Undo took back. It reports false when there is nothing.
func (d *Document) Redo() (bool, error) { return d.backAll(&d.redo, &d.undo) }

// CanUndo reports whether there is an edit to take back.
func (d *Document) CanUndo() bool { return len(d.undo) > 0 }

// CanRedo reports whether there is an edit to make again.
func (d *Document) CanRedo() bool { return len(d.redo) > 0 }

// Changes is a number that is another one after every change of what the document holds, so that what was made of it can be kept until then.
func (d *Document) Changes() uint64 { return d.changes }

// All returns the annotations in order of creation, no tombstones. The caller owns the slice, not what its elements hold.
func (d *Document) All() []Annotation {
	out := make([]Annotation, 0, len(d.live))
	for _, a := range d.live {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Annotation) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(d.order[a.UID], d.order[b.UID]))
	})
	return out
}

// Find returns the annotation of the UID, if it is there and not deleted.
func (d *Document) Find(uid string) (Annotation, bool) {
	a, ok := d.live[uid]
	return a, ok
}

// OnImage returns the annotations that have a mark on the frame, in order of creation. A Modic region shows on other
// images too: see Shapes.
func (d *Document) OnImage(sopInstanceUID string, frame int) []Annotation {
	return slices.DeleteFunc(d.All(), func(a Annotation) bool {
		return !slices.ContainsFunc(a.Marks, func(m Mark) bool {
			return m.Image.SOPInstanceUID == sopInstanceUID && m.Image.Frame == frame
		})
	})
}

// backAll goes back by one edit, and by those that it is joined to.
func (d *Document) backAll(from, to *[]step) (bool, error) {
	for first := true; ; first = false {
		more := len(*from) > 0 && (*from)[len(*from)-1].joined
		done, err := d.back(from, to, !first)
		if !done || err != nil || !more {
			return done || !first, err
		}
	}
}

// back makes the inverse of the last edit of one list and puts what was made on the other, joined to what is there or not.
func (d *Document) back(from, to *[]step, joined bool) (bool, error) {
	if len(*from) == 0 {
		return false, nil
	}
	last := (*from)[len(*from)-1]
	e := last.Inverse()
	// The present version has the content that the edit left, and a later Rev when it was undone and redone meanwhile.
	if e.Before != nil {
		present, ok := d.live[e.Before.UID]
		if !ok {
			return false, fmt.Errorf("%w: %s", ErrStale, e.Before.UID)
		}
		e.Before = &present
	}
	if e.After != nil {
		again := *e.After
		again.Modified = d.now()
		e.After = &again
	}
	made, err := d.make(e)
	if err != nil {
		return false, err
	}
	*from = (*from)[:len(*from)-1]
	*to = append(*to, step{made, joined})
	return true, nil
}

// make checks an edit, lets OnChange store it, and changes the document. It returns the edit as made.
func (d *Document) make(e Edit) (Edit, error) {
	if e.After != nil && e.After.Deleted {
		e.After = nil
	}
	switch {
	case e.Before == nil && e.After == nil:
		return Edit{}, errors.New("annotations: an edit of nothing")
	case e.Before != nil && e.After != nil && e.Before.UID != e.After.UID:
		return Edit{}, fmt.Errorf("annotations: an edit from %s to another annotation, %s", e.Before.UID, e.After.UID)
	case e.After != nil && e.After.UID == "":
		return Edit{}, errors.New("annotations: an annotation without UID")
	}
	if e.Before != nil {
		present, ok := d.live[e.Before.UID]
		if !ok || present.Rev != e.Before.Rev {
			return Edit{}, fmt.Errorf("%w: %s", ErrStale, e.Before.UID)
		}
		e.Before = &present
	} else if _, ok := d.live[e.After.UID]; ok {
		return Edit{}, fmt.Errorf("annotations: %s is there already", e.After.UID)
	}
	if e.After != nil {
		after := *e.After
		after.Rev = max(after.Rev, d.revs[after.UID]+1)
		if after.Created.IsZero() {
			after.Created = d.now()
		}
		if after.Modified.IsZero() || e.Before != nil && !after.Modified.After(e.Before.Modified) {
			after.Modified = d.now()
		}
		e.After = &after
	}
	if d.OnChange != nil {
		if err := d.OnChange(e); err != nil {
			return Edit{}, err
		}
	}
	if e.After != nil {
		d.put(*e.After)
	} else {
		delete(d.live, e.Before.UID)
		d.changes++
		d.revs[e.Before.UID] = max(d.revs[e.Before.UID], e.Before.Rev) + 1 // the tombstone's
	}
	return e, nil
}

func (d *Document) put(a Annotation) {
	d.changes++
	d.live[a.UID] = a
	d.revs[a.UID] = max(d.revs[a.UID], a.Rev)
	if _, ok := d.order[a.UID]; !ok {
		d.order[a.UID] = len(d.order)
	}
}

func (d *Document) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now().UTC()
}
