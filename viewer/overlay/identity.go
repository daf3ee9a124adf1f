package overlay

import (
	"image"
	"strings"
)

// mostNameRows is how many rows a long name may take.
const mostNameRows = 3

// name paints the first line of the identity, for which all else makes room, and returns the other lines. A name that is wider than the picture
// goes on in the next rows, within the upper third of the picture, and ends in an ellipsis only where they do not suffice.
func (p *Painter) name(img *image.RGBA, o Picture) []Line {
	p.named = image.Rectangle{}
	if len(o.Identity) == 0 {
		return nil
	}
	m, lh := p.px(margin), p.text.Height()
	width := img.Rect.Dx() - 2*m
	rest := o.Identity[0].Text
	for i, most := 0, max(1, min((img.Rect.Dy()/3-m)/lh, mostNameRows)); i < most && rest != ""; i++ {
		words := rest
		if rest = ""; i < most-1 {
			words, rest = p.row(words, width)
		}
		if text := p.shorten(words, width); text != "" {
			p.write(img, m, m+i*lh, text, colourOf(o.Identity[0]))
			p.named = p.named.Union(p.taken[len(p.taken)-1])
		}
	}
	if p.named.Empty() {
		p.take(image.Rect(m, m, m+1, m+lh)) // the row is kept: a line below must not be taken for the name
	}
	return o.Identity[1:]
}

// row splits a line of the identity where a row of a width ends. It is not split where not even a letter fits.
func (p *Painter) row(text string, width int) (first, rest string) {
	if p.text.Width(text) <= width {
		return text, ""
	}
	end, next := p.breakLine(text, width)
	if p.text.Width(text[:end]) > width {
		return text, ""
	}
	return strings.TrimSpace(text[:end]), strings.TrimSpace(text[next:])
}

// wrappedIdentity breaks the lines of the identity under the name that are wider than the picture, each into as many rows as it takes. Where that makes
// more rows than there are in the upper half they stay as they are, to end in an ellipsis: half a number without one would be another number.
func (p *Painter) wrappedIdentity(img *image.RGBA, lines []Line, level Level) []Line {
	width := img.Rect.Dx() - 2*p.px(margin)
	p.identity = p.identity[:0]
	n := 0
	for _, l := range lines {
		first, rest := p.row(l.Text, width)
		for {
			part := l
			part.Text = first
			if rest != "" || first != l.Text {
				part.Short = nil
			}
			p.identity = append(p.identity, part)
			if p.wants(part, level, topLeft) {
				n++
			}
			if rest == "" {
				break
			}
			first, rest = p.row(rest, width)
		}
	}
	if n > len(p.room(img, topLeft)) {
		return lines
	}
	return p.identity
}
