package render

// colourScale lets 8-bit channels keep the fractions that mixing gives.
var colourScale = scale{shift: 8, most: 255 << 8}

// sampleColour is stage one for colour: each channel is mixed by itself. Windows do not apply to colour.
func (p *Painter) sampleColour(from, to int, s *scratch) {
	a, b := &p.columns, &p.rows
	w := p.geometry.Width
	for y := from; y < to; y++ {
		row, inner := s.line.room(a, 3)
		s.sums = grow(s.sums, len(inner))
		mixRow(inner, p.src.rgb, 3*p.src.cols, p.src.rows, 3*a.lo, 3*a.hi, b, y-b.from, colourScale, s.sums)
		widen(row, a.margin(), 3)
		out := p.rgb[y*w+a.from : y*w+a.to]
		shift := a.margin() - a.lo
		for i := range out {
			v := row[3*(int(a.first[i])+shift):]
			var red, green, blue int64
			for _, weight := range a.taps(i) {
				red += int64(v[0]) * int64(weight)
				green += int64(v[1]) * int64(weight)
				blue += int64(v[2]) * int64(weight)
				v = v[3:]
			}
			out[i] = channel(red) | channel(green)<<8 | channel(blue)<<16 | 0xff000000
		}
	}
}

// channel rounds a weighed sum of a channel to its 8 bits.
func channel(sum int64) uint32 {
	const round = 1 << (weightBits + 8 - 1)
	return uint32(min(max((sum+round)>>(weightBits+8), 0), 255))
}
