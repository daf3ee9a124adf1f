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

// across is the sine of the least angle that two lines make with the way between their middles for them to be taken as lines across it.
const across = 0.5

// Cobb returns the angle between the lines through a1, a2 and b1, b2, in degrees. It does not matter which end was marked first. Lines across the way
// from one to the other, as the endplates of a spine are, both lead to one side of it, and their angle is 0 to 180: that of a severe scoliosis is beyond
// 90. Of others nothing tells, and the angle is 0 to 90. There is none when a line has no length.
func Cobb(a1, a2, b1, b2 space.Pixel, s Scale) (float64, bool) {
	a, b := s.vector(a1, a2), s.vector(b1, b2)
	if !s.sound() || a.length() == 0 || b.length() == 0 {
		return 0, false
	}
	from, to := s.vector(a1, b1), s.vector(a2, b2)
	way := vector{(from.x + to.x) / 2, (from.y + to.y) / 2} // from the middle of a to that of b
	sideA, sideB := way.cross(a), way.cross(b)
	if math.Abs(sideA) >= across*way.length()*a.length() && math.Abs(sideB) >= across*way.length()*b.length() && way.length() > 0 {
		return degrees(math.Atan2(math.Abs(a.cross(b)), math.Copysign(1, sideA)*math.Copysign(1, sideB)*a.dot(b)))
	}
	return degrees(math.Atan2(math.Abs(a.cross(b)), math.Abs(a.dot(b))))
}

func degrees(radians float64) (float64, bool) { return given(radians * 180 / math.Pi) }
