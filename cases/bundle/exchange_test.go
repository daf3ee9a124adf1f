package bundle_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/bundle"
	"rachis/cases/store"
)

// site is a library with one case in it, and who works there.
type site struct {
	t      *testing.T
	store  *store.Store
	id     string
	author string
}

func (s site) open() cases.Case {
	s.t.Helper()
	c, err := s.store.Case(s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s site) edit(before, after *annotations.Annotation) {
	s.t.Helper()
	if err := s.store.ApplyEdit(s.id, s.author, annotations.Edit{Before: before, After: after}); err != nil {
		s.t.Fatal(err)
	}
}

func (s site) find(uid string) annotations.Annotation {
	s.t.Helper()
	c := s.open()
	i := slices.IndexFunc(c.Findings, func(a annotations.Annotation) bool { return a.UID == uid })
	if i < 0 {
		s.t.Fatalf("finding %s is not there", uid)
	}
	return c.Findings[i]
}

// send hands the case of one site over to another.
func (s site) send(to *site) bundle.Received {
	s.t.Helper()
	out := export(s.t, s.store, s.open(), "b.zip")
	r, err := bundle.Import(s.t.Context(), to.store, out, to.author, bundle.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	to.id = r.CaseID
	return r
}

// A clinic hands over, a second reviewer adds her own and hands back, the clinic has edited meanwhile.
func TestThereAndBack(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	clinic := site{t, s, c.ID, renee}
	surgeon := site{t: t, store: library(t), author: second}
	clinic.send(&surgeon)

	// There: one more finding, a signature, an answer in an empty field and another one in a field that is set.
	own := finding(surgeon.open(), 30, second)
	surgeon.edit(nil, &own)
	edited := surgeon.find(finding(c, 9, second).UID)
	before := edited
	edited.Decision = "1/2"
	surgeon.edit(&before, &edited)
	if _, err := surgeon.store.Sign(surgeon.id, second); err != nil {
		t.Fatal(err)
	}
	if err := surgeon.store.SetDossier(surgeon.id, second, map[string]string{"question": "fusion ?", "history": "24 mois"}); err != nil {
		t.Fatal(err)
	}
	if err := surgeon.store.ApplyEdit(surgeon.id, second, annotations.Edit{Before: ptr(surgeon.find(finding(c, 0, renee).UID))}); !errors.Is(err, store.ErrOtherAuthor) {
		t.Errorf("another author's finding was deleted: %v", err)
	}
	// Here, meanwhile: an edit and a deletion of one's own.
	mine := clinic.find(finding(c, 0, renee).UID)
	later := mine
	later.Note = "revu"
	clinic.edit(&mine, &later)
	gone := clinic.find(finding(c, 1, renee).UID)
	clinic.edit(&gone, nil)
	k := finding(c, 1, renee).Marks[0].Image
	if _, err := s.AddKeyImage(c.ID, cases.KeyImage{Image: k, Author: renee, Caption: "L5-S1"}); err != nil {
		t.Fatal(err)
	}

	r := surgeon.send(&clinic)
	if r.CaseID != c.ID || r.Added != 1 || r.Updated != 1 || r.Conflicts != 1 || r.Files != 0 {
		t.Errorf("back: %+v", r) // the conflict is that of the history
	}
	now := clinic.open()
	if got := clinic.find(own.UID); got.Author != second || got.Note != own.Note {
		t.Errorf("%+v", got)
	}
	if got := clinic.find(edited.UID); got.Decision != "1/2" || got.Rev != 2 || got.Author != second {
		t.Errorf("%+v", got)
	}
	if got := clinic.find(mine.UID); got.Note != "revu" {
		t.Errorf("the edit made here is lost: %+v", got)
	}
	if slices.ContainsFunc(now.Findings, func(a annotations.Annotation) bool { return a.UID == gone.UID }) {
		t.Error("what was deleted here came back")
	}
	if now.Dossier.History != "lombalgie depuis 18 mois" || now.Dossier.Question != "fusion ?" {
		t.Errorf("%+v", now.Dossier)
	}
	if !slices.ContainsFunc(now.Audit, func(a cases.AuditEntry) bool {
		return a.Action == "conflict" && a.Subject == "history" && a.Detail == "24 mois" && a.Library == s.UID()
	}) {
		t.Error("the other history is not in the journal")
	}
	if len(now.Signatures) != 2 || len(now.KeyImages) != 2 {
		t.Errorf("%d signatures, %d key images", len(now.Signatures), len(now.KeyImages))
	}
	// Each line of both journals is there once.
	seen := map[[2]any]bool{}
	for _, a := range now.Audit {
		key := [2]any{a.Library, a.Seq}
		if seen[key] {
			t.Errorf("twice in the journal: %+v", a)
		}
		seen[key] = true
	}
	// And once more to and fro: both have the same findings to the last digit, and then nothing changes any more.
	clinic.send(&surgeon)
	if a, b := marshal(t, clinic.open().Findings), marshal(t, surgeon.open().Findings); a != b {
		t.Errorf("findings differ: at the clinic\n%s\nat the surgeon's\n%s", a, b)
	}
	if a, b := marshal(t, clinic.open().Tombstones), marshal(t, surgeon.open().Tombstones); a != b {
		t.Errorf("tombstones differ: %s\n%s", a, b)
	}
	if r := surgeon.send(&clinic); r.Added+r.Updated+r.Conflicts+r.Files != 0 {
		t.Errorf("once more: %+v", r)
	}
	before2 := marshal(t, clinic.open())
	surgeon.send(&clinic)
	if marshal(t, clinic.open()) != before2 {
		t.Error("a bundle that brings nothing changed the case")
	}
}

func ptr[T any](v T) *T { return &v }

// One reviewer on two machines who edits the same finding on both: both versions stay.
func TestOneReviewerOnTwoMachines(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	office := site{t, s, c.ID, renee}
	home := site{t: t, store: library(t), author: renee}
	office.send(&home)
	uid := finding(c, 0, renee).UID
	for _, at := range []struct {
		site
		note string
	}{{office, "au bureau"}, {home, "à la maison"}} {
		a := at.find(uid)
		b := a
		b.Note = at.note
		at.edit(&a, &b)
	}
	for range 2 {
		home.send(&office)
		office.send(&home)
	}
	for _, at := range []site{office, home} {
		k := at.open()
		var notes []string
		for _, a := range k.Findings {
			if a.Note == "au bureau" || a.Note == "à la maison" {
				notes = append(notes, a.Note)
			}
		}
		slices.Sort(notes)
		if !slices.Equal(notes, []string{"au bureau", "à la maison"}) || len(k.Conflicts) != 1 || k.Conflicts[0].Of != uid {
			t.Errorf("notes %v, conflicts %v", notes, k.Conflicts)
		}
	}
}

// Another author's finding under a taken UID never replaces what is here.
func TestForgedAuthor(t *testing.T) {
	s := library(t)
	c := fill(t, s, take(t, s, "small", small(t)))
	here := site{t, s, c.ID, renee}
	forged := c
	forged.Findings = slices.Clone(c.Findings)
	i := slices.IndexFunc(forged.Findings, func(a annotations.Annotation) bool { return a.Author == renee })
	victim := forged.Findings[i]
	forged.Findings[i].Author, forged.Findings[i].Rev, forged.Findings[i].Decision = "Mallory", 99, "3"
	out := filepath.Join(t.TempDir(), "b.zip")
	if _, err := bundle.Write(t.Context(), s, contents(forged), out, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	r, err := bundle.Import(t.Context(), s, out, renee, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := here.find(victim.UID); got.Author != renee || got.Decision != victim.Decision || r.Conflicts != 1 {
		t.Errorf("%+v, %+v", r, got)
	}
	// A tombstone of another author does nothing.
	forged.Findings = nil
	victim.Author, victim.Deleted, victim.Rev = "Mallory", true, 100
	forged.Tombstones = []annotations.Annotation{victim}
	out = filepath.Join(t.TempDir(), "c.zip")
	if _, err := bundle.Write(t.Context(), s, contents(forged), out, bundle.Options{}); err != nil {
		t.Fatal(err)
	}
	if r, err = bundle.Import(t.Context(), s, out, renee, bundle.Options{}); err != nil || r.Updated != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	here.find(victim.UID)
}

// Importing is all or nothing too.
func TestCancelledImport(t *testing.T) {
	s := library(t)
	out := export(t, s, fill(t, s, take(t, s, "small", small(t))), "b.zip")
	for stop := range 14 {
		to := library(t)
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		_, err := bundle.Import(ctx, to, out, second, bundle.Options{Progress: func(_ string, done, total int) {
			if done > total {
				t.Errorf("%d of %d", done, total)
			}
			if n++; n > stop {
				cancel()
			}
		}})
		cancel()
		list, lerr := to.Cases()
		if lerr != nil {
			t.Fatal(lerr)
		}
		objects := 0
		for _, name := range tree(t, to.Dir()) {
			if strings.HasPrefix(name, "objects/") {
				objects++
			}
			if strings.HasPrefix(name, "incoming/") {
				t.Errorf("%s is left", name)
			}
		}
		if err != nil && (!errors.Is(err, context.Canceled) || len(list) != 0 || objects != 0) {
			t.Errorf("cancelled after %d: %v, %d cases, %d files", stop, err, len(list), objects)
		}
		if err == nil && (len(list) != 1 || objects != 2) {
			t.Errorf("after %d: %d cases, %d files", stop, len(list), objects)
		}
	}
}

// A bundle on a medium that only can be read, and one that lies where its name says nothing.
func TestReadOnlyBundle(t *testing.T) {
	s := library(t)
	out := export(t, s, fill(t, s, take(t, s, "small", small(t))), "b.zip")
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "téléchargement (1)")
	if err := os.WriteFile(path, b, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Import(t.Context(), library(t), path, second, bundle.Options{}); err != nil {
		t.Error(err)
	}
}
