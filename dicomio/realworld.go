package dicomio

import (
	"math"
	"strconv"

	"rachis/dicomio/tag"
)

// RealWorldValue is what a stored value means in the real world by one mapping of the file, such as a standardized uptake value.
type RealWorldValue struct {
	Value float64
	Unit  string // the code of the unit, UCUM as a rule: "{SUVbw}g/ml", "[hnsf'U]", "mm2/s"
	// Meaning is the unit in words, Label and Explanation the mapping's own. Any may be "".
	Meaning, Label, Explanation string
}

// String is the value with its unit, for people.
func (v RealWorldValue) String() string {
	s := strconv.FormatFloat(v.Value, 'g', 6, 64)
	if v.Unit != "" && v.Unit != "1" {
		s += " " + v.Unit
	}
	return s
}

// RealWorld returns what a stored value of a frame (from 0) means by each Real World Value Mapping that maps it (PS3.3 C.7.6.16.2.11). The
// stored value is a signed number as Stored and Frame have it; the modality LUT has no part in this.
func (f *File) RealWorld(frame int, stored float64) []RealWorldValue {
	d, mappings := f.DataSet, f.realWorldMappings(frame)
	signed, _ := d.Int(tag.PixelRepresentation)
	var out []RealWorldValue
	for i, m := range mappings {
		if i == maxWarnings {
			break
		}
		x, ok := m.realWorld(stored, signed == 1)
		if !ok {
			continue
		}
		v := RealWorldValue{Value: x, Label: m.Text(tag.LUTLabel), Explanation: m.Text(tag.LUTExplanation)}
		if units := m.Items(tag.MeasurementUnitsCodeSequence); len(units) > 0 {
			v.Meaning = units[0].Text(tag.CodeMeaning)
			for _, t := range []tag.Tag{tag.CodeValue, tag.LongCodeValue, tag.URNCodeValue} {
				if v.Unit == "" {
					v.Unit = units[0].Text(t)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// realWorldMappings are the items that map the values of a frame (from 0).
func (f *File) realWorldMappings(frame int) []*DataSet {
	d := f.DataSet
	var mappings []*DataSet
	if frames := d.Items(tag.PerFrameFunctionalGroupsSequence); frame >= 0 && frame < len(frames) {
		mappings = frames[frame].Items(tag.RealWorldValueMappingSequence)
	}
	if shared := d.Items(tag.SharedFunctionalGroupsSequence); len(mappings) == 0 && len(shared) > 0 {
		mappings = shared[0].Items(tag.RealWorldValueMappingSequence)
	}
	if len(mappings) == 0 {
		mappings = d.Items(tag.RealWorldValueMappingSequence)
	}
	return mappings
}

// realWorld maps a stored value by one item: by its LUT, else by slope and intercept; false when it is outside the mapping or that is broken.
func (d *DataSet) realWorld(stored float64, signed bool) (float64, bool) {
	bound := func(double, whole tag.Tag) (float64, bool) {
		if v, ok := d.Float(double); ok {
			return v, true
		}
		v, ok := d.Int(whole)
		if signed && v > math.MaxInt16 { // US in a file without VRs
			v = int(int16(uint16(v)))
		}
		return float64(v), ok
	}
	first, ok := bound(tag.DoubleFloatRealWorldValueFirstValueMapped, tag.RealWorldValueFirstValueMapped)
	if !ok || !(stored >= first) {
		return 0, false
	}
	last, ok := bound(tag.DoubleFloatRealWorldValueLastValueMapped, tag.RealWorldValueLastValueMapped)
	if !ok || !(stored <= last) {
		return 0, false
	}
	if table := d.Floats(tag.RealWorldValueLUTData); len(table) > 0 {
		i := math.Round(stored - first)
		if i >= float64(len(table)) {
			return 0, false
		}
		return table[int(i)], true
	}
	slope, ok := d.Float(tag.RealWorldValueSlope)
	if !ok {
		return 0, false
	}
	intercept, ok := d.Float(tag.RealWorldValueIntercept)
	return float64(stored*slope) + intercept, ok
}
