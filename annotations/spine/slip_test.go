package spine_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// slipped is a segment of M 3.7 (G1): at rest the slip of one film is that of M 3.3.
func slipped(film spine.Film) spine.SlipInput {
	return spine.SlipInput{Segment: spine.Disc{Upper: "L4", Lower: "L5"}, View: film.View, Upper: film.Vertebrae["L4"], Lower: film.Vertebrae["L5"], Sigma: 0.5}
}

// stepped is a disc of which the lower endplate is 40 mm deep and level, in pixels of 0.5 mm, and the upper vertebra stands by so many mm in front.
func stepped(by float64) spine.SlipInput {
	at := func(x, y float64) space.Pixel { return space.Pixel{Col: 100 + 2*x, Row: 100 - 2*y} }
	return spine.SlipInput{Segment: spine.Disc{Upper: "L4", Lower: "L5"}, View: spine.View{Spacing: mm(0.5), Calibration: "PATIENT"}, Sigma: 0.1,
		Upper: spine.Landmarks{spine.IP: at(by, 8), spine.IA: at(by+38, 11)}, Lower: spine.Landmarks{spine.SP: at(0, 0), spine.SA: at(40, 0)}}
}

func slip(t *testing.T, in spine.SlipInput) spine.Slip {
	t.Helper()
	s, err := spine.MeasureSlip(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// G1: 1.000 mm (2.857 %) in extension, which is not significant, 6.600 mm (18.857 %) in flexion, of grade I; the intervals are those of M 3.8.
func TestSlipOfG1(t *testing.T) {
	for i, want := range []struct {
		mm, percent float64
		kind        string
		others      []string
		warnings    []string
	}{{6.6, 18.857, "1", []string{}, nil}, {1, 2.857, "none", []string{}, []string{"slip-none|2.9"}}} {
		s := slip(t, slipped(g1()[i]))
		near(t, "slip", given(t, "slip", s.Slip), want.mm, 1e-3)
		near(t, "slip %", given(t, "slip %", s.SlipOf), want.percent, 1e-3)
		near(t, "depth", given(t, "depth", s.Depth), 35, 1e-3)
		near(t, "± mm", s.CI95["slip_mm"], 1.96*0.7071, 1e-3)
		near(t, "± %", s.CI95["slip_percent"], 1.96*0.7071/35*100, 0.1)
		if s.Type != want.kind || !slices.Equal(s.Others, want.others) || s.Calibration != "ERMF" || !slices.Equal(s.Warnings, want.warnings) && len(want.warnings)+len(s.Warnings) > 0 {
			t.Errorf("%+v", s)
		}
	}
}

// The rule of M 3.3 to either side of each limit; 40 mm deep, 8 % is 3.2 mm, so that 3 mm decides.
func TestSlipTypes(t *testing.T) {
	for _, c := range []struct {
		mm   float64
		want string
	}{{0, "none"}, {2.99, "none"}, {3, "1"}, {-2.99, "none"}, {-3, "retro"}, {-12, "retro"}, {10, "1"}, {10.1, "2"}, {20, "2"}, {20.1, "3"}, {30, "3"}, {30.1, "4"}, {40, "4"}, {40.1, "5"}} {
		s := slip(t, stepped(c.mm))
		near(t, "slip", *s.Slip, c.mm, 1e-9)
		near(t, "slip %", *s.SlipOf, c.mm/40*100, 1e-9)
		if s.Type != c.want {
			t.Errorf("%v mm is %q, want %q", c.mm, s.Type, c.want)
		}
	}
	// Without a scale 8 % alone decides: 3.1 mm are 7.75 %.
	for _, c := range []struct {
		mm   float64
		want string
	}{{3.1, "none"}, {3.2, "1"}, {-3.2, "retro"}} {
		in := stepped(c.mm)
		in.View = spine.View{}
		s := slip(t, in)
		if s.Type != c.want || s.Slip != nil || s.Depth != nil || !warned(s.Warnings, "uncalibrated") || !warned(s.Warnings, "interval-assumes-depth") {
			t.Errorf("%v mm without a scale: %+v", c.mm, s)
		}
		near(t, "± without a scale", s.CI95["slip_percent"], 1.96*100*math.Sqrt2*0.1/34.5, 0.06) // of a typical depth (M 3.8)
	}
}

// What the interval reaches is said: 10 ± 0.3 mm of 40 is on the border of I and II; 3 ± 1.7 mm on that of none and I.
func TestSlipBetweenTypes(t *testing.T) {
	in := stepped(9.9)
	if s := slip(t, in); s.Type != "1" || !slices.Equal(s.Others, []string{"2"}) {
		t.Errorf("9.9 mm: %+v", s)
	}
	in = stepped(3.5)
	in.Sigma = 0 // published: 0.6 mm, so that the half width is 1.66 mm
	s := slip(t, in)
	near(t, "published", s.CI95["slip_mm"], 1.96*math.Sqrt2*0.6, 0.08)
	if s.Type != "1" || !slices.Equal(s.Others, []string{"none"}) {
		t.Errorf("3.5 mm: %+v", s)
	}
	in = stepped(0)
	in.Sigma = 2
	if s := slip(t, in); s.Type != "none" || !slices.Equal(s.Others, []string{"retro", "1"}) {
		t.Errorf("0 ± 5.5 mm: %+v", s)
	}
}

// However the picture lies, the slip is the same; on a picture of another size the percent is.
func TestSlipIsInvariant(t *testing.T) {
	for _, by := range []float64{-6, 0, 4, 18} {
		want := slip(t, stepped(by))
		turn := func(f func(space.Pixel) space.Pixel) spine.Slip {
			in := stepped(by)
			film := moved(spine.Film{Vertebrae: map[string]spine.Landmarks{"L4": in.Upper, "L5": in.Lower}}, f)
			in.Upper, in.Lower = film.Vertebrae["L4"], film.Vertebrae["L5"]
			return slip(t, in)
		}
		for what, s := range map[string]spine.Slip{
			"mirrored": turn(func(p space.Pixel) space.Pixel { return space.Pixel{Col: 900 - p.Col, Row: p.Row} }),
			"turned": turn(func(p space.Pixel) space.Pixel {
				sin, cos := math.Sincos(2.1)
				return space.Pixel{Col: cos*p.Col - sin*p.Row, Row: sin*p.Col + cos*p.Row}
			}),
		} {
			near(t, what, *s.Slip, *want.Slip, 1e-9)
			near(t, what+" ±", s.CI95["slip_mm"], want.CI95["slip_mm"], 1e-6)
			if s.Type != want.Type {
				t.Errorf("%v mm %s: %q, want %q", by, what, s.Type, want.Type)
			}
		}
		large := turn(func(p space.Pixel) space.Pixel { return space.Pixel{Col: 1.3 * p.Col, Row: 1.3 * p.Row} })
		near(t, "enlarged", *large.SlipOf, *want.SlipOf, 1e-9)
	}
}

func TestSlipOfMR(t *testing.T) {
	in := stepped(5)
	in.Supine = true
	if s := slip(t, in); !warned(s.Warnings, "slip-supine") {
		t.Errorf("%q", s.Warnings)
	}
	in = stepped(5)
	in.View = spine.View{Oblong: true}
	if s := slip(t, in); s.SlipOf != nil || s.Type != "" || !warned(s.Warnings, "pixels-not-square") {
		t.Errorf("%+v", s)
	}
	in = stepped(5)
	delete(in.Upper, spine.IP)
	if _, err := spine.MeasureSlip(in); err == nil || !strings.Contains(err.Error(), "L4.IP is not marked") {
		t.Errorf("without a corner: %v", err)
	}
}

func TestMeasureSlipAnswersInJSON(t *testing.T) {
	const in = `{"segment":"L4-L5","pixel_origin":"centre","sigma_mm":0.5,"spacing_mm":[0.15,0.15],"magnification":1.25,"calibration":"ERMF","vertebrae":{
"L4":{"IP":[918.457,1155.271],"IA":[675.593,1301.198]},"L5":{"SP":[1000.000,1200.000],"SA":[735.660,1323.264]}}}`
	data, err := spine.Measure("listhesis", []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Slip   float64            `json:"slip_mm"`
		SlipOf float64            `json:"slip_percent"`
		Type   string             `json:"type"`
		CI95   map[string]float64 `json:"ci95"`
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	near(t, "slip", got.Slip, 6.6, 1e-3)
	near(t, "slip %", got.SlipOf, 18.857, 1e-3)
	if got.Type != "1" || got.CI95["slip_mm"] == 0 {
		t.Errorf("%s", data)
	}
	for _, c := range []struct{ from, to, want string }{
		{`"L4-L5"`, `"L4-L6"`, `segment: "L4-L6" is no disc`},
		{`"IP":[918.457,1155.271],`, ``, "vertebrae.L4.IP: L4.IP is not marked."},
		{`"segment"`, `"disc"`, `unknown field "disc"`},
	} {
		if _, err := spine.Measure("listhesis", []byte(strings.Replace(in, c.from, c.to, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.to, c.want, err)
		}
	}
}
