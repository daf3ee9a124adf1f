package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"rachis/app/hanging"
	"rachis/dicomio"
	"rachis/viewer"
)

// priorSearch is one search of the library for earlier studies of a person.
type priorSearch struct {
	running bool
	unread  int // files of that Patient ID that could not be read
}

// identified reports whether a patient can be told from every other: studies of another are never fetched as his priors. Identifiers such as ANON are of many.
func identified(p *dicomio.Patient) bool {
	return p.ID != "" && strings.Trim(p.Name, "^= ") != "" && strings.TrimSpace(p.BirthDate) != ""
}

// samePerson is samePatient where no doubt is left: all that identifies is there, and equal.
func samePerson(a, b *dicomio.Patient) bool {
	return identified(a) && identified(b) && personKey(a) == personKey(b)
}

// personKey is what identifies a patient; the backslash is in no value of one.
func personKey(p *dicomio.Patient) string {
	if p == nil {
		return ""
	}
	return strings.Join([]string{p.ID, p.Issuer, p.BirthDate, p.Name}, "\\")
}

// priorsNote says of a patient's earlier studies why they may be in the library and yet not be shown; "" where they are not.
func (w *window) priorsNote(p *dicomio.Patient) string {
	if w.library == nil || p == nil {
		return ""
	}
	if !identified(p) {
		return w.text.T("hanging.priors.uncertain")
	}
	switch s := w.soughtPriors[personKey(p)]; {
	case s == nil:
		return ""
	case s.running:
		return w.text.T("hanging.priors.searching")
	case s.unread > 0:
		return w.text.T("hanging.priors.unread", s.unread)
	}
	return ""
}

// emptyText is what the place of an empty view says.
func (w *window) emptyText(h *hung, view int) string {
	text := w.reason(h.result, h.list, view)
	if h.result.Protocol.Views[view].Prior > 0 {
		if note := w.priorsNote(h.patient); note != "" {
			text += " " + note
		}
	}
	return text
}

// hangedHere is whom and what the views show and where, for knowing whether the reader has gone on to something else.
func (w *window) hangedHere() []any {
	out := []any{personKey(w.activePatient()), w.grid.IsElsewhere(), w.hungBy, w.grid.Layout()}
	for i := range w.grid.Cells() {
		it, _ := w.grid.Item(i)
		out = append(out, it.Stack)
	}
	return out
}

// handsFull reports whether the reader is in the middle of something that other pictures would disturb.
func (w *window) handsFull() bool {
	return w.grid.Gesturing() || w.grid.Mode() == viewer.ModeTool || w.marks.busy() || w.marks.work != ""
}

// forgetPriors lets the library be searched anew, after something has come into it.
func (w *window) forgetPriors() {
	for who, s := range w.soughtPriors {
		if !s.running {
			delete(w.soughtPriors, who)
		}
	}
}

// seekPriors looks in the library for earlier studies of a patient where a protocol lacks one, once for each patient. It lays out again with them where
// the reader has not gone on to something else meanwhile, and otherwise says that they are there.
func (w *window) seekPriors(r hanging.Result, patient *dicomio.Patient) {
	lacks := slices.ContainsFunc(r.Views, func(f hanging.Found) bool { return f.Prior > 0 && f.Series < 0 })
	if !lacks || w.library == nil || patient == nil || !identified(patient) {
		return
	}
	who := personKey(patient)
	if w.soughtPriors[who] != nil {
		return
	}
	if w.soughtPriors == nil {
		w.soughtPriors = map[string]*priorSearch{}
	}
	search := &priorSearch{running: true}
	w.soughtPriors[who] = search
	w.relabelViews()
	var known []string
	for _, st := range patient.Studies {
		if st.UID != "" {
			known = append(known, st.UID)
		}
	}
	library, before := w.library, w.hangedHere()
	var idx *dicomio.Index
	w.back.run(w.text.T("hanging.task.priors"), func(ctx context.Context, _ progress) (err error) {
		idx, err = library.PatientIndex(ctx, patient.ID, known...)
		return err
	}, func(err error) {
		if w.soughtPriors[who] != search { // all was closed meanwhile
			return
		}
		search.running = false
		if err != nil {
			delete(w.soughtPriors, who)
			w.relabelViews()
			if !errors.Is(err, context.Canceled) {
				w.fail("error.library", err)
			}
			return
		}
		search.unread = len(idx.Skipped)
		w.relabelViews()
		idx.Patients = slices.DeleteFunc(idx.Patients, func(p *dicomio.Patient) bool { return !samePerson(p, patient) })
		if len(idx.Patients) == 0 || !slices.ContainsFunc(w.session.patients, func(p *dicomio.Patient) bool { return samePerson(p, patient) }) {
			return
		}
		n := 0
		for _, p := range idx.Patients {
			n += len(p.Studies)
		}
		same := slices.Equal(before, w.hangedHere()) && !w.handsFull()
		w.session.add(source{index: idx})
		w.sessionChanged()
		w.say("hanging.priors.found", lowImportance, n)
		if same {
			w.hang(r.Protocol.ID)
		}
	})
}
