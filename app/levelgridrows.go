package app

import (
	"strings"

	"fyne.io/fyne/v2"

	"rachis/cases"
)

// breakLines breaks what the cells say into rows of text that fit the columns of a table so wide, in Fyne's units, at the size of texts that is
// chosen: a reading that ends in an ellipsis is not read. In a table without a width all stays on its line.
func (t *gridTable) breakLines(width float32) {
	t.large = grown(1)
	x := columnsOf(width)
	t.lines = make([][cases.GridColumns][]gridLine, len(t.said))
	for i := range t.said {
		for c, lines := range t.said[i] {
			for _, l := range lines {
				if room := x[c+1] - x[c] - gridSides; room > 0 {
					t.lines[i][c] = append(t.lines[i][c], l.broken(room)...)
				} else {
					t.lines[i][c] = append(t.lines[i][c], l)
				}
			}
		}
	}
}

// broken is a line as rows of at most a width, in Fyne's units, broken between words. A word that is wider is divided with a hyphen; a number never
// is, it ends in an ellipsis when it is painted.
func (l gridLine) broken(width float32) (out []gridLine) {
	fits := func(s string) bool {
		return fyne.MeasureText(s, grown(l.size), fyne.TextStyle{Bold: l.bold}).Width <= width
	}
	if fits(l.text) {
		return []gridLine{l}
	}
	row := l
	row.text = ""
	for _, word := range strings.Split(l.text, " ") {
		switch longer := row.text + " " + word; {
		case row.text == "":
			row.text = word
		case fits(longer):
			row.text = longer
		default:
			out = append(out, row)
			row.text = word
		}
		for !fits(row.text) && !strings.ContainsAny(row.text, "0123456789") {
			letters := []rune(row.text)
			n := len(letters) - 1
			for n > 1 && !fits(string(letters[:n])+"-") {
				n--
			}
			if n < 2 {
				break
			}
			part := row
			part.text = string(letters[:n]) + "-"
			out, row.text = append(out, part), string(letters[n:])
		}
	}
	return append(out, row)
}
