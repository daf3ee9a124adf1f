package jpeg2000

// A bitReader reads the bits of a packet header, most significant first, after FF only seven of a byte (B.10.1).
type bitReader struct {
	data  []byte
	at    int // of the next byte
	value uint32
	left  uint32 // bits of value not yet read
	short bool   // the data has ended before what was read
}

func (b *bitReader) bit() uint32 {
	if b.left == 0 {
		b.left = 8
		if b.value == 0xFF {
			b.left = 7
		}
		b.value = 0
		if b.at < len(b.data) {
			b.value = uint32(b.data[b.at])
			b.at++
		} else {
			b.short = true
		}
	}
	b.left--
	return b.value >> b.left & 1
}

func (b *bitReader) bits(n int) uint32 {
	v := uint32(0)
	for range n {
		v = v<<1 | b.bit()
	}
	return v
}

// align goes to the next byte, past the one that bit stuffing puts after FF.
func (b *bitReader) align() {
	if b.value == 0xFF {
		b.at++
		if b.at > len(b.data) {
			b.at, b.short = len(b.data), true
		}
	}
	b.left = 0
}

// passes reads a number of coding passes (Table B.4).
func (b *bitReader) passes() int {
	if b.bit() == 0 {
		return 1
	}
	if b.bit() == 0 {
		return 2
	}
	if n := b.bits(2); n < 3 {
		return 3 + int(n)
	}
	if n := b.bits(5); n < 31 {
		return 6 + int(n)
	}
	return 37 + int(b.bits(7))
}

// comma reads the number of ones before a zero (B.10.7.1).
func (b *bitReader) comma() int {
	n := 0
	for b.bit() != 0 {
		n++
	}
	return n
}
