package render

import (
	"math"

	"rachis/dicomio"
)

// Between returns the window that shows the values from one percentile (0 to 1) to another as black to white; false where nothing was counted.
// The percentiles are values that occur, the least that so many lie at or below, to one bin.
func (h *Histogram) Between(low, high float64) (dicomio.Window, bool) {
	lo, ok := h.Percentile(low)
	hi, _ := h.Percentile(high)
	if !ok {
		return dicomio.Window{}, false
	}
	if h.width < 1 { // values on a fine scale
		return dicomio.Window{Center: (lo + hi) / 2, Width: math.Max(hi-lo, h.width), Function: "LINEAR_EXACT"}, true
	}
	// LINEAR maps centre-0.5 +- (width-1)/2 to the ends (PS3.3 C.11.2.1.2.1).
	width := math.Max(hi-lo+1, 1)
	return dicomio.Window{Center: lo + width/2, Width: width, Function: "LINEAR"}, true
}

// Crop returns the part of a grey frame from pixel (column, row) on, so many columns wide and rows high, clipped to the frame; nil where
// nothing of it is on the frame, and for colour. It shares what says how values are shown.
func Crop(f *dicomio.Frame, column, row, columns, rows int) *dicomio.Frame {
	c0, r0 := max(column, 0), max(row, 0)
	c1, r1 := min(column+columns, f.Columns), min(row+rows, f.Rows)
	if c1 <= c0 || r1 <= r0 || f.Values == nil && f.Wide == nil || !wellFormed(f) {
		return nil
	}
	out := &dicomio.Frame{Rows: r1 - r0, Columns: c1 - c0, Signed: f.Signed, Grayscale: f.Grayscale}
	for r := r0; r < r1; r++ {
		if f.Values != nil {
			out.Values = append(out.Values, f.Values[r*f.Columns+c0:r*f.Columns+c1]...)
		} else {
			out.Wide = append(out.Wide, f.Wide[r*f.Columns+c0:r*f.Columns+c1]...)
		}
	}
	return out
}

// HistogramOf counts the values of several frames, on a scale that fits all of them from the start: the order of the frames does not matter. Nil
// frames and colour add nothing.
func HistogramOf(frames []*dicomio.Frame) *Histogram {
	h := &Histogram{}
	first, last := math.Inf(1), math.Inf(-1)
	for _, f := range frames {
		eachValue(f, func(v float64, _ uint64) { first, last = math.Min(first, v), math.Max(last, v) })
	}
	if h.cover(first, last) {
		for _, f := range frames {
			eachValue(f, h.count)
		}
	}
	return h
}

// eachValue calls do with the values of a grey frame after the modality LUT, without padding, and how often each occurs.
func eachValue(f *dicomio.Frame, do func(v float64, n uint64)) {
	if f == nil {
		return
	}
	g := &f.Grayscale
	if len(f.Values) > 0 {
		count := make([]uint32, 65536)
		for _, v := range f.Values {
			count[v]++
		}
		padLow, padHigh, padded := paddingSamples(f)
		for s, n := range count {
			if n > 0 && !(padded && uint16(s) >= padLow && uint16(s) <= padHigh) {
				do(g.Modality(storedOf(uint16(s), f.Signed)), uint64(n))
			}
		}
		return
	}
	for _, v := range f.Wide {
		if m := g.Modality(float64(v)); !math.IsNaN(m) && !math.IsInf(m, 0) {
			do(m, 1)
		}
	}
}
