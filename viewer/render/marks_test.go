package render

import (
	"image"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

func shape(kind, text string, points ...float64) annotations.Shape {
	s := annotations.Shape{Type: kind, Text: text}
	for i := 0; i+1 < len(points); i += 2 {
		s.Points = append(s.Points, space.Pixel{Col: points[i], Row: points[i+1]})
	}
	return s
}

// allShapes are one of each kind, on an image of 64 x 64.
func allShapes() []StyledShape {
	yellow, blue := color.NRGBA{255, 220, 60, 255}, color.NRGBA{90, 200, 250, 255}
	dashed := shape("polyline", "", 4, 60, 30, 50, 60, 60)
	dashed.Dashed = true
	toward := shape("text", "toward", 32, 32)
	toward.Toward = space.Pixel{Col: -1}
	return []StyledShape{
		{Shape: shape("text", "L4-L5\nDisc 8.2 mm", 40, 4), Colour: yellow}, // texts lie on top, wherever they stand in the list
		{Shape: shape("polyline", "", 2, 2, 20, 8), Colour: yellow},
		{Shape: shape("polygon", "", 4, 14, 16, 12, 18, 22, 6, 24), Colour: blue, Width: 3},
		{Shape: shape("ellipse", "", 24, 16, 38, 16, 31, 12, 31, 20), Colour: yellow, Selected: true},
		{Shape: shape("arc", "", 50, 20, 46, 30, 60, 34), Colour: blue},
		{Shape: shape("arrow", "", 10, 34, 24, 44), Colour: yellow},
		{Shape: shape("cross", "", 34, 42), Colour: blue},
		{Shape: shape("handle", "", 44, 40, 50, 44), Colour: yellow},
		{Shape: shape("handle", "", 56, 42), Colour: yellow, Selected: true},
		{Shape: dashed, Colour: blue},
		{Shape: toward, Colour: blue},
		{Shape: shape("text", "kept inside the picture", 63, 63), Colour: yellow},
	}
}

func TestMarksGolden(t *testing.T) {
	for _, c := range []struct {
		name  string
		view  annotations.View
		scale float64
	}{{"marks", annotations.View{}, 1}, {"marks_turned", annotations.View{Turn: 1, Flip: true, Zoom: 1.5}, 0}, {"marks_scaled", annotations.View{}, 2}} {
		v := Viewport{Rows: 64, Columns: 64, Width: 256, Height: 256}
		img := image.NewRGBA(image.Rect(0, 0, 256, 256))
		for i := range img.Pix {
			img.Pix[i] = 90
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		Draw(img, allShapes(), v.Geometry(c.view), c.scale)
		golden(t, c.name, img, 2) // lines and letters are computed in floating point
	}
}

// A mark lies on the pixels that it marks, whichever way they are turned.
func TestMarksFollowThePixels(t *testing.T) {
	f := grey12()
	for i := range f.Values {
		f.Values[i] = 0
	}
	f.Values[5*f.Columns+9] = 4095
	for turn := range 4 {
		for _, flip := range []bool{false, true} {
			view := annotations.View{Turn: turn, Flip: flip, Center: 2000, Width: 4000, NoInterpolation: true}
			plain := Image(f, view, 160, 160, Options{})
			marked := Image(f, view, 160, 160, Options{Shapes: []StyledShape{{Shape: shape("cross", "", 9.5, 5.5), Colour: color.NRGBA{R: 255, A: 255}}}})
			var sx, sy, sn, mx, my, mn float64
			for y := range 160 {
				for x := range 160 {
					if plain.RGBAAt(x, y).R > 128 {
						sx, sy, sn = sx+float64(x), sy+float64(y), sn+1
					}
					if c := marked.RGBAAt(x, y); c.R > 200 && c.G < 60 {
						mx, my, mn = mx+float64(x), my+float64(y), mn+1
					}
				}
			}
			if sn == 0 || mn == 0 || math.Abs(sx/sn-mx/mn) > 0.6 || math.Abs(sy/sn-my/mn) > 0.6 {
				t.Errorf("turn %d flip %v: the pixel is at (%g, %g), its mark at (%g, %g)", turn, flip, sx/sn, sy/sn, mx/mn, my/mn)
			}
		}
	}
}

// Shapes from hostile files: no number, absurdly far, too few points. Nothing panics, and nothing takes long.
func TestHostileShapes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	img := image.NewRGBA(image.Rect(0, 0, 50, 40))
	g := Viewport{Rows: 10, Columns: 10, Width: 50, Height: 40}.Geometry(annotations.View{})
	var shapes []StyledShape
	for _, kind := range []string{"polyline", "polygon", "ellipse", "arc", "arrow", "cross", "handle", "text", "", "unheard of"} {
		for _, points := range [][]float64{nil, {1, 1}, {1, 1, 1, 1}, {nan, 1, 1, nan}, {inf, 1, -inf, 2, 3, 4, 5, 6}, {-1e300, 0, 1e300, 1, 2, 1e300, 3, -1e300}, {-1e8, -1e8, 1e8, 1e8, 1e8, -1e8, 0, 1e7}, {5, 5, 5, 5, 5, 5, 5, 5}} {
			for _, dash := range []bool{false, true} {
				s := shape(kind, strings.Repeat("line\n", 100)+"\x00\u202e\uffff", points...)
				s.Dashed = dash
				s.Toward = space.Pixel{Col: nan, Row: inf}
				shapes = append(shapes, StyledShape{Shape: s, Colour: color.NRGBA{255, 0, 0, 255}, Width: 3}, StyledShape{Shape: s, Width: nan, Selected: true})
			}
		}
	}
	Draw(img, shapes, g, 1)
	Draw(img, shapes, Geometry{}, nan)
	Draw(image.NewRGBA(image.Rectangle{}), shapes, g, 1)
}

func TestDrawIsSafeForConcurrentUse(t *testing.T) {
	g := Viewport{Rows: 64, Columns: 64, Width: 128, Height: 128}.Geometry(annotations.View{})
	paint := func(scale float64) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 128, 128))
		Draw(img, allShapes(), g, scale)
		return img
	}
	one, two := paint(1), paint(2)
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 10 {
				want, scale := one, 1.0
				if i%2 == 1 {
					want, scale = two, 2
				}
				if worst, _ := distance(paint(scale), want); worst > 0 {
					t.Error("pictures differ")
				}
			}
		}()
	}
	all.Wait()
}

func TestLettering(t *testing.T) {
	l := NewLettering(13, false)
	if l.Width("") != 0 || l.Width("iiii") >= l.Width("MMMM") || NewLettering(26, false).Width("Modic") < 2*l.Width("Modic")-4 || NewLettering(13, true).Width("Modic") <= l.Width("Modic") {
		t.Error("widths are wrong")
	}
	if got := l.Shorten("short", 1000); got != "short" {
		t.Errorf("%q", got)
	}
	for width := range 120 {
		got := l.Shorten("Discopathie L5-S1 évoluée", width)
		if l.Width(got) > width {
			t.Fatalf("%q is %d wide, not %d", got, l.Width(got), width)
		}
		if got != "" && got != "…" && !strings.HasSuffix(got, "…") {
			t.Fatalf("%q was cut without saying so", got)
		}
	}
	// A label that is too wide is broken between words, and loses none.
	for width := 60; width < 300; width++ {
		lines := l.Wrap("L4-L5 perte de hauteur 37,3 %", width)
		for _, s := range lines {
			if l.Width(s) > width {
				t.Fatalf("%q is %d wide, not %d", s, l.Width(s), width)
			}
		}
		if got := strings.Join(lines, " "); got != "L4-L5 perte de hauteur 37,3 %" {
			t.Fatalf("within %d it reads %q", width, got)
		}
	}
	// Accents have glyphs of their own, and so have the signs of measurements.
	for _, r := range "éèêëàâçîïôûùœÉÀÇŒ°±×µ²³–—’«»…ΔαΩ≤≥" {
		if g, none := l.glyph(r), l.glyph('\uffff'); len(g.ink) == 0 || string(g.ink) == string(none.ink) {
			t.Errorf("%q has no glyph", r)
		}
	}
	// All that is painted lies between the top and the height below it, and within the width but for the halo.
	img := image.NewRGBA(image.Rect(0, 0, 300, 60))
	l.Paint(img, 20, 20, "ÀÉgjpqy|[]", color.NRGBA{255, 255, 255, 255})
	touched := false
	for y := range 60 {
		for x := range 300 {
			if img.RGBAAt(x, y).A != 0 {
				touched = true
				if y < 19 || y > 20+l.Height() || x < 18 || x > 22+l.Width("ÀÉgjpqy|[]") {
					t.Fatalf("(%d, %d) is painted", x, y)
				}
			}
		}
	}
	if !touched {
		t.Error("nothing is painted")
	}
	// Hostile text does not fill the memory, and does not steer the direction.
	for r := rune(0); r < 3*maxGlyphs; r++ {
		l.Width(string(r))
	}
	if len(l.glyphs) > maxGlyphs {
		t.Errorf("%d glyphs are kept", len(l.glyphs))
	}
	if l.Width("\u202e") != l.Width("\ufffd") {
		t.Error("a direction character is let through")
	}
}

// Texts that would lie on each other are moved apart; a text alone stays where it belongs.
func TestTextsDoNotCoverEachOther(t *testing.T) {
	g := Viewport{Rows: 200, Columns: 200, Width: 200, Height: 200}.Geometry(annotations.View{})
	one := StyledShape{Shape: annotations.Shape{Type: "text", Text: "L4-L5 Modic 1", Points: []space.Pixel{{Col: 50, Row: 100}}, Toward: space.Pixel{Col: 1}}, Colour: color.NRGBA{R: 255, A: 255}}
	other := one
	other.Text, other.Colour = "L4-L5 Modic 2", color.NRGBA{G: 255, A: 255}
	paint := func(shapes ...StyledShape) (m Marker) {
		m.Draw(image.NewRGBA(image.Rect(0, 0, 200, 200)), shapes, g, 1)
		return m
	}
	alone, both := paint(other), paint(one, other, one, other)
	if len(alone.placed) != 1 || len(both.placed) != 4 {
		t.Fatalf("%d and %d texts", len(alone.placed), len(both.placed))
	}
	// A line leads from a text that was moved back to its point: in the second text's colour between the first text and its own.
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	var m Marker
	m.Draw(img, []StyledShape{one, other}, g, 1)
	x, y := g.ImageToScreen(one.Points[0])
	led := false
	for dx := -2; dx <= 2; dx++ {
		c := img.RGBAAt(int(x)+dx, int(y)+2)
		led = led || c.G > 60 && c.R < 60
	}
	if !led {
		t.Error("no line leads back from the text that was moved")
	}
	if both.placed[0] != alone.placed[0] {
		t.Errorf("the first text went from %v to %v", alone.placed[0], both.placed[0])
	}
	for i, a := range both.placed {
		for _, b := range both.placed[:i] {
			if a.Overlaps(b) {
				t.Errorf("%v lies on %v", a, b)
			}
		}
		if !a.In(image.Rect(0, 0, 200, 200)) {
			t.Errorf("%v leaves the picture", a)
		}
	}
}

// The name of a level stays where it was put, whatever lies there; labels make room for it.
func TestTextsThatStandForThemselvesStay(t *testing.T) {
	g := Viewport{Rows: 200, Columns: 200, Width: 200, Height: 200}.Geometry(annotations.View{})
	level := StyledShape{Shape: annotations.Shape{Type: "text", Text: "L4", Points: []space.Pixel{{Col: 50, Row: 100}}}}
	label := level
	label.Text, label.Toward = "L4-L5 Modic 1", space.Pixel{Col: 1}
	paint := func(shapes ...StyledShape) (m Marker) {
		m.Draw(image.NewRGBA(image.Rect(0, 0, 200, 200)), shapes, g, 1)
		return m
	}
	alone, crowded := paint(level), paint(label, label, level)
	if crowded.placed[0] != alone.placed[0] {
		t.Errorf("the level went from %v to %v", alone.placed[0], crowded.placed[0])
	}
	for _, l := range crowded.placed[1:] {
		if l.Overlaps(alone.placed[0]) {
			t.Errorf("a label at %v lies on the level at %v", l, alone.placed[0])
		}
	}
}

// A label that the edge of the picture pushes back stands above or below its own mark, which stays to be seen.
func TestLabelAtTheEdgeLeavesItsMarkFree(t *testing.T) {
	g := Viewport{Rows: 200, Columns: 200, Width: 200, Height: 200}.Geometry(annotations.View{})
	orange := color.NRGBA{R: 255, G: 160, A: 255}
	lesion := StyledShape{Shape: shape("polygon", "", 120, 100, 150, 100, 150, 110, 120, 110), Colour: orange}
	label := StyledShape{Shape: annotations.Shape{Type: "text", Text: "L4-L5 inf. endpl. Modic ?", Points: []space.Pixel{{Col: 150, Row: 105}}, Toward: space.Pixel{Col: 1}}, Colour: orange}
	within := image.Rect(120, 100, 151, 111)
	for _, toward := range []float64{1, -1} {
		label.Toward.Col = toward
		if toward < 0 { // the other edge
			lesion.Points = shape("polygon", "", 50, 100, 80, 100, 80, 110, 50, 110).Points
			label.Points, within = []space.Pixel{{Col: 50, Row: 105}}, image.Rect(50, 100, 81, 111)
		}
		var m Marker
		m.Draw(image.NewRGBA(image.Rect(0, 0, 200, 200)), []StyledShape{lesion, label}, g, 1)
		if len(m.placed) != 1 || m.placed[0].Overlaps(within) || !m.placed[0].In(image.Rect(-3, 0, 203, 200)) {
			t.Errorf("toward %v the label stands at %v, the mark at %v", toward, m.placed, within)
		}
		if d := min(absDiff(m.placed[0].Max.Y, within.Min.Y), absDiff(m.placed[0].Min.Y, within.Max.Y)); d > 24 {
			t.Errorf("the label stands %d pixels from its mark", d)
		}
	}
}

func absDiff(a, b int) int { return max(a-b, b-a) }

// What is in hand is named nearest to where it is, whatever stands before it in the list.
func TestLabelInHandStandsNearest(t *testing.T) {
	g := Viewport{Rows: 200, Columns: 200, Width: 200, Height: 200}.Geometry(annotations.View{})
	other := StyledShape{Shape: annotations.Shape{Type: "text", Text: "L4-L5", Points: []space.Pixel{{Col: 50, Row: 100}}, Toward: space.Pixel{Col: 1}}}
	hand := other
	hand.Selected = true
	var alone, both Marker
	alone.Draw(image.NewRGBA(image.Rect(0, 0, 200, 200)), []StyledShape{hand}, g, 1)
	both.Draw(image.NewRGBA(image.Rect(0, 0, 200, 200)), []StyledShape{other, hand}, g, 1)
	if both.placed[0] != alone.placed[0] || both.placed[1] == alone.placed[0] {
		t.Errorf("alone at %v, with another at %v", alone.placed, both.placed)
	}
}
