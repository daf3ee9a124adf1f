package jpegdct

// spec is a Huffman table as a DHT segment gives it (T.81 B.2.4.2): how many codes there are of each length, and their symbols. It points
// into the data, and is made a table when a scan needs it, so that a thousand segments cost nothing.
type spec struct {
	counts, symbols []byte
}

const (
	classDC = 0
	classAC = 1

	maxCodeLength = 16
	maxSymbols    = 256
)

func (d *decoder) huffmanTables(start int, body []byte) error {
	d.anySpec = true
	for len(body) > 0 {
		class, destination := body[0]>>4, body[0]&15
		switch {
		case class > 1 || destination >= maxTables:
			return formatErrorf("Huffman table %d of class %d in the segment at byte 0x%x", destination, class, start)
		case len(body) < 1+maxCodeLength:
			return formatErrorf("a Huffman table is cut in the segment at byte 0x%x", start)
		}
		s := spec{counts: body[1 : 1+maxCodeLength]}
		n, room := 0, 1
		for _, c := range s.counts {
			n += int(c)
			room = 2*room - int(c)
			if room < 0 {
				return formatErrorf("more Huffman codes than there can be in the segment at byte 0x%x", start)
			}
		}
		switch {
		case n > maxSymbols || n == 0:
			return formatErrorf("a Huffman table of %d codes in the segment at byte 0x%x", n, start)
		case len(body) < 1+maxCodeLength+n:
			return formatErrorf("a Huffman table is cut in the segment at byte 0x%x", start)
		}
		s.symbols = body[1+maxCodeLength : 1+maxCodeLength+n]
		if class == classDC {
			for _, symbol := range s.symbols {
				if symbol > maxCategory {
					return formatErrorf("a DC difference of %d bits in the segment at byte 0x%x", symbol, start)
				}
			}
		}
		d.specs[class][destination] = s
		body = body[1+maxCodeLength+n:]
	}
	return nil
}

// maxCategory is the greatest number of bits of a DC difference (T.81 F.1.2.1.2) or an AC coefficient.
const maxCategory = 15

// table finds codes. An entry of lookup is for the next lookupBits bits. Where they hold a whole code with its additional bits, it has how many
// bits those are, how far the coefficient is from the one before, and its value. Where they only hold the code, the number of bits is 0,
// and the entry has the code's length and symbol; where not even that, it is 0.
type table struct {
	of     []byte // the symbols that the table was made of; nil before it was
	lookup [1 << lookupBits]uint32
	limit  [maxCodeLength + 1]uint32 // of each length: the first 16 bits that are beyond its codes
	offset [maxCodeLength + 1]int32  // from the code to its symbol
	symbol [maxSymbols]byte
}

const (
	lookupBits = 10

	entryBits    = 15 // mask
	entryAdvance = 8  // shift: one more than the run of zeros, or endOfBlock, or endOfBand with the bits of its run
	entryValue   = 16 // shift

	entryCodeLength = 8  // shift, where the number of bits is 0
	entrySymbol     = 16 // shift

	endOfBlock = 0x80
	endOfBand  = 0x100
)

// build makes the table of a spec, of class DC or AC (T.81 annex C).
func (t *table) build(s spec, class int) {
	t.of = s.symbols
	copy(t.symbol[:], s.symbols)
	clear(t.lookup[:])
	code, k := uint32(0), 0
	for length := 1; length <= maxCodeLength; length++ {
		t.offset[length] = int32(k) - int32(code)
		for range s.counts[length-1] {
			if length <= lookupBits {
				t.enter(code, uint(length), s.symbols[k], class)
			}
			code++
			k++
		}
		t.limit[length] = code << (maxCodeLength - length)
		code <<= 1
	}
}

// enter fills the entries that begin with a code.
func (t *table) enter(code uint32, length uint, symbol byte, class int) {
	size, advance := uint(symbol&15), uint32(symbol>>4)+1
	rest := lookupBits - length
	first := code << rest
	whole := length+size <= lookupBits
	switch {
	case class == classDC:
		size, advance = uint(symbol), 1
		whole = length+size <= lookupBits
	case symbol == 0x00:
		advance = endOfBlock
	case size == 0 && symbol != 0xF0:
		whole = false // an end of band, of progressive scans only
	}
	for i := range uint32(1) << rest {
		if whole {
			value := extend(i>>(rest-size), size)
			t.lookup[first+i] = uint32(value)<<entryValue | advance<<entryAdvance | uint32(length+size)
		} else {
			t.lookup[first+i] = uint32(symbol)<<entrySymbol | uint32(length)<<entryCodeLength
		}
	}
}

// extend returns the value of a category's additional bits (T.81 F.2.2.1, figure F.12).
func extend(v uint32, category uint) int32 {
	if category > 0 && v>>(category-1) == 0 {
		return int32(v) - (1 << category) + 1
	}
	return int32(v)
}

// search finds the code that the 16 bits begin with; its length is 0 where there is none.
func (t *table) search(bits uint32) (symbol byte, length uint) {
	for length := 1; length <= maxCodeLength; length++ {
		if bits < t.limit[length] {
			return t.symbol[uint8(int32(bits>>(maxCodeLength-length))+t.offset[length])], uint(length)
		}
	}
	return 0, 0
}

// standardSpec returns the tables of T.81 K.3, which streams without any DHT segment mean: those of Motion JPEG.
func standardSpec(class, destination int) spec {
	if destination > 1 {
		return spec{}
	}
	return [2][2]spec{
		{{standardCounts[0][:], standardDC[:]}, {standardCounts[1][:], standardDC[:]}},
		{{standardCounts[2][:], standardLuminanceAC[:]}, {standardCounts[3][:], standardChrominanceAC[:]}},
	}[class][destination]
}
