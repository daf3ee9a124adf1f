package annotations

import "rachis/dicomio/space"

// NewPlacer returns the tool that makes annotations of the kind. New annotations are copied from template (Author, Level, Endplate, Label...).
// For Polygon and Modic regions a click near the first point, or Finish, closes.
func NewPlacer(kind Kind, template Annotation, opts PlacerOptions) Tool { return nil }

// PlacerOptions is what spine placers need to know.
type PlacerOptions struct {
	// Role of the mark that is being placed, and the landmark names to be placed in order.
	Role  string
	Names []string
	// Extend is an existing annotation that gets a further mark (the extension film after the flexion film, the reference disc after the disc).
	Extend *Annotation
}

// NewMover returns the tool that moves a handle or the whole of an existing annotation.
func NewMover(a Annotation) Tool { return nil }

// Hit finds the annotation under the point: handle >= 0 is the index of a point in the image's mark, -1 the whole.
func Hit(list []Annotation, p Pointer) (a Annotation, handle int, ok bool) {
	return Annotation{}, 0, false
}

// Shape is something to draw, in image coordinates of one image.
type Shape struct {
	Type   string // "polyline", "polygon", "ellipse" (4 points: ends of both axes), "arc" (3 points: from, vertex, to), "arrow" (tip, tail), "handle", "text", "cross"
	Points []space.Pixel
	Text   string // for "text"
	Dashed bool
}

// Shapes gives what is drawn of a on one image; label is the text beside it (made by app in the user's language).
func Shapes(a Annotation, image ImageRef, label string) []Shape { return nil }
