package spine_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// moved returns a film whose landmarks went through f.
func moved(film spine.Film, f func(space.Pixel) space.Pixel) spine.Film {
	out := film
	out.Vertebrae = map[string]spine.Landmarks{}
	for name, l := range film.Vertebrae {
		m := spine.Landmarks{}
		for c, p := range l {
			m[c] = f(p)
		}
		out.Vertebrae[name] = m
	}
	return out
}

func rotated(film spine.Film, deg float64) spine.Film {
	s, c := math.Sincos(deg * math.Pi / 180)
	return moved(film, func(p space.Pixel) space.Pixel {
		return space.Pixel{Col: c*p.Col - s*p.Row + 1700, Row: s*p.Col + c*p.Row - 300}
	})
}

func mirrored(film spine.Film) spine.Film {
	return moved(film, func(p space.Pixel) space.Pixel { return space.Pixel{Col: 2500 - p.Col, Row: p.Row} })
}

// same compares everything that does not depend on how the pictures lie.
func same(t *testing.T, what string, got, want spine.Motion, tolerance float64) {
	t.Helper()
	pairs := [][2]*float64{{got.Translation, want.Translation}, {got.TranslationOf, want.TranslationOf}, {got.Rotation, want.Rotation},
		{got.RotationFitted, want.RotationFitted}, {got.CI95.Translation, want.CI95.Translation}, {got.CI95.TranslationOf, want.CI95.TranslationOf},
		{got.CI95.Rotation, want.CI95.Rotation}, {got.CI95.RotationFitted, want.CI95.RotationFitted}, {got.Registration.Scale, want.Registration.Scale},
		{got.Registration.RMS, want.Registration.RMS}}
	for i := range 2 {
		pairs = append(pairs, [2]*float64{ptr(got.CentreOfRotation[i]), ptr(want.CentreOfRotation[i])})
	}
	for _, a := range got.Films {
		for _, b := range want.Films {
			if a.Position == b.Position {
				pairs = append(pairs, [2]*float64{a.Slip, b.Slip}, [2]*float64{a.SlipOf, b.SlipOf}, [2]*float64{a.Depth, b.Depth}, [2]*float64{a.Angle, b.Angle},
					[2]*float64{a.Anterior, b.Anterior}, [2]*float64{a.Posterior, b.Posterior}, [2]*float64{a.DHI, b.DHI})
				for name, half := range a.Half {
					pairs = append(pairs, [2]*float64{ptr(half), ptr(b.Half[name])})
				}
			}
		}
	}
	for i, p := range pairs {
		if (p[0] == nil) != (p[1] == nil) || p[0] != nil && !(math.Abs(*p[0]-*p[1]) <= tolerance) {
			t.Errorf("%s: quantity %d is %v, want %v", what, i, text(p[0]), text(p[1]))
		}
	}
	if !slices.Equal(got.Criteria, want.Criteria) || got.Verdict != want.Verdict {
		t.Errorf("%s: criteria %v, want %v", what, got.Criteria, want.Criteria)
	}
}

func ptr(v float64) *float64 { return &v }

func text(v *float64) any {
	if v == nil {
		return "absent"
	}
	return *v
}

// However the films are turned, mirrored and ordered, the segment is the same.
func TestMotionIsInvariant(t *testing.T) {
	films := g1()
	want := motion(t, "L4-L5", 0, films...)
	for _, deg := range []float64{-170, -90, -35, 1, 45, 90, 135, 180} {
		same(t, "flexion film turned", motion(t, "L4-L5", 0, rotated(films[0], deg), films[1]), want, 1e-5)
		same(t, "both films turned", motion(t, "L4-L5", 0, rotated(films[0], deg), rotated(films[1], 2*deg)), want, 1e-5)
		same(t, "mirrored and turned", motion(t, "L4-L5", 0, rotated(mirrored(films[0]), deg), films[1]), want, 1e-5)
		same(t, "turned and mirrored", motion(t, "L4-L5", 0, mirrored(rotated(films[0], deg)), mirrored(rotated(films[1], deg))), want, 1e-5)
	}
	same(t, "films in the other order", motion(t, "L4-L5", 0, films[1], films[0]), want, 1e-12)
	if got := motion(t, "L4-L5", 0, films[1], films[0]); got.Films[0].Position != spine.Extension {
		t.Error("the films of the answer are not in the order of the input")
	}
	// Points on a finer grid, with a finer spacing.
	for i := range films {
		fine := moved(films[i], func(p space.Pixel) space.Pixel { return space.Pixel{Col: 3 * p.Col, Row: 2 * p.Row} })
		fine.View.Spacing = space.Spacing{BetweenRows: 0.15 / 2, BetweenColumns: 0.15 / 3}
		films[i] = fine
	}
	same(t, "other pixels, not square", motion(t, "L4-L5", 0, films...), want, 1e-9)
	// A mirrored film is said.
	if !warned(want.Warnings, "films-mirrored") {
		t.Error("no warning of the mirrored film")
	}
	if m := motion(t, "L4-L5", 0, mirrored(g1()[0]), g1()[1]); warned(m.Warnings, "films-mirrored") {
		t.Error("a warning of a mirrored film where both face one way")
	}
}

// Percent and degrees do not depend on the size of the pictures; millimetres follow it.
func TestPercentAndDegreesAreFreeOfScale(t *testing.T) {
	want := motion(t, "L4-L5", 0, g1()...)
	for _, k := range []float64{0.8, 1.3} {
		films := g1()
		for i := range films {
			films[i].View.Spacing = mm(0.15 * k)
		}
		got := motion(t, "L4-L5", 0, films...)
		near(t, "T percent", *got.TranslationOf, *want.TranslationOf, 1e-9)
		near(t, "Rot", *got.Rotation, *want.Rotation, 1e-9)
		near(t, "RotP", *got.RotationFitted, *want.RotationFitted, 1e-9)
		near(t, "DHI", *got.Films[0].DHI, *want.Films[0].DHI, 1e-9)
		near(t, "T", *got.Translation, *want.Translation*k, 1e-9)
	}
	// One film larger than the other: percent and degrees stay, the fit says so.
	films := g1()
	films[0].View.Magnification = 1.05
	got := motion(t, "L4-L5", 0, films...)
	near(t, "T percent", *got.TranslationOf, *want.TranslationOf, 1e-9)
	near(t, "RotP", *got.RotationFitted, *want.RotationFitted, 1e-9)
	if !warned(got.Warnings, "registration-scale") {
		t.Errorf("no warning of a magnification that is wrong: %v", got.Warnings)
	}
}

// spreadOf draws noise into every coordinate and returns the standard deviation of what comes out.
func spreadOf(t *testing.T, draws int, noise float64, films []spine.Film, of func([]spine.Film) float64) float64 {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	sum, squares := 0.0, 0.0
	for range draws {
		var noisy []spine.Film
		for _, f := range films {
			g := moved(f, func(p space.Pixel) space.Pixel { return p }) // in a fixed order, so that the draws are the same each time
			k := noise / f.View.Spacing.BetweenRows * f.View.Magnification
			for _, name := range slices.Sorted(maps.Keys(g.Vertebrae)) {
				for c := spine.SA; c <= spine.IM; c++ {
					if p, ok := g.Vertebrae[name][c]; ok {
						g.Vertebrae[name][c] = space.Pixel{Col: p.Col + k*r.NormFloat64(), Row: p.Row + k*r.NormFloat64()}
					}
				}
			}
			noisy = append(noisy, g)
		}
		v := of(noisy)
		sum += v
		squares += v * v
	}
	mean := sum / float64(draws)
	return math.Sqrt(squares/float64(draws) - mean*mean)
}

// The intervals against a Monte-Carlo of a hand that misses by half a millimetre.
func TestIntervalsAgreeWithMonteCarlo(t *testing.T) {
	films := g1()
	m := motion(t, "L4-L5", 0.5, films...)
	draw := func(of func(spine.Motion) float64) float64 {
		return spreadOf(t, 4000, 0.5, films, func(f []spine.Film) float64 { return of(motion(t, "L4-L5", 0.5, f...)) })
	}
	for _, c := range []struct {
		name      string
		half      float64
		of        func(spine.Motion) float64
		tolerance float64 // relative: the formulas leave out how the endplate itself is missed
	}{
		{"T", *m.CI95.Translation, func(m spine.Motion) float64 { return *m.Translation }, 0.06},
		{"T percent", *m.CI95.TranslationOf, func(m spine.Motion) float64 { return *m.TranslationOf }, 0.08},
		{"Rot", *m.CI95.Rotation, func(m spine.Motion) float64 { return *m.Rotation }, 0.04},
		{"RotP", *m.CI95.RotationFitted, func(m spine.Motion) float64 { return *m.RotationFitted }, 0.05},
		{"slip", m.Films[0].Half["slip_mm"], func(m spine.Motion) float64 { return *m.Films[0].Slip }, 0.06},
		{"disc angle", m.Films[1].Half["disc_angle_deg"], func(m spine.Motion) float64 { return *m.Films[1].Angle }, 0.04},
		{"DHI7", m.Films[1].Half["dhi"], func(m spine.Motion) float64 { return *m.Films[1].DHI }, 0.04},
		{"anterior height", m.Films[1].Half["height_anterior_mm"], func(m spine.Motion) float64 { return *m.Films[1].Anterior }, 0.04},
		{"depth", m.Films[1].Half["depth_mm"], func(m spine.Motion) float64 { return *m.Films[1].Depth }, 0.04},
	} {
		if got := draw(c.of); math.Abs(c.half/1.96/got-1) > c.tolerance {
			t.Errorf("%s: SD %.4f, Monte-Carlo %.4f", c.name, c.half/1.96, got)
		}
	}
	// The sacrum, of which the endplate alone is marked.
	onSacrum := func(f []spine.Film) []spine.Film {
		var out []spine.Film
		for _, g := range f {
			g.Vertebrae = map[string]spine.Landmarks{"L5": g.Vertebrae["L4"], "S1": {spine.SA: g.Vertebrae["L5"][spine.SA], spine.SP: g.Vertebrae["L5"][spine.SP]}}
			out = append(out, g)
		}
		return out
	}
	s := motion(t, "L5-S1", 0.5, onSacrum(films)...)
	got := spreadOf(t, 4000, 0.5, onSacrum(films), func(f []spine.Film) float64 { return *motion(t, "L5-S1", 0.5, f...).RotationFitted })
	if math.Abs(*s.CI95.RotationFitted/1.96/got-1) > 0.04 {
		t.Errorf("RotP on S1: SD %.4f, Monte-Carlo %.4f", *s.CI95.RotationFitted/1.96, got)
	}
}

// The loss of D2 with its corners: 6.9 points.
func TestLossAgreesWithMonteCarlo(t *testing.T) {
	target := spine.Film{Vertebrae: map[string]spine.Landmarks{
		"L4": {spine.IA: px(34.5, -math.Sqrt(64-0.25)), spine.IP: px(0.5, -math.Sqrt(25-0.25))}, "L5": {spine.SA: px(35, 0), spine.SP: px(0, 0)},
		"ref upper": {spine.IA: px(34, -9.5), spine.IP: px(0, -7)}, "ref lower": {spine.SA: px(34, 0), spine.SP: px(0, 0)},
	}, View: spine.View{Spacing: mm(1), Magnification: 1}}
	measured := func(f spine.Film) spine.Height {
		v := spine.View{Spacing: mm(1), Calibration: "PATIENT"}
		h, err := spine.MeasureHeight(spine.HeightInput{
			Target:    spine.DiscMarks{Disc: disc(t, "L4-L5"), View: v, Upper: f.Vertebrae["L4"], Lower: f.Vertebrae["L5"]},
			Reference: &spine.DiscMarks{Disc: disc(t, "L3-L4"), View: v, Upper: f.Vertebrae["ref upper"], Lower: f.Vertebrae["ref lower"]}})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := measured(target)
	near(t, "loss", *h.Loss, 31.9, 0.1)
	near(t, "SD of the loss", *h.CI95.Loss/1.96, 6.9, 0.1)
	got := spreadOf(t, 20000, 0.5, []spine.Film{target}, func(f []spine.Film) float64 { return *measured(f[0]).Loss })
	near(t, "Monte-Carlo", got, *h.CI95.Loss/1.96, 0.12)
}

func px(col, row float64) space.Pixel { return space.Pixel{Col: col, Row: row} }

// Neither the picture's position nor the vertebrae's other corners change a disc's height.
func TestHeightIsInvariant(t *testing.T) {
	measured := func(f spine.Film) spine.Height {
		h, err := spine.MeasureHeight(spine.HeightInput{Target: spine.DiscMarks{Disc: disc(t, "L4-L5"), View: f.View, Upper: f.Vertebrae["L4"], Lower: f.Vertebrae["L5"]}})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	want := measured(g1()[1])
	for _, f := range []spine.Film{rotated(g1()[1], 180), rotated(g1()[1], 77), mirrored(g1()[1]), rotated(mirrored(g1()[1]), -100)} {
		got := measured(f)
		for i, p := range [][2]*float64{{got.Anterior, want.Anterior}, {got.Posterior, want.Posterior}, {got.Hurxthal, want.Hurxthal}, {got.Farfan, want.Farfan},
			{got.DHI, want.DHI}, {got.DHI6, want.DHI6}, {got.Frobin, want.Frobin}, {got.Angle, want.Angle}, {got.MidplaneAngle, want.MidplaneAngle}} {
			near(t, "quantity "+string(rune('0'+i)), *p[0], *p[1], 1e-9)
		}
	}
	// The endplates' deepest points, where they are marked, make the middle higher.
	f := g1()[1]
	f = moved(f, func(p space.Pixel) space.Pixel { return p })
	f.Vertebrae["L4"][spine.IM], f.Vertebrae["L5"][spine.SM] = px(787, 1215), px(805, 1325)
	got := measured(f)
	if !(*got.Hurxthal > *want.Hurxthal) || !(*got.Fyllos > *want.Fyllos) || *got.DHI != *want.DHI {
		t.Errorf("Hurxthal %v, Fyllos %v, DHI %v", *got.Hurxthal, *got.Fyllos, *got.DHI)
	}
	// Without the corners that only Frobin's and Chen's methods need.
	f = moved(g1()[1], func(p space.Pixel) space.Pixel { return p })
	for _, c := range []spine.Corner{spine.SA, spine.SP} {
		delete(f.Vertebrae["L4"], c)
	}
	got = measured(f)
	if got.Frobin != nil || got.DHI6 != nil || !warned(got.Warnings, "body-incomplete") {
		t.Errorf("Frobin %v, warnings %v", got.Frobin, got.Warnings)
	}
	near(t, "DHI7 of four corners", *got.DHI, *want.DHI, 1e-12)
}
