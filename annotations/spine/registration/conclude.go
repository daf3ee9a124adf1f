package registration

import (
	"math"
	"math/cmplx"
	"slices"

	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// conclude weighs what was found and says where the corners are.
func (w *work) conclude(s, rival *hypothesis) error {
	w.found = map[string]*Found{}
	w.mirrored = s.mirrored
	if s.source[fine].cells == nil {
		s.source[fine] = newLevel(s.source[fine].plane) // its slopes, to come back by
	}
	for _, b := range w.bodies {
		w.found[b.name] = &Found{Vertebra: b.name}
	}
	size, sure := commonSize(s.fits)
	err := each(len(w.bodies), func(k int) error {
		if f := w.found[w.bodies[k].name]; s.fits[k].seen == 0 {
			f.Refused = ReasonNotFound
		} else {
			w.weigh(f, s, k, s.fits[k], size, sure, rival)
		}
		return w.ctx.Err()
	}, func() {})
	if err != nil {
		return err
	}
	// What a neighbour says, of those that are not refused.
	links := w.links(s.side, fine)
	for k, b := range w.bodies {
		f := w.found[b.name]
		if f.Refused == ReasonNotFound {
			continue
		}
		cheapest := math.Inf(1)
		for j, other := range w.bodies {
			if j == k || abs(j-k) != 1 || s.fits[j].seen == 0 || w.found[other.name].Evidence.Likeness < 0 {
				continue
			}
			i, l := min(j, k), max(j, k)
			cheapest = min(cheapest, links(i, l).cost(s.fits[i].pose, s.fits[l].pose, s.outlines[fine][i].centre, s.outlines[fine][l].centre))
		}
		if !math.IsInf(cheapest, 1) {
			f.Evidence.Link = cheapest
		}
	}
	film := w.filmLikeness()
	least := w.leastFilm()
	for k, b := range w.bodies {
		f := w.found[b.name]
		if f.Refused == ReasonNotFound {
			continue
		}
		if w.bodies[k].companion {
			continue
		}
		f.Evidence.Film = film
		f.Refused, f.Quality = f.Evidence.verdict(least)
		w.place(f, s, k)
	}
	return nil
}

// filmLikeness is how much speaks for both films showing one patient: three parts the likeness of the better half of the vertebrae, of two at least, since
// some may be out of the field, and one part that of all.
func (w *work) filmLikeness() float64 {
	list, _ := w.witnesses()
	slices.Sort(list)
	slices.Reverse(list)
	mean := func(list []float64) float64 {
		sum := 0.0
		for _, v := range list {
			sum += v
		}
		return sum / float64(len(list))
	}
	return float64(0.75*mean(list[:min(max((len(list)+1)/2, 2), len(list))])) + float64(0.25*mean(list))
}

// leastFilm is the least likeness of a film that is this patient's.
func (w *work) leastFilm() float64 {
	switch list, companions := w.witnesses(); {
	case len(list) < enough:
		return leastFilmLone
	case companions:
		return leastFilmFew
	}
	return leastFilm
}

// witnesses are the likenesses of the vertebrae that speak for or against the film: of companions those that were found. companions tells whether there are
// any.
func (w *work) witnesses() (list []float64, companions bool) {
	for _, b := range w.bodies {
		f := w.found[b.name]
		switch {
		case f.Refused != ReasonNotFound && f.Refused != ReasonOff:
			if b.companion && f.Evidence.Seen < leastSeen {
				continue
			}
			companions = companions || b.companion
			list = append(list, min(max(f.Evidence.Likeness, -likenessLimit), likenessLimit))
		case !b.companion:
			list = append(list, -likenessLimit)
		}
	}
	return list, companions
}

// likenessLimit bounds what one vertebra can say for or against a film.
const likenessLimit = 4.0

// commonSize is the scale that the vertebrae agree on: the films' distances are one, so theirs is too.
func commonSize(fits []fit) (size float64, sure bool) {
	var sum, weights float64
	for range 3 {
		var s, n float64
		for _, f := range fits {
			if f.seen == 0 {
				continue
			}
			c := max(f.correlation, 0)
			wt := c * c * c * c
			if weights > 0 {
				e := (f.size - sum/weights) / 0.02
				wt /= 1 + e*e
			}
			s += wt * f.size
			n += wt
		}
		if n == 0 {
			return 0, false
		}
		sum, weights = s, n
	}
	n := 0
	for _, f := range fits {
		if f.seen > 0 && math.Abs(f.size-sum/weights) < 0.03 {
			n++
		}
	}
	return sum / weights, n >= 2
}

// weigh collects the evidence for a vertebra, with its pose refined once more at the common scale, forwards and backwards.
func (w *work) weigh(f *Found, s *hypothesis, k int, at fit, size float64, sure bool, rival *hypothesis) {
	o := s.outlines[fine][k]
	t, ok := s.template(allSpots, k)
	if !ok {
		f.Refused = ReasonOff
		return
	}
	free := freedom{steps: 7, size: true}
	if sure {
		at.size = size
		free.size = false
	}
	there := &w.target[fine]
	p := there.refine(t, at.pose, free)
	got := w.appraise(s.side, k, t, p)
	e := &f.Evidence
	e.Correlation, e.Seen, e.Sharp, e.Shape = got.correlation, got.seen, got.sharp, got.shape
	e.Weakest = 1
	for _, c := range got.part {
		e.Weakest = min(e.Weakest, c)
	}
	if rival != nil && rival.fits[k].seen > 0 {
		e.Runner, e.SharpRunner = max(rival.fits[k].correlation, 0), rival.fits[k].sharp
	}
	depth := o.depth() * math.Exp(p.size)
	e.Parts = w.halves(t, p, depth)
	// And back: the picture that was found, looked for on the first film.
	found := o
	for i := range found.corner {
		found.corner[i] = p.put(o.corner[i].sub(o.centre))
	}
	found.centre = p.at
	if back, ok := cut(there.plane, found, close, 1); ok {
		q := s.source[fine].refine(back, p.inverse(o.centre), freedom{steps: 7, size: free.size})
		sum := 0.0
		for i := range o.corner {
			d := q.put(found.corner[i].sub(found.centre)).sub(o.corner[i])
			sum += d.dot(d)
		}
		e.Return = math.Sqrt(sum/4) / o.depth()
		e.ReturnTurn = math.Abs(q.turn+p.turn) * 180 / math.Pi
		if e.Return < 0.06 { // both ways are measurements of one thing
			inv := q.inverse(point{})
			// The pose that q undoes: its centre goes where the first film's centre came from.
			c := inv.put(o.centre.sub(q.at)).add(found.centre)
			p = pose{between(p.at, c, 0.5), (p.turn - q.turn) / 2, (p.size - q.size) / 2}
		}
	} else {
		e.Return = 1
	}
	got.pose = p
	s.fits[k] = got
	e.Likeness = got.likeness() + 0.7*math.Log(0.008/(e.Parts+0.001))
	e.Astray = e.astray()
}

// halves is how far apart the halves of a template would put it, in parts of the depth: where they disagree it is not one rigid body.
func (w *work) halves(t template, p pose, depth float64) float64 {
	sum, n := 0.0, 0
	for _, in := range []func(part uint8) bool{
		func(q uint8) bool { return q%3 == 0 }, func(q uint8) bool { return q%3 == 2 },
		func(q uint8) bool { return q/3 == 0 }, func(q uint8) bool { return q/3 == 2 },
	} {
		var half template
		for _, q := range t.spots {
			if in(q.part) {
				half.spots = append(half.spots, q)
			}
		}
		if len(half.spots) < 12 {
			continue
		}
		moved := w.target[fine].slide(half, p)
		d := moved.at.sub(p.at)
		sum += d.dot(d)
		n++
	}
	if n == 0 {
		return 1
	}
	return math.Sqrt(sum/float64(n)) / depth
}

// Limits of what is accepted, set on the phantom's pairs.
const (
	leastSeen     = 0.93
	mostReturn    = 0.04 // of the depth
	mostTurn      = 3.0  // degrees
	mostParts     = 0.035
	mostAstray    = 0.5
	leastLikeness = -3.5 // of one vertebra on a film that is this patient's
	leastFilm     = 0.22 // where at least four vertebrae speak for a film
	leastFilmFew  = -0.3 // where some of these are companions, whose likeness is less for that nobody marked them
	leastFilmLone = 0.0  // where there are fewer
	leastMargin   = 0.12 // of the correlation of edges and grain over that of another place, where the film itself is in doubt
)

// astray estimates how far off a pose is, 1 where it turns by 1.5 degrees or is shifted by 1 mm too much: what does not come back, whose parts
// disagree, whose shape is another and above all whose picture is another is less exact. Fitted to the phantom's pairs.
func (e Evidence) astray() float64 {
	return math.Exp(4.92 + 0.22*math.Log(e.Return+0.0005) + 0.25*math.Log(e.Parts+0.001) + 0.07*math.Log(e.Shape+0.001) - 4.04*e.Correlation)
}

// verdict is why a vertebra is refused, "" for one that is not, and its quality, below a half for one that is. film is the least that has to speak for
// the film.
func (e Evidence) verdict(film float64) (reason string, quality float64) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	quality = min(logistic(e.Likeness-leastLikeness), logistic(2*(e.Film-film)), 1-0.5*e.Astray/mostAstray, 1-0.5*e.Return/mostReturn, 1-0.5*e.Parts/mostParts)
	quality = max(quality, 0)
	switch {
	case e.Seen < leastSeen:
		reason = ReasonOutside
	case e.Return > mostReturn || e.ReturnTurn > mostTurn:
		reason = ReasonReturn
	case e.Parts > mostParts:
		reason = ReasonParts
	case e.Film < film && e.SharpRunner > e.Sharp-leastMargin:
		reason = ReasonAmbiguous
	case e.Film < film:
		reason = ReasonShape
	case e.Astray > mostAstray || e.Likeness < leastLikeness:
		reason = ReasonPoor
	}
	if reason != "" {
		quality = min(quality, 0.49)
	}
	return reason, quality
}

// place gives the corners on the second film and the transform that they are found by.
func (w *work) place(f *Found, s *hypothesis, k int) {
	b := w.bodies[k]
	p := s.fits[k].pose
	o := s.outlines[fine][k]
	there := w.frameOf(w.other, w.n[fine])
	to := func(c space.Pixel) space.Pixel {
		return there.out(p.put(s.frames[fine].into(c).sub(o.centre)))
	}
	f.Corners = spine.Landmarks{}
	var from, onto []space.Pixel
	for c, at := range b.marks {
		f.Corners[c] = to(at)
	}
	for _, c := range order {
		if at, ok := b.marks[c]; ok {
			from, onto = append(from, at), append(onto, f.Corners[c])
		}
	}
	for _, at := range f.Corners {
		if at.Col < 0 || at.Row < 0 || at.Col > float64(w.to.Columns) || at.Row > float64(w.to.Rows) {
			if f.Refused == "" {
				f.Refused = ReasonOutside
			}
		}
	}
	front := 1.0 // of the first film: to the right
	if signed(b.corner) > 0 {
		front = -1
	}
	other := front
	if s.mirrored {
		other = -front
	}
	za, zb := centred(from, w.unit, front), centred(onto, w.other, other)
	var sum complex128
	var sa, sb float64
	for i := range za {
		sum += cmplx.Conj(za[i]) * zb[i]
		sa += real(za[i])*real(za[i]) + imag(za[i])*imag(za[i])
		sb += real(zb[i])*real(zb[i]) + imag(zb[i])*imag(zb[i])
	}
	f.Rotation = cmplx.Phase(sum) * 180 / math.Pi
	f.Scale = math.Exp(p.size) * math.Sqrt(w.other[0]*w.other[1]/(w.unit[0]*w.unit[1]))
	f.From = mean(from)
	f.Translation = mean(onto).Sub(f.From)
	f.ReturnRMS = f.Evidence.Return * o.depth() * (s.frames[fine].columns + s.frames[fine].rows) / 2
	if f.proposed = f.Corners; f.Refused != "" {
		f.Corners = nil
	}
}

func mean(list []space.Pixel) space.Pixel {
	var sum space.Pixel
	for _, p := range list {
		sum = sum.Add(p)
	}
	n := float64(len(list))
	return space.Pixel{Col: sum.Col / n, Row: sum.Row / n}
}

// centred gives points about their mean in the frame of methods.md 0.1.
func centred(list []space.Pixel, unit [2]float64, front float64) []complex128 {
	m := mean(list)
	out := make([]complex128, len(list))
	for i, p := range list {
		out[i] = complex(front*(p.Col-m.Col)/unit[0], -(p.Row-m.Row)/unit[1])
	}
	return out
}
