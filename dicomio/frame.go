package dicomio

import (
	"context"
	"fmt"
	"math"
	"strings"

	"rachis/dicomio/tag"
)

// Frame is one image ready for windowing. Exactly one of Values, Wide and RGB is set.
type Frame struct {
	Rows, Columns int
	// Values are grey samples, row by row, with the sign bit flipped (^0x8000) if Signed, so that order is kept.
	Values []uint16
	Signed bool
	// Wide are grey samples of 32-bit and float pixel data, as numbers before the modality LUT. Floats may be NaN or infinite.
	Wide []float32
	// RGB are 8-bit colour samples, interleaved, after palette and YBR conversion.
	RGB []byte
	// Grayscale says how samples become grey; meaningful when RGB is nil.
	Grayscale Grayscale
	Overlays  []Overlay
	// Lossy holds the LossyImageCompression note ("JPEG 10:1", ...), "" when lossless.
	Lossy string
	// Warnings are what was left out because it was malformed: a look-up table, a window, an overlay.
	Warnings []string
	// BurnedIn etc. are read from File.DataSet.
}

func (f *Frame) warn(format string, args ...any) {
	if len(f.Warnings) < maxWarnings {
		f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
	}
}

// Grayscale is the path from stored value to grey: modality LUT, then VOI, then presentation (PS3.3 C.11).
type Grayscale struct {
	Slope, Intercept float64 // Slope is never 0
	ModalityLUT      *LUT    // instead of Slope and Intercept when not nil
	Unit             string  // "HU", or RescaleType, or ""
	Windows          []Window
	VOILUTs          []LUT
	Inverse          bool // MONOCHROME1 or PresentationLUTShape INVERSE
	// Padding is the range of stored values that are not image; nil when none.
	Padding    *[2]int32
	BitsStored int
	// Range is the smallest and largest stored value of this frame without padding; of floats the whole numbers around them.
	Range [2]int32
}

// Modality returns the value after the modality LUT of a stored value (signed number, not the flipped sample).
func (g *Grayscale) Modality(stored float64) float64 {
	if g.ModalityLUT != nil {
		return float64(g.ModalityLUT.At(stored))
	}
	return float64(stored*g.Slope) + g.Intercept
}

// Window is a VOI window (PS3.3 C.11.2.1.2), in values after the modality LUT.
type Window struct {
	Center, Width float64
	Function      string // "LINEAR", "LINEAR_EXACT", "SIGMOID"
	Explanation   string
}

// InFrame returns the data set in which the attributes of a functional group of one frame (from 0) are found: the group's item of that
// frame, else the one that all frames share, else d itself (PS3.3 C.7.6.16). group is the group's sequence, as PixelMeasuresSequence.
func (d *DataSet) InFrame(frame int, group tag.Tag) *DataSet {
	if frames := d.Items(tag.PerFrameFunctionalGroupsSequence); frame >= 0 && frame < len(frames) {
		if items := frames[frame].Items(group); len(items) > 0 {
			return items[0]
		}
	}
	if shared := d.Items(tag.SharedFunctionalGroupsSequence); len(shared) > 0 {
		if items := shared[0].Items(group); len(items) > 0 {
			return items[0]
		}
	}
	return d
}

// Frame returns frame i (from 0) ready to be shown. It is safe for concurrent use.
func (f *File) Frame(ctx context.Context, i int) (*Frame, error) {
	s, err := f.decode(ctx, i, 0)
	if err != nil {
		return nil, err
	}
	return f.show(ctx, s, i)
}

// show makes a frame of its samples, whose memory it takes over.
func (f *File) show(ctx context.Context, s *samples, i int) (*Frame, error) {
	h := s.header
	out := &Frame{Rows: h.rows, Columns: h.columns, Lossy: f.lossy(s), Warnings: s.warnings}
	f.overlays(out, s, i)
	var err error
	switch {
	case s.photometric == "PALETTE COLOR":
		err = f.applyPalette(out, s)
	case h.samples == 3:
		out.RGB, err = s.rgb()
	default:
		f.grayscale(out, s, i)
	}
	if err != nil {
		return nil, f.frameError(i, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// grayscale fills in the samples and their path to grey.
func (f *File) grayscale(out *Frame, s *samples, i int) {
	s.extend()
	d, h := f.DataSet, s.header
	if s.exact { // bits above HighBit may be an overlay's
		s.trim8(h)
		s.trim32(h)
	}
	g := &out.Grayscale
	g.BitsStored = h.bitsStored
	f.modality(out, s, i)
	f.voi(out, s, i)
	g.Inverse = s.photometric == "MONOCHROME1" || d.Text(tag.PresentationLUTShape) == "INVERSE"
	g.Padding = f.padding(h)
	out.Signed = s.signed
	switch {
	case s.u8 != nil:
		out.Values = make([]uint16, len(s.u8))
		if s.signed {
			for i, v := range s.u8 {
				out.Values[i] = uint16(int16(int8(v))) ^ 0x8000
			}
		} else {
			for i, v := range s.u8 {
				out.Values[i] = uint16(v)
			}
		}
		out.findRange()
	case s.u16 != nil:
		out.Values = s.u16
		if !s.untrimmed && !s.exact {
			h.bitsStored, h.shift = 16, 0
		}
		least, most := settle(out.Values, h, s.signed)
		if g.Padding != nil {
			out.findRange()
		} else if flip := int32(0x8000); s.signed {
			g.Range = [2]int32{int32(least) - flip, int32(most) - flip}
		} else {
			g.Range = [2]int32{int32(least), int32(most)}
		}
	case s.u32 != nil:
		out.Wide = make([]float32, len(s.u32))
		for i, v := range s.u32 {
			switch {
			case h.float:
				out.Wide[i] = math.Float32frombits(v)
			case s.signed:
				out.Wide[i] = float32(int32(v))
			default:
				out.Wide[i] = float32(v)
			}
		}
		out.Signed = s.signed || h.float
		out.findWideRange()
	default:
		out.Wide = make([]float32, len(s.f64))
		for i, v := range s.f64 {
			out.Wide[i] = float32(v)
		}
		out.Signed = true
		out.findWideRange()
	}
}

// findRange sets Range, of values without padding.
func (f *Frame) findRange() {
	flip := uint16(0)
	number := func(v uint16) int32 { return int32(v) }
	if f.Signed {
		flip = 0x8000
		number = func(v uint16) int32 { return int32(v) - 0x8000 }
	}
	least, most := uint16(math.MaxUint16), uint16(0)
	if p := f.Grayscale.Padding; p == nil {
		for _, v := range f.Values {
			least, most = min(least, v), max(most, v)
		}
	} else {
		lo, hi := int(p[0])+int(flip), int(p[1])+int(flip)
		for _, v := range f.Values {
			if int(v) >= lo && int(v) <= hi {
				continue
			}
			least, most = min(least, v), max(most, v)
		}
	}
	if least > most { // nothing but padding
		least, most = flip, flip
	}
	f.Grayscale.Range = [2]int32{number(least), number(most)}
}

func (f *Frame) findWideRange() {
	least, most := math.Inf(1), math.Inf(-1)
	p := f.Grayscale.Padding
	for _, v := range f.Wide {
		x := float64(v)
		if math.IsNaN(x) || math.IsInf(x, 0) || p != nil && x >= float64(p[0]) && x <= float64(p[1]) {
			continue
		}
		least, most = min(least, x), max(most, x)
	}
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
		if h.signed && h.bitsAllocated <= 16 {
			v = int(int16(uint16(v)))
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

// lossy returns what the image has lost (PS3.3 C.7.6.1.1.5), "" when nothing.
func (f *File) lossy(s *samples) string {
	d := f.DataSet
	if d.Text(tag.LossyImageCompression) != "01" && !s.lossy {
		return ""
	}
	methods, ratios := d.Texts(tag.LossyImageCompressionMethod), d.Floats(tag.LossyImageCompressionRatio)
	names := map[string]string{"ISO_10918_1": "JPEG", "ISO_14495_1": "JPEG-LS", "ISO_15444_1": "JPEG 2000", "ISO_13818_2": "MPEG-2",
		"ISO_14496_10": "MPEG-4", "ISO_23008_2": "HEVC", "ISO_15444_15": "HTJ2K", "ISO_18181_1": "JPEG XL"}
	var steps []string
	for i := range min(max(len(methods), len(ratios)), 8) {
		step := ""
		if i < len(methods) {
			if step = methods[i]; names[step] != "" {
				step = names[step]
			}
		} else if i == 0 && s.lossy {
			step = "JPEG"
		}
		if i < len(ratios) && ratios[i] > 0 {
			step = strings.TrimSpace(fmt.Sprintf("%s %.4g:1", step, ratios[i]))
		}
		if step != "" {
			steps = append(steps, step)
		}
	}
	switch {
	case len(steps) > 0:
		return strings.Join(steps, ", ")
	case s.lossy:
		return "JPEG"
	}
	return "lossy"
}
