package annotations

import (
	"math"

	"rachis/dicomio/space"
)

const (
	// withinBody is how far from an image a label may lie, in millimetres along its normal, and still name the vertebra that the image cuts:
	// less than half the width of a lumbar body, so that the slices of the foramina have names too.
	withinBody = 20.0
	// nearImage is half of the largest usual slice spacing: what stands for it where that is unknown.
	nearImage = 3.0
	// acrossSpine is the cosine of the angle between an image's normal and the spine below which the image does not cut across it, 37 degrees.
	acrossSpine = 0.8
)

// Sighting is a label as it lies on an image.
type Sighting struct {
	Label Label
	At    space.Pixel
	// Off is how far the label lies from the image along its normal, in millimetres, and Near whether this image is the one that shows it: the
	// one that it was set on, or one of which it lies within half a slice spacing.
	Off  float64
	Near bool
	// Beside is the place in front of the vertebra where its name stands, and Toward the direction from At to there: off the bodies, whose
	// signal is read.
	Beside, Toward space.Pixel
}

// LabelsOn returns the labels of a list, ordered from the head down, as they lie on an image along the spine: those set on the image itself, and
// of the same space those that lie within 20 mm of it. An image across the spine has none but its own: see LevelOn.
func LabelsOn(list []Label, image ImageRef) []Sighting {
	var out []Sighting
	across := crosses(list, image)
	for i, l := range list {
		s := Sighting{Label: l, At: l.Pixel, Near: true}
		if !l.Image.Same(image) {
			if across || LevelSpace(l.Image) != LevelSpace(image) || image.Plane == nil || !image.Plane.Known() {
				continue
			}
			s.At, s.Off = image.Plane.FromPatient(l.At)
			reach := nearImage
			if image.SliceSpacing > 0 {
				reach = image.SliceSpacing / 2
			}
			off := math.Abs(s.Off)
			if s.Near = off <= reach+1e-6; !s.Near && !(off <= withinBody) {
				continue
			}
		}
		s.Beside, s.Toward = name(list, i, image, s.At)
		out = append(out, s)
	}
	return out
}

// alongSpine is the direction of the spine at a label, towards the feet and of length 1: from its neighbour above to that below. It is false where
// the label has none.
func alongSpine(list []Label, i int) (space.LPS, bool) {
	a, b := max(i-1, 0), min(i+1, len(list)-1)
	d := list[b].At.Sub(list[a].At)
	return d.Unit(), a < b && d.Length() > 0
}

// crosses reports whether an image cuts across the spine: its normal is nearest to the axis of the body, or to the spine where that is tilted
// so far that it is nearer to another.
func crosses(list []Label, image ImageRef) bool {
	if image.Plane == nil || !image.Plane.Known() {
		return false
	}
	n := image.Plane.Normal()
	if z := math.Abs(n.Z); z >= math.Abs(n.X) && z >= math.Abs(n.Y) {
		return true
	}
	nearest, best := -1, math.Inf(1)
	for i, l := range list {
		if LevelSpace(l.Image) != LevelSpace(image) {
			continue
		}
		if _, off := image.Plane.FromPatient(l.At); math.Abs(off) < best {
			nearest, best = i, math.Abs(off)
		}
	}
	if nearest < 0 {
		return false
	}
	d, ok := alongSpine(list, nearest)
	return ok && math.Abs(d.Dot(n)) > acrossSpine
}

// LevelOn returns what an image that cuts across the spine shows: the vertebra or the disc whose middle lies nearest to its plane. It is
// proposed where a label that this rests on is. It is false for images along the spine, of another space, and beyond the labels: above the
// first and below the last by more than half the way to its neighbour.
func LevelOn(list []Label, image ImageRef) (level string, proposed, ok bool) {
	if len(list) == 0 || LevelSpace(list[0].Image) != LevelSpace(image) || !crosses(list, image) {
		return "", false, false
	}
	best := math.Inf(1)
	offer := func(name string, at space.LPS, prop bool, reach float64) {
		if _, off := image.Plane.FromPatient(at); math.Abs(off) < best && math.Abs(off) <= reach {
			best, level, proposed, ok = math.Abs(off), name, prop, true
		}
	}
	for i, l := range list {
		reach := math.Inf(1)
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(list) {
				reach = min(reach, list[j].At.Sub(l.At).Length()/2)
			}
		}
		offer(l.Vertebra, l.At, l.Proposed, min(reach, withinBody))
	}
	for _, d := range Discs(list) {
		offer(d.Level, d.At, d.Proposed, d.Lower.At.Sub(d.Upper.At).Length()/2)
	}
	return level, proposed, ok
}

// standOff is how far in front of the middle of a body its name stands, in millimetres: beyond the wall.
func standOff(vertebra string) float64 {
	switch vertebra[0] {
	case 'C':
		return 13
	case 'T':
		return 19
	}
	return 24
}

// name returns where a label's name stands: in front of the body, at a right angle to the spine there, so that it stays in line with its own
// vertebra where that is tilted. On a coronal image it stands on the patient's left, on a film to the right.
func name(list []Label, i int, image ImageRef, at space.Pixel) (beside, toward space.Pixel) {
	p := image.Plane
	if p == nil || !p.Known() {
		return onFilm(list, i, image, at)
	}
	out := space.LPS{Y: -1}
	if n := p.Normal(); math.Abs(n.Y) > math.Abs(n.X) {
		out = space.LPS{X: 1}
	}
	side := at.Add(toPixels(p, out)).Sub(at)
	if d, ok := alongSpine(list, i); ok && !list[i].Image.film() {
		down := toPixels(p, d)
		// At a right angle to the spine on the picture, in millimetres.
		w, h := p.Spacing.BetweenColumns, p.Spacing.BetweenRows
		if l := math.Hypot(down.Col*w, down.Row*h); l > 0.5 {
			turned := space.Pixel{Col: -down.Row * h / w / l, Row: down.Col * w / h / l}
			if along(turned, side) < 0 {
				turned = space.Pixel{Col: -turned.Col, Row: -turned.Row}
			}
			side = turned
		}
	}
	k := standOff(list[i].Vertebra)
	return at.Add(space.Pixel{Col: float64(side.Col * k), Row: float64(side.Row * k)}), side
}

// toPixels writes a vector of the patient in pixels of a plane.
func toPixels(p *space.Plane, v space.LPS) space.Pixel {
	return space.Pixel{Col: v.Dot(p.Along) / p.Spacing.BetweenColumns, Row: v.Dot(p.Down) / p.Spacing.BetweenRows}
}

func (r ImageRef) film() bool { return r.Plane == nil || !r.Plane.Known() }

// onFilm is name where nothing says where the front is: three quarters of the distance to the neighbour to the right, or at the label itself
// where it has none.
func onFilm(list []Label, i int, image ImageRef, at space.Pixel) (beside, toward space.Pixel) {
	d, far := space.Pixel{}, math.Inf(1)
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(list) || !list[j].Image.Same(image) {
			continue
		}
		if l := list[j].Pixel.Distance(list[i].Pixel); l > 0 && l < far {
			d, far = towards(list[i].Pixel, list[j].Pixel), l
		}
	}
	if math.IsInf(far, 1) {
		return at, right
	}
	side := space.Pixel{Col: -d.Row, Row: d.Col}
	if side.Col < 0 {
		side = space.Pixel{Col: -side.Col, Row: -side.Row}
	}
	return at.Add(space.Pixel{Col: float64(side.Col * far * 0.75), Row: float64(side.Row * far * 0.75)}), side
}

// unconfirmed follows the name of a label that is proposed, and doubtful that of one that may lie outside its vertebra.
const (
	unconfirmed = " ?"
	doubtful    = " ??"
)

// errorCircle is what is drawn around a proposal that may lie outside its vertebra: dashed, within which it lies by estimate, from its quality and the
// nearest label on the image; false where there is none.
func errorCircle(list []Sighting, i int, image ImageRef) (Shape, bool) {
	w, h := 1.0, 1.0
	if p := image.Plane; p != nil && p.Known() {
		w, h = p.Spacing.BetweenColumns, p.Spacing.BetweenRows
	}
	at, step := list[i].At, math.Inf(1)
	for j, s := range list {
		if d := math.Hypot((s.At.Col-at.Col)*w, (s.At.Row-at.Row)*h); j != i && d > 0 {
			step = min(step, d)
		}
	}
	if math.IsInf(step, 1) || !(w > 0 && h > 0) {
		return Shape{}, false
	}
	r := (1 - min(max(list[i].Label.Quality, 0), 1)) * step
	return Shape{Type: "ellipse", Points: []space.Pixel{{Col: at.Col - r/w, Row: at.Row}, {Col: at.Col + r/w, Row: at.Row},
		{Col: at.Col, Row: at.Row - r/h}, {Col: at.Col, Row: at.Row + r/h}}, Dashed: true, Proposed: true}, true
}

// labelShapes are what is drawn of a set of labels on one image: along the spine a cross on each label that this image shows and its name in
// front of it, dashed where the label lies on another slice, and across the spine the name of the level as a caption.
func labelShapes(a Annotation, image ImageRef) []Shape {
	list := a.Labels()
	var out []Shape
	seen := LabelsOn(list, image)
	for i, s := range seen {
		text := s.Label.Vertebra
		switch {
		case s.Label.Unsure():
			text += doubtful
			if circle, ok := errorCircle(seen, i, image); ok && s.Near {
				out = append(out, circle)
			}
		case s.Label.Proposed:
			text += unconfirmed
		}
		if s.Near {
			out = append(out, Shape{Type: "cross", Points: []space.Pixel{s.At}, Proposed: s.Label.Proposed})
		}
		out = append(out, Shape{Type: "text", Points: []space.Pixel{s.Beside}, Text: text, Toward: s.Toward, Dashed: !s.Near, Proposed: s.Label.Proposed})
	}
	if level, proposed, ok := LevelOn(list, image); ok {
		if proposed {
			level += unconfirmed
		}
		out = append(out, Shape{Type: "caption", Text: level, Proposed: proposed})
	}
	return out
}
