package viewer

import (
	"context"

	"rachis/dicomio"
	"rachis/viewer/render"
)

// Previewer is a Loader that has a coarse picture of some frames much sooner than the frame itself.
type Previewer interface {
	// Preview returns a frame with each side divided by 2^reduce and rounded up, or by a lower power of two. It is false when there is none
	// to be had sooner.
	Preview(ctx context.Context, slice dicomio.Slice, reduce int) (*dicomio.Frame, bool, error)
}

// What a preview is worth its time for: more than previewed pixels, which an ordinary slice of 512 x 512 has not, at a quarter of the
// resolution each way (a fifteenth of the time); of more than large pixels an eighth is still about a screen's.
const (
	previewed = 600 * 600
	large     = 2048 * 2048
)

// reduction is by which power of two the sides of a preview are divided; 0 for none.
func reduction(rows, columns int) int {
	switch n := rows * columns; {
	case rows <= 0 || columns <= 0 || rows > 1<<16 || columns > 1<<16 || n <= previewed:
		return 0
	case n <= large:
		return 2
	}
	return 3
}

// preview makes a coarse picture of a frame, on a worker of its own. The picture is nil when there is none.
func (f *frames) preview(ctx context.Context, key frameKey) (*picture, error) {
	loader, ok := f.loader.(Previewer)
	if !ok || key.instance == nil {
		return nil, nil
	}
	slice := dicomio.Slice{Instance: key.instance, Frame: key.frame}
	small, ok, err := loader.Preview(ctx, slice, reduction(key.instance.Rows, key.instance.Columns))
	if err != nil || !ok {
		return nil, err // which the frame itself will tell
	}
	header, err := f.loader.Header(ctx, slice)
	if err != nil {
		header = nil
	}
	p := newPicture(small, header, key.frame)
	if p.frame = enlarge(small, key.instance.Rows, key.instance.Columns); p.frame == nil {
		return nil, nil
	}
	p.preview, p.survey = true, render.SurveyOf(p.frame) // that of the small one is of other samples
	return p, nil
}

// enlarge returns a reduced frame at the size that its file has, so that all that knows places on the image need not know of it; nil when
// the one does not come of the other.
//
// Sample i of a resolution lies where sample i * 2^n of the full one does (the low-pass filters of ITU-T T.800 F.3 are symmetric about the even
// samples), so that the picture does not move when the frame replaces it. Between them it is linear.
func enlarge(small *dicomio.Frame, rows, columns int) *dicomio.Frame {
	shift := 0
	for n := uint(1); n < 8 && shift == 0; n++ {
		if reduced(rows, n) == small.Rows && reduced(columns, n) == small.Columns {
			shift = int(n)
		}
	}
	if n := small.Rows * small.Columns; shift == 0 || small.Values != nil && len(small.Values) < n || small.Wide != nil && len(small.Wide) < n ||
		small.RGB != nil && len(small.RGB) < 3*n || small.Values == nil && small.Wide == nil && small.RGB == nil {
		return nil
	}
	f := *small
	f.Rows, f.Columns, f.Overlays = rows, columns, nil
	switch {
	case small.Values != nil:
		f.Values = make([]uint16, rows*columns)
		enlargeWhole(f.Values, small.Values, rows, columns, small.Rows, small.Columns, 1, uint(shift))
	case small.RGB != nil:
		f.RGB = make([]byte, 3*rows*columns)
		enlargeWhole(f.RGB, small.RGB, rows, columns, small.Rows, small.Columns, 3, uint(shift))
	default: // floats are rare, and may be none: the nearest will do
		f.Wide = make([]float32, rows*columns)
		for y := range rows {
			for x := range columns {
				f.Wide[y*columns+x] = small.Wide[min((y+1<<shift>>1)>>shift, small.Rows-1)*small.Columns+min((x+1<<shift>>1)>>shift, small.Columns-1)]
			}
		}
	}
	return &f
}

// reduced is a side divided by 2^n, rounded up (ITU-T T.800 B-15).
func reduced(side int, n uint) int { return (side + 1<<n - 1) >> n }

// enlargeWhole fills out from the samples in, of so many channels; weights are of the fixed point of the shift, so that sums are exact.
func enlargeWhole[T uint8 | uint16](out, in []T, rows, columns, fromRows, fromColumns, channels int, shift uint) {
	one := uint32(1) << shift
	half := uint32(1) << (2*shift - 1)
	across := make([]uint32, (fromColumns+1)*channels) // the row between two, with its last pixel doubled
	for y := range rows {
		a := min(y>>shift, fromRows-1)
		b := min(a+1, fromRows-1)
		lower := uint32(y) & (one - 1)
		above, below := in[a*fromColumns*channels:(a+1)*fromColumns*channels], in[b*fromColumns*channels:(b+1)*fromColumns*channels]
		for i := range above {
			across[i] = uint32(above[i])*(one-lower) + uint32(below[i])*lower
		}
		copy(across[fromColumns*channels:], across[(fromColumns-1)*channels:fromColumns*channels])
		row := out[y*columns*channels : (y+1)*columns*channels]
		for x := range columns {
			left := x >> shift * channels
			right := uint32(x) & (one - 1)
			for c := range channels {
				row[x*channels+c] = T((across[left+c]*(one-right) + across[left+channels+c]*right + half) >> (2 * shift))
			}
		}
	}
}
