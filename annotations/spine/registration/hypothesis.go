package registration

import (
	"cmp"
	"math"
	"slices"
)

// hypothesis is one way in which the whole spine may lie on the second film.
type hypothesis struct {
	*side
	fits  []fit // at the fine level; not seen where a vertebra was not found
	score float64
}

// mostHypotheses is how many are compared of each side: a spine is easily laid one vertebra too high or too low.
const mostHypotheses = 4

// hopeless is the part of the best one's score below which a hypothesis is not compared, but for the best of these.
const hopeless = 0.5

// decide compares the hypotheses and returns the best one, and the best of the others, nil where there is none.
func (w *work) decide() (best, rival *hypothesis, err error) {
	type draft struct {
		side   *side
		choice []int
		score  float64
	}
	var drafts []draft
	for _, s := range w.sides {
		var taken []draft
		for range mostHypotheses {
			choice, score := chain(s.candidates, w.links(s, middle), centres(s.outlines[middle]), func(i, k int) bool {
				return slices.ContainsFunc(taken, func(d draft) bool {
					c := d.choice[i]
					return c >= 0 && s.candidates[i][k].at.sub(s.candidates[i][c].at).length() < 0.4*w.n[middle]
				})
			})
			if score <= 0 {
				break
			}
			taken = append(taken, draft{s, choice, score})
		}
		drafts = append(drafts, taken...)
	}
	slices.SortStableFunc(drafts, func(a, b draft) int { return cmp.Compare(b.score, a.score) })
	if len(drafts) == 0 {
		return &hypothesis{side: w.sides[0], fits: make([]fit, len(w.bodies))}, nil, nil
	}
	drafts = drafts[:min(len(drafts), mostHypotheses+1)]
	for len(drafts) > 2 && drafts[len(drafts)-1].score < hopeless*drafts[0].score {
		drafts = drafts[:len(drafts)-1]
	}
	all := make([]*hypothesis, len(drafts))
	err = each(len(drafts), func(i int) error {
		chosen := make([]fit, len(w.bodies))
		for k, c := range drafts[i].choice {
			if c >= 0 {
				chosen[k] = drafts[i].side.candidates[k][c]
			}
		}
		all[i] = w.settle(drafts[i].side, chosen)
		return w.ctx.Err()
	}, func() {})
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(all, func(a, b *hypothesis) int { return cmp.Compare(b.score, a.score) })
	if len(all) > 1 {
		rival = all[1]
	}
	return all[0], rival, nil
}

// settle refines what was chosen at the middle level, one fit for each vertebra and not seen where there is none, at the fine level and appraises it.
func (w *work) settle(s *side, chosen []fit) *hypothesis {
	h := &hypothesis{side: s, fits: make([]fit, len(w.bodies))}
	for k, f := range chosen {
		if f.seen > 0 {
			h.fits[k] = w.finish(s, k, f.pose, true)
		}
	}
	// The films' distances are one, so the scale of one vertebra is that of all: those that went astray in it are tried again with it.
	size, sure := commonSize(h.fits)
	for k := range h.fits {
		f := &h.fits[k]
		if sure && f.seen > 0 && math.Abs(f.size-size) > strayed {
			p := f.pose
			p.size = size
			for _, again := range w.climb(s, k, []fit{{pose: p.scaled(w.n[low] / w.n[fine])}}, false, 1) {
				if g := w.finish(s, k, again.pose, false); g.correlation > f.correlation {
					*f = g
				}
			}
		}
		if f.correlation < doubtful {
			w.beside(h, k)
		}
	}
	links := w.links(s, fine)
	for k := range h.fits {
		f := &h.fits[k]
		if f.seen == 0 {
			h.score-- // no better than one that fits ill
			continue
		}
		h.score += min(max(f.likeness(), -1), 3)
		if k > 0 && h.fits[k-1].seen > 0 {
			o := s.outlines[fine]
			h.score -= 0.3 * min(links(k-1, k).cost(h.fits[k-1].pose, f.pose, o[k-1].centre, o[k].centre), 4)
		}
	}
	return h
}

// reflected is the hypothesis that every vertebra lies where another one has it, but faces the other way, on the side that is mirrored.
func (w *work) reflected(h *hypothesis, other *side) *hypothesis {
	chosen := make([]fit, len(w.bodies))
	ahead := func(o outline) point { // from the back to the front
		return between(o.corner[0], o.corner[3], 0.5).sub(between(o.corner[1], o.corner[2], 0.5))
	}
	for k, f := range h.fits {
		if f.seen == 0 {
			continue
		}
		was, is := f.laid().put(ahead(h.outlines[fine][k])).sub(f.at), ahead(other.outlines[fine][k])
		p := pose{f.at, math.Remainder(math.Atan2(-was.y, -was.x)-math.Atan2(is.y, is.x), 2*math.Pi), f.size}
		for _, climbed := range w.climb(other, k, []fit{{pose: p.scaled(w.n[low] / w.n[fine])}}, true, 1) {
			chosen[k] = climbed
		}
	}
	return w.settle(other, chosen)
}

// doubtful is a correlation at the fine level below which a vertebra is looked for beside its neighbours too.
const doubtful = 0.7

// mostBeside is how many places beside a neighbour are refined.
const mostBeside = 10

// strayed is how far a logarithm of a scale may be from that of all vertebrae before it is doubted.
const strayed = 0.025

// beside looks for a vertebra where its nearest well found neighbour leads one to expect it.
func (w *work) beside(h *hypothesis, k int) {
	near := -1
	for j, f := range h.fits {
		if j != k && f.correlation >= doubtful && (near < 0 || abs(j-k) < abs(near-k)) {
			near = j
		}
	}
	if near < 0 {
		return
	}
	p := h.fits[near].pose.scaled(w.n[middle] / w.n[fine])
	link := w.links(h.side, middle)(min(near, k), max(near, k))
	outlines := h.outlines[middle]
	hinge := p.put(link.joint.sub(outlines[near].centre))
	depth := outlines[k].depth() * math.Exp(p.size)
	t, ok := h.template(lowSpots, k)
	if !ok {
		return
	}
	var starts []fit
	for _, turn := range []float64{-14, -7, 0, 7, 14} {
		for _, aside := range []point{{}, {0.12, 0}, {-0.12, 0}, {0, 0.12}, {0, -0.12}} {
			q := p // the vertebra beside, turned about what lies between, which may be higher or lower than before
			q.turn += turn * math.Pi / 180
			q.at = hinge
			q.at = q.put(outlines[k].centre.sub(link.joint)).add(aside.mul(depth))
			starts = append(starts, w.target[low].judge(t, q.scaled(w.n[low]/w.n[middle])))
		}
	}
	slices.SortStableFunc(starts, func(a, b fit) int { return cmp.Compare(b.correlation, a.correlation) })
	best := fit{}
	for _, f := range w.climb(h.side, k, starts[:mostBeside], false, 3) {
		upper, lower := orderedPose(near < k, p, f.pose)
		if f.correlation < absent || f.correlation <= best.correlation ||
			math.IsInf(link.cost(upper, lower, outlines[min(near, k)].centre, outlines[max(near, k)].centre), 1) {
			continue
		}
		best = f
	}
	if best.seen > 0 {
		if f := w.finish(h.side, k, best.pose, true); f.correlation > h.fits[k].correlation || h.fits[k].seen == 0 {
			h.fits[k] = f
		}
	}
}

func orderedPose(first bool, a, b pose) (upper, lower pose) {
	if first {
		return a, b
	}
	return b, a
}

func abs(n int) int { return max(n, -n) }

// finish refines a pose of the middle level at the fine one and appraises it. The scale is refined too where it is free.
func (w *work) finish(s *side, k int, p pose, free bool) fit {
	t, ok := s.template(fineSpots, k)
	if !ok {
		return fit{}
	}
	p = w.target[fine].refine(t, p.scaled(w.n[fine]/w.n[middle]), freedom{steps: 14, size: free, enough: 0.005})
	return w.appraise(s, k, t, p)
}

// appraise measures how well a vertebra lies: by its picture, by its edges and grain alone, and by its shape.
func (w *work) appraise(s *side, k int, t template, p pose) fit {
	f := w.target[fine].judge(t, p)
	o := s.outlines[fine][k]
	if sharp, ok := s.template(sharpSpots, k); ok {
		f.sharp = (&level{plane: w.sharp}).judge(sharp, p).correlation
	}
	f.shape = 1
	if moved, ok := w.target[fine].bend(t, o, p); ok {
		f.shape = misshapen(o, p, moved)
	}
	return f
}

// likeness is how much more likely the two pictures are of one vertebra than of two, as a logarithm, by what the phantom's pairs show.
func (f fit) likeness() float64 {
	return 2*math.Log(0.012/(f.shape+0.001)) + 12*(f.sharp-0.69)
}
