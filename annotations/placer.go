package annotations

import (
	"slices"

	"rachis/dicomio/space"
)

// PlacerOptions is what spine placers need to know.
type PlacerOptions struct {
	// Role of the mark that is being placed, and the landmark names to be placed in order.
	Role  string
	Names []string
	// Extend is an existing annotation that gets a further mark (the extension film after the flexion film, the reference disc after the disc).
	Extend *Annotation
	// Join adds the landmarks to those that Extend's mark of the role has already, which then has to be on the same image; the others stay as they are.
	Join bool
}

// NewPlacer returns the tool that makes annotations of the kind. New annotations are copied from template (Author, Level,
// Endplate, Label...) and get a UID of their own; with opts.Extend that annotation gets the mark instead, in the place of one of
// the same role.
//
// A point is fixed where the button goes down, and where it comes up if that is further off than the reach: clicks, drags, or a
// mix. The button that is down on the last point may still drag it; the annotation is committed when it comes up. For
// Polygon and Modic regions a click near the first point, or Finish, closes. All points lie on the image of the first.
//
// Without a role a Modic region is the lesion, landmarks of a disc are the disc's, and those of an alignment the sacrum's; without names landmarks are the corners of
// the vertebrae of the template's level. A kind that is not known, or landmarks of no level, give a tool that is Done at once.
func NewPlacer(kind Kind, template Annotation, opts PlacerOptions) Tool {
	f, known := forms[kind]
	switch {
	case opts.Role != "":
	case kind == Modic:
		opts.Role = RoleLesion
	case kind == DiscHeight:
		opts.Role = RoleDisc
	case kind == Alignment:
		opts.Role = RoleSacrum
	case kind == Listhesis:
		opts.Role = RoleSlip
	}
	t := template
	t.UID, t.Rev, t.Kind, t.Marks, t.Values, t.Scales, t.Suggestion, t.Deleted = NewUID(), 0, kind, nil, nil, nil, nil, false
	if opts.Extend != nil {
		t = *opts.Extend
	}
	if kind.Landmarks() {
		if len(opts.Names) == 0 {
			switch kind {
			case Alignment:
				opts.Names = AlignmentNames(opts.Role)
			case Listhesis:
				opts.Names = SlipNames(t.Level)
			default:
				opts.Names = cornersOf(t.Level)
			}
		}
		f.count = len(opts.Names)
		known = f.count > 0
	} else {
		opts.Names = nil
	}
	opts.Names = slices.Clone(opts.Names)
	p := &placer{form: f, opts: opts, annotation: t, done: !known}
	switch {
	case region(kind):
		return &closer{p}
	case kind == Alignment:
		return &partial{p}
	}
	return p
}

// placer fixes point after point.
type placer struct {
	form       form
	opts       PlacerOptions
	annotation Annotation // what the mark is added to

	image  ImageRef // of the points
	points []space.Pixel
	hover  *space.Pixel // where the next point would be
	down   bool         // the button is down since from
	from   space.Pixel
	shut   bool // the button is down on the first corner: the region is closed when it comes up
	done   bool
}

// closer is the placer of regions, which alone can be told to finish.
type closer struct{ *placer }

// partial is the placer of landmarks that come in pairs, of which the last ones may be missing: a film shows what it shows.
type partial struct{ *placer }

// Finish commits the pairs that are whole. Within a pair it does nothing.
func (t *partial) Finish() Step {
	switch n := len(t.points); {
	case t.done:
		return Step{Done: true}
	case n == 0 || n%2 != 0:
		return t.step()
	}
	return t.commit()
}

// Press fixes a point, or closes a region.
func (t *placer) Press(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	at, ok := p.onImage()
	if !ok || !t.here(p) {
		return t.step()
	}
	if t.full() { // the release of the last press never came: this one's completes
		t.down, t.from = true, at
		return t.step()
	}
	if len(t.points) == 0 {
		t.image = p.Image
	}
	t.down, t.shut, t.hover = true, false, nil
	if t.closes(at, p.Reach) {
		t.shut = true
		return t.step()
	}
	at = t.constrain(at, p)
	if t.fix(at, p.Reach) {
		t.from = at
	} else {
		t.from = t.points[len(t.points)-1]
	}
	return t.step()
}

// Move lets the next point follow the pointer, or the last one while the button is down on it.
func (t *placer) Move(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	if len(t.points) == 0 || !t.here(p) || !finite(p.At) {
		return t.step()
	}
	at := p.clamp(p.At)
	t.hover = nil
	if !t.closes(at, p.Reach) && !t.shut && (!t.down || at.Distance(t.from) > p.Reach) {
		at = t.constrain(at, p)
		t.hover = &at
	}
	return t.step()
}

// Release fixes a point where the button comes up far from where it went down, and commits what is complete.
func (t *placer) Release(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	if !t.down {
		return t.step()
	}
	t.down, t.hover = false, nil
	if t.shut {
		return t.commit()
	}
	if t.here(p) && finite(p.At) {
		if at := p.clamp(p.At); at.Distance(t.from) > p.Reach {
			switch {
			case t.closes(at, p.Reach):
				return t.commit()
			case t.full():
				last := len(t.points) - 1
				if moved := replaced(t.points, last, t.constrain(at, p)); t.form.valid(moved) {
					t.points = moved
				}
			default:
				t.fix(t.constrain(at, p), p.Reach)
			}
		}
	}
	if t.full() {
		return t.commit()
	}
	return t.step()
}

// Cancel gives the annotation up.
func (t *placer) Cancel() Step {
	t.done = true
	return Step{Done: true}
}

// Retract takes the last point back.
func (t *placer) Retract() Step {
	if t.done {
		return Step{Done: true}
	}
	t.down, t.shut = false, false
	if n := len(t.points); n > 0 {
		t.points = t.points[: n-1 : n-1]
	}
	if len(t.points) == 0 {
		t.hover = nil
	}
	return t.step()
}

// Finish closes the region with the corners that are fixed. With too few it does nothing.
func (t *closer) Finish() Step {
	switch {
	case t.done:
		return Step{Done: true}
	case !t.form.valid(t.points):
		return t.step()
	}
	return t.commit()
}

// here reports whether the pointer is on the image of the points.
func (t *placer) here(p Pointer) bool {
	if have, ok := t.annotation.Mark(t.opts.Role); ok && t.opts.Join && !have.Image.Same(p.Image) {
		return false
	}
	return len(t.points) == 0 || t.image.Same(p.Image)
}

// full reports whether all points are fixed.
func (t *placer) full() bool { return t.form.count > 0 && len(t.points) == t.form.count }

// closes reports whether a point at that place closes the region.
func (t *placer) closes(at space.Pixel, reach float64) bool {
	return t.form.count == 0 && t.form.valid(t.points) && at.Distance(t.points[0]) <= reach
}

// Parts of the reach within which a press is the second one of a double click, not a further point. Landmarks may lie close
// together, as the corners of a collapsed disc do.
const (
	sameMark     = 1.0 / 3
	sameLandmark = 1.0 / 8
)

// fix adds a point unless it repeats the last one or completes what is no figure.
func (t *placer) fix(at space.Pixel, reach float64) bool {
	near := sameMark
	if len(t.opts.Names) > 0 {
		near = sameLandmark
	}
	if n := len(t.points); n > 0 && at.Distance(t.points[n-1]) <= near*reach {
		return false
	}
	points := append(slices.Clip(t.points), at)
	if len(points) == t.form.count && !t.form.valid(points) {
		return false
	}
	t.points = points
	return true
}

// constrain applies Shift.
func (t *placer) constrain(at space.Pixel, p Pointer) space.Pixel {
	n := len(t.points)
	if t.full() {
		n-- // the last point is being dragged
	}
	if !p.Shift || n == 0 || t.annotation.Kind == Cobb && n == 2 {
		return at
	}
	from := t.points[n-1]
	switch {
	case t.form.box:
		return p.clamp(square(from, at, p.Image.Plane))
	case t.form.line:
		return p.clamp(aligned(from, at, p.Image.Plane))
	}
	return at
}

// step is the draft as it is, and what is asked for next.
func (t *placer) step() Step {
	points := t.points
	if t.hover != nil {
		if t.full() {
			points = replaced(points, len(points)-1, *t.hover)
		} else {
			points = append(slices.Clip(points), *t.hover)
		}
	}
	n := len(t.points)
	if t.full() {
		n--
	}
	s := Step{Prompt: t.form.prompt(n, t.opts)}
	if len(points) > 0 {
		a := t.with(points)
		s.Draft = &a
	}
	return s
}

func (t *placer) commit() Step {
	t.done = true
	after := t.with(t.points)
	return Step{Commit: &Edit{Before: t.opts.Extend, After: &after}, Done: true}
}

// with returns the annotation with the points in its mark.
func (t *placer) with(points []space.Pixel) Annotation {
	m := Mark{Image: t.image, Role: t.opts.Role, Points: slices.Clone(points)}
	if len(t.opts.Names) > 0 {
		m.Names = slices.Clone(t.opts.Names[:len(points)])
	}
	if have, ok := t.annotation.Mark(t.opts.Role); ok && t.opts.Join {
		m.Image, m.Proposal = have.Image, have.Proposal
		m.Names, m.Points = slices.Concat(have.Names, m.Names), slices.Concat(have.Points, m.Points)
	}
	return t.annotation.WithMark(m)
}

// replaced returns the points with another one at i.
func replaced(points []space.Pixel, i int, at space.Pixel) []space.Pixel {
	points = slices.Clone(points)
	points[i] = at
	return points
}
