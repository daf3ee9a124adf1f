package reslice

import (
	"encoding/binary"
	"math"
	"slices"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Mode says how the samples of a slab become one value.
type Mode int

// The modes of a slab.
const (
	Mean Mode = iota
	Maximum
	Minimum
)

// Slab is how thick the plane is. The zero value is a plane without thickness.
type Slab struct {
	Mode      Mode
	Thickness float64 // mm, centred on the plane
}

// fraction is the number of fractional bits of a voxel coordinate, weight those of an interpolation weight.
const (
	fraction = 32
	weight   = 15
	one      = 1 << weight
)

// Frame returns what the plane cuts out of the volume as an image of the given size, its first pixel's centre at the plane's Origin, sampled
// trilinearly. Where the volume is not, pixels are padding. Memory of into is used again when it is large enough; it may be nil.
func (v *Volume) Frame(into *dicomio.Frame, plane space.Plane, width, height int, slab Slab) *dicomio.Frame {
	if into == nil {
		into = &dicomio.Frame{}
	}
	values := into.Values
	if cap(values) < width*height {
		values = make([]uint16, width*height)
	}
	*into = dicomio.Frame{Rows: height, Columns: width, Values: values[:width*height], Signed: v.Signed, Grayscale: v.Grayscale}
	v.Sample(into.Values, plane, width, height, slab)
	return into
}

// Sample is Frame without the frame: it fills dst, row by row.
func (v *Volume) Sample(dst []uint16, plane space.Plane, width, height int, slab Slab) {
	if bands(height, width*height) <= 1 { // a function that is passed on would be allocated
		v.rows(dst, plane, width, 0, height, slab)
		return
	}
	parallel(height, width*height, func(from, to int) { v.rows(dst, plane, width, from, to, slab) })
}

// rows fills the rows [from, to).
func (v *Volume) rows(dst []uint16, plane space.Plane, width, from, to int, slab Slab) {
	right, down := plane.Along.Scale(plane.Spacing.BetweenColumns), plane.Down.Scale(plane.Spacing.BetweenRows)
	step, n := v.layers(slab)
	normal := plane.Normal()
	var layer []uint16
	var sum []uint32
	var count []uint16
	if n > 1 {
		layer = make([]uint16, width)
		if slab.Mode == Mean {
			sum, count = make([]uint32, width), make([]uint16, width)
		}
	}
	for y := from; y < to; y++ {
		out := dst[y*width : (y+1)*width]
		start := plane.Origin.Add(down.Scale(float64(y)))
		if n == 1 {
			v.row1(out, start, right)
			continue
		}
		for i := range out {
			out[i] = v.outside
		}
		clear(sum)
		clear(count)
		for k := range n {
			v.row1(layer, start.Add(normal.Scale((float64(k)-float64(n-1)/2)*step)), right)
			v.combine(out, layer, sum, count, slab.Mode)
		}
		if slab.Mode == Mean {
			for i, c := range count {
				if c > 0 {
					out[i] = uint16((sum[i] + uint32(c)/2) / uint32(c))
				}
			}
		}
	}
}

// layers returns how many planes a slab is sampled at, and their distance: half the smallest voxel side at most.
func (v *Volume) layers(slab Slab) (step float64, n int) {
	if !(slab.Thickness > 0) || math.IsInf(slab.Thickness, 0) {
		return 0, 1
	}
	thickness := min(slab.Thickness, v.extent)
	n = min(int(math.Ceil(thickness/(v.smallest/2)))+1, 4096)
	return thickness / float64(n-1), n
}

// combine takes a layer into the row of a slab. What is outside does not count.
func (v *Volume) combine(out, layer []uint16, sum []uint32, count []uint16, mode Mode) {
	for i, s := range layer {
		if v.isMarked && s == v.outside {
			continue
		}
		switch {
		case mode == Mean:
			sum[i] += uint32(s)
			count[i]++
		case v.isMarked && out[i] == v.outside, mode == Maximum && s > out[i], mode == Minimum && s < out[i]:
			out[i] = s
		}
	}
}

// row1 samples a line through the volume.
func (v *Volume) row1(out []uint16, start, step space.LPS) {
	x, y, z := v.ToVoxel(start)
	dx, dy, dz := step.Dot(v.columnOf), step.Dot(v.rowOf), step.Dot(v.sliceOf)
	// Inside lie the voxel centres and half a voxel around the outer ones.
	from, to := 0, len(out)
	inFrom, inTo := 0, len(out) // where all eight neighbours are voxels
	for _, c := range []struct {
		at, step float64
		n        int
	}{{x, dx, v.Columns}, {y, dy, v.Rows}, {z, dz, v.Slices}} {
		from, to = within(from, to, c.at, c.step, -0.5, float64(c.n)-0.5)
		inFrom, inTo = within(inFrom, inTo, c.at, c.step, 0, float64(c.n-1))
	}
	if from >= to {
		from, to, inFrom, inTo = 0, 0, 0, 0
	}
	inFrom, inTo = max(inFrom, from), min(inTo, to)
	if inFrom >= inTo || v.positions != nil {
		inFrom, inTo = to, to
	}
	for i := range out[:from] {
		out[i] = v.outside
	}
	for i := from; i < inFrom; i++ {
		out[i] = v.clamped(x+float64(float64(i)*dx), y+float64(float64(i)*dy), z+float64(float64(i)*dz))
	}
	if inFrom < inTo {
		const scale = 1 << fraction
		at := func(c, d float64, n int) (int64, int64) {
			first, each := int64(math.Round((c+float64(float64(inFrom)*d))*scale)), int64(math.Round(d*scale))
			// Rounding must not bring the first or last sample out of the volume.
			limit := int64(n-1) << fraction
			first = min(max(first, 0), limit)
			if last := first + int64(inTo-inFrom-1)*each; inTo-inFrom > 1 && (last < 0 || last > limit) {
				each = (min(max(last, 0), limit) - first) / int64(inTo-inFrom-1)
			}
			return first + 1<<(fraction-weight-1), each // weights are rounded, not cut off
		}
		fx, sx := at(x, dx, v.Columns)
		fy, sy := at(y, dy, v.Rows)
		fz, sz := at(z, dz, v.Slices)
		trilinear(out[inFrom:inTo], v.values, v.Columns, v.Rows, fx, fy, fz, sx, sy, sz)
	}
	for i := inTo; i < to; i++ {
		out[i] = v.clamped(x+float64(float64(i)*dx), y+float64(float64(i)*dy), z+float64(float64(i)*dz))
	}
	for i := range out[to:] {
		out[to+i] = v.outside
	}
}

// within narrows [from, to) to the steps at which at + i*step lies in [low, high].
func within(from, to int, at, step, low, high float64) (int, int) {
	switch {
	case math.Abs(step) < 1e-12:
		if at < low || at > high {
			return from, from
		}
		return from, to
	case step < 0:
		at, step, low, high = -at, -step, -high, -low
	}
	a, b := math.Ceil((low-at)/step), math.Floor((high-at)/step)
	if a > float64(to) || b < float64(from) {
		return from, from
	}
	return max(from, int(max(a, float64(from)))), min(to, int(min(b, float64(to)))+1)
}

// trilinear samples along a line whose points all lie between voxel centres. Coordinates and steps have 32 fractional bits.
//
// Two rows go through the arithmetic at once, in the halves of a 64-bit word: 16 bits of value and 15 of weight fit in 32.
func trilinear(out []uint16, values []byte, columns, rows int, fx, fy, fz, sx, sy, sz int64) {
	const (
		half = 1<<(weight-1) | 1<<(weight-1+32)
		low  = 0xffff | 0xffff<<32
		mask = one - 1
	)
	below, behind := 2*columns, 2*columns*rows
	for i := range out {
		at := int(fz>>fraction)*behind + int(fy>>fraction)*below + 2*int(fx>>fraction)
		a := binary.LittleEndian.Uint32(values[at : at+4])
		b := binary.LittleEndian.Uint32(values[at+below : at+below+4])
		c := binary.LittleEndian.Uint32(values[at+behind : at+behind+4])
		d := binary.LittleEndian.Uint32(values[at+behind+below : at+behind+below+4])
		wx := uint64(fx>>(fraction-weight)) & mask
		wz := uint64(fz>>(fraction-weight)) & mask
		wy := uint32(fy>>(fraction-weight)) & mask
		near := (uint64(a&0xffff)|uint64(b&0xffff)<<32)*(one-wx) + (uint64(a>>16)|uint64(b>>16)<<32)*wx
		far := (uint64(c&0xffff)|uint64(d&0xffff)<<32)*(one-wx) + (uint64(c>>16)|uint64(d>>16)<<32)*wx
		near, far = (near+half)>>weight&low, (far+half)>>weight&low
		both := (near*(one-wz) + far*wz + half) >> weight & low
		out[i] = uint16((uint32(both)*(one-wy) + uint32(both>>32)*wy + one/2) >> weight)
		fx, fy, fz = fx+sx, fy+sy, fz+sz
	}
}

// clamped samples at voxel coordinates, those at the border like the border. Slices lie where they truly are.
func (v *Volume) clamped(x, y, z float64) uint16 {
	split := func(c float64, n int) (int, float64) {
		c = min(max(c, 0), float64(n-1))
		i := min(int(c), n-2)
		return i, c - float64(i)
	}
	i, wx := split(x, v.Columns)
	j, wy := split(y, v.Rows)
	k, wz := split(z, v.Slices)
	if v.positions != nil {
		n, there := slices.BinarySearch(v.positions, z)
		if !there {
			n--
		}
		k = min(max(n, 0), v.Slices-2)
		wz = min(max((z-v.positions[k])/(v.positions[k+1]-v.positions[k]), 0), 1)
	}
	at := func(i, j, k int) float64 {
		o := 2 * ((k*v.Rows+j)*v.Columns + i)
		return float64(binary.LittleEndian.Uint16(v.values[o : o+2]))
	}
	mix := func(a, b, w float64) float64 { return a + float64((b-a)*w) }
	plane := func(k int) float64 {
		return mix(mix(at(i, j, k), at(i+1, j, k), wx), mix(at(i, j+1, k), at(i+1, j+1, k), wx), wy)
	}
	return uint16(mix(plane(k), plane(k+1), wz) + 0.5)
}
