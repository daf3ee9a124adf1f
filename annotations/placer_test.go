package annotations

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

func TestPlacerGestures(t *testing.T) {
	for _, c := range []struct {
		name, script string
		kind         Kind
		commit       string // points of the mark, "" while nothing is committed
		draft        string // points of the draft otherwise
		prompt       string
	}{
		{"distance by a drag", "p0,0 m5,5 r10,0", Distance, "0,0 10,0", "", ""},
		{"distance by two clicks", "p0,0 r0,0 m5,5 p10,0 r10,0", Distance, "0,0 10,0", "", ""},
		{"a hand that trembles while it clicks", "p10,10 m11,11 r12,12 m20,20 p30,10 r30,11", Distance, "10,10 30,10", "", ""},
		{"the draft follows the pointer", "c10,10 m20,20 m30,5", Distance, "", "10,10 30,5", "prompt.point 2 2"},
		{"the first point is asked for first", "m5,5", Distance, "", "", "prompt.point 1 2"},
		{"a press is a point", "p10,10", Distance, "", "10,10", "prompt.point 2 2"},
		{"the last point while the button is down", "c10,10 p20,20", Distance, "", "10,10 20,20", "prompt.point 2 2"},
		{"the last point is dragged", "c10,10 p20,20 m30,30", Distance, "", "10,10 30,30", "prompt.point 2 2"},
		{"and stays where the button comes up", "c10,10 p20,20 m30,30 r40,40", Distance, "10,10 40,40", "", ""},
		{"a double click is one point", "c10,10 c10,10 c10.5,10", Distance, "", "10,10", "prompt.point 2 2"},
		{"a drag from the point that a click fixed", "c10,10 p10,10 m20,20 r30,30", Distance, "10,10 30,30", "", ""},
		{"a release that was never pressed", "r10,10", Distance, "", "", "prompt.point 1 2"},
		{"a release that got lost", "c10,10 p20,20 c50,50", Distance, "10,10 20,20", "", ""},
		{"shift draws level", "c10,10 m40,13+ p40,13+ r40,13", Distance, "10,10 40,10", "", ""},
		{"shift draws diagonal", "p10,10 r40,36+", Distance, "10,10 38,38", "", ""},

		{"angle by clicks", "c0,10 c10,10 c10,30", Angle, "0,10 10,10 10,30", "", ""},
		{"angle by a drag and a click", "p0,10 r10,10 c10,30", Angle, "0,10 10,10 10,30", "", ""},
		{"angle asks for its vertex", "c0,10", Angle, "", "0,10", "prompt.angle 2"},
		{"angle asks for its second arm", "p0,10 r10,10", Angle, "", "0,10 10,10", "prompt.angle 3"},

		{"cobb by two drags", "p0,10 r30,12 m40,40 p0,50 m20,50 r30,45", Cobb, "0,10 30,12 0,50 30,45", "", ""},
		{"cobb by four clicks", "c0,10 c30,12 c0,50 c30,45", Cobb, "0,10 30,12 0,50 30,45", "", ""},
		{"cobb by a mix", "p0,10 r30,12 c0,50 c30,45", Cobb, "0,10 30,12 0,50 30,45", "", ""},
		{"cobb asks for the second line", "p0,10 r30,12", Cobb, "", "0,10 30,12", "prompt.cobb 2 1"},
		{"shift levels each line, not the second to the first", "p0,10 r30,12+ p5,50+ r30,52+", Cobb, "0,10 30,10 5,50 30,50", "", ""},

		{"rectangle by a drag", "p10,10 m15,15 r30,20", Rectangle, "10,10 30,20", "", ""},
		{"rectangle by two clicks", "c30,20 c10,10", Rectangle, "30,20 10,10", "", ""},
		{"a box without height goes on", "p10,10 r30,10", Rectangle, "", "10,10", "prompt.box 2"},
		{"and is made by the next click", "p10,10 r30,10 c30,20", Rectangle, "10,10 30,20", "", ""},
		{"a last drag that leaves no box", "p10,10 r30,10 p30,20 r30,10", Rectangle, "10,10 30,20", "", ""},
		{"shift makes it square", "p10,10 r30,50+", Ellipse, "10,10 30,30", "", ""},
		{"ellipse by a drag", "p10,10 r30,20", Ellipse, "10,10 30,20", "", ""},

		{"arrow by a drag", "p10,10 r30,20", Arrow, "10,10 30,20", "", ""},
		{"arrow asks for its tail", "c10,10", Arrow, "", "10,10", "prompt.arrow 2"},
		{"text by a click", "c10,10", Text, "10,10", "", ""},
		{"text waits for the button", "p10,10", Text, "", "10,10", "prompt.text"},
		{"text by a drag", "p10,10 m20,20 r30,30", Text, "30,30", "", ""},

		{"polygon closed near its first corner", "c10,10 c30,10 c30,30 c11,11", Polygon, "10,10 30,10 30,30", "", ""},
		{"polygon by drags", "p10,10 r30,10 p30,30 r10,30 c10,10", Polygon, "10,10 30,10 30,30 10,30", "", ""},
		{"polygon closed by a drag", "c10,10 p30,10 r30,30 p20,40 m12,12 r10,10", Polygon, "10,10 30,10 30,30 20,40", "", ""},
		{"polygon finished", "c10,10 c30,10 c30,30 m50,50 f", Polygon, "10,10 30,10 30,30", "", ""},
		{"two corners cannot be finished", "c10,10 c30,10 f", Polygon, "", "10,10 30,10", "prompt.polygon"},
		{"nor can a line", "c10,10 c20,20 c30,30 f", Polygon, "", "10,10 20,20 30,30", "prompt.polygon.close"},
		{"near the first corner the second is not a close", "c10,10 c30,10 c10,11", Polygon, "", "10,10 30,10 10,11", "prompt.polygon.close"},
		{"the draft closes under the pointer", "c10,10 c30,10 c30,30 m11,10", Polygon, "", "10,10 30,10 30,30", "prompt.polygon.close"},
		{"the draft has the next corner", "c10,10 c30,10 m40,40", Polygon, "", "10,10 30,10 40,40", "prompt.polygon"},
		{"nothing to finish", "f", Polygon, "", "", "prompt.polygon"},
		{"an eight drawn crosswise is a polygon", "c10,10 c30,30 c30,10 c10,30 c10,10", Polygon, "10,10 30,30 30,10 10,30", "", ""},

		{"the last point taken back", "c10,10 c30,10 c30,30 b", Polygon, "", "10,10 30,10", "prompt.polygon"},
		{"and others in its place", "c10,10 c30,10 c90,30 b c30,30 f", Polygon, "10,10 30,10 30,30", "", ""},
		{"all taken back", "c10,10 c20,20 m50,50 b b", Polygon, "", "", "prompt.polygon"},
		{"more taken back than there was", "c10,10 b b b c20,20", Distance, "", "20,20", "prompt.point 2 2"},
		{"the last point taken back while the button is down", "c10,10 p30,10 b r30,10 c40,10", Distance, "10,10 40,10", "", ""},
		{"begun anew on another image", "c10,10 b @2 c20,20 c30,20", Distance, "20,20 30,20", "", ""},

		{"no point on another image", "c10,10 @2 c50,50 m60,60", Distance, "", "10,10", "prompt.point 2 2"},
		{"nor the end of a drag", "p10,10 @2 r50,50 @1 c20,10", Distance, "10,10 20,10", "", ""},
		{"back on the first image", "c10,10 @2 c50,50 @1 c20,10", Distance, "10,10 20,10", "", ""},

		{"just beside the image", "c-2,10 c102,82", Distance, "0,10 100,80", "", ""},
		{"far beside the image", "c-4,10", Distance, "", "", "prompt.point 1 2"},
		{"below the image", "c10,10 c10,90", Distance, "", "10,10", "prompt.point 2 2"},
		{"dragged off the image", "p10,10 m50,50 r50,200", Distance, "10,10 50,80", "", ""},
		{"no number", "cNaN,1 cInf,1 c10,10 mNaN,2 p20,20 rNaN,0", Distance, "10,10 20,20", "", ""},

		{"given up", "c10,10 c20,20 x", Cobb, "", "", ""},
		{"nothing after that", "c10,10 x c20,20 m1,1 b", Cobb, "", "", ""},
		{"no kind that is known", "c10,10 c20,20", "level", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			last, commit := play(t, NewPlacer(c.kind, Annotation{Author: "DR"}, PlacerOptions{}), c.script)
			got := ""
			if commit != nil {
				got = written(commit.After.Marks[0].Points)
			}
			if got != c.commit {
				t.Errorf("%s: committed %q, want %q", c.script, got, c.commit)
			}
			got = ""
			if last.Draft != nil {
				got = written(last.Draft.Marks[0].Points)
			}
			if got != c.draft {
				t.Errorf("%s: the draft is %q, want %q", c.script, got, c.draft)
			}
			if got := strings.Join(last.Prompt, " "); got != c.prompt {
				t.Errorf("%s: asks %q, want %q", c.script, got, c.prompt)
			}
			if want := c.prompt == ""; last.Done != want {
				t.Errorf("%s: done %v, want %v", c.script, last.Done, want)
			}
		})
	}
}

// The pairs of an alignment finish too, by Enter alone: the app takes no double click on landmarks for the end.
func TestOnlyRegionsFinish(t *testing.T) {
	for kind := range forms {
		tool := NewPlacer(kind, Annotation{Level: "L4-L5"}, PlacerOptions{})
		if _, ok := tool.(Finisher); ok != (kind == Polygon || kind == Modic || kind == Alignment) {
			t.Errorf("%s: Finisher %v: a double click would be taken for the end", kind, ok)
		}
		if _, ok := tool.(Retracter); !ok {
			t.Errorf("%s: no Retracter", kind)
		}
	}
}

func TestPlacerCopiesItsTemplate(t *testing.T) {
	template := Annotation{UID: "2.25.1", Rev: 7, Author: "DR", Level: "L4-L5", Endplate: SuperiorOfCaudal, Label: "x", Note: "n",
		Marks: []Mark{{Role: "old"}}, Values: []Value{{Name: "area"}}, Suggestion: &Suggestion{}, Deleted: true}
	_, commit := play(t, NewPlacer(Modic, template, PlacerOptions{}), "c10,10 c30,10 m40,40 c30,30 f")
	if commit == nil || commit.Before != nil {
		t.Fatalf("commit %+v", commit)
	}
	a := *commit.After
	if a.UID == template.UID || !strings.HasPrefix(a.UID, "2.25.") {
		t.Errorf("UID %q", a.UID)
	}
	want := Annotation{UID: a.UID, Kind: Modic, Author: "DR", Level: "L4-L5", Endplate: SuperiorOfCaudal, Label: "x", Note: "n",
		Marks: []Mark{{Image: picture(1), Role: RoleLesion, Points: points(t, "10,10 30,10 30,30")}}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got  %+v\nwant %+v", a, want)
	}
}

func TestPlacerKeepsTheDraftsUID(t *testing.T) {
	tool := NewPlacer(Distance, Annotation{}, PlacerOptions{})
	draft, _ := play(t, tool, "c10,10 m20,20")
	_, commit := play(t, tool, "c20,20")
	if draft.Draft.UID != commit.After.UID {
		t.Error("the draft and the annotation have two UIDs: both would be drawn")
	}
}

func TestPlacerLandmarks(t *testing.T) {
	tool := NewPlacer(DiscHeight, Annotation{Level: "L5-S1"}, PlacerOptions{})
	var asked []string
	script := strings.Fields("c10,10 c40,10 c40,30 c10,30 c11,40 c42,40")
	for _, word := range script {
		s, _ := play(t, tool, "m99,79")
		asked = append(asked, strings.Join(s.Prompt, " "))
		if d := s.Draft; d != nil && len(d.Marks[0].Names) != len(d.Marks[0].Points) {
			t.Fatalf("%d names of %d points", len(d.Marks[0].Names), len(d.Marks[0].Points))
		}
		_, commit := play(t, tool, word)
		if commit == nil {
			continue
		}
		m := commit.After.Marks[0]
		if m.Role != RoleDisc || !slices.Equal(m.Names, []string{"L5.SA", "L5.SP", "L5.IP", "L5.IA", "S1.SA", "S1.SP"}) {
			t.Errorf("role %q, names %q", m.Role, m.Names)
		}
		if got := written(m.Points); got != "10,10 40,10 40,30 10,30 11,40 42,40" {
			t.Errorf("points %s", got)
		}
	}
	want := []string{"prompt.corner L5 SA", "prompt.corner L5 SP", "prompt.corner L5 IP", "prompt.corner L5 IA", "prompt.corner S1 SA", "prompt.corner S1 SP"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

func TestPlacerLandmarksOfACollapsedDisc(t *testing.T) {
	// IA of the upper vertebra and SA of the lower one, the reach is 3: one pixel apart they are two landmarks.
	_, commit := play(t, NewPlacer(DiscHeight, Annotation{}, PlacerOptions{Names: []string{"L4.IA", "L5.SA"}}), "c10,10 c10,11")
	if commit == nil {
		t.Fatal("the second corner was taken for a double click")
	}
}

func TestPlacerWithoutLevelIsDone(t *testing.T) {
	for _, level := range []string{"", "L4", "-L5", "L4-"} {
		if s := NewPlacer(Instability, Annotation{Level: level}, PlacerOptions{}).Press(Pointer{}); !s.Done || s.Commit != nil {
			t.Errorf("level %q: %+v", level, s)
		}
	}
}

func TestPlacerExtends(t *testing.T) {
	before := Annotation{UID: "2.25.7", Rev: 3, Kind: Instability, Level: "L4-L5", Decision: "met", Values: []Value{{Name: "slip_mm"}},
		Suggestion: &Suggestion{Type: "met"}, Marks: []Mark{{Image: picture(1), Role: RoleFlexion, Points: points(t, "1,1"), Names: []string{"L4.SA"}}}}
	tool := NewPlacer(Instability, Annotation{Level: "L1-L2"}, PlacerOptions{Role: RoleExtension, Names: []string{"L4.SA", "L4.SP"}, Extend: &before})
	s, _ := play(t, tool, "@2 c10,10 m20,10")
	if s.Draft.UID != before.UID || len(s.Draft.Marks) != 2 {
		t.Errorf("draft %+v", s.Draft)
	}
	_, commit := play(t, tool, "@2 c20,10")
	if commit.Before != &before {
		t.Error("Before is not what was extended")
	}
	want := before
	want.Values, want.Suggestion = nil, nil
	want.Marks = []Mark{before.Marks[0], {Image: picture(2), Role: RoleExtension, Points: points(t, "10,10 20,10"), Names: []string{"L4.SA", "L4.SP"}}}
	if !reflect.DeepEqual(*commit.After, want) {
		t.Errorf("got  %+v\nwant %+v", *commit.After, want)
	}
	if len(before.Marks) != 1 || len(before.Values) != 1 {
		t.Error("the annotation that was extended has changed")
	}
	d := NewDocument([]Annotation{before})
	if err := d.Apply(*commit); err != nil {
		t.Fatal(err)
	}
	if a, _ := d.Find("2.25.7"); a.Rev != 4 {
		t.Errorf("rev %d", a.Rev)
	}
}

// Landmarks that are joined to a mark leave those that it has as they are, and their proposal, and lie on the mark's image only.
func TestPlacerJoins(t *testing.T) {
	have := Mark{Image: picture(2), Role: RoleExtension, Points: points(t, "1,1 2,2"), Names: []string{"L4.SA", "L4.SP"},
		Proposal: &Proposal{Method: "registration 1", Points: points(t, "1,1 2,3")}}
	before := Annotation{UID: "2.25.7", Rev: 3, Kind: Instability, Level: "L4-L5", Marks: []Mark{
		{Image: picture(1), Role: RoleFlexion, Points: points(t, "1,1"), Names: []string{"L4.SA"}}, have}}
	place := func(script string) *Edit {
		_, commit := play(t, NewPlacer(Instability, Annotation{}, PlacerOptions{Role: RoleExtension, Names: []string{"L5.SA", "L5.SP"}, Extend: &before, Join: true}), script)
		return commit
	}
	if commit := place("@1 c10,10 c20,10"); commit != nil {
		t.Errorf("on another image: %+v", commit.After)
	}
	commit := place("@2 c10,10 c20,10")
	if commit == nil {
		t.Fatal("nothing is joined")
	}
	want := have
	want.Names, want.Points = []string{"L4.SA", "L4.SP", "L5.SA", "L5.SP"}, points(t, "1,1 2,2 10,10 20,10")
	if got, _ := commit.After.Mark(RoleExtension); len(commit.After.Marks) != 2 || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(before.Marks[1].Points) != 2 {
		t.Error("the annotation that was extended has changed")
	}
}

func TestPlacerShiftIsSquareInThePatient(t *testing.T) {
	image := picture(1)
	image.Plane = &space.Plane{Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 2, BetweenColumns: 1}}
	for _, c := range []struct {
		kind     Kind
		at, want string
	}{
		{Rectangle, "30,50", "30,20"}, // 20 mm wide, so 10 rows high
		{Rectangle, "0,20", "0,15"},   // to the left
		{Arrow, "30,21", "31,20.5"},   // (20, 22) mm falls on the diagonal at 21 mm: 21 columns, 10.5 rows
	} {
		tool := NewPlacer(c.kind, Annotation{}, PlacerOptions{})
		p := Pointer{Image: image, Reach: 3, Shift: true, At: space.Pixel{Col: 10, Row: 10}}
		tool.Press(p)
		p.At = points(t, c.at)[0]
		s := tool.Release(p)
		if got := written(s.Commit.After.Marks[0].Points[1:]); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.kind, c.at, got, c.want)
		}
	}
}

// Whatever a hand does, a tool stays whole: what it draws and commits is on one image, has names for all landmarks, and is a figure.
func TestPlacerProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kinds := []Kind{Distance, Angle, Cobb, Rectangle, Ellipse, Polygon, Arrow, Text, Modic, DiscHeight, Instability}
	commits := map[Kind]int{}
	for range 4000 {
		kind := kinds[r.IntN(len(kinds))]
		tool := NewPlacer(kind, Annotation{Level: "L4-L5"}, PlacerOptions{})
		over := false
		for range 60 {
			s := gesture(r, tool)
			if over && (!s.Done || s.Draft != nil || s.Commit != nil) {
				t.Fatalf("%s: a step after the end: %+v", kind, s)
			}
			over = over || s.Done
			if !s.Done && !slices.Contains(Prompts, s.Prompt[0]) {
				t.Fatalf("%s: asks %q", kind, s.Prompt)
			}
			if s.Draft != nil {
				whole(t, *s.Draft, s.Prompt)
			}
			if s.Commit == nil {
				continue
			}
			commits[kind]++
			a := *s.Commit.After
			whole(t, a, nil)
			f, n := forms[kind], len(a.Marks[0].Points)
			if !f.valid(a.Marks[0].Points) || f.count > 0 && n != f.count || kind.Landmarks() && n != 8 {
				t.Fatalf("%s: committed %s", kind, written(a.Marks[0].Points))
			}
		}
	}
	for _, k := range kinds {
		if commits[k] < 20 {
			t.Errorf("%s: only %d of the random gestures committed", k, commits[k])
		}
	}
}

// gesture makes a random one, often near earlier places, so that double clicks and closings happen.
func gesture(r *rand.Rand, tool Tool) Step {
	p := Pointer{Image: picture(1), Reach: 3, Columns: 100, Rows: 80, Shift: r.IntN(8) == 0}
	if r.IntN(20) == 0 {
		p.Image = picture(2)
	}
	p.At = space.Pixel{Col: float64(r.IntN(12)*10 - 5), Row: float64(r.IntN(10)*10 - 5)}
	switch r.IntN(30) {
	case 0:
		p.At.Col = math.NaN()
	case 1:
		p.At.Row = math.Inf(1)
	}
	switch r.IntN(10) {
	case 0, 1, 2:
		return tool.Press(p)
	case 3, 4:
		return tool.Move(p)
	case 5, 6, 7:
		return tool.Release(p)
	case 8:
		if b, ok := tool.(Retracter); ok && r.IntN(4) == 0 {
			return b.Retract()
		}
	case 9:
		if f, ok := tool.(Finisher); ok {
			return f.Finish()
		}
		if r.IntN(50) == 0 {
			return tool.Cancel()
		}
	}
	return tool.Move(p)
}

func whole(t *testing.T, a Annotation, prompt []string) {
	t.Helper()
	if len(a.Marks) != 1 || a.UID == "" {
		t.Fatalf("%+v", a)
	}
	m := a.Marks[0]
	if a.Kind.Landmarks() != (len(m.Names) > 0) || len(m.Names) > 0 && len(m.Names) != len(m.Points) {
		t.Fatalf("%s: %d points, names %q", a.Kind, len(m.Points), m.Names)
	}
	for _, p := range m.Points {
		if !(p.Col >= 0 && p.Col <= 100 && p.Row >= 0 && p.Row <= 80) {
			t.Fatalf("%s: %v is not on the image (%q)", a.Kind, p, prompt)
		}
	}
	for _, s := range Shapes(a, m.Image, "label") { // drafts of any length can be drawn
		for _, p := range s.Points {
			if !finite(p) || !finite(s.Toward) {
				t.Fatalf("%s: shape %+v", a.Kind, s)
			}
		}
	}
}
