package annotations

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

// said writes shapes as lines of text, such as "polyline- 0,0 1,1", where - is dashed, and "text 1,1 >1,0 label".
func said(list []Shape) []string {
	var out []string
	for _, s := range list {
		word := s.Type
		if s.Dashed {
			word += "-"
		}
		word += " " + written(s.Points)
		if s.Type == "text" {
			word += fmt.Sprintf(" >%s %s", written([]space.Pixel{s.Toward}), s.Text)
		}
		out = append(out, word)
	}
	return out
}

func TestShapes(t *testing.T) {
	labelled := func(a Annotation, label string) Annotation { a.Label = label; return a }
	for _, c := range []struct {
		name  string
		a     Annotation
		label string
		want  []string
	}{
		{"distance", marked(t, Distance, "10,10 40,20"), "30 mm", []string{
			"polyline 10,10 40,20", "handle 10,10 40,20", "text 40,20 >1,0 30 mm"}},
		{"distance without label", marked(t, Distance, "10,10 40,20"), "", []string{"polyline 10,10 40,20", "handle 10,10 40,20"}},
		{"an upright distance has its label beside the middle", marked(t, Distance, "10,10 10,30"), "20", []string{
			"polyline 10,10 10,30", "handle 10,10 10,30", "text 10,20 >1,0 20"}},
		{"angle", marked(t, Angle, "0,10 10,10 10,0"), "90°", []string{
			"polyline 0,10 10,10 10,0", "arc 0,10 10,10 10,0", "handle 0,10 10,10 10,0", "text 10,10 >0.707,0.707 90°"}},
		{"a straight angle", marked(t, Angle, "0,10 10,10 20,10"), "180°", []string{
			"polyline 0,10 10,10 20,10", "arc 0,10 10,10 20,10", "handle 0,10 10,10 20,10", "text 20,10 >1,0 180°"}},
		{"cobb", marked(t, Cobb, "10,10 30,14 10,50 40,46"), "12°", []string{
			"polyline 10,10 30,14", "polyline 10,50 40,46", "polyline- 20,12 25,48", "handle 10,10 30,14 10,50 40,46", "text 40,46 >1,0 12°"}},
		{"rectangle", marked(t, Rectangle, "30,20 10,10"), "a", []string{
			"polygon 30,20 10,20 10,10 30,10", "handle 30,20 10,10 10,20 30,10", "text 30,15 >1,0 a"}},
		{"ellipse", marked(t, Ellipse, "10,10 30,20"), "a", []string{
			"ellipse 10,15 30,15 20,10 20,20", "handle 10,10 30,20 30,10 10,20", "text 30,15 >1,0 a"}},
		{"polygon", marked(t, Polygon, "10,10 30,12 20,40"), "a", []string{
			"polygon 10,10 30,12 20,40", "handle 10,10 30,12 20,40", "text 30,12 >1,0 a"}},
		{"arrow", labelled(marked(t, Arrow, "10,10 40,50"), "osteophyte"), "", []string{
			"arrow 10,10 40,50", "handle 10,10 40,50", "text 40,50 >0.6,0.8 osteophyte"}},
		{"text", labelled(marked(t, Text, "10,10"), "x"), "said by the app", []string{"handle 10,10", "text 10,10 >0,0 said by the app"}},
		{"a text that is not written yet", marked(t, Text, "10,10"), "", []string{"cross 10,10", "handle 10,10"}},
		{"modic", marked(t, Modic, "10,10 30,12 20,40"), "L4-L5 Modic 1", []string{
			"polygon 10,10 30,12 20,40", "handle 10,10 30,12 20,40", "text 30,12 >1,0 L4-L5 Modic 1"}},

		{"a draft of one point", marked(t, Cobb, "10,10"), "", []string{"handle 10,10"}},
		{"a draft of a cobb", marked(t, Cobb, "10,10 20,10 30,10"), "", []string{"polyline 10,10 20,10", "handle 10,10 20,10 30,10"}},
		{"a draft of an angle", marked(t, Angle, "10,10 20,10"), "", []string{"polyline 10,10 20,10", "handle 10,10 20,10"}},
		{"a draft of a region", marked(t, Modic, "10,10 20,10"), "", []string{"polyline 10,10 20,10", "handle 10,10 20,10"}},
		{"no points", marked(t, Rectangle, ""), "a", nil},
		{"a kind of a later version", marked(t, "spline", "10,10 20,10"), "", []string{"polyline 10,10 20,10", "handle 10,10 20,10"}},

		// The patient looks to the left: A is on the left, P on the right.
		{"disc height", Annotation{Kind: DiscHeight, Level: "L4-L5", Marks: []Mark{{Image: picture(1),
			Points: points(t, "10,10 40,10 40,30 10,30 11,40 42,40 41,60 12,60"),
			Names:  []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA", "L5.SA", "L5.SP", "L5.IP", "L5.IA"}}}}, "L4-L5", []string{
			"polyline 10,30 40,30", "polyline 11,40 42,40", // endplates, front to back
			"polyline 10,30 11,40", "polyline 40,30 42,40", // IA1-SA2, IP1-SP2
			"cross 10,10", "cross 40,10", "cross 40,30", "cross 10,30", "cross 11,40", "cross 42,40", "cross 41,60", "cross 12,60",
			"handle 10,10 40,10 40,30 10,30 11,40 42,40 41,60 12,60",
			"text 10,10 >-1,0 L4 SA", "text 40,10 >1,0 SP", "text 40,30 >1,0 IP", "text 10,30 >-1,0 IA",
			"text 11,40 >-1,0 L5 SA", "text 42,40 >1,0 SP", "text 41,60 >1,0 IP", "text 12,60 >-1,0 IA",
			"text 10,35 >-1,0 L4-L5"}},
		{"disc height with the deepest points, looking to the right", Annotation{Kind: DiscHeight, Marks: []Mark{{Image: picture(1),
			Points: points(t, "40,30 25,28 10,30 42,40 26,42 11,40"),
			Names:  []string{"L4.IA", "L4.IM", "L4.IP", "L5.SA", "L5.SM", "L5.SP"}}}}, "", []string{
			"polyline 40,30 25,28 10,30", "polyline 42,40 26,42 11,40", "polyline 40,30 42,40", "polyline 10,30 11,40",
			"cross 40,30", "cross 25,28", "cross 10,30", "cross 42,40", "cross 26,42", "cross 11,40",
			"handle 40,30 25,28 10,30 42,40 26,42 11,40",
			"text 40,30 >1,0 L4 IA", "text 25,28 >0,0 IM", "text 10,30 >-1,0 IP", "text 42,40 >1,0 L5 SA", "text 26,42 >0,0 SM", "text 11,40 >-1,0 SP"}},
		{"instability at the sacrum", Annotation{Kind: Instability, Level: "L5-S1", Marks: []Mark{{Image: picture(1), Role: RoleFlexion,
			Points: points(t, "10,10 40,10 40,30 10,30 12,40 44,48"),
			Names:  []string{"L5.SA", "L5.SP", "L5.IP", "L5.IA", "S1.SA", "S1.SP"}}}}, "L5-S1", []string{
			"polygon 10,10 40,10 40,30 10,30", "polyline 12,40 44,48",
			"polyline- 52,50 4,38", // a quarter of (32, 8) beyond both ends
			"cross 10,10", "cross 40,10", "cross 40,30", "cross 10,30", "cross 12,40", "cross 44,48",
			"handle 10,10 40,10 40,30 10,30 12,40 44,48",
			"text 10,10 >-1,0 L5 SA", "text 40,10 >1,0 SP", "text 40,30 >1,0 IP", "text 10,30 >-1,0 IA",
			"text 12,40 >-0.961,0.275 S1 SA", "text 44,48 >0.719,0.695 SP", "text 25,10 >0,-1 L5-S1"}},
		{"the first corners of a draft", Annotation{Kind: Instability, Marks: []Mark{{Image: picture(1),
			Points: points(t, "10,10 40,10 40,30"), Names: []string{"L4.SA", "L4.SP", "L4.IP"}}}}, "", []string{
			"polyline 10,10 40,10", "polyline 40,10 40,30", "cross 10,10", "cross 40,10", "cross 40,30", "handle 10,10 40,10 40,30",
			"text 10,10 >-1,0 L4 SA", "text 40,10 >1,0 SP", "text 40,30 >0,0 IP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := said(Shapes(c.a, picture(1), c.label))
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

func TestShapesElsewhere(t *testing.T) {
	a := marked(t, Distance, "10,10 40,10")
	if got := Shapes(a, picture(2), "x"); got != nil {
		t.Errorf("on another image: %v", said(got))
	}
	a.Deleted = true
	if got := Shapes(a, picture(1), "x"); got != nil {
		t.Errorf("deleted: %v", said(got))
	}
}

func TestShapesOfDiscWithReference(t *testing.T) {
	got := said(Shapes(discs(t), picture(1), "label"))
	n := 0
	for _, s := range got {
		if strings.HasSuffix(s, " label") {
			n++
			// In front of the disc that the finding is about, not of its reference, which lies above.
			if s != "text 20,50 >-1,0 label" {
				t.Error(s)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d labels", n)
	}
	for _, once := range []string{"cross 20,45", "text 20,45 >-1,0 IA"} { // L4 belongs to both discs
		if slices.Index(got, once) < 0 || slices.Index(got, once) != len(got)-1-slices.Index(reversed(got), once) {
			t.Errorf("%q is not there once in\n\t%s", once, strings.Join(got, "\n\t"))
		}
	}
	for _, want := range []string{"polyline 20,45 21,55", "polyline 50,45 51,55", "polyline 20,20 20,30", "polyline 50,20 50,30"} {
		if !slices.Contains(got, want) {
			t.Errorf("no height line %q in\n\t%s", want, strings.Join(got, "\n\t"))
		}
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// Of a Modic finding the lesion has the label, whichever mark comes first.
func TestShapesLabelTheLesion(t *testing.T) {
	a := Annotation{Kind: Modic, Marks: []Mark{
		{Image: picture(1), Role: RoleReference, Points: points(t, "40,40 50,40 50,50")},
		{Image: picture(1), Role: RoleLesion, Points: points(t, "10,10 20,10 20,20")},
		{Image: picture(1), Role: RoleCSF, Points: points(t, "60,40 70,40 70,50")},
	}}
	got := said(Shapes(a, picture(1), "label"))
	if last := got[len(got)-1]; last != "text 20,15 >1,0 label" || len(got) != 7 {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// A label covers nothing of its mark: all of the mark lies on the near side of the line through the label's point across its
// direction, and the painter puts all of the text on the far side.
func TestLabelsCoverNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for kind, f := range forms {
		if kind == Text {
			continue
		}
		for range 300 {
			n := f.count
			if n == 0 {
				n = 3 + r.IntN(6)
			}
			m := Mark{Image: picture(1)}
			if kind.Landmarks() {
				m = vertebrae(r)
			} else {
				for range n {
					m.Points = append(m.Points, space.Pixel{Col: r.Float64() * 100, Row: r.Float64() * 80})
				}
			}
			list := Shapes(Annotation{Kind: kind, Marks: []Mark{m}}, picture(1), "label")
			label := list[len(list)-1]
			if label.Text != "label" || label.Toward == (space.Pixel{}) {
				t.Fatalf("%s: %v", kind, said(list))
			}
			edge := along(label.Points[0], label.Toward)
			for _, s := range list {
				if s.Dashed { // a line for the eye alone
					continue
				}
				for _, p := range s.Points {
					if along(p, label.Toward) > edge+1e-6 {
						t.Fatalf("%s: %v lies beyond the label in %v", kind, p, said(list))
					}
				}
			}
		}
	}
}

// vertebrae is a random L4 above an L5, leaning to some side.
func vertebrae(r *rand.Rand) Mark {
	lean := r.Float64() - 0.5
	at := func(c, row float64) space.Pixel {
		c, row = c+r.Float64()*4, row+r.Float64()*4
		return space.Pixel{Col: 50 + c - lean*row, Row: 20 + row + lean*c}
	}
	return Mark{Image: picture(1), Names: cornersOf("L4-L5"), Points: []space.Pixel{
		at(-20, 0), at(20, 0), at(20, 25), at(-20, 25), at(-20, 32), at(20, 32), at(20, 60), at(-20, 60)}}
}

// What comes from a bundle may have any number of points and names: it is drawn, caught and moved without harm.
func TestMalformedMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	kinds := []Kind{"", "spline"}
	for k := range forms {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	words := []string{"", ".", "L4.SA", "L4.SP", "L4.IA", "L4.IP", "L5.SA", "L5.SP", "L4.", ".SA", "L4.X", "SA", "L4.SA.IP", "é.é"}
	for range 5000 {
		a := Annotation{UID: "2.25.1", Kind: kinds[r.IntN(len(kinds))]}
		for range r.IntN(4) {
			m := Mark{Image: t1(), Role: []string{"", RoleLesion, RoleDisc}[r.IntN(3)]}
			for range r.IntN(7) {
				m.Points = append(m.Points, space.Pixel{Col: float64(r.IntN(5) * 10), Row: float64(r.IntN(5) * 10)})
			}
			for range r.IntN(7) {
				m.Names = append(m.Names, words[r.IntN(len(words))])
			}
			a.Marks = append(a.Marks, m)
		}
		for _, image := range []ImageRef{t1(), t2()} {
			for _, s := range Shapes(a, image, "label") {
				if len(s.Points) == 0 || s.Type == "ellipse" && len(s.Points) != 4 || s.Type == "arc" && len(s.Points) != 3 {
					t.Fatalf("%+v of %+v", s, a)
				}
				for _, p := range append(s.Points[:len(s.Points):len(s.Points)], s.Toward) {
					if !finite(p) {
						t.Fatalf("%+v of %+v", s, a)
					}
				}
			}
		}
		p := Pointer{Image: t1(), Reach: 3, At: space.Pixel{Col: float64(r.IntN(9) * 5), Row: float64(r.IntN(9) * 5)}}
		_, _, hit := Hit([]Annotation{a}, p)
		tool := NewMover(a)
		if s := tool.Press(p); s.Done == hit {
			t.Fatalf("hit %v, and the mover is done %v", hit, s.Done)
		}
		p.At.Col += 7
		tool.Move(p)
		tool.Release(p)
	}
}

func TestVertebraOrder(t *testing.T) {
	order := []string{"C1", "C7", "T1", "T12", "T13", "L1", "L5", "L6", "S1", "X9"}
	for i := 1; i < len(order); i++ {
		if rank(order[i-1]) >= rank(order[i]) {
			t.Errorf("%s is not above %s", order[i-1], order[i])
		}
	}
	for _, name := range []string{"", "L", "L-1", "Lx", "L100", "é9"} {
		if rank(name) != rank("X9") {
			t.Errorf("%q has a place", name)
		}
	}
}
