package registration

import "math"

// link is what a spine allows between two marked vertebrae.
type link struct {
	joint point // the middle of what lies between them, on the first film in pixels of the level
	depth float64
	gap   int // 1 for neighbours, more where vertebrae between them are not marked
}

// cost is how much two poses of vertebrae disagree with one spine, infinite where no spine does that: they turn by a disc's motion only, the
// disc's middle stays between them, and both are as large.
func (l link) cost(a, b pose, ca, cb point) float64 {
	n := float64(l.gap)
	pa, pb := a.put(l.joint.sub(ca)), b.put(l.joint.sub(cb))
	apart := pa.sub(pb).length() / (l.depth * math.Exp((a.size+b.size)/2))
	turn := math.Abs(math.Remainder(a.turn-b.turn, 2*math.Pi)) * 180 / math.Pi
	size := math.Abs(a.size - b.size)
	if apart > 0.5*n || turn > 14+20*n || size > 0.16 {
		return math.Inf(1)
	}
	sq := func(v float64) float64 { return v * v }
	return (sq(apart/(0.15*n)) + sq(turn/(9+5*n)) + sq(size/0.05)) / 2
}

const (
	linkWeight = 0.03 // of a link's cost against a correlation
	absent     = 0.45 // a vertebra that fits no better counts as not found
)

// chain chooses for each vertebra one of its candidates, -1 for none, so that together they make the best spine. barred tells which are not
// to be taken. The score is the sum of what each one adds.
func chain(candidates [][]fit, links func(i, j int) link, centres []point, barred func(i, k int) bool) (choice []int, score float64) {
	n := len(candidates)
	type state struct {
		score  float64
		pi, pk int
	}
	best := make([][]state, n)
	top, ti, tk := 0.0, -1, -1
	for i := range n {
		best[i] = make([]state, len(candidates[i]))
		for k, c := range candidates[i] {
			s := state{c.correlation - absent, -1, -1}
			if barred != nil && barred(i, k) {
				s.score = math.Inf(-1)
				best[i][k] = s
				continue
			}
			for j := range i {
				l := links(j, i)
				for m, before := range candidates[j] {
					if v := best[j][m].score + c.correlation - absent - linkWeight*l.cost(before.pose, c.pose, centres[j], centres[i]); v > s.score {
						s = state{v, j, m}
					}
				}
			}
			best[i][k] = s
			if s.score > top {
				top, ti, tk = s.score, i, k
			}
		}
	}
	choice = make([]int, n)
	for i := range choice {
		choice[i] = -1
	}
	for ti >= 0 {
		choice[ti] = tk
		ti, tk = best[ti][tk].pi, best[ti][tk].pk
	}
	return choice, top
}
