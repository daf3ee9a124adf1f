package viewer

import (
	"strings"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// alike reports whether one window fits the pictures of both cells: they show the same stack, or are of one modality and, on MR, of one
// weighting and kind (a phase map is none of its magnitudes), or of one description where neither says more.
func alike(a, b *cell) bool {
	if a.series == nil || b.series == nil {
		return false
	}
	p, q := a.series.item, b.series.item
	if p.Stack == q.Stack {
		return true
	}
	if !strings.EqualFold(p.Info.Modality, q.Info.Modality) {
		return false
	}
	switch strings.ToUpper(p.Info.Modality) {
	case "CT":
		return true
	case "MR":
		return p.Stack.Weighting != "" && p.Stack.Weighting == q.Stack.Weighting && p.Stack.FatSuppressed == q.Stack.FatSuppressed && p.Stack.Split == q.Stack.Split
	}
	return isFilm(p) || p.Stack.Description != "" && p.Stack.Description == q.Stack.Description
}

// absolute reports whether the values of both cells are on one scale, as Hounsfield units are.
func absolute(a, b *cell) bool {
	return a.series.item.Stack == b.series.item.Stack ||
		strings.EqualFold(a.series.item.Info.Modality, "CT") && a.picture.frame.Grayscale.Unit == b.picture.frame.Grayscale.Unit
}

// windowedAs returns the view v of a cell with the window that another shows: the same on one scale of values. On MR and films the values
// of two series have scales of their own, and the window is set as far from the default one of its series as the other's is from its own.
func windowedAs(c, other *cell, v annotations.View) annotations.View {
	if !alike(c, other) || c.picture == nil || other.picture == nil {
		return v
	}
	if c.view.Width == 0 && c.view.Preset == "" {
		v.Center, v.Width, v.Function, v.Preset = 0, 0, "", ""
		return v
	}
	w, ok := c.window()
	_, also := other.window()
	if !ok || !also || c.voi().LUT != nil { // a curve of the file is no window
		return v
	}
	if absolute(c, other) {
		v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, ""
		if c.view.Width > 0 && !computed(c.view.Preset) {
			v.Preset = c.view.Preset
		}
		return v
	}
	if c.picture.preview || other.picture.preview { // whose values are none of the file's
		return v
	}
	p, q := c.usual(), other.usual()
	if !(p.Width > 0) || !(q.Width > 0) {
		return v
	}
	k := q.Width / p.Width
	v.Center, v.Width, v.Function, v.Preset = q.Center+float64((w.Center-p.Center)*k), w.Width*k, w.Function, ""
	return v
}

// usual is the window that the picture has when nobody has set one.
func (c *cell) usual() dicomio.Window {
	window := c.series.usual()
	if window == nil && c.picture.window.Width > 0 {
		window = &c.picture.window
	}
	return render.Resolve(c.picture.frame, annotations.View{}, window).AsWindow()
}
