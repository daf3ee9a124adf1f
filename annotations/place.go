package annotations

import (
	"math"

	"rachis/dicomio/space"
)

// onImage returns where the pointer is on its image: a place beside the image is moved to its border, and ok is false for one
// that is further off than the reach. Below and to the right the border is only known when the pointer says so.
func (p Pointer) onImage() (at space.Pixel, ok bool) {
	if !finite(p.At) {
		return space.Pixel{}, false
	}
	at = p.clamp(p.At)
	return at, at.Distance(p.At) <= p.Reach
}

// clamp returns the point of the image that is nearest to q.
func (p Pointer) clamp(q space.Pixel) space.Pixel {
	q.Col, q.Row = max(q.Col, 0), max(q.Row, 0)
	if p.Columns > 0 {
		q.Col = min(q.Col, float64(p.Columns))
	}
	if p.Rows > 0 {
		q.Row = min(q.Row, float64(p.Rows))
	}
	return q
}

func finite(q space.Pixel) bool { return !math.IsNaN(q.Col-q.Col) && !math.IsNaN(q.Row-q.Row) }

// aligned returns the place nearest to at whose direction from a is a multiple of 45 degrees in the patient, as it looks on
// the screen, where pixels are drawn as high and as wide as they are.
func aligned(a, at space.Pixel, plane *space.Plane) space.Pixel {
	w, h := pixelSize(plane)
	x, y := (at.Col-a.Col)*w, (at.Row-a.Row)*h
	sin, cos := math.Sincos(math.Round(math.Atan2(y, x)/(math.Pi/4)) * (math.Pi / 4))
	l := float64(x*cos) + float64(y*sin)
	return space.Pixel{Col: a.Col + tidy(l*cos)/w, Row: a.Row + tidy(l*sin)/h}
}

// tidy takes off what the rounding of sines leaves of a direction along an axis.
func tidy(v float64) float64 {
	if math.Abs(v) < 1e-9 {
		return 0
	}
	return v
}

// square returns the corner opposite to a of the largest box that is square in the patient and lies in the box from a to at.
func square(a, at space.Pixel, plane *space.Plane) space.Pixel {
	w, h := pixelSize(plane)
	side := min(math.Abs(at.Col-a.Col)*w, math.Abs(at.Row-a.Row)*h)
	return space.Pixel{Col: a.Col + math.Copysign(side/w, at.Col-a.Col), Row: a.Row + math.Copysign(side/h, at.Row-a.Row)}
}

// pixelSize is how wide and how high a pixel is, to each other; 1 and 1 where nothing says otherwise.
func pixelSize(plane *space.Plane) (width, height float64) {
	if plane == nil || !plane.Spacing.Known() {
		return 1, 1
	}
	return plane.Spacing.BetweenColumns, plane.Spacing.BetweenRows
}
