package render

import (
	"image"
	"image/color"
	"math"
)

// Brush paints lines and filled shapes, anti-aliased, on screen coordinates in pixels. A stroke is gathered first and blended
// once, so that joints are not painted twice. It keeps its memory and belongs to one goroutine; the zero value is ready.
type Brush struct {
	coverage []uint8 // of the whole picture, zero between strokes
	touched  []int32
	w, h     int
}

type point struct{ x, y float64 }

// begin prepares for a picture.
func (b *Brush) begin(img *image.RGBA) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if b.w != w || b.h != h {
		b.coverage, b.w, b.h = make([]uint8, w*h), w, h
		b.touched = b.touched[:0]
	}
}

// end blends what was gathered.
func (b *Brush) end(img *image.RGBA, c color.NRGBA) {
	for _, i := range b.touched {
		o := (int(i)/b.w)*img.Stride + int(i)%b.w*4
		blend(img.Pix[o:o+4:o+4], c, b.coverage[i])
		b.coverage[i] = 0
	}
	b.touched = b.touched[:0]
}

func (b *Brush) cover(x, y int, amount float64) {
	if amount <= 0 {
		return
	}
	v := uint8(math.Min(amount, 1)*255 + 0.5)
	i := y*b.w + x
	if v > b.coverage[i] {
		if b.coverage[i] == 0 {
			b.touched = append(b.touched, int32(i))
		}
		b.coverage[i] = v
	}
}

// segment gathers a line with round ends, radius pixels to either side.
func (b *Brush) segment(p, q point, radius float64) {
	p, q, ok := b.clip(p, q, radius+2)
	if !ok {
		return
	}
	dx, dy := q.x-p.x, q.y-p.y
	length2 := float64(dx*dx) + float64(dy*dy)
	reach := radius + 1
	top := clampInt(int(math.Floor(math.Min(p.y, q.y)-reach)), 0, b.h)
	bottom := clampInt(int(math.Ceil(math.Max(p.y, q.y)+reach)), 0, b.h)
	for y := top; y < bottom; y++ {
		// The part of the segment within reach of this row bounds the columns.
		cy := float64(y) + 0.5
		t0, t1 := 0.0, 1.0
		if math.Abs(dy) > 1e-9 {
			t0, t1 = (cy-reach-p.y)/dy, (cy+reach-p.y)/dy
			if t0 > t1 {
				t0, t1 = t1, t0
			}
			t0, t1 = math.Max(t0, 0), math.Min(t1, 1)
		}
		if t0 > t1 {
			continue
		}
		xa, xb := p.x+float64(t0*dx), p.x+float64(t1*dx)
		left := clampInt(int(math.Floor(math.Min(xa, xb)-reach)), 0, b.w)
		right := clampInt(int(math.Ceil(math.Max(xa, xb)+reach)), 0, b.w)
		for x := left; x < right; x++ {
			cx := float64(x) + 0.5
			t := 0.0
			if length2 > 0 {
				t = (float64((cx-p.x)*dx) + float64((cy-p.y)*dy)) / length2
				t = math.Min(math.Max(t, 0), 1)
			}
			ex, ey := cx-p.x-float64(t*dx), cy-p.y-float64(t*dy)
			b.cover(x, y, radius+0.5-math.Sqrt(float64(ex*ex)+float64(ey*ey)))
		}
	}
}

// clip cuts a segment to the picture widened by margin, so that marks far outside cost nothing.
func (b *Brush) clip(p, q point, margin float64) (point, point, bool) {
	for _, v := range []float64{p.x, p.y, q.x, q.y} {
		if math.IsNaN(v) || math.Abs(v) > 1e9 {
			return p, q, false
		}
	}
	t0, t1 := 0.0, 1.0
	dx, dy := q.x-p.x, q.y-p.y
	edge := func(d, from float64) bool { // keeps where from + t*d >= 0
		if d == 0 {
			return from >= 0
		}
		t := -from / d
		if d > 0 {
			t0 = math.Max(t0, t)
		} else {
			t1 = math.Min(t1, t)
		}
		return t0 <= t1
	}
	w, h := float64(b.w), float64(b.h)
	if !edge(dx, p.x+margin) || !edge(-dx, w+margin-p.x) || !edge(dy, p.y+margin) || !edge(-dy, h+margin-p.y) {
		return p, q, false
	}
	return point{p.x + float64(t0*dx), p.y + float64(t0*dy)}, point{p.x + float64(t1*dx), p.y + float64(t1*dy)}, true
}

// line gathers a polyline; dashed ones have dashes of dash pixels, with gaps two thirds as long.
func (b *Brush) line(points []point, closed bool, radius, dash float64) {
	n := len(points)
	if n == 1 {
		b.segment(points[0], points[0], radius)
		return
	}
	last := n - 1
	if closed && n > 2 {
		last = n
	}
	along := 0.0
	for i := 0; i < last; i++ {
		p, q := points[i], points[(i+1)%n]
		if dash <= 0 {
			b.segment(p, q, radius)
			continue
		}
		length := math.Hypot(q.x-p.x, q.y-p.y)
		if !(length > 0) || length > 1e5 {
			continue
		}
		period := dash * 5 / 3
		for s := -math.Mod(along, period); s < length; s += period {
			a, e := math.Max(s, 0)/length, math.Min(s+dash, length)/length
			if e > a {
				b.segment(point{p.x + float64(a*(q.x-p.x)), p.y + float64(a*(q.y-p.y))}, point{p.x + float64(e*(q.x-p.x)), p.y + float64(e*(q.y-p.y))}, radius)
			}
		}
		along += length
	}
}

// box gathers a filled rectangle.
func (b *Brush) box(x0, y0, x1, y1 float64) {
	left, right := clampInt(int(math.Floor(x0)), 0, b.w), clampInt(int(math.Ceil(x1)), 0, b.w)
	for y := clampInt(int(math.Floor(y0)), 0, b.h); y < clampInt(int(math.Ceil(y1)), 0, b.h); y++ {
		cy := math.Min(float64(y+1), y1) - math.Max(float64(y), y0)
		for x := left; x < right; x++ {
			b.cover(x, y, cy*(math.Min(float64(x+1), x1)-math.Max(float64(x), x0)))
		}
	}
}

// triangle gathers a filled triangle.
func (b *Brush) triangle(p, q, r point) {
	area := float64((q.x-p.x)*(r.y-p.y)) - float64((q.y-p.y)*(r.x-p.x))
	if math.Abs(area) < 1e-9 || math.IsNaN(area) || math.Abs(area) > 1e9 {
		return
	}
	if area < 0 {
		q, r = r, q
	}
	distance := func(a, e, c point) float64 {
		l := math.Hypot(e.x-a.x, e.y-a.y)
		return (float64((e.x-a.x)*(c.y-a.y)) - float64((e.y-a.y)*(c.x-a.x))) / l
	}
	x0, x1 := math.Min(p.x, math.Min(q.x, r.x)), math.Max(p.x, math.Max(q.x, r.x))
	y0, y1 := math.Min(p.y, math.Min(q.y, r.y)), math.Max(p.y, math.Max(q.y, r.y))
	for y := clampInt(int(y0)-1, 0, b.h); y < clampInt(int(y1)+2, 0, b.h); y++ {
		for x := clampInt(int(x0)-1, 0, b.w); x < clampInt(int(x1)+2, 0, b.w); x++ {
			c := point{float64(x) + 0.5, float64(y) + 0.5}
			b.cover(x, y, 0.5+math.Min(distance(p, q, c), math.Min(distance(q, r, c), distance(r, p, c))))
		}
	}
}

// Line paints a straight line between two screen points, width pixels wide, on a dark halo.
func (b *Brush) Line(img *image.RGBA, x0, y0, x1, y1, width float64, c color.NRGBA, dash float64) {
	b.begin(img)
	points := [2]point{{x0, y0}, {x1, y1}}
	b.line(points[:], false, width/2+1, dash)
	b.end(img, halo)
	b.line(points[:], false, width/2, dash)
	b.end(img, c)
}

// halo is painted under every line.
var halo = color.NRGBA{A: 150}
