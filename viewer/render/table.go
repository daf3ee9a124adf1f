package render

import (
	"encoding/binary"
	"math"

	"rachis/dicomio"
)

// lookup is the inner loop of every change of the window. The table holds whole pixels: a load, a load and a store each.
func lookup(out []byte, values []uint16, table *[65536]uint32) {
	for len(values) >= 8 && len(out) >= 32 {
		v, o := (*[8]uint16)(values), (*[32]byte)(out)
		binary.LittleEndian.PutUint32(o[0:4], table[v[0]])
		binary.LittleEndian.PutUint32(o[4:8], table[v[1]])
		binary.LittleEndian.PutUint32(o[8:12], table[v[2]])
		binary.LittleEndian.PutUint32(o[12:16], table[v[3]])
		binary.LittleEndian.PutUint32(o[16:20], table[v[4]])
		binary.LittleEndian.PutUint32(o[20:24], table[v[5]])
		binary.LittleEndian.PutUint32(o[24:28], table[v[6]])
		binary.LittleEndian.PutUint32(o[28:32], table[v[7]])
		out, values = out[32:], values[8:]
	}
	for i, v := range values {
		binary.LittleEndian.PutUint32(out[4*i:4*i+4], table[v])
	}
}

// tableKey is what a table was made for.
type tableKey struct {
	look    Look
	gray    *dicomio.Grayscale
	scale   scale
	signed  bool
	present bool
}

// makeTable fills the table for the range of samples that the frame has: sign, modality LUT, VOI and inversion in one.
func (p *Painter) makeTable(look Look) {
	key := tableKey{look, &p.frame.Grayscale, p.src.scale, p.frame.Signed, true}
	if key == p.tableFor {
		return
	}
	p.tableFor = key
	l := &ladder{voi: &look.VOI, gray: &p.frame.Grayscale, invert: p.frame.Grayscale.Inverse != look.Invert,
		base: storedOf(uint16(p.src.scale.base), p.frame.Signed), unit: 1 / float64(uint32(1)<<p.src.scale.shift)}
	first, last := int(p.src.scale.least), int(p.src.scale.most)
	if l.gray.ModalityLUT == nil && (look.VOI.LUT == nil || len(look.VOI.LUT.Values) == 0) {
		l.climb(&p.table, first, last)
		return
	}
	for i := first; i <= last; i++ {
		p.table[i] = l.at(i)
	}
}

// ladder is the way from a value in the scale of a frame to a pixel.
type ladder struct {
	voi        *VOI
	gray       *dicomio.Grayscale
	invert     bool
	base, unit float64
}

// at returns the pixel of a value.
func (l *ladder) at(i int) uint32 {
	x := l.base + float64(float64(i)*l.unit)
	if l.gray.ModalityLUT == nil {
		x = float64(x*l.gray.Slope) + l.gray.Intercept
	} else {
		x = l.gray.Modality(math.Round(x))
	}
	return uint32(level(l.voi.grey(x), l.invert))*0x010101 | 0xff000000
}

// climb fills the table from first to last. A window's greys only rise, or only fall, so that the values of one grey are a run, and the runs of a
// linear window are as long as one another but for one value: where a run ends is looked for where the one before would have ended, and of
// 65,536 values few are computed.
func (l *ladder) climb(table *[65536]uint32, first, last int) {
	at, length := l.at(first), 1
	for {
		// The run's end lies in [in, out): at in its grey is known to be at, at out to be next.
		in, out, next := first, last+1, at
		for step, i := 1, first+length-1; in+1 < out; {
			i = min(max(i, in+1), out-1)
			if p := l.at(i); p == at {
				in = i
				i += step
			} else {
				out, next = i, p
				i -= step
			}
			if step *= 2; step > 16 { // far from what was expected
				i = (in + out) / 2
			}
		}
		run := table[first:out]
		run[0] = at
		for n := 1; n < len(run); n *= 2 {
			copy(run[n:], run[:n])
		}
		if out > last {
			return
		}
		first, at, length = out, next, len(run)
	}
}

// level rounds a grey level from 0 to 255.
func level(y float64, invert bool) uint8 {
	v := uint8(y + 0.5)
	if invert {
		return 255 - v
	}
	return v
}
