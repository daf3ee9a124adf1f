package ht

import "math/bits"

// An entry of the VLC tables, by context (3 bits) and the next 7 bits of the stream, the first in bit 0.
//
//	bits  0-3: significance of the samples (rho)
//	bits  4-7: values of the known most significant bits (epsilon_1)
//	bits 8-11: which most significant bits are known (epsilon_k)
//	bit    12: u_off
//	bits 13-15: length of the codeword
const (
	rhoMask      = 0xF
	valueShift   = 4
	knownShift   = 8
	offsetShift  = 12
	lengthShift  = 13
	contextShift = 7
	tableMask    = 1<<(3+contextShift) - 1
)

var (
	initialVLC = vlcTable(initialCodes[:])
	otherVLC   = vlcTable(otherCodes[:])
)

// vlcTable makes the look-up table of a list of codewords.
func vlcTable(codes []uint32) *[1 << (3 + contextShift)]uint16 {
	table := new([1 << (3 + contextShift)]uint16)
	for _, c := range codes {
		context, offset := c>>24&7, c>>27
		rho, known, value := c>>20&0xF, c>>16&0xF, c>>12&0xF
		word, length := c>>4&0x7F, c&0xF
		for free := range uint32(1) << (7 - length) {
			table[context<<contextShift|free<<length|word] =
				uint16(rho | value<<valueShift | known<<knownShift | offset<<offsetShift | length<<lengthShift)
		}
	}
	return table
}

// An entry of the U-VLC tables (T.814 7.3.6), for the two quads of a pair, by mode (3 bits) and the next 6 bits of the stream.
//
//	bits   0-3: length of the prefixes
//	bits   4-8: length of the prefixes and suffixes, at most 16
//	bits  9-11: length of the first quad's suffix
//	bits 12-15: length of both suffixes
//	bits 16-18: prefix value of the first quad
//	bits 19-21: of the second
//	bits 22-23: what is added to the first quad's u_q at last
//	bits 24-25: to the second's
//
// The mode is u_off of the first quad, twice u_off of the second, and 4 in place of 3 where the first line pair's MEL event tells that both are above 2.
const (
	uvlcBits      = 6
	bothLargeMode = 4
)

var (
	initialUVLC = uvlcTable(true)
	otherUVLC   = uvlcTable(false)
)

// uvlcPrefix decodes a prefix of Table 3: its value, its length and the length of the suffix that follows.
func uvlcPrefix(stream uint32) (value, length, suffix uint32) {
	switch n := bits.TrailingZeros32(stream | 8); n {
	case 0:
		return 1, 1, 0
	case 1:
		return 2, 2, 0
	case 2:
		return 3, 3, 1
	}
	return 5, 3, 5
}

// uvlcTable makes the look-up table for pairs in the first line pair, or in the others, where the modes 3 and 4 are the same.
func uvlcTable(initial bool) *[8 << uvlcBits]uint32 {
	table := new([8 << uvlcBits]uint32)
	for mode := range uint32(bothLargeMode + 1) {
		for stream := range uint32(1) << uvlcBits {
			var value, length, suffix [2]uint32
			var bias uint32
			rest := stream
			for i := range uint32(2) {
				if mode != bothLargeMode && mode>>i&1 == 0 {
					continue
				}
				if i == 1 && initial && mode == 3 && value[0] > 2 {
					// Not both are above 2, so that one bit is enough for the second.
					value[1], length[1] = 1+rest&1, 1
				} else {
					value[i], length[i], suffix[i] = uvlcPrefix(rest)
				}
				rest >>= length[i]
			}
			if initial && mode == bothLargeMode {
				bias = 2
			}
			prefixes, suffixes := length[0]+length[1], suffix[0]+suffix[1]
			table[mode<<uvlcBits|stream] = prefixes | (prefixes+suffixes)<<4 | suffix[0]<<9 | suffixes<<12 |
				value[0]<<16 | value[1]<<19 | bias<<22 | bias<<24
		}
	}
	return table
}
