package registration

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// sweep is where and how a vertebra is looked for at first.
type sweep struct {
	turns []float64 // radians
	sizes []float64 // logarithms of the scale
	edges bool      // by edges alone
}

// every lists the numbers from -most to most in equal steps of about step.
func every(most, step float64) []float64 {
	n := int(math.Ceil(most / step))
	var out []float64
	for i := -n; i <= n; i++ {
		out = append(out, most*float64(i)/float64(max(n, 1)))
	}
	return out
}

// The first search is made twice. Shades tell bright from dark but drown in what is soft; of a vertebra in a film of little contrast there is not much more
// than the fine lines of its endplates, which coarse pixels wash out: there the strength of edges shows it.
const (
	shades = iota
	edges
	channels
)

// strength is how much there is of edges and grain, whichever way they go, of a sharp plane: in pixels of which step of the plane's make one, told by how it
// stands among its surroundings.
func (p plane) strength(step float64) plane {
	out := newPlane(p.w, p.h)
	for i, v := range p.v {
		out.v[i] = float32(math.Abs(float64(v)))
	}
	return out.shrunk(step).flattened(3)
}

// field is the second film ready to be searched: its spectrum, and how much there is to see around each place.
type field struct {
	plane
	transform
	spectrum []complex128
	// around is one over how much there is to see around each place, and over the number of values of the transform.
	around plane
}

func newField(p plane, around int) field {
	// Larger by what a template reaches, so that nothing comes round from the other side.
	f := field{plane: p, transform: newTransform(powerOfTwo(p.w+around), powerOfTwo(p.h+around))}
	f.spectrum = make([]complex128, f.transform.w*f.transform.h)
	for y := range p.h {
		for x := range p.w {
			f.spectrum[y*f.transform.w+x] = complex(float64(p.v[y*p.w+x]), 0)
		}
	}
	f.forward(f.spectrum, p.h, 0)
	squares := newPlane(p.w, p.h)
	for i, v := range p.v {
		squares.v[i] = v * v
	}
	f.around = squares.box(max(around/2, 1))
	for i, v := range f.around.v {
		f.around.v[i] = float32(1 / ((math.Sqrt(max(float64(v), 0)) + 0.15) * float64(f.transform.w*f.transform.h)))
	}
	return f
}

// paint adds a template, turned and sized, to the grid of the transform, around its corner. norm is what makes a correlation of its product, rows how far it
// reaches.
func (f field) paint(into []complex128, imaginary bool, src plane, o outline, m surroundings, p pose) (norm float64, rows int) {
	inverse := p.inverse(o.centre).laid()
	reach := 0.0
	for _, c := range o.corner {
		reach = max(reach, c.sub(o.centre).length())
	}
	r := int(math.Ceil((reach + o.reach(m)) * math.Exp(p.size)))
	r = min(r, f.transform.w/2-1, f.transform.h/2-1)
	type dot struct {
		x, y int
		v, w float64
	}
	cells := make([]dot, 0, (2*r+1)*(2*r+1))
	var sw, sv float64
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			q := inverse.put(point{float64(x), float64(y)})
			w := o.weighs(q, m)
			if w == 0 {
				continue
			}
			v, in := src.at(q.x, q.y)
			if !in {
				continue
			}
			cells = append(cells, dot{x, y, v, w})
			sw += w
			sv += w * v
		}
	}
	if sw == 0 {
		return 0, 0
	}
	mean, squares := sv/sw, 0.0
	for _, c := range cells {
		d := c.v - mean
		squares += c.w * d * d
		x, y := (c.x+f.transform.w)%f.transform.w, (c.y+f.transform.h)%f.transform.h
		k := y*f.transform.w + x
		if imaginary {
			into[k] += complex(0, c.w*d)
		} else {
			into[k] += complex(c.w*d, 0)
		}
	}
	return math.Sqrt(squares * sw), r
}

func (o outline) weighs(p point, m surroundings) float64 {
	s, u := o.local(p)
	return o.weight(s, u, m)
}

// search returns the best places for a vertebra, best first. Places are pixel centres.
func (f field) search(ctx context.Context, src plane, o outline, m surroundings, s sweep, most int, apart float64) ([]fit, error) {
	best := newPlane(f.plane.w, f.plane.h)
	which := make([]int32, len(best.v))
	var poses []pose
	for _, size := range s.sizes {
		for _, turn := range s.turns {
			poses = append(poses, pose{turn: turn, size: size})
		}
	}
	for i := range best.v {
		best.v[i] = 0
	}
	grid := make([]complex128, f.transform.w*f.transform.h)
	for i := 0; i < len(poses); i += 2 { // two at a time, one as the imaginary part
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		clear(grid)
		var norm [2]float64
		var reach [2]int
		norm[0], reach[0] = f.paint(grid, false, src, o, m, poses[i])
		if i+1 < len(poses) {
			norm[1], reach[1] = f.paint(grid, true, src, o, m, poses[i+1])
		}
		var scale [2]float32
		for j, n := range norm {
			if n > 0 {
				scale[j] = float32(1 / n)
			}
		}
		rows := max(reach[0], reach[1])
		f.forward(grid, rows+1, rows)
		for k, b := range f.spectrum {
			t := grid[k]
			// The film is real: its product with the transform's conjugate is the correlation, of which the second comes out negative. backward wants the
			// conjugate of it.
			grid[k] = complex(real(b), -imag(b)) * t
		}
		f.backward(grid, f.plane.h)
		for y := range f.plane.h {
			line := grid[y*f.transform.w:][:f.plane.w]
			from := y * f.plane.w
			around, high, index := f.around.v[from:][:len(line)], best.v[from:][:len(line)], which[from:][:len(line)]
			for x, v := range line {
				e := around[x]
				// Conjugate once more: what was negative is positive.
				if score := float32(real(v)) * e * scale[0]; score > high[x] {
					high[x], index[x] = score, int32(i)
				}
				if score := float32(imag(v)) * e * scale[1]; score > high[x] {
					high[x], index[x] = score, int32(i+1)
				}
			}
		}
	}
	// The highest places that no higher one is near to.
	var peaks []int
	for y := range best.h {
		for x := range best.w {
			k := y*best.w + x
			v := best.v[k]
			if v <= 0.1 {
				continue
			}
			top := true
			for dy := -1; dy <= 1 && top; dy++ {
				for dx := -1; dx <= 1; dx++ {
					a, b := x+dx, y+dy
					if a < 0 || b < 0 || a >= best.w || b >= best.h || dx == 0 && dy == 0 {
						continue
					}
					if n := best.v[b*best.w+a]; n > v || n == v && b*best.w+a < k {
						top = false
						break
					}
				}
			}
			if top {
				peaks = append(peaks, k)
			}
		}
	}
	slices.SortFunc(peaks, func(a, b int) int { return cmp.Or(cmp.Compare(best.v[b], best.v[a]), cmp.Compare(a, b)) })
	var out []fit
	for _, k := range peaks {
		at := point{float64(k%best.w) + 0.5, float64(k/best.w) + 0.5}
		if slices.ContainsFunc(out, func(o fit) bool { return o.at.sub(at).length() < apart }) {
			continue
		}
		p := poses[which[k]]
		p.at = at
		out = append(out, fit{pose: p, correlation: float64(best.v[k])})
		if len(out) == most {
			break
		}
	}
	return out, nil
}
