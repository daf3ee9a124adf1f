package report

import (
	_ "embed" // the fonts
	"fmt"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
)

// Noto Sans, under the SIL Open Font License (font/LICENSE.txt), which lets documents embed it. It has the Latin, Greek and
// Cyrillic scripts.
var (
	//go:embed font/NotoSans-Regular.ttf
	regularFont []byte
	//go:embed font/NotoSans-Bold.ttf
	boldFont []byte
)

// replacement stands for a character that the font lacks.
const replacement = '\uFFFD'

// spellings are characters that the font lacks and that have another way to be written.
var spellings = strings.NewReplacer("≥", ">=", "≤", "<=", "≠", "!=", "≈", "~", "→", "->", "←", "<-", "\u2212", "-", "\u2010", "-")

// glyphs knows what the font can draw, and collects what it could not.
type glyphs struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	has    map[rune]bool
	lacked []rune
}

func newGlyphs() (*glyphs, error) {
	f, err := sfnt.Parse(regularFont)
	if err != nil {
		return nil, fmt.Errorf("report: font: %w", err)
	}
	return &glyphs{font: f, has: map[rune]bool{'\n': true}}, nil
}

// drawable returns s with each character that the font lacks replaced by a sign that is seen. The PDF writer keeps no
// characters beyond the basic multilingual plane.
func (g *glyphs) drawable(s string) string {
	return strings.Map(func(r rune) rune {
		ok, asked := g.has[r]
		if !asked {
			i, err := g.font.GlyphIndex(&g.buffer, r)
			ok = err == nil && i != 0 && r < 0xFFFF
			g.has[r] = ok
		}
		if ok {
			return r
		}
		if !slices.Contains(g.lacked, r) {
			g.lacked = append(g.lacked, r)
		}
		return replacement
	}, spellings.Replace(s))
}

// lackedNames names at most a dozen of the characters that were replaced: "U+5C71 U+7530".
func (g *glyphs) lackedNames() string {
	const most = 12
	var names []string
	for i, r := range g.lacked {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(names, " ")
}
