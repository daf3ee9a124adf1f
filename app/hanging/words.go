package hanging

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// wordsOf splits a text into words of letters and digits, in small letters and without accents.
func wordsOf(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// says reports whether the words of a description have those of a text among them, side by side.
func says(have, want []string) bool {
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.Equal(have[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// Regions of the spine.
const (
	cervical = "C"
	thoracic = "T"
	lumbar   = "L"
)

var regionWords = map[string]string{
	"cspine": cervical, "cervical": cervical, "cervicale": cervical, "cerv": cervical,
	"tspine": thoracic, "thoracic": thoracic, "thoracique": thoracic, "dorsal": thoracic, "dorsale": thoracic,
	"lspine": lumbar, "lumbar": lumbar, "lombaire": lumbar, "lomb": lumbar, "lombosacre": lumbar, "lombosacree": lumbar, "lumbosacral": lumbar, "lsspine": lumbar,
}

// regionOf is the one region of the spine that texts name, of which the words are given, the first of them that names any; "" where none does or one
// names two.
func regionOf(texts ...[]string) string {
	for _, words := range texts {
		found := ""
		for i, w := range words {
			r := regionWords[w]
			if r == "" && i+1 < len(words) && (words[i+1] == "spine" || words[i+1] == "rachis") {
				r = map[string]string{"c": cervical, "t": thoracic, "l": lumbar}[w]
			}
			if r == "" {
				continue
			}
			if found != "" && found != r {
				return ""
			}
			found = r
		}
		if found != "" {
			return found
		}
	}
	return ""
}
