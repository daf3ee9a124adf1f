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
	all := make([]*hypothesis, len(drafts))
	err = each(len(drafts), func(i int) error {
		all[i] = w.settle(drafts[i].side, drafts[i].choice)
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

// settle refines the chosen candidates at the fine level and appraises them.
func (w *work) settle(s *side, choice []int) *hypothesis {
	h := &hypothesis{side: s, fits: make([]fit, len(w.bodies))}
	for k, c := range choice {
		if c >= 0 {
			h.fits[k] = w.finish(s, k, s.candidates[k][c].pose, true)
		}
	}
	// The films' distances are one, so the scale of one vertebra is that of all: those that went astray in it are tried again with it.
	size, sure := commonSize(h.fits)
	for k := range h.fits {
		f := &h.fits[k]
		if sure && f.seen > 0 && math.Abs(f.size-size) > strayed {
			p := f.pose
			p.size = size
			if again, ok := w.climb(s, k, p.scaled(w.n[low]/w.n[fine]), false); ok {
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

// doubtful is a correlation at the fine level below which a vertebra is looked for beside its neighbours too.
const doubtful = 0.7

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
	best := fit{}
	depth := outlines[k].depth() * math.Exp(p.size)
	for _, turn := range []float64{-14, -7, 0, 7, 14} {
		for _, aside := range []point{{}, {0.12, 0}, {-0.12, 0}, {0, 0.12}, {0, -0.12}} {
			q := p // the vertebra beside, turned about what lies between, which may be higher or lower than before
			q.turn += turn * math.Pi / 180
			q.at = hinge
			q.at = q.put(outlines[k].centre.sub(link.joint)).add(aside.mul(depth))
			f, ok := w.climb(h.side, k, q.scaled(w.n[low]/w.n[middle]), false)
			if !ok || f.correlation < absent {
				continue
			}
			upper, lower := orderedPose(near < k, p, f.pose)
			if math.IsInf(link.cost(upper, lower, outlines[min(near, k)].centre, outlines[max(near, k)].centre), 1) {
				continue
			}
			if f.correlation <= best.correlation {
				continue
			}
			best = f
		}
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
	t, ok := cut(s.source[fine].plane, s.outlines[fine][k], close, 2)
	if !ok {
		return fit{}
	}
	p = w.target[fine].refine(t, p.scaled(w.n[fine]/w.n[middle]), freedom{steps: 14, size: free})
	return w.appraise(s, k, t, p)
}

// appraise measures how well a vertebra lies: by its picture, by its edges and grain alone, and by its shape.
func (w *work) appraise(s *side, k int, t template, p pose) fit {
	f := w.target[fine].judge(t, p)
	o := s.outlines[fine][k]
	if sharp, ok := cut(s.sharp, o, close, 2); ok {
		f.sharp = level{plane: w.sharp}.judge(sharp, p).correlation
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
