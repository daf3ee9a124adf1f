package render

import (
	"image"
	"image/color"
	"testing"
)

// A letter that the font has not is seen as a box: a name that is not there at all is taken for none.
func TestLettersOfOtherScriptsAreSeen(t *testing.T) {
	for _, bold := range []bool{false, true} {
		l := NewLettering(16, bold)
		ink := func(text string) (n int) {
			img := image.NewRGBA(image.Rect(0, 0, 200, 40))
			l.Paint(img, 4, 4, text, color.NRGBA{255, 255, 255, 255})
			for i := 0; i < len(img.Pix); i += 4 {
				if img.Pix[i] > 128 {
					n++
				}
			}
			return n
		}
		for _, text := range []string{"山", "홍", "أ", "א", "ก", "\u202e"} {
			if ink(text) < 10 || l.Width(text) < 5 {
				t.Errorf("%q leaves %d pixels on %d", text, ink(text), l.Width(text))
			}
			if two := ink(text + text); two < 2*ink(text)-4 {
				t.Errorf("two of %q leave %d pixels, one %d", text, two, ink(text))
			}
		}
		for _, text := range []string{" ", "\u00a0", "\u3000", "\u0301"} {
			if ink(text) != 0 {
				t.Errorf("%q is drawn", text)
			}
		}
	}
	for text, want := range map[string]bool{"Élodie, Ж Ω ß ł": true, "Yamada 山田": false, "": true} {
		if Draws(text) != want {
			t.Errorf("%q is drawn with letters of ours: %v", text, !want)
		}
	}
}
