package render

import (
	"math"

	"rachis/dicomio"
)

// fractionBits is how many bits below a stored value's unit interpolation keeps, where 16 bits leave room: without them a
// magnified picture of few grey values shows terraces.
const fractionBits = 4

// load prepares the frame's samples for stage one: surveys them unless that was done, and transposes them when columns run along
// the screen's vertical, so that both passes of stage one read along memory.
func (s *source) load(f *dicomio.Frame, turned bool) {
	s.values, s.wide, s.rgb = f.Values, f.Wide, f.RGB
	s.rows, s.cols = f.Rows, f.Columns
	if s.values != nil {
		s.wide, s.rgb = nil, nil
		if s.of != f {
			s.Survey = SurveyOf(f)
		}
	} else {
		s.Survey = Survey{}
	}
	if !turned {
		s.copyOf = nil
		return
	}
	s.rows, s.cols = f.Columns, f.Rows
	n := s.rows * s.cols
	switch {
	case s.values != nil:
		s.turnedValues = grow(s.turnedValues, n)
		if s.copyOf != f {
			transpose(s.turnedValues, f.Values, f.Rows, f.Columns, 1)
		}
		s.values = s.turnedValues
	case s.wide != nil:
		s.turnedWide = grow(s.turnedWide, n)
		if s.copyOf != f {
			transpose(s.turnedWide, f.Wide, f.Rows, f.Columns, 1)
		}
		s.wide = s.turnedWide
	default:
		s.turnedRGB = grow(s.turnedRGB, 3*n)
		if s.copyOf != f {
			transpose(s.turnedRGB, f.RGB, f.Rows, f.Columns, 3)
		}
		s.rgb = s.turnedRGB
	}
	s.copyOf = f
}

// Survey is what stage one needs to know of all samples of a grey frame. The zero value is of none.
type Survey struct {
	of              *dicomio.Frame
	scale           scale
	padLow, padHigh uint16
	padded          bool // there are samples from padLow to padHigh, which are padding
}

// SurveyOf finds the range of a frame's samples that are no padding and from it how many bits of fraction there is room for. It may run on any
// goroutine; it is zero for frames that are not grey in 16 bits, and malformed ones.
func SurveyOf(f *dicomio.Frame) (s Survey) {
	if !wellFormed(f) || f.Values == nil {
		return s
	}
	s.of = f
	values := f.Values[:f.Rows*f.Columns]
	lo, hi := values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	s.padLow, s.padHigh, s.padded = paddingSamples(f)
	if s.padded {
		// Padding that no sample of this frame can be costs nothing.
		s.padded = s.padHigh >= lo && s.padLow <= hi
	}
	if s.padded {
		least, most := uint16(math.MaxUint16), uint16(0)
		for _, v := range values {
			if v < s.padLow || v > s.padHigh {
				least, most = min(least, v), max(most, v)
			}
		}
		if least <= most {
			lo, hi = least, most
		}
	}
	if f.Grayscale.ModalityLUT == nil {
		s.scale.base = uint32(lo)
		for s.scale.shift < fractionBits && uint32(hi-lo)<<(s.scale.shift+1) <= 65535 {
			s.scale.shift++
		}
	}
	s.scale.least, s.scale.most = uint16((uint32(lo)-s.scale.base)<<s.scale.shift), uint16((uint32(hi)-s.scale.base)<<s.scale.shift)
	return s
}

// transpose writes the rows x cols image src, of n samples a pixel, to dst with rows and columns exchanged, in blocks that
// fit the cache.
func transpose[T any](dst, src []T, rows, cols, n int) {
	const block = 32
	for r0 := 0; r0 < rows; r0 += block {
		r1 := min(r0+block, rows)
		for c0 := 0; c0 < cols; c0 += block {
			c1 := min(c0+block, cols)
			for r := r0; r < r1; r++ {
				in := src[(r*cols+c0)*n : (r*cols+c1)*n]
				if n == 1 {
					for i, v := range in {
						dst[(c0+i)*rows+r] = v
					}
					continue
				}
				for c := c0; c < c1; c++ {
					copy(dst[(c*rows+r)*n:(c*rows+r)*n+n], in[(c-c0)*n:(c-c0)*n+n])
				}
			}
		}
	}
}
