package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/store"
)

func TestApplyEdit(t *testing.T) {
	s := library(t)
	c := started(t, s, 2)
	a := finding("1.1", anne, "first")
	must(t, s.ApplyEdit(c.ID, anne, add(a)))
	if got := read(t, s, c.ID).Findings; len(got) != 1 || text(t, got[0]) != text(t, a) {
		t.Errorf("%s", text(t, got))
	}
	e := change(a, "second")
	must(t, s.ApplyEdit(c.ID, anne, e))
	now := read(t, s, c.ID).Findings[0]
	if now.Note != "second" || now.Rev != 2 {
		t.Errorf("%+v", now)
	}
	// What began from the first version comes too late: nothing is written.
	before := text(t, read(t, s, c.ID))
	for name, late := range map[string]annotations.Edit{"change": change(a, "third"), "deletion": remove(a), "addition": add(a)} {
		if err := s.ApplyEdit(c.ID, anne, late); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a late %s: %v", name, err)
		}
	}
	if err := s.ApplyEdit(c.ID, anne, change(finding("1.9", anne, "x"), "y")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a change of what is not there: %v", err)
	}
	// Another reviewer's finding is not to be touched, under whichever name the edit comes.
	for name, err := range map[string]error{
		"change":       s.ApplyEdit(c.ID, benoit, change(now, "mine")),
		"deletion":     s.ApplyEdit(c.ID, benoit, remove(now)),
		"false author": s.ApplyEdit(c.ID, benoit, add(finding("1.2", anne, ""))),
		"handing over": s.ApplyEdit(c.ID, anne, annotations.Edit{Before: &now, After: ptr(finding("1.1", benoit, ""))}),
	} {
		if !errors.Is(err, store.ErrOtherAuthor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Nonsense.
	bad := finding("1.3", anne, "")
	bad.Marks[0].Image.Frame = 0
	for name, err := range map[string]error{
		"nothing":     s.ApplyEdit(c.ID, anne, annotations.Edit{}),
		"two UIDs":    s.ApplyEdit(c.ID, anne, annotations.Edit{Before: &now, After: ptr(finding("1.4", anne, ""))}),
		"no UID":      s.ApplyEdit(c.ID, anne, add(finding("", anne, ""))),
		"frame 0":     s.ApplyEdit(c.ID, anne, add(bad)),
		"no author":   s.ApplyEdit(c.ID, "", add(finding("1.5", "", ""))),
		"no case":     s.ApplyEdit("C-NOCASE", anne, add(finding("1.6", anne, ""))),
		"all or none": s.ApplyEdits(c.ID, anne, []annotations.Edit{add(finding("1.7", anne, "")), add(finding("1.7", anne, ""))}),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if after := text(t, read(t, s, c.ID)); after != before {
		t.Errorf("a refused edit changed the case:\n%s\n%s", before, after)
	}
	must(t, s.ApplyEdits(c.ID, anne, []annotations.Edit{add(finding("1.7", anne, "")), add(finding("1.8", anne, ""))}))
	if n := len(read(t, s, c.ID).Findings); n != 3 {
		t.Errorf("%d findings", n)
	}
}

func ptr[T any](v T) *T { return &v }

// Undo and redo, as a document makes them: the store follows, each is a newer version, and the journal has them all.
func TestUndo(t *testing.T) {
	s := library(t)
	c := started(t, s, 1)
	doc := annotations.NewDocument(nil)
	doc.OnChange = func(e annotations.Edit) error { return s.ApplyEdit(c.ID, anne, e) }
	same := func(what string) {
		t.Helper()
		k := read(t, s, c.ID)
		if got, want := text(t, k.Findings), text(t, doc.All()); got != want {
			t.Fatalf("%s: the store has\n%s\nthe document\n%s", what, got, want)
		}
	}
	a := finding("1.1", anne, "first")
	must(t, doc.Apply(add(a)))
	same("added")
	now, _ := doc.Find("1.1")
	must(t, doc.Apply(change(now, "second")))
	same("changed")
	now, _ = doc.Find("1.1")
	must(t, doc.Apply(remove(now)))
	same("deleted")
	if k := read(t, s, c.ID); len(k.Tombstones) != 1 || !k.Tombstones[0].Deleted || k.Tombstones[0].Note != "second" {
		t.Errorf("tombstones %+v", k.Tombstones)
	}
	for i := range 3 {
		if ok, err := doc.Undo(); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
		same("undone")
	}
	for i := range 3 {
		if ok, err := doc.Redo(); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
		same("done again")
	}
	// The restore of a deletion after the library was opened again: the document begins from what the store has.
	k := read(t, s, c.ID)
	again := annotations.NewDocument(slices.Concat(k.Findings, k.Tombstones))
	again.OnChange = doc.OnChange
	must(t, again.Apply(add(finding("1.1", anne, "first"))))
	doc = again
	same("restored")
	var actions []string
	for _, e := range read(t, s, c.ID).Audit {
		if e.Subject == "1.1" {
			actions = append(actions, e.Action)
		}
	}
	if got := strings.Join(actions, " "); got != "add edit delete restore edit delete restore edit delete restore" {
		t.Errorf("journal: %s", got)
	}
	replayed(t, s, c.ID)
}

func TestSignatures(t *testing.T) {
	s := library(t)
	c := started(t, s, 1)
	a := finding("1.1", anne, "x")
	must(t, s.ApplyEdit(c.ID, anne, add(a)))
	sig, err := s.Sign(c.ID, anne)
	must(t, err)
	if want, _ := cases.Digest([]annotations.Annotation{a}, anne); sig.Digest != want || sig.Reviewer != anne || sig.Signed.IsZero() {
		t.Errorf("%+v", sig)
	}
	stale := func() bool { return read(t, s, c.ID).Signatures[0].Stale }
	if stale() {
		t.Error("stale at once")
	}
	must(t, s.ApplyEdit(c.ID, benoit, add(finding("1.2", benoit, "y"))))
	if stale() {
		t.Error("stale after another's edit")
	}
	e := change(a, "z")
	must(t, s.ApplyEdit(c.ID, anne, e))
	if !stale() {
		t.Error("not stale after an edit")
	}
	must(t, s.ApplyEdit(c.ID, anne, change(read(t, s, c.ID).Findings[0], "x")))
	if stale() {
		t.Error("stale though it is undone")
	}
	if _, err := s.Sign(c.ID, ""); err == nil {
		t.Error("nobody signed")
	}
	if _, err := s.Sign("C-NOCASE", anne); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestKeyImages(t *testing.T) {
	s := library(t)
	c := started(t, s, 1)
	k := cases.KeyImage{Image: annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}, Author: anne, Caption: "L4-L5"}
	k, err := s.AddKeyImage(c.ID, k)
	must(t, err)
	if !cases.ValidUID(k.UID) {
		t.Errorf("UID %q", k.UID)
	}
	k.Caption = "L5-S1"
	_, err = s.AddKeyImage(c.ID, k)
	must(t, err)
	other := k
	other.Author = benoit
	if _, err := s.AddKeyImage(c.ID, other); !errors.Is(err, store.ErrOtherAuthor) {
		t.Error(err)
	}
	if err := s.RemoveKeyImage(c.ID, benoit, k.UID); !errors.Is(err, store.ErrOtherAuthor) {
		t.Error(err)
	}
	if got := read(t, s, c.ID).KeyImages; len(got) != 1 || got[0].Caption != "L5-S1" {
		t.Errorf("%+v", got)
	}
	must(t, s.RemoveKeyImage(c.ID, anne, k.UID))
	if got := read(t, s, c.ID).KeyImages; len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if err := s.RemoveKeyImage(c.ID, anne, k.UID); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	_, err = s.AddKeyImage(c.ID, k)
	must(t, err)
	if got := read(t, s, c.ID).KeyImages; len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestDossier(t *testing.T) {
	s := library(t)
	c := started(t, s, 1)
	must(t, s.SetDossier(c.ID, anne, map[string]string{"history": " x ", "pain_back": "62,5", "contraindications.pacemaker": "no"}))
	must(t, s.SetDossier(c.ID, benoit, map[string]string{"question": "?", "contraindications.pacemaker": "yes"}))
	d := read(t, s, c.ID).Dossier
	if d.History != "x" || *d.PainBack != 62.5 || d.Question != "?" || d.Contraindications["pacemaker"] != "yes" {
		t.Errorf("%+v", d)
	}
	before := text(t, read(t, s, c.ID))
	must(t, s.SetDossier(c.ID, anne, map[string]string{"history": "x"})) // nothing new
	for _, bad := range []map[string]string{{"pain_back": "101"}, {"nonsense": "x"}, {"history": "y", "neurological_deficit": "oui"}} {
		if err := s.SetDossier(c.ID, anne, bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	if text(t, read(t, s, c.ID)) != before {
		t.Error("a refused change, or none, changed the case")
	}
	must(t, s.SetDossier(c.ID, anne, map[string]string{"history": "", "pain_back": ""}))
	if d = read(t, s, c.ID).Dossier; d.History != "" || d.PainBack != nil {
		t.Errorf("%+v", d)
	}
}

func TestCases(t *testing.T) {
	s := library(t)
	now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	s.SetClock(func() time.Time { now = now.Add(time.Second); return now })
	first := started(t, s, 2)
	if first.Patient.Name != "EXAMPLE^SMALL" || len(first.Studies) != 1 || len(first.Studies[0].Instances) != 2 || len(first.ID) != 8 || !cases.ValidUID(first.UID) {
		t.Errorf("%+v", first)
	}
	second, err := s.CreateCase(store.NewCase{Title: "second", StudyUIDs: []string{"1.2.3"}, Author: anne})
	must(t, err)
	if got := read(t, s, strings.ToLower(second.ID)); got.UID != second.UID {
		t.Error("an ID in small letters is not found")
	}
	must(t, s.AddStudies(second.ID, anne, "1.2.3", "1.2.4"))
	if got := read(t, s, second.ID); len(got.Studies) != 2 {
		t.Errorf("%+v", got.Studies)
	}
	if err := s.AddStudies(second.ID, anne, "not a UID"); err == nil {
		t.Error("a study without a UID was added")
	}
	list, err := s.Cases()
	must(t, err)
	if len(list) != 2 || list[0].ID != second.ID || list[1].ID != first.ID || list[1].Studies != 1 {
		t.Errorf("%+v", list)
	}
	if _, err := s.Case("C-NOCASE"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	// In JSON there are lists and no nulls.
	empty, err := s.CreateCase(store.NewCase{Author: anne})
	must(t, err)
	for _, name := range []string{"studies", "findings", "key_images", "signatures", "audit"} {
		if !strings.Contains(text(t, empty), `"`+name+`": [`) {
			t.Errorf("%s is no list", name)
		}
	}
}
