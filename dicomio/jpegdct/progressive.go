package jpegdct

// progressiveBlock returns what decodes a block of a progressive scan with Huffman coding to its coefficients (T.81 G.2). These are kept in
// zig-zag order.
func (d *decoder) progressiveBlock(s *scan) blockFunc {
	switch {
	case s.ss == 0 && s.ah == 0:
		return func(c *component, x, y int) string { return d.dcFirst(s, c, d.at64(c, x, y)) }
	case s.ss == 0:
		return func(c *component, x, y int) string { return d.dcRefine(s, d.at64(c, x, y)) }
	case s.ah == 0:
		return func(c *component, x, y int) string { return d.acFirst(s, c, d.at64(c, x, y)) }
	}
	return func(c *component, x, y int) string { return d.acRefine(s, c, d.at64(c, x, y)) }
}

// at64 returns the coefficients of a block; those of a block that only fills an MCU are forgotten.
func (d *decoder) at64(c *component, x, y int) *[blockSize]int16 {
	if x >= c.blocksX || y >= c.blocksY {
		return &d.filler
	}
	return (*[blockSize]int16)(d.coefficients[c.index][(y*c.blocksX+x)*blockSize:])
}

// dcFirst decodes the first scan of a DC coefficient (T.81 G.1.2.1).
func (d *decoder) dcFirst(s *scan, c *component, b *[blockSize]int16) string {
	difference, _, ok := d.reader.next(&d.tables[classDC][c.tables[classDC]])
	if !ok {
		return badCode
	}
	c.prediction += difference
	b[0] = int16(c.prediction << s.al)
	return ""
}

// dcRefine decodes one more bit of a DC coefficient (T.81 G.1.2.1).
func (d *decoder) dcRefine(s *scan, b *[blockSize]int16) string {
	set, ok := d.reader.bit()
	if !ok {
		return cut
	}
	if set {
		b[0] |= 1 << s.al
	}
	return ""
}

// acFirst decodes the first scan of a band of AC coefficients (T.81 G.1.2.2).
func (d *decoder) acFirst(s *scan, c *component, b *[blockSize]int16) string {
	if d.endOfBandRun > 0 {
		d.endOfBandRun--
		return ""
	}
	t := &d.tables[classAC][c.tables[classAC]]
	for k := s.ss; k <= s.se; {
		value, advance, ok := d.reader.next(t)
		if !ok {
			return badCode
		}
		if advance >= endOfBlock {
			if !d.endOfBand(advance) {
				return cut
			}
			d.endOfBandRun--
			return ""
		}
		if k += advance; k > s.se+1 {
			return pastBlock
		}
		b[k-1] = int16(value << s.al)
	}
	return ""
}

// endOfBand sets the run of blocks that have no more coefficients in the band, this one included.
func (d *decoder) endOfBand(advance int) bool {
	d.endOfBandRun = 1
	if advance == endOfBlock {
		return true
	}
	n := uint(advance & 15)
	r := &d.reader
	if r.bits < n && !r.refill() {
		return false
	}
	d.endOfBandRun = 1<<n + int(r.receive(n))
	return true
}

// acRefine decodes one more bit of a band of AC coefficients (T.81 G.1.2.3).
func (d *decoder) acRefine(s *scan, c *component, b *[blockSize]int16) string {
	k := s.ss
	if d.endOfBandRun == 0 {
		t := &d.tables[classAC][c.tables[classAC]]
		for k <= s.se {
			value, advance, ok := d.reader.next(t)
			if !ok {
				return badCode
			}
			if advance >= endOfBlock {
				if !d.endOfBand(advance) {
					return cut
				}
				break
			}
			if value < -1 || value > 1 {
				return "a coefficient of more than the one bit that is refined"
			}
			if k, ok = d.refine(s, b, k, advance-1); !ok {
				return cut
			}
			if k > s.se {
				return pastBlock
			}
			if value != 0 {
				b[k] = int16(value << s.al)
			}
			k++
		}
	}
	if d.endOfBandRun > 0 {
		d.endOfBandRun--
		if _, ok := d.refine(s, b, k, blockSize); !ok {
			return cut
		}
	}
	return ""
}

// refine decodes one more bit of those coefficients from k on that are not 0, and returns where it finds the one that is 0 after so many others that are.
func (d *decoder) refine(s *scan, b *[blockSize]int16, k, zeros int) (at int, ok bool) {
	for ; k <= s.se; k++ {
		v := b[k&(blockSize-1)]
		if v == 0 {
			if zeros == 0 {
				return k, true
			}
			zeros--
			continue
		}
		set, ok := d.reader.bit()
		if !ok {
			return k, false
		}
		if set {
			b[k&(blockSize-1)] = refined(v, s.al)
		}
	}
	return k, true
}

// refined returns a coefficient with one more bit set.
func refined(v int16, bit uint) int16 {
	if v < 0 {
		return v - 1<<bit
	}
	return v + 1<<bit
}

// reconstruct transforms the coefficients of a progressive image to samples.
func reconstruct[T sample](d *decoder, planes *[maxComponents]plane[T]) error {
	for i := range d.config.Components {
		c, p := &d.components[i], &planes[i]
		for y := range c.blocksY {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			for x := range c.blocksX {
				mask := uint64(0)
				b := &d.block
				for k, v := range (*[blockSize]int16)(d.coefficients[i][(y*c.blocksX+x)*blockSize:]) {
					if v == 0 {
						continue
					}
					step := c.steps[k]
					n := step & (blockSize - 1)
					b[n] = int32(v) * int32(step>>stepShift)
					mask |= 1 << n
				}
				p.put(x, y, b, mask&^1)
				if mask != 0 {
					*b = [blockSize]int32{}
				}
			}
		}
	}
	return nil
}
