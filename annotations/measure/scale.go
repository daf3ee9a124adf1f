package measure

import (
	"math"

	"rachis/dicomio/space"
)

// Units of the answers, in UCUM.
const (
	Millimetre       = "mm"
	SquareMillimetre = "mm2"
	Degree           = "deg"
	Pixels           = "{pixels}"
	SquarePixels     = "{pixels}2"
)

// Scale says how the points of an image become places on a plane. The zero value measures in pixels that are taken as square.
type Scale struct {
	// Spacing is the distance between pixel centres in millimetres. Where it is not Known, lengths are in pixels.
	Spacing space.Spacing
	// Oblong says that the pixels are known not to be square though their size is not known. Nothing but an area in pixels is then
	// measured: a length would depend on its direction, and an angle would be wrong.
	Oblong bool
}

// Calibrated reports whether lengths are in millimetres.
func (s Scale) Calibrated() bool { return s.Spacing.Known() }

// LengthUnit is the UCUM unit of lengths.
func (s Scale) LengthUnit() string {
	if s.Calibrated() {
		return Millimetre
	}
	return Pixels
}

// AreaUnit is the UCUM unit of areas.
func (s Scale) AreaUnit() string {
	if s.Calibrated() {
		return SquareMillimetre
	}
	return SquarePixels
}

// sound reports whether lengths and angles mean something.
func (s Scale) sound() bool { return s.Calibrated() || !s.Oblong }

// steps is the size of a pixel along a row and along a column.
func (s Scale) steps() (dx, dy float64) {
	if s.Calibrated() {
		return s.Spacing.BetweenColumns, s.Spacing.BetweenRows
	}
	return 1, 1
}

// vector is a displacement on the plane, x to the right and y down, in the unit of lengths.
type vector struct{ x, y float64 }

func (s Scale) vector(from, to space.Pixel) vector {
	dx, dy := s.steps()
	return vector{(to.Col - from.Col) * dx, (to.Row - from.Row) * dy}
}

func (a vector) length() float64        { return math.Hypot(a.x, a.y) }
func (a vector) dot(b vector) float64   { return float64(a.x*b.x) + float64(a.y*b.y) }
func (a vector) cross(b vector) float64 { return float64(a.x*b.y) - float64(a.y*b.x) }

// given returns v and true, or 0 and false where v is no number.
func given(v float64) (float64, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}
