package dicomio

import (
	"context"
	"fmt"
	"strings"

	"rachis/dicomio/tag"
)

// Frame is one image ready for windowing. Exactly one of Values, Wide and RGB is set.
type Frame struct {
	Rows, Columns int
	// Values are grey samples, row by row, with the sign bit flipped (^0x8000) if Signed, so that order is kept.
	Values []uint16
	Signed bool
	// Wide are grey samples of 32-bit and float pixel data, as numbers before the modality LUT. Floats may be NaN or infinite; their padding is
	// NaN. Integers beyond 2^24 and doubles are rounded to the 24 bits of a float32, a 16-millionth of the value: less than any window or
	// measurement shows. Doubles beyond its range are infinite. Stored has every bit of integers and floats.
	Wide []float32
	// RGB are 8-bit colour samples, interleaved, after palette and YBR conversion. Grey images with a supplemental palette come in colour too,
	// their greys through the first window of the file.
	RGB []byte
	// Grayscale says how samples become grey; meaningful when RGB is nil.
	Grayscale Grayscale
	Overlays  []Overlay
	// RealWorld are the mappings of stored values to what they mean, such as an uptake value; nil where there are none.
	RealWorld []RealWorldMapping
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
	if full := &f.index.header; h.rows == full.rows && h.columns == full.columns {
		f.overlays(out, s, i)
	}
	var err error
	switch {
	case s.photometric == "PALETTE COLOR":
		err = f.applyPalette(out, s)
	case h.samples == 3:
		out.RGB, err = s.rgb()
	default:
		f.grayscale(out, s, i)
		f.supplement(out, i)
	}
	if err != nil {
		return nil, f.frameError(i, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// lossy returns what the image has lost (PS3.3 C.7.6.1.1.5), "" when nothing.
func (f *File) lossy(s *samples) string {
	d := f.DataSet
	if d.Text(tag.LossyImageCompression) != "01" && s.lossy == "" {
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
		} else if i == 0 {
			step = s.lossy
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
	case s.lossy != "":
		return s.lossy
	}
	return "lossy"
}
