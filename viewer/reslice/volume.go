package reslice

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Volume is a stack of grey images of one orientation as one block of values. Voxel (column, row, slice) counts from 0 at voxel centres.
// It is not changed once it is made, and safe for concurrent use.
type Volume struct {
	Columns, Rows, Slices int
	// Grayscale says how values become grey: that of the first image, without padding of its own; Signed as in dicomio.Frame.
	Grayscale dicomio.Grayscale
	Signed    bool
	// Irregular says in what the stack is not evenly spaced, "" when it is: slices are then interpolated by their true positions.
	Irregular string
	// FrameOfReferenceUID is that of the stack.
	FrameOfReferenceUID string

	// values are samples as in dicomio.Frame, in little endian, so that two neighbours are read at once. One more slice, row and voxel
	// follow: a point on the last voxels has neighbours too, of weight 0.
	values   []byte
	outside  uint16 // what stands where the volume is not
	isMarked bool   // outside is a value that no voxel has

	first            space.LPS // centre of voxel (0, 0, 0)
	column, row      space.LPS // step to the next voxel, in mm
	slice            space.LPS // mean step to the next slice
	positions        []float64 // of the slices along slice, from 0 to Slices-1, when they are irregular; else nil
	columnOf, rowOf  space.LPS // dual basis: the voxel index is the scalar product of a vector from first with it
	sliceOf          space.LPS
	smallest, extent float64 // the smallest voxel side and the diagonal, in mm
}

// Reasons why a stack is no volume.
var (
	ErrTooFew      = errors.New("fewer than two images with a position")
	ErrUnplaced    = errors.New("images without position or orientation among them")
	ErrDouble      = errors.New("several images at one position")
	ErrColour      = errors.New("images in colour or with float values")
	ErrUnequal     = errors.New("images that differ in size, sign or rescale")
	ErrNotParallel = errors.New("images that are not parallel")
)

// apart is the least distance of two slices in mm: below any slice spacing, above the rounding of headers.
const apart = 0.01

// New reads a stack of one orientation group to a volume. frame returns an image; it is called once for each, the first one first and the others
// from as many goroutines as there are processors, until one fails or the context ends. A stack whose images cannot make a volume is an error
// that says why, before any image is read as far as the headers tell.
func New(ctx context.Context, stack *dicomio.Stack, frame func(context.Context, int) (*dicomio.Frame, error)) (*Volume, error) {
	n := len(stack.Slices)
	if n < 2 {
		return nil, ErrTooFew
	}
	v := &Volume{Slices: n, FrameOfReferenceUID: stack.FrameOfReferenceUID}
	if err := v.place(stack); err != nil {
		return nil, err
	}
	all := make([]taken, n)
	take := func(ctx context.Context, i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := frame(ctx, i)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := v.begin(f); err != nil {
				return fmt.Errorf("image 1: %w", err)
			}
		}
		if all[i], err = v.take(f, i); err != nil {
			return fmt.Errorf("image %d: %w", i+1, err)
		}
		return nil
	}
	if err := take(ctx, 0); err != nil {
		return nil, err
	}
	if err := each(ctx, 1, n, take); err != nil {
		return nil, err
	}
	v.finish(all)
	return v, nil
}

// place finds where the voxels are from the planes of the slices.
func (v *Volume) place(stack *dicomio.Stack) error {
	a, z := stack.Slices[0].Plane, stack.Slices[len(stack.Slices)-1].Plane
	for _, s := range stack.Slices {
		if !s.Plane.Known() {
			return ErrUnplaced
		}
		// A thousandth of a radian is half a voxel over 500.
		if s.Plane.Along.Sub(a.Along).Length() > 2e-3 || s.Plane.Down.Sub(a.Down).Length() > 2e-3 {
			return ErrNotParallel
		}
		if s.Plane.Spacing != a.Spacing {
			return ErrUnequal
		}
	}
	v.first = a.Origin
	v.column, v.row = a.Along.Scale(a.Spacing.BetweenColumns), a.Down.Scale(a.Spacing.BetweenRows)
	v.slice = z.Origin.Sub(a.Origin).Scale(1 / float64(v.Slices-1))
	normal := a.Normal()
	total := z.Origin.Sub(a.Origin).Dot(normal)
	if math.Abs(total) < apart {
		return ErrDouble
	}
	at := make([]float64, v.Slices)
	worst := 0.0
	for i, s := range stack.Slices {
		d := s.Plane.Origin.Sub(a.Origin)
		at[i] = d.Dot(normal) / total * float64(v.Slices-1)
		if i > 0 && (at[i]-at[i-1])*math.Abs(total)/float64(v.Slices-1) < apart {
			return ErrDouble
		}
		// How far the slice is from where evenly spaced ones would be, in mm; in its plane too.
		worst = max(worst, d.Sub(v.slice.Scale(float64(i))).Length())
	}
	gap := math.Abs(total) / float64(v.Slices-1)
	if worst > max(0.02, gap/50) {
		v.positions = at
		if v.Irregular = stack.Note; v.Irregular == "" {
			v.Irregular = fmt.Sprintf("%.3g mm", worst)
		}
	}
	// The dual basis of column, row and slice, which need not be at right angles: a tilted gantry's are not.
	volume := v.column.Cross(v.row).Dot(v.slice)
	if math.Abs(volume) < 1e-9 {
		return ErrNotParallel
	}
	v.columnOf = v.row.Cross(v.slice).Scale(1 / volume)
	v.rowOf = v.slice.Cross(v.column).Scale(1 / volume)
	v.sliceOf = v.column.Cross(v.row).Scale(1 / volume)
	v.smallest = min(a.Spacing.BetweenColumns, a.Spacing.BetweenRows, gap)
	return nil
}

// begin makes room for images like the first.
func (v *Volume) begin(f *dicomio.Frame) error {
	if f.Values == nil {
		return ErrColour
	}
	if f.Rows < 2 || f.Columns < 2 {
		return ErrTooFew
	}
	v.Rows, v.Columns, v.Signed, v.Grayscale = f.Rows, f.Columns, f.Signed, f.Grayscale
	v.values = make([]byte, 2*(((v.Slices+1)*v.Rows+1)*v.Columns+1))
	corner := v.column.Scale(float64(v.Columns)).Add(v.row.Scale(float64(v.Rows))).Add(v.slice.Scale(float64(v.Slices)))
	v.extent = corner.Length()
	return nil
}

// taken is what is known of the values of a slice: the range of its samples that are no padding, if there are any, and which are padding.
type taken struct {
	low, high   uint16
	image       bool
	padded      bool
	first, last uint16   // of padding
	stored      [2]int32 // Grayscale.Range
}

// take takes over the values of slice i. It is safe for concurrent use on slices that are not the same.
func (v *Volume) take(f *dicomio.Frame, i int) (taken, error) {
	t := taken{low: math.MaxUint16, stored: f.Grayscale.Range}
	if f.Values == nil {
		return t, ErrColour
	}
	g, h := &f.Grayscale, &v.Grayscale
	if f.Rows != v.Rows || f.Columns != v.Columns || f.Signed != v.Signed || len(f.Values) < v.Rows*v.Columns || g.Slope != h.Slope || g.Intercept != h.Intercept ||
		(g.ModalityLUT == nil) != (h.ModalityLUT == nil) {
		return t, ErrUnequal
	}
	if g.Padding != nil {
		flip := int32(0)
		if f.Signed {
			flip = 0x8000
		}
		sample := func(stored int32) uint16 { return uint16(min(max(stored+flip, 0), math.MaxUint16)) }
		t.padded, t.first, t.last = true, sample(g.Padding[0]), sample(g.Padding[1])
	}
	samples := f.Values[:v.Rows*v.Columns]
	out := v.values[2*i*v.Rows*v.Columns:][:2*len(samples)]
	low, high := t.low, t.high
	for j, s := range samples {
		binary.LittleEndian.PutUint16(out[2*j:2*j+2], s)
		if t.padded && s >= t.first && s <= t.last {
			continue
		}
		low, high = min(low, s), max(high, s)
	}
	t.low, t.high, t.image = low, high, low <= high
	return t, nil
}

// finish puts the lowest value of the images in the place of padding, since interpolated with its neighbours, or taken into a slab, padding would
// be shown as values that are in no image; and finds a value that no voxel has, to stand where the volume is not.
func (v *Volume) finish(slices []taken) {
	low, high, image := uint16(math.MaxUint16), uint16(0), false
	h := &v.Grayscale
	for _, t := range slices {
		h.Range[0], h.Range[1] = min(h.Range[0], t.stored[0]), max(h.Range[1], t.stored[1])
		if t.image {
			low, high, image = min(low, t.low), max(high, t.high), true
		}
	}
	size := 2 * v.Rows * v.Columns
	for k, t := range slices {
		if !t.padded {
			continue
		}
		slice := v.values[k*size : (k+1)*size]
		for i := 0; i < len(slice); i += 2 {
			s := binary.LittleEndian.Uint16(slice[i : i+2])
			switch {
			case s < t.first || s > t.last:
			case image:
				binary.LittleEndian.PutUint16(slice[i:i+2], low)
			default: // there is nothing but padding
				low, high = min(low, s), max(high, s)
			}
		}
	}
	v.outside = low
	h.Padding = nil
	switch {
	case low > 0:
		v.outside, v.isMarked = low-1, true
	case high < math.MaxUint16:
		v.outside, v.isMarked = high+1, true
	}
	if v.isMarked {
		stored := int32(v.outside)
		if v.Signed {
			stored -= 0x8000
		}
		h.Padding = &[2]int32{stored, stored}
	}
}

// ToVoxel returns the voxel coordinates of a point of the patient, by evenly spaced slices.
func (v *Volume) ToVoxel(p space.LPS) (column, row, slice float64) {
	d := p.Sub(v.first)
	return d.Dot(v.columnOf), d.Dot(v.rowOf), d.Dot(v.sliceOf)
}

// ToPatient returns the point of the patient at voxel coordinates, by evenly spaced slices.
func (v *Volume) ToPatient(column, row, slice float64) space.LPS {
	return v.first.Add(v.column.Scale(column)).Add(v.row.Scale(row)).Add(v.slice.Scale(slice))
}

// Center returns the middle of the volume.
func (v *Volume) Center() space.LPS {
	return v.ToPatient(float64(v.Columns-1)/2, float64(v.Rows-1)/2, float64(v.Slices-1)/2)
}

// Smallest returns the smallest side of a voxel in mm, and Diagonal the length of the volume's diagonal in mm.
func (v *Volume) Smallest() float64 { return v.smallest }

// Diagonal returns the length of the volume's diagonal in mm.
func (v *Volume) Diagonal() float64 { return v.extent }
