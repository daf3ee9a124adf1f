package dicomio_test

import (
	"slices"
	"testing"
)

// TestSettle holds samples and range of grey frames of every depth, sign and shift, and of sizes around those of the blocks they are made in, against
// the stored values, which are made one by one. The values of some rise and fall, so that every block widens the range.
func TestSettle(t *testing.T) {
	for _, allocated := range []int{8, 16} {
		for stored := 1; stored <= allocated; stored++ {
			for sign := range 2 {
				for n, size := range []int{1, 3, 4, 5, 255, 256, 257, 1029} {
					i := grey(1, size)
					i.allocated, i.stored, i.sign = allocated, stored, sign
					i.high = stored - 1 + n%(allocated-stored+1)
					data := noise(size * allocated / 8)
					if n%2 == 1 { // a slow rise, then a fall below where it began
						for j := range size {
							v := uint16(1000 + 3*j)
							if j > size/2 {
								v = uint16(1000 - 2*j)
							}
							if allocated == 8 {
								data[j] = byte(v >> 4)
							} else {
								le.PutUint16(data[2*j:], v)
							}
						}
					}
					data = append(data, make([]byte, len(data)%2)...)
					want := storedOf(t, i.file(data), 0)
					f := frameOf(t, i.file(data), 0)
					for j, v := range f.Values {
						got := int32(v)
						if f.Signed {
							got -= 0x8000
						}
						if got != want[j] {
							t.Fatalf("%d of %d bits, high bit %d, sign %d, %d samples: sample %d is %d, want %d", stored, allocated, i.high, sign, size, j, got, want[j])
						}
					}
					if r := [2]int32{slices.Min(want), slices.Max(want)}; f.Grayscale.Range != r {
						t.Fatalf("%d of %d bits, high bit %d, sign %d, %d samples: range %v, want %v", stored, allocated, i.high, sign, size, f.Grayscale.Range, r)
					}
				}
			}
		}
	}
}
