package reslice

import (
	"context"
	"errors"
	"sync"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Each image is asked for once, the first before all others; one that cannot be read, and a cancelled context, end the reading with their error,
// and no image is asked for any more once New has returned.
func TestReading(t *testing.T) {
	const n = 60
	stack := stackOf(0, 0, n, space.LPS{X: 1}, space.LPS{Y: 1}, func(i int) space.LPS { return space.LPS{Z: float64(i)} })
	broken := errors.New("broken")
	for name, end := range map[string]struct {
		at     int
		cancel bool
		want   error
	}{"all": {-1, false, nil}, "broken": {20, false, broken}, "the first is broken": {0, false, broken}, "cancelled": {30, true, context.Canceled}} {
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		asked, returned := make([]int, n), false
		v, err := New(ctx, stack, func(ctx context.Context, i int) (*dicomio.Frame, error) {
			mu.Lock()
			defer mu.Unlock()
			if asked[0] == 0 && i != 0 {
				t.Errorf("%s: image %d comes before the first", name, i)
			}
			if returned {
				t.Errorf("%s: image %d is asked for afterwards", name, i)
			}
			if asked[i]++; i == end.at {
				if !end.cancel {
					return nil, broken
				}
				cancel()
				return nil, ctx.Err()
			}
			f := &dicomio.Frame{Rows: 4, Columns: 5, Grayscale: dicomio.Grayscale{Slope: 1, Range: [2]int32{int32(i), int32(100 * i)}}}
			for j := range 20 {
				f.Values = append(f.Values, uint16(100+20*i+j))
			}
			return f, nil
		})
		mu.Lock()
		returned = true
		mu.Unlock()
		cancel()
		if !errors.Is(err, end.want) || (err == nil) != (end.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
		for i, times := range asked {
			if times > 1 || err == nil && times != 1 {
				t.Errorf("%s: image %d is asked for %d times", name, i, times)
			}
		}
		if err != nil {
			continue
		}
		if v.Grayscale.Range != [2]int32{0, 100 * (n - 1)} {
			t.Errorf("values from %d to %d", v.Grayscale.Range[0], v.Grayscale.Range[1])
		}
		for i := range n {
			p := stack.Slices[i].Plane
			for j, got := range v.Frame(nil, p, 5, 4, Slab{}).Values {
				if want := uint16(100 + 20*i + j); got != want {
					t.Fatalf("image %d, pixel %d: %d, want %d", i, j, got, want)
				}
			}
		}
	}
}
