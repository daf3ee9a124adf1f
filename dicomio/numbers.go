package dicomio

import (
	"math"
	"slices"
	"strconv"

	"rachis/dicomio/tag"
)

// eachInt calls f with each whole number of a binary VR until it returns false.
func (d *DataSet) eachInt(e *entry, f func(int64) bool) {
	v, order := d.raw(e), e.order()
	switch e.vr {
	case vrUS, vrOW:
		for ; len(v) >= 2 && f(int64(order.Uint16(v))); v = v[2:] {
		}
	case vrSS:
		for ; len(v) >= 2 && f(int64(int16(order.Uint16(v)))); v = v[2:] {
		}
	case vrUL, vrOL:
		for ; len(v) >= 4 && f(int64(order.Uint32(v))); v = v[4:] {
		}
	case vrSL:
		for ; len(v) >= 4 && f(int64(int32(order.Uint32(v)))); v = v[4:] {
		}
	case vrSV, vrUV, vrOV:
		for ; len(v) >= 8 && f(int64(order.Uint64(v))); v = v[8:] {
		}
	case vrAT:
		for ; len(v) >= 4 && f(int64(tag.New(order.Uint16(v), order.Uint16(v[2:])))); v = v[4:] {
		}
	}
}

// eachFloat calls f with each number of a binary floating point VR until it returns false.
func (d *DataSet) eachFloat(e *entry, f func(float64) bool) {
	v, order := d.raw(e), e.order()
	switch e.vr {
	case vrFL, vrOF:
		for ; len(v) >= 4 && f(float64(math.Float32frombits(order.Uint32(v)))); v = v[4:] {
		}
	case vrFD, vrOD:
		for ; len(v) >= 8 && f(math.Float64frombits(order.Uint64(v))); v = v[8:] {
		}
	}
}

// Int returns the first value as a whole number; false when absent or not a whole number. Text (IS, DS) is read as a number.
func (d *DataSet) Int(t tag.Tag) (int, bool) {
	e := d.find(t)
	if e == nil {
		return 0, false
	}
	var out int64
	var ok bool
	switch e.vr {
	case vrUS, vrSS, vrUL, vrSL, vrSV, vrUV, vrOW, vrOL, vrOV, vrAT:
		d.eachInt(e, func(v int64) bool { out, ok = v, !(v < 0 && (e.vr == vrUV || e.vr == vrOV)); return false })
	case vrFL, vrFD, vrOF, vrOD:
		d.eachFloat(e, func(v float64) bool { out, ok = whole(v); return false })
	default:
		v := d.raw(e)
		if i := slices.Index(v, '\\'); i >= 0 {
			v = v[:i]
		}
		out, ok = parseInt(v)
	}
	return int(out), ok
}

// Ints returns all values as whole numbers; nil when absent or when one is not a whole number.
func (d *DataSet) Ints(t tag.Tag) []int {
	e := d.find(t)
	if e == nil {
		return nil
	}
	var out []int
	switch e.vr {
	case vrUS, vrSS, vrUL, vrSL, vrSV, vrUV, vrOW, vrOL, vrOV, vrAT:
		d.eachInt(e, func(v int64) bool { out = append(out, int(v)); return true })
	default:
		for _, f := range d.Floats(t) {
			v, ok := whole(f)
			if !ok {
				return nil
			}
			out = append(out, int(v))
		}
	}
	return out
}

// Float returns the first value as a number; false when absent, not finite or not a number.
func (d *DataSet) Float(t tag.Tag) (float64, bool) {
	e := d.find(t)
	if e == nil {
		return 0, false
	}
	var out float64
	var ok bool
	switch e.vr {
	case vrFL, vrFD, vrOF, vrOD:
		d.eachFloat(e, func(v float64) bool { out, ok = v, finite(v); return false })
		if !ok {
			return 0, false
		}
	case vrUS, vrSS, vrUL, vrSL, vrSV, vrUV, vrOW, vrOL, vrOV:
		d.eachInt(e, func(v int64) bool { out, ok = float64(v), true; return false })
	default:
		v := d.raw(e)
		if i := slices.Index(v, '\\'); i >= 0 {
			v = v[:i]
		}
		return parseFloat(v)
	}
	return out, ok
}

// Floats returns all values as numbers; nil when absent, empty or when any value is not a finite number.
func (d *DataSet) Floats(t tag.Tag) []float64 {
	e := d.find(t)
	if e == nil {
		return nil
	}
	var out []float64
	switch e.vr {
	case vrFL, vrFD, vrOF, vrOD:
		bad := false
		d.eachFloat(e, func(v float64) bool { bad = bad || !finite(v); out = append(out, v); return !bad })
		if bad {
			return nil
		}
	case vrUS, vrSS, vrUL, vrSL, vrSV, vrUV, vrOW, vrOL, vrOV:
		d.eachInt(e, func(v int64) bool { out = append(out, float64(v)); return true })
	default:
		v := d.raw(e)
		if len(v) == 0 {
			return nil
		}
		for more := true; more; {
			part := v
			if i := slices.Index(v, '\\'); i >= 0 {
				part, v = v[:i], v[i+1:]
			} else {
				more = false
			}
			f, ok := parseFloat(part)
			if !ok {
				return nil
			}
			out = append(out, f)
		}
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func whole(v float64) (int64, bool) {
	if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return 0, false
	}
	return int64(v), true
}

// maxNumberText is the longest decimal or integer string that is read; the standard allows 16 characters.
const maxNumberText = 64

func parseInt(v []byte) (int64, bool) {
	v = trimNumber(v)
	if len(v) == 0 || len(v) > maxNumberText {
		return 0, false
	}
	var n int64
	digits := v
	if v[0] == '-' || v[0] == '+' {
		digits = v[1:]
	}
	if len(digits) > 0 && len(digits) <= 18 {
		for i, c := range digits {
			if c < '0' || c > '9' {
				break
			}
			n = n*10 + int64(c-'0')
			if i == len(digits)-1 {
				if v[0] == '-' {
					n = -n
				}
				return n, true
			}
		}
	}
	f, ok := parseFloat(v)
	if !ok {
		return 0, false
	}
	return whole(f)
}

func parseFloat(v []byte) (float64, bool) {
	v = trimNumber(v)
	if len(v) == 0 || len(v) > maxNumberText {
		return 0, false
	}
	for _, c := range v { // no "Inf", "NaN", hexadecimal or underscores
		if (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || !finite(f) {
		return 0, false
	}
	return f, true
}

func trimNumber(v []byte) []byte {
	space := func(c byte) bool { return c == ' ' || c == 0 || c == '\t' || c == '\r' || c == '\n' }
	for len(v) > 0 && space(v[len(v)-1]) {
		v = v[:len(v)-1]
	}
	for len(v) > 0 && space(v[0]) {
		v = v[1:]
	}
	return v
}
