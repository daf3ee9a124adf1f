package spine_test

import (
	"math/rand/v2"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// spines are the middles of bodies, T12 to S1, of a person (set by eye) and of the phantom (by its corners; under the endplate of S1).
func spines() map[string]map[string]space.LPS {
	person, made := map[string]space.LPS{}, map[string]space.LPS{}
	truth := phantom.Options{Seed: 1}.Known()
	for _, l := range labels("T12", "L1", "L2", "L3", "L4", "L5", "S1") {
		person[l.Vertebra] = l.At
		v := truth.MR.Vertebrae[l.Vertebra]
		upper := v.SA.Add(v.SP.LPS)
		if made[l.Vertebra] = upper.Add(v.IA.LPS).Add(v.IP.LPS).Scale(0.25); l.Vertebra == "S1" {
			made[l.Vertebra] = upper.Scale(0.5).Add(space.LPS{Z: -10, Y: 4})
		}
	}
	return map[string]map[string]space.LPS{"person": person, "phantom": made}
}

// Whatever two labels or more are given, clicked up to 2 mm beside the middle, every proposal that is confirmed together with the others lies within 12 mm
// of the middle of its vertebra, which is at least 24 mm high; and one step beyond the labels some are.
func TestWhatEnterConfirmsLiesInItsVertebra(t *testing.T) {
	order := []string{"T12", "L1", "L2", "L3", "L4", "L5", "S1"}
	for which, truth := range spines() {
		random := rand.New(rand.NewPCG(5, 7))
		var worst [2]float64
		var n [2]int
		for seed := 0; seed < 100; seed++ {
			for mask := 1; mask < 1<<len(order); mask++ {
				var given []annotations.Label
				for i, v := range order {
					if mask>>i&1 == 1 {
						beside := space.LPS{Y: 2*random.Float64() - 1, Z: 2*random.Float64() - 1}.Scale(1.4)
						given = append(given, annotations.Label{Vertebra: v, At: truth[v].Add(beside)})
					}
				}
				for _, p := range spine.Propose(given, order, space.LPS{Y: -1}, space.LPS{Z: 1}) {
					off, kind := p.At.Sub(truth[p.Vertebra]).Length(), 0
					if p.Unsure() {
						kind = 1
					}
					n[kind]++
					worst[kind] = max(worst[kind], off)
					if kind == 0 && off > 12 {
						t.Errorf("%s: %s is %.1f mm off and sure, by %d labels", which, p.Vertebra, off, len(given))
					}
				}
			}
		}
		t.Logf("%s: %d sure, worst %.1f mm; %d uncertain, worst %.1f mm", which, n[0], worst[0], n[1], worst[1])
		if n[0] == 0 || n[1] == 0 || worst[1] <= 12 {
			t.Errorf("%s: %d sure and %d uncertain to %.1f mm: the doubt says nothing", which, n[0], n[1], worst[1])
		}
	}
}

// The farther from the labels, the lower the quality: L5 and S1 leave all but L4 uncertain, L4, L5 and S1 what lies above L3.
func TestDoubtGrowsWithDistance(t *testing.T) {
	for _, c := range []struct {
		given []string
		sure  string
	}{{[]string{"L5", "S1"}, "L4"}, {[]string{"L4", "L5", "S1"}, "L3"}} {
		last := 1.0
		for _, p := range spine.Propose(labels(c.given...), []string{"L4", "L3", "L2", "L1", "T12"}, space.LPS{Y: -1}, space.LPS{Z: 1}) {
			if p.Quality > last || p.Unsure() != (p.Vertebra != c.sure) {
				t.Errorf("%v: %s has the quality %.2f after %.2f", c.given, p.Vertebra, p.Quality, last)
			}
			last = p.Quality
		}
	}
}
