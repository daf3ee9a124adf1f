package measure

import (
	"math"
	"slices"
)

// PixelSet is a set of pixels of an image of a size, counted row by row from 0, in order.
type PixelSet struct {
	Rows, Columns int
	At            []int
}

// Inside are the pixels whose centres lie in a region.
func Inside(r Region, rows, columns int) PixelSet {
	p := PixelSet{Rows: rows, Columns: columns}
	r.spans(rows, columns, func(row, from, to int) {
		for i := row*columns + from; i < row*columns+to; i++ {
			p.At = append(p.At, i)
		}
	})
	slices.Sort(p.At)
	return p
}

// Inset are the pixels that have all four neighbours among them: those at least one pixel inside the edge. A pixel at the border of the
// image has not.
func (p PixelSet) Inset() PixelSet {
	out := PixelSet{Rows: p.Rows, Columns: p.Columns}
	has := func(i int) bool { _, ok := slices.BinarySearch(p.At, i); return ok }
	for _, i := range p.At {
		if c := i % p.Columns; c > 0 && c < p.Columns-1 && has(i-1) && has(i+1) && has(i-p.Columns) && has(i+p.Columns) {
			out.At = append(out.At, i)
		}
	}
	return out
}

// MeasurePixels returns the statistics of the samples of some pixels. There are none when all are padding.
func (v Samples) MeasurePixels(p PixelSet) (Statistics, bool) {
	s := Statistics{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, i := range p.At {
		if x, ok := v.At(i); ok {
			s.add(x)
		}
	}
	if s.N == 0 {
		return Statistics{}, false
	}
	return s, true
}

// Median returns the median of the pixel and of those of its eight neighbours that are image; false where the pixel itself is none.
func (v Samples) Median(i int) (float64, bool) {
	if i < 0 || i >= v.Rows*v.Columns {
		return 0, false
	}
	if x, ok := v.At(i); !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	var list [9]float64
	n := 0
	row, column := i/v.Columns, i%v.Columns
	for r := max(row-1, 0); r <= min(row+1, v.Rows-1); r++ {
		for c := max(column-1, 0); c <= min(column+1, v.Columns-1); c++ {
			if x, ok := v.At(r*v.Columns + c); ok && !math.IsNaN(x) && !math.IsInf(x, 0) {
				list[n] = x
				n++
			}
		}
	}
	slices.Sort(list[:n])
	if n%2 == 1 {
		return list[n/2], true
	}
	return (list[n/2-1] + list[n/2]) / 2, true
}
