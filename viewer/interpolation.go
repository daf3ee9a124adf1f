package viewer

import (
	"slices"

	"rachis/annotations"
)

// Interpolation returns how images are magnified where their view does not say it.
func (g *Grid) Interpolation() annotations.Interpolation {
	return annotations.View{}.Interpolated(g.interpolation)
}

// SetInterpolation says how images are magnified where their view does not say it; bilinearly for anything that is none.
func (g *Grid) SetInterpolation(how annotations.Interpolation) {
	if before := g.Interpolation(); how != before {
		if g.interpolation = how; g.Interpolation() != before {
			g.Refresh()
		}
	}
}

// CycleInterpolation goes to the next way of magnifying images, and returns it.
func (g *Grid) CycleInterpolation() annotations.Interpolation {
	all := annotations.Interpolations()
	g.SetInterpolation(all[(slices.Index(all, g.Interpolation())+1)%len(all)])
	return g.Interpolation()
}

// interpolation is how the cell's image is magnified.
func (c *cell) interpolation() annotations.Interpolation {
	return c.view.Interpolated(c.grid.interpolation)
}
