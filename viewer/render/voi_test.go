package render

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
)

// The examples of PS3.3 C.11.2.1.2.1 to C.11.2.1.3.1, for an output from 0 to 255.
func TestWindowFunctions(t *testing.T) {
	w := func(c, w float64, f string) VOI { return VOI{Window: dicomio.Window{Center: c, Width: w, Function: f}} }
	for _, c := range []struct {
		voi     VOI
		x, want float64
	}{
		{w(2048, 4096, "LINEAR"), 0, 0}, {w(2048, 4096, ""), 4095, 255}, {w(2048, 4096, "LINEAR"), 2047.5, 127.5}, {w(2048, 4096, "LINEAR"), -7, 0},
		{w(2048, 1, "LINEAR"), 2047.5, 0}, {w(2048, 1, "LINEAR"), 2047.6, 255},
		{w(0, 100, "LINEAR"), -50, 0}, {w(0, 100, "LINEAR"), 49, 255}, {w(0, 100, "LINEAR"), -0.5, 127.5}, {w(0, 100, "LINEAR"), 10, (10.5/99 + 0.5) * 255},
		{w(0, 1, "LINEAR"), -0.5, 0}, {w(0, 1, "LINEAR"), 0, 255},
		{w(2048, 4096, "LINEAR_EXACT"), 0, 0}, {w(2048, 4096, "LINEAR_EXACT"), 4096, 255}, {w(2048, 4096, "LINEAR_EXACT"), 2048, 127.5},
		{w(0, 100, "LINEAR_EXACT"), -50, 0}, {w(0, 100, "LINEAR_EXACT"), 50, 255}, {w(0.5, 0.5, "LINEAR_EXACT"), 0.625, 0.75 * 255},
		{w(0, 100, "SIGMOID"), 0, 127.5}, {w(0, 100, "SIGMOID"), 25, 255 / (1 + math.Exp(-1))}, {w(0, 100, "SIGMOID"), -1e9, 0}, {w(0, 100, "SIGMOID"), 1e9, 255},
		// Of no width: a step, and never a division by zero.
		{VOI{}, 0, 255}, {VOI{}, -1, 0}, {w(5, 0, "LINEAR_EXACT"), 5, 0}, {w(5, 0, "LINEAR_EXACT"), 6, 255}, {w(5, -3, "SIGMOID"), 4, 0}, {w(5, 0, "SIGMOID"), 6, 255},
		{w(0, 100, "LINEAR"), math.NaN(), 0}, {w(0, 100, "LINEAR"), math.Inf(1), 255},
		{VOI{LUT: &dicomio.LUT{First: -10, Bits: 8, Values: []uint16{10, 20, 255}}}, -10, 10}, {VOI{LUT: &dicomio.LUT{First: -10, Bits: 8, Values: []uint16{10, 20, 255}}}, -99, 10},
		{VOI{LUT: &dicomio.LUT{First: -10, Bits: 8, Values: []uint16{10, 20, 255}}}, 99, 255}, {VOI{LUT: &dicomio.LUT{First: -10, Bits: 8, Values: []uint16{10, 20, 255}}}, -9.4, 20},
		{VOI{LUT: &dicomio.LUT{Bits: 16, Values: []uint16{32768}}}, math.NaN(), 32768.0 * 255 / 65535}, {VOI{LUT: &dicomio.LUT{Bits: 4, Values: []uint16{999}}}, 0, 255},
	} {
		if got := c.voi.grey(c.x); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v of %g: %g, want %g", c.voi, c.x, got, c.want)
		}
	}
}

func TestExp(t *testing.T) {
	for x := -700.0; x < 700; x += 0.37 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-13*want+1e-305 {
			t.Fatalf("exp(%g) is %g, not %g", x, got, want)
		}
	}
	if !math.IsInf(exp(1e9), 1) || exp(-1e9) != 0 || exp(math.NaN()) == exp(math.NaN()) {
		t.Error("the ends")
	}
}

func TestResolve(t *testing.T) {
	f := grey12()
	own := dicomio.Window{Center: 7, Width: 70, Function: "LINEAR", Explanation: "SOFT"}
	bone := dicomio.Window{Center: 9, Width: 90, Function: "SIGMOID", Explanation: "BONE"}
	lut := dicomio.LUT{Bits: 8, Values: []uint16{1, 2}, Explanation: "MAKER"}
	series := &dicomio.Window{Center: 3, Width: 30}
	width := func(f *dicomio.Frame, view annotations.View, s *dicomio.Window) float64 {
		return Resolve(f, view, s).Window.Width
	}
	if got := width(f, annotations.View{}, series); got != 30 {
		t.Errorf("the series' window: %g", got)
	}
	if got := width(f, annotations.View{}, nil); got < 3000 {
		t.Errorf("the percentiles: %g", got)
	}
	f.Grayscale.Windows = []dicomio.Window{{Center: 1, Width: 0}, {Center: math.NaN(), Width: 5}, own, bone}
	if got := width(f, annotations.View{}, series); got != 70 {
		t.Errorf("the frame's window: %g", got)
	}
	if got := width(f, annotations.View{Preset: "BONE"}, series); got != 90 {
		t.Errorf("the window by name: %g", got)
	}
	if got := width(f, annotations.View{Preset: "absent"}, series); got != 70 {
		t.Errorf("a name that is not there: %g", got)
	}
	if got := Resolve(f, annotations.View{Preset: "BONE", Center: 1, Width: 5, Function: "SIGMOID"}, series).Window; got != (dicomio.Window{Center: 1, Width: 5, Function: "SIGMOID"}) {
		t.Errorf("set by hand: %+v", got)
	}
	f.Grayscale.VOILUTs = []dicomio.LUT{{}, lut}
	if got := Resolve(f, annotations.View{}, series); got.LUT != &f.Grayscale.VOILUTs[1] || got.AsWindow() != (dicomio.Window{Center: 1, Width: 2, Function: "LINEAR"}) {
		t.Errorf("the frame's VOI LUT: %+v", got)
	}
	if got := Resolve(f, annotations.View{Preset: "SOFT"}, series); got.LUT != nil || got.Window != own {
		t.Errorf("a window beside a LUT: %+v", got)
	}
	if got := Resolve(f, annotations.View{Preset: "MAKER"}, nil); got.LUT == nil {
		t.Errorf("a LUT by name: %+v", got)
	}
}

func TestPresets(t *testing.T) {
	f := grey12()
	f.Grayscale.Windows = []dicomio.Window{{Center: 1, Width: 10, Explanation: "A"}, {}, {Center: 1, Width: 20, Explanation: "B"}}
	f.Grayscale.VOILUTs = []dicomio.LUT{{Values: []uint16{1}, Explanation: "C"}}
	names := func(p []Preset) (out []string) {
		for _, x := range p {
			out = append(out, x.Name)
		}
		return out
	}
	if got := names(Presets(f, "MR")); !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("MR: %q", got)
	}
	ct := Presets(f, "CT")
	if got := names(ct[6:]); len(ct) != 9 || !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("CT: %q", got)
	}
	// Width and centre of viewer.md.
	for i, want := range [][2]float64{{300, 40}, {400, 40}, {2000, 350}, {2300, 530}, {1500, -600}, {80, 40}} {
		if w := ct[i].VOI.Window; w.Width != want[0] || w.Center != want[1] || !ct[i].Key {
			t.Errorf("%s: %+v", ct[i].Name, w)
		}
	}
	if len(Presets(nil, "CT")) != 6 || Presets(nil, "MR") != nil {
		t.Error("without a frame")
	}
	f.Grayscale.Windows = append(f.Grayscale.Windows, f.Grayscale.Windows...)
	if len(Presets(f, "CT")) != 9 {
		t.Error("more keys than there are")
	}
}

// The percentiles agree with those of the sorted values, to a bin, over several frames and whatever their order.
func TestHistogram(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, spread := range []float64{3, 200, 5000, 60000} {
		var h Histogram
		var all []float64
		for n := range 4 {
			f := &dicomio.Frame{Rows: 50, Columns: 60, Signed: n%2 == 0, Grayscale: dicomio.Grayscale{Slope: 1.5, Intercept: -100, Padding: &[2]int32{-5, -5}}}
			for range 3000 {
				v := int32(math.Abs(r.NormFloat64()) * spread / 6 * float64(n+1))
				v = min(v, 30000)
				f.Values = append(f.Values, uint16(v))
				if f.Signed {
					f.Values[len(f.Values)-1] ^= 0x8000
				}
				all = append(all, 1.5*float64(v)-100)
			}
			if f.Signed {
				for i := range 500 {
					f.Values[i] = uint16(0x8000 - 5) // padding: many, and it must not count
				}
				all = append(all[:len(all)-3000], all[len(all)-2500:]...)
			}
			h.Add(f)
		}
		slices.Sort(all)
		if int(h.n) != len(all) {
			t.Fatalf("spread %g: %d values counted, not %d", spread, h.n, len(all))
		}
		for _, p := range []float64{0, 0.005, 0.25, 0.5, 0.995, 1} {
			got, ok := h.Percentile(p)
			want := all[clampInt(int(math.Ceil(p*float64(len(all))))-1, 0, len(all)-1)]
			if !ok || got > want+1e-9 || got < want-h.width-1e-9 {
				t.Errorf("spread %g: percentile %g is %g, want %g less at most %g", spread, p, got, want, h.width)
			}
		}
		w := VOI{Window: h.Window()}
		lo, _ := h.Percentile(lowPercentile)
		hi, _ := h.Percentile(highPercentile)
		if w.grey(lo) > 1e-6 || w.grey(hi) < 255-1e-6 {
			t.Errorf("spread %g: window %+v shows %g as %g and %g as %g", spread, w.Window, lo, w.grey(lo), hi, w.grey(hi))
		}
	}
}

func TestHistogramOfLittle(t *testing.T) {
	var h Histogram
	h.Add(colour())
	h.Add(&dicomio.Frame{Rows: 1, Columns: 2, Wide: []float32{float32(math.NaN()), float32(math.Inf(1))}, Grayscale: dicomio.Grayscale{Slope: 1}})
	h.Add(&dicomio.Frame{Rows: 1, Columns: 2, Values: []uint16{3, 3}, Grayscale: dicomio.Grayscale{Slope: 1, Padding: &[2]int32{3, 3}}})
	if _, ok := h.Percentile(0.5); ok || h.Window().Width != 256 {
		t.Error("an empty histogram says something")
	}
	// One value everywhere: a window of some width.
	h.Add(&dicomio.Frame{Rows: 1, Columns: 2, Values: []uint16{7, 7}, Grayscale: dicomio.Grayscale{Slope: 1}})
	if w := h.Window(); !usable(w) {
		t.Errorf("of one value: %+v", w)
	}
	// Floats from 0 to 1: the window is as fine.
	var fine Histogram
	f := &dicomio.Frame{Rows: 1, Columns: 1000, Grayscale: dicomio.Grayscale{Slope: 1}}
	for i := range 1000 {
		f.Wide = append(f.Wide, float32(i)/1000)
	}
	fine.Add(f)
	if w := fine.Window(); w.Function != "LINEAR_EXACT" || math.Abs(w.Center-0.5) > 0.01 || math.Abs(w.Width-0.99) > 0.01 {
		t.Errorf("of floats: %+v", w)
	}
	// A frame far away from the first: the range grows both ways.
	for _, v := range []float32{-1e6, 1e6} {
		fine.Add(&dicomio.Frame{Rows: 1, Columns: 1, Wide: []float32{v}, Grayscale: dicomio.Grayscale{Slope: 1}})
	}
	if lo, _ := fine.Percentile(0); math.Abs(lo+1e6) > fine.width {
		t.Errorf("the least is %g", lo)
	}
	if hi, _ := fine.Percentile(1); math.Abs(hi-1e6) > fine.width {
		t.Errorf("the most is %g", hi)
	}
}
