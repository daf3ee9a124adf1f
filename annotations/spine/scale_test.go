package spine_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

func detector(mm float64) spine.View {
	return spine.View{Spacing: space.Spacing{BetweenRows: mm, BetweenColumns: mm}, Calibration: "DETECTOR_PLANE"}
}

func line(px, mm float64) spine.KnownLine {
	return spine.KnownLine{A: space.Pixel{Col: 100, Row: 100}, B: space.Pixel{Col: 100 + px*0.6, Row: 100 + px*0.8}, True: mm}
}

// The worked examples of the methods: an endplate of 41.3 mm at the detector and 34.0 mm on MR, and the distances 1800 and 1500 mm.
func TestScaleOfTheWorkedExamples(t *testing.T) {
	s, err := spine.MeasureScale(spine.ScaleInput{Method: spine.ByVertebra, Base: detector(0.15), Lines: []spine.KnownLine{line(41.3/0.15, 34)}})
	if err != nil || math.Abs(s.Ratio-1.21471) > 1e-5 || !s.Detector {
		t.Fatalf("M %+v, %v", s, err)
	}
	if mm := 6.2 / 0.15 * s.Spacing.BetweenColumns; math.Abs(mm-5.104) > 5e-4 {
		t.Errorf("6.2 mm at the detector are %.4f", mm)
	}
	if d := s.Deviation; math.Abs(d-0.0291) > 1e-4 || len(s.Warnings) != 1 {
		t.Errorf("one endplate has an error of %.4f, warnings %v", d, s.Warnings)
	}
	// Three endplates: the median, and the error of three.
	s, err = spine.MeasureScale(spine.ScaleInput{Method: spine.ByVertebra, Base: detector(0.15),
		Lines: []spine.KnownLine{line(41.3/0.15, 34), line(40/0.15, 34), line(43.2/0.15, 35)}})
	if err != nil || math.Abs(s.Ratio-41.3/34) > 1e-9 || math.Abs(s.Deviation-0.0291/math.Sqrt(3)) > 1e-4 || len(s.Warnings) != 0 {
		t.Errorf("three endplates: %+v, %v", s, err)
	}
	s, err = spine.MeasureScale(spine.ScaleInput{Method: spine.ByDistances, Base: detector(0.15), SID: 1800, SOD: 1500})
	if err != nil || math.Abs(s.Spacing.BetweenRows-0.125) > 1e-12 || s.Deviation != 0 {
		t.Errorf("distances: %+v, %v", s, err)
	}
	// The magnification that the file gives is not divided out twice.
	ermf := detector(0.15)
	ermf.Calibration, ermf.Magnification = "ERMF", 1.2
	s, err = spine.MeasureScale(spine.ScaleInput{Method: spine.ByMagnification, Base: ermf, Magnification: 1.25, Stated: 0.02})
	if err != nil || math.Abs(s.Spacing.BetweenRows-0.12) > 1e-12 || s.Deviation != 0.02 {
		t.Errorf("magnification: %+v, %v", s, err)
	}
}

// Without any spacing a line gives it.
func TestScaleWithoutSpacing(t *testing.T) {
	none := spine.View{Calibration: "UNCALIBRATED"}
	s, err := spine.MeasureScale(spine.ScaleInput{Method: spine.ByBall, Base: none, Lines: []spine.KnownLine{line(200, 25)}})
	if err != nil || math.Abs(s.Spacing.BetweenRows-0.125) > 1e-12 || s.Spacing.BetweenRows != s.Spacing.BetweenColumns || s.Detector {
		t.Fatalf("%+v, %v", s, err)
	}
	if other, ok := s.Carry(none, none, true); !ok || other != s.Spacing {
		t.Errorf("not carried to a film of one size: %v", other)
	}
	if _, ok := s.Carry(none, none, false); ok {
		t.Error("carried to a film of another size")
	}
	if _, ok := s.Carry(none, detector(0.15), true); ok {
		t.Error("carried to a film of another state")
	}
}

// The other film of a pair has its own spacing on the detector and the same magnification.
func TestScaleIsCarriedByItsMagnification(t *testing.T) {
	s, _ := spine.MeasureScale(spine.ScaleInput{Method: spine.ByRuler, Base: detector(0.15), Lines: []spine.KnownLine{line(800, 100)}})
	other, ok := s.Carry(detector(0.15), detector(0.2), false)
	if !ok || math.Abs(other.BetweenRows-0.2/1.2) > 1e-12 {
		t.Errorf("%v, %v", other, ok)
	}
}

// The error of a scale is that of the line's ends, as a Monte-Carlo of the clicks has it.
func TestScaleErrorByMonteCarlo(t *testing.T) {
	const truth, mm = 0.125, 100.0
	r := rand.New(rand.NewPCG(5, 4))
	var sum, squares float64
	const n = 20000
	for range n {
		l := line(mm/truth, mm)
		for _, p := range []*space.Pixel{&l.A, &l.B} {
			p.Col += r.NormFloat64() * spine.SigmaTranslation / truth
			p.Row += r.NormFloat64() * spine.SigmaTranslation / truth
		}
		s, err := spine.MeasureScale(spine.ScaleInput{Method: spine.ByRuler, Base: detector(0.15), Lines: []spine.KnownLine{l}})
		if err != nil {
			t.Fatal(err)
		}
		sum, squares = sum+s.Spacing.BetweenRows, squares+s.Spacing.BetweenRows*s.Spacing.BetweenRows
	}
	mean := sum / n
	sd := math.Sqrt(squares/n - mean*mean)
	s, _ := spine.MeasureScale(spine.ScaleInput{Method: spine.ByRuler, Base: detector(0.15), Lines: []spine.KnownLine{line(mm/truth, mm)}})
	if q := sd / mean / s.Deviation; q < 0.97 || q > 1.03 {
		t.Errorf("the clicks scatter by %.5f, %.5f is printed", sd/mean, s.Deviation)
	}
}

// What cannot be a scale is refused and says why.
func TestImpossibleScalesAreRefused(t *testing.T) {
	oblong := spine.View{Calibration: "UNCALIBRATED", Oblong: true}
	patient := detector(0.15)
	patient.Calibration = "PATIENT"
	unknown := detector(0.15)
	unknown.Calibration = "UNKNOWN_PLANE"
	for code, in := range map[string]spine.ScaleInput{
		"calibration-impossible":  {Method: spine.ByRuler, Base: detector(0.15), Lines: []spine.KnownLine{line(800, 10)}}, // centimetres
		"calibration-length":      {Method: spine.ByRuler, Base: detector(0.15), Lines: []spine.KnownLine{line(800, 0)}},
		"calibration-patient":     {Method: spine.ByRuler, Base: patient, Lines: []spine.KnownLine{line(800, 100)}},
		"pixels-not-square":       {Method: spine.ByRuler, Base: oblong, Lines: []spine.KnownLine{line(800, 100)}},
		"calibration-no-detector": {Method: spine.ByMagnification, Base: unknown, Magnification: 1.2},
		"calibration-distances":   {Method: spine.ByDistances, Base: detector(0.15), SID: 1500, SOD: 1800},
		"points-missing":          {Method: spine.ByRuler, Base: detector(0.15)},
		"calibration-method":      {Method: "guess", Base: detector(0.15)},
		"calibration-spacing":     {Method: spine.ByRuler, Base: spine.View{}, Lines: []spine.KnownLine{line(8, 100)}},
	} {
		_, err := spine.MeasureScale(in)
		var p *spine.Problem
		if !errors.As(err, &p) || !strings.HasPrefix(p.Code, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A scale's own error widens millimetres, and neither percent nor degrees: over the whole of each film where their scales are two, over the
// difference where both films have one.
func TestScaleErrorWidensMillimetres(t *testing.T) {
	measure := func(deviation float64, shared bool) spine.Motion {
		in := spine.MotionInput{Segment: spine.Disc{Upper: "L4", Lower: "L5"}, Films: g1(), Sigma: 0.5}
		for i := range in.Films {
			v := &in.Films[i].View
			v.Spacing.BetweenRows, v.Spacing.BetweenColumns = v.Spacing.BetweenRows/v.Magnification, v.Spacing.BetweenColumns/v.Magnification
			v.Magnification, v.Calibration, v.Deviation, v.Source = 0, "CALIBRATED_USER", deviation, in.Films[i].Position
			if shared {
				v.Source = "one"
			}
		}
		m, err := spine.MeasureMotion(in)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	plain, one, two := measure(0, true), measure(0.05, true), measure(0.05, false)
	hypot := func(a ...float64) float64 {
		sum := 0.0
		for _, x := range a {
			sum += x * x
		}
		return math.Sqrt(sum)
	}
	if want := hypot(*plain.CI95.Translation, 1.96*0.05*5.6); math.Abs(*one.CI95.Translation-want) > 1e-4 {
		t.Errorf("one scale: %.4f, want %.4f", *one.CI95.Translation, want)
	}
	if want := hypot(*plain.CI95.Translation, 1.96*0.05*6.6, 1.96*0.05*1); math.Abs(*two.CI95.Translation-want) > 1e-4 {
		t.Errorf("two scales: %.4f, want %.4f", *two.CI95.Translation, want)
	}
	if *two.CI95.TranslationOf != *plain.CI95.TranslationOf || *two.CI95.RotationFitted != *plain.CI95.RotationFitted {
		t.Error("percent or degrees depend on the scale")
	}
	if want := hypot(plain.Films[0].Half["slip_mm"], 1.96*0.05**plain.Films[0].Slip); math.Abs(one.Films[0].Half["slip_mm"]-want) > 1e-4 {
		t.Errorf("slip: %.4f, want %.4f", one.Films[0].Half["slip_mm"], want)
	}
}
