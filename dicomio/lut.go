package dicomio

import (
	"math"

	"rachis/dicomio/tag"
)

// LUT is a look-up table: input First maps to Values[0]; inputs outside are clamped. Outputs have Bits bits.
type LUT struct {
	First       int
	Values      []uint16 // never empty
	Bits        int
	Explanation string
}

// At returns the output for an input, which is rounded to the nearest whole number; NaN counts as the first.
func (l *LUT) At(input float64) uint16 {
	i := math.Round(input) - float64(l.First)
	switch last := len(l.Values) - 1; {
	case !(i > 0):
		return l.Values[0]
	case i > float64(last):
		return l.Values[last]
	default:
		return l.Values[int(i)]
	}
}

// lutDescriptor is a LUT Descriptor (PS3.3 C.11.1.1): number of entries, first input, bits of an entry.
type lutDescriptor struct{ entries, first, bits int }

func readDescriptor(d *DataSet, t tag.Tag, signed bool) (lutDescriptor, error) {
	v := d.Ints(t)
	if len(v) < 3 {
		return lutDescriptor{}, formatErrorf("%s has %d of 3 values", named(t), len(v))
	}
	out := lutDescriptor{v[0] & 0xFFFF, v[1], v[2] & 0xFFFF}
	if out.entries == 0 {
		out.entries = 1 << 16
	}
	if signed {
		out.first = int(int16(uint16(out.first)))
	} else if e := d.find(t); e.vr != vrSS {
		out.first &= 0xFFFF
	}
	if out.bits < 1 || out.bits > 16 {
		return lutDescriptor{}, formatErrorf("%s gives entries of %d bits", named(t), out.bits)
	}
	return out, nil
}

// newLUT reads an item of Modality LUT Sequence or VOI LUT Sequence. signed says that inputs may be negative.
func newLUT(d *DataSet, signed bool) (*LUT, error) {
	desc, err := readDescriptor(d, tag.LUTDescriptor, signed)
	if err != nil {
		return nil, err
	}
	e := d.find(tag.LUTData)
	values := d.entries16(e, desc)
	if len(values) == 0 {
		return nil, formatErrorf("%s is empty", named(tag.LUTData))
	}
	if len(values) < desc.entries {
		return nil, formatErrorf("%s has %d of %d entries", named(tag.LUTData), len(values), desc.entries)
	}
	bits := desc.bits
	most := uint16(0)
	for _, v := range values {
		most = max(most, v)
	}
	for bits < 16 && most>>bits != 0 {
		bits++ // the descriptor is wrong: entries of more bits than it says
	}
	return &LUT{First: desc.first, Values: values, Bits: bits, Explanation: d.Text(tag.LUTExplanation)}, nil
}

// entries16 returns up to desc.entries entries of LUT data, which are 8-bit ones if there are just so many bytes.
func (d *DataSet) entries16(e *entry, desc lutDescriptor) []uint16 {
	raw := d.raw(e)
	if len(raw) == 0 {
		return nil
	}
	return lutEntries(raw, e, desc)
}

func lutEntries(raw []byte, e *entry, desc lutDescriptor) []uint16 {
	if len(raw) < 2*desc.entries && (desc.bits <= 8 && len(raw) >= desc.entries || len(raw) == desc.entries+desc.entries&1) {
		out := make([]uint16, desc.entries)
		for i := range out {
			at := i
			if e.flags&bigEndian != 0 && e.vr != vrOB && at^1 < len(raw) {
				at ^= 1 // two entries in a 16-bit word, the first in the low byte
			}
			out[i] = uint16(raw[at])
		}
		return out
	}
	order := e.order()
	out := make([]uint16, min(desc.entries, len(raw)/2))
	for i := range out {
		out[i] = order.Uint16(raw[2*i:])
	}
	return out
}
