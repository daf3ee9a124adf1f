package registration

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"rachis/annotations"
)

// Sizes of the working pixel: how many make up the depth of a vertebra, from coarse to fine.
var levels = [4]float64{10, 22, 44, 100}

const (
	coarse = 0
	low    = 1
	middle = 2
	fine   = 3
)

// Surroundings of a vertebra at each level.
var (
	wide   = surroundings{0.55, 0.35, 0.4, 0.4, 0.3}
	nearer = surroundings{0.3, 0.18, 0.2, 0.2, 0.14}
	close  = surroundings{0.12, 0.1, 0.1, 0.1, 0.09}
)

// work is one registration on its way.
type work struct {
	ctx      context.Context
	from, to Film
	bodies   []body
	refused  map[string]string
	progress Progress
	done     int
	total    int

	depth      float64    // mean of the vertebrae, in working pixels of the size 1: mm, or pixels of the first film
	unit       [2]float64 // size of such a unit in columns and rows of the first film
	other      [2]float64 // the same of the second film
	calibrated bool
	n          [4]float64 // levels that the films can give

	target [4]level
	// sharp is the fine level once more, with nothing left but edges and grain: what tells one vertebra from another.
	sharp, sharpSource plane
	source             [4]level // as the first film is
	fields             [channels]field
	edges              plane // the strength of the first film's, at the coarse level
	sides              []*side
	found              map[string]*Found
	mirrored           bool
}

// sharpness is how far around a pixel of the fine level is compared in the sharp one.
const sharpness = 5

// side is the first film as it is, or mirrored.
type side struct {
	mirrored bool
	source   [4]level // without slopes, until they are asked for
	sharp    plane
	edges    plane // at the coarse level
	outlines [4][]outline
	frames   [4]frame
	// templates of each vertebra, cut when they are asked for first.
	templates [lastKind][]lazyTemplate
	// candidates of each vertebra, refined to the middle level.
	candidates [][]fit
}

// Kinds of templates.
const (
	lowSpots    = iota // with its surroundings at the low level
	middleSpots        // the same at the middle one
	fineSpots          // of the fine level, every second pixel each way
	sharpSpots         // the same of the sharp picture
	allSpots           // every pixel of the fine level
	lastKind
)

type lazyTemplate struct {
	once sync.Once
	template
	ok bool
}

// template is that of a kind of the k-th vertebra; false where it lies off the film.
func (s *side) template(kind, k int) (template, bool) {
	t := &s.templates[kind][k]
	t.once.Do(func() {
		switch kind {
		case lowSpots:
			t.template, t.ok = cut(s.source[low].plane, s.outlines[low][k], nearer, 1)
		case middleSpots:
			t.template, t.ok = cut(s.source[middle].plane, s.outlines[middle][k], nearer, 2)
		case fineSpots:
			t.template, t.ok = cut(s.source[fine].plane, s.outlines[fine][k], close, 2)
		case sharpSpots:
			t.template, t.ok = cut(s.sharp, s.outlines[fine][k], close, 2)
		case allSpots:
			t.template, t.ok = cut(s.source[fine].plane, s.outlines[fine][k], close, 1)
		}
	})
	return t.template, t.ok
}

// measure settles the size of the working pixels.
func (w *work) measure() {
	a, b := w.from.Spacing, w.to.Spacing
	w.unit, w.other = [2]float64{1, 1}, [2]float64{1, 1}
	if a.Known() && b.Known() {
		w.calibrated = true
		w.unit = [2]float64{1 / a.BetweenColumns, 1 / a.BetweenRows}
		w.other = [2]float64{1 / b.BetweenColumns, 1 / b.BetweenRows}
	}
	sum := 0.0
	for _, v := range w.bodies {
		c := v.corner
		at := func(i, j int) point {
			return point{(c[i].Col + c[j].Col) / 2 / w.unit[0], (c[i].Row + c[j].Row) / 2 / w.unit[1]}
		}
		if v.sacrum {
			sum += at(0, 0).sub(at(1, 1)).length()
		} else {
			sum += at(0, 3).sub(at(1, 2)).length()
		}
	}
	w.depth = sum / float64(len(w.bodies))
	// Working pixels are not smaller than the films' own.
	finest := w.depth * max(w.unit[0], w.unit[1])
	for i, n := range levels {
		w.n[i] = n
		if i == fine {
			w.n[i] = max(min(n, finest), levels[middle])
		}
	}
}

// frameOf is that of a film at a level.
func (w *work) frameOf(unit [2]float64, n float64) frame {
	u := w.depth / n
	return frame{columns: u * unit[0], rows: u * unit[1]}
}

func (w *work) tell() {
	w.done++
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
}

// pyramid prepares a film at all levels, without slopes.
func (w *work) pyramid(f Film, unit [2]float64) (out [4]level, sharp plane) {
	fr := w.frameOf(unit, w.n[fine])
	finest := f.resampled(fr.columns, fr.rows)
	for i := fine; i >= coarse; i-- {
		p := finest
		if i != fine {
			p = finest.shrunk(w.n[fine] / w.n[i])
		}
		switch i {
		case fine:
			p = p.gaussian(1.1)
			sharp = p.flattened(sharpness)
		case middle:
			p = p.gaussian(0.7)
		}
		r := int(math.Round([4]float64{0.25, 0.2, 0.16, 0.14}[i] * w.n[i]))
		out[i] = level{plane: p.flattened(max(r, 2))}
	}
	return out, sharp
}

func (w *work) find() (Result, error) {
	w.total = 3 + 4*len(w.bodies)
	both(func() { w.source, w.sharpSource = w.pyramid(w.from, w.unit) }, func() {
		w.target, w.sharp = w.pyramid(w.to, w.other)
		for _, i := range []int{low, middle, fine} {
			w.target[i] = newLevel(w.target[i].plane)
		}
	})
	w.tell()
	o := w.outline(w.frameOf(w.unit, w.n[coarse]), 0)
	step, around := w.n[fine]/w.n[coarse], int(math.Ceil(o.depth()*1.5))
	both(func() {
		w.fields[shades] = newField(w.target[coarse].plane, around)
		w.edges = w.sharpSource.strength(step)
	}, func() { w.fields[edges] = newField(w.sharp.strength(step), around) })
	w.tell()
	// A film may be mirrored, and it may lie on its side or on its head. Where all is found as films usually lie there is no need to ask, nor where so
	// much is found that it cannot lie otherwise. But the body of a vertebra looks much the same from behind: so much is always asked.
	straight, mirrored := w.side(false), w.side(true)
	best, err := w.look(w.sweep(false), straight)
	if err != nil {
		return Result{}, err
	}
	if w.doubted(surely) || w.reflected(best, mirrored).score > best.score {
		if _, err := w.look(w.sweep(false), mirrored); err != nil {
			return Result{}, err
		}
		if w.doubted(w.leastFilm()) {
			if _, err := w.look(w.sweep(true), straight, mirrored); err != nil {
				return Result{}, err
			}
		}
	}
	w.done = w.total - 1
	w.tell()
	return w.result(), nil
}

// surely is what speaks for a film, as Evidence.Film, when nobody asks whether it lies otherwise.
const surely = 1.5

// doubted reports whether a vertebra was refused on a film for which less than so much speaks.
func (w *work) doubted(film float64) bool {
	return w.filmLikeness() < film && slices.ContainsFunc(w.bodies, func(b body) bool { return !b.companion && w.found[b.name].Refused != "" })
}

// look searches some sides over a sweep, beside what was found before, and concludes. It returns what it settled on.
func (w *work) look(sw sweep, sides ...*side) (*hypothesis, error) {
	for _, s := range sides {
		if !slices.Contains(w.sides, s) {
			w.sides = append(w.sides, s)
		}
		if err := w.gather(s, sw); err != nil {
			return nil, err
		}
	}
	best, rival, err := w.decide()
	if err != nil {
		return nil, err
	}
	return best, w.conclude(best, rival)
}

// outline is that of the k-th vertebra in a frame.
func (w *work) outline(f frame, k int) outline {
	b := w.bodies[k]
	o := outline{sacrum: b.sacrum}
	for i, c := range b.corner {
		o.corner[i] = f.into(c)
		o.centre = o.centre.add(o.corner[i].mul(0.25))
	}
	return o
}

func (w *work) side(mirrored bool) *side {
	s := &side{mirrored: mirrored, source: w.source, sharp: w.sharpSource, edges: w.edges}
	if mirrored {
		s.sharp, s.edges = s.sharp.mirrored(), s.edges.mirrored()
	}
	for i := range levels {
		s.frames[i] = w.frameOf(w.unit, w.n[i])
		if mirrored {
			s.frames[i].mirrored, s.frames[i].width = true, float64(w.source[i].w)
			s.source[i] = level{plane: w.source[i].mirrored()}
		}
		for k := range w.bodies {
			s.outlines[i] = append(s.outlines[i], w.outline(s.frames[i], k))
		}
	}
	for i := range s.templates {
		s.templates[i] = make([]lazyTemplate, len(w.bodies))
	}
	s.candidates = make([][]fit, len(w.bodies))
	return s
}

// usual is how far a vertebra may be turned between two films that lie alike, in degrees: between flexion and extension up to 50.
const usual = 65

// sweep is where to look: at the usual turns, or at all others. These are many, and are searched by edges alone, which miss next to nothing.
func (w *work) sweep(others bool) sweep {
	s := sweep{turns: every(usual*math.Pi/180, 9*math.Pi/180)}
	if others {
		for i, t := range every((180-usual-4)*math.Pi/180, 9*math.Pi/180) {
			if i == 0 {
				s.turns = nil
			}
			s.turns = append(s.turns, math.Pi+t)
		}
		s.edges = true
	}
	if w.calibrated {
		s.sizes = []float64{-0.15, 0, 0.15}
	} else {
		s.sizes = every(0.48, 0.12)
	}
	return s
}

const (
	mostCandidates = 20
	apartAtFirst   = 0.28 // of the depth: places that are nearer are one
)

// gather finds the candidates of each vertebra and refines them.
func (w *work) gather(s *side, sw sweep) error {
	return each(len(w.bodies), func(k int) error {
		o := s.outlines[coarse][k]
		var found [channels][]fit
		for c, source := range [channels]plane{shades: s.source[coarse].plane, edges: s.edges} {
			if c == shades && sw.edges {
				continue
			}
			var err error
			if found[c], err = w.fields[c].search(w.ctx, source, o, wide, sw, mostCandidates, apartAtFirst*w.n[coarse]); err != nil {
				return err
			}
		}
		list := alternately(found, mostCandidates, apartAtFirst*w.n[coarse])
		for i := range list {
			list[i].pose = list[i].pose.scaled(w.n[low] / w.n[coarse])
		}
		for _, f := range w.climb(s, k, list, true, mostClimbing) {
			s.candidates[k] = merged(s.candidates[k], f, 0.15*w.n[middle])
		}
		return nil
	}, w.tell)
}

// alternately takes the best of each channel by turns: their correlations do not compare.
func alternately(found [channels][]fit, most int, apart float64) (out []fit) {
	for i := 0; len(out) < most; i++ {
		left := false
		for _, list := range found {
			if i >= len(list) {
				continue
			}
			left = true
			f := list[i]
			if len(out) < most && !slices.ContainsFunc(out, func(o fit) bool {
				return o.at.sub(f.at).length() < apart && math.Abs(math.Remainder(o.turn-f.turn, 2*math.Pi)) < alike
			}) {
				out = append(out, f)
			}
		}
		if !left {
			break
		}
	}
	return out
}

// alike is how far apart two turns are, in radians, that one refinement leads to one place from.
const alike = 10 * math.Pi / 180

// merged adds a fit to a list unless a better one is there already.
func merged(list []fit, f fit, apart float64) []fit {
	for i, o := range list {
		if o.at.sub(f.at).length() < apart {
			if f.correlation > o.correlation {
				list[i] = f
			}
			return list
		}
	}
	return append(list, f)
}

// mostClimbing is how many candidates are refined beyond the low level.
const mostClimbing = 10

// climb refines poses of the low level, and the best of them, most at most, at the middle one: those that it returns. Their scale is refined too where it
// is free.
func (w *work) climb(s *side, k int, list []fit, free bool, most int) []fit {
	t, ok := s.template(lowSpots, k)
	if !ok {
		return nil
	}
	var climbing []fit
	for _, f := range list {
		p := w.target[low].refine(t, f.pose, freedom{steps: 8, size: free, prior: f.size, strength: 0.2, enough: 0.02})
		climbing = merged(climbing, w.target[low].judge(t, p), 0.1*w.n[low])
	}
	slices.SortStableFunc(climbing, func(a, b fit) int { return cmp.Compare(b.correlation, a.correlation) })
	t, ok = s.template(middleSpots, k)
	if !ok {
		return nil
	}
	var out []fit
	for _, f := range climbing[:min(most, len(climbing))] {
		p := f.pose.scaled(w.n[middle] / w.n[low])
		p = w.target[middle].refine(t, p, freedom{steps: 8, size: free, prior: p.size, strength: 0.2, enough: 0.02})
		if f := w.target[middle].judge(t, p); f.seen > 0.5 {
			out = append(out, f)
		}
	}
	return out
}

// links of a side at the middle level.
func (w *work) links(s *side, l int) func(i, j int) link {
	return func(i, j int) link {
		a, b := s.outlines[l][i], s.outlines[l][j]
		under, over := between(a.corner[2], a.corner[3], 0.5), between(b.corner[0], b.corner[1], 0.5)
		return link{between(under, over, 0.5), (a.depth() + b.depth()) / 2, max(w.bodies[j].rank-w.bodies[i].rank, 1)}
	}
}

func centres(list []outline) []point {
	out := make([]point, len(list))
	for i, o := range list {
		out[i] = o.centre
	}
	return out
}

// result collects what was found.
func (w *work) result() Result {
	var out Result
	for _, name := range annotations.Vertebrae() {
		if reason, ok := w.refused[name]; ok {
			out.Vertebrae = append(out.Vertebrae, Found{Vertebra: name, Refused: reason})
		} else if f := w.found[name]; f != nil {
			out.Vertebrae = append(out.Vertebrae, *f)
		}
	}
	out.Mirrored = w.mirrored
	return out
}
