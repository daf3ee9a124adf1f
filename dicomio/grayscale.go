package dicomio

import (
	"math"
	"math/bits"
	"slices"

	"rachis/dicomio/tag"
)

// grayscale fills in the samples and their path to grey.
func (f *File) grayscale(out *Frame, s *samples, i int) {
	s.extend()
	d, h := f.DataSet, s.header
	if s.exact { // bits above HighBit may be an overlay's
		s.trim8(h)
		s.trim32(h)
	}
	out.RealWorld = f.RealWorldMappings(i)
	g := &out.Grayscale
	g.BitsStored = h.bitsStored
	f.modality(out, s, i)
	f.voi(out, s, i)
	if d.Has(tag.PresentationLUTSequence) { // of presentation states and printers (PS3.3 C.11.6); an image has a shape at most
		out.warn("%s is not applied", named(tag.PresentationLUTSequence))
	}
	g.Inverse = s.photometric == "MONOCHROME1" || d.Text(tag.PresentationLUTShape) == "INVERSE"
	g.Padding = f.padding(h)
	out.Signed = s.signed
	switch {
	case s.u8 != nil:
		if out.Values = s.home; out.Values == nil {
			out.Values = make([]uint16, len(s.u8))
		}
		least, most := widen(out.Values, s.u8, s.signed)
		out.setRange(least, most)
	case s.u16 != nil:
		out.Values = s.u16
		if !s.untrimmed && !s.exact {
			h.bitsStored, h.shift = 16, 0
		}
		least, most := settle(out.Values, h, s.signed)
		out.setRange(least, most)
	case s.u32 != nil:
		out.Wide = floatsOf32(s.u32) // whose memory is theirs
		switch {
		case h.float:
		case s.signed:
			for i, v := range s.u32 {
				out.Wide[i] = float32(int32(v))
			}
		default:
			for i, v := range s.u32 {
				out.Wide[i] = float32(v)
			}
		}
		out.Signed = s.signed || h.float
		if h.float {
			f.blankPadding(out)
		}
		out.findWideRange()
	default:
		out.Wide = make([]float32, len(s.f64))
		for i, v := range s.f64 {
			out.Wide[i] = float32(v)
		}
		out.Signed = true
		f.blankPadding(out)
		out.findWideRange()
	}
}

// blankPadding makes the padding of float pixel data no number (PS3.3 C.7.6.24 and C.7.6.25): Padding holds whole numbers only.
func (f *File) blankPadding(out *Frame) {
	value, limit := tag.FloatPixelPaddingValue, tag.FloatPixelPaddingRangeLimit
	if f.pixels.tag == tag.DoubleFloatPixelData {
		value, limit = tag.DoubleFloatPixelPaddingValue, tag.DoubleFloatPixelPaddingRangeLimit
	}
	from, ok := f.DataSet.Float(value)
	if !ok {
		return
	}
	to, ok := f.DataSet.Float(limit)
	if !ok {
		to = from
	}
	// As the samples are: the padding of doubles is one of them, and rounds as they do.
	low, high := float32(min(from, to)), float32(max(from, to))
	for i, v := range out.Wide {
		if v >= low && v <= high {
			out.Wide[i] = float32(math.NaN())
		}
	}
}

// setRange sets Range from the least and the greatest sample, or, where there is padding, from the others.
func (f *Frame) setRange(least, most uint16) {
	switch flip := int32(0x8000); {
	case f.Grayscale.Padding != nil:
		f.findRange()
	case f.Signed:
		f.Grayscale.Range = [2]int32{int32(least) - flip, int32(most) - flip}
	default:
		f.Grayscale.Range = [2]int32{int32(least), int32(most)}
	}
}

// findRange sets Range, of values without padding.
func (f *Frame) findRange() {
	flip := 0
	if f.Signed {
		flip = 0x8000
	}
	least, most := math.MaxUint16, 0
	low, high := int(f.Grayscale.Padding[0])+flip, int(f.Grayscale.Padding[1])+flip
	for _, v := range f.Values {
		if x := int(v); x < low || x > high {
			least, most = min(least, x), max(most, x)
		}
	}
	if least > most { // nothing but padding
		least, most = flip, flip
	}
	f.Grayscale.Range = [2]int32{int32(least - flip), int32(most - flip)}
}

func (f *Frame) findWideRange() {
	low, high := float32(math.MaxFloat32), float32(-math.MaxFloat32)
	for _, v := range f.Wide {
		if v < low && v >= -math.MaxFloat32 { // not what is infinite or no number
			low = v
		}
		if v > high && v <= math.MaxFloat32 {
			high = v
		}
	}
	least, most := float64(low), float64(high)
	if least > most {
		least, most = 0, 0
	}
	f.Grayscale.Range = [2]int32{
		int32(min(max(math.Floor(least), math.MinInt32), math.MaxInt32)),
		int32(min(max(math.Ceil(most), math.MinInt32), math.MaxInt32)),
	}
}

// largestFactor bounds Rescale Slope, Intercept and windows, so that what is computed from them is finite.
const largestFactor = 1e30

// modality sets Slope and Intercept, or ModalityLUT (PS3.3 C.11.1).
func (f *File) modality(out *Frame, s *samples, i int) {
	g := &out.Grayscale
	g.Slope = 1
	d := f.DataSet.InFrame(i, tag.PixelValueTransformationSequence)
	if items := f.DataSet.Items(tag.ModalityLUTSequence); len(items) > 0 && d == f.DataSet {
		lut, err := newLUT(items[0], s.signed)
		if err == nil {
			g.ModalityLUT = lut
			if g.Unit = items[0].Text(tag.ModalityLUTType); g.Unit == "US" {
				g.Unit = "" // unspecified
			}
			return
		}
		out.warn("%s: %v", named(tag.ModalityLUTSequence), err)
	}
	slope, slopeThere := d.Float(tag.RescaleSlope)
	intercept, interceptThere := d.Float(tag.RescaleIntercept)
	for _, c := range []struct {
		t     tag.Tag
		v     float64
		there bool
	}{{tag.RescaleSlope, slope, slopeThere}, {tag.RescaleIntercept, intercept, interceptThere}} {
		if c.there && math.Abs(c.v) > largestFactor || !c.there && d.Text(c.t) != "" {
			out.warn("%s is %s, passed over", named(c.t), quoted(d.Text(c.t)))
			slopeThere, interceptThere = false, false
		}
	}
	if slopeThere && slope == 0 {
		out.warn("%s is 0, taken as 1", named(tag.RescaleSlope))
		slope = 1
	}
	if slopeThere {
		g.Slope = slope
	}
	if interceptThere {
		g.Intercept = intercept
	}
	switch unit := d.Text(tag.RescaleType); {
	case unit == "US":
	case unit != "":
		g.Unit = unit
	case f.DataSet.Text(tag.Modality) == "CT" && slopeThere && interceptThere:
		g.Unit = "HU" // what a CT image has unless it says otherwise (PS3.3 C.8.2.1.1.2)
	}
}

// voi sets Windows and VOILUTs (PS3.3 C.11.2).
func (f *File) voi(out *Frame, s *samples, i int) {
	g := &out.Grayscale
	d := f.DataSet.InFrame(i, tag.FrameVOILUTSequence)
	centers, widths := d.numbers(tag.WindowCenter), d.numbers(tag.WindowWidth)
	if len(centers) != len(widths) {
		out.warn("%s has %d values, and %s %d", named(tag.WindowCenter), len(centers), named(tag.WindowWidth), len(widths))
	}
	explanations := d.Texts(tag.WindowCenterWidthExplanation)
	function := d.Text(tag.VOILUTFunction)
	switch function {
	case "LINEAR", "LINEAR_EXACT", "SIGMOID":
	case "":
		function = "LINEAR"
	default:
		out.warn("%s is %s, taken as LINEAR", named(tag.VOILUTFunction), quoted(function))
		function = "LINEAR"
	}
	for j := range min(len(centers), len(widths)) {
		w := Window{Center: centers[j], Width: widths[j], Function: function}
		if !(w.Width > 0) || w.Width > largestFactor || !(math.Abs(w.Center) <= largestFactor) {
			out.warn("%s: a window of center %g and width %g, passed over", named(tag.WindowWidth), w.Center, w.Width)
			continue
		}
		if w.Function == "LINEAR" && w.Width < 1 {
			w.Function = "LINEAR_EXACT" // LINEAR has no meaning below 1; such widths are of quantities with fractions
		}
		if j < len(explanations) {
			w.Explanation = explanations[j]
		}
		g.Windows = append(g.Windows, w)
	}
	signed := s.signed && g.ModalityLUT == nil || g.ModalityLUT == nil && g.Intercept < 0
	for j, item := range d.Items(tag.VOILUTSequence) {
		if j == maxWarnings {
			break
		}
		lut, err := newLUT(item, signed)
		if err != nil {
			out.warn("%s: %v", named(tag.VOILUTSequence), err)
			continue
		}
		if n := bits.Len16(slices.Max(lut.Values)); n > 0 && lut.Bits-n >= 4 {
			// The brightest grey would be a sixteenth of white: the writer has given the bits of the words, not of the entries.
			out.warn("%s: entries of %d bits, none of which has more than %d", named(tag.LUTDescriptor), lut.Bits, n)
			lut.Bits = max(n, 8)
		}
		g.VOILUTs = append(g.VOILUTs, *lut)
	}
}

// numbers returns the values of an attribute as numbers, NaN for those that are none.
func (d *DataSet) numbers(t tag.Tag) []float64 {
	if all := d.Floats(t); all != nil {
		return all
	}
	var out []float64
	for i, s := range d.Texts(t) {
		if i == maxWarnings {
			break
		}
		v, ok := parseFloat([]byte(s))
		if !ok {
			v = math.NaN()
		}
		out = append(out, v)
	}
	return out
}

// padding returns the range of stored values that are not image (PS3.3 C.7.5.1.1.2).
func (f *File) padding(h imageHeader) *[2]int32 {
	if h.float || h.bitsAllocated > 16 {
		return nil
	}
	number := func(t tag.Tag) (int32, bool) {
		v, ok := f.DataSet.Int(t)
		if !ok {
			return 0, false
		}
		if h.signed {
			v = int(int16(uint16(v)))
			if half := 1 << (h.bitsStored - 1); v >= half && v < 2*half { // written without its sign extended
				v -= 2 * half
			}
		} else {
			v = int(uint16(v))
		}
		return int32(v), true
	}
	value, ok := number(tag.PixelPaddingValue)
	if !ok {
		return nil
	}
	limit, ok := number(tag.PixelPaddingRangeLimit)
	if !ok {
		limit = value
	}
	return &[2]int32{min(value, limit), max(value, limit)}
}
