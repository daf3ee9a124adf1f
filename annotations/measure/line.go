package measure

import (
	"math"

	"rachis/dicomio/space"
)

// Length returns the distance from a to b in the scale's unit of lengths, 0 or more.
func Length(a, b space.Pixel, s Scale) (float64, bool) {
	if !s.sound() {
		return 0, false
	}
	return given(s.vector(a, b).length())
}

// Angle returns the angle at vertex between the arms to from and to to, in degrees, 0 to 180. There is none when an arm has no length.
func Angle(from, vertex, to space.Pixel, s Scale) (float64, bool) {
	a, b := s.vector(vertex, from), s.vector(vertex, to)
	if !s.sound() || a.length() == 0 || b.length() == 0 {
		return 0, false
	}
	return degrees(math.Atan2(math.Abs(a.cross(b)), a.dot(b)))
}

// Cobb returns the angle between the lines through a1, a2 and b1, b2, in degrees, 0 to 90: lines have no direction, so that it does not
// matter which end was marked first. There is none when a line has no length.
func Cobb(a1, a2, b1, b2 space.Pixel, s Scale) (float64, bool) {
	a, b := s.vector(a1, a2), s.vector(b1, b2)
	if !s.sound() || a.length() == 0 || b.length() == 0 {
		return 0, false
	}
	return degrees(math.Atan2(math.Abs(a.cross(b)), math.Abs(a.dot(b))))
}

func degrees(radians float64) (float64, bool) { return given(radians * 180 / math.Pi) }
