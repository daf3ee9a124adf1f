package jpegdct

// plane holds the samples of a component, no more than belong to the image.
type plane[T sample] struct {
	pix           []T
	width, height int
}

// put transforms the block at the place given, in blocks, into the plane.
func (p *plane[T]) put(x, y int, b *[blockSize]int32, mask uint64) {
	x, y = x*blockSide, y*blockSide
	at := y*p.width + x
	if x+blockSide <= p.width && y+blockSide <= p.height {
		inverse(p.pix[at:], p.width, b, mask)
		return
	}
	var whole [blockSize]T
	inverse(whole[:], blockSide, b, mask)
	columns := min(blockSide, p.width-x)
	for row := range min(blockSide, p.height-y) {
		copy(p.pix[at+row*p.width:][:columns], whole[row*blockSide:])
	}
}

// row returns a line of the plane, the nearest one outside it.
func (p *plane[T]) row(y int) []T {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.width : (y+1)*p.width]
}

// interleave brings the components to full resolution and puts them together pixel by pixel.
func interleave[T sample](d *decoder, planes *[maxComponents]plane[T], out []T) error {
	n, width := d.config.Components, d.config.Width
	buffers := rowBuffers[T](d)
	var rows [maxComponents][]T
	fused := d.halfChroma()
	for y := range d.config.Height {
		if y&63 == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
		}
		line := out[y*width*n : (y+1)*width*n]
		if fused {
			low, high := triangle(d.components[1].v == d.components[0].v)
			at, near := planes[1].nearest(y, d.vMax, int(d.components[1].v))
			weaveWide(line, planes[0].row(y), planes[1].row(at), planes[1].row(near), planes[2].row(at), planes[2].row(near), low, high)
			continue
		}
		for i := range n {
			c := &d.components[i]
			if int(c.h) == d.hMax && int(c.v) == d.vMax {
				rows[i] = planes[i].row(y)
				continue
			}
			buffers[i] = grow(buffers[i], width+1) // a pair of samples may stand across the edge
			rows[i] = buffers[i]
			planes[i].enlarge(rows[i], y, int(c.h), d.hMax, int(c.v), d.vMax)
		}
		if n == 3 {
			weave(line, rows[0][:width], rows[1][:width], rows[2][:width])
			continue
		}
		for i := range n {
			at := i
			for _, v := range rows[i][:width] {
				line[at] = v
				at += n
			}
		}
	}
	return nil
}

// weave interleaves three lines of equal length.
func weave[T sample](out, r0, r1, r2 []T) {
	for len(out) >= 12 && len(r0) >= 4 && len(r1) >= 4 && len(r2) >= 4 {
		p, a, b, c := (*[12]T)(out), (*[4]T)(r0), (*[4]T)(r1), (*[4]T)(r2)
		p[0], p[1], p[2] = a[0], b[0], c[0]
		p[3], p[4], p[5] = a[1], b[1], c[1]
		p[6], p[7], p[8] = a[2], b[2], c[2]
		p[9], p[10], p[11] = a[3], b[3], c[3]
		out, r0, r1, r2 = out[12:], r0[4:], r1[4:], r2[4:]
	}
	for x, v := range r0 {
		p := (*[3]T)(out[3*x:])
		p[0], p[1], p[2] = v, r1[x], r2[x]
	}
}

// rowBuffers returns the buffers for enlarged lines.
func rowBuffers[T sample](d *decoder) *[maxComponents][]T {
	if b, ok := any(&d.rows8).(*[maxComponents][]T); ok {
		return b
	}
	return any(&d.rows16).(*[maxComponents][]T)
}

// enlarge writes line y of the image from a plane of h/hMax of its width and v/vMax of its height. T.81 A.1.1 leaves to the decoder how. Where one
// is the half, values are interpolated by triangles as the Independent JPEG Group's decoder does ("fancy upsampling"); that of libjpeg-turbo does so too where
// only the height is the half. Other ratios are repeated.
func (p *plane[T]) enlarge(out []T, y, h, hMax, v, vMax int) {
	half := vMax == 2*v
	at, near := p.nearest(y, vMax, v)
	switch {
	case hMax == 2*h && (half || v == vMax) && p.width > 2:
		low, high := triangle(!half)
		p.wide(out, p.row(at), p.row(near), low, high)
	case h == hMax && half:
		this, other, bias := p.row(at), p.row(near), 1+y&1
		for x, s := range this {
			out[x] = T((3*int(s) + int(other[x]) + bias) >> 2)
		}
	default:
		line := p.row(y * v / vMax)
		for x := range out {
			out[x] = line[min(x*h/hMax, len(line)-1)]
		}
	}
}

// nearest returns which lines of the plane line y of the image lies between: the nearer one first. Of full height they are the same.
func (p *plane[T]) nearest(y, vMax, v int) (at, near int) {
	switch {
	case v == vMax:
		return y, y
	case y&1 == 0:
		return y / 2, y/2 - 1
	}
	return y / 2, y/2 + 1
}

// triangle returns what is added before values are divided by 16, left and right of a sample. It alternates to avoid a drift: 1 and 2 of 4 where the
// line is of full height, else 8 and 7 of 16.
func triangle(full bool) (low, high int) {
	if full {
		return 4, 8
	}
	return 8, 7
}

// wide writes a line of twice the width: values are 3/4 of the nearer sample and 1/4 of the farther one, where samples are 3/4 of this line and
// 1/4 of the one near it.
func (p *plane[T]) wide(out, line, near []T, low, high int) {
	v := 3*int(line[0]) + int(near[0])
	left := v
	line, near = line[1:], near[1:]
	near = near[:len(line)]
	for x, s := range line {
		right := 3*int(s) + int(near[x])
		pair := (*[2]T)(out)
		pair[0], pair[1] = T((3*v+left+low)>>4), T((3*v+right+high)>>4)
		out = out[2:]
		left, v = v, right
	}
	out[0] = T((3*v + left + low) >> 4)
	if len(out) > 1 {
		out[1] = T((4*v + high) >> 4)
	}
}

// halfChroma reports whether the second and third of three components have half the width of the first, and its height or half of it: most colour images are so.
func (d *decoder) halfChroma() bool {
	c := &d.components
	return d.config.Components == 3 && int(c[0].h) == d.hMax && int(c[0].v) == d.vMax && c[1].h == c[2].h && c[1].v == c[2].v &&
		c[0].h == 2*c[1].h && (c[0].v == c[1].v || c[0].v == 2*c[1].v) && c[1].width > 2
}

// weaveWide is wide on the second and third component at once, interleaved with the first. The two are in the halves of one word, which no sum
// leaves: it is less than 2^17.
func weaveWide[T sample](out, first, second, secondNear, third, thirdNear []T, low, high int) {
	pair := func(a, b T) uint64 { return uint64(a) | uint64(b)<<32 }
	below, above := uint64(low)*(1<<32+1), uint64(high)*(1<<32+1)
	v := 3*pair(second[0], third[0]) + pair(secondNear[0], thirdNear[0])
	left := v
	second = second[1:]
	secondNear, third, thirdNear = secondNear[1:][:len(second)], third[1:][:len(second)], thirdNear[1:][:len(second)]
	for x, s := range second {
		right := 3*pair(s, third[x]) + pair(secondNear[x], thirdNear[x])
		a, b := 3*v+left+below, 3*v+right+above
		p, f := (*[6]T)(out), (*[2]T)(first)
		p[0], p[1], p[2] = f[0], T(a>>4), T(a>>36)
		p[3], p[4], p[5] = f[1], T(b>>4), T(b>>36)
		out, first = out[6:], first[2:]
		left, v = v, right
	}
	a, b := 3*v+left+below, 4*v+above
	out[0], out[1], out[2] = first[0], T(a>>4), T(a>>36)
	if len(first) > 1 {
		out[3], out[4], out[5] = first[1], T(b>>4), T(b>>36)
	}
}
