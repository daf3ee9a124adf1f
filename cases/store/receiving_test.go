package store_test

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
	"rachis/cases/store"
)

// receive takes a case into another library, without its files.
func receive(t *testing.T, s *store.Store, c cases.Case) store.Receipt {
	t.Helper()
	r, err := s.Receive(t.Context(), store.Reception{Case: c, Author: benoit, Source: "2.25.5"})
	must(t, err)
	return r
}

func TestReceiveWithFiles(t *testing.T) {
	s := library(t)
	c := started(t, s, 4)
	must(t, s.ApplyEdit(c.ID, anne, add(finding("1.1", anne, "x"))))
	c = read(t, s, c.ID)
	idx, err := s.CaseIndex(t.Context(), c.ID)
	must(t, err)
	to := library(t)
	r, err := to.Receive(t.Context(), store.Reception{Case: c, Index: idx, Author: benoit, Source: "2.25.5"})
	must(t, err)
	if r.Files != 4 || r.Added != 1 || r.Updated+r.Conflicts != 0 {
		t.Errorf("%+v", r)
	}
	got := read(t, to, r.CaseID)
	if text(t, got.Studies) != text(t, c.Studies) || text(t, got.Findings) != text(t, c.Findings) || got.UID != c.UID || !got.Created.Equal(c.Created) {
		t.Errorf("%s", text(t, got))
	}
	if n := sound(t, to); n != 4 {
		t.Errorf("%d files", n)
	}
	// The local journal alone gives the findings, too.
	replayed(t, to, r.CaseID)
}

// When one part cannot be taken, nothing is: no file, no row.
func TestReceiveAllOrNothing(t *testing.T) {
	s := library(t)
	c := started(t, s, 3)
	must(t, s.ApplyEdit(c.ID, anne, add(finding("1.1", anne, "x"))))
	_, err := s.AddKeyImage(c.ID, cases.KeyImage{Image: annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}, Author: anne})
	must(t, err)
	_, err = s.Sign(c.ID, anne)
	must(t, err)
	c = read(t, s, c.ID)
	for name, spoil := range map[string]func(*cases.Case){
		"case UID":         func(c *cases.Case) { c.UID = "x" },
		"study UID":        func(c *cases.Case) { c.Studies = append(slices.Clone(c.Studies), cases.Study{UID: ""}) },
		"finding":          func(c *cases.Case) { c.Findings = slices.Clone(c.Findings); c.Findings[0].Author = "" },
		"findings twice":   func(c *cases.Case) { c.Tombstones = c.Findings },
		"key image":        func(c *cases.Case) { c.KeyImages = []cases.KeyImage{{}} },
		"key image no UID": func(c *cases.Case) { c.KeyImages = slices.Clone(c.KeyImages); c.KeyImages[0].UID = "" },
		"signature":        func(c *cases.Case) { c.Signatures = []cases.Signature{{}} },
		"journal":          func(c *cases.Case) { c.Audit = []cases.AuditEntry{{Action: "add"}} },
		"dossier":          func(c *cases.Case) { c.Dossier.Deficit = "peut-être" },
		"a file not its own": func(c *cases.Case) {
			c.Studies = slices.Clone(c.Studies)
			c.Studies[0].Instances = c.Studies[0].Instances[1:]
		},
	} {
		bad := c
		spoil(&bad)
		idx, err := s.CaseIndex(t.Context(), c.ID)
		must(t, err)
		to := library(t)
		if _, err := to.Receive(t.Context(), store.Reception{Case: bad, Index: idx, Author: benoit}); err == nil {
			t.Errorf("%s: received", name)
		}
		list, err := to.Cases()
		must(t, err)
		if n := sound(t, to); n != 0 || len(list) != 0 {
			t.Errorf("%s: %d files, %d cases", name, n, len(list))
		}
	}
	// A file that changes between its header and its copy, and an end in the middle.
	from := images(t, 3)
	idx := scan(t, from)
	must(t, os.WriteFile(filepath.Join(from, "im0001"), image("instance 1", 77), 0o600))
	to := library(t)
	if _, err := to.Receive(t.Context(), store.Reception{Case: c, Index: idx, Author: benoit}); err == nil || !strings.Contains(err.Error(), "im0001") {
		t.Errorf("a changed file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	must(t, os.WriteFile(filepath.Join(from, "im0001"), image("instance 1", 1), 0o600))
	_, err = to.Receive(ctx, store.Reception{Case: c, Index: scan(t, from), Author: benoit, Progress: func(store.ImportProgress) { cancel() }})
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := sound(t, to); n != 0 {
		t.Errorf("%d files", n)
	}
}

func TestReceiveDossier(t *testing.T) {
	s, to := library(t), library(t)
	c := started(t, s, 1)
	must(t, s.SetDossier(c.ID, anne, map[string]string{"history": "18 mois", "question": "fusion ?"}))
	id := receive(t, to, read(t, s, c.ID)).CaseID
	// There another history is set; here as well, and the question is cleared.
	must(t, to.SetDossier(id, benoit, map[string]string{"history": "24 mois", "conservative_care": "kiné"}))
	must(t, s.SetDossier(c.ID, anne, map[string]string{"history": "20 mois", "question": ""}))
	r := receive(t, s, read(t, to, id))
	k := read(t, s, c.ID)
	if r.Conflicts != 1 || k.Dossier.History != "20 mois" || k.Dossier.ConservativeCare != "kiné" || k.Dossier.Question != "" {
		t.Errorf("%+v, %+v", r, k.Dossier)
	}
	var other []string
	for _, a := range k.Audit {
		if a.Action == "conflict" {
			other = append(other, a.Subject+"="+a.Detail)
		}
	}
	if !slices.Equal(other, []string{"history=24 mois"}) {
		t.Errorf("journal: %v", other)
	}
	// Again, and in a later bundle: told once.
	before := text(t, k)
	if r := receive(t, s, read(t, to, id)); r.Conflicts != 0 || text(t, read(t, s, c.ID)) != before {
		t.Errorf("again: %+v", r)
	}
}

func TestReceiveKeyImages(t *testing.T) {
	s, to := library(t), library(t)
	c := started(t, s, 1)
	image := annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}
	var own []cases.KeyImage
	for _, caption := range []string{"one", "two", "three"} {
		k, err := s.AddKeyImage(c.ID, cases.KeyImage{Image: image, Author: anne, Caption: caption})
		must(t, err)
		own = append(own, k)
	}
	sent := read(t, s, c.ID)
	id := receive(t, to, sent).CaseID
	if got := read(t, to, id).KeyImages; text(t, got) != text(t, sent.KeyImages) {
		t.Errorf("%s", text(t, got))
	}
	// Here the first is removed and the second changed.
	must(t, to.RemoveKeyImage(id, anne, own[0].UID))
	changed := own[1]
	changed.Caption = "two again"
	_, err := to.AddKeyImage(id, changed)
	must(t, err)
	for range 2 {
		receive(t, to, sent)
	}
	var captions []string
	for _, k := range read(t, to, id).KeyImages {
		captions = append(captions, k.Caption)
	}
	if !slices.Equal(captions, []string{"two again", "three", "two"}) {
		t.Errorf("%v", captions)
	}
}

// The journal of a case has every line once, wherever it was and however often it came.
func TestReceiveJournal(t *testing.T) {
	s, to, third := library(t), library(t), library(t)
	c := started(t, s, 1)
	must(t, s.ApplyEdit(c.ID, anne, add(finding("1.1", anne, "x"))))
	there := receive(t, to, read(t, s, c.ID)).CaseID
	must(t, to.ApplyEdit(there, benoit, add(finding("1.2", benoit, "y"))))
	other := receive(t, third, read(t, to, there)).CaseID
	must(t, third.ApplyEdit(other, benoit, add(finding("1.3", benoit, "z"))))
	for range 3 {
		receive(t, s, read(t, third, other))
		receive(t, to, read(t, s, c.ID))
		receive(t, third, read(t, to, there))
	}
	lines := func(c cases.Case) []string {
		var out []string
		for _, a := range c.Audit {
			out = append(out, text(t, a))
		}
		slices.Sort(out)
		return out
	}
	want := lines(read(t, s, c.ID))
	if dup := slices.Compact(slices.Clone(want)); len(dup) != len(want) {
		t.Errorf("%d lines, of them %d different", len(want), len(dup))
	}
	for name, k := range map[string]cases.Case{"second": read(t, to, there), "third": read(t, third, other)} {
		if got := lines(k); !slices.Equal(got, want) {
			t.Errorf("%s library: %d lines, the first has %d", name, len(got), len(want))
		}
		if text(t, k.Findings) != text(t, read(t, s, c.ID).Findings) {
			t.Errorf("%s library: findings %s", name, text(t, k.Findings))
		}
	}
	for _, p := range []struct {
		s  *store.Store
		id string
	}{{s, c.ID}, {to, there}, {third, other}} {
		replayed(t, p.s, p.id)
	}
}

// Both sides of a handing over call the case by one name, so long as it means no other case on the receiving one; what is no ID is not taken for one.
func TestReceiveKeepsTheID(t *testing.T) {
	s, to := library(t), library(t)
	c := read(t, s, started(t, s, 1).ID)
	if r := receive(t, to, c); r.CaseID != c.ID {
		t.Errorf("%s is received as %s", c.ID, r.CaseID)
	}
	other := read(t, s, started(t, s, 2).ID)
	for _, id := range []string{c.ID, "", "C-1", "C-ABC/..", "c-abcdef", "C-ABCDEFG"} {
		again := library(t)
		receive(t, again, c)
		other.ID = id
		r := receive(t, again, other)
		if r.CaseID == id || r.CaseID == c.ID {
			t.Errorf("%q is received as %s", id, r.CaseID)
		}
		if got := read(t, again, r.CaseID); got.UID != other.UID {
			t.Errorf("%s is another case", r.CaseID)
		}
		if got := read(t, again, c.ID); got.UID != c.UID {
			t.Errorf("%s is another case", c.ID)
		}
	}
}
