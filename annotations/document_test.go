package annotations

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clocked is a document whose clock goes a second further with every look.
func clocked(list ...Annotation) *Document {
	d := NewDocument(list)
	n := 0
	d.Now = func() time.Time { n++; return noon.Add(time.Duration(n) * time.Second) }
	return d
}

func add(t *testing.T, d *Document, uid, label string) Annotation {
	t.Helper()
	if err := d.Apply(Edit{After: &Annotation{UID: uid, Kind: Distance, Label: label}}); err != nil {
		t.Fatal(err)
	}
	return find(t, d, uid)
}

func find(t *testing.T, d *Document, uid string) Annotation {
	t.Helper()
	a, ok := d.Find(uid)
	if !ok {
		t.Fatalf("%s is not there", uid)
	}
	return a
}

func TestDocumentUndoRedo(t *testing.T) {
	d := clocked()
	if ok, err := d.Undo(); ok || err != nil || d.CanUndo() || d.CanRedo() {
		t.Error("an empty document has something to undo")
	}
	first := add(t, d, "1", "a")
	if first.Rev != 1 || first.Created.IsZero() || first.Modified.IsZero() {
		t.Errorf("%+v", first)
	}
	changed := first
	changed.Label = "b"
	if err := d.Apply(Edit{Before: &first, After: &changed}); err != nil {
		t.Fatal(err)
	}
	second := find(t, d, "1")
	if second.Rev != 2 || !second.Modified.After(first.Modified) || !second.Created.Equal(first.Created) {
		t.Errorf("after a change: %+v", second)
	}
	if err := d.Apply(Edit{Before: &second}); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Find("1"); ok || len(d.All()) != 0 {
		t.Error("deleted, and there")
	}

	step := func(back bool, label string, rev int) {
		t.Helper()
		do := d.Redo
		if back {
			do = d.Undo
		}
		if ok, err := do(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if label == "" {
			if _, ok := d.Find("1"); ok {
				t.Error("is still there")
			}
			return
		}
		a := find(t, d, "1")
		if a.Label != label || a.Rev != rev || !a.Created.Equal(first.Created) {
			t.Errorf("%q at rev %d, want %q at %d", a.Label, a.Rev, label, rev)
		}
	}
	step(true, "b", 4) // the tombstone was 3
	step(true, "a", 5)
	step(true, "", 0)
	if d.CanUndo() || !d.CanRedo() {
		t.Error("all is undone")
	}
	step(false, "a", 7)
	step(false, "b", 8)
	step(false, "", 0)
	step(true, "b", 10)
	add(t, d, "2", "")
	if d.CanRedo() {
		t.Error("an edit leaves nothing to redo")
	}
}

func TestDocumentRefuses(t *testing.T) {
	d := clocked()
	a := add(t, d, "1", "a")
	b := a
	b.Label = "b"
	other := a
	other.UID = "2"
	stale := a
	stale.Rev = 9
	for name, e := range map[string]Edit{
		"nothing":            {},
		"a tombstone alone":  {After: &Annotation{UID: "3", Deleted: true}},
		"two annotations":    {Before: &a, After: &other},
		"no UID":             {After: &Annotation{}},
		"added twice":        {After: &b},
		"another version":    {Before: &stale, After: &b},
		"one that is absent": {Before: &other, After: &other},
	} {
		if err := d.Apply(e); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := d.Apply(Edit{Before: &stale, After: &b}); !errors.Is(err, ErrStale) || !strings.Contains(err.Error(), "1") {
		t.Errorf("%v", err)
	}
	if got := d.All(); len(got) != 1 || !reflect.DeepEqual(got[0], a) {
		t.Errorf("%+v", got)
	}
	if ok, err := d.Undo(); !ok || err != nil || d.CanUndo() {
		t.Error("a refused edit is on the undo list")
	}
}

func TestDocumentOnChange(t *testing.T) {
	d := clocked()
	var seen []Edit
	full := errors.New("disk full")
	var fail error
	d.OnChange = func(e Edit) error {
		if fail != nil {
			return fail
		}
		if e.After != nil {
			if have, ok := d.Find(e.After.UID); ok && have.Rev == e.After.Rev {
				t.Error("the document has changed before it is stored")
			}
		}
		seen = append(seen, e)
		return nil
	}
	a := add(t, d, "1", "a")
	b := a
	b.Label = "b"

	fail = full
	for range 2 {
		if err := d.Apply(Edit{Before: &a, After: &b}); !errors.Is(err, full) {
			t.Fatal(err)
		}
		if ok, err := d.Undo(); ok || !errors.Is(err, full) {
			t.Fatal(ok, err)
		}
	}
	if got := d.All(); len(got) != 1 || !reflect.DeepEqual(got[0], a) || len(seen) != 1 {
		t.Errorf("changed all the same: %+v", got)
	}
	fail = nil
	if ok, err := d.Undo(); !ok || err != nil { // what could not be stored can be tried again
		t.Fatal(ok, err)
	}
	fail = full
	if ok, err := d.Redo(); ok || !errors.Is(err, full) || !d.CanRedo() {
		t.Fatal(ok, err)
	}
	fail = nil
	if ok, err := d.Redo(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if len(seen) != 3 {
		t.Fatalf("%d edits stored", len(seen))
	}
	if e := seen[1]; e.After != nil || e.Before.Rev != 1 {
		t.Errorf("the undo of an addition: %+v", e)
	}
	if e := seen[2]; e.Before != nil || e.After.Rev != 3 {
		t.Errorf("and its redo: %+v", e)
	}
	seen = nil
	d.Reset([]Annotation{a})
	if len(seen) != 0 || d.CanUndo() || d.CanRedo() {
		t.Error("Reset is no edit")
	}
}

func TestDocumentTombstone(t *testing.T) {
	d := clocked(Annotation{UID: "1", Rev: 6, Deleted: true}, Annotation{UID: "2", Rev: 2})
	if len(d.All()) != 1 {
		t.Error("a tombstone shows")
	}
	if a := add(t, d, "1", ""); a.Rev != 7 {
		t.Errorf("rev %d: older than the tombstone elsewhere", a.Rev)
	}
	two := find(t, d, "2")
	dead := two
	dead.Deleted = true
	if err := d.Apply(Edit{Before: &two, After: &dead}); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Find("2"); ok {
		t.Error("a tombstone deletes")
	}
}

func TestDocumentOrder(t *testing.T) {
	d := NewDocument([]Annotation{
		{UID: "b", Created: noon}, {UID: "late", Created: noon.Add(time.Hour)}, {UID: "a", Created: noon}, {UID: "early", Created: noon.Add(-time.Hour)},
	})
	var got []string
	for _, a := range d.All() {
		got = append(got, a.UID)
	}
	if !slices.Equal(got, []string{"early", "b", "a", "late"}) {
		t.Error(got)
	}
	list := d.All()
	list[0].UID = "x"
	if d.All()[0].UID != "early" {
		t.Error("the slice is the document's own")
	}
}

func TestDocumentOnImage(t *testing.T) {
	frame2 := picture(1)
	frame2.Frame = 2
	d := NewDocument([]Annotation{
		{UID: "1", Created: noon, Marks: []Mark{{Image: picture(1)}}},
		{UID: "2", Created: noon, Marks: []Mark{{Image: picture(2)}, {Image: frame2}}},
		{UID: "3", Created: noon, Marks: []Mark{{Image: picture(2)}, {Image: picture(1)}}},
		{UID: "4", Created: noon},
	})
	for frame, want := range map[int]string{1: "1 3", 2: "2", 3: ""} {
		var got []string
		for _, a := range d.OnImage(picture(1).SOPInstanceUID, frame) {
			got = append(got, a.UID)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("frame %d: %q, want %q", frame, s, want)
		}
	}
}

func TestDocumentUndoIsBounded(t *testing.T) {
	d := clocked()
	for i := range mostUndo + 5 {
		add(t, d, fmt.Sprint(i), "")
	}
	n := 0
	for {
		ok, err := d.Undo()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		n++
	}
	if n != mostUndo || len(d.All()) != 5 {
		t.Errorf("%d undone, %d left", n, len(d.All()))
	}
}

// Whatever is edited, undone and redone: the journal replayed gives the document, revs only grow, and undoing all gives what was
// there at first.
func TestDocumentProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		start := []Annotation{{UID: "0", Rev: 3, Created: noon, Modified: noon, Label: "start"}}
		d := clocked(start...)
		var journal []Edit
		revs := map[string]int{"0": 3}
		d.OnChange = func(e Edit) error {
			journal = append(journal, e)
			if e.After != nil {
				if e.After.Rev <= revs[e.After.UID] {
					t.Fatalf("%s: rev %d after %d", e.After.UID, e.After.Rev, revs[e.After.UID])
				}
				revs[e.After.UID] = e.After.Rev
			}
			return nil
		}
		for i := range 60 {
			switch list := d.All(); r.IntN(5) {
			case 0:
				add(t, d, fmt.Sprint(r.Int64()), "new")
			case 1:
				if len(list) > 0 {
					a := list[r.IntN(len(list))]
					b := a
					b.Label = fmt.Sprint(i)
					if err := d.Apply(Edit{&a, &b}); err != nil {
						t.Fatal(err)
					}
				}
			case 2:
				if len(list) > 0 {
					if err := d.Apply(Edit{Before: &list[r.IntN(len(list))]}); err != nil {
						t.Fatal(err)
					}
				}
			case 3:
				if ok, err := d.Undo(); err != nil || ok && !d.CanRedo() {
					t.Fatal(err)
				}
			case 4:
				if ok, err := d.Redo(); err != nil || ok && !d.CanUndo() {
					t.Fatal(err)
				}
			}
		}
		replayed := map[string]Annotation{"0": start[0]}
		for _, e := range journal {
			if e.After != nil {
				replayed[e.After.UID] = *e.After
			} else {
				delete(replayed, e.Before.UID)
			}
		}
		list := d.All()
		if len(list) != len(replayed) {
			t.Fatalf("%d in the document, %d in the journal", len(list), len(replayed))
		}
		for _, a := range list {
			if !reflect.DeepEqual(a, replayed[a.UID]) {
				t.Fatalf("%+v in the document, %+v in the journal", a, replayed[a.UID])
			}
		}
		for d.CanUndo() {
			if _, err := d.Undo(); err != nil {
				t.Fatal(err)
			}
		}
		if list = d.All(); len(list) != 1 || list[0].Label != "start" || list[0].UID != "0" {
			t.Fatalf("all undone: %+v", list)
		}
	}
}

// One gesture is one edit is one undo, from the pointer to the document.
func TestGestureToDocument(t *testing.T) {
	d := clocked()
	stored := 0
	d.OnChange = func(Edit) error { stored++; return nil }
	_, commit := play(t, NewPlacer(Distance, Annotation{Author: "DR"}, PlacerOptions{}), "p10,10 m20,20 m30,30 r40,10")
	if err := d.Apply(*commit); err != nil {
		t.Fatal(err)
	}
	a := d.All()[0]
	_, commit = play(t, NewMover(a), "p40,10 m50,50 m60,60 r50,10")
	if err := d.Apply(*commit); err != nil {
		t.Fatal(err)
	}
	if stored != 2 || written(d.All()[0].Marks[0].Points) != "10,10 50,10" || d.All()[0].Rev != 2 {
		t.Errorf("%d edits, %+v", stored, d.All()[0])
	}
	if ok, err := d.Undo(); !ok || err != nil || written(d.All()[0].Marks[0].Points) != "10,10 40,10" {
		t.Errorf("undone: %+v", d.All()[0])
	}
	if _, err := json.Marshal(d.All()); err != nil {
		t.Error(err)
	}
}

// Edits that were made together are undone in one step and made again in one.
func TestEditsMadeTogetherAreOneStep(t *testing.T) {
	d := NewDocument(nil)
	text := func(uid, label string) Annotation { return Annotation{UID: uid, Kind: Text, Label: label} }
	labels := func() (out string) {
		for _, a := range d.All() {
			out += a.Label + " "
		}
		return out
	}
	one, two, three := text("2.25.1", "a"), text("2.25.2", "b"), text("2.25.3", "c")
	if err := d.Apply(Edit{After: &one}); err != nil {
		t.Fatal(err)
	}
	if err := d.ApplyAll([]Edit{{After: &two}, {After: &three}}); err != nil {
		t.Fatal(err)
	}
	var edits []Edit
	for _, a := range d.All() {
		after := a
		after.Label += "!"
		edits = append(edits, Edit{Before: &a, After: &after})
	}
	if err := d.ApplyAll(edits); err != nil || labels() != "a! b! c! " {
		t.Fatalf("%v: %s", err, labels())
	}
	for i, want := range []string{"a b c ", "a ", ""} {
		if ok, err := d.Undo(); !ok || err != nil || labels() != want {
			t.Errorf("undo %d: %v, %v: %q, want %q", i+1, ok, err, labels(), want)
		}
	}
	if ok, _ := d.Undo(); ok {
		t.Error("there was more to undo")
	}
	for i, want := range []string{"a ", "a b c ", "a! b! c! "} {
		if ok, err := d.Redo(); !ok || err != nil || labels() != want {
			t.Errorf("redo %d: %v, %v: %q, want %q", i+1, ok, err, labels(), want)
		}
	}
	if ok, err := d.Undo(); !ok || err != nil || labels() != "a b c " {
		t.Errorf("undo again: %q, %v", labels(), err)
	}
}
