package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// reviewed is a window on the phantom with a reviewer, and how a mark of the truth is made there.
func reviewed(t *testing.T, language string) (*window, *phantom.Truth, func()) {
	t.Helper()
	dir, truth := phantomStudy(t)
	w, settle := openedWindow(t, language)
	w.prefs.SetString(prefReviewer, "Dr Test")
	w.open([]string{dir})
	settle()
	return w, truth, settle
}

// imageOf names an image that is open.
func imageOf(t *testing.T, w *window, sop string) annotations.ImageRef {
	t.Helper()
	for _, it := range w.session.items {
		for i, s := range it.Stack.Slices {
			if s.Instance != nil && s.Instance.SOPInstanceUID == sop {
				ref, _ := it.Ref(i)
				return ref
			}
		}
	}
	t.Fatalf("%s is not open", sop)
	return annotations.ImageRef{}
}

// discMark is the corners of a disc on the T2, each off by so many pixels.
func discMark(t *testing.T, w *window, truth *phantom.Truth, level string, off float64) annotations.Mark {
	mr := truth.MR.Series["T2"]
	m := annotations.Mark{Role: annotations.RoleDisc, Image: imageOf(t, w, mr.Images[mr.Middle].SOPInstanceUID)}
	upper, lower, _ := strings.Cut(level, "-")
	for _, name := range []string{upper, lower} {
		v := mr.Vertebrae[name]
		for i, p := range []phantom.Point{v.SA, v.SP, v.IP, v.IA} {
			if p == (phantom.Point{}) {
				continue
			}
			sign := float64(1 - 2*(i%2))
			m.Points = append(m.Points, space.Pixel{Col: p.Col + sign*off, Row: p.Row - sign*off})
			m.Names = append(m.Names, name+"."+[]string{"SA", "SP", "IP", "IA"}[i])
		}
	}
	return m
}

// draw commits a mark as the tool in hand would.
func draw(w *window, m annotations.Mark) {
	template := annotations.Annotation{UID: annotations.NewUID(), Kind: w.marks.kind, Author: "Dr Test", Level: w.marks.level, Endplate: w.marks.endplate, Repeats: w.again.hidden}
	if w.marks.kind != annotations.Modic {
		template.Endplate = ""
	}
	e := annotations.Edit{}
	if w.marks.work != "" {
		a, _ := w.caseWith(w.marks.work).doc.Find(w.marks.work)
		template, e.Before = a, &a
	}
	after := template.WithMark(m)
	e.After = &after
	w.marks.commit(e)
}

// A Modic finding is completed where its vertebra's corners are known: with the body, and with a reference that is dashed, says so, and is a
// proposal until a hand moves it. One undo takes all of it back, and nothing is decided.
func TestModicReferenceIsProposed(t *testing.T) {
	w, truth, settle := reviewed(t, "fr")
	w.marks.choose(annotations.DiscHeight)
	w.marks.setLevel("L4-L5")
	draw(w, discMark(t, w, truth, "L4-L5", 0))
	w.marks.choose(annotations.Modic)
	w.marks.setLevel("L4-L5")
	w.marks.setEndplate(annotations.InferiorOfCranial)
	w.marks.chosen = true
	var l phantom.Lesion
	for _, x := range truth.MR.Lesions {
		if x.Level == "L4-L5" && x.Endplate == annotations.InferiorOfCranial {
			l = x
		}
	}
	r := l.Regions["T2"]
	draw(w, annotations.Mark{Image: imageOf(t, w, r.SOPInstanceUID), Role: annotations.RoleLesion, Points: r.Pixels()})
	settle()
	c := w.activeCase()
	a, ok := c.doc.Find(w.marks.selected)
	if !ok {
		t.Fatal("no finding")
	}
	reference, ok1 := a.Mark(annotations.RoleReference)
	body, ok2 := a.Mark(annotations.RoleBody)
	if !ok1 || !ok2 || !reference.Untouched() || !body.Untouched() || len(body.Names) != 4 || body.Names[0] != "L4.SA" {
		t.Fatalf("marks %+v", a.Marks)
	}
	g := a.Suggestion
	if g == nil || g.Type != l.Type || !slices.Contains(g.Warnings, "reference-proposed") || a.Decision != "" {
		t.Errorf("suggestion %+v, decision %q", g, a.Decision)
	}
	if _, ok := a.Quantity("height_percent", ""); !ok {
		t.Errorf("no size: %v", a.Values)
	}
	dashed := false
	for _, s := range annotations.Shapes(a, reference.Image, "") {
		dashed = dashed || s.Dashed
	}
	if !dashed {
		t.Error("the proposal is drawn as what a hand drew")
	}
	// What follows is the CSF, which alone is missing of what is asked before fat and body.
	if got := w.marks.steps()[w.marks.step].role; got != annotations.RoleCSF {
		t.Errorf("next is %s", got)
	}
	p := w.findings.editor.modic
	if p.root.Hidden || p.cells[0][3].Text != "hyposignal" || !strings.Contains(p.verdict.Text, "type 1") {
		t.Errorf("the panel says %q, %q", p.cells[0][3].Text, p.verdict.Text)
	}
	// Another proposal, and back by undo.
	w.nextReference()
	settle()
	b, _ := c.doc.Find(a.UID)
	if other, _ := b.Mark(annotations.RoleReference); slices.Equal(other.Points, reference.Points) || b.Decision != "" {
		t.Errorf("the next place is the same: %v", other.Points)
	}
	w.undo()
	if b, _ = c.doc.Find(a.UID); b.Decision != "" {
		t.Errorf("decided %s", b.Decision)
	}
	w.undo()
	if _, ok := c.doc.Find(a.UID); ok {
		t.Error("one undo leaves something of the lesion")
	}
}

// Corners of a body get their names from where they lie in the patient, in whichever order and from whichever corner it is outlined.
func TestBodyCornersAreNamed(t *testing.T) {
	plane := space.Plane{Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
	// Front to the left, tilted by 30 degrees.
	corners := map[string]space.Pixel{"L5.SA": {Col: 10, Row: 17}, "L5.SP": {Col: 40, Row: 0}, "L5.IP": {Col: 53, Row: 23}, "L5.IA": {Col: 23, Row: 40}}
	order := []string{"L5.SA", "L5.SP", "L5.IP", "L5.IA"}
	for from := range 4 {
		for _, step := range []int{1, 3} {
			var points []space.Pixel
			var want []string
			for i := range 4 {
				n := order[(from+i*step)%4]
				points, want = append(points, corners[n]), append(want, n)
			}
			if got := cornerNames("L5", points, plane); !slices.Equal(got, want) {
				t.Errorf("outlined as %v: %v", want, got)
			}
		}
	}
}

// "Hide suggestions until my first reading is saved": neither list nor editor tells, until a grade is decided.
func TestSuggestionsWaitForTheReading(t *testing.T) {
	w, truth, settle := reviewed(t, "en")
	l := truth.MR.Lesions[0]
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Modic, Author: "Dr Test", Level: l.Level, Endplate: l.Endplate}
	for role, r := range map[string]phantom.Region{"lesion": l.Regions["T2"], "reference": l.References["T2"], "csf": truth.MR.CSF["T2"]} {
		a = a.WithMark(annotations.Mark{Image: imageOf(t, w, r.SOPInstanceUID), Role: role, Points: r.Pixels()})
	}
	a = w.evaluate(a)
	c, err := w.ensureCase(a.Marks[0].Image.StudyInstanceUID)
	if err != nil || !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("not kept", err)
	}
	w.selectFinding(a.UID)
	settle()
	told := func() string {
		a, _ := c.doc.Find(a.UID)
		e := w.findings.editor
		return strings.Join([]string{w.findingTitle(a), w.findingNumbers(a), e.rule.Text, e.numbers.Text, e.modic.cells[0][1].Text, e.modic.cells[0][3].Text, e.modic.verdict.Text}, "|")
	}
	if s := told(); !strings.Contains(s, "suggested: type") || !strings.Contains(s, "Row of the table") {
		t.Fatalf("without the preference: %s", s)
	}
	w.table.Run("suggestion.hidden")
	settle()
	s := told()
	if strings.Contains(s, "type") || strings.Contains(s, "ratio") || strings.Contains(s, "0.") || !strings.Contains(s, "hidden until your own reading is saved") || !w.findings.editor.modic.verdict.Hidden {
		t.Errorf("hidden, and yet: %s", s)
	}
	kept, _ := c.doc.Find(a.UID)
	if kept.Suggestion == nil || kept.Suggestion.Type != l.Type || kept.Decision != "" {
		t.Errorf("what is stored changed: %+v", kept)
	}
	w.findings.editor.decision.SetSelectedIndex(2) // a grade of the reviewer's own
	settle()
	if s := told(); !strings.Contains(s, "Row of the table") {
		t.Errorf("after the reading: %s", s)
	}
}

// Measuring again hides the first pass and what is said of the second, keeps it as a finding of its own that is linked to the first, and tells
// the reader's own error, which takes the place of the published one as soon as it is enough.
func TestSecondPass(t *testing.T) {
	w, truth, settle := reviewed(t, "en")
	var firsts []string
	for _, level := range []string{"L1-L2", "L2-L3", "L3-L4"} {
		w.marks.choose(annotations.DiscHeight)
		w.marks.setLevel(level)
		w.marks.chosen = true
		draw(w, discMark(t, w, truth, level, 0.3))
		firsts = append(firsts, w.marks.selected)
		w.marks.choose("")
	}
	settle()
	c := w.activeCase()
	before, _ := c.doc.Find(firsts[0])
	for i, level := range []string{"L1-L2", "L2-L3", "L3-L4"} {
		w.selectFinding(firsts[i])
		if !w.again.can() {
			t.Fatal("cannot be measured again")
		}
		w.table.Run("second.pass")
		first, _ := c.doc.Find(firsts[i])
		if shapes := w.marks.Shapes(first.Marks[0].Image); len(shapes) > 0 && w.again.hidden == firsts[i] {
			for _, s := range shapes {
				for _, p := range s.Points {
					if p == first.Marks[0].Points[0] {
						t.Error("the first marks show while it is measured again")
					}
				}
			}
		}
		if w.findings.rows[firsts[i]] != nil || w.marks.selected != "" {
			t.Error("the first pass is in the list while it is measured again")
		}
		draw(w, discMark(t, w, truth, level, -0.3))
		second, _ := c.doc.Find(w.marks.selected)
		if second.Repeats != firsts[i] || second.Level != level || second.UID == firsts[i] || second.Decision != "" {
			t.Errorf("the second pass is %+v", second)
		}
		w.marks.choose("")
		settle()
		if w.again.hidden != "" || w.findings.rows[firsts[i]] == nil {
			t.Error("the first pass stays hidden")
		}
	}
	r := w.hands("Dr Test")
	own, ok := r.Own()
	mm := truth.MR.Series["T2"].Spacing.BetweenColumns
	if want := 0.6 * mm / 1.41421356; !ok || !own.Enough() || r.Findings != 3 || r.Coordinates != 48 || own.Sigma < want*0.999 || own.Sigma > want*1.001 {
		t.Errorf("%+v, want %v mm", own, want)
	}
	after := w.evaluate(before)
	a, _ := before.Quantity("height_anterior_mm", "")
	b, _ := after.Quantity("height_anterior_mm", "")
	if want := a.CI95 * own.Sigma / spine.SigmaHeight; b.CI95 < want*0.99 || b.CI95 > want*1.01 || !slices.ContainsFunc(after.Suggestion.Warnings, func(s string) bool { return strings.HasPrefix(s, "own-sigma|") }) {
		t.Errorf("interval %v with the published error, %v with one's own of %v: %v", a.CI95, b.CI95, own.Sigma, after.Suggestion.Warnings)
	}
	// A second pass that is undone counts no more.
	w.undo()
	if r := w.hands("Dr Test"); r.Findings != 2 {
		t.Errorf("after undo: %+v", r)
	}
	if r := w.hands("Dr Other"); r != (spine.Repeated{}) {
		t.Errorf("another reader's: %+v", r)
	}
}

// Landmarks snap where the reviewer wants it, and stay where they are put where not.
func TestSnappingIsChosen(t *testing.T) {
	w, truth, settle := reviewed(t, "en")
	mr := truth.MR.Series["T2"]
	ref := imageOf(t, w, mr.Images[mr.Middle].SOPInstanceUID)
	if !w.grid.ShowImage(ref) {
		t.Fatal("not shown")
	}
	settle()
	w.marks.choose(annotations.DiscHeight)
	e := viewer.PointerEvent{Pointer: annotations.Pointer{Image: ref, At: mr.Vertebrae["L3"].SA.Pixel.Add(space.Pixel{Col: 2, Row: 2}), Reach: 6}}
	if got := w.marks.snapped(e); got.At != e.At {
		t.Errorf("moved to %v without being asked", got.At)
	}
	w.table.Run("landmark.snap")
	got := w.marks.snapped(e)
	if got.At == e.At || got.At.Distance(e.At) > e.Reach+1 {
		t.Errorf("from %v to %v", e.At, got.At)
	}
	w.marks.choose(annotations.Modic)
	if got := w.marks.snapped(e); got.At != e.At {
		t.Errorf("a region's corner moved to %v", got.At)
	}
}

// No suggestion is ever stored as a decision: a grade is written in the places where a reviewer chooses one, and nowhere from a suggestion.
func TestEveryGradePassesThroughTheReviewer(t *testing.T) {
	// The editor's list, the keys of the level grid and of the disc profile, and the invented reviewer of the demo, who decides by the phantom's truth.
	reviewers := map[string]bool{"app/editor.go": true, "app/levelgrid.go": true, "app/discprofile.go": true, "app/demo/review.go": true,
		"cases/report/findings.go": true} // the last writes what was decided into a row of the report
	seen := map[string]bool{}
	root := filepath.Join("..")
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, 0)
		if err != nil {
			return err
		}
		decides := func(value ast.Expr) {
			if lit, ok := value.(*ast.BasicLit); ok && lit.Value == `""` {
				return
			}
			seen[path] = true
			if !reviewers[path] {
				t.Errorf("%s writes a grade", path)
			}
			ast.Inspect(value, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "Suggestion" || s.Sel.Name == "Alternatives") {
					t.Errorf("%s takes a suggestion for a grade", path)
				}
				return true
			})
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "Decision" {
						decides(n.Rhs[min(i, len(n.Rhs)-1)])
					}
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Decision" {
					decides(n.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !seen["app/editor.go"] {
		t.Errorf("the test does not see where grades are written: %v", seen)
	}
}
