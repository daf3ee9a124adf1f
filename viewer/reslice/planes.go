package reslice

import (
	"math"

	"rachis/dicomio/space"
)

// Planes are parallel planes through a volume, one behind the other: what a reconstruction scrolls through. Their pixels are square.
type Planes struct {
	Planes        []space.Plane // in order along their normal
	Columns, Rows int
	// Step is the distance from one plane to the next in mm.
	Step float64
	// At is the plane that passes through the point that was asked for.
	At int
}

// Limits of what a reconstruction is sampled at: above them its pixels, or its steps, become larger instead.
const (
	mostPixels = 2048
	mostPlanes = 2000
)

// Axes are the directions in which columns and rows of a picture grow, in the patient, at right angles.
type Axes struct{ Along, Down space.LPS }

// The axes of the patient's three planes as they are read: the patient's right at the left of the picture, the front at the top of axial and
// at the left of sagittal pictures, the head at the top of the others.
var (
	Axial    = Axes{space.LPS{X: 1}, space.LPS{Y: 1}}
	Coronal  = Axes{space.LPS{X: 1}, space.LPS{Z: -1}}
	Sagittal = Axes{space.LPS{Y: 1}, space.LPS{Z: -1}}
)

// Upright returns the axes of the plane that holds both directions, turned and mirrored so that the picture is read like the nearest of the
// three planes of the patient, with one of its axes in the first direction. False when the directions are parallel.
func Upright(a, b space.LPS) (Axes, bool) {
	a = a.Unit()
	b = b.Sub(a.Scale(a.Dot(b)))
	if b.Length() < 1e-6 {
		return Axes{}, false
	}
	b = b.Unit()
	near := Axial
	switch n := a.Cross(b); {
	case math.Abs(n.X) >= math.Abs(n.Y) && math.Abs(n.X) >= math.Abs(n.Z):
		near = Sagittal
	case math.Abs(n.Y) >= math.Abs(n.Z):
		near = Coronal
	}
	if math.Abs(a.Dot(near.Along)) < math.Abs(b.Dot(near.Along)) {
		a, b = b, a
	}
	if a.Dot(near.Along) < 0 {
		a = a.Scale(-1)
	}
	if b.Dot(near.Down) < 0 {
		b = b.Scale(-1)
	}
	return Axes{a, b}, true
}

// Through returns planes that cover the volume, one of which passes through a point of the patient: through the place of the volume nearest to it
// when it lies outside. Pixels and steps are as large as the smallest side of a voxel.
func (v *Volume) Through(axes Axes, at space.LPS) Planes {
	normal := axes.Along.Cross(axes.Down).Unit()
	column0, column1 := v.reach(axes.Along)
	row0, row1 := v.reach(axes.Down)
	from, to := v.reach(normal)
	pixel := max(v.smallest, (column1-column0)/mostPixels, (row1-row0)/mostPixels)
	step := max(v.smallest, (to-from)/(mostPlanes-1))
	p := Planes{Columns: count(column1-column0, pixel), Rows: count(row1-row0, pixel), Step: step}
	// The middle of the picture is that of the volume, and pixels are counted from their centres.
	corner := axes.Along.Scale((column0 + column1 - float64(p.Columns-1)*pixel) / 2).Add(axes.Down.Scale((row0 + row1 - float64(p.Rows-1)*pixel) / 2))
	depth := min(max(at.Dot(normal), from), to)
	p.At = int(math.Floor((depth - from + 1e-6) / step))
	last := p.At + int(math.Floor((to-depth+1e-6)/step))
	for i := range last + 1 {
		p.Planes = append(p.Planes, space.Plane{Origin: corner.Add(normal.Scale(depth + float64(i-p.At)*step)), Along: axes.Along, Down: axes.Down,
			Spacing: space.Spacing{BetweenRows: pixel, BetweenColumns: pixel}})
	}
	return p
}

// count is how many pixels cover a length.
func count(length, pixel float64) int { return max(int(math.Ceil(length/pixel-1e-6)), 1) }

// reach returns how far the volume reaches in a direction, in mm: its voxels are half a voxel larger than their centres.
func (v *Volume) reach(direction space.LPS) (from, to float64) {
	from, to = math.Inf(1), math.Inf(-1)
	for corner := range 8 {
		at := func(bit, n int) float64 {
			if corner&bit == 0 {
				return -0.5
			}
			return float64(n) - 0.5
		}
		d := v.ToPatient(at(1, v.Columns), at(2, v.Rows), at(4, v.Slices)).Dot(direction)
		from, to = min(from, d), max(to, d)
	}
	return from, to
}

// Bytes returns how much memory the volume takes.
func (v *Volume) Bytes() int64 { return int64(len(v.values)) }

// Tilt returns by how many degrees the slices are stacked aslant, 0 for slices that lie straight behind one another: a tilted gantry's do not.
func (v *Volume) Tilt() float64 {
	n := v.column.Cross(v.row)
	return math.Atan2(n.Cross(v.slice).Length(), math.Abs(n.Dot(v.slice))) * 180 / math.Pi
}
