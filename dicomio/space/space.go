// Package space speaks of places: points on an image, points in the patient, and the plane that joins them.
//
// Two points of different spaces are different types and never mix by accident. The only way from one to the
// other is a [Plane].
package space

import "math"

// Pixel is a point on an image: Col grows to the right, Row grows downward. (0,0) is the top left corner of the
// top left pixel and (0.5,0.5) is that pixel's centre, as DICOM's SCOORD has it (PS3.3 C.18.6). The zero value is
// the top left corner.
type Pixel struct {
	Col float64 `json:"col"`
	Row float64 `json:"row"`
}

// Sub returns the vector from q to p, in pixels.
func (p Pixel) Sub(q Pixel) Pixel { return Pixel{p.Col - q.Col, p.Row - q.Row} }

// Add returns p moved by the vector q, in pixels.
func (p Pixel) Add(q Pixel) Pixel { return Pixel{p.Col + q.Col, p.Row + q.Row} }

// Distance returns the distance between p and q in pixels. It is no length where pixels are not square.
func (p Pixel) Distance(q Pixel) float64 { return math.Hypot(p.Col-q.Col, p.Row-q.Row) }

// LPS is a point or a vector in the patient, in millimetres: X grows to the patient's left, Y to the back
// (posterior), Z to the head (PS3.3 C.7.6.2.1.1).
type LPS struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	Z float64 `json:"z"`
}

// Add returns the sum of the two vectors.
func (a LPS) Add(b LPS) LPS { return LPS{a.X + b.X, a.Y + b.Y, a.Z + b.Z} }

// Sub returns the vector from b to a.
func (a LPS) Sub(b LPS) LPS { return LPS{a.X - b.X, a.Y - b.Y, a.Z - b.Z} }

// Scale returns a multiplied by k.
func (a LPS) Scale(k float64) LPS { return LPS{a.X * k, a.Y * k, a.Z * k} }

// Dot returns the scalar product.
func (a LPS) Dot(b LPS) float64 { return a.X*b.X + a.Y*b.Y + a.Z*b.Z }

// Cross returns the vector product.
func (a LPS) Cross(b LPS) LPS {
	return LPS{a.Y*b.Z - a.Z*b.Y, a.Z*b.X - a.X*b.Z, a.X*b.Y - a.Y*b.X}
}

// Length returns the vector's length in millimetres.
func (a LPS) Length() float64 { return math.Sqrt(a.Dot(a)) }

// Unit returns a scaled to length 1; the zero vector stays the zero vector.
func (a LPS) Unit() LPS {
	l := a.Length()
	if l == 0 {
		return LPS{}
	}
	return a.Scale(1 / l)
}

// Spacing is the distance between pixel centres in millimetres, in DICOM's order: between rows first (the vertical
// distance), then between columns. The zero value means that no spacing is known.
type Spacing struct {
	BetweenRows    float64 `json:"between_rows"`
	BetweenColumns float64 `json:"between_columns"`
}

// Known reports whether both distances are finite and positive.
func (s Spacing) Known() bool {
	return s.BetweenRows > 0 && s.BetweenColumns > 0 && !math.IsInf(s.BetweenRows, 0) && !math.IsInf(s.BetweenColumns, 0)
}

// Plane places an image in the patient (PS3.3 C.7.6.2.1.1). The zero value places nothing: ask Known first.
type Plane struct {
	// Origin is the centre of the top left pixel, as ImagePositionPatient has it.
	Origin LPS `json:"origin"`
	// Along is the unit vector in which Col grows: the first three values of ImageOrientationPatient.
	Along LPS `json:"along"`
	// Down is the unit vector in which Row grows: the last three values of ImageOrientationPatient.
	Down LPS `json:"down"`
	// Spacing is the distance between pixel centres in the patient.
	Spacing Spacing `json:"spacing"`
}

// orthogonality is the largest |Along·Down| of a plane that is accepted: scanners write six decimals, and real
// files are off by up to 1e-3.
const orthogonality = 1e-2

// Known reports whether the plane places its image: two unit vectors at a right angle, a known spacing and a finite
// origin.
func (p Plane) Known() bool {
	for _, v := range []float64{p.Origin.X, p.Origin.Y, p.Origin.Z} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return p.Spacing.Known() &&
		math.Abs(p.Along.Length()-1) < orthogonality && math.Abs(p.Down.Length()-1) < orthogonality &&
		math.Abs(p.Along.Dot(p.Down)) < orthogonality
}

// Normal returns the unit vector Along × Down.
func (p Plane) Normal() LPS { return p.Along.Cross(p.Down).Unit() }

// ToPatient returns where the image point lies in the patient. It alone takes off the half pixel between the corner
// that Pixel counts from and the centre that Origin is.
func (p Plane) ToPatient(q Pixel) LPS {
	return p.Origin.
		Add(p.Along.Scale((q.Col - 0.5) * p.Spacing.BetweenColumns)).
		Add(p.Down.Scale((q.Row - 0.5) * p.Spacing.BetweenRows))
}

// FromPatient returns the image point nearest to the patient point and the signed distance of the patient point
// from the plane along Normal, in millimetres. The plane must be Known.
func (p Plane) FromPatient(q LPS) (Pixel, float64) {
	d := q.Sub(p.Origin)
	return Pixel{
		Col: d.Dot(p.Along)/p.Spacing.BetweenColumns + 0.5,
		Row: d.Dot(p.Down)/p.Spacing.BetweenRows + 0.5,
	}, d.Dot(p.Normal())
}
