package spine_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// middles are the middles of bodies as they were set by eye on the mid-sagittal T2 of the lumbar MR in the shared test data, in pixels of
// 0.684 mm, columns to the back: those of viewer/testdata/levels.py.
var middles = map[string]space.Pixel{"T12": {Col: 228, Row: 110}, "L1": {Col: 228.5, Row: 156}, "L2": {Col: 228, Row: 206.25}, "L3": {Col: 228, Row: 260},
	"L4": {Col: 233, Row: 313}, "L5": {Col: 241, Row: 361}, "S1": {Col: 258, Row: 399}}

var sagittal = annotations.ImageRef{SOPInstanceUID: "1.2.3", SeriesInstanceUID: "1.2", FrameOfReferenceUID: "1", Frame: 1, Plane: &space.Plane{
	Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 0.68359375, BetweenColumns: 0.68359375}}}

func labels(names ...string) []annotations.Label {
	var out []annotations.Label
	for _, n := range names {
		out = append(out, annotations.NewLabel(n, sagittal, middles[n]))
	}
	return out
}

// The others of a real spine are proposed by a few: each well within its own body, which is 27 mm high and 35 mm deep.
func TestProposeOnARealSpine(t *testing.T) {
	all := []string{"T12", "L1", "L2", "L3", "L4", "L5", "S1"}
	for _, c := range []struct {
		given  []string
		within float64 // mm
	}{
		{[]string{"L1", "S1"}, 5},
		{[]string{"T12", "S1"}, 9},
		{[]string{"L1", "L5"}, 10},
		{[]string{"L1", "L3", "S1"}, 6},
		{[]string{"L3", "L4", "L5", "S1"}, 6.5},
		{[]string{"L4", "L5"}, 11.5},
		{[]string{"L4", "L5", "S1"}, 10},
		{[]string{"L1", "L4", "S1"}, 6},
		{[]string{"T12", "L3", "L5", "S1"}, 4},
	} {
		got := spine.Propose(labels(c.given...), all, space.LPS{Y: -1}, space.LPS{Z: 1})
		if len(got) != len(all)-len(c.given) {
			t.Errorf("%v: %d are proposed", c.given, len(got))
		}
		for _, p := range got {
			want := labels(p.Vertebra)[0].At
			if off := p.At.Sub(want).Length(); off > c.within || !p.Proposed {
				t.Errorf("%v: %s is proposed %.1f mm off", c.given, p.Vertebra, off)
			} else {
				t.Logf("%v: %s %.1f mm", c.given, p.Vertebra, off)
			}
		}
	}
}

// Properties: the curve goes through what is given; what is turned and moved gives what is turned and moved; the scale is that of the labels.
func TestProposeMovesWithItsLabels(t *testing.T) {
	turn := func(p space.LPS) space.LPS {
		const sin, cos = 0.6, 0.8
		return space.LPS{X: 3 - 1.5*p.Z, Y: 1.5 * (cos*p.X - sin*p.Y), Z: -7 + 1.5*(sin*p.X+cos*p.Y)}
	}
	zero := turn(space.LPS{})
	given := labels("L1", "L3", "S1")
	turned := slices.Clone(given)
	for i := range turned {
		turned[i].At = turn(turned[i].At)
	}
	want := []string{"T11", "T12", "L2", "L4", "L5"}
	a, b := spine.Propose(given, want, space.LPS{Y: -1}, space.LPS{Z: 1}), spine.Propose(turned, want, turn(space.LPS{Y: -1}).Sub(zero), turn(space.LPS{Z: 1}).Sub(zero))
	for i := range a {
		if d := turn(a[i].At).Sub(b[i].At).Length(); d > 1e-9 {
			t.Errorf("%s is %v mm off", a[i].Vertebra, d)
		}
	}
	slices.Reverse(turned)
	for i, p := range spine.Propose(turned, want, turn(space.LPS{Y: -1}).Sub(zero), turn(space.LPS{Z: 1}).Sub(zero)) {
		if p.At != b[i].At {
			t.Errorf("%s depends on the order", p.Vertebra)
		}
	}
	if got := spine.Propose(given[:1], want, space.LPS{}, space.LPS{}); got != nil {
		t.Errorf("one label gives %v", got)
	}
	// Two on a line without a front: all on it, at distances as the level ratios have them.
	two := spine.Propose(labels("L2", "L4"), []string{"L3"}, space.LPS{}, space.LPS{})
	l2, l4 := labels("L2")[0].At, labels("L4")[0].At
	if r := two[0].At.Sub(l2).Length() / two[0].At.Sub(l4).Length(); math.Abs(r-35.5/36.5) > 1e-9 {
		t.Errorf("L3 lies at the ratio %v", r)
	}
	// A sixth lumbar vertebra lies between L5 and S1.
	six := spine.Propose(labels("L4", "S1"), []string{"L5", "L6"}, space.LPS{Y: -1}, space.LPS{Z: 1})
	if len(six) != 2 || !(six[0].At.Z > six[1].At.Z) || !(six[1].At.Z > labels("S1")[0].At.Z) {
		t.Errorf("six lumbar vertebrae: %v", six)
	}
}

func TestCheckLabels(t *testing.T) {
	exchanged := labels("L1", "L2", "L3", "L4")
	exchanged[1].At, exchanged[2].At = exchanged[2].At, exchanged[1].At
	shifted := labels("L1", "L2", "L3", "L4", "L5")
	for i := range shifted[2:] { // L3 to L5 set one vertebra too low, as when one is passed over
		shifted[i+2].At = labels([]string{"L4", "L5", "S1"}[i])[0].At
	}
	six := append(labels("L4", "L5"), annotations.NewLabel("L6", sagittal, middles["S1"]))
	for _, c := range []struct {
		name string
		list []annotations.Label
		want string
	}{
		{"a real spine", labels("T12", "L1", "L2", "L3", "L4", "L5", "S1"), ""},
		{"one", labels("L4"), ""},
		{"a gap", labels("L1", "L2", "L4", "L5"), "labels-gap|L2|L4"},
		{"without L5", labels("L3", "L4", "S1"), "labels-missing|L5"},
		{"exchanged", exchanged, "labels-order|L2|L3"},
		{"one passed over", shifted, "labels-wide|L2|L3"},
		{"six lumbar", six, "labels-extra|L6"},
	} {
		got := strings.Join(spine.CheckLabels(c.list), " ")
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, w := range append(spine.CheckLabels(exchanged), append(spine.CheckLabels(shifted), spine.CheckLabels(six)...)...) {
		if s := spine.English(w); s == w || strings.Contains(s, "%!") {
			t.Errorf("%s has no sentence: %q", w, s)
		}
	}
}

func TestCarryAndCompare(t *testing.T) {
	there := labels("T12", "L1", "L2", "L3", "L4", "L5", "S1")
	offset := space.LPS{X: 4, Y: -30, Z: 812}
	var here []annotations.Label
	for _, l := range labels("L3", "L5") {
		l.At = l.At.Add(offset)
		here = append(here, l)
	}
	here[0].At.X += 1
	here[1].At.X -= 1
	got, by, ok := spine.Carry(here, there)
	if !ok || by.Sub(offset).Length() > 1e-9 || len(got) != 5 {
		t.Fatalf("carried %d by %v", len(got), by)
	}
	for _, l := range got {
		if d := l.At.Sub(labels(l.Vertebra)[0].At.Add(offset)).Length(); d > 1e-9 || !l.Proposed {
			t.Errorf("%s is %v mm off", l.Vertebra, d)
		}
	}
	if _, _, ok := spine.Carry(labels("T7"), there); ok {
		t.Error("nothing is labelled in both")
	}

	// The other reviewer counted one vertebra differently.
	other := labels("L1", "L2", "L3", "L4", "L5")
	for i, v := range []string{"L2", "L3", "L4", "L5", "L6"} {
		other[i].Vertebra = v
	}
	same := spine.CompareLabels(there, there, space.LPS{}, true)
	differ := spine.CompareLabels(there, other, space.LPS{}, true)
	if len(same) != 0 || !slices.Contains(differ, "labels-named|L4|L5") || !slices.Contains(differ, "labels-named|L5|L6") || len(differ) != 5 {
		t.Errorf("same %v, differing %v", same, differ)
	}
	six := append(labels("L4", "L5"), annotations.NewLabel("L6", sagittal, space.Pixel{}), annotations.NewLabel("S1", sagittal, space.Pixel{}))
	if got := spine.CompareLabels(there, six, space.LPS{}, false); !slices.Equal(got, []string{"labels-anatomy|L6"}) {
		t.Errorf("six lumbar vertebrae and five: %v", got)
	}
	if got := spine.CompareLabels(labels("L3", "L4", "S1"), there, space.LPS{}, false); !slices.Equal(got, []string{"labels-absent|L5"}) {
		t.Errorf("four lumbar vertebrae and five: %v", got)
	}
	if got := spine.CompareLabels(labels("L3", "L4"), there, space.LPS{}, false); len(got) != 0 {
		t.Errorf("fewer labels: %v", got)
	}
	for _, w := range []string{"labels-named|L4|L5", "labels-anatomy|L6", "labels-absent|L5"} {
		if s := spine.English(w); s == w {
			t.Errorf("%s has no sentence", w)
		}
	}
}

// On a film labels lie in pixels, of whatever size: what is the same vertebra is told by how far apart the film's own labels are.
func TestNumberingIsComparedOnFilms(t *testing.T) {
	film := annotations.ImageRef{SOPInstanceUID: "1.2.840.9", Frame: 1}
	column := func(perMM, off float64, names ...string) (out []annotations.Label) {
		for i, n := range names {
			out = append(out, annotations.NewLabel(n, film, space.Pixel{Col: 500 * perMM, Row: (100+36*float64(i))*perMM + off*perMM}))
		}
		return out
	}
	for _, perMM := range []float64{0.4, 1, 7} { // a thumbnail, and a film of 0.14 mm
		mine := column(perMM, 0, "L1", "L2", "L3", "L4", "L5", "S1")
		for _, c := range []struct {
			name   string
			theirs []annotations.Label
			named  int
		}{
			{"the same", column(perMM, 7, "L1", "L2", "L3", "L4", "L5", "S1"), 0},
			{"one off", column(perMM, 7, "T12", "L1", "L2", "L3", "L4", "L5"), 6},
			{"one label, of the same vertebra", column(perMM, -6, "L1"), 0},
			{"one label, of another", column(perMM, 6, "L2"), 1},
		} {
			for _, both := range [][2][]annotations.Label{{mine, c.theirs}, {c.theirs, mine}} {
				n := 0
				for _, code := range spine.CompareLabels(both[0], both[1], space.LPS{}, true) {
					if strings.HasPrefix(code, "labels-named|") {
						n++
					}
				}
				if n != c.named {
					t.Errorf("%v pixels a mm, %s: %d vertebrae are named differently, want %d", perMM, c.name, n, c.named)
				}
			}
		}
	}
	// One label each: nothing tells how large a vertebra is on the film, nor is a film compared with places in the patient.
	if got := spine.CompareLabels(column(1, 0, "L5"), column(1, 6, "S1"), space.LPS{}, true); len(got) != 0 {
		t.Errorf("without any distance: %v", got)
	}
	if got := spine.CompareLabels(labels("L3", "L4", "L5"), column(1, 0, "L1", "L2", "L3"), space.LPS{}, true); len(got) != 0 {
		t.Errorf("a film beside places in the patient: %v", got)
	}
}
