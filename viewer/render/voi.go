package render

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio"
)

// VOI is how values after the modality LUT become grey: by a window, or by LUT when that is not nil. The zero value is a
// window of width 0, which shows as a threshold at 0.
type VOI struct {
	Window dicomio.Window
	LUT    *dicomio.LUT
}

// grey returns the grey level 0 to 255 of a value after the modality LUT (PS3.3 C.11.2.1.2).
func (v *VOI) grey(x float64) float64 {
	if v.LUT != nil && len(v.LUT.Values) > 0 {
		l := v.LUT
		i := math.Round(x) - float64(l.First)
		switch {
		case !(i > 0):
			i = 0
		case i > float64(len(l.Values)-1):
			i = float64(len(l.Values) - 1)
		}
		bits := l.Bits
		if bits < 1 || bits > 16 {
			bits = 16
		}
		top := float64(int(1)<<bits - 1)
		return math.Min(float64(float64(l.Values[int(i)])*255)/top, 255)
	}
	c, w := v.Window.Center, v.Window.Width
	switch v.Window.Function {
	case "LINEAR_EXACT":
		if !(w > 0) {
			return step(x > c)
		}
		return clampGrey(((x-c)/w + 0.5) * 255)
	case "SIGMOID":
		if !(w > 0) {
			return step(x > c)
		}
		return 255 / (1 + exp(-4*(x-c)/w))
	}
	if !(w > 1) {
		return step(x > c-0.5)
	}
	return clampGrey(((x-(c-0.5))/(w-1) + 0.5) * 255)
}

func step(high bool) float64 {
	if high {
		return 255
	}
	return 0
}

func clampGrey(y float64) float64 {
	switch {
	case y >= 255:
		return 255
	case y > 0:
		return y
	}
	return 0 // also what is no number
}

// AsWindow returns the window that comes nearest to the VOI: itself, or the domain of its LUT. Dragging starts from it.
func (v VOI) AsWindow() dicomio.Window {
	if v.LUT == nil || len(v.LUT.Values) == 0 {
		return v.Window
	}
	n := float64(len(v.LUT.Values))
	return dicomio.Window{Center: float64(v.LUT.First) + n/2, Width: n, Function: "LINEAR"}
}

// usable reports whether a window can show anything.
func usable(w dicomio.Window) bool {
	if math.IsNaN(w.Center) || math.IsInf(w.Center, 0) || math.IsNaN(w.Width) || math.IsInf(w.Width, 0) || math.Abs(w.Center) > 1e30 || w.Width > 1e30 {
		return false
	}
	if w.Function == "" || w.Function == "LINEAR" {
		return w.Width >= 1
	}
	return w.Width > 0
}

// Resolve returns the VOI that shows the frame under the view: the view's own window; else the frame's window or VOI LUT of
// the name in view.Preset; else the frame's first; else series, when it is not nil; else the 0.5-99.5 percentile of
// the frame.
func Resolve(frame *dicomio.Frame, view annotations.View, series *dicomio.Window) VOI {
	if view.Width > 0 {
		w := dicomio.Window{Center: view.Center, Width: view.Width, Function: view.Function}
		if usable(w) {
			return VOI{Window: w}
		}
	}
	g := &frame.Grayscale
	if view.Preset != "" {
		for _, w := range g.Windows {
			if w.Explanation == view.Preset && usable(w) {
				return VOI{Window: w}
			}
		}
		for i := range g.VOILUTs {
			if g.VOILUTs[i].Explanation == view.Preset && len(g.VOILUTs[i].Values) > 0 {
				return VOI{LUT: &g.VOILUTs[i]}
			}
		}
	}
	if v, ok := Own(frame); ok {
		return v
	}
	if series != nil && usable(*series) {
		return VOI{Window: *series}
	}
	var h Histogram
	h.Add(frame)
	return VOI{Window: h.Window()}
}

// Own returns the first VOI that the frame itself brings: a VOI LUT, else a window. A VOI LUT comes first because where a
// file holds both, the look-up table is the maker's intended picture and the window its approximation.
func Own(frame *dicomio.Frame) (VOI, bool) {
	g := &frame.Grayscale
	for i := range g.VOILUTs {
		if len(g.VOILUTs[i].Values) > 0 {
			return VOI{LUT: &g.VOILUTs[i]}, true
		}
	}
	for _, w := range g.Windows {
		if usable(w) {
			return VOI{Window: w}, true
		}
	}
	return VOI{}, false
}

// Preset is a window with a name. Name is a key of the viewer's texts when Key is true, else text from the file.
type Preset struct {
	Name string
	Key  bool
	VOI  VOI
}

// ctPresets are the windows of viewer.md (centre, width in HU).
var ctPresets = []Preset{
	{"viewer.preset.spine", true, VOI{Window: dicomio.Window{Center: 40, Width: 300}}},
	{"viewer.preset.soft", true, VOI{Window: dicomio.Window{Center: 40, Width: 400}}},
	{"viewer.preset.bone", true, VOI{Window: dicomio.Window{Center: 350, Width: 2000}}},
	{"viewer.preset.vertebra", true, VOI{Window: dicomio.Window{Center: 530, Width: 2300}}},
	{"viewer.preset.lung", true, VOI{Window: dicomio.Window{Center: -600, Width: 1500}}},
	{"viewer.preset.brain", true, VOI{Window: dicomio.Window{Center: 40, Width: 80}}},
}

// CTPreset returns the preset of a short name, such as "bone".
func CTPreset(name string) (Preset, bool) {
	for _, p := range ctPresets {
		if p.Name == "viewer.preset."+name {
			return p, true
		}
	}
	return Preset{}, false
}

// Presets returns the windows that the keys 1 to 9 choose: on CT those of viewer.md first, then the file's own windows and
// VOI LUTs by their explanations; nine at most.
func Presets(frame *dicomio.Frame, modality string) []Preset {
	var all []Preset
	if modality == "CT" {
		all = append(all, ctPresets...)
	}
	if frame != nil {
		for _, w := range frame.Grayscale.Windows {
			if usable(w) {
				all = append(all, Preset{Name: w.Explanation, VOI: VOI{Window: w}})
			}
		}
		for i := range frame.Grayscale.VOILUTs {
			if l := &frame.Grayscale.VOILUTs[i]; len(l.Values) > 0 {
				all = append(all, Preset{Name: l.Explanation, VOI: VOI{LUT: l}})
			}
		}
	}
	return all[:min(len(all), 9)]
}
