package jpegll

const (
	// lookupBits is how many bits of the stream are looked up at once for whole differences. 12 make a table of 16 KiB, half of a common
	// first-level cache.
	lookupBits = 12
	// codeBits is how many are looked up for a code alone. Longer codes are rare: each is one of 512 at most.
	codeBits = 9

	maxCodeLength = 16 // of a Huffman code (T.81 C.2)
	maxCategory   = 16 // the highest SSSS (T.81 H.1.2.2)
)

// spec is a Huffman table as a DHT segment gives it (T.81 B.2.4.2).
type spec struct {
	start  int // of the segment; 0 for a table that was never defined
	counts [maxCodeLength]byte
	n      int
	values [256]byte
}

// table is a Huffman table, derived for decoding.
type table struct {
	spec spec // what it was derived from

	// lookup is indexed by the next bits. An entry tells the differences whose codes and additional bits lie wholly in these bits,
	// two, one or none:
	//
	//	bits  0-4	how many bits they take
	//	bits  5-6	how many differences they are
	//	bits  8-19	the second
	//	bits 20-31	the first
	lookup [1 << lookupBits]uint32

	// codes is indexed by the next bits, too. An entry tells the code that they begin with, 0 that it is longer, of SSSS 16 or no code:
	//
	//	bits  0-4	how many bits code and additional bits take
	//	bits  5-9	how many the code takes
	//	bits 10-15	63 less SSSS
	//	bits 16-31	what is added to the additional bits if the first of them is 0
	codes [1 << codeBits]uint32

	// By length l, less 1: the first code that is longer than l, moved up to 16 bits; and what is added to a code of l
	// bits for its index in the values (the decoder tables of T.81 F.2.2.3, with the comparison turned).
	limit  [maxCodeLength]uint32
	offset [maxCodeLength]int32
}

const (
	entryLength = 1<<5 - 1
	countShift  = 5
	secondShift = 8
	firstShift  = 20

	codeLengthShift = 5
	categoryShift   = 10
	negativeShift   = 16
)

// singles is lookup with one difference at the most.
type singles [1 << lookupBits]uint32

// huffmanTables reads a DHT segment (T.81 B.2.4.2). Tables of class 1, for AC coefficients, have no use here and are skipped.
func (d *decoder) huffmanTables(start int, body []byte) error {
	for len(body) > 0 {
		if len(body) < 1+maxCodeLength {
			return formatErrorf("a DHT segment at byte 0x%x that ends within a table", start)
		}
		class, id := body[0]>>4, body[0]&15
		if class > 1 || id >= maxTables {
			return formatErrorf("a DHT segment at byte 0x%x for the table %d of class %d", start, id, class)
		}
		s := spec{start: start}
		copy(s.counts[:], body[1:])
		body = body[1+maxCodeLength:]
		for _, c := range s.counts {
			s.n += int(c)
		}
		if s.n > len(s.values) || s.n > len(body) {
			return formatErrorf("a DHT segment at byte 0x%x with %d codes, more than it has or may have", start, s.n)
		}
		copy(s.values[:], body[:s.n])
		body = body[s.n:]
		if class == 0 {
			d.specs[id] = s
		}
	}
	return nil
}

// derived returns the table id made ready for decoding.
func (d *decoder) derived(id byte) (*table, error) {
	s := &d.specs[id]
	if s.start == 0 {
		return nil, formatErrorf("no DHT segment for the table %d", id)
	}
	if d.tables[id] == nil {
		d.tables[id] = new(table)
	}
	t := d.tables[id]
	// Frames of one series often share their tables.
	if t.spec.n == s.n && t.spec.counts == s.counts && t.spec.values == s.values {
		return t, nil
	}
	t.spec.n = -1
	if err := t.derive(s, &d.singles); err != nil {
		return nil, err
	}
	t.spec = *s
	return t, nil
}

// derive makes the decoding tables. Codes are dealt out in order, the shortest first (T.81 C.2). T.81 keeps the code of ones alone free; some
// encoders do not, and nothing is ambiguous then.
func (t *table) derive(s *spec, one *singles) error {
	clear(t.codes[:])
	clear(one[:])
	code, k := uint32(0), 0
	for i, count := range s.counts {
		length := i + 1
		code <<= 1
		if code+uint32(count) > 1<<length {
			return formatErrorf("a DHT segment at byte 0x%x with more codes of %d bits than there are", s.start, length)
		}
		t.offset[i] = int32(k) - int32(code)
		for range int(count) {
			// A category that cannot be is an error only where its code is met.
			if category := s.values[k]; category < maxCategory {
				t.enter(code, length, category)
				one.enter(code, length, category)
			}
			code++
			k++
		}
		t.limit[i] = code << (maxCodeLength - length)
	}
	t.pair(one)
	return nil
}

// enter fills the entries of codes that begin with a code.
func (t *table) enter(code uint32, length int, category byte) {
	if length > codeBits {
		return
	}
	negative := uint32(extend(0, category))
	e := uint32(length+int(category)) | uint32(length)<<codeLengthShift | uint32(63-category)<<categoryShift | negative<<negativeShift
	first, n := int(code)<<(codeBits-length), 1<<(codeBits-length)
	for i := range t.codes[first : first+n] {
		t.codes[first+i] = e
	}
}

// enter fills the entries that begin with a code and the additional bits of its differences.
func (one *singles) enter(code uint32, length int, category byte) {
	extra := int(category)
	if length+extra > lookupBits {
		return
	}
	first, same := int(code)<<(lookupBits-length), 1<<(lookupBits-length-extra)
	for bits := range 1 << extra {
		e := uint32(extend(uint32(bits), category))<<firstShift | 1<<countShift | uint32(length+extra)
		for i := range same {
			one[first+bits*same+i] = e
		}
	}
}

// pair makes lookup of singles: where the bits after a difference hold another, both are entered.
func (t *table) pair(one *singles) {
	for i, e := range one {
		if e != 0 {
			length := e & entryLength
			next := one[uint32(i)<<length&(1<<lookupBits-1)]
			// Of the bits of next only lookupBits-length are known.
			if next != 0 && length+next&entryLength <= lookupBits {
				e += 1<<countShift + next&entryLength + next>>firstShift<<secondShift
			}
		}
		t.lookup[i] = e
	}
}

// search returns the length of the code that the 16 bits given begin with, and its value; the length 0 when there is none.
func (t *table) search(bits uint32) (length uint, category byte) {
	for i, limit := range t.limit {
		if bits < limit {
			category = t.spec.values[int32(bits>>(maxCodeLength-1-i))+t.offset[i]]
			if category > maxCategory {
				return 0, 0
			}
			return uint(i) + 1, category
		}
	}
	return 0, 0
}

// extend turns the additional bits of a difference to the difference, modulo 2^16 (T.81 F.2.2.1).
func extend(bits uint32, category byte) uint16 {
	if category > 0 && bits < 1<<(category-1) {
		return uint16(bits - 1<<category + 1)
	}
	return uint16(bits)
}
