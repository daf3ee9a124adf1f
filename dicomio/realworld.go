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

// RealWorldMapping is one Real World Value Mapping of a frame (PS3.3 C.7.6.16.2.11): for stored values from First to Last either a table, or a
// slope and an intercept. It holds nothing of the file that it comes from.
type RealWorldMapping struct {
	First, Last      float64
	Table            []float64 // by stored value from First; nil where slope and intercept count
	Slope, Intercept float64
	Unit, Meaning    string // as those of a RealWorldValue
	Label            string
	Explanation      string
}

// At returns what a stored value means; false outside the mapping. The stored value is a signed number as Stored and Frame have it; the modality
// LUT has no part in this.
func (m *RealWorldMapping) At(stored float64) (RealWorldValue, bool) {
	v := RealWorldValue{Unit: m.Unit, Meaning: m.Meaning, Label: m.Label, Explanation: m.Explanation}
	if !(stored >= m.First && stored <= m.Last) {
		return v, false
	}
	if len(m.Table) == 0 {
		v.Value = float64(stored*m.Slope) + m.Intercept
		return v, true
	}
	i := math.Round(stored - m.First)
	if i >= float64(len(m.Table)) {
		return v, false
	}
	v.Value = m.Table[int(i)]
	return v, true
}

// RealWorld returns what a stored value of a frame (from 0) means by each Real World Value Mapping that maps it.
func (f *File) RealWorld(frame int, stored float64) []RealWorldValue {
	var out []RealWorldValue
	for _, m := range f.RealWorldMappings(frame) {
		if v, ok := m.At(stored); ok {
			out = append(out, v)
		}
	}
	return out
}

// RealWorldMappings returns the mappings of a frame (from 0): its own, else those that all frames share, else those of the image. Broken ones
// are left out.
func (f *File) RealWorldMappings(frame int) []RealWorldMapping {
	d := f.DataSet
	var items []*DataSet
	if frames := d.Items(tag.PerFrameFunctionalGroupsSequence); frame >= 0 && frame < len(frames) {
		items = frames[frame].Items(tag.RealWorldValueMappingSequence)
	}
	if shared := d.Items(tag.SharedFunctionalGroupsSequence); len(items) == 0 && len(shared) > 0 {
		items = shared[0].Items(tag.RealWorldValueMappingSequence)
	}
	if len(items) == 0 {
		items = d.Items(tag.RealWorldValueMappingSequence)
	}
	signed, _ := d.Int(tag.PixelRepresentation)
	var out []RealWorldMapping
	for i, item := range items {
		if i == maxWarnings {
			break
		}
		if m, ok := item.realWorldMapping(signed == 1); ok {
			out = append(out, m)
		}
	}
	return out
}

// realWorldMapping reads one item; false when it is broken.
func (d *DataSet) realWorldMapping(signed bool) (m RealWorldMapping, ok bool) {
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
	if m.First, ok = bound(tag.DoubleFloatRealWorldValueFirstValueMapped, tag.RealWorldValueFirstValueMapped); !ok {
		return m, false
	}
	if m.Last, ok = bound(tag.DoubleFloatRealWorldValueLastValueMapped, tag.RealWorldValueLastValueMapped); !ok {
		return m, false
	}
	if m.Table = d.Floats(tag.RealWorldValueLUTData); len(m.Table) == 0 {
		if m.Slope, ok = d.Float(tag.RealWorldValueSlope); !ok {
			return m, false
		}
		if m.Intercept, ok = d.Float(tag.RealWorldValueIntercept); !ok {
			return m, false
		}
	}
	m.Label, m.Explanation = d.Text(tag.LUTLabel), d.Text(tag.LUTExplanation)
	if units := d.Items(tag.MeasurementUnitsCodeSequence); len(units) > 0 {
		m.Meaning = units[0].Text(tag.CodeMeaning)
		for _, t := range []tag.Tag{tag.CodeValue, tag.LongCodeValue, tag.URNCodeValue} {
			if m.Unit == "" {
				m.Unit = units[0].Text(t)
			}
		}
	}
	return m, true
}
