package spine_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// upright is a vertebra as a square of 34 mm depth and 28 mm height, its inferior posterior corner at (u, v) in mm, turned by an angle in degrees about
// that corner; front is to the left of the picture, a pixel is 0.1 mm.
func upright(u, v, turn float64) spine.Landmarks {
	s, c := math.Sincos(turn * math.Pi / 180)
	at := func(du, dv float64) space.Pixel {
		x, y := u+du*c-dv*s, v+du*s+dv*c
		return space.Pixel{Col: 1000 - 10*x, Row: 2000 - 10*y}
	}
	return spine.Landmarks{spine.IP: at(0, 0), spine.IA: at(34, 0), spine.SP: at(0, 28), spine.SA: at(34, 28)}
}

// On bodies that stand square over each other all lines are parallel, and an offset of 3.4 mm is 10 % by each of them.
func TestTranslationByOtherLines(t *testing.T) {
	film := func(position, upper, lower string, offset, turn float64) spine.Film {
		return spine.Film{Position: position, View: spine.View{Spacing: mm(0.1), Calibration: "CALIBRATED"},
			Vertebrae: map[string]spine.Landmarks{upper: upright(offset, 38, turn), lower: upright(0, 0, 0)}}
	}
	m := motion(t, "L4-L5", 0.5, film(spine.Flexion, "L4", "L5", 3.4, -8), film(spine.Extension, "L4", "L5", 0, 0))
	near(t, "slip on the walls", *m.Films[0].WallSlipOf, 10, 1e-9)
	near(t, "translation on the walls", *m.WallTranslationOf, 10, 1e-9)
	near(t, "by the endplate", *m.TranslationOf, 10, 1e-9)
	near(t, "per degree", *m.PerDegree, 10.0/8, 1e-9)
	if v := verdict(m, "Dupuis 1985", "translation_wall_forward_percent"); v != spine.Indeterminate {
		t.Errorf("10 %% of 8 %% is %q", v)
	}
	if v := verdict(m, "Dupuis 1985", "translation_wall_backward_percent"); v != spine.NotMet {
		t.Errorf("forward is %q of the backward limit", v)
	}
	// The same backward, without a turn: too small a rotation for a translation per degree.
	m = motion(t, "L4-L5", 0.5, film(spine.Flexion, "L4", "L5", -6.8, 0), film(spine.Extension, "L4", "L5", 0, 0))
	near(t, "Frobin", *m.Frobin, -0.2, 1e-9)
	if v := verdict(m, "Dupuis 1985", "translation_wall_backward_percent"); v != spine.Met || m.PerDegree != nil {
		t.Errorf("20 %% backward is %q of 9 %%; per degree %v", v, m.PerDegree)
	}
	// A sacrum without its posterior wall has none of them.
	films := []spine.Film{film(spine.Flexion, "L5", "S1", 3.4, 0), film(spine.Extension, "L5", "S1", 0, 0)}
	near(t, "McCarty", *motion(t, "L5-S1", 0.5, films...).Films[0].McCarty, 10, 1e-9)
	for _, f := range films {
		delete(f.Vertebrae["S1"], spine.IP)
		delete(f.Vertebrae["S1"], spine.IA)
	}
	m = motion(t, "L5-S1", 0.5, films...)
	if m.WallTranslationOf != nil || m.Films[0].McCarty != nil || m.Frobin != nil || verdict(m, "Dupuis 1985", "translation_wall_forward_percent") != "absent" {
		t.Error("a sacral wall that is not marked is measured")
	}
}

// The printed intervals are those of the clicks, drawn 4000 times.
func TestOtherTranslationsByMonteCarlo(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of measurements")
	}
	m := motion(t, "L4-L5", 0.5, g1()...)
	for name, v := range map[string]*float64{"walls": m.CI95.WallTranslationOf, "Frobin": m.CI95.Frobin, "per degree": m.CI95.PerDegree} {
		if v == nil || !(*v > 0) {
			t.Fatalf("%s has no interval", name)
		}
	}
	r := rand.New(rand.NewPCG(3, 1))
	inside := [3]int{}
	const n = 4000
	for range n {
		films := g1()
		for _, f := range films {
			for _, l := range f.Vertebrae {
				for c, p := range l {
					s := 0.5 * f.View.Magnification / 0.15
					l[c] = space.Pixel{Col: p.Col + s*r.NormFloat64(), Row: p.Row + s*r.NormFloat64()}
				}
			}
		}
		k := motion(t, "L4-L5", 0.5, films...)
		for i, x := range [][3]*float64{{k.WallTranslationOf, m.WallTranslationOf, k.CI95.WallTranslationOf}, {k.Frobin, m.Frobin, k.CI95.Frobin}, {k.PerDegree, m.PerDegree, k.CI95.PerDegree}} {
			if math.Abs(*x[0]-*x[1]) <= *x[2] {
				inside[i]++
			}
		}
	}
	for i, name := range []string{"walls", "Frobin", "per degree"} {
		if q := float64(inside[i]) / n; q < 0.93 || q > 0.985 {
			t.Errorf("%s: %.3f of the intervals hold the truth", name, q)
		}
	}
}
