package jpegls

import "math/bits"

// preset is the set of preset coding parameters of an LSE segment of type 1 (T.87 C.2.4.1.1). A zero stands for the default.
type preset struct {
	maxval, t1, t2, t3, reset int
}

// The basic thresholds for 8 bits and the default of RESET (T.87 C.2.4.1.1.1, Table C.3).
const (
	basicT1      = 3
	basicT2      = 7
	basicT3      = 21
	defaultReset = 64
	minReset     = 3
)

// complete puts the defaults for zeros, for samples of the given precision (T.87 C.2.4.1.1, Tables C.1 and C.2, Figure C.3). What is
// out of range comes back as a text, empty if all is well.
func (p preset) complete(precision, near int) (preset, string) {
	full := 1<<precision - 1
	if p.maxval == 0 {
		p.maxval = full
	}
	if p.maxval > full {
		return p, "MAXVAL beyond the precision"
	}
	if near > min(255, p.maxval/2) {
		return p, "NEAR beyond half of MAXVAL"
	}
	clamp := func(v, low int) int {
		if v > p.maxval || v < low {
			return low
		}
		return v
	}
	var t1, t2, t3 int
	if p.maxval >= 128 {
		factor := (min(p.maxval, 4095) + 128) / 256
		t1 = factor*(basicT1-2) + 2 + 3*near
		t2 = factor*(basicT2-3) + 3 + 5*near
		t3 = factor*(basicT3-4) + 4 + 7*near
	} else {
		factor := 256 / (p.maxval + 1)
		t1 = max(2, basicT1/factor+3*near)
		t2 = max(3, basicT2/factor+5*near)
		t3 = max(4, basicT3/factor+7*near)
	}
	if p.t1 == 0 {
		p.t1 = clamp(t1, near+1)
	}
	if p.t2 == 0 {
		p.t2 = clamp(t2, p.t1)
	}
	if p.t3 == 0 {
		p.t3 = clamp(t3, p.t2)
	}
	if p.reset == 0 {
		p.reset = defaultReset
	}
	switch {
	case p.t1 < near+1 || p.t1 > p.maxval:
		return p, "T1 out of range"
	case p.t2 < p.t1 || p.t2 > p.maxval:
		return p, "T2 out of range"
	case p.t3 < p.t2 || p.t3 > p.maxval:
		return p, "T3 out of range"
	case p.reset < minReset || p.reset > max(255, p.maxval):
		return p, "RESET out of range"
	}
	return p, ""
}

// coding is what follows from the preset parameters and NEAR (T.87 A.2.1).
type coding struct {
	preset
	near  int
	step  int // 2*NEAR+1
	rng   int // RANGE
	qbpp  int // bits of a mapped error
	limit int // LIMIT, the longest code
}

// codingOf derives the parameters of a scan.
func codingOf(p preset, near int) coding {
	c := coding{preset: p, near: near, step: 2*near + 1}
	c.rng = (p.maxval+2*near)/c.step + 1
	c.qbpp = bits.Len(uint(c.rng - 1))
	bpp := max(2, bits.Len(uint(p.maxval)))
	c.limit = 2 * (bpp + max(8, bpp))
	return c
}

// modular says that samples are rebuilt by masking alone: no loss, and RANGE a power of two.
func (c *coding) modular() bool { return c.near == 0 && c.maxval&(c.maxval+1) == 0 }

// quantize fills a table of the regions of local gradients (T.87 A.3.3), where entry quantZero belongs to 0.
func (c *coding) quantize(table *[2 * quantZero]int8) {
	from := -c.maxval
	for _, r := range [...]struct {
		last   int
		region int8
	}{{-c.t3, -4}, {-c.t2, -3}, {-c.t1, -2}, {-c.near - 1, -1}, {c.near, 0}, {c.t1 - 1, 1}, {c.t2 - 1, 2}, {c.t3 - 1, 3}, {c.maxval, 4}} {
		if r.last < from {
			continue
		}
		part := table[quantZero+from : quantZero+r.last+1]
		for i := range part {
			part[i] = r.region
		}
		from = r.last + 1
	}
}
