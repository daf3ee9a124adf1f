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
	for y := range d.config.Height {
		if y&63 == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
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
		line := out[y*width*n : (y+1)*width*n]
		if n == 3 {
			r0, r1, r2 := rows[0][:width], rows[1][:width], rows[2][:width]
			for x, v := range r0 {
				p := (*[3]T)(line[3*x:])
				p[0], p[1], p[2] = v, r1[x], r2[x]
			}
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
	wide, high := hMax == 2*h, vMax == 2*v
	near := y/2 - 1
	if y&1 == 1 {
		near = y/2 + 1
	}
	switch {
	case wide && v == vMax && p.width > 2:
		p.wide(out, p.row(y))
	case wide && high && p.width > 2:
		p.wideAndHigh(out, p.row(y/2), p.row(near))
	case h == hMax && high:
		this, other, bias := p.row(y/2), p.row(near), 1+y&1
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

// wide writes a line of twice the width: values are 3/4 of the nearer sample and 1/4 of the farther. Biases alternate to avoid a drift.
func (p *plane[T]) wide(out, line []T) {
	last := len(line) - 1
	out[0] = line[0]
	left := int(line[0])
	for x, s := range line[:last] {
		v, right := int(s), int(line[x+1])
		pair := out[2*x : 2*x+2]
		pair[0], pair[1] = T((3*v+left+1)>>2), T((3*v+right+2)>>2)
		left = v
	}
	out[0] = line[0]
	out[2*last] = T((3*int(line[last]) + left + 1) >> 2)
	if 2*last+1 < len(out) {
		out[2*last+1] = line[last]
	}
}

// wideAndHigh is wide on a line that is 3/4 of this one and 1/4 of the one near it.
func (p *plane[T]) wideAndHigh(out, line, near []T) {
	last := len(line) - 1
	near = near[:len(line)]
	v := 3*int(line[0]) + int(near[0])
	left := v
	for x, s := range line[1:] {
		right := 3*int(s) + int(near[x+1])
		pair := out[2*x : 2*x+2]
		pair[0], pair[1] = T((3*v+left+8)>>4), T((3*v+right+7)>>4)
		left, v = v, right
	}
	out[2*last] = T((3*v + left + 8) >> 4)
	if 2*last+1 < len(out) {
		out[2*last+1] = T((4*v + 7) >> 4)
	}
}
