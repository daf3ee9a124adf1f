package overlay

import (
	"image"
	"math"

	"rachis/dicomio"
	"rachis/viewer/render"
)

// Ruler is a scale along one side of the picture. The zero value is none.
type Ruler struct {
	// Length is the whole ruler and Step one division, in screen pixels. Minor is a subdivision, 0 for none.
	Length, Step, Minor float64
	// Value is what Length stands for, in millimetres or image pixels as Label says.
	Value float64
	Label string
	// Short is Label in fewer words, for a small picture; "" when there is none.
	Short string
}

// Rulers returns the rulers of an image as it lies on screen: below it, and on its left. They differ where pixels are not
// square. Their labels say what the millimetres rest on; without a calibration they count image pixels.
func (t Texts) Rulers(g render.Geometry, c dicomio.Calibration) (across, down Ruler) {
	perColumn, perRow := g.PixelsPerColumn(), g.PixelsPerRow()
	known := c.State != "" && c.State != dicomio.Uncalibrated && c.Spacing.Known()
	if known {
		perColumn /= c.Spacing.BetweenColumns
		perRow /= c.Spacing.BetweenRows
	}
	if g.Turned() {
		perColumn, perRow = perRow, perColumn
	}
	across, down = graduate(float64(g.Width), perColumn), graduate(float64(g.Height), perRow)
	key := dicomio.Uncalibrated
	if known {
		key = c.State
	}
	if across.Length > 0 {
		across.Label, across.Short = t.ruler(key, across.Value)
	}
	if down.Length > 0 {
		// What the millimetres rest on is said once, but where they are not the patient's it is said at each ruler.
		if known && c.Corrected() {
			key = "mm"
		}
		down.Label, down.Short = t.ruler(key, down.Value)
	}
	return across, down
}

// ruler writes what a ruler stands for.
func (t Texts) ruler(state string, value float64) (label, short string) {
	v := t.short(value, 4)
	label = t.text("viewer.overlay.ruler."+state, v)
	switch state {
	case "mm", dicomio.InPatient, dicomio.Uncalibrated:
		return label, ""
	}
	return label, t.text("viewer.overlay.ruler.short."+state, v)
}

// graduate returns a ruler for a side of the screen, with perUnit pixels to a millimetre. Its step is 1, 2 or 5 times a power
// of ten; it is a whole number of steps long, between a fifth and a third of the side. The longest step that allows this is
// taken, so that there are few divisions.
func graduate(side, perUnit float64) Ruler {
	if !(side >= 1) || !(perUnit > 1e-9) || math.IsInf(perUnit, 0) || math.IsInf(side, 0) {
		return Ruler{}
	}
	longest, shortest := side/3/perUnit, side/5/perUnit
	decade := math.Floor(math.Log10(longest))
	for {
		for _, m := range [3]float64{5, 2, 1} {
			// Divided by whole powers of ten, so that 0.3 is the float64 nearest to 0.3.
			value := func(n float64) float64 {
				if decade < 0 {
					return n * m / math.Pow(10, -decade)
				}
				return n * m * math.Pow(10, decade)
			}
			n := math.Floor(longest/value(1) + 1e-9)
			if n < 1 || value(n) < shortest*(1-1e-9) {
				continue
			}
			r := Ruler{Value: value(n), Length: value(n) * perUnit, Step: value(1) * perUnit}
			if parts := map[float64]float64{1: 5, 2: 4, 5: 5}[m]; r.Step/parts >= minorGap {
				r.Minor = r.Step / parts
			}
			return r
		}
		decade-- // a step of at most half the longest ruler always fits: this ends
	}
}

// minorGap is the least distance between marks of a ruler, in screen pixels.
const minorGap = 4

// across paints the ruler below, in the middle.
func (p *Painter) across(img *image.RGBA, r Ruler) {
	w, h, m := img.Rect.Dx(), img.Rect.Dy(), p.px(margin)
	if !(r.Length >= 1) || r.Length > float64(w-2*m) || float64(min(w, h)) < leastRuler*p.scale {
		return
	}
	base := h - m - p.px(1)
	left := (float64(w) - r.Length) / 2
	p.marks(img, r, func(from, to float64, long int) image.Rectangle {
		return image.Rect(int(math.Round(left+from)), base-long, int(math.Round(left+to)), base)
	})
	top := base - p.px(rulerMark)
	text := p.label(r, w*2/5, w*3/5)
	x := (w - p.text.Width(text)) / 2
	if text != "" {
		top -= p.text.Height()
		p.text.Paint(img, x, top, text, rulerColour)
	}
	p.take(image.Rect(min(x, int(left)), top, max(w-x, w-int(left)), h))
}

// label chooses the words that fit. They are never cut, for the unit stands at their end: where even the fewest do not fit into the width
// they may take more of it, and then they are left out.
func (p *Painter) label(r Ruler, width, most int) string {
	fewest := r.Label
	if r.Short != "" && p.text.Width(r.Label) > width {
		fewest = r.Short
	}
	if p.text.Width(fewest) > most {
		return ""
	}
	return fewest
}

// down paints the ruler on the left, in the middle.
func (p *Painter) down(img *image.RGBA, r Ruler) {
	w, h, m := img.Rect.Dx(), img.Rect.Dy(), p.px(margin)
	if !(r.Length >= 1) || r.Length > float64(h-2*m) || float64(min(w, h)) < leastRuler*p.scale {
		return
	}
	base := m + p.px(1)
	top := (float64(h) - r.Length) / 2
	p.marks(img, r, func(from, to float64, long int) image.Rectangle {
		return image.Rect(base, int(math.Round(top+from)), base+long, int(math.Round(top+to)))
	})
	right := base + p.px(rulerMark)
	p.take(image.Rect(0, int(top), right+p.px(2), int(top+r.Length)+1))
	if text := p.label(r, w/4, w/2); text != "" {
		x, y := right+p.px(3), int(top+r.Length)-p.text.Height()
		p.write(img, x, y, text, rulerColour)
	}
}

// marks paints a ruler: on a dark ground first, then its line and its marks. At gives the rectangle between two places along
// it that is so many pixels long across it.
func (p *Painter) marks(img *image.RGBA, r Ruler, at func(from, to float64, long int) image.Rectangle) {
	thick := max(1, p.px(1))
	each := func(paint func(image.Rectangle)) {
		paint(at(0, r.Length, thick))
		step, n := r.Step, 1
		if r.Minor > 0 {
			step, n = r.Minor, int(math.Round(r.Step/r.Minor))
		}
		for i := range int(math.Round(r.Length/step)) + 1 {
			long := p.px(rulerMark)
			if i%n != 0 {
				long /= 2
			}
			place := float64(i) * step
			paint(at(place, place+float64(thick), long))
		}
	}
	each(func(q image.Rectangle) { fill(img, q.Inset(-1), shade) })
	each(func(q image.Rectangle) { fill(img, q, rulerColour) })
}
