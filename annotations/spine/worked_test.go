package spine_test

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// The worked examples of the methods paper, to the tolerances that it states.

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %v, want %v ± %v", what, got, want, tolerance)
	}
}

// given fails when a quantity is absent.
func given(t *testing.T, what string, v *float64) float64 {
	t.Helper()
	if v == nil {
		t.Errorf("%s is absent", what)
		return math.NaN()
	}
	return *v
}

func mm(v float64) space.Spacing { return space.Spacing{BetweenRows: v, BetweenColumns: v} }

func disc(t testing.TB, s string) spine.Disc {
	t.Helper()
	d, ok := spine.ParseDisc(s)
	if !ok {
		t.Fatalf("%s is no disc", s)
	}
	return d
}

// quad is four corners in the order SA, SP, IA, IP.
func quad(v ...float64) spine.Landmarks {
	l := spine.Landmarks{}
	for i, c := range []spine.Corner{spine.SA, spine.SP, spine.IA, spine.IP}[:len(v)/2] {
		l[c] = space.Pixel{Col: v[2*i], Row: v[2*i+1]}
	}
	return l
}

// g1 is the geometry of G1: the extension film faces right at magnification 1.20, the flexion film left at 1.25.
func g1() []spine.Film {
	return []spine.Film{
		{Position: spine.Flexion, View: spine.View{Spacing: mm(0.15), Magnification: 1.25, Calibration: "ERMF"}, Vertebrae: map[string]spine.Landmarks{
			"L4": quad(562.560, 1096.901, 809.716, 958.116, 675.593, 1301.198, 918.457, 1155.271),
			"L5": quad(735.660, 1323.264, 1000.000, 1200.000, 841.824, 1531.214, 1087.537, 1407.441),
		}},
		{Position: spine.Extension, View: spine.View{Spacing: mm(0.15), Magnification: 1.20, Calibration: "ERMF"}, Vertebrae: map[string]spine.Landmarks{
			"L4": quad(825.685, 970.210, 576.488, 1079.520, 917.015, 1174.902, 664.821, 1276.795),
			"L5": quad(942.413, 1284.712, 666.667, 1333.333, 973.432, 1506.698, 712.053, 1544.663),
		}},
	}
}

func motion(t testing.TB, segment string, sigma float64, films ...spine.Film) spine.Motion {
	t.Helper()
	m, err := spine.MeasureMotion(spine.MotionInput{Segment: disc(t, segment), Sigma: sigma, Films: films})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func verdict(m spine.Motion, set, quantity string) string {
	for _, c := range m.Criteria {
		if c.Set == set && c.Quantity == quantity {
			return c.Verdict
		}
	}
	return "absent"
}

func warned(list []string, code string) bool {
	for _, w := range list {
		if c, _, _ := strings.Cut(w, "|"); c == code {
			return true
		}
	}
	return false
}

func TestG1(t *testing.T) {
	m := motion(t, "L4-L5", 0.5, g1()...)
	f, e := m.Films[0], m.Films[1]
	near(t, "D flexion", given(t, "D", f.Depth), 35, 1e-3)
	near(t, "D extension", given(t, "D", e.Depth), 35, 1e-3)
	near(t, "s_E", *e.Slip, 1, 1e-3)
	near(t, "s_E percent", *e.SlipOf, 2.857, 1e-3)
	near(t, "s_F", *f.Slip, 6.6, 1e-3)
	near(t, "s_F percent", *f.SlipOf, 18.857, 1e-3)
	near(t, "T", given(t, "T", m.Translation), 5.6, 1e-3)
	near(t, "T percent", *m.TranslationOf, 16, 1e-3)
	near(t, "disc angle, flexion", *f.Angle, -6, 1e-3)
	near(t, "disc angle, extension", *e.Angle, 12, 1e-3)
	near(t, "Rot", *m.Rotation, 18, 1e-3)
	near(t, "RotP", *m.RotationFitted, 18, 1e-3)
	near(t, "registration scale", *m.Registration.Scale, 0.96, 1e-4)
	near(t, "registration angle", *m.Registration.Angle, 35, 1e-3)
	near(t, "registration RMS", *m.Registration.RMS, 0, 1e-3)
	if m.CentreOfRotation == nil {
		t.Fatal("no centre of rotation")
	}
	near(t, "ICR u", m.CentreOfRotation[0], 10.114, 2e-3)
	near(t, "ICR v", m.CentreOfRotation[1], -9.678, 2e-3)
	near(t, "CI of T", *m.CI95.Translation, 1.96, 1e-9)
	near(t, "CI of T percent", *m.CI95.TranslationOf, 5.6, 1e-3)
	near(t, "CI of Rot", *m.CI95.Rotation, 4.54, 0.01)
	near(t, "CI of RotP", *m.CI95.RotationFitted, 2.5, 0.05)
	if m.Calibration != "ERMF" || f.Meyerding != "I" || e.Meyerding != "" {
		t.Errorf("calibration %s, Meyerding %q and %q", m.Calibration, f.Meyerding, e.Meyerding)
	}
	for _, c := range []struct{ set, quantity, want string }{
		{"White & Panjabi", "translation_mm", "indeterminate"}, {"White & Panjabi", "translation_percent", "indeterminate"},
		{"White & Panjabi", "rotation_procrustes_deg", "indeterminate"},
		{"Iguchi 2004", "translation_mm", "met"}, {"Iguchi 2004", "rotation_procrustes_deg", "met"},
		{"Knutsson 1944", "translation_mm", "met"}, {"Boden & Wiesel 1990", "translation_mm", "met"},
		{"Pearson 2011", "translation_mm", "indeterminate"}, {"Pearson 2011", "rotation_procrustes_deg", "met"},
		{"Hanley 1995", "rotation_procrustes_deg", "met"},
	} {
		if got := verdict(m, c.set, c.quantity); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.set, c.quantity, got, c.want)
		}
	}
	if m.Verdict != "indeterminate" {
		t.Errorf("verdict %s", m.Verdict)
	}
	// On the point estimate alone, White & Panjabi's translation is exceeded and its rotation is not.
	if spine.Verdict(*m.Translation, 0, 4.5) != spine.Met || spine.Verdict(*m.TranslationOf, 0, 15) != spine.Met || spine.Verdict(*m.RotationFitted, 0, 20) != spine.NotMet {
		t.Error("the point estimates are on the wrong side of a limit")
	}
}

func TestG1WithoutMagnification(t *testing.T) {
	films := g1()
	for i := range films {
		films[i].View.Magnification, films[i].View.Calibration = 0, "DETECTOR_PLANE"
	}
	m := motion(t, "L4-L5", 0, films...)
	near(t, "s_E", *m.Films[1].Slip, 1.2, 1e-3)
	near(t, "s_F", *m.Films[0].Slip, 8.25, 1e-3)
	near(t, "T", *m.Translation, 7.05, 1e-3)
	near(t, "T percent", *m.TranslationOf, 16, 1e-3)
	near(t, "RotP", *m.RotationFitted, 18, 1e-3)
	near(t, "registration scale", *m.Registration.Scale, 0.96, 1e-4)
	if m.Calibration != "DETECTOR_PLANE" || !warned(m.Warnings, "mm-detector-plane") {
		t.Errorf("calibration %s, warnings %v", m.Calibration, m.Warnings)
	}
	if slices.ContainsFunc(m.Warnings, func(w string) bool { return strings.HasPrefix(w, "mm-compared") }) {
		t.Errorf("nothing was corrected: %v", m.Warnings)
	}
	if corrected := motion(t, "L4-L5", 0, g1()...); !slices.ContainsFunc(corrected.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "mm-compared|5.6|7.0") || strings.HasPrefix(w, "mm-compared|5.6|7.1")
	}) {
		t.Errorf("corrected and uncorrected millimetres, and which of them is compared: %v", corrected.Warnings) // 7.05 mm
	}
	// The default errors: 0.6 mm for the translation, 0.5 mm for the rotation.
	near(t, "CI of T", *m.CI95.Translation, 2.352, 1e-3)
	m = motion(t, "L4-L5", 0, g1()...)
	near(t, "CI of T percent", *m.CI95.TranslationOf, 6.7, 0.05)
	near(t, "CI of RotP", *m.CI95.RotationFitted, 2.5, 0.05)
	if v := verdict(m, "Iguchi 2004", "translation_mm"); v != "met" {
		t.Errorf("Iguchi's translation is %s, want met: 3.2 to 8.0 mm", v)
	}
}

func TestD1(t *testing.T) {
	for _, c := range []struct {
		film                                                             int
		hA, hP, dabbs, mid, fyllos, farfan, dhi7, dhi6, frobin, midplane float64
	}{
		{1, 14.0886, 7.0711, 10.5798, 10.5353, 10.5650, 0.6167, 0.3067, 0.3839, 0.4137, 13.685},
		{0, 7.6790, 11.1606, 9.4198, 9.3944, 9.4113, 0.5468, 0.2730, 0.3420, 0.1683, -4.315},
	} {
		f := g1()[c.film]
		h, err := spine.MeasureHeight(spine.HeightInput{Target: spine.DiscMarks{Disc: disc(t, "L4-L5"), View: f.View, Upper: f.Vertebrae["L4"], Lower: f.Vertebrae["L5"]}})
		if err != nil {
			t.Fatal(err)
		}
		const tolerance = 1.5e-4 // the points are given to a thousandth of a pixel
		near(t, f.Position+" hA", given(t, "hA", h.Anterior), c.hA, tolerance)
		near(t, f.Position+" hP", given(t, "hP", h.Posterior), c.hP, tolerance)
		near(t, f.Position+" Dabbs", given(t, "Dabbs", h.Dabbs), c.dabbs, tolerance)
		near(t, f.Position+" Hurxthal", given(t, "Hurxthal", h.Hurxthal), c.mid, tolerance)
		near(t, f.Position+" Fyllos", given(t, "Fyllos", h.Fyllos), c.fyllos, tolerance)
		near(t, f.Position+" Farfan", given(t, "Farfan", h.Farfan), c.farfan, 6e-5)
		near(t, f.Position+" DHI7", given(t, "DHI7", h.DHI), c.dhi7, 6e-5)
		near(t, f.Position+" DHI6", given(t, "DHI6", h.DHI6), c.dhi6, 6e-5)
		near(t, f.Position+" Frobin", given(t, "Frobin", h.Frobin), c.frobin, 6e-5)
		near(t, f.Position+" Frobin mm", given(t, "Frobin mm", h.FrobinHeight), map[int]float64{1: 14.0696, 0: 5.7219}[c.film], tolerance)
		near(t, f.Position+" midplane angle", given(t, "midplane angle", h.MidplaneAngle), c.midplane, 1e-3)
		near(t, f.Position+" interval of DHI7", h.Half["dhi"], 1.96*0.015, 0.001)
	}
}

func TestD2(t *testing.T) {
	in := spine.HeightInput{
		Target:    spine.DiscMarks{Disc: disc(t, "L4-L5"), Lengths: &spine.DiscLengths{Anterior: 8, Posterior: 5, DepthAbove: 34, DepthBelow: 35}},
		Reference: &spine.DiscMarks{Disc: disc(t, "L3-L4"), Lengths: &spine.DiscLengths{Anterior: 9.5, Posterior: 7, DepthAbove: 34, DepthBelow: 34}},
	}
	h, err := spine.MeasureHeight(in)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "DHI7", *h.DHI, 0.18841, 5e-6)
	near(t, "reference DHI7", *h.ReferenceDHI, 0.24265, 5e-6)
	near(t, "expected", *h.Expected, 0.27662, 5e-6)
	near(t, "loss", *h.Loss, 31.89, 5e-3)
	near(t, "SD of the loss", *h.CI95.Loss/1.96, 6.9, 0.05)
	if *h.Grade != 1 || len(h.Alternatives) != 1 || h.Alternatives[0] != 0 {
		t.Errorf("grade %d, alternatives %v", *h.Grade, h.Alternatives)
	}
	in.Target.Disc = in.Reference.Disc // without the level ratio
	if h, err = spine.MeasureHeight(in); err != nil {
		t.Fatal(err)
	}
	near(t, "loss without level ratio", *h.Loss, 22.35, 5e-3)
	if *h.Grade != 0 || !warned(h.Warnings, "loss-grey-zone") {
		t.Errorf("grade %d, warnings %v", *h.Grade, h.Warnings)
	}
}

func TestM1(t *testing.T) {
	// The example has v upward: rows are its negative.
	at := func(u, v float64) space.Pixel { return space.Pixel{Col: u, Row: -v} }
	body := spine.Landmarks{spine.IP: at(0, 0), spine.IA: at(34, 0), spine.SA: at(33, 28), spine.SP: at(-1, 27)}
	lesion := []space.Pixel{at(0, 0), at(20, 0), at(18, 6), at(8, 9), at(0, 5)}
	scale := measure.Scale{Spacing: mm(1)}
	if a, _ := measure.Ring(lesion).Area(scale); a != 137 {
		t.Errorf("area of the lesion %v, want 137", a)
	}
	x, ok := spine.LesionExtent(body, lesion, false, scale)
	if !ok {
		t.Fatal("not measured")
	}
	near(t, "area", x.Area, 14.645, 5e-4)
	near(t, "height", x.Height, 33.01, 5e-3)
	near(t, "AP", x.AP, 58.82, 5e-3)
	if !x.Posterior || !x.Central || x.Anterior {
		t.Errorf("zones: posterior %v, central %v, anterior %v", x.Posterior, x.Central, x.Anterior)
	}
}

// m2 reads "310/400,36": mean of the lesion, mean and SD of the reference.
func m2(t *testing.T, s string) *spine.Signal {
	t.Helper()
	var v [3]float64
	lesion, rest, _ := strings.Cut(s, "/")
	mean, sd, _ := strings.Cut(rest, ",")
	for i, x := range []string{lesion, mean, sd} {
		var err error
		if v[i], err = strconv.ParseFloat(x, 64); err != nil {
			t.Fatal(err)
		}
	}
	return &spine.Signal{Lesion: spine.ROI{Mean: v[0]}, Reference: spine.ROI{Mean: v[1], SD: v[2]}}
}

// A lesion that widens into the body touches the endplate only where its outline lies on it; where no side does, as a hand draws it, what comes within
// 2 mm counts. The body is that of M1.
func TestContactIsThatOfTheOutline(t *testing.T) {
	at := func(x, y float64) space.Pixel { return space.Pixel{Col: 100 + x, Row: 100 - y} }
	body := spine.Landmarks{spine.IP: at(0, 0), spine.IA: at(34, 0), spine.SA: at(33, 28), spine.SP: at(-1, 27)}
	scale := measure.Scale{Spacing: mm(1)}
	for _, c := range []struct {
		name     string
		outline  []space.Pixel
		from, to float64 // of the contact, mm from behind
	}{
		{"on the endplate", []space.Pixel{at(12, 0), at(22, 0), at(28, 6), at(18, 9), at(6, 6)}, 12, 22},
		{"the other way round", []space.Pixel{at(6, 6), at(18, 9), at(28, 6), at(22, 0), at(12, 0)}, 12, 22},
		{"with a point on the way", []space.Pixel{at(12, 0), at(15, 0), at(22, 0), at(28, 6), at(18, 9), at(6, 6)}, 12, 22},
		{"a millimetre inside", []space.Pixel{at(12, 1), at(22, 1), at(28, 7), at(18, 10), at(6, 7)}, 11, 23},
		{"as a hand draws", []space.Pixel{at(12, 0.5), at(17, -0.3), at(23, 0.6), at(24, 6), at(12, 6)}, 12, 23 + 1.4/5.4},
	} {
		x, ok := spine.LesionExtent(body, c.outline, false, scale)
		if !ok {
			t.Fatal(c.name)
		}
		near(t, c.name+" contact", x.Contact, c.to-c.from, 1e-9)
		near(t, c.name+" AP", x.AP, 100*(c.to-c.from)/34, 1e-9)
		if third := 34.0 / 3; x.Anterior != (c.to-2*third >= 0.1*third) || x.Posterior || !x.Central {
			t.Errorf("%s: %+v", c.name, x)
		}
	}
}

func TestM2(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name, t1 string
		r1, c1   float64
		class1   string
		t2       string
		r2, c2   float64
		class2   string
		stir     *bool
		want     string
		strength string
		flag     bool
	}{
		{"A", "310/400,36", .775, -2.50, "low", "260/180,20", 1.444, 4.0, "high", &yes, "1", "probable", false},
		{"B", "560/400,36", 1.400, 4.44, "high", "215/180,20", 1.194, 1.75, "high", &no, "2", "possible", false},
		{"C", "545/400,36", 1.363, 4.03, "high", "190/180,20", 1.056, 0.50, "iso", &no, "2", "probable", false},
		{"D", "220/400,36", .550, -5.0, "low", "95/180,20", .528, -4.25, "low", &no, "3", "probable", false},
		{"E", "395/400,36", .988, -0.14, "iso", "240/180,20", 1.333, 3.0, "high", &yes, "1/2", "probable", false},
		{"F", "332/400,36", .830, -1.89, "low", "205/180,20", 1.139, 1.25, "high", &yes, "1", "possible", false},
		{"G", "250/400,36", .625, -4.17, "low", "300/180,20", 1.667, 6.0, "high", &yes, "1", "probable", true},
		{"H", "405/400,36", 1.013, 0.14, "iso", "184/180,20", 1.022, 0.2, "iso", &no, "0", "possible", false},
		{"I", "520/400,36", 1.300, 3.33, "high", "140/180,20", .778, -2.0, "low", &no, "2/3", "probable", false},
		{"J", "330/400,36", .825, -1.94, "low", "183/180,20", 1.017, 0.15, "iso", nil, "indeterminate", "", false},
	} {
		m := spine.Modic(spine.ModicInput{T1: m2(t, c.t1), T2: m2(t, c.t2), STIRHigh: c.stir})
		near(t, c.name+" T1 ratio", *m.T1.Ratio, c.r1, 6e-4)
		near(t, c.name+" T1 contrast", *m.T1.Contrast, c.c1, 6e-3)
		near(t, c.name+" T2 ratio", *m.T2.Ratio, c.r2, 6e-4)
		near(t, c.name+" T2 contrast", *m.T2.Contrast, c.c2, 6e-3)
		if m.T1.Class != c.class1 || m.T2.Class != c.class2 {
			t.Errorf("%s: classes %s and %s, want %s and %s", c.name, m.T1.Class, m.T2.Class, c.class1, c.class2)
		}
		if m.Type != c.want || m.Strength != c.strength || (len(m.Flags) == 1 && m.Flags[0] == "infection") != c.flag {
			t.Errorf("%s: type %s %s, flags %v; want %s %s, flag %v", c.name, m.Type, m.Strength, m.Flags, c.want, c.strength, c.flag)
		}
	}
	j := spine.Modic(spine.ModicInput{T1: m2(t, "330/400,36"), T2: m2(t, "183/180,20")})
	if strings.Join(j.Alternatives, " ") != "1 3" {
		t.Errorf("J: alternatives %v, want 1 and 3", j.Alternatives)
	}
	a := spine.Modic(spine.ModicInput{T1: m2(t, "310/400,36"), T2: m2(t, "260/180,20"), STIRHigh: &yes})
	if got := a.Rule(); got != "T1 low (r 0.78) · T2 high (r 1.44) · STIR high" {
		t.Errorf("rule %q", got)
	}
}

// The calibration tests of M 3.2: what is divided out, and what is not again.
func TestCalibration(t *testing.T) {
	for _, c := range []struct {
		name  string
		v     spine.View
		slip  float64 // NaN for none
		state string
		warn  string
	}{
		{"ERMF divides", spine.View{Spacing: mm(0.15), Magnification: 1.25, Calibration: "ERMF"}, 6.6, "ERMF", ""},
		{"a magnification without a state", spine.View{Spacing: mm(0.15), Magnification: 1.25}, 6.6, "ERMF", ""},
		{"a magnification for the detector's plane", spine.View{Spacing: mm(0.15), Magnification: 1.25, Calibration: "DETECTOR_PLANE"}, 6.6, "ERMF", ""},
		{"corrected spacing", spine.View{Spacing: mm(0.12), Calibration: "GEOMETRY"}, 6.6, "GEOMETRY", ""},
		{"corrected spacing is not divided again", spine.View{Spacing: mm(0.12), Magnification: 1.25, Calibration: "GEOMETRY"}, 6.6, "GEOMETRY", "magnification-not-used"},
		{"detector", spine.View{Spacing: mm(0.15), Calibration: "DETECTOR_PLANE"}, 8.25, "DETECTOR_PLANE", "mm-detector-plane"},
		{"unknown", spine.View{Spacing: mm(0.15)}, 8.25, "UNKNOWN_PLANE", "mm-unknown-plane"},
		{"assumed", spine.View{Spacing: mm(0.12), Calibration: "ERMF_ASSUMED"}, 6.6, "ERMF_ASSUMED", "mm-assumed"},
		{"none", spine.View{}, math.NaN(), "UNCALIBRATED", "uncalibrated"},
		{"a spacing that counts for nothing", spine.View{Spacing: mm(0.15), Calibration: "UNCALIBRATED"}, math.NaN(), "UNCALIBRATED", "uncalibrated"},
	} {
		f := g1()[0]
		f.View = c.v
		m := motion(t, "L4-L5", 0.5, f)
		r := m.Films[0]
		if math.IsNaN(c.slip) != (r.Slip == nil) {
			t.Errorf("%s: slip %v", c.name, r.Slip)
		} else if r.Slip != nil {
			near(t, c.name, *r.Slip, c.slip, 1e-3)
		}
		near(t, c.name+" percent", given(t, c.name, r.SlipOf), 18.857, 1e-3)
		near(t, c.name+" angle", given(t, c.name, r.Angle), -6, 1e-3)
		if m.Calibration != c.state || c.warn != "" && !warned(m.Warnings, c.warn) {
			t.Errorf("%s: %s, %v; want %s, %s", c.name, m.Calibration, m.Warnings, c.state, c.warn)
		}
	}
}

func TestMeyerding(t *testing.T) {
	for _, c := range []struct {
		percent float64
		want    int
	}{{-30, 0}, {0, 0}, {0.1, 1}, {18.857, 1}, {25, 1}, {25.001, 2}, {50, 2}, {50.001, 3}, {75, 3}, {75.001, 4}, {100, 4}, {100.001, 5}, {150, 5}, {math.NaN(), 0}} {
		if got := spine.Meyerding(c.percent); got != c.want {
			t.Errorf("%v %%: grade %d, want %d", c.percent, got, c.want)
		}
	}
}

// Spacing is between rows first, and an origin at a pixel's centre changes no distance.
func TestMeasureReadsSpacingAndOrigin(t *testing.T) {
	const at = `{"disc":"L4-L5","spacing_mm":[1,2],%s"vertebrae":{"L4":{"IA":[10,0],"IP":[0,0]},"L5":{"SA":[10,5],"SP":[0,5]}}}`
	for _, origin := range []string{"", `"pixel_origin":"corner",`, `"pixel_origin":"centre",`} {
		out, err := spine.Measure("disc-height", []byte(strings.Replace(at, "%s", origin, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var h struct {
			Anterior float64 `json:"height_anterior_mm"`
			DHI      float64 `json:"dhi"`
		}
		if err := json.Unmarshal(out, &h); err != nil {
			t.Fatal(err)
		}
		if h.Anterior != 5 || h.DHI != 10./40 { // rows are 1 mm apart, columns 2 mm
			t.Errorf("%q: %+v", origin, h)
		}
	}
}
