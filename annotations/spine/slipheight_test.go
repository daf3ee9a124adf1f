package spine_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// slid is a disc of 34 mm depth between bodies 28 mm high whose upper vertebra stands so many mm in front, in pixels of half a millimetre; of a sacrum
// only the endplate is marked.
func slid(t *testing.T, level string, forward, height float64) spine.DiscMarks {
	t.Helper()
	d := disc(t, level)
	px := func(u, v float64) space.Pixel { return space.Pixel{Col: 200 + 2*u, Row: 200 - 2*v} }
	m := spine.DiscMarks{Disc: d, View: spine.View{Spacing: mm(0.5), Calibration: "PATIENT"},
		Upper: spine.Landmarks{spine.IP: px(forward, height), spine.IA: px(forward+34, height), spine.SA: px(forward+34, height+28), spine.SP: px(forward, height+28)},
		Lower: spine.Landmarks{spine.SP: px(0, 0), spine.SA: px(34, 0), spine.IP: px(0, -28), spine.IA: px(34, -28)}}
	if d.Lower == "S1" {
		delete(m.Lower, spine.IP)
		delete(m.Lower, spine.IA)
	}
	return m
}

// A slip alone takes nothing of a disc's height: beyond 3 mm a loss of the height at right angles, which geometry gives, on both discs alike, is the one to
// go by (M 2.2). It has a name of its own: loss_percent is that of DHI7 (M 2.4) with a slip as without.
func TestLossWithASlip(t *testing.T) {
	for _, c := range []struct {
		level           string
		forward, height float64
		upright         bool
	}{{"L4-L5", 6, 10, true}, {"L4-L5", -6, 7, true}, {"L5-S1", 6, 6, true}, {"L4-L5", 3, 10, false}, {"L4-L5", 3.1, 10, true}, {"L4-L5", 0, 8, false}} {
		target, reference := slid(t, c.level, c.forward, c.height), slid(t, "L3-L4", 0, 10)
		h, err := spine.MeasureHeight(spine.HeightInput{Target: target, Reference: &reference})
		if err != nil {
			t.Fatal(err)
		}
		k, _ := spine.LevelRatio(disc(t, c.level), disc(t, "L3-L4"))
		corners := math.Hypot(c.forward, c.height)
		near(t, c.level+" DHI7 stays from corner to corner", *h.DHI, corners/34, 1e-9)
		height, method := corners, "DHI7"
		near(t, c.level+" loss", *h.Loss, 100*(1-corners/(10*k)), 1e-9)
		if *h.Grade != spine.LossGrade(*h.Loss) {
			t.Errorf("%s: grade %d of a loss of %v", c.level, *h.Grade, *h.Loss)
		}
		if c.upright {
			height, method = c.height, spine.PerpendicularIndex
			near(t, c.level+" index at right angles", given(t, "index at right angles", h.UprightDHI), c.height/34, 1e-9)
			near(t, c.level+" loss at right angles", given(t, "loss at right angles", h.UprightLoss), 100*(1-height/(10*k)), 1e-9)
			if *h.UprightGrade != spine.LossGrade(*h.UprightLoss) || !(*h.CI95.UprightLoss > 0) {
				t.Errorf("%s: grade %d ± %v of a loss of %v at right angles", c.level, *h.UprightGrade, *h.CI95.UprightLoss, *h.UprightLoss)
			}
		} else if h.UprightDHI != nil || h.UprightLoss != nil || h.UprightGrade != nil || h.CI95.UprightLoss != nil {
			t.Errorf("%s slipped by %v: an index at right angles", c.level, c.forward)
		}
		near(t, c.level+" loss to go by", given(t, "loss to go by", h.Deciding), 100*(1-height/(10*k)), 1e-9)
		if *h.DecidingGrade != spine.LossGrade(*h.Deciding) {
			t.Errorf("%s: the grade to go by is %d, of a loss of %v", c.level, *h.DecidingGrade, *h.Deciding)
		}
		if h.LossMethod != method || slices.Contains(h.Warnings, "loss-perpendicular") != c.upright {
			t.Errorf("%s slipped by %v: by %s, %v", c.level, c.forward, h.LossMethod, h.Warnings)
		}
	}
	// Turned and seen from the other side it is the same; without a calibration 8 % of the depth decide.
	target, reference := slid(t, "L4-L5", 6, 7), slid(t, "L3-L4", 0, 10)
	plain, _ := spine.MeasureHeight(spine.HeightInput{Target: target, Reference: &reference})
	turn := func(m spine.DiscMarks) spine.DiscMarks {
		s, c := math.Sincos(0.4)
		for _, l := range []spine.Landmarks{m.Upper, m.Lower} {
			for k, p := range l {
				l[k] = space.Pixel{Col: 900 - (c*p.Col - s*p.Row), Row: s*p.Col + c*p.Row}
			}
		}
		return m
	}
	target, reference = turn(target), turn(reference)
	turned, err := spine.MeasureHeight(spine.HeightInput{Target: target, Reference: &reference})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "turned and mirrored", *turned.Loss, *plain.Loss, 1e-9)
	near(t, "turned and mirrored, at right angles", *turned.UprightLoss, *plain.UprightLoss, 1e-9)
	target.View, reference.View = spine.View{}, spine.View{}
	h, err := spine.MeasureHeight(spine.HeightInput{Target: target, Reference: &reference})
	if err != nil || h.LossMethod != spine.PerpendicularIndex {
		t.Fatalf("17 %% slip without a calibration: %v, %s", err, h.LossMethod)
	}
	near(t, "uncalibrated", *h.UprightLoss, *plain.UprightLoss, 1e-9)
	// A reference that slipped is said to be none.
	target, reference = slid(t, "L4-L5", 0, 8), slid(t, "L3-L4", 5, 10)
	h, _ = spine.MeasureHeight(spine.HeightInput{Target: target, Reference: &reference})
	if !slices.ContainsFunc(h.Warnings, func(w string) bool { return strings.HasPrefix(w, "reference-slipped|L3-L4") }) || h.LossMethod != spine.PerpendicularIndex {
		t.Errorf("%s, %v", h.LossMethod, h.Warnings)
	}
}
