package annotations

import (
	"math/rand/v2"
	"rachis/dicomio/space"
	"reflect"
	"slices"
	"testing"
)

// marked is an annotation with one mark on image 1.
func marked(t testing.TB, kind Kind, list string, names ...string) Annotation {
	return Annotation{UID: "2.25." + string(kind), Rev: 1, Kind: kind, Values: []Value{{Name: "length"}}, Suggestion: &Suggestion{},
		Decision: "1", Marks: []Mark{{Image: picture(1), Points: points(t, list), Names: names}}}
}

func TestMoverGestures(t *testing.T) {
	for _, c := range []struct {
		name, script string
		kind         Kind
		from         string
		commit       string // "" for none
	}{
		{"an end", "p10,10 m15,15 r20,5", Distance, "10,10 40,10", "20,5 40,10"},
		{"an end taken beside its middle keeps its distance from the pointer", "p11,12 r21,12", Distance, "10,10 40,10", "20,10 40,10"},
		{"the whole by its line", "p25,11 m25,20 r30,31", Distance, "10,10 40,10", "15,30 45,30"},
		{"a click moves nothing", "p10,10 r10,10", Distance, "10,10 40,10", ""},
		{"nor does a hand that trembles", "p10,10 m10.5,10.5 r11,10", Distance, "10,10 40,10", ""},
		{"a drag there and back", "p10,10 m30,30 r10,10", Distance, "10,10 40,10", ""},
		{"a small correction after a larger one", "p10,10 m15,15 r10.5,10", Distance, "10,10 40,10", "10.5,10 40,10"},
		{"nothing under the pointer", "p60,60 m70,70 r70,70", Distance, "10,10 40,10", ""},
		{"given up", "p10,10 m20,20 x r30,30", Distance, "10,10 40,10", ""},
		{"moved without the button", "m20,20 r30,30", Distance, "10,10 40,10", ""},
		{"not onto another image", "p10,10 m20,20 @2 m50,50 r60,60", Distance, "10,10 40,10", "20,20 40,10"},
		{"not off the image", "p10,10 r-50,-50", Distance, "10,10 40,10", "0,0 40,10"},
		{"the whole not off the image", "p25,10 r-50,200", Distance, "10,10 40,10", "0,80 30,80"},
		{"the whole not off the other side", "p25,10 r200,-9", Distance, "10,10 40,10", "70,0 100,0"},
		{"what lies beside the image is not held there", "p25,10 r35,20", Distance, "-5,10 40,10", "5,20 50,20"},
		{"one end onto the other stops before", "p10,10 m30,10 r40,10", Distance, "10,10 40,10", "30,10 40,10"},

		{"a corner of a box", "p30,30 r50,40", Rectangle, "10,10 30,30", "10,10 50,40"},
		{"the upper right corner of a box", "p30,10 r50,5", Rectangle, "10,10 30,30", "10,5 50,30"},
		{"the lower left corner of a box", "p10,30 r5,50", Rectangle, "10,10 30,30", "5,10 30,50"},
		{"a box turned inside out", "p30,30 m20,20 r2,3", Rectangle, "10,10 30,30", "10,10 2,3"},
		{"a box stays a box", "p30,30 m20,20 r30,10", Rectangle, "10,10 30,30", "10,10 20,20"},
		{"a box by its side", "p20,10 r30,20", Rectangle, "10,10 30,30", "20,20 40,40"},
		{"a box by its inside", "p20,20 r30,30", Rectangle, "10,10 30,30", "20,20 40,40"},
		{"an ellipse by its line", "p30,20 r40,20", Ellipse, "10,10 30,30", "20,10 40,30"},
		{"the vertex of an angle", "p10,10 r20,20", Angle, "0,10 10,10 10,30", "0,10 20,20 10,30"},
		{"a corner of a polygon", "p30,30 r40,40", Polygon, "10,10 30,10 30,30", "10,10 30,10 40,40"},
		{"a polygon stays a polygon", "p30,30 m35,20 r50,10", Polygon, "10,10 30,10 30,30", "10,10 30,10 35,20"},
		{"cobb by one line moves both", "p20,10 r20,15", Cobb, "10,10 30,10 10,50 30,50", "10,15 30,15 10,55 30,55"},
		{"one end of cobb", "p30,50 r30,60", Cobb, "10,10 30,10 10,50 30,50", "10,10 30,10 10,50 30,60"},
		{"an arrow's tip", "p10,10 r20,20", Arrow, "10,10 50,50", "20,20 50,50"},
		{"a text", "p10,10 r20,20", Text, "10,10", "20,20"},
		{"a text beside its place", "p17,12 r27,12", Text, "10,10", "20,10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := marked(t, c.kind, c.from)
			last, commit := play(t, NewMover(a), c.script)
			got := ""
			if commit != nil {
				got = written(commit.After.Marks[0].Points)
				if !reflect.DeepEqual(*commit.Before, a) {
					t.Error("Before is not what was moved")
				}
				if commit.After.Values != nil || commit.After.Suggestion != nil || commit.After.Decision != "1" {
					t.Error("numbers must go, and the decision stay")
				}
			}
			if got != c.commit {
				t.Errorf("%s: %q, want %q", c.script, got, c.commit)
			}
			if last.Draft != nil {
				t.Error("a draft is left over")
			}
			if w := written(a.Marks[0].Points); w != c.from {
				t.Errorf("the annotation itself has moved to %s", w)
			}
		})
	}
}

func TestMoverDraft(t *testing.T) {
	tool := NewMover(marked(t, Distance, "10,10 40,10"))
	if s, _ := play(t, tool, "p10,10 m10.5,10"); s.Draft != nil || s.Done {
		t.Errorf("a press alone: %+v", s)
	}
	if s, _ := play(t, tool, "m20,20"); s.Draft == nil || written(s.Draft.Marks[0].Points) != "20,20 40,10" {
		t.Errorf("a drag: %+v", s.Draft)
	}
	if s, _ := play(t, tool, "m10,10"); s.Draft == nil || written(s.Draft.Marks[0].Points) != "10,10 40,10" {
		t.Errorf("back: %+v", s.Draft)
	}
	if s := tool.Cancel(); !s.Done || s.Draft != nil || s.Commit != nil {
		t.Errorf("cancelled: %+v", s)
	}
}

// discs is a disc with its reference disc, which has the corners of L4 in common with it.
func discs(t *testing.T) Annotation {
	return Annotation{UID: "2.25.1", Rev: 1, Kind: DiscHeight, Level: "L4-L5", Marks: []Mark{
		{Image: picture(1), Role: RoleDisc, Points: points(t, "20,30 50,30 50,45 20,45 21,55 51,55"),
			Names: []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA", "L5.SA", "L5.SP"}},
		{Image: picture(1), Role: RoleReferenceDisc, Points: points(t, "50,20 20,20 20,30 50,30 50,45 20,45"),
			Names: []string{"L3.IP", "L3.IA", "L4.SA", "L4.SP", "L4.IP", "L4.IA"}},
		{Image: picture(2), Role: "elsewhere", Points: points(t, "20,30"), Names: []string{"L4.SA"}},
	}}
}

func TestMoverSharedLandmarks(t *testing.T) {
	_, commit := play(t, NewMover(discs(t)), "p20,30 r15,31")
	want := []string{"15,31 50,30 50,45 20,45 21,55 51,55", "50,20 20,20 15,31 50,30 50,45 20,45", "20,30"}
	for i, m := range commit.After.Marks {
		if got := written(m.Points); got != want[i] {
			t.Errorf("mark %d: %s, want %s", i, got, want[i])
		}
	}
	_, commit = play(t, NewMover(discs(t)), "p35,45 r36,47") // by the endplate of L4
	want = []string{"21,32 51,32 51,47 21,47 22,57 52,57", "51,22 21,22 21,32 51,32 51,47 21,47", "20,30"}
	for i, m := range commit.After.Marks {
		if got := written(m.Points); got != want[i] {
			t.Errorf("mark %d: %s, want %s", i, got, want[i])
		}
	}
}

func TestMoverOfOneRegion(t *testing.T) {
	a := Annotation{UID: "2.25.1", Kind: Modic, Marks: []Mark{
		{Image: picture(1), Role: RoleLesion, Points: points(t, "10,10 20,10 20,20")},
		{Image: picture(1), Role: RoleReference, Points: points(t, "40,40 50,40 50,50")},
	}}
	_, commit := play(t, NewMover(a), "p47,43 r48,45") // inside the reference
	if got := written(commit.After.Marks[0].Points) + " | " + written(commit.After.Marks[1].Points); got != "10,10 20,10 20,20 | 41,42 51,42 51,52" {
		t.Error(got)
	}
}

// However it is dragged, a mark stays a figure on its image, keeps its form as a whole, and its annotation stays as it was.
func TestMoverProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seeds := []Annotation{
		marked(t, Distance, "10,10 40,10"), marked(t, Angle, "0,10 10,10 10,30"), marked(t, Cobb, "10,10 30,10 10,50 30,50"),
		marked(t, Rectangle, "10,10 30,30"), marked(t, Ellipse, "10,10 30,30"), marked(t, Polygon, "10,10 30,10 30,30 20,40"), discs(t),
	}
	moved := 0
	for range 5000 {
		a := seeds[r.IntN(len(seeds))]
		tool := NewMover(a)
		held := handles(a.Kind, a.Marks[0])
		at := held[r.IntN(len(held))]
		if r.IntN(3) == 0 {
			at = middle(at, held[0])
		}
		tool.Press(Pointer{Image: picture(1), Reach: 3, Columns: 100, Rows: 80, At: at})
		for range 12 {
			s := gesture(r, tool)
			if s.Commit == nil {
				continue
			}
			moved++
			after := *s.Commit.After
			if after.UID != a.UID || len(after.Marks) != len(a.Marks) {
				t.Fatalf("%+v", after)
			}
			for i, m := range after.Marks {
				if len(m.Points) != len(a.Marks[i].Points) || !slices.Equal(m.Names, a.Marks[i].Names) || !forms[a.Kind].valid(m.Points) {
					t.Fatalf("%s: %s", a.Kind, written(m.Points))
				}
				for _, p := range m.Points {
					if p.Col < 0 || p.Col > 100 || p.Row < 0 || p.Row > 80 {
						t.Fatalf("%s: %v is not on the image", a.Kind, p)
					}
				}
			}
		}
	}
	if moved < 1000 {
		t.Errorf("only %d moves", moved)
	}
	fresh := []Annotation{
		marked(t, Distance, "10,10 40,10"), marked(t, Angle, "0,10 10,10 10,30"), marked(t, Cobb, "10,10 30,10 10,50 30,50"),
		marked(t, Rectangle, "10,10 30,30"), marked(t, Ellipse, "10,10 30,30"), marked(t, Polygon, "10,10 30,10 30,30 20,40"), discs(t),
	}
	if !reflect.DeepEqual(seeds, fresh) {
		t.Error("an annotation was written to")
	}
}

// What a hand has moved is no proposal any more; what lies beside it still is.
func TestMovedMarksAreNoProposals(t *testing.T) {
	image := ImageRef{SOPInstanceUID: "1.2", Frame: 1}
	box := func(c float64) []space.Pixel {
		return []space.Pixel{{Col: c, Row: 0}, {Col: c + 9, Row: 0}, {Col: c + 9, Row: 9}, {Col: c, Row: 9}}
	}
	a := Annotation{UID: "2.25.1", Kind: Modic, Marks: []Mark{{Image: image, Role: RoleLesion, Points: box(0)},
		{Image: image, Role: RoleReference, Points: box(50), Proposal: &Proposal{Method: "x", Points: box(50)}},
		{Image: image, Role: RoleCSF, Points: box(90), Proposal: &Proposal{Method: "x", Points: box(90)}}}}
	for _, at := range []space.Pixel{{Col: 50, Row: 0}, {Col: 54, Row: 0}} { // a corner, and a side
		tool := NewMover(a)
		p := Pointer{Image: image, At: at, Reach: 2}
		tool.Press(p)
		p.At.Row += 20
		s := tool.Release(p)
		if s.Commit == nil || s.Commit.After.Marks[1].Untouched() || !s.Commit.After.Marks[2].Untouched() || !a.Marks[1].Untouched() || a.Marks[0].Untouched() {
			t.Errorf("%v: %+v", at, s.Commit)
		}
	}
}
