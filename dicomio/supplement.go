package dicomio

import (
	"math"

	"rachis/dicomio/tag"
)

// supplement colours a grey frame that has a supplemental palette (PS3.3 C.7.6.19 and C.8.16.2.1.1.1): stored values from the first that the
// palette maps are colours, those below stay grey. The greys go through the frame's own first VOI LUT or window, since one picture holds both.
func (f *File) supplement(out *Frame, i int) {
	d := f.DataSet
	if out.Values == nil || !d.Has(tag.RedPaletteColorLookupTableDescriptor) || !f.inColour(i) {
		return
	}
	tables, first, err := f.paletteTables(out.Signed)
	if err != nil {
		out.warn("%s: the palette is left out: %v", named(tag.RedPaletteColorLookupTableDescriptor), err)
		return
	}
	flip := 0
	if out.Signed {
		flip = 0x8000
	}
	g := &out.Grayscale
	if len(g.Windows) == 0 && len(g.VOILUTs) == 0 {
		g.Windows = []Window{g.whole(out.Values, first+flip, flip)}
	}
	var greys [1 << 16]byte // by sample, 0 where not asked yet
	var known [1 << 16]bool
	rgb := make([]byte, 3*len(out.Values))
	last := min(len(tables[0]), len(tables[1]), len(tables[2])) - 1
	for j, v := range out.Values {
		stored := int(v) - flip
		if stored >= first {
			e := min(stored-first, last)
			rgb[3*j], rgb[3*j+1], rgb[3*j+2] = tables[0][e], tables[1][e], tables[2][e]
			continue
		}
		if !known[v] {
			greys[v], known[v] = g.level(float64(stored)), true
		}
		rgb[3*j], rgb[3*j+1], rgb[3*j+2] = greys[v], greys[v], greys[v]
	}
	out.Values, out.RGB, out.Signed = nil, rgb, false
}

// inColour reports whether a frame is to be shown through its supplemental palette: what its frame type says, else the image; a palette of
// which nothing is said is meant.
func (f *File) inColour(i int) bool {
	presentation := f.DataSet.Text(tag.PixelPresentation)
	for _, t := range []tag.Tag{tag.MRImageFrameTypeSequence, tag.CTImageFrameTypeSequence, petFrameTypeSequence} {
		if d := f.DataSet.InFrame(i, t); d != f.DataSet && d.Has(tag.PixelPresentation) {
			presentation = d.Text(tag.PixelPresentation)
		}
	}
	return presentation != "MONOCHROME"
}

var petFrameTypeSequence = tag.New(0x0018, 0x9751)

// whole is the window over all samples below an end, where the file has none.
func (g *Grayscale) whole(values []uint16, end, flip int) Window {
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if int(v) < end {
			x := g.Modality(float64(int(v) - flip))
			least, most = min(least, x), max(most, x)
		}
	}
	if !(least < most) {
		return Window{Center: 0, Width: 1, Function: "LINEAR_EXACT"}
	}
	return Window{Center: (least + most) / 2, Width: most - least, Function: "LINEAR_EXACT"}
}

// level is the grey of a stored value through the modality LUT, the first VOI LUT or window, and the presentation (PS3.3 C.11).
func (g *Grayscale) level(stored float64) byte {
	if p := g.Padding; p != nil && stored >= float64(p[0]) && stored <= float64(p[1]) {
		return 0
	}
	x, y := g.Modality(stored), 0.0 // y from 0 to 1
	switch {
	case len(g.VOILUTs) > 0:
		l := &g.VOILUTs[0]
		y = float64(l.At(x)) / float64(int(1)<<l.Bits-1)
	case len(g.Windows) > 0:
		y = g.Windows[0].at(x)
	}
	if y = min(max(y, 0), 1); g.Inverse {
		y = 1 - y
	}
	return byte(float64(y*255) + 0.5)
}

// at is the window's output from 0 to 1 for an input, not clamped (PS3.3 C.11.2.1.2).
func (w Window) at(x float64) float64 {
	switch w.Function {
	case "LINEAR_EXACT":
		return (x-w.Center)/w.Width + 0.5
	case "SIGMOID":
		return 1 / (1 + math.Exp(-4*(x-w.Center)/w.Width))
	}
	if w.Width <= 1 {
		if x > w.Center-0.5 {
			return 1
		}
		return 0
	}
	return (x-(w.Center-0.5))/(w.Width-1) + 0.5
}
