package spine

import (
	"math"
	"math/cmplx"

	"rachis/dicomio/space"
)

// Superposition lays one film over another on a vertebra that both show (M 3.6): a similarity in pixels, with a mirroring before it where the
// patient faces the other way.
type Superposition struct {
	Mirrored bool
	Scale    float64
	// Angle is in degrees, clockwise as it is seen, after the mirroring.
	Angle float64
	// RMS is by which the corners miss each other, in pixels of the film below; 0 for two corners, which always fit.
	RMS float64

	alpha, from, to complex128
}

// Superimpose returns what lays the corners of a vertebra on one film over those on the other, by least squares. mirrored says that the
// patient faces the other way. It is false with fewer than two corners in common, or where they are one point.
func Superimpose(from, to Landmarks, mirrored bool) (Superposition, bool) {
	s := Superposition{Mirrored: mirrored}
	var a, b []complex128
	for c := SA; c <= IA; c++ {
		p, ok1 := from[c]
		q, ok2 := to[c]
		if ok1 && ok2 {
			a, b = append(a, s.place(p)), append(b, complex(q.Col, q.Row))
			s.from, s.to = s.from+a[len(a)-1], s.to+b[len(b)-1]
		}
	}
	if len(a) < 2 {
		return s, false
	}
	n := complex(float64(len(a)), 0)
	s.from, s.to = s.from/n, s.to/n
	for i := range a {
		a[i], b[i] = a[i]-s.from, b[i]-s.to
	}
	p, squares := product(a, b)
	if !(squares > 0) || p == 0 {
		return s, false
	}
	s.alpha = p / complex(squares, 0)
	sum := 0.0
	for i := range a {
		d := cmplx.Abs(b[i] - s.alpha*a[i])
		sum += d * d
	}
	s.Scale, s.Angle, s.RMS = cmplx.Abs(s.alpha), cmplx.Phase(s.alpha)*180/math.Pi, math.Sqrt(sum/float64(len(a)))
	return s, true
}

// Facing is the side to which the patient faces by the corners of a whole vertebra: 1 to the right of the picture, -1 to the left, 0 where
// the corners do not tell.
func Facing(l Landmarks) int {
	b := placeBody("", l, View{}.scale())
	if !b.whole() || b.crossed() {
		return 0
	}
	switch a := b.signed(); {
	case a > 0:
		return 1
	case a < 0:
		return -1
	}
	return 0
}

func (s Superposition) place(p space.Pixel) complex128 {
	if s.Mirrored {
		return complex(-p.Col, p.Row)
	}
	return complex(p.Col, p.Row)
}

// Put gives where a point of the film above comes to lie on the film below.
func (s Superposition) Put(p space.Pixel) space.Pixel {
	z := s.alpha*(s.place(p)-s.from) + s.to
	return space.Pixel{Col: real(z), Row: imag(z)}
}

// Back is the inverse of Put.
func (s Superposition) Back(p space.Pixel) space.Pixel {
	z := (complex(p.Col, p.Row)-s.to)/s.alpha + s.from
	if s.Mirrored {
		return space.Pixel{Col: -real(z), Row: imag(z)}
	}
	return space.Pixel{Col: real(z), Row: imag(z)}
}
