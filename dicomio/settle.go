package dicomio

import (
	"encoding/binary"
	"math"
)

// Grey samples are made four at a time in the lanes of a 64-bit word, and their range is found by asking of a whole block whether any is outside what was
// found so far. Both cost less than the memory traffic beside them.

const (
	lanes = 0x0001_0001_0001_0001 // times a word: that word in each lane
	tops  = 0x8000 * lanes        // the highest bit of each lane

	pairs    = 0x0000_0001_0000_0001 // the same for two lanes of twice the width
	evens    = 0xFFFF * pairs
	pairTops = 0x1_0000 * pairs

	block = 64 // words of four samples, 512 bytes
)

// span is the least and the greatest of lanes seen so far.
type span struct{ least, most uint16 }

// scan takes in every lane of a block, less a bias.
func (s *span) scan(quads []uint64, biases uint64) {
	for _, q := range quads {
		q -= biases
		for shift := 0; shift < 64; shift += 16 {
			v := uint16(q >> shift)
			s.least, s.most = min(s.least, v), max(s.most, v)
		}
	}
}

// scanLanes is scan for lanes that leave their highest bit free once the bias is off: four are compared at once. An image that grows brighter
// from row to row has a new greatest value in every block.
func (s *span) scanLanes(quads []uint64, biases uint64) {
	least, most := uint64(s.least)*lanes, uint64(s.most)*lanes
	for _, q := range quads {
		q -= biases
		greater := ((q | tops) - most) & tops >> 15 * 0xFFFF
		less := ((least | tops) - q) & tops >> 15 * 0xFFFF
		most = q&greater | most&^greater
		least = q&less | least&^less
	}
	for shift := 0; shift < 64; shift += 16 {
		s.least, s.most = min(s.least, uint16(least>>shift)), max(s.most, uint16(most>>shift))
	}
}

// settle makes grey samples of 16-bit words in one pass: shifts, masks and sign-extends stored values, flips their sign bit if signed, and
// returns the least and the greatest (of no words: 65535 and 0).
func settle(words []uint16, h imageHeader, signed bool) (least, most uint16) {
	shift, mask := uint(h.shift)&15, uint16(1<<h.bitsStored-1)
	sign, bias := uint16(0), uint16(0)
	if signed {
		// (v ^ sign) - sign extends the sign; the flip of the top bit adds 0x8000.
		sign = 1 << (h.bitsStored - 1)
		bias = 0x8000 - sign
	}
	q, rest := quads(words)
	s := span{math.MaxUint16, 0}
	if mask < 0x8000 {
		s = settleLanes(q, shift, mask, sign, bias)
	} else if len(q) > 0 {
		s = settleFull(q, sign)
	}
	if len(q) == 0 {
		s = span{math.MaxUint16, 0}
	}
	least, most = s.least, s.most
	for i, v := range rest {
		v = v>>shift&mask ^ sign + bias
		rest[i] = v
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

// settleLanes is settle for values that leave the highest bit of a lane free: there a difference shows which of two is greater.
func settleLanes(q []uint64, shift uint, mask, sign, bias uint16) span {
	shift &= 15
	masks, signs, biases := uint64(mask)*lanes, uint64(sign)*lanes, uint64(bias)*lanes
	s := span{mask, 0}
	for len(q) > 0 {
		b := q[:min(block, len(q))]
		q = q[len(b):]
		inside := uint64(tops)
		high, low := uint64(s.most)*lanes|tops, uint64(s.least)*lanes
		if low == 0 { // as with most images: nothing can be less
			for i, v := range b {
				v = v>>shift&masks ^ signs
				b[i] = v + biases // no carry into the next lane: at most 0x8000 + mask>>1
				inside &= high - v
			}
		} else {
			for i, v := range b {
				v = v>>shift&masks ^ signs
				b[i] = v + biases
				inside &= (high - v) & ((v | tops) - low)
			}
		}
		if inside&tops != tops {
			s.scanLanes(b, biases)
		}
	}
	return span{s.least + bias, s.most + bias}
}

// settleFull is settle for values of 16 bits, compared in lanes of 32.
func settleFull(q []uint64, sign uint16) span {
	signs := uint64(sign) * lanes
	s := span{math.MaxUint16, 0}
	for len(q) > 0 {
		b := q[:min(block, len(q))]
		q = q[len(b):]
		inside := uint64(pairTops)
		high, low := uint64(s.most)*pairs|pairTops, uint64(s.least)*pairs
		for i, v := range b {
			v ^= signs
			b[i] = v
			even, odd := v&evens, v>>16&evens
			inside &= (high - even) & ((even | pairTops) - low) & (high - odd) & ((odd | pairTops) - low)
		}
		if inside&pairTops != pairTops {
			s.scan(b, 0)
		}
	}
	return s
}

// widen makes grey samples of trimmed bytes in one pass, sign bit flipped if signed, and returns the least and the greatest. The bytes may be the upper
// half of the words' own memory: each is read before its place is written.
func widen(words []uint16, narrow []byte, signed bool) (least, most uint16) {
	sign, bias := byte(0), uint16(0)
	if signed {
		// v ^ 0x80 puts signed bytes in order from 0, which is -128.
		sign, bias = 0x80, 0x8000-0x80
	}
	words = words[:len(narrow)]
	s := span{math.MaxUint16, 0}
	i := 0
	if q, _ := quads(words); littleEndianHost && len(q) > 0 {
		s = widenLanes(q, narrow, sign, bias)
		i = 4 * len(q)
	}
	least, most = s.least, s.most
	for ; i < len(narrow); i++ {
		v := uint16(narrow[i]^sign) + bias
		words[i] = v
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

func widenLanes(q []uint64, narrow []byte, sign byte, bias uint16) span {
	signs, biases := uint64(sign)*lanes, uint64(bias)*lanes
	s := span{math.MaxUint8, 0}
	for len(q) > 0 {
		b := q[:min(block, len(q))]
		in := narrow[:4*len(b)]
		q, narrow = q[len(b):], narrow[4*len(b):]
		inside := uint64(tops)
		high, low := uint64(s.most)*lanes|tops, uint64(s.least)*lanes
		for i := range b {
			v := uint64(binary.LittleEndian.Uint32(in[4*i : 4*i+4]))
			v = (v | v<<16) & evens
			v = (v|v<<8)&(0xFF*lanes) ^ signs
			b[i] = v + biases
			inside &= (high - v) & ((v | tops) - low)
		}
		if inside&tops != tops {
			s.scanLanes(b, biases)
		}
	}
	return span{s.least + bias, s.most + bias}
}
