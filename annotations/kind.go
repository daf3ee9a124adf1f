package annotations

import (
	"strconv"
	"strings"

	"rachis/dicomio/space"
)

// form is what a kind of annotation is made of: how many points, what each is called when it is asked for, and which
// points are a figure.
type form struct {
	count  int  // points of a mark; 0 means that a hand decides: the figure is closed
	line   bool // points come in pairs or chains that Shift aligns
	box    bool // two points that are opposite corners
	prompt func(n int, p PlacerOptions) []string
	valid  func(points []space.Pixel) bool
}

// forms are the kinds that NewPlacer knows. Landmarks are here without a count, which is that of their names.
var forms = map[Kind]form{
	Distance:    {count: 2, line: true, prompt: numbered("prompt.point", "2"), valid: apart},
	Angle:       {count: 3, line: true, prompt: numbered("prompt.angle"), valid: apart},
	Cobb:        {count: 4, line: true, prompt: cobbPrompt, valid: twoLines},
	Rectangle:   {count: 2, box: true, prompt: numbered("prompt.box"), valid: boxed},
	Ellipse:     {count: 2, box: true, prompt: numbered("prompt.box"), valid: boxed},
	Polygon:     {prompt: polygonPrompt, valid: closable},
	Arrow:       {count: 2, line: true, prompt: numbered("prompt.arrow"), valid: apart},
	Text:        {count: 1, prompt: func(int, PlacerOptions) []string { return []string{"prompt.text"} }, valid: anywhere},
	Modic:       {prompt: regionPrompt, valid: closable},
	DiscHeight:  {prompt: cornerPrompt, valid: anywhere},
	Instability: {prompt: cornerPrompt, valid: anywhere},
	Alignment:   {prompt: cornerPrompt, valid: anywhere},
	Listhesis:   {prompt: cornerPrompt, valid: anywhere},
	Calibration: {count: 2, line: true, prompt: numbered("prompt.known"), valid: apart},

	FacetEffusion: {count: 2, line: true, prompt: numbered("prompt.effusion"), valid: apart},
}

// numbered asks for point n with its number, counted from 1, and the arguments after it.
func numbered(key string, more ...string) func(int, PlacerOptions) []string {
	return func(n int, _ PlacerOptions) []string { return append([]string{key, strconv.Itoa(n + 1)}, more...) }
}

func cobbPrompt(n int, _ PlacerOptions) []string {
	return []string{"prompt.cobb", strconv.Itoa(n/2 + 1), strconv.Itoa(n%2 + 1)}
}

func polygonPrompt(n int, _ PlacerOptions) []string {
	if n >= 3 {
		return []string{"prompt.polygon.close"}
	}
	return []string{"prompt.polygon"}
}

func regionPrompt(n int, o PlacerOptions) []string {
	if n >= 3 {
		return []string{"prompt.region.close", o.Role}
	}
	return []string{"prompt.region", o.Role}
}

func cornerPrompt(n int, o PlacerOptions) []string {
	vertebra, corner, _ := strings.Cut(o.Names[n], ".")
	return []string{"prompt.corner", vertebra, corner}
}

// Landmarks reports whether the points of a kind are named landmarks: corners of vertebrae, and circles of femoral heads.
func (k Kind) Landmarks() bool {
	return k == DiscHeight || k == Instability || k == Alignment || k == Listhesis
}

// region reports whether the points of a kind are the corners of a closed figure.
func region(k Kind) bool { return k == Polygon || k == Modic }

func anywhere([]space.Pixel) bool { return true }

// apart reports that no point lies on the one before it: a line has a direction.
func apart(points []space.Pixel) bool {
	for i := 1; i < len(points); i++ {
		if points[i] == points[i-1] {
			return false
		}
	}
	return true
}

func twoLines(points []space.Pixel) bool {
	return len(points) == 4 && apart(points[:2]) && apart(points[2:])
}

// boxed reports that a box is at least one pixel wide and high: a smaller one may hold no pixel's centre.
func boxed(points []space.Pixel) bool {
	if len(points) != 2 {
		return false
	}
	d := points[1].Sub(points[0])
	return max(d.Col, -d.Col) >= 1 && max(d.Row, -d.Row) >= 1
}

// flat is how far from a line, in pixels, the corners of a region may lie and still be no region.
const flat = 0.01

// closable reports that the corners are three or more and not all on one line. Nothing is asked of the area, which is 0 for
// an eight that is drawn crosswise.
func closable(points []space.Pixel) bool {
	if len(points) < 3 {
		return false
	}
	far := points[0]
	for _, p := range points {
		if p.Distance(points[0]) > far.Distance(points[0]) {
			far = p
		}
	}
	for _, p := range points {
		if offLine(p, points[0], far) > flat {
			return true
		}
	}
	return false
}

// offLine is how far p lies from the line through a and b, 0 where a is b.
func offLine(p, a, b space.Pixel) float64 {
	d, e := b.Sub(a), p.Sub(a)
	l := a.Distance(b)
	if !(l > 0) {
		return 0
	}
	area := d.Col*e.Row - d.Row*e.Col
	return max(area, -area) / l
}
