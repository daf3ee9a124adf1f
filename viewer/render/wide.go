package render

import (
	"encoding/binary"
	"math"
)

// sampleWide is stage one for 32-bit and float samples. Samples that are no number are left out as padding is; where nothing
// is left the result is no number. A cubic curve needs all its samples: where one is no number, the pixels around it are mixed linearly.
func (p *Painter) sampleWide(from, to int) {
	w := p.geometry.Width
	a, b := &p.columns, &p.rows
	for y := from; y < to; y++ {
		for x := a.from; x < a.to; x++ {
			v, ok := p.mixWide(a, b, x-a.from, y-b.from, a.how != four && b.how != four)
			if !ok {
				v, _ = p.mixWide(&p.plainColumns, &p.plainRows, x-a.from, y-b.from, true)
			}
			p.wide[y*w+x] = v
		}
	}
}

// mixWide mixes the samples of an output position; with some, of those that are numbers when they are half of it at least. False when
// all were needed and not all are numbers.
func (p *Painter) mixWide(a, b *axis, i, j int, some bool) (float32, bool) {
	var sum, total float64
	columns := a.taps(i)
	for r, wr := range b.taps(j) {
		row := p.src.wide[b.clampedAt(j, r, p.src.rows)*p.src.cols:]
		for c, wc := range columns {
			weight := float64(wr) * float64(wc)
			if weight == 0 {
				continue
			}
			v := float64(row[a.clampedAt(i, c, p.src.cols)])
			if math.IsNaN(v) || math.IsInf(v, 0) {
				if !some {
					return 0, false
				}
				continue
			}
			sum += float64(v * weight)
			total += weight
		}
	}
	if total < one*one/2 {
		return float32(math.NaN()), true
	}
	return float32(sum / total), true
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
