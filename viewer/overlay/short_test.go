package overlay

import (
	"image"
	"slices"
	"testing"

	"rachis/dicomio"
)

// Where a view is narrow the window's name goes, and never its numbers.
func TestShortLines(t *testing.T) {
	paint := func(l Line) []uint8 {
		img := image.NewRGBA(image.Rect(0, 0, 200, 200))
		var p Painter
		p.Paint(img, Picture{Image: []Line{l}}, 1)
		return img.Pix
	}
	en := Texts{Text: func(key string, args ...any) string {
		if key == "viewer.overlay.window" {
			return "Window 1198 / 599"
		}
		return key
	}}
	line := en.Image(State{Window: dicomio.Window{Center: 599, Width: 1198}, Preset: "0.5-99.5 % of the series"})[0]
	if len(line.Short) != 2 || line.Short[0] != "Window 1198 / 599" {
		t.Fatalf("the short lines are %q", line.Short)
	}
	if !slices.Equal(paint(line), paint(Line{Text: "Window 1198 / 599"})) {
		t.Error("200 pixels wide it is not the short line that is painted")
	}
	if least := (Line{Text: "a line that is too long by far", Short: []string{"a line that is too long", "W 9 / 5"}}); !slices.Equal(paint(least), paint(Line{Text: "W 9 / 5"})) {
		t.Error("where the short line does not fit either it is not the shortest that is painted")
	}
	if slices.Equal(paint(Line{Text: "ab", Short: []string{"a"}}), paint(Line{Text: "a"})) {
		t.Error("the short line is painted where the long one fits")
	}
}

// The times of an MR image are read whole also where the corner beside is four lines high and the view is narrow: Modic reading rests on them.
func TestTimesAreWholeInANarrowView(t *testing.T) {
	const w, h = 213, 400
	left := []Line{{Text: "Zoom 73 % reduced"}, {Text: "Window 1240 / 620"}, {Text: "Image 8 / 15 of 15"}, {Text: "719 (202, 236) px"}}
	times := "TR 4200 TE 44 TI 160 ms"
	paint := func(series ...Line) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		var p Painter
		p.Paint(img, Picture{Image: left, Series: series}, 1)
		return img
	}
	without, with, alone := paint(), paint(Line{Text: times}), image.NewRGBA(image.Rect(0, 0, w, h))
	var p Painter
	p.Paint(alone, Picture{Series: []Line{{Text: times}}}, 1)
	width := func(a, b *image.RGBA) int {
		first, last := w, 0
		for y := range h {
			for x := range w {
				if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
					first, last = min(first, x), max(last, x)
				}
			}
		}
		return last - first
	}
	if got, want := width(with, without), width(alone, image.NewRGBA(image.Rect(0, 0, w, h))); got != want || want < 100 {
		t.Errorf("the times are %d pixels wide, whole they are %d", got, want)
	}
}
