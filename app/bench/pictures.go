package bench

import "rachis/dicomio"

// noise is the same for the same place, from 0 to 255. What is made here is made by .ci/peers/loops.c too, so that both show the same images.
func noise(x, y, z uint32) uint32 {
	h := x*73856093 ^ y*19349663 ^ z*83492791
	h ^= h >> 13
	h *= 0x5bd1e995
	return (h ^ h>>15) & 255
}

// patches is an image of even patches with noise on them, as tissue is: a patch is size pixels wide, and its value coarse times as far from the
// next as noise is fine.
func patches(columns, rows, size int, coarse, fine uint32) *dicomio.Frame {
	f := &dicomio.Frame{Rows: rows, Columns: columns, Values: make([]uint16, rows*columns), Grayscale: dicomio.Grayscale{Slope: 1}}
	for y := range rows {
		for x := range columns {
			f.Values[y*columns+x] = uint16(noise(uint32(x/size), uint32(y/size), 1)*coarse + noise(uint32(x), uint32(y), 0)*fine)
		}
	}
	return f
}

// sliceImage is an image of 512x512 and 16 bits, filmImage a film of 3000x2500 and 12 bits.
func sliceImage() *dicomio.Frame { return patches(512, 512, 48, 200, 6) }
func filmImage() *dicomio.Frame  { return patches(2500, 3000, 200, 14, 1) }

// digest is FNV-1a.
func digest(data []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range data {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}
