package render

import (
	"encoding/binary"
	"math"
)

// taps returns the weights of the source samples first to second of an output position; store is used where the axis keeps
// no list.
func (a *axis) tapsAt(p int, store *[2]uint32) []uint32 {
	if a.area {
		return a.taps[a.start[p]:]
	}
	store[0], store[1] = one-a.weight[p], a.weight[p]
	return store[:]
}

// sampleWide is stage one for 32-bit and float samples. Samples that are no number are left out as padding is; where nothing
// is left the result is no number.
func (p *Painter) sampleWide(from, to int) {
	w := p.geometry.Width
	src, a, b := &p.src, &p.columns, &p.rows
	var rowStore, colStore [2]uint32
	for y := from; y < to; y++ {
		rowTaps := b.tapsAt(y, &rowStore)
		for x := a.from; x < a.to; x++ {
			colTaps := a.tapsAt(x, &colStore)
			var sum, total float64
			for r := b.first[y]; r <= b.second[y]; r++ {
				row := src.wide[int(r)*src.cols:]
				for c := a.first[x]; c <= a.second[x]; c++ {
					weight := float64(rowTaps[r-b.first[y]]) * float64(colTaps[c-a.first[x]])
					if v := float64(row[c]); weight > 0 && !math.IsNaN(v) && !math.IsInf(v, 0) {
						sum += float64(v * weight)
						total += weight
					}
				}
			}
			v := float32(math.NaN())
			if total >= one*one/2 {
				v = float32(sum / total)
			}
			p.wide[y*w+x] = v
		}
	}
}

// lookupWide is stage two for 32-bit and float samples: the same path, computed for each value.
func (p *Painter) lookupWide(out []byte, values []float32) {
	g := &p.frame.Grayscale
	look := &p.tableFor.look
	invert := g.Inverse != look.Invert
	for i, v := range values {
		colour := background
		if v == v {
			x := float64(v)
			if g.ModalityLUT == nil {
				x = float64(x*g.Slope) + g.Intercept
			} else {
				x = g.Modality(math.Round(x))
			}
			colour = uint32(level(look.VOI.grey(x), invert))*0x010101 | 0xff000000
		}
		binary.LittleEndian.PutUint32(out[4*i:4*i+4], colour)
	}
}
