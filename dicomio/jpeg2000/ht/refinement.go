package ht

import "math/bits"

// The refinement passes go through the block in stripes of four lines, and in a stripe in groups of four columns. The significance of
// a group is a word of 16 bits, a column in each four, the upper sample in the lowest.
const (
	firstLine  = 0x11111111 // of a group and the one at the right
	lastLine   = 0x88888888
	lastColumn = 0xF000
)

// gatherSignificance makes the significance of the groups from that of the quads.
func (d *Decoder) gatherSignificance(width, height int) {
	columns, rows := (width+1)/2, (height+1)/2
	groups, stripes := (width+3)/4, (height+3)/4
	step := columns + margin
	spread := func(q uint32) uint32 { return q&3 | q&0xC<<2 }
	for s := range stripes {
		upper := d.quads[2*s*step+1:][:columns+1]
		sigma := d.sigma[s*(groups+1):][:groups+1]
		for g := range groups {
			sigma[g] = uint16(spread(upper[2*g]) | spread(upper[2*g+1])<<8)
		}
		if 2*s+1 < rows {
			lower := d.quads[(2*s+1)*step+1:][:columns+1]
			for g := range groups {
				sigma[g] |= uint16(spread(lower[2*g])<<2 | spread(lower[2*g+1])<<10)
			}
		}
		sigma[groups] = 0
	}
	clear(d.sigma[stripes*(groups+1):][:groups+1])
}

// later has for each sample of a group those of its neighbours in the group that come after it in the scan.
var later = laterNeighbours()

func laterNeighbours() (t [16]uint32) {
	for i := range t {
		for j := i + 1; j < len(t); j++ {
			if columns, lines := j/4-i/4, j%4-i%4; columns <= 1 && lines >= -1 && lines <= 1 {
				t[i] |= 1 << j
			}
		}
	}
	return t
}

// propagate decodes the HT significance propagation pass (T.814 7.4): samples that the cleanup pass left insignificant and that have a significant
// neighbour. For each group the significance of those samples comes first, then the signs of those that became significant.
func (d *Decoder) propagate(dst []uint32, stride, width, height int, data []byte, plane int, causal bool) {
	groups := (width + 3) / 4
	d.unstuffForward(data, 0, 32*groups)
	above := d.above[:groups+1]
	clear(above)
	value := uint32(3) << plane // 1 and a half in this bit-plane
	at := uint(0)
	for y := 0; y < height; y += 4 {
		row := y / 4 * (groups + 1)
		sigma, below := d.sigma[row:row+groups+1], d.sigma[row+groups+1:row+2*groups+2]
		lines := uint32(0xFFFF)
		if n := height - y; n < 4 {
			lines = firstLine & 0xFFFF * (1<<n - 1)
		}
		at = min(at, d.size)
		left := uint32(0) // samples of the first column that have a significant neighbour in the group before
		for g := range groups {
			if n := width - 4*g; n < 4 {
				lines &= 1<<(4*n) - 1
			}
			known := uint32(sigma[g]) | uint32(sigma[g+1])<<16
			outside := (uint32(above[g]) | uint32(above[g+1])<<16) >> 3 & firstLine
			if !causal {
				outside |= (uint32(below[g]) | uint32(below[g+1])<<16) << 3 & lastLine
			}
			near := known | known&^lastLine<<1 | known&^firstLine>>1 | outside
			near |= near<<4 | near>>4 | left
			open := lines &^ known
			found := uint32(0)
			if members := near & open; members != 0 {
				x := d.load(at)
				for members != 0 {
					i := bits.TrailingZeros32(members)
					members &= members - 1
					if x&1 != 0 {
						found |= 1 << i
						members |= later[i&15] & open
					}
					x >>= 1
					at++
				}
				for rest := found; rest != 0; rest &= rest - 1 {
					i := bits.TrailingZeros32(rest)
					dst[(y+i%4)*stride+4*g+i/4] = value | uint32(x)<<31
					x >>= 1
					at++
				}
			}
			now := known&0xFFFF | found
			above[g] = uint16(now)
			left = (now | now&^lastLine<<1 | now&^firstLine>>1 | outside) & lastColumn >> 12
		}
	}
}

// refine decodes the HT magnitude refinement pass (T.814 7.5): one more bit of the samples that the cleanup pass made significant.
func (d *Decoder) refine(dst []uint32, stride, width, height int, data []byte, plane int) {
	// The stream is read from the end, as if an 0xFF stood behind it.
	groups := (width + 3) / 4
	d.unstuffBackward(data, 0, 0, true, 16*groups)
	at := uint(0)
	for y := 0; y < height; y += 4 {
		sigma := d.sigma[y/4*(groups+1):][:groups]
		at = min(at, d.size)
		for g, s := range sigma {
			x := uint32(d.load(at))
			for rest := uint32(s); rest != 0; rest &= rest - 1 {
				i := bits.TrailingZeros32(rest)
				// The half of the plane above becomes the bit, and this plane's half is set.
				dst[(y+i%4)*stride+4*g+i/4] ^= (^x&1<<1 | 1) << plane
				x >>= 1
				at++
			}
		}
	}
}
