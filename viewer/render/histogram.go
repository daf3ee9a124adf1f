package render

import (
	"math"

	"rachis/dicomio"
)

// Histogram gathers the values of frames for a window that fits all of them. The zero value is empty. It belongs to one
// goroutine.
type Histogram struct {
	// bins count values after the modality LUT, from low in steps of width. The range grows by doubling the steps.
	bins       [4096]uint64
	low, width float64
	n          uint64
}

// Window's percentiles, as viewer.md has them.
const lowPercentile, highPercentile = 0.005, 0.995

// Add counts the frame's values without padding. Colour frames add nothing.
func (h *Histogram) Add(f *dicomio.Frame) {
	g := &f.Grayscale
	switch {
	case len(f.Values) > 0:
		var count [65536]uint32
		for _, v := range f.Values {
			count[v]++
		}
		padLow, padHigh, padded := paddingSamples(f)
		first, last := math.Inf(1), math.Inf(-1)
		for s := range count {
			if count[s] > 0 && !(padded && uint16(s) >= padLow && uint16(s) <= padHigh) {
				v := g.Modality(storedOf(uint16(s), f.Signed))
				first, last = math.Min(first, v), math.Max(last, v)
			}
		}
		if !h.cover(first, last) {
			return
		}
		for s := range count {
			if count[s] > 0 && !(padded && uint16(s) >= padLow && uint16(s) <= padHigh) {
				h.count(g.Modality(storedOf(uint16(s), f.Signed)), uint64(count[s]))
			}
		}
	case len(f.Wide) > 0:
		first, last := math.Inf(1), math.Inf(-1)
		for _, v := range f.Wide {
			if m := g.Modality(float64(v)); !math.IsNaN(m) && !math.IsInf(m, 0) {
				first, last = math.Min(first, m), math.Max(last, m)
			}
		}
		if !h.cover(first, last) {
			return
		}
		for _, v := range f.Wide {
			if m := g.Modality(float64(v)); !math.IsNaN(m) && !math.IsInf(m, 0) {
				h.count(m, 1)
			}
		}
	}
}

// cover makes the bins reach from first to last; false when these are no range.
func (h *Histogram) cover(first, last float64) bool {
	if !(first <= last) || math.IsInf(first, 0) || math.IsInf(last, 0) {
		return false
	}
	if h.n == 0 {
		h.low = math.Floor(first)
		h.width = 1
		for span := last - h.low; h.width*float64(len(h.bins)-1) < span; {
			h.width *= 2
		}
		// Values with a fine scale (quantitative maps, floats) need steps below 1.
		for span := last - first; span > 0 && h.width*float64(len(h.bins))/8 > span && h.width > 1e-12; {
			h.width /= 2
		}
		if h.width < 1 {
			h.low = first
		}
		return true
	}
	for range 4096 {
		switch {
		case first < h.low:
			// Downward: pairs are merged into the upper half.
			var merged [len(h.bins)]uint64
			for i, c := range h.bins {
				merged[len(h.bins)/2+i/2] += c
			}
			h.bins = merged
			h.low -= float64(h.width * float64(len(h.bins)))
			h.width *= 2
		case last >= h.low+float64(h.width*float64(len(h.bins))):
			var merged [len(h.bins)]uint64
			for i, c := range h.bins {
				merged[i/2] += c
			}
			h.bins = merged
			h.width *= 2
		default:
			return true
		}
	}
	return false
}

func (h *Histogram) count(v float64, n uint64) {
	i := clampInt(int((v-h.low)/h.width), 0, len(h.bins)-1)
	h.bins[i] += n
	h.n += n
}

// Percentile returns the value below which the fraction p (0 to 1) of the values lies, to one bin; false when empty.
func (h *Histogram) Percentile(p float64) (float64, bool) {
	if h.n == 0 {
		return 0, false
	}
	target := p * float64(h.n)
	var sum uint64
	for i, c := range h.bins {
		sum += c
		if c > 0 && float64(sum) >= target {
			return h.low + float64(h.width*float64(i)), true
		}
	}
	return h.low + float64(h.width*float64(len(h.bins)-1)), true
}

// Window returns the window from the 0.5th to the 99.5th percentile; of an empty histogram 0 to 255.
func (h *Histogram) Window() dicomio.Window {
	lo, ok := h.Percentile(lowPercentile)
	hi, _ := h.Percentile(highPercentile)
	if !ok {
		return dicomio.Window{Center: 128, Width: 256, Function: "LINEAR"}
	}
	if h.width < 1 {
		return dicomio.Window{Center: (lo + hi) / 2, Width: math.Max(hi-lo, h.width), Function: "LINEAR_EXACT"}
	}
	// LINEAR maps centre-0.5 +- (width-1)/2 to the ends.
	width := math.Max(hi-lo+1, 1)
	return dicomio.Window{Center: lo + width/2, Width: width, Function: "LINEAR"}
}

// storedOf returns the stored number of a sample.
func storedOf(sample uint16, signed bool) float64 {
	if signed {
		return float64(int32(sample) - 32768)
	}
	return float64(sample)
}

// paddingSamples returns the frame's padding range as samples.
func paddingSamples(f *dicomio.Frame) (low, high uint16, ok bool) {
	if f.Grayscale.Padding == nil {
		return 0, 0, false
	}
	lo, hi := int64(f.Grayscale.Padding[0]), int64(f.Grayscale.Padding[1])
	if lo > hi {
		lo, hi = hi, lo
	}
	if f.Signed {
		lo, hi = lo+32768, hi+32768
	}
	if hi < 0 || lo > 65535 {
		return 0, 0, false
	}
	return uint16(max(lo, 0)), uint16(min(hi, 65535)), true
}
