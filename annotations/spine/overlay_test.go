package spine_test

import (
	"math"
	"testing"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// G1 of methods.md: the flexion film, which faces left, laid over the extension film on L5: scale 0.96, 35 degrees, no residual.
func TestSuperimposeG1(t *testing.T) {
	films := g1()
	by := map[string]spine.Film{}
	for _, f := range films {
		by[f.Position] = f
	}
	f, e := by[spine.Flexion].Vertebrae, by[spine.Extension].Vertebrae
	if spine.Facing(f["L5"]) != -1 || spine.Facing(e["L5"]) != 1 {
		t.Fatalf("facing %d and %d, want left and right", spine.Facing(f["L5"]), spine.Facing(e["L5"]))
	}
	s, ok := spine.Superimpose(f["L5"], e["L5"], true)
	if !ok {
		t.Fatal("no superposition")
	}
	near(t, "scale", s.Scale, 0.96, 1e-4)
	near(t, "angle", math.Abs(s.Angle), 35, 1e-3)
	near(t, "residual", s.RMS, 0, 1e-2)
	for c, at := range f["L5"] {
		got := s.Put(at)
		if got.Distance(e["L5"][c]) > 0.01 {
			t.Errorf("%s comes to %v, and is at %v", c, got, e["L5"][c])
		}
		if back := s.Back(got); back.Distance(at) > 1e-6 {
			t.Errorf("%s comes back to %v, and is at %v", c, back, at)
		}
	}
	// L4 has turned by 18 degrees about it.
	turned := func(a, b space.Pixel) float64 { return math.Atan2(b.Row-a.Row, b.Col-a.Col) }
	got := (turned(s.Put(f["L4"][spine.IP]), s.Put(f["L4"][spine.IA])) - turned(e["L4"][spine.IP], e["L4"][spine.IA])) * 180 / math.Pi
	near(t, "rotation of L4", math.Abs(math.Remainder(got, 360)), 18, 1e-3)
	if _, ok := spine.Superimpose(spine.Landmarks{spine.SA: {Col: 1}}, e["L5"], false); ok {
		t.Error("one corner is enough")
	}
}
