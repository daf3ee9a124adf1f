package registration

import "math"

// plane is a picture in working pixels. Its pixel (i, j) has its centre at i+0.5, j+0.5, as on a film.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) plane { return plane{w, h, make([]float32, w*h)} }

// taps are the source pixels that a resampled one is made of.
type taps struct {
	from   int
	weight []float32
}

// area returns how n pixels of a size of step source pixels are made of the source's: by the share of each that they cover, or, when they
// are smaller, between the nearest two.
func area(n, source int, step float64) []taps {
	out := make([]taps, n)
	for i := range out {
		a, b := float64(i)*step, float64(i+1)*step
		if step < 1 {
			mid := (a + b) / 2
			a, b = mid-0.5, mid+0.5
		}
		first, last := int(math.Floor(a)), int(math.Ceil(b))-1
		first, last = min(max(first, 0), source-1), min(max(last, 0), source-1)
		t := taps{from: first}
		sum := 0.0
		for k := first; k <= last; k++ {
			w := min(b, float64(k+1)) - max(a, float64(k))
			w = max(w, 1e-6)
			t.weight = append(t.weight, float32(w))
			sum += w
		}
		for k := range t.weight {
			t.weight[k] /= float32(sum)
		}
		out[i] = t
	}
	return out
}

// resampled gives the film in pixels of so many columns and rows of its own.
func (f Film) resampled(columns, rows float64) plane {
	w, h := max(1, int(float64(f.Columns)/columns)), max(1, int(float64(f.Rows)/rows))
	across, down := area(w, f.Columns, columns), area(h, f.Rows, rows)
	out := newPlane(w, h)
	line := make([]float32, w)
	// Rows are squeezed as they come and added to those of the result that they belong to: each belongs to two or three.
	first := 0
	for r := range f.Rows {
		for first < h && down[first].from+len(down[first].weight) <= r {
			first++
		}
		if first == h {
			break
		}
		if down[first].from > r {
			continue
		}
		src := f.Samples[r*f.Columns : (r+1)*f.Columns]
		for i, t := range across {
			var sum float32
			for k, wt := range t.weight {
				sum += wt * float32(src[t.from+k])
			}
			line[i] = sum
		}
		for j := first; j < h && down[j].from <= r; j++ {
			k := r - down[j].from
			if k >= len(down[j].weight) {
				continue
			}
			wt := down[j].weight[k]
			row := out.v[j*w : (j+1)*w]
			for i, x := range line {
				row[i] += wt * x
			}
		}
	}
	return out
}

// shrunk gives the plane in larger pixels.
func (p plane) shrunk(step float64) plane {
	w, h := max(1, int(float64(p.w)/step)), max(1, int(float64(p.h)/step))
	across, down := area(w, p.w, step), area(h, p.h, step)
	half := newPlane(w, p.h)
	for y := range p.h {
		src := p.v[y*p.w : (y+1)*p.w]
		for i, t := range across {
			var sum float32
			for k, wt := range t.weight {
				sum += wt * src[t.from+k]
			}
			half.v[y*w+i] = sum
		}
	}
	out := newPlane(w, h)
	for j, t := range down {
		row := out.v[j*w : (j+1)*w]
		for k, wt := range t.weight {
			src := half.v[(t.from+k)*w : (t.from+k+1)*w]
			for i, x := range src {
				row[i] += wt * x
			}
		}
	}
	return out
}

// mirrored is the plane as seen from behind.
func (p plane) mirrored() plane {
	out := newPlane(p.w, p.h)
	for y := range p.h {
		for x := range p.w {
			out.v[y*p.w+x] = p.v[y*p.w+p.w-1-x]
		}
	}
	return out
}

// box replaces each value by the mean of those within r pixels of it in its row and column; at the edge of those that there are.
func (p plane) box(r int) plane {
	if r < 1 {
		return p
	}
	mid := newPlane(p.w, p.h)
	for y := range p.h {
		src, dst := p.v[y*p.w:(y+1)*p.w], mid.v[y*p.w:(y+1)*p.w]
		sum, n := 0.0, 0
		for x := 0; x < min(r, p.w); x++ {
			sum += float64(src[x])
			n++
		}
		for x := range p.w {
			if x+r < p.w {
				sum += float64(src[x+r])
				n++
			}
			if x-r-1 >= 0 {
				sum -= float64(src[x-r-1])
				n--
			}
			dst[x] = float32(sum / float64(n))
		}
	}
	out := newPlane(p.w, p.h)
	sum := make([]float64, p.w)
	n := 0
	for y := 0; y < min(r, p.h); y++ {
		for x, v := range mid.v[y*p.w : (y+1)*p.w] {
			sum[x] += float64(v)
		}
		n++
	}
	for y := range p.h {
		if y+r < p.h {
			for x, v := range mid.v[(y+r)*p.w : (y+r+1)*p.w] {
				sum[x] += float64(v)
			}
			n++
		}
		if y-r-1 >= 0 {
			for x, v := range mid.v[(y-r-1)*p.w : (y-r)*p.w] {
				sum[x] -= float64(v)
			}
			n--
		}
		dst := out.v[y*p.w : (y+1)*p.w]
		for x := range dst {
			dst[x] = float32(sum[x] / float64(n))
		}
	}
	return out
}

// gaussian smooths with a standard deviation in pixels, by its kernel.
func (p plane) gaussian(sigma float64) plane {
	if sigma <= 0 {
		return p
	}
	r := int(math.Ceil(3 * sigma))
	k := make([]float32, 2*r+1)
	total := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-0.5 * float64((i-r)*(i-r)) / (sigma * sigma)))
		total += k[i]
	}
	for i := range k {
		k[i] /= total
	}
	mid, out := newPlane(p.w, p.h), newPlane(p.w, p.h)
	for y := range p.h {
		src, dst := p.v[y*p.w:(y+1)*p.w], mid.v[y*p.w:(y+1)*p.w]
		for x := range dst {
			var sum float32
			if x >= r && x+r < p.w {
				for i, w := range k {
					sum += w * src[x-r+i]
				}
			} else {
				for i, w := range k {
					sum += w * src[min(max(x-r+i, 0), p.w-1)]
				}
			}
			dst[x] = sum
		}
	}
	for y := range p.h {
		dst := out.v[y*p.w : (y+1)*p.w]
		for i, w := range k {
			yy := min(max(y-r+i, 0), p.h-1)
			for x, v := range mid.v[yy*p.w : (yy+1)*p.w] {
				dst[x] += w * v
			}
		}
	}
	return out
}

// flattened tells each value by how it stands among those around it: less their mean, divided by their spread. r is how far around, in
// pixels. Where there is next to no spread, as outside the beam, it is nearly 0 and not noise.
func (p plane) flattened(r int) plane {
	mean := p.box(r).box(r)
	dev := newPlane(p.w, p.h)
	total := 0.0
	for i, v := range p.v {
		d := v - mean.v[i]
		mean.v[i] = d
		dev.v[i] = d * d
		total += float64(dev.v[i])
	}
	dev = dev.box(r).box(r)
	floor := float32(0.15 * math.Sqrt(total/float64(len(p.v))))
	for i, d := range mean.v {
		s := float32(math.Sqrt(max(float64(dev.v[i]), 0))) // running sums may leave a little less than nothing
		mean.v[i] = d / (s + floor + 1e-6)
	}
	return mean
}

// level is a film at one size of pixel, ready to be matched.
type level struct {
	plane
	cells []cell // of each pixel; none where the slopes are not asked for
}

// cell is a pixel's value, and how it grows to the right and downwards, a pixel.
type cell struct{ v, gx, gy float32 }

func newLevel(p plane) level {
	l := level{p, make([]cell, len(p.v))}
	for y := range p.h {
		up, at, down := p.v[max(y-1, 0)*p.w:][:p.w], p.v[y*p.w:][:p.w], p.v[min(y+1, p.h-1)*p.w:][:p.w]
		out := l.cells[y*p.w:][:p.w]
		for x, v := range at {
			out[x] = cell{v, (at[min(x+1, p.w-1)] - at[max(x-1, 0)]) / 2, (down[x] - up[x]) / 2}
		}
	}
	return l
}

// at is the value at a place, between the four pixels around it. False outside.
func (p *plane) at(x, y float64) (float64, bool) {
	x, y = x-0.5, y-0.5
	if !(x >= 0 && y >= 0 && x <= float64(p.w-1) && y <= float64(p.h-1)) {
		return 0, false
	}
	i, j := min(int(x), max(p.w-2, 0)), min(int(y), max(p.h-2, 0))
	tx, ty := float32(x-float64(i)), float32(y-float64(j))
	k := j*p.w + i
	right, below := min(1, p.w-1), min(1, p.h-1)*p.w
	a := p.v[k] + (p.v[k+right]-p.v[k])*tx
	b := p.v[k+below] + (p.v[k+below+right]-p.v[k+below])*tx
	return float64(a + (b-a)*ty), true
}

// sample is the value and the slopes at a place.
func (l *level) sample(x, y float64) (v, gx, gy float64, ok bool) {
	x, y = x-0.5, y-0.5
	if !(x >= 0 && y >= 0 && x < float64(l.w-1) && y < float64(l.h-1)) {
		return 0, 0, 0, false
	}
	i, j := int(x), int(y)
	tx, ty := float32(x-float64(i)), float32(y-float64(j))
	k := j*l.w + i
	w11 := tx * ty
	w10, w01 := tx-w11, ty-w11
	w00 := 1 - tx - w01
	a, b := l.cells[k:k+2:k+2], l.cells[k+l.w:k+l.w+2]
	v = float64(a[0].v*w00 + a[1].v*w10 + b[0].v*w01 + b[1].v*w11)
	gx = float64(a[0].gx*w00 + a[1].gx*w10 + b[0].gx*w01 + b[1].gx*w11)
	gy = float64(a[0].gy*w00 + a[1].gy*w10 + b[0].gy*w01 + b[1].gy*w11)
	return v, gx, gy, true
}
