package viewer

import (
	"strings"

	"rachis/annotations"
)

// alongside returns the view of a cell that goes along with another's, whose view was another before, in pan and zoom as far as they are
// linked: the point of the patient in the middle of the one is in the middle of the other, and a millimetre is as long in both. Where
// nothing says which points are the same, as between films, it is moved and scaled by as much as the other was.
func (g *Grid) alongside(c *cell, before annotations.View, other *cell) annotations.View {
	v := other.view
	pan, zoom := g.Linked(LinkPan), g.Linked(LinkZoom)
	if !pan && !zoom {
		return v
	}
	from, to := c.viewport(), other.viewport()
	way, ok := g.aligned(c, other)
	switch {
	case ok && way.whole():
		at, scale := to.Middle(v), to.Scale(v)
		if pan {
			at, _ = other.extent().Plane.FromPatient(c.extent().Plane.ToPatient(from.Middle(c.view)).Add(way.move))
		}
		if a, b := c.pixelSize(), other.pixelSize(); zoom && a > 0 && b > 0 {
			scale = from.Scale(c.view) / a * b
		}
		return to.Around(v, at, scale)
	case !ok && !unplaced(c, other), before.Turn != c.view.Turn, before.Flip != c.view.Flip:
		return v
	}
	if c.view.Zoom == 0 && c.view.PanX == 0 && c.view.PanY == 0 && before != c.view { // it was reset
		if zoom {
			v.Zoom = 0
		}
		if pan {
			v.PanX, v.PanY = 0, 0
		}
		return v
	}
	factor, dx, dy := from.Motion(before, c.view)
	switch {
	case pan && zoom:
		return to.Moved(v, factor, dx, dy)
	case zoom:
		return to.Moved(v, factor, 0, 0)
	case factor == 1:
		return to.Moved(v, 1, dx, dy)
	}
	return v // zooming at a place is no pan
}

// pixelSize is the smaller side of a pixel in millimetres, 0 where it is not known.
func (c *cell) pixelSize() float64 {
	s := c.series.spacing(max(c.shown(), 0))
	if !s.Known() {
		return 0
	}
	return min(s.BetweenRows, s.BetweenColumns)
}

// unplaced reports whether two cells show pictures of one modality that have no place in the patient, as films.
func unplaced(a, b *cell) bool {
	return strings.EqualFold(a.series.item.Info.Modality, b.series.item.Info.Modality) &&
		!a.series.plane(a.view.Slice).Known() && !b.series.plane(b.view.Slice).Known()
}
