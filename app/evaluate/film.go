package evaluate

import (
	"math"

	"rachis/annotations/spine/registration"
	"rachis/dicomio"
)

// RegistrationFilm is a frame as registration takes it: bone bright, whatever the file's polarity. c is what the frame's spacing rests on.
func RegistrationFilm(f *dicomio.Frame, c dicomio.Calibration) registration.Film {
	out := registration.Film{Rows: f.Rows, Columns: f.Columns, Samples: make([]uint16, f.Rows*f.Columns)}
	if c.Spacing.Known() {
		// As on the detector where that is known: the magnification between two films is found, and an assumed one may be wrong.
		out.Spacing = c.Spacing
		if c.Magnification > 0 {
			out.Spacing = scaled(c.Spacing, c.Magnification)
		}
	}
	g := &f.Grayscale
	low, high := float64(g.Range[0]), float64(g.Range[1])
	inverse := f.RGB == nil && g.Inverse != (g.Modality(high) < g.Modality(low))
	put := func(i int, v, top float64) { // 0 to top
		if v = min(max(v, 0), top); inverse {
			v = top - v
		}
		out.Samples[i] = uint16(math.Round(v * min(65535/top, 1)))
	}
	flip := 0
	if f.Signed {
		flip = 0x8000
	}
	padded := func(stored float64) bool {
		return g.Padding != nil && stored >= float64(g.Padding[0]) && stored <= float64(g.Padding[1])
	}
	top := max(high-low, 1)
	switch {
	case f.Values != nil:
		for i, v := range f.Values {
			if stored := float64(int(v) - flip); !padded(stored) {
				put(i, stored-low, top)
			}
		}
	case f.Wide != nil:
		for i, v := range f.Wide {
			if x := float64(v); !math.IsNaN(x) && !padded(x) {
				put(i, (x-low)*65535/top, 65535)
			}
		}
	default:
		for i := range out.Samples {
			if 3*i+2 < len(f.RGB) {
				put(i, 0.299*float64(f.RGB[3*i])+0.587*float64(f.RGB[3*i+1])+0.114*float64(f.RGB[3*i+2]), 255)
			}
		}
	}
	return out
}
