package app

import (
	"path/filepath"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/annotations/spine/registration"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// filmsWindow is a window on the phantom's films.
func filmsWindow(t *testing.T, language string) (w *window, settle func(), truth *phantom.Truth) {
	w, settle, truth = spineWindow(t, language)
	w.open([]string{filepath.Join(phantomFiles.dir, "DX")})
	settle()
	return w, settle, truth
}

// marked is an instability finding with the corners of one film, as the phantom knows them, moved by a way.
func marked(t *testing.T, w *window, truth *phantom.Truth, position, role string, by space.Pixel) (*casework, annotations.Annotation) {
	t.Helper()
	film := truth.Films[position]
	m := annotations.Mark{Role: role}
	for _, it := range w.session.items {
		if it.Stack.View == position {
			m.Image, _ = it.Ref(0)
		}
	}
	for _, v := range []string{"L4", "L5"} {
		at := film.Vertebrae[v]
		for _, c := range []struct {
			name string
			p    phantom.Point
		}{{"SA", at.SA}, {"SP", at.SP}, {"IP", at.IP}, {"IA", at.IA}} {
			m.Names, m.Points = append(m.Names, v+"."+c.name), append(m.Points, c.p.Add(by))
		}
	}
	a := annotations.Annotation{UID: annotations.NewUID(), Rev: 1, Kind: annotations.Instability, Author: "Dr Test", Level: "L4-L5", Marks: []annotations.Mark{m}}
	c, err := w.ensureCase(m.Image.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding was not kept")
	}
	w.selectFinding(a.UID)
	return c, a
}

// What is found is offered, and nothing of it is kept before the reviewer accepts; the record then says that it was proposed.
func TestFoundCornersAreAnOffer(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, truth := filmsWindow(t, "fr")
	c, a := marked(t, w, truth, "FLEXION", annotations.RoleFlexion, space.Pixel{})
	kept := func() (annotations.Mark, bool) {
		now, ok := c.doc.Find(a.UID)
		if !ok {
			t.Fatal("the finding is gone")
		}
		return now.Mark(annotations.RoleExtension)
	}
	find := func() {
		t.Helper()
		if !w.table.Run("corners.find") {
			t.Fatal("there is nothing to find")
		}
		if w.table.Run("corners.find") {
			t.Error("a second search may begin beside the first")
		}
		settle()
		if !w.corners.pending() {
			t.Fatalf("nothing is offered: %q", w.corners.refusal)
		}
	}
	find()
	if _, ok := kept(); ok {
		t.Fatal("corners are kept that nobody has accepted")
	}
	if text := w.corners.bar.text.Text; !strings.Contains(text, "L4") || !strings.Contains(text, "%") {
		t.Errorf("the bar does not say how sure the corners are: %q", text)
	}
	if want := w.text.T("corners.first"); w.promptText() != want {
		t.Errorf("with an offer the prompt is %q", w.promptText())
	}
	ref := w.corners.offer.draft.Marks[0].Image
	if len(w.marks.Shapes(ref)) == 0 {
		t.Error("the offer is not on the film")
	}
	w.table.Run("corners.refuse")
	if _, ok := kept(); ok || w.corners.pending() {
		t.Fatal("a refused offer is kept, or still there")
	}

	// Offered again, one corner moved, accepted.
	find()
	truthful := truth.Films["EXTENSION"].Vertebrae["L4"]
	spacing := truth.Films["EXTENSION"].Spacing.BetweenRows
	for i, name := range w.corners.offer.draft.Marks[0].Names {
		if name == "L4.IP" {
			if d := w.corners.offer.draft.Marks[0].Points[i].Distance(truthful.IP.Pixel) * spacing; d > 0.5 {
				t.Errorf("L4.IP is %.2f mm off", d)
			}
			moved := w.corners.offer.draft
			mark := moved.Marks[0]
			mark.Points = append([]space.Pixel(nil), mark.Points...)
			mark.Points[i].Col += 3
			moved.Marks = []annotations.Mark{mark}
			w.corners.step(annotations.Step{Commit: &annotations.Edit{After: &moved}})
		}
	}
	if _, ok := kept(); ok {
		t.Fatal("moving an offered corner keeps it")
	}
	w.table.Run("mark.finish") // Enter
	m, ok := kept()
	if !ok {
		t.Fatal("accepted corners are not kept")
	}
	if n, proposed := m.Moved(); !proposed || n != 1 || m.Proposal.Method != registration.Version || len(m.Proposal.Quality) != 8 {
		t.Errorf("the record says %+v, %d moved", m.Proposal, n)
	}
	now, _ := c.doc.Find(a.UID)
	if rotation, ok := now.Quantity("rotation_procrustes_deg", ""); !ok || rotation.Value < 17 || rotation.Value > 19 {
		t.Errorf("the rotation is %+v, the phantom's is 18 degrees", rotation)
	}
	if now.Decision != "" {
		t.Errorf("accepting corners decided %q", now.Decision)
	}
	if text := w.findings.editor.author.Text; !strings.Contains(text, registration.Version) {
		t.Errorf("the editor does not say where the corners come from: %q", text)
	}
	films, ok := w.filmsToCompare()
	if !ok {
		t.Fatal("the films cannot be laid over each other")
	}
	if !films.found { // the corner that was moved is one of L4
		t.Error("the superposition does not know that the corners of L5 were found")
	}
	w.undo()
	if _, ok := kept(); ok {
		t.Error("undo leaves the corners")
	}
}

// Where one of two vertebrae is refused, the other is offered, and which was refused and why is said; once it is accepted the missing corners are asked for
// on that film, and the record tells those that were proposed from those of a hand.
func TestOneOfTwoVertebraeIsOffered(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	for _, test := range []struct {
		language, found, missing string
		says                     []string
	}{{"en", "L4", "L5", []string{"L5: what is there resembles it too little", "L4 quality 93"}}, {"fr", "L5", "L4", []string{"L4 : ce qui s’y trouve lui ressemble trop peu", "L5 qualité 93"}}} {
		w, settle, truth := filmsWindow(t, test.language)
		c, a := marked(t, w, truth, "FLEXION", annotations.RoleFlexion, space.Pixel{})
		var ref annotations.ImageRef
		for _, it := range w.session.items {
			if it.Stack.View == "EXTENSION" {
				ref, _ = it.Ref(0)
			}
		}
		other := truth.Films["EXTENSION"].Vertebrae
		at := other[test.found]
		found := spine.Landmarks{spine.SA: at.SA.Pixel, spine.SP: at.SP.Pixel, spine.IA: at.IA.Pixel, spine.IP: at.IP.Pixel}
		result := registration.Result{Vertebrae: []registration.Found{{Vertebra: test.found, Corners: found, Quality: 0.93},
			{Vertebra: test.missing, Refused: registration.ReasonPoor, Quality: 0.2}}}
		w.corners.take(a, a.Marks[0], ref, []string{"L4", "L5"}, result)
		w.corners.changed()
		settle()
		if !w.corners.pending() {
			t.Fatal("the vertebra that was found is not offered")
		}
		for _, s := range test.says {
			if text := w.corners.bar.text.Text; !strings.Contains(text, s) {
				t.Errorf("the bar does not say %q: %q", s, text)
			}
		}
		w.table.Run("corners.accept")
		kept := func() annotations.Mark {
			now, _ := c.doc.Find(a.UID)
			m, _ := now.Mark(annotations.RoleExtension)
			return m
		}
		if m := kept(); len(m.Points) != 4 || len(m.Proposal.Points) != 4 || m.Names[0] != test.found+".SA" {
			t.Fatalf("kept: %+v", m)
		}
		if now, _ := c.doc.Find(a.UID); len(now.Values) > 0 {
			if _, ok := now.Quantity("rotation_procrustes_deg", ""); ok {
				t.Error("a rotation is told of half the corners")
			}
		}
		if p := w.marks.prompt; len(p) != 3 || p[1] != test.missing || p[2] != "SA" {
			t.Errorf("the prompt is %v, %s.SA is missing", p, test.missing)
		}
		cell := -1
		for i := range w.grid.Cells() {
			if r, ok := w.grid.Ref(i); ok && r.Same(ref) {
				cell = i
			}
		}
		by := other[test.missing]
		for _, p := range []phantom.Point{by.SA, by.SP, by.IP, by.IA} {
			pressAt(w, cell, p.Pixel)
		}
		m := kept()
		if n, _ := m.Moved(); len(m.Points) != 8 || len(m.Proposal.Points) != 4 || n != 0 || m.Untouched() {
			t.Fatalf("kept: %+v", m)
		}
		now, _ := c.doc.Find(a.UID)
		if rotation, ok := now.Quantity("rotation_procrustes_deg", ""); !ok || rotation.Value < 17 || rotation.Value > 19 {
			t.Errorf("the rotation is %+v, the phantom's is 18 degrees", rotation)
		}
		if text := w.findings.editor.author.Text; !strings.Contains(text, "4 c") || !strings.Contains(text, "main") && !strings.Contains(text, "by hand") {
			t.Errorf("the editor does not say which corners a hand placed: %q", text)
		}
		if w.marks.work != "" {
			t.Error("more is asked for than is missing")
		}
	}
}

// Corners that lie on no vertebra find none, and the reason is said.
func TestAPoorMatchIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, truth := filmsWindow(t, "en")
	c, a := marked(t, w, truth, "FLEXION", annotations.RoleFlexion, space.Pixel{Col: -500, Row: -200})
	if !w.table.Run("corners.find") {
		t.Fatal("there is nothing to find")
	}
	settle()
	now, _ := c.doc.Find(a.UID)
	if _, ok := now.Mark(annotations.RoleExtension); ok || w.corners.pending() {
		t.Fatal("corners of no vertebra are offered")
	}
	if text := w.corners.bar.text.Text; !strings.Contains(text, "L4") || !strings.Contains(text, "by hand") {
		t.Errorf("the reason is not said: %q", text)
	}
}

// Corners that were found for a finding are offered no more once its corners are others.
func TestCornersOfAnEditedFindingAreNotOffered(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	w, settle, truth := filmsWindow(t, "en")
	c, a := marked(t, w, truth, "FLEXION", annotations.RoleFlexion, space.Pixel{})
	w.table.Run("corners.find")
	settle()
	if !w.corners.pending() {
		t.Fatal("nothing is offered")
	}
	before, _ := c.doc.Find(a.UID)
	after := before
	m, _ := after.Mark(annotations.RoleFlexion)
	m.Points = append([]space.Pixel(nil), m.Points...)
	m.Points[0].Col += 20
	after = after.WithMark(m)
	if !w.apply(c, annotations.Edit{Before: &before, After: &after}) {
		t.Fatal("the edit was not kept")
	}
	w.corners.accept()
	now, _ := c.doc.Find(a.UID)
	if _, ok := now.Mark(annotations.RoleExtension); ok || w.corners.pending() {
		t.Error("corners of an edited finding are kept or still offered")
	}
}
