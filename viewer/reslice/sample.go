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
	step, n := v.layers(slab)
	if n == 1 {
		v.plain(dst, plane, width, from, to)
		return
	}
	right, down := plane.Along.Scale(plane.Spacing.BetweenColumns), plane.Down.Scale(plane.Spacing.BetweenRows)
	normal := plane.Normal()
	layer := make([]uint16, width)
	var sum []uint32
	var count []uint16
	if slab.Mode == Mean {
		sum, count = make([]uint32, width), make([]uint16, width)
	}
	for y := from; y < to; y++ {
		out := dst[y*width : (y+1)*width]
		start := plane.Origin.Add(down.Scale(float64(y)))
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
	l := v.border(out, start, step)
	v.trilinear(out[l.from:l.to], l.at, l.step)
}

// line is the part of a row of a plane whose points have voxels on all sides: its pixels [from, to), the voxel coordinates (column, row,
// slice) of the first and the step to the next. Both have 32 fractional bits.
type line struct {
	from, to int
	at, step [3]int64
}

// border fills in what of a row is outside the volume or on its border, and returns the rest.
func (v *Volume) border(out []uint16, start, step space.LPS) line {
	x, y, z := v.ToVoxel(start)
	dx, dy, dz := step.Dot(v.columnOf), step.Dot(v.rowOf), step.Dot(v.sliceOf)
	// Inside lie the voxel centres and half a voxel around the outer ones.
	from, to := 0, len(out)
	inFrom, inTo := 0, len(out) // where all eight neighbours are voxels
	axes := [3]struct {
		at, step float64
		n        int
	}{{x, dx, v.Columns}, {y, dy, v.Rows}, {z, dz, v.Slices}}
	for _, c := range axes {
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
	for i := inTo; i < to; i++ {
		out[i] = v.clamped(x+float64(float64(i)*dx), y+float64(float64(i)*dy), z+float64(float64(i)*dz))
	}
	for i := range out[to:] {
		out[to+i] = v.outside
	}
	l := line{from: inFrom, to: inTo}
	if inFrom >= inTo {
		return l
	}
	for k, c := range axes {
		const scale = 1 << fraction
		first, each := int64(math.Round((c.at+float64(float64(inFrom)*c.step))*scale)), int64(math.Round(c.step*scale))
		// Rounding must not bring the first or last sample out of the volume.
		limit := int64(c.n-1) << fraction
		first = min(max(first, 0), limit)
		if last := first + int64(inTo-inFrom-1)*each; inTo-inFrom > 1 && (last < 0 || last > limit) {
			each = (min(max(last, 0), limit) - first) / int64(inTo-inFrom-1)
		}
		l.at[k], l.step[k] = first+1<<(fraction-weight-1), each // weights are rounded, not cut off
	}
	return l
}

// Blocks of a plane are sampled one after the other, so that the voxels that neighbouring rows share are still at hand.
const (
	blockRows    = 64
	blockColumns = 64
)

// plain fills the rows [from, to) of a plane without thickness.
func (v *Volume) plain(dst []uint16, plane space.Plane, width, from, to int) {
	right, down := plane.Along.Scale(plane.Spacing.BetweenColumns), plane.Down.Scale(plane.Spacing.BetweenRows)
	var lines [blockRows]line
	for y0 := from; y0 < to; y0 += blockRows {
		n := min(to-y0, blockRows)
		for i := range n {
			y := y0 + i
			lines[i] = v.border(dst[y*width:(y+1)*width], plane.Origin.Add(down.Scale(float64(y))), right)
		}
		for x0 := 0; x0 < width; x0 += blockColumns {
			for i := range n {
				l := &lines[i]
				to := min(x0+blockColumns, l.to)
				if l.from >= to {
					continue
				}
				row := dst[(y0+i)*width : (y0+i+1)*width]
				v.trilinear(row[l.from:to], l.at, l.step)
				for k := range l.at {
					l.at[k] += int64(to-l.from) * l.step[k]
				}
				l.from = to
			}
		}
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
// Two neighbours along a row of the volume go through the arithmetic at once, in the halves of a 64-bit word: 16 bits of value and 15 of
// weight fit in 32. The four pairs around a point are weighed together, then the two of the result: a product with both weights in the
// halves of one factor has their sum in its upper half.
func (v *Volume) trilinear(out []uint16, at, step [3]int64) {
	const (
		half = 1<<(weight-1) | 1<<(weight-1+32)
		low  = 0xffff | 0xffff<<32
		mask = one - 1
	)
	below, behind := 2*v.Columns, 2*v.Columns*v.Rows
	// Four views of the values, one for each pair, of one length: one check of an offset serves them all.
	n := len(v.values) - below - behind
	r00, r10, r01, r11 := v.values[:n:n], v.values[below:][:n:n], v.values[behind:][:n:n], v.values[below+behind:][:n:n]
	fx, fy, fz := at[0], at[1], at[2]
	sx, sy, sz := step[0], step[1], step[2]
	for i := range out {
		p := int(fz>>fraction)*behind + int(fy>>fraction)*below + 2*int(fx>>fraction)
		a := uint64(binary.LittleEndian.Uint32(r00[p : p+4]))
		b := uint64(binary.LittleEndian.Uint32(r10[p : p+4]))
		c := uint64(binary.LittleEndian.Uint32(r01[p : p+4]))
		d := uint64(binary.LittleEndian.Uint32(r11[p : p+4]))
		wx := uint64(fx>>(fraction-weight)) & mask
		wy := uint64(fy>>(fraction-weight)) & mask
		wz := uint64(fz>>(fraction-weight)) & mask
		both := wy * wz >> weight // the weights of the four pairs add up to one exactly
		a, b, c, d = (a|a<<16)&low, (b|b<<16)&low, (c|c<<16)&low, (d|d<<16)&low
		pair := (a*(one-wy-wz+both) + b*(wy-both) + c*(wz-both) + d*both + half) >> weight & low
		out[i] = uint16((pair*((one-wx)<<32|wx) + one<<31) >> (weight + 32))
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
