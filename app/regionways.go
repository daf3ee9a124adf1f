package app

import (
	"math"
	"strings"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// How a region of a Modic finding is made, as what follows "prompt.region" in the name of its prompt: corner after corner, grown from a press over what is
// alike, or painted. All make a region of corners that can be dragged.
const (
	wayCorners = ""
	wayGrow    = ".grow"
	wayBrush   = ".brush"
)

var regionWays = []string{wayCorners, wayGrow, wayBrush}

// regionReach is how far from the press a region grows at most, in mm; in pixels where they have no size. A lumbar vertebral body is 35 mm deep.
const (
	regionReach       = 25.0
	regionReachPixels = 60.0
)

// regionWide and regionTall are what a region grown on a sagittal image may measure at most, in mm: more than a lumbar vertebral body has leaked.
const (
	regionWide = 45.0
	regionTall = 35.0
)

// sagittalImage reports whether an image lies in the patient more sagittally than otherwise: on others a body is wider.
func sagittalImage(image annotations.ImageRef) bool {
	if image.Plane == nil || !image.Plane.Known() {
		return false
	}
	n := image.Plane.Normal()
	return math.Abs(n.X) > max(math.Abs(n.Y), math.Abs(n.Z))
}

// brushWide is the radius of the brush in the pointer's reach: the brush is as wide on the screen at every zoom.
const brushWide = 1.5

func newRegionWays(w *window) []*toolButton {
	var out []*toolButton
	for _, way := range regionWays {
		name := "region.way" + way
		if way == wayCorners {
			name = "region.way.corners"
		}
		out = append(out, newToolButton(nil, w.text.T(name), w.text.T(name+".hint"), w.hint, func() { w.marks.setWay(way) }))
	}
	return out
}

// setWay chooses how the next regions are made; what is being drawn begins anew.
func (m *marking) setWay(way string) {
	m.way = way
	m.reset()
	m.ready()
	m.w.stateChanged()
	m.w.grid.RefreshMarks()
	m.w.focusGrid()
}

// placer is the tool for the mark that comes next.
func (m *marking) placer(template annotations.Annotation, opts annotations.PlacerOptions) annotations.Tool {
	outline := m.grown
	switch m.wayOf(opts.Role) {
	case wayCorners:
		return annotations.NewPlacer(m.kind, template, opts)
	case wayBrush:
		outline = m.painted
	}
	return annotations.NewOutliner(m.kind, template, opts, "prompt.region"+m.way, outline)
}

// wayOf is how a region of a role is made. A vertebral body is its four corners, whatever is chosen.
func (m *marking) wayOf(role string) string {
	if m.kind != annotations.Modic || role == annotations.RoleBody {
		return wayCorners
	}
	return m.way
}

// under is the image under a pointer, as it is on screen: nil while it is not decoded.
func (m *marking) under(image annotations.ImageRef) (f *dicomio.Frame, plane space.Plane) {
	for cell := range m.w.grid.Cells() {
		if ref, ok := m.w.grid.Ref(cell); ok && ref.Same(image) {
			if ref.Plane != nil {
				plane = *ref.Plane
			}
			return m.w.grid.Frame(cell), plane
		}
	}
	return nil, plane
}

// grown is the region round the press. The way of the pointer to the right or up lets it reach further, to the left or down less far.
func (m *marking) grown(p annotations.Pointer, way []space.Pixel) []space.Pixel {
	values, scale, ok := evaluate.Hand(m.under(p.Image))
	from, to := way[0], way[len(way)-1]
	tolerance, seen := 0.0, false
	if ok {
		tolerance, seen = values.Tolerance(from)
	}
	if !seen {
		m.w.say("region.no.values", widget.WarningImportance)
		return nil
	}
	tolerance *= math.Exp2(((to.Col - from.Col) - (to.Row - from.Row)) / (12 * max(p.Reach, 1e-6)))
	growth := measure.Growth{Tolerance: tolerance, Inside: m.body(p.Image, from), Most: regionReachPixels, Scale: scale}
	if scale.Calibrated() {
		growth.Most = regionReach
		if growth.Inside == nil && sagittalImage(p.Image) {
			growth.Wide, growth.Tall = regionWide, regionTall
		}
	}
	outline, bounded, ok := values.Grow(from, growth)
	switch {
	case !ok && bounded:
		m.w.say("region.leaks", widget.WarningImportance, m.w.text.Number(tolerance, 0))
	case !ok:
		m.w.say("region.nothing", widget.WarningImportance)
	case bounded:
		m.w.say("region.bounded", widget.WarningImportance, m.w.text.Number(tolerance, 0))
	default:
		m.w.say("region.tolerance", widget.MediumImportance, m.w.text.Number(tolerance, 0))
	}
	return outline
}

// body is the vertebral body round a place, by the corners that were marked or proposed on the image; nil where there are none. A region stays in it.
func (m *marking) body(image annotations.ImageRef, at space.Pixel) measure.Region {
	c := m.w.session.caseOf(image.StudyInstanceUID)
	if c == nil {
		return nil
	}
	for _, a := range m.w.inSight(c) {
		for _, mark := range a.Marks {
			if !mark.Image.Same(image) || len(mark.Names) != len(mark.Points) {
				continue
			}
			for _, name := range mark.Names {
				vertebra, _, _ := strings.Cut(name, ".")
				var body measure.Ring
				for _, corner := range corners(vertebra) {
					if i := indexOf(mark.Names, corner); i >= 0 {
						body = append(body, mark.Points[i])
					}
				}
				if len(body) == 4 && body.Contains(at) {
					return body
				}
			}
		}
	}
	return nil
}

// painted is what the brush has covered.
func (m *marking) painted(p annotations.Pointer, way []space.Pixel) []space.Pixel {
	_, plane := m.under(p.Image)
	var scale measure.Scale
	radius := brushWide * p.Reach
	if plane.Known() {
		scale.Spacing = plane.Spacing
		radius *= math.Sqrt(scale.Spacing.BetweenColumns * scale.Spacing.BetweenRows)
	}
	return measure.Brush(way, radius, scale, p.Rows, p.Columns)
}
