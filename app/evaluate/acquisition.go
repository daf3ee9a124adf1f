package evaluate

import (
	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// acquisition gives how the sequence was made that a lesion was read on, as its header says: TR, TE and TI in ms and the field strength in tesla, by
// which its weighting can be checked later (methods.md 1.3 A and 1.4). What the header does not say is left out.
func (s *sequence) acquisition() {
	h, ok := s.e.images.(Headers)
	slice := s.stack.Slices[s.at]
	if !ok || slice.Instance == nil {
		return
	}
	d, err := h.Header(s.e.ctx, slice)
	if err != nil {
		return
	}
	give := func(name string, v float64, unit string) {
		s.e.give(annotations.Value{Name: name, Value: v, Unit: unit, Role: string(s.w)})
	}
	first := func(name string, d *dicomio.DataSet, tags ...tag.Tag) {
		for _, at := range tags {
			if v, ok := d.Float(at); ok && v > 0 { // a TI of 0 is how scanners write that there is none
				give(name, v, "ms")
				return
			}
		}
	}
	first("repetition_time_ms", d.InFrame(slice.Frame, tag.MRTimingAndRelatedParametersSequence), tag.RepetitionTime)
	first("echo_time_ms", d.InFrame(slice.Frame, tag.MREchoSequence), tag.EffectiveEchoTime, tag.EchoTime)
	first("inversion_time_ms", d.InFrame(slice.Frame, tag.MRModifierSequence), tag.InversionTimes, tag.InversionTime)
	if v, ok := d.Float(tag.MagneticFieldStrength); ok && v > 0 {
		if v > 100 { // some scanners write gauss
			v /= 10000
		}
		give("field_strength_t", v, "T")
	}
}
