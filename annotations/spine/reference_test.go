package spine_test

import (
	"math"
	"slices"
	"testing"

	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// column is three bodies of 35 x 27 mm with discs of 9 mm, from the head down L3, L4, L5, with the front on the left, on an image of
// oblong pixels, turned by an angle.
func column(degrees float64) (map[string]spine.Landmarks, func(u, v float64) space.Pixel, measure.Scale) {
	scale := measure.Scale{Spacing: space.Spacing{BetweenRows: 0.7, BetweenColumns: 0.9}}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	at := func(u, v float64) space.Pixel { // mm, u to the back, v to the feet
		return px(100+(u*cos-v*sin)/0.9, 100+(u*sin+v*cos)/0.7)
	}
	list := map[string]spine.Landmarks{}
	for i, name := range []string{"L3", "L4", "L5"} {
		top := 36 * float64(i)
		list[name] = spine.Landmarks{spine.SA: at(0, top), spine.SP: at(35, top), spine.IA: at(0, top+27), spine.IP: at(35, top+27)}
	}
	return list, at, scale
}

func outline(at func(u, v float64) space.Pixel, u0, v0, u1, v1 float64) []space.Pixel {
	return []space.Pixel{at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)}
}

// bounds of a region in the column's own millimetres.
func bounds(region []space.Pixel, at func(u, v float64) space.Pixel) (u0, v0, u1, v1 float64) {
	o, eu, ev := at(0, 0), at(1, 0), at(0, 1)
	a, b := eu.Sub(o), ev.Sub(o)
	det := a.Col*b.Row - a.Row*b.Col
	u0, v0, u1, v1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range region {
		d := p.Sub(o)
		u, v := (d.Col*b.Row-d.Row*b.Col)/det, (a.Col*d.Row-a.Row*d.Col)/det
		u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
	}
	return
}

// The order of methods.md 1.3 B, and what each proposal must keep to.
func TestReferenceProposals(t *testing.T) {
	for _, turn := range []float64{0, 20, -35, 180} {
		list, at, scale := column(turn)
		back := at(1, 0).Sub(at(0, 0))
		in := spine.ReferenceInput{Vertebrae: list, Vertebra: "L4", Scale: scale, Back: [2]float64{back.Col * 0.9, back.Row * 0.7}, LeastArea: 40,
			Lesion: outline(at, 8, 36+27-8, 24, 36+27)} // inferior endplate of L4
		got := spine.ProposeReferences(in)
		var where []string
		for _, p := range got {
			where = append(where, p.Where)
			for i, r := range p.Regions {
				u0, v0, u1, v1 := bounds(r, at)
				top := map[string]float64{"L3": 0, "L4": 36, "L5": 72}[p.Vertebrae[i]]
				if v0 < top+3-1e-6 || v1 > top+27-3+1e-6 || u0 < 2-1e-6 || u1 > 33+1e-6 {
					t.Errorf("turned by %v, %s %v: %v %v %v %v is not 3 mm from the endplates", turn, p.Where, p.Vertebrae, u0, v0, u1, v1)
				}
				if (u1-u0)*(v1-v0) < 40 || math.Abs((u0+u1)/2-16) > 5 {
					t.Errorf("turned by %v, %s: area %v, depth %v", turn, p.Where, (u1-u0)*(v1-v0), (u0+u1)/2)
				}
				half := (v0+v1)/2 < top+13.5 // upper
				if want := p.Where == spine.SameVertebra; half != want {
					t.Errorf("turned by %v, %s lies in the upper half: %v", turn, p.Where, half)
				}
				if d, ok := spine.EndplateDistance(list[p.Vertebrae[i]], r, scale); !ok || math.Abs(d-min(v0-top, top+27-v1)) > 1e-6 {
					t.Errorf("distance from the endplates %v, %v", d, ok)
				}
			}
		}
		if !slices.Equal(where, []string{spine.SameVertebra, spine.AdjacentVertebra, spine.AdjacentVertebra, spine.BothNeighbours}) ||
			got[1].Vertebrae[0] != "L3" || got[2].Vertebrae[0] != "L5" || !slices.Equal(got[3].Vertebrae, []string{"L3", "L5"}) {
			t.Errorf("turned by %v: %v, neighbour %v first", turn, where, got[1].Vertebrae)
		}
	}
}

func TestReferenceProposalsAvoid(t *testing.T) {
	list, at, scale := column(0)
	in := spine.ReferenceInput{Vertebrae: list, Vertebra: "L4", Scale: scale, Lesion: outline(at, 8, 36+27-8, 24, 36+27)}
	where := func(in spine.ReferenceInput) (out []string) {
		for _, p := range spine.ProposeReferences(in) {
			out = append(out, p.Where+" "+p.Vertebrae[0])
		}
		return out
	}
	// The opposite half is changed too: the neighbour's.
	in.Others = [][]space.Pixel{outline(at, 2, 36, 33, 36+11)}
	if got := where(in); len(got) == 0 || got[0] != "adjacent-vertebra L3" {
		t.Errorf("both ends of L4 changed: %v", got)
	}
	// The neighbour above has the same half changed, by an outline; and then the other by name.
	in.Others = append(in.Others, outline(at, 2, 27-12, 33, 27))
	if got := where(in); !slices.Equal(got, []string{"adjacent-vertebra L5"}) {
		t.Errorf("L3 changed as well: %v", got)
	}
	in.Changed = []string{"L5.I"}
	if got := where(in); len(got) != 0 {
		t.Errorf("all changed: %v", got)
	}
	// A lesion of a superior endplate is compared with the vertebra below first.
	in = spine.ReferenceInput{Vertebrae: list, Vertebra: "L4", Superior: true, Scale: scale, Lesion: outline(at, 8, 36, 24, 44)}
	if got := where(in); len(got) != 4 || got[1] != "adjacent-vertebra L5" {
		t.Errorf("superior endplate: %v", got)
	}
	// A lesion of the whole body has no opposite half.
	in.Lesion = outline(at, 2, 36, 33, 62)
	if got := where(in); len(got) == 0 || got[0] != "adjacent-vertebra L5" {
		t.Errorf("the whole body changed: %v", got)
	}
	// A sacrum has two corners; L5 gives the reference.
	list["S1"] = spine.Landmarks{spine.SA: at(0, 108), spine.SP: at(35, 108)}
	in = spine.ReferenceInput{Vertebrae: list, Vertebra: "S1", Superior: true, Scale: scale, Lesion: outline(at, 8, 108, 24, 118)}
	if got := where(in); !slices.Equal(got, []string{"adjacent-vertebra L5"}) {
		t.Errorf("S1: %v", got)
	}
	// Without millimetres, or without corners, nothing is proposed.
	in.Scale = measure.Scale{}
	if got := where(in); got != nil {
		t.Errorf("uncalibrated: %v", got)
	}
	in = spine.ReferenceInput{Vertebrae: map[string]spine.Landmarks{"L4": {spine.SA: px(1, 1)}}, Vertebra: "L4", Scale: scale, Lesion: outline(at, 0, 0, 5, 5)}
	if got := where(in); got != nil {
		t.Errorf("one corner: %v", got)
	}
	// The posterior third of a half keeps off the basivertebral vein.
	list, at, scale = column(0)
	in = spine.ReferenceInput{Vertebrae: list, Vertebra: "L4", Scale: scale, Lesion: outline(at, 24, 36+27-8, 34, 36+27), LeastArea: 30}
	for _, p := range spine.ProposeReferences(in) {
		for i, r := range p.Regions {
			_, v0, u1, v1 := bounds(r, at)
			top := map[string]float64{"L3": 0, "L4": 36, "L5": 72}[p.Vertebrae[i]]
			if u1 > 35*0.6+1e-6 && v0 < top+13.5+2.7-1e-6 && v1 > top+13.5-2.7+1e-6 {
				t.Errorf("%s %v meets the vein: to %v mm, %v to %v", p.Where, p.Vertebrae, u1, v0-top, v1-top)
			}
		}
	}
}
