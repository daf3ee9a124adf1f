package viewer

import (
	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/render"
)

// series is what the grid knows of one item: how it was last seen, and the window that fits all of it.
type series struct {
	item Item
	// view is how the item was last seen in any cell.
	view annotations.View
	// window is the 0.5-99.5 percentile of the series, for files that bring no window; nil until it is known. Until then the picture that was
	// shown first lends its own, so that nothing jumps from slice to slice.
	window *dicomio.Window
	lent   *dicomio.Window
	sought bool // it is being found out, or was
	// values are those of the series, nil until they were gathered; asked is true while they are, and told are called when they have been.
	values *render.Histogram
	asked  bool
	told   []func()
	// planes are those of the slices that were named so far, which never change: who is told the name of an image may keep it.
	planes []*space.Plane
}

// ref is the item's Ref, without making the plane of a slice anew each time.
func (s *series) ref(slice int) (annotations.ImageRef, bool) {
	r, ok := s.item.named(slice)
	if !ok || !s.item.Stack.Slices[slice].Plane.Known() {
		return r, ok
	}
	if n := len(s.item.Stack.Slices); len(s.planes) != n {
		s.planes = make([]*space.Plane, n)
	}
	if p := s.item.Stack.Slices[slice].Plane; s.planes[slice] == nil || *s.planes[slice] != p {
		kept := p
		s.planes[slice] = &kept
	}
	r.Plane = s.planes[slice]
	return r, true
}

func newSeries(it Item) *series {
	return &series{item: it, view: annotations.View{Slice: len(it.Stack.Slices) / 2}}
}

// usual is the window of the series where its files bring none; nil where nothing is known yet.
func (s *series) usual() *dicomio.Window {
	if s.window != nil {
		return s.window
	}
	return s.lent
}

// spacing is that of the item's pixels, not Known where nothing tells.
func (s *series) spacing(slice int) space.Spacing {
	if c := s.item.Info.Calibration.Spacing; c.Known() {
		return c
	}
	if c := s.item.Stack.Calibration.Spacing; c.Known() {
		return c
	}
	if n := len(s.item.Stack.Slices); slice >= 0 && slice < n {
		return s.item.Stack.Slices[slice].Plane.Spacing
	}
	return space.Spacing{}
}

// plane is where a slice lies in the patient; not Known for films.
func (s *series) plane(slice int) space.Plane {
	if s == nil || slice < 0 || slice >= len(s.item.Stack.Slices) {
		return space.Plane{}
	}
	return s.item.Stack.Slices[slice].Plane
}

// size is the size of a slice as the index has it.
func (s *series) size(slice int) (rows, columns int) {
	if slice >= 0 && slice < len(s.item.Stack.Slices) {
		if in := s.item.Stack.Slices[slice].Instance; in != nil {
			return in.Rows, in.Columns
		}
	}
	return 0, 0
}
