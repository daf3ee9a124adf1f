package lesion

import (
	"math"
	"math/rand/v2"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// divide finds where along the endplate the lesion's area splits into its parts, the first in front.
func (l *change) divide() {
	const n = 2000
	total := 0.0
	for i := range n {
		total += l.rim(l.s0+(l.s1-l.s0)*(float64(i)+0.5)/n, 0)
	}
	sum := 0.0
	for i := range n {
		sum += l.rim(l.s1-(l.s1-l.s0)*(float64(i)+0.5)/n, 0)
		if sum >= l.fraction*total {
			l.split = (float64(i) + 0.5) / n
			return
		}
	}
	l.split = 1
}

// paint makes a slice.
func (c *Case) paint(q series, slice dicomio.Slice, number int) *dicomio.Frame {
	in, p := slice.Instance, slice.Plane
	f := &dicomio.Frame{Rows: in.Rows, Columns: in.Columns, Values: make([]uint16, in.Rows*in.Columns), Grayscale: dicomio.Grayscale{Slope: 1, BitsStored: 12}}
	noise := rand.New(rand.NewPCG(uint64(c.Seed), uint64(1000*(q.weighting+1)+number)))
	normal := p.Normal()
	for row := range in.Rows {
		for col := range in.Columns {
			v := c.pixel(q, p, normal, float64(col), float64(row))
			re, im := v+q.noise*noise.NormFloat64(), q.noise*noise.NormFloat64()
			f.Values[row*in.Columns+col] = uint16(min(4095, math.Round(math.Hypot(re, im))))
		}
	}
	return f
}

// pixel is the signal of a pixel: the mean over its area, finely where tissues meet, and over the slice's thickness.
func (c *Case) pixel(q series, p space.Plane, normal space.LPS, col, row float64) float64 {
	s := &c.scene
	at := func(x, y, z float64) (vec, float64) {
		return s.place(p.ToPatient(space.Pixel{Col: col + x, Row: row + y}).Add(normal.Scale(z * q.thickness)))
	}
	type kind struct {
		t    tissue
		l    *change
		part int
	}
	look := func(x, y, z float64) kind {
		pt, w := at(x, y, z)
		t, l, part := s.tissueAt(pt, w)
		return kind{t, l, part}
	}
	centre, w := at(0.5, 0.5, 0)
	texture := 1 + s.texture*s.grain[q.weighting]*s.noise(centre, w)
	signal := func(k kind) float64 {
		v := s.signals[k.t][q.weighting]
		if k.t != marrowTissue {
			return v
		}
		if k.part >= 0 {
			x := k.l.parts[k.part]
			switch q.weighting {
			case 0:
				v *= x.T1
			case 1:
				v *= x.T2
			case 2:
				v += x.STIR / 100 * (s.csf - v)
			}
		}
		return v * texture
	}
	first := look(0.5, 0.5, 0)
	same := true
	for _, d := range [][3]float64{{0.1, 0.1, -0.35}, {0.9, 0.1, 0.35}, {0.1, 0.9, 0.35}, {0.9, 0.9, -0.35}} {
		if k := look(d[0], d[1], d[2]); k.t != first.t || k.part != first.part {
			same = false
			break
		}
	}
	v := signal(first)
	if !same {
		sum := 0.0
		for _, z := range []float64{-1.0 / 3, 0, 1.0 / 3} {
			for i := range 9 {
				sum += signal(look((float64(i%3)+0.5)/3, (float64(i/3)+0.5)/3, z))
			}
		}
		v = sum / 27
	}
	return v * s.shading(q.weighting, centre)
}

// shading is the sensitivity of a coil behind the patient, 1 at the middle of the lesion's vertebra.
func (s *scene) shading(w int, p vec) float64 {
	d := p.sub(s.middle)
	z := (d.v - s.shadeAt[w]) / 100
	return math.Exp(-s.shadeBack[w]*d.u) * (1 - s.shadeUp[w]*z*z)
}

// noise is smooth noise of variance near 1: two octaves of marrow's texture.
func (s *scene) noise(p vec, w float64) float64 {
	return 2.38 * (0.8*lattice(s.seed, p.u/2.4, p.v/2.4, w/4) + 0.6*lattice(s.seed+1, p.u/6, p.v/6, w/8))
}

// lattice is smooth noise between -1 and 1 with a step of 1.
func lattice(seed uint64, x, y, z float64) float64 {
	fx, fy, fz := math.Floor(x), math.Floor(y), math.Floor(z)
	ix, iy, iz := int64(fx), int64(fy), int64(fz)
	ease := func(t float64) float64 { return t * t * (3 - 2*t) }
	tx, ty, tz := ease(x-fx), ease(y-fy), ease(z-fz)
	mix := func(a, b, t float64) float64 { return a + (b-a)*t }
	plane := func(k int64) float64 {
		return mix(mix(corner(seed, ix, iy, k), corner(seed, ix+1, iy, k), tx), mix(corner(seed, ix, iy+1, k), corner(seed, ix+1, iy+1, k), tx), ty)
	}
	return mix(plane(iz), plane(iz+1), tz)
}

func corner(seed uint64, x, y, z int64) float64 {
	h := seed ^ uint64(x)*0x9e3779b97f4a7c15 ^ uint64(y)*0xc2b2ae3d27d4eb4f ^ uint64(z)*0x165667b19e3779f9
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	h *= 0x94d049bb133111eb
	h ^= h >> 29
	return float64(h>>40)/(1<<23) - 1
}

// centreOf is the centre of a pixel.
func centreOf(col, row int) space.Pixel {
	return space.Pixel{Col: float64(col) + 0.5, Row: float64(row) + 0.5}
}
