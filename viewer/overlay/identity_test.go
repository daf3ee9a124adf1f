package overlay

import (
	"image"
	"strings"
	"testing"
)

// Three views in a row on a small screen, at the largest texts: who it is is read whole, in as many rows as that takes. A name that is cut is
// another's name, and a birth date without its day is none.
func TestIdentityIsWholeInANarrowView(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		tt := texts(language)
		for _, level := range []Level{Full, Minimal} {
			for _, w := range []int{236, 250, 300} {
				const h, scale = 560, 1.4
				o := crowded(tt, w, h)
				o.Segments, o.Level, o.Reduced = nil, level, float64(w) < 220*scale
				o.Identity = tt.Identity(Subject{PatientName: "SPECIMEN-DESROCHERS^Marie-Ève^Antoinette", PatientID: "RX-000123456-2026-0042", BirthDate: "19701231", Sex: "F"})
				var p Painter
				img := grey(w, h)
				p.Paint(img, o, scale)
				whole := func(text string) bool {
					for _, r := range p.taken {
						if text == "" || r.Dx() != p.text.Width(text) || r.Dy() != p.text.Height() {
							continue
						}
						alone := grey(w, h)
						p.text.Paint(alone, r.Min.X, r.Min.Y, text, textColour)
						// The grounds of an accent and of a descender reach into the rows beside theirs.
						if inner := image.Rect(r.Min.X, r.Min.Y+r.Dy()/4, r.Max.X, r.Max.Y-r.Dy()/4); same(alone, img, inner) {
							return true
						}
					}
					return false
				}
				var shown func(text string) bool // in one row or several
				shown = func(text string) bool {
					if whole(text) {
						return true
					}
					for i := range text {
						if whole(strings.TrimSpace(text[:i])) && shown(strings.TrimSpace(text[i:])) {
							return true
						}
					}
					return false
				}
				for _, l := range o.Identity {
					if !shown(l.Text) {
						t.Errorf("%s, level %d, %d pixels wide: %q is not whole", language, level, w, l.Text)
					}
				}
				if n := p.Name(); n.Empty() || !image.Pt(p.px(margin), p.px(margin)).In(n) {
					t.Errorf("the name is at %v", n)
				}
			}
		}
	}
}

// Where the rows do not suffice a line of the identity ends in an ellipsis: half a number without one would be another number.
func TestIdentityIsNeverHalfALineWithoutASign(t *testing.T) {
	var p Painter
	const w = 120
	lh := func() int { p.Paint(grey(1, 1), Picture{}, 1); return p.text.Height() }()
	o := Picture{Identity: []Line{{Text: "SPECIMEN", Until: Off}, {Text: "ID 0001 0002 0003 0004 0005", Until: Minimal}}}
	img := grey(w, 2*(5+2*lh)+1) // two rows
	p.Paint(img, o, 1)
	if len(p.taken) != 2 || len(p.cuts) != 1 {
		t.Errorf("%d lines, %d of them shortened: want two and the number with an ellipsis", len(p.taken), len(p.cuts))
	}
}
