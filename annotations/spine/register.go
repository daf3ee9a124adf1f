package spine

import (
	"math"
	"math/cmplx"
)

// shared are the corners that both films have of a vertebra, centred, and how many there are.
func shared(a, b body) (za, zb []complex128) {
	var ca, cb complex128
	for c := SA; c <= IA; c++ {
		if a.has[c] && b.has[c] {
			za, zb = append(za, complex(a.at[c].u, a.at[c].v)), append(zb, complex(b.at[c].u, b.at[c].v))
			ca, cb = ca+za[len(za)-1], cb+zb[len(zb)-1]
		}
	}
	n := complex(float64(len(za)), 0)
	for i := range za {
		za[i] -= ca / n
		zb[i] -= cb / n
	}
	return za, zb
}

// product is Sum conj(a) b, whose argument is the rotation from a to b (Procrustes), and the sum of |a|^2.
func product(za, zb []complex128) (p complex128, squares float64) {
	for i := range za {
		p += cmplx.Conj(za[i]) * zb[i]
		squares += float64(real(za[i])*real(za[i])) + float64(imag(za[i])*imag(za[i]))
	}
	return p, squares
}

// turned returns the rotation of a vertebra from a to b in radians, and its variance for an error sigma in each coordinate. The two bodies
// may have different units: sigma is in millimetres, unit as in film.
func turned(a, b body, sigma, unitA, unitB float64) (angle, variance float64) {
	za, zb := shared(a, b)
	p, sa := product(za, zb)
	_, sb := product(zb, za)
	// The angle of a centred figure has the variance sigma^2 / Sum |z|^2 on each film.
	sa, sb = sa/(unitA*unitA), sb/(unitB*unitB)
	return cmplx.Phase(p), sigma * sigma * (1/sa + 1/sb)
}

// fittedOverEndplates is how much smaller the error of a rotation by four corners is than that by endplates, for bodies of human shape
// (M 3.8).
const fittedOverEndplates = 0.55

// register lays the flexion film over the extension film (M 3.6).
func (m *Motion) register(f, e *film) {
	zf, ze := shared(f.pair.lower, e.pair.lower)
	p, squares := product(zf, ze)
	if squares == 0 {
		return
	}
	alpha := p / complex(squares, 0)
	sum := 0.0
	for i := range zf {
		d := cmplx.Abs(ze[i] - alpha*zf[i])
		sum += float64(d * d)
	}
	m.Registration.Angle = ptr(degrees(cmplx.Phase(alpha)))
	// Both pairs are in the object's plane; on the films as they are, each is larger by its magnification.
	scale := cmplx.Abs(alpha)
	if f.mm == e.mm {
		m.Registration.Scale = ptr(scale * e.view.Magnification / f.view.Magnification)
	}
	if f.mm && e.mm && (scale < leastScale || scale > mostScale) {
		m.warn(warning("registration-scale", number(scale, 2)))
	}
	if len(zf) < 3 {
		m.warn(warning("caudal-two-corners", f.pair.lower.name))
		return
	}
	rms := math.Sqrt(sum / float64(len(zf)))
	if e.mm {
		m.Registration.RMS = ptr(rms * e.view.Magnification)
	}
	if e.mm && rms > mostResidual {
		m.warn(warning("registration-residual", number(rms, 1)))
	}
}

// centre finds the centre of rotation. Sizes are made equal first: it is a rigid motion that is asked for.
func (m *Motion) centre(f, e *film) {
	ratio := e.pair.depthBelow() / f.pair.depthBelow()
	point := func(v vec) complex128 { return complex(v.u, v.v) }
	zf, ze := shared(f.pair.lower, e.pair.lower)
	p, _ := product(zf, ze)
	turn := p / complex(cmplx.Abs(p), 0) * complex(ratio, 0)
	cf, ce := f.pair.lower.mean(e.pair.lower), e.pair.lower.mean(f.pair.lower)
	// The upper vertebra of the flexion film, as it stands over the lower one of the extension film.
	upper := f.pair.upper
	for c := range upper.at {
		z := point(ce) + turn*(point(upper.at[c])-point(cf))
		upper.at[c] = vec{real(z), imag(z)}
	}
	a, b := shared(e.pair.upper, upper)
	q, _ := product(a, b)
	phi := cmplx.Phase(q)
	if math.Abs(phi*180/math.Pi) < leastTurn {
		return
	}
	w := cmplx.Rect(1, phi)
	origin := point(e.pair.lower.at[SP])
	from, to := point(e.pair.upper.mean(upper))-origin, point(upper.mean(e.pair.upper))-origin
	z := (to - w*from) / (1 - w) // the point that z -> w z + t leaves where it is
	along := point(e.pair.lower.at[SA]) - origin
	z *= cmplx.Conj(along) / complex(cmplx.Abs(along), 0)
	m.CentreOfRotation = &[2]float64{real(z), imag(z)}
}

// mean is the mean of the corners that the other body has too.
func (b body) mean(other body) vec {
	var sum vec
	n := 0.0
	for c := SA; c <= IA; c++ {
		if b.has[c] && other.has[c] {
			sum = sum.add(b.at[c])
			n++
		}
	}
	return sum.mul(1 / n)
}
