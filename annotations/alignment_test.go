package annotations

import (
	"math"
	"testing"

	"rachis/dicomio/space"
)

func pelvis() Annotation {
	image := ImageRef{StudyInstanceUID: "1", SOPInstanceUID: "1.2", Frame: 1}
	return Annotation{UID: "2.25.9", Kind: Alignment, Marks: []Mark{
		{Image: image, Role: RoleSacrum, Names: AlignmentNames(RoleSacrum), Points: []space.Pixel{{Col: 100, Row: 100}, {Col: 180, Row: 160}}},
		{Image: image, Role: RoleHips, Names: AlignmentNames(RoleHips), Points: []space.Pixel{{Col: 200, Row: 400}, {Col: 250, Row: 400}, {Col: 220, Row: 420}, {Col: 220, Row: 470}}},
	}}
}

// What is drawn is what is measured: from the middle of S1 (140, 130) to the hip axis (210, 410), and the perpendicular of the endplate (80, 60), which
// is (-60, 80), as long as the way to the hip axis.
func TestAlignmentIsDrawnAsItIsMeasured(t *testing.T) {
	a := pelvis()
	var circles, lines int
	for _, s := range Shapes(a, a.Marks[0].Image, "x") {
		switch {
		case s.Type == "ellipse":
			circles++
			for _, p := range s.Points {
				if d := min(math.Abs(p.Distance(space.Pixel{Col: 200, Row: 400})-50), math.Abs(p.Distance(space.Pixel{Col: 220, Row: 420})-50)); d > 1e-9 {
					t.Errorf("%v lies %v off both circles", p, d)
				}
			}
		case s.Type == "polyline" && s.Dashed && len(s.Points) == 3:
			lines++
			length := math.Hypot(70, 280)
			want := []space.Pixel{{Col: 210, Row: 410}, {Col: 140, Row: 130}, {Col: 140 - 0.6*length, Row: 130 + 0.8*length}}
			for i := range want {
				if s.Points[i].Distance(want[i]) > 1e-9 {
					t.Errorf("point %d of the construction is %v, want %v", i, s.Points[i], want[i])
				}
			}
		case s.Type == "text" && s.Text == "x":
			if s.Points[0].Row < 470 || s.Toward != (space.Pixel{Row: 1}) {
				t.Errorf("the label stands at %v", s.Points)
			}
		}
	}
	if circles != 2 || lines != 1 {
		t.Errorf("%d circles, %d constructions", circles, lines)
	}
	other := a.Marks[0].Image
	other.SOPInstanceUID = "1.3"
	if s := Shapes(a, other, "x"); len(s) != 0 {
		t.Errorf("another image shows %d shapes", len(s))
	}
	for i := range a.Marks { // a whole is not drawn of a part
		part := a
		part.Marks = a.Marks[i : i+1]
		for _, s := range Shapes(part, a.Marks[0].Image, "") {
			if s.Dashed {
				t.Errorf("a construction of %s alone", part.Marks[0].Role)
			}
		}
	}
}

// The circle goes with its centre, and grows with its rim.
func TestAFemoralHeadIsMovedByItsCentre(t *testing.T) {
	a := pelvis()
	drag := func(from, to space.Pixel) Annotation {
		m := NewMover(a)
		m.Press(Pointer{Image: a.Marks[1].Image, At: from, Reach: 4})
		m.Move(Pointer{Image: a.Marks[1].Image, At: to, Reach: 4})
		s := m.Release(Pointer{Image: a.Marks[1].Image, At: to, Reach: 4})
		if s.Commit == nil {
			t.Fatal("nothing was moved")
		}
		return *s.Commit.After
	}
	b := drag(space.Pixel{Col: 220, Row: 420}, space.Pixel{Col: 230, Row: 450}).Marks[1].Points
	if b[2] != (space.Pixel{Col: 230, Row: 450}) || b[3] != (space.Pixel{Col: 230, Row: 500}) || b[0] != a.Marks[1].Points[0] || b[1] != a.Marks[1].Points[1] {
		t.Errorf("the centre was moved: %v", b)
	}
	b = drag(space.Pixel{Col: 220, Row: 470}, space.Pixel{Col: 220, Row: 480}).Marks[1].Points
	if b[2] != a.Marks[1].Points[2] || b[3] != (space.Pixel{Col: 220, Row: 480}) {
		t.Errorf("the rim was moved: %v", b)
	}
	if a.Marks[1].Points[3] != (space.Pixel{Col: 220, Row: 470}) {
		t.Error("the annotation itself was changed")
	}
}

// Every landmark of an alignment has one name, and all endplates of the lumbar spine are there.
func TestAlignmentNames(t *testing.T) {
	seen := map[string]bool{}
	for _, role := range []string{RoleSacrum, RoleHips, RoleLordosis, RoleSegments} {
		for _, name := range AlignmentNames(role) {
			if seen[name] {
				t.Errorf("%s is asked for twice", name)
			}
			seen[name] = true
		}
	}
	if len(seen) != 2+4+11*2-2 {
		t.Errorf("%d landmarks", len(seen))
	}
	if AlignmentNames(RoleDisc) != nil {
		t.Error("a disc has landmarks of an alignment")
	}
}

// What a film shows of the pairs is kept when the hand says that there is no more; half a pair is not.
func TestPairsFinishEarly(t *testing.T) {
	image := ImageRef{SOPInstanceUID: "1.2", Frame: 1}
	tool := NewPlacer(Alignment, Annotation{}, PlacerOptions{Role: RoleHips})
	put := func(col, row float64) {
		p := Pointer{Image: image, At: space.Pixel{Col: col, Row: row}, Reach: 3}
		tool.Press(p)
		tool.Release(p)
	}
	finish := tool.(Finisher).Finish
	if s := finish(); s.Commit != nil || s.Done {
		t.Error("nothing was marked, and it is the end")
	}
	put(10, 10)
	if s := finish(); s.Commit != nil || s.Done {
		t.Error("half a circle is the end")
	}
	put(30, 10)
	s := finish()
	if s.Commit == nil || !s.Done {
		t.Fatal("one circle is not the end")
	}
	if m := s.Commit.After.Marks[0]; len(m.Points) != 2 || len(m.Names) != 2 || m.Names[1] != "FH1.R" || m.Role != RoleHips {
		t.Errorf("%+v", m)
	}
	if s := finish(); !s.Done || s.Commit != nil {
		t.Error("it ends twice")
	}
}
