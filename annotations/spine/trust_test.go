package spine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rachis/annotations/spine"
)

// A magnification that does not fit its state of calibration is never used, or left out, without a word.
func TestMagnificationAndState(t *testing.T) {
	for _, c := range []struct {
		name string
		v    spine.View
		slip float64
		warn string
	}{
		// M 3.2, row 8: nothing says in which plane the spacing is true, so that nothing may be divided out of it.
		{"unknown plane", spine.View{Spacing: mm(0.15), Magnification: 1.25, Calibration: "UNKNOWN_PLANE"}, 8.25, "magnification-unknown-plane|FLEXION"},
		{"ERMF without its magnification", spine.View{Spacing: mm(0.12), Calibration: "ERMF"}, 6.6, "magnification-missing|FLEXION"},
	} {
		f := g1()[0]
		f.View = c.v
		m := motion(t, "L4-L5", 0.5, f)
		near(t, c.name, given(t, c.name, m.Films[0].Slip), c.slip, 1e-3)
		if !slices.Contains(m.Warnings, c.warn) || m.Calibration != c.v.Calibration {
			t.Errorf("%s: %s, %v; want %s", c.name, m.Calibration, m.Warnings, c.warn)
		}
		h, err := spine.MeasureHeight(spine.HeightInput{Target: spine.DiscMarks{Disc: disc(t, "L4-L5"), View: c.v, Upper: f.Vertebrae["L4"], Lower: f.Vertebrae["L5"]}})
		if err != nil || !slices.Contains(h.Warnings, strings.Replace(c.warn, "FLEXION", "L4-L5", 1)) {
			t.Errorf("%s: the disc says %v, %v", c.name, h.Warnings, err)
		}
	}
	// A magnification that is given, though it is 1, is not missing.
	f := g1()[0]
	f.View = spine.View{Spacing: mm(0.15), Magnification: 1, Calibration: "ERMF"}
	if m := motion(t, "L4-L5", 0.5, f); warned(m.Warnings, "magnification-missing") {
		t.Errorf("magnification 1: %v", m.Warnings)
	}
}

// Whatever corrected the millimetres, they are smaller than those on which the published limits rest (M 3.2).
func TestLimitsInMillimetresAreOfMagnifiedFilms(t *testing.T) {
	for state, want := range map[string]bool{"ERMF": true, "ERMF_ASSUMED": true, "GEOMETRY": true, "CALIBRATED": true, "CALIBRATED_USER": true, "DETECTOR_PLANE": false} {
		films := g1()
		for i := range films {
			films[i].View = spine.View{Spacing: mm(0.12), Calibration: state}
			if state == "ERMF" {
				films[i].View.Magnification = 1.2
			}
		}
		if m := motion(t, "L4-L5", 0.5, films...); warned(m.Warnings, "mm-limits") != want {
			t.Errorf("%s: %v", state, m.Warnings)
		}
	}
}

// What a disc's height leaves out, or takes for granted, is said.
func TestHeightSaysWhatItLeavesOut(t *testing.T) {
	target := func(upper, lower spine.Landmarks, disc spine.Disc) spine.Height {
		t.Helper()
		h, err := spine.MeasureHeight(spine.HeightInput{Target: spine.DiscMarks{Disc: disc, View: spine.View{Spacing: mm(1), Calibration: "PATIENT"}, Upper: upper, Lower: lower}})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	// Endplates 10 mm apart at their chords, each 2 mm deep in its middle.
	upper, lower := quad(34, 0, 0, 0, 34, 28, 0, 28), quad(34, 38, 0, 38, 34, 66, 0, 66)
	h := target(upper, quad(34, 38, 0, 38), disc(t, "L5-S1"))
	if h.Frobin != nil || !slices.Contains(h.Warnings, "body-incomplete|S1") {
		t.Errorf("a sacrum of two corners: Frobin %v, %v", h.Frobin, h.Warnings)
	}
	for _, c := range []struct {
		im, sm  bool
		central float64
		warn    string
	}{
		{false, false, 10, ""}, {true, true, 14, ""},
		{true, false, 12, "middle-assumed|L5|SM"}, {false, true, 12, "middle-assumed|L4|IM"},
	} {
		u, l := spine.Landmarks{}, spine.Landmarks{}
		for k, p := range upper {
			u[k] = p
		}
		for k, p := range lower {
			l[k] = p
		}
		if c.im {
			u[spine.IM] = px(17, 26)
		}
		if c.sm {
			l[spine.SM] = px(17, 40)
		}
		h := target(u, l, disc(t, "L4-L5"))
		near(t, "Hurxthal", given(t, "Hurxthal", h.Hurxthal), c.central, 1e-9)
		near(t, "Fyllos", given(t, "Fyllos", h.Fyllos), (20+c.central)/3, 1e-9)
		if c.warn != "" && !slices.Contains(h.Warnings, c.warn) || c.warn == "" && warned(h.Warnings, "middle-assumed") {
			t.Errorf("IM %v, SM %v: %v, want %s", c.im, c.sm, h.Warnings, c.warn)
		}
	}
}

// A number that stands exactly on its threshold is judged as the answer shows it, and not by the last bit of a float64.
func TestThresholdsAsShown(t *testing.T) {
	for _, c := range []struct {
		tau, k float64
		s      string
		want   string
	}{
		{0.07, 2, "930/1000,35", "low"}, {0.14, 0.5, "798/700,196", "high"}, {0.06, 1, "115.62/123,7.38", "low"}, {0.10, 0.5, "110.7/123,24.6", "low"},
		{0.07, 2, "930.1/1000,35", "iso"}, {0.14, 0.5, "797.9/700,196", "iso"},
	} {
		r := spine.Modic(spine.ModicInput{T1: m2(t, c.s), Tau: c.tau, K: c.k})
		if r.T1.Class != c.want {
			t.Errorf("tau %v, k %v, %s: %s (r %v, c %v), want %s", c.tau, c.k, c.s, r.T1.Class, *r.T1.Ratio, *r.T1.Contrast, c.want)
		}
	}
	// |r - 1| >= 0.20 is probable: 1 - 0.8 and 1.2 - 1 are not 0.2 in binary.
	for _, s := range [][2]string{{"320/400,36", "216/180,20"}, {"80/100,10", "120/100,10"}} {
		if r := spine.Modic(spine.ModicInput{T1: m2(t, s[0]), T2: m2(t, s[1])}); r.Type != "1" || r.Strength != "probable" {
			t.Errorf("%v: %s %s", s, r.Type, r.Strength)
		}
	}
	for loss, want := range map[float64]int{25 - 1e-12: 1, 50 - 1e-12: 2, 75 - 1e-12: 3, 25 - 1e-5: 0} {
		if got := spine.LossGrade(loss); got != want {
			t.Errorf("a loss of %s: grade %d, want %d", fmt.Sprint(loss), got, want)
		}
	}
	for slip, want := range map[float64]int{25 + 1e-12: 1, 50 + 1e-12: 2, 100 + 1e-12: 4, 25.001: 2} {
		if got := spine.Meyerding(slip); got != want {
			t.Errorf("a slip of %v %%: grade %d, want %d", slip, got, want)
		}
	}
}

// A rule shows a number on the side of the threshold on which it was judged.
func TestRulesDoNotRoundAcrossAThreshold(t *testing.T) {
	for _, c := range []struct{ t1, want string }{
		{"361/400,39", "T1 iso (r 0.902)"}, {"360/400,39", "T1 low (r 0.90)"}, {"439.9/400,39", "T1 iso (r 1.0998)"}, {"300/400,39", "T1 low (r 0.75)"},
	} {
		r := spine.Modic(spine.ModicInput{T1: m2(t, c.t1), T2: m2(t, "180/180,20")})
		if got, _, _ := strings.Cut(r.Rule(), " · "); got != c.want {
			t.Errorf("%s: %s, want %s", c.t1, got, c.want)
		}
	}
	for _, c := range []struct {
		v    float64
		want string
	}{{24.96, "24.96"}, {25, "25.0"}, {25.04, "25.04"}, {25.06, "25.1"}, {25 - 1e-12, "25.0"}, {24.99999, "24.99999"}, {31.889, "31.9"}, {-3.04, "-3.0"}, {-0.04, "0.0"}} {
		if got := spine.Shown(c.v, 1, 25, 50, 75); got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
}
