package viewer

import (
	"slices"
	"strconv"
	"strings"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// Names of windows that were computed begin with presetKey, as those of presets do, and may have arguments behind colons.
const (
	presetPercentile = "viewer.preset.percentile" // of the series, from one percentile to another
	presetMatched    = "viewer.preset.matched"    // to another series: its weighting and its number
)

// computed reports whether a name is that of a window that was computed from the values of one series, and is none for another.
func computed(preset string) bool {
	for _, p := range []string{presetRegion, presetVisible, presetPercentile, presetMatched} {
		if rest, ok := strings.CutPrefix(preset, p); ok && (rest == "" || rest[0] == ':') {
			return true
		}
	}
	return false
}

// presetText is the name of a window in the user's language: a text of ours, or what the file calls it.
func (g *Grid) presetText(name string) string {
	if !strings.HasPrefix(name, presetKey) {
		return name
	}
	key, rest, _ := strings.Cut(name, ":")
	args := strings.Split(rest, ":")
	switch key {
	case presetPercentile:
		if len(args) == 2 {
			return g.cfg.Text(key, g.percent(args[0]), g.percent(args[1]))
		}
	case presetMatched:
		if len(args) == 2 && args[1] != "" {
			return g.cfg.Text(key, strings.TrimSpace(args[0]+" "+g.cfg.Text("viewer.preset.series", args[1])))
		}
		return g.cfg.Text("viewer.preset.matched.other")
	}
	return g.cfg.Text(key)
}

// percent writes a percentile with the decimals that it needs.
func (g *Grid) percent(s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	decimals := 0
	if _, fraction, ok := strings.Cut(s, "."); ok {
		decimals = len(fraction)
	}
	return g.cfg.Number(v, decimals)
}

// percentiles are the windows that can be taken from the values of a series, in percent.
var percentiles = [][2]string{{"0.5", "99.5"}, {"1", "99"}, {"2", "98"}}

// choice is a window that can be chosen for a cell: one of the file or a preset, or percentiles of its series.
type choice struct {
	preset     render.Preset
	percentile [2]string
}

// choices are the windows that can be chosen for a cell, those of the keys 1 to 9 first.
func (c *cell) choices() []choice {
	if c.series == nil || c.picture == nil || c.picture.frame.RGB != nil {
		return nil
	}
	var out []choice
	for _, p := range render.Presets(c.picture.frame, c.series.item.Info.Modality) {
		out = append(out, choice{preset: p})
	}
	for _, p := range percentiles {
		out = append(out, choice{percentile: p})
	}
	return out
}

// choiceName is the choice's name in the user's language; i is its number among the windows of the file that have no name, from 1.
func (g *Grid) choiceName(h choice, i int) string {
	p := h.preset
	switch {
	case h.percentile[0] != "":
		return g.presetText(presetPercentile + ":" + h.percentile[0] + ":" + h.percentile[1])
	case p.Key:
		return g.cfg.Text(p.Name)
	case p.Name == "":
		return g.cfg.Text("viewer.preset.file", i)
	}
	return p.Name
}

// under returns the view with the window that the choice stands for, but for percentiles.
func (h choice) under(v annotations.View) annotations.View {
	p := h.preset
	w := p.VOI.Window
	v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, p.Name
	if !p.Key && p.Name != "" || p.VOI.LUT != nil { // by its name, as each slice has its own
		v.Center, v.Width, v.Function = 0, 0, ""
	}
	return v
}

// Presets returns the names of the windows that can be chosen for the active cell, in the order of Preset: those of the keys 1 to 9 first.
func (g *Grid) Presets() []string {
	var out []string
	unnamed := 1
	for _, h := range g.activeCell().choices() {
		out = append(out, g.choiceName(h, unnamed))
		if h.preset.Name == "" && h.percentile[0] == "" {
			unnamed++
		}
	}
	return out
}

// PresetShown returns which of Presets the active cell shows, from 1; 0 for another window.
func (g *Grid) PresetShown() int {
	c := g.activeCell()
	for i, h := range c.choices() {
		if h.percentile[0] != "" {
			if c.view.Preset == presetPercentile+":"+h.percentile[0]+":"+h.percentile[1] {
				return i + 1
			}
			continue
		}
		if v := h.under(c.view); v == c.view && (v.Width > 0 || v.Preset != "") {
			return i + 1
		}
	}
	return 0
}

// Preset chooses a window, from 1.
func (g *Grid) Preset(i int) {
	c := g.activeCell()
	all := c.choices()
	if i < 1 || i > len(all) {
		return
	}
	if p := all[i-1].percentile; p[0] != "" {
		g.percentile(c, p)
		return
	}
	g.show(c, all[i-1].under(c.view), true)
}

// percentile gives the series in a cell the window from one percentile of its values to another, when they have been gathered.
func (g *Grid) percentile(c *cell, p [2]string) {
	s := c.series
	low, err := strconv.ParseFloat(p[0], 64)
	high, err2 := strconv.ParseFloat(p[1], 64)
	if s == nil || err != nil || err2 != nil {
		return
	}
	began := c.view
	g.gather(s, func() {
		w, ok := s.values.Between(low/100, high/100)
		if !g.onScreen(c) { // behind the tiles of its series, whose view has gone on since
			i := slices.IndexFunc(g.shown(), func(n *cell) bool { return n.series == s && n.board == c.board })
			if i < 0 {
				return
			}
			c = g.shown()[i]
		}
		if !ok || c.series != s || !sameWindow(c.view, began) { // another window was chosen since
			return
		}
		v := c.view
		v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, presetPercentile+":"+p[0]+":"+p[1]
		g.show(c, v, true)
	})
}

// SetPercentile gives the series in a cell the window from the 0.5th to the 99.5th percentile of its values, also where its files bring one.
func (g *Grid) SetPercentile(cell int) {
	if c := g.cell(cell); c != nil {
		g.percentile(c, percentiles[0])
	}
}

// IsPercentile reports whether a view's window is one that was taken from the percentiles of a series.
func IsPercentile(v annotations.View) bool { return strings.HasPrefix(v.Preset, presetPercentile+":") }

// sameWindow reports whether two views have one window.
func sameWindow(a, b annotations.View) bool {
	return a.Center == b.Center && a.Width == b.Width && a.Function == b.Function && a.Preset == b.Preset
}

// AutoWindow takes the default window: that of the file, or the 0.5-99.5 percentile of the series. Where that is in use already, and the file
// brought it, it takes the percentile of the series.
func (g *Grid) AutoWindow() {
	c := g.activeCell()
	if c.series == nil {
		return
	}
	if c.view.Width > 0 || c.view.Preset != "" {
		v := c.view
		v.Center, v.Width, v.Function, v.Preset = 0, 0, "", ""
		g.show(c, v, true)
		return
	}
	if c.picture == nil || c.picture.frame.RGB != nil {
		return
	}
	if _, own := render.Own(c.picture.frame); own {
		g.percentile(c, percentiles[0])
	}
}

// AutomaticShown reports whether the active cell shows the default window.
func (g *Grid) AutomaticShown() bool {
	c := g.activeCell()
	return c.series != nil && c.view.Width == 0 && c.view.Preset == ""
}

// sigmoid is DICOM's name of the S-shaped VOI LUT function (PS3.3 C.11.2.1.3.1).
const sigmoid = "SIGMOID"

// ToggleSigmoid shows the window of the active cell by the sigmoid function, or back by a linear one, that of the file's where it names one, with the
// same centre and width.
func (g *Grid) ToggleSigmoid() {
	g.change(func(c *cell, v annotations.View) annotations.View {
		w, ok := c.window()
		if !ok {
			return v
		}
		v.Center, v.Width, v.Function = w.Center, w.Width, sigmoid
		if w.Function == sigmoid {
			v.Function = ""
			if own, ok := render.Own(c.picture.frame); ok && own.LUT == nil && own.Window.Function == "LINEAR_EXACT" || w.Width < 1 { // narrower than LINEAR can show
				v.Function = "LINEAR_EXACT"
			}
		}
		return v
	})
}

// Sigmoid reports whether the active cell shows its window by the sigmoid function.
func (g *Grid) Sigmoid() bool {
	c := g.activeCell()
	return c.picture != nil && c.picture.frame.RGB == nil && c.voi().LUT == nil && c.voi().Window.Function == sigmoid
}

// named returns the window that a cell shows and what it is called; the width is 0 where a VOI LUT of the file has no width.
func (c *cell) named() (w dicomio.Window, name string) {
	v := c.voi()
	name = c.view.Preset
	if v.LUT != nil {
		return w, c.grid.presetText(v.LUT.Explanation)
	}
	if name == "" {
		name = v.Window.Explanation
	}
	if _, own := render.Own(c.picture.frame); name == "" && c.view.Width == 0 && !own {
		return v.Window, c.grid.cfg.Text("viewer.preset.auto")
	}
	return v.Window, c.grid.presetText(name)
}
