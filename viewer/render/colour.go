package render

// sampleColour is stage one for colour: each channel is mixed by itself. Windows do not apply to colour.
func (p *Painter) sampleColour(from, to int) {
	w := p.geometry.Width
	src, a, b := &p.src, &p.columns, &p.rows
	var rowStore, colStore [2]uint32
	for y := from; y < to; y++ {
		rowTaps := b.tapsAt(y, &rowStore)
		for x := a.from; x < a.to; x++ {
			colTaps := a.tapsAt(x, &colStore)
			var red, green, blue uint64
			for r := b.first[y]; r <= b.second[y]; r++ {
				wr := uint64(rowTaps[r-b.first[y]])
				row := src.rgb[int(r)*src.cols*3:]
				for c := a.first[x]; c <= a.second[x]; c++ {
					weight := wr * uint64(colTaps[c-a.first[x]])
					px := row[3*c : 3*c+3]
					red += uint64(px[0]) * weight
					green += uint64(px[1]) * weight
					blue += uint64(px[2]) * weight
				}
			}
			const round = 1 << (2*weightBits - 1)
			p.rgb[y*w+x] = uint32((red+round)>>(2*weightBits)) | uint32((green+round)>>(2*weightBits))<<8 |
				uint32((blue+round)>>(2*weightBits))<<16 | 0xff000000
		}
	}
}
