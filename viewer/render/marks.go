package render

import (
	"image"
	"image/color"
	"math"
	"strings"
	"sync"

	"rachis/dicomio/space"
)

// Marker paints marks: the one painter of the viewport, of exported pictures and of key images. It keeps its memory and
// belongs to one goroutine; the zero value is ready.
type Marker struct {
	brush     Brush
	lettering *Lettering
	heading   *Lettering // of captions, nil until there is one
	scale     float64
	points    []point
	curve     []point           // what a figure's points become
	broken    map[cut][]string  // texts in lines, as they were broken before
	placed    []image.Rectangle // of the texts so far
	captions  []image.Rectangle // of the captions so far
}

// Sizes of marks at scale 1, in pixels.
const (
	markWidth   = 1.5
	markText    = 13.0
	handleSize  = 3.5
	dashLength  = 6.0
	arcRadius   = 26.0
	arrowHead   = 11.0
	textOffset  = 8.0
	crossRadius = 5.0
	captionTop  = 26.0
	captionText = 15.0
)

// Draw paints shapes onto a picture. Geometry says where their image points lie on it; scale multiplies lines and text (0
// means 1; on a canvas it is pixels per unit). Texts are kept inside the picture.
func (m *Marker) Draw(img *image.RGBA, shapes []StyledShape, g Geometry, scale float64) {
	if !(scale > 0) || scale > 20 {
		scale = 1
	}
	if m.lettering == nil || m.scale != scale {
		m.lettering, m.heading, m.scale = NewLettering(markText*scale, false), nil, scale
		m.broken = map[cut][]string{}
	}
	m.brush.begin(img)
	for _, s := range shapes {
		if s.Type != "text" && s.Type != "caption" {
			m.shape(img, s, g, scale)
		}
	}
	m.placed, m.captions = m.placed[:0], m.captions[:0]
	// Texts lie on top of every line. One that stands for itself, such as the name of a level, never leaves its place, or it would
	// name another: the labels, which point to one side, make room for it, and those of what is in hand stand nearest to where they belong.
	for _, turn := range []struct{ fixed, selected bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		for _, s := range shapes {
			if s.Type == "text" && turn.fixed == (s.Toward == space.Pixel{}) && turn.selected == s.Selected {
				m.text(img, s, shapes, g, scale)
			}
		}
	}
	for _, s := range shapes {
		if s.Type == "caption" {
			m.caption(img, s, scale)
		}
	}
}

// markers serve Draw, so that one call of it does not build glyphs anew.
var markers = sync.Pool{New: func() any { return new(Marker) }}

// Draw paints shapes onto a picture as Marker.Draw does. It is safe for concurrent use on different pictures.
func Draw(img *image.RGBA, shapes []StyledShape, g Geometry, scale float64) {
	if len(shapes) == 0 {
		return
	}
	m := markers.Get().(*Marker)
	m.Draw(img, shapes, g, scale)
	markers.Put(m)
}

func (m *Marker) shape(img *image.RGBA, s StyledShape, g Geometry, scale float64) {
	radius := s.Width / 2
	if !(radius > 0) {
		radius = markWidth / 2
	}
	radius *= scale
	if s.Selected {
		radius *= 1.5
	}
	pts := m.points[:0]
	for _, p := range s.Points {
		x, y := g.ImageToScreen(p)
		pts = append(pts, point{x, y})
	}
	m.points = pts
	closed := false
	var head [3]point
	hasHead := false
	switch s.Type {
	case "polyline":
	case "polygon":
		closed = true
	case "ellipse":
		if len(pts) < 4 {
			return
		}
		m.curve = ellipse(m.curve[:0], pts)
		pts, closed = m.curve, true
	case "arc":
		if len(pts) < 3 {
			return
		}
		m.curve = arc(m.curve[:0], pts, arcRadius*scale)
		pts = m.curve
	case "arrow":
		if len(pts) < 2 {
			return
		}
		head, hasHead = arrow(pts[0], pts[1], arrowHead*scale)
	case "cross":
		if len(pts) < 1 {
			return
		}
		c, r := pts[0], crossRadius*scale
		m.stroke(img, []point{{c.x - r, c.y}, {c.x + r, c.y}}, false, radius, 0, s.Colour)
		m.points = append(pts[:0], point{c.x, c.y - r}, point{c.x, c.y + r})
		pts = m.points
	case "handle":
		for _, c := range pts {
			m.handle(img, c, scale, s)
		}
		return
	default:
		return
	}
	if len(pts) == 0 {
		return
	}
	dash := 0.0
	if s.Dashed {
		dash = dashLength * scale
	}
	m.stroke(img, pts, closed, radius, dash, s.Colour)
	if hasHead {
		m.brush.triangle(head[0], head[1], head[2])
		m.brush.end(img, s.Colour)
	}
}

func (m *Marker) stroke(img *image.RGBA, pts []point, closed bool, radius, dash float64, c color.NRGBA) {
	m.brush.line(pts, closed, radius+m.scale, dash)
	m.brush.end(img, halo)
	m.brush.line(pts, closed, radius, dash)
	m.brush.end(img, c)
}

func (m *Marker) handle(img *image.RGBA, c point, scale float64, s StyledShape) {
	if math.IsNaN(c.x) || math.IsNaN(c.y) || math.Abs(c.x) > 1e6 || math.Abs(c.y) > 1e6 {
		return
	}
	r := handleSize * scale
	corners := []point{{c.x - r, c.y - r}, {c.x + r, c.y - r}, {c.x + r, c.y + r}, {c.x - r, c.y + r}}
	if s.Selected {
		m.brush.box(c.x-r, c.y-r, c.x+r, c.y+r)
		m.brush.end(img, s.Colour)
	}
	m.stroke(img, corners, true, 0.6*scale, 0, s.Colour)
}

// ellipse appends the outline through the ends of two axes.
func ellipse(out, p []point) []point {
	c := point{(p[0].x + p[1].x + p[2].x + p[3].x) / 4, (p[0].y + p[1].y + p[2].y + p[3].y) / 4}
	ax, ay := (p[1].x-p[0].x)/2, (p[1].y-p[0].y)/2
	bx, by := (p[3].x-p[2].x)/2, (p[3].y-p[2].y)/2
	n := clampInt(int((math.Hypot(ax, ay)+math.Hypot(bx, by))/2), 24, 256)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out = append(out, point{c.x + float64(ax*cos) + float64(bx*sin), c.y + float64(ay*cos) + float64(by*sin)})
	}
	return out
}

// arc appends the smaller arc between the arms of an angle (from, vertex, to).
func arc(out, p []point, radius float64) []point {
	v := p[1]
	a0, a1 := math.Atan2(p[0].y-v.y, p[0].x-v.x), math.Atan2(p[2].y-v.y, p[2].x-v.x)
	d := math.Remainder(a1-a0, 2*math.Pi)
	r := math.Min(radius, 0.8*math.Min(math.Hypot(p[0].x-v.x, p[0].y-v.y), math.Hypot(p[2].x-v.x, p[2].y-v.y)))
	n := clampInt(int(math.Abs(d)*r/3), 4, 64)
	for i := 0; i <= n; i++ {
		sin, cos := math.Sincos(a0 + d*float64(i)/float64(n))
		out = append(out, point{v.x + float64(r*cos), v.y + float64(r*sin)})
	}
	return out
}

// arrow returns the head at the tip.
func arrow(tip, tail point, size float64) ([3]point, bool) {
	l := math.Hypot(tip.x-tail.x, tip.y-tail.y)
	if !(l > 0) || l > 1e9 {
		return [3]point{}, false
	}
	size = math.Min(size, l)
	ux, uy := (tip.x-tail.x)/l, (tip.y-tail.y)/l
	bx, by := tip.x-float64(ux*size), tip.y-float64(uy*size)
	k := size * 0.38
	return [3]point{tip, {bx - float64(uy*k), by + float64(ux*k)}, {bx + float64(uy*k), by - float64(ux*k)}}, true
}

// text paints the lines of a label on the side of its point that Toward says, else to the lower right, moved to stay inside the
// picture. Where the picture has no room on that side it stands above or below its mark, one of shapes, and does not cover it.
func (m *Marker) text(img *image.RGBA, s StyledShape, shapes []StyledShape, g Geometry, scale float64) {
	if s.Text == "" || len(s.Points) == 0 {
		return
	}
	lines := m.lines(s.Text, img.Rect.Dx()-4)
	w, h := 0, m.lettering.Height()*len(lines)
	for _, l := range lines {
		w = max(w, m.lettering.Width(l))
	}
	x, y := g.ImageToScreen(s.Points[0])
	if math.IsNaN(x) || math.IsNaN(y) || x < -1e4 || y < -1e4 || x > 1e5 || y > 1e5 {
		return
	}
	// A label whose point has left the picture goes with it.
	if x < 0 || y < 0 || x > float64(img.Rect.Dx()) || y > float64(img.Rect.Dy()) {
		return
	}
	cx, cy := x+textOffset*scale+float64(w)/2, y+textOffset*scale/2+float64(h)/2
	tx, ty := g.ImageToScreen(s.Points[0].Add(s.Toward))
	if l := math.Hypot(tx-x, ty-y); l > 0 && !math.IsInf(l, 0) { // the whole text lies beyond the point
		dx, dy := (tx-x)/l, (ty-y)/l
		off := textOffset*scale + math.Abs(dx)*float64(w)/2 + math.Abs(dy)*float64(h)/2
		cx, cy = x+float64(dx*off), y+float64(dy*off)
	}
	left := clampInt(int(cx-float64(w)/2), 2, max(2, img.Rect.Dx()-w-2))
	top := clampInt(int(cy-float64(h)/2), 2, max(2, img.Rect.Dy()-h-2))
	at := image.Rect(left-3, top-1, left+w+3, top+h+1)
	if s.Toward != (space.Pixel{}) {
		marked := len(m.placed)
		if math.Abs(float64(left)-(cx-float64(w)/2)) > 2 { // the edge has pushed it back
			if own := m.extent(s, shapes, g, x, y); own.Overlaps(at) {
				m.placed = append(m.placed, own)
			}
		}
		free := m.clear(at, img.Rect.Dy())
		m.placed = m.placed[:marked]
		if free != at { // a line leads back to what the text is about
			edge := point{min(max(x, float64(free.Min.X)), float64(free.Max.X)), float64(free.Min.Y)}
			if free.Min.Y < at.Min.Y {
				edge.y = float64(free.Max.Y)
			}
			m.stroke(img, []point{{x, y}, edge}, false, 0.5*scale, 0, s.Colour)
		}
		at = free
	}
	m.placed = append(m.placed, at)
	top = at.Min.Y + 1
	m.brush.box(float64(left-3), float64(top-1), float64(left+w+3), float64(top+h+1))
	m.brush.end(img, color.NRGBA{A: 110})
	for i, l := range lines {
		m.lettering.Paint(img, left, top+i*m.lettering.Height(), l, s.Colour)
	}
}

// extent is the rectangle of the figures in a text's colour that have the text's point, at (x, y), on them or within, empty where there is none.
func (m *Marker) extent(text StyledShape, shapes []StyledShape, g Geometry, x, y float64) (out image.Rectangle) {
	const near = 3
	at := image.Pt(int(x), int(y))
	for _, s := range shapes {
		if s.Colour != text.Colour || s.Type != "polygon" && s.Type != "polyline" && s.Type != "ellipse" {
			continue
		}
		var r image.Rectangle
		for _, p := range s.Points {
			px, py := g.ImageToScreen(p)
			if !(math.Abs(px) < 1e5 && math.Abs(py) < 1e5) {
				continue
			}
			q := image.Pt(int(px), int(py))
			r = r.Union(image.Rectangle{Min: q, Max: q.Add(image.Pt(1, 1))})
		}
		if at.In(r.Inset(-near)) {
			out = out.Union(r)
		}
	}
	return out
}

// cut is a text and how wide its lines may be.
type cut struct {
	text  string
	width int
}

// mostBroken bounds what is remembered of texts.
const mostBroken = 256

// lines breaks a text into its lines, twelve at most.
func (m *Marker) lines(text string, width int) []string {
	key := cut{text, width}
	lines, ok := m.broken[key]
	if ok {
		return lines
	}
	for l := range strings.SplitSeq(text, "\n") {
		lines = append(lines, m.lettering.Wrap(l, width)...)
	}
	if len(lines) > 12 {
		lines = lines[:12]
	}
	if len(m.broken) >= mostBroken {
		clear(m.broken)
	}
	m.broken[key] = lines
	return lines
}

// caption paints a text in the middle of the picture's upper edge, below the letter that stands there, and further captions below it.
func (m *Marker) caption(img *image.RGBA, s StyledShape, scale float64) {
	if m.heading == nil {
		m.heading = NewLettering(captionText*scale, true)
	}
	w, h := m.heading.Width(s.Text), m.heading.Height()
	left := (img.Rect.Dx() - w) / 2
	at := image.Rect(left-5, int(captionTop*scale), left+w+5, int(captionTop*scale)+h+2)
	for _, p := range m.captions {
		if p.Overlaps(at) {
			at = at.Add(image.Pt(0, p.Max.Y+1-at.Min.Y))
		}
	}
	m.captions = append(m.captions, at)
	m.brush.box(float64(at.Min.X), float64(at.Min.Y), float64(at.Max.X), float64(at.Max.Y))
	m.brush.end(img, color.NRGBA{A: 140})
	m.heading.Paint(img, left, at.Min.Y+1, s.Text, s.Colour)
}

// clear moves the place of a text up or down to where it covers no text that is there already; it stays where there is no such place
// nearby.
func (m *Marker) clear(at image.Rectangle, height int) image.Rectangle {
	free := func(r image.Rectangle) bool {
		for _, p := range m.placed {
			if p.Overlaps(r) {
				return false
			}
		}
		return true
	}
	step := at.Dy()/2 + 1
	for i := range 9 {
		for _, way := range []int{1, -1} {
			r := at.Add(image.Pt(0, way*i*step))
			if r.Min.Y >= 1 && r.Max.Y <= height-1 && free(r) {
				return r
			}
		}
	}
	return at
}
