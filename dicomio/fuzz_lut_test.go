package dicomio_test

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// FuzzLUT shows images whose modality LUT, VOI LUT, palettes, windows and rescale are anything. None panics; grey images are shown whatever
// the tables are, in memory that the file justifies; what is kept of a table makes sense: it has entries, answers any input from among them,
// and a window has a width.
func FuzzLUT(f *testing.F) {
	descriptor := words(4, 0, 8)
	f.Add(descriptor, words(1, 2, 3, 4), byte(0), "40", "400", "1", "0")
	f.Add(words(0, 0, 16), words(1, 2, 3, 4), byte(1), "NaN", "0", "0", "1e400")
	f.Add(words(4, 65535, 16), words(0, 1, 5, 2, 2, 3, 0), byte(7), "1e308", "-1", "-1", "1,5")
	f.Add(words(4, 0, 16), words(0, 2, 5, 6, 1, 9, 7, 2, 1, 0, 0), byte(15), "40\\50", "400", "1e30", "-1024")
	f.Add(words(4, 0, 16), words(9, 1, 1), byte(6), "", "", "", "")
	f.Fuzz(func(t *testing.T, descriptor, data []byte, how byte, center, width, slope, intercept string) {
		if len(descriptor) > 1<<10 || len(data) > 1<<16 || len(center)+len(width)+len(slope)+len(intercept) > 1<<12 {
			return
		}
		vr := []string{"US", "SS"}[how&1]
		i := image{samples: 1, rows: 2, columns: 2, allocated: 16, stored: 16, high: 15, photometric: "MONOCHROME2", sign: int(how >> 4 & 1)}
		lut := join(el(tag.LUTDescriptor, vr, descriptor), el(tag.LUTData, []string{"OW", "US"}[how>>5&1], data))
		i.more = join(text(tag.WindowCenter, "DS", center), text(tag.WindowWidth, "DS", width), text(tag.RescaleIntercept, "DS", intercept), text(tag.RescaleSlope, "DS", slope))
		palette := how&2 != 0
		if palette {
			i.allocated, i.stored, i.high, i.photometric = 8, 8, 7, "PALETTE COLOR"
			t := tag.RedPaletteColorLookupTableData
			if how&4 != 0 {
				t = tag.SegmentedRedPaletteColorLookupTableData
			}
			for c := range tag.Tag(3) {
				i.more = append(i.more, el(tag.RedPaletteColorLookupTableDescriptor+c, vr, descriptor)...)
			}
			for c := range tag.Tag(3) {
				i.more = append(i.more, el(t+c, "OW", data)...)
			}
		}
		if how&8 != 0 {
			i.more = append(i.more, sequence(tag.ModalityLUTSequence, lut)...)
		}
		i.more = append(i.more, sequence(tag.VOILUTSequence, lut, lut)...)
		file := i.file(words(0, 1, 2, 0xFFFF))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		parsed, err := open(file)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := parsed.Frame(context.Background(), 0)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20+64*uint64(len(file)) {
			t.Fatalf("%d KiB for %d bytes", used>>10, len(file))
		}
		if err != nil {
			if !palette || !strings.HasPrefix(err.Error(), "dicomio: (") {
				t.Fatal(err)
			}
			return
		}
		if palette {
			if len(frame.RGB) != 12 {
				t.Fatalf("%d bytes of colour", len(frame.RGB))
			}
			return
		}
		g := &frame.Grayscale
		if g.Slope == 0 || math.IsNaN(g.Slope) || math.IsInf(g.Slope, 0) || math.IsNaN(g.Intercept) || math.IsInf(g.Intercept, 0) {
			t.Fatalf("slope %g, intercept %g", g.Slope, g.Intercept)
		}
		for _, w := range g.Windows {
			if !(w.Width > 0) || math.IsInf(w.Width, 0) || math.IsNaN(w.Center) || math.IsInf(w.Center, 0) {
				t.Fatalf("window %+v", w)
			}
		}
		tables := g.VOILUTs
		if g.ModalityLUT != nil {
			tables = append(tables, *g.ModalityLUT)
		}
		for _, l := range tables {
			answers(t, &l)
		}
		for _, v := range []float64{-32768, 0, 65535} {
			if m := g.Modality(v); math.IsNaN(m) || math.IsInf(m, 0) {
				t.Fatalf("%g becomes %g", v, m)
			}
		}
	})
}

// answers holds what is true of every look-up table.
func answers(t *testing.T, l *dicomio.LUT) {
	n := len(l.Values)
	if n == 0 || n > 1<<16 || l.Bits < 1 || l.Bits > 16 {
		t.Fatalf("%d entries of %d bits", n, l.Bits)
	}
	for _, v := range l.Values {
		if int(v)>>l.Bits != 0 {
			t.Fatalf("the entry %d has more than %d bits", v, l.Bits)
		}
	}
	if l.At(math.Inf(-1)) != l.Values[0] || l.At(math.Inf(1)) != l.Values[n-1] || l.At(float64(l.First)) != l.Values[0] || l.At(float64(l.First+n-1)) != l.Values[n-1] {
		t.Fatalf("the ends of %+v", l)
	}
	l.At(math.NaN())
}
