package spine_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"rachis/annotations/measure"
	"rachis/annotations/spine"
)

// A hand of a known error is found from pairs, with an interval that holds it, whatever the pixels are like.
func TestOwnSigma(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	body := segment(35, 27, 2, 9, 4)
	inside, n := 0, 400
	for range n {
		var all spine.Repeated
		for range 4 { // findings
			all = all.Add(spine.RepeatPair{First: shaken(r, body, 0.43), Second: shaken(r, body, 0.43), Scale: measure.Scale{Spacing: mm(1)}}.Compare())
		}
		o, ok := all.Own()
		if !ok || all.Coordinates != 64 || all.Findings != 4 || !all.Enough() {
			t.Fatalf("%+v", all)
		}
		if o.Low <= 0.43 && 0.43 <= o.High {
			inside++
		}
		if o.High/o.Sigma > 1.25 || o.Low/o.Sigma < 0.8 {
			t.Fatalf("interval %v to %v around %v", o.Low, o.High, o.Sigma)
		}
	}
	if inside < n*92/100 || inside > n*98/100 {
		t.Errorf("%d of %d intervals hold the hand's error", inside, n)
	}
	// By hand: differences of 3 and 4 pixels of 0.5 and 1 mm, in one landmark: (1.5² + 4²) / (2 x 2).
	p := spine.RepeatPair{Scale: measure.Scale{Spacing: mm(1)}, First: map[string]spine.Landmarks{"L4": {spine.SA: px(10, 10), spine.IM: px(0, 0)}},
		Second: map[string]spine.Landmarks{"L4": {spine.SA: px(13, 14)}, "L5": {spine.SA: px(0, 0)}}}
	p.Scale.Spacing.BetweenColumns = 0.5
	o, ok := p.Compare().Own()
	near(t, "by hand", o.Sigma, math.Sqrt((1.5*1.5+16)/4), 1e-12)
	if !ok || o.Coordinates != 2 || o.Enough() {
		t.Errorf("%+v", o)
	}
	p.Scale = measure.Scale{}
	if got := p.Compare(); got != (spine.Repeated{}) {
		t.Errorf("without millimetres: %+v", got)
	}
	if _, ok := (spine.Repeated{}).Own(); ok {
		t.Error("an error of nothing")
	}
	if u := (spine.OwnSigma{Sigma: 0.05}).Used(); u != spine.LeastSigma {
		t.Errorf("a hand of 0.05 mm is believed: %v", u)
	}
	// Chi-square of 48 at 2.5 and 97.5 %: 30.755 and 69.023 (tables).
	o, _ = spine.Repeated{Coordinates: 48, Squares: 96}.Own()
	near(t, "lower end", o.Low, math.Sqrt(48/69.023), 2e-3)
	near(t, "upper end", o.High, math.Sqrt(48/30.755), 2e-3)
}

func TestWithinSubject(t *testing.T) {
	s, ok := spine.WithinSubject([][2]float64{{10, 12}, {20, 20}, {30, 29}})
	if !ok || math.Abs(s-math.Sqrt(5.0/6)) > 1e-12 {
		t.Errorf("%v %v", s, ok)
	}
	if _, ok := spine.WithinSubject(nil); ok {
		t.Error("of nothing")
	}
}
