package spine_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// stacked is a neutral film of vertebrae that are squares of a side in mm, each turned by an angle in degrees (positive: its front is higher), one above
// the other, the first lowest, 1 mm a pixel, facing right.
func stacked(side float64, names []string, angles []float64) spine.Film {
	f := spine.Film{Position: spine.Neutral, View: spine.View{Spacing: mm(1), Calibration: "CALIBRATED"}, Vertebrae: map[string]spine.Landmarks{}}
	for i, n := range names {
		a := angles[i] * math.Pi / 180
		at := func(u, v float64) space.Pixel {
			return space.Pixel{Col: 200 + u*math.Cos(a) - v*math.Sin(a), Row: 500 - float64(i)*side*1.4 - u*math.Sin(a) - v*math.Cos(a)}
		}
		h := side / 2
		f.Vertebrae[n] = spine.Landmarks{spine.SA: at(h, h), spine.SP: at(-h, h), spine.IA: at(h, -h), spine.IP: at(-h, -h)}
	}
	return f
}

// White & Panjabi's relative sagittal angulation is the level's angle less the neighbour's, of the two neighbours the one that differs most, and
// not the raw angle (methods.md 3.1, 3.4).
func TestRelativeAngulation(t *testing.T) {
	// C4-C5 is kyphotic by 9 degrees, C5-C6 lordotic by 5, C3-C4 by 2: 14 and 11 degrees of difference.
	f := stacked(18, []string{"C6", "C5", "C4", "C3"}, []float64{0, 5, -4, -2})
	m := motion(t, "C4-C5", 0.1, f)
	near(t, "disc angle", given(t, "disc angle", m.Films[0].Angle), -9, 1e-9)
	near(t, "relative angulation", given(t, "relative angulation", m.Films[0].RelativeAngle), 14, 1e-9)
	if v := verdict(m, spine.WhitePanjabi, "relative_angulation_deg"); v != spine.Met {
		t.Errorf("14 degrees against 11: %q", v)
	}
	// With an ordinary hand the same is in the grey zone.
	if v := verdict(motion(t, "C4-C5", 0.8, f), spine.WhitePanjabi, "relative_angulation_deg"); v != spine.Indeterminate {
		t.Errorf("14 degrees with sigma 0.8 mm: %q", v)
	}
	// A raw angle of 20 degrees beside neighbours of 20 is no angulation.
	m = motion(t, "C4-C5", 0.1, stacked(18, []string{"C6", "C5", "C4", "C3"}, []float64{0, 20, 40, 60}))
	near(t, "even lordosis", given(t, "even lordosis", m.Films[0].RelativeAngle), 0, 1e-9)
	// Without a neighbour, or on a film that is not at rest, there is none.
	f.Position = spine.Flexion
	if m = motion(t, "C4-C5", 0.1, f); m.Films[0].RelativeAngle != nil {
		t.Error("a film in flexion has an angulation at rest")
	}
	if m = motion(t, "C4-C5", 0.1, stacked(18, []string{"C5", "C4"}, []float64{0, 9})); m.Films[0].RelativeAngle != nil {
		t.Error("a level without neighbours has a relative angulation")
	}
	// Lumbar: 22 degrees.
	m = motion(t, "L3-L4", 0.1, stacked(34, []string{"L5", "L4", "L3"}, []float64{0, 12, -2}))
	near(t, "lumbar", given(t, "lumbar", m.Films[0].RelativeAngle), 26, 1e-9)
	if v := verdict(m, spine.WhitePanjabi, "relative_angulation_deg"); v != spine.Met {
		t.Errorf("26 degrees against 22: %q", v)
	}
}

// Boxall's slip angle, the sacral inclination and the lumbar index at L5-S1.
func TestLumbosacral(t *testing.T) {
	f := stacked(34, []string{"S1", "L5"}, []float64{-40, -15})
	m := motion(t, "L5-S1", 0.5, f)
	r := m.Films[0]
	// The sacrum is a square: the perpendicular to its posterior wall is its endplate, 40 degrees down; L5 lies 15 down: 25 degrees of lordosis.
	near(t, "slip angle", given(t, "slip angle", r.SlipAngle), -25, 1e-9)
	near(t, "sacral inclination", given(t, "sacral inclination", r.SacralInclination), 40, 1e-9)
	near(t, "lumbar index", given(t, "lumbar index", r.LumbarIndex), 100, 1e-9)
	if !warned(m.Warnings, "slip-angle-unreliable") {
		t.Errorf("nothing says that readers agree poorly on the slip angle: %v", m.Warnings)
	}
	delete(f.Vertebrae["S1"], spine.IP)
	delete(f.Vertebrae["S1"], spine.IA)
	r = motion(t, "L5-S1", 0.5, f).Films[0]
	if r.SlipAngle != nil || r.SacralInclination != nil {
		t.Error("a sacrum without a posterior wall has a slip angle")
	}
	if other := motion(t, "L4-L5", 0.5, stacked(34, []string{"L5", "L4"}, []float64{0, 5})).Films[0]; other.SlipAngle != nil || other.LumbarIndex != nil {
		t.Error("L4-L5 has what L5-S1 alone has")
	}
}

// The worked example of methods.md 3.2: 41.3 on 34.0 mm is 1.21471, and 6.2 mm at the detector are 5.104.
func TestKnownVertebra(t *testing.T) {
	m, sd, ok := spine.KnownMagnification([]spine.KnownLength{{Film: 41.3, True: 34}})
	if !ok {
		t.Fatal("no magnification")
	}
	near(t, "magnification", m, 1.21471, 1e-5)
	near(t, "6.2 mm", 6.2/m, 5.104, 1e-3)
	near(t, "deviation", sd, 0.029, 1e-3)
	if m, _, _ = spine.KnownMagnification([]spine.KnownLength{{41, 34}, {42.5, 34}, {44, 34}}); math.Abs(m-1.25) > 1e-12 {
		t.Errorf("the median of three is %v", m)
	}
	for _, bad := range [][]spine.KnownLength{nil, {{30, 34}}, {{41, 0}}, {{90, 34}}, {{math.NaN(), 34}}} {
		if _, _, ok := spine.KnownMagnification(bad); ok {
			t.Errorf("%v gives a magnification", bad)
		}
	}
	// Through measure: the same slip of 41.3/34.
	in := `{"segment":"L4-L5","films":[{"position":"FLEXION","spacing_mm":[0.1,0.1],"known_lengths":[{"film_mm":41.3,"true_mm":34.0}],
		"vertebrae":{"L4":{"SA":[462,100],"SP":[112,100],"IP":[112,380],"IA":[462,380]},"L5":{"SA":[400,450],"SP":[50,450],"IP":[50,730],"IA":[400,730]}}}]}`
	out, err := spine.Measure("instability", []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Calibration string
		Films       []struct {
			Slip float64 `json:"slip_mm"`
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	near(t, "6.2 mm through measure", answer.Films[0].Slip, 5.104, 1e-3)
	if answer.Calibration != "CALIBRATED_USER" {
		t.Errorf("the millimetres rest on %s", answer.Calibration)
	}
	for wrong, field := range map[string]string{
		strings.Replace(in, `"true_mm":34.0`, `"true_mm":0`, 1):                                                  "films[0].known_lengths",
		strings.Replace(in, `"spacing_mm":[0.1,0.1],`, "", 1):                                                    "films[0].known_lengths",
		strings.Replace(in, `"position":"FLEXION",`, `"position":"FLEXION","magnification":1.2,`, 1):             "films[0].known_lengths",
		strings.Replace(in, `{"segment":"L4-L5",`, `{"segment":"L4-L5","criteria_sets":["Panjabi & White"],`, 1): "criteria_sets[0]",
	} {
		if _, err := spine.Measure("instability", []byte(wrong)); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%v does not name %s", err, field)
		}
	}
}

// Sets are chosen by name, and each says what its numbers rest on.
func TestCriteriaSets(t *testing.T) {
	all := motion(t, "L4-L5", 0.5, g1()...)
	in := spine.MotionInput{Segment: disc(t, "L4-L5"), Sigma: 0.5, Films: g1(), Sets: []string{"Iguchi 2004"}}
	one, err := spine.MeasureMotion(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(one.Criteria) != 2 || one.Criteria[0].Set != "Iguchi 2004" || len(all.Criteria) < 10 {
		t.Errorf("of Iguchi's set %v, of all %d", one.Criteria, len(all.Criteria))
	}
	if one.Deciding != "Iguchi 2004" || one.Verdict != spine.Met || all.Deciding != spine.WhitePanjabi || all.Verdict != spine.Indeterminate {
		t.Errorf("%q by %s of Iguchi's set, %q by %s of all", one.Verdict, one.Deciding, all.Verdict, all.Deciding)
	}
	in.Sets = []string{spine.WhitePanjabi, "Iguchi 2004"}
	if two, err := spine.MeasureMotion(in); err != nil || two.Deciding != spine.WhitePanjabi || two.Verdict != all.Verdict {
		t.Errorf("beside another set White & Panjabi's decides no more: %q by %s", two.Verdict, two.Deciding)
	}
	in.Segment, in.Films, in.Sets = disc(t, "C4-C5"), renamed(g1(), map[string]string{"L4": "C4", "L5": "C5"}), []string{"Iguchi 2004"}
	if none, err := spine.MeasureMotion(in); err != nil || none.Verdict != "" || !warned(none.Warnings, "no-chosen-criteria") {
		t.Errorf("Iguchi's set judges a neck: %q, %v", none.Verdict, none.Warnings)
	}
	for _, c := range all.Criteria {
		if spine.SetStatus(c.Set) == "" || spine.SetSource(c.Set) == "" {
			t.Errorf("%s has no status or no source", c.Set)
		}
	}
	if spine.SetStatus("Posner 1982") != spine.StatusVerify || spine.SetStatus("Pearson 2011") != spine.StatusRead || spine.SetStatus("none") != "" {
		t.Error("the statuses are not those of methods.md 3.1")
	}
	if len(spine.CriteriaSets()) != 9 {
		t.Errorf("%d sets", len(spine.CriteriaSets()))
	}
}
