package handover

import (
	"slices"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/dicomio/space"
)

// maxShots is how many pictures a report has at the most: what reads as a report, and stays small enough to be sent.
const maxShots = 60

// shot is a picture to be made: the marks of one author, kind and level on one image, or a key image.
type shot struct {
	image    annotations.ImageRef
	level    string
	kind     annotations.Kind // of spine findings, "" for all others
	author   string
	findings []annotations.Annotation
	key      *cases.KeyImage
}

// shots lists the pictures: the key images, which a reviewer chose, then every image with marks in the order of the findings. A
// Modic finding shows on each weighting of its slice. What a key image shows already is not shown again. It tells how many are too
// many.
func (g *gatherer) shots() (out []shot, left int) {
	ordered := report.Order(g.c)
	for i := range g.c.KeyImages {
		k := &g.c.KeyImages[i]
		s := shot{image: k.Image, author: k.Author, key: k}
		for _, a := range ordered {
			if a.Kind != annotations.Levels && a.Author == k.Author && g.seen(a, k.Image) {
				s.findings = append(s.findings, a)
			}
		}
		s.level = commonLevel(s.findings)
		out = append(out, s)
	}
	keys := len(out)
	for _, a := range ordered {
		kind := a.Kind
		if !describe.Spine(kind) {
			kind = ""
		}
		for _, ref := range g.imagesOf(a) {
			at := slices.IndexFunc(out[keys:], func(s shot) bool {
				return s.author == a.Author && s.kind == kind && s.level == a.Level && s.image.Same(ref)
			})
			if at >= 0 {
				out[keys+at].findings = append(out[keys+at].findings, a)
				continue
			}
			if !slices.ContainsFunc(out[:keys], func(s shot) bool { return g.covers(s, a, ref) }) {
				out = append(out, shot{image: ref, level: a.Level, kind: kind, author: a.Author, findings: []annotations.Annotation{a}})
			}
		}
	}
	left = max(0, len(out)-maxShots)
	return out[:len(out)-left], left
}

// commonLevel is the level of all findings, "" where they differ.
func commonLevel(list []annotations.Annotation) string {
	for _, a := range list {
		if a.Level != list[0].Level {
			return ""
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[0].Level
}

// seen reports whether a finding is drawn on an image: on that of a mark, or on another that shows the same place.
func (g *gatherer) seen(a annotations.Annotation, ref annotations.ImageRef) bool {
	if src, ok := g.images.find(ref); ok {
		ref = src.ref() // with where it lies, as it is known now
	}
	return len(describe.Shapes(g.texts[0], []annotations.Annotation{a}, ref, "")) > 0
}

// imagesOf lists the images that a finding is seen on: those of its marks, in their order, then, of a Modic finding, the nearest
// slice of each other weighting in the same frame of reference.
func (g *gatherer) imagesOf(a annotations.Annotation) []annotations.ImageRef {
	var out []annotations.ImageRef
	add := func(r annotations.ImageRef) {
		if !slices.ContainsFunc(out, r.Same) {
			out = append(out, r)
		}
	}
	if a.Kind == annotations.Levels {
		return nil // they show on the pictures of the findings
	}
	for _, m := range a.Marks {
		if len(m.Points) > 0 { // a reading without a region has nothing to show
			add(m.Image)
		}
	}
	lesion, ok := a.Mark(annotations.RoleLesion)
	if a.Kind != annotations.Modic || !ok {
		return out
	}
	from, ok := g.images.find(lesion.Image)
	if !ok || len(lesion.Points) == 0 || !from.slice().Plane.Known() {
		return out
	}
	place := from.slice().Plane.ToPatient(centre(lesion.Points))
	seen := map[string]bool{from.stack.Weighting: true}
	for p, se := range g.images.index.Series() {
		for _, k := range se.Stacks {
			if k.FrameOfReferenceUID == "" || k.FrameOfReferenceUID != from.stack.FrameOfReferenceUID || k.Orientation != from.stack.Orientation ||
				k.Weighting == "" || seen[k.Weighting] {
				continue
			}
			at, ok := nearest(source{p.Study, se, k, 0}, place)
			if !ok {
				continue
			}
			other := source{p.Study, se, k, at}
			// Where the region is drawn is decided where it is drawn.
			if g.seen(a, other.ref()) {
				seen[k.Weighting] = true
				add(other.ref())
			}
		}
	}
	return out
}

// nearest returns the slice of a stack that lies nearest to a place.
func nearest(s source, place space.LPS) (at int, ok bool) {
	best := 0.0
	for i, sl := range s.stack.Slices {
		if !sl.Plane.Known() || sl.Instance.Undecodable != "" {
			continue
		}
		_, d := sl.Plane.FromPatient(place)
		if d = max(d, -d); !ok || d < best {
			at, best, ok = i, d, true
		}
	}
	return at, ok
}

// centre is the middle of points.
func centre(points []space.Pixel) (c space.Pixel) {
	for _, p := range points {
		c = c.Add(p)
	}
	n := float64(len(points))
	return space.Pixel{Col: c.Col / n, Row: c.Row / n}
}

// fewMarks is how many findings are still told apart on a picture of the whole image.
const fewMarks = 3

// covers reports whether a key image shows all of a finding's marks on the image, and not so many others that they are lost.
func (g *gatherer) covers(s shot, a annotations.Annotation, ref annotations.ImageRef) bool {
	if s.author != a.Author || !s.image.Same(ref) || len(s.findings) > fewMarks {
		return false
	}
	src, ok := g.images.find(ref)
	if !ok {
		return true // neither can be drawn: it is said once
	}
	f, err := g.images.header(src)
	if err != nil {
		return true
	}
	in := src.slice().Instance
	port, view := keyPort(in.Rows, in.Columns, aspect(src, f), s.key.View)
	geometry := port.Geometry(view)
	for _, p := range extent(describe.Shapes(g.texts[0], []annotations.Annotation{a}, ref, "")) {
		if x, y := geometry.ImageToScreen(p); x < 0 || y < 0 || x > float64(port.Width) || y > float64(port.Height) {
			return false
		}
	}
	return true
}
