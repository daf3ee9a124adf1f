package store_test

import (
	"errors"
	"math"
	"testing"

	"rachis/cases"
	"rachis/cases/store"
)

// Links by hand are lines of the journal: the last one for two frames counts, they come with the case and with its bundle, and nonsense in a
// journal that came from elsewhere is passed over.
func TestHandLinks(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(dir)
	must(t, err)
	c, err := s.CreateCase(store.NewCase{Author: anne, Title: "x"})
	must(t, err)
	l := cases.HandLink{A: "1.2.3", B: "1.2.4", Move: [3]float64{1.25, -30, 4.000000001}, Along: [3]float64{0, 0.6, 0.8}}
	must(t, s.SetHandLink(c.ID, anne, l, true))
	other := cases.HandLink{A: "1.2.3", B: "1.2.5", Move: [3]float64{0, 0, 7}}
	must(t, s.SetHandLink(c.ID, anne, other, true))
	back := cases.HandLink{A: "1.2.4", B: "1.2.3", Move: [3]float64{-2, 0, 0}}
	must(t, s.SetHandLink(c.ID, benoit, back, true))
	must(t, s.Close())

	s, err = store.Open(dir)
	must(t, err)
	defer s.Close()
	c, err = s.Case(c.ID)
	must(t, err)
	if got := c.HandLinks(); len(got) != 2 || got[0] != other || got[1] != back {
		t.Errorf("links %+v", got)
	}
	n := len(c.Audit)
	if e := c.Audit[n-1]; e.Action != "link" || e.Author != benoit || e.Subject != "1.2.4 1.2.3" {
		t.Errorf("the journal says %+v", e)
	}
	must(t, s.SetHandLink(c.ID, anne, l, false)) // in either direction
	c, err = s.Case(c.ID)
	must(t, err)
	if got := c.HandLinks(); len(got) != 1 || got[0] != other {
		t.Errorf("links %+v after one was taken away", got)
	}

	for _, bad := range []cases.HandLink{{}, {A: "1.2", B: "1.2"}, {A: "1.2", B: "x y"}, {A: "1.2", B: "1.3", Move: [3]float64{math.NaN()}},
		{A: "1.2", B: "1.3", Move: [3]float64{1e9}}, {A: "1.2", B: "1.3", Along: [3]float64{0.5}}} {
		if s.SetHandLink(c.ID, anne, bad, true) == nil {
			t.Errorf("%+v is kept", bad)
		}
		c.Audit = append(c.Audit, cases.AuditEntry{Action: "link", Subject: bad.Subject(), Detail: bad.Detail()})
	}
	c.Audit = append(c.Audit, cases.AuditEntry{Action: "link", Subject: "1.2 1.3", Detail: "{"}, cases.AuditEntry{Action: "unlink", Subject: "nonsense"})
	if got := c.HandLinks(); len(got) != 1 || got[0] != other {
		t.Errorf("with nonsense in the journal the links are %+v", got)
	}
	if err := s.SetHandLink("C-NONE", anne, l, true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a case that is not there: %v", err)
	}
}
