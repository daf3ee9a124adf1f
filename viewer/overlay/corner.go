package overlay

import "image"

// corner is a corner of the picture.
type corner int

const (
	topLeft corner = iota
	topRight
	bottomLeft
	bottomRight
)

func (c corner) top() bool  { return c == topLeft || c == topRight }
func (c corner) left() bool { return c == topLeft || c == bottomLeft }

// row is a line's place: free from x0 to x1.
type row struct{ y, x0, x1 int }

// corner paints the lines of one corner where there is room, in their order. When there are fewer rows than lines, those of
// the highest rank are left out.
func (p *Painter) corner(img *image.RGBA, lines []Line, level Level, c corner) {
	rows := p.room(img, c)
	n := 0
	for _, l := range lines {
		if p.wants(l, level, c) {
			n++
		}
	}
	drop := max(0, n-len(rows))
	// From the edge inward: the rows nearest to it are taken, and a row is passed over only for a line that fits whole into one
	// of the next, while there are rows to spare.
	next, spare := 0, min(len(rows)-(n-drop), mostPassed)
	for k := range lines {
		i := k
		if !c.top() {
			i = len(lines) - 1 - k
		}
		l := lines[i]
		if !p.wants(l, level, c) || p.worse(lines, i, level, c) >= n-drop {
			continue
		}
		words := l.Text
		passed, whole := p.fitting(rows[next:next+spare+1], words)
		for i := 0; !whole && i < len(l.Short); i++ {
			words = l.Short[i]
			passed, whole = p.fitting(rows[next:next+spare+1], words)
		}
		if whole {
			next, spare = next+passed, spare-passed
		}
		r := rows[next]
		next++
		text := p.shorten(words, r.x1-r.x0)
		if text == "" {
			continue
		}
		x := r.x0
		if !c.left() {
			x = r.x1 - p.text.Width(text)
		}
		p.write(img, x, r.y, text, colourOf(l))
	}
}

// wants reports whether a line is painted at a level, where there is room.
func (p *Painter) wants(l Line, level Level, c corner) bool {
	most := 1
	if c == bottomLeft {
		most = 2 // what lies under the cursor is asked for
	}
	return l.Until >= level && l.Text != "" && (!p.reduced || l.Rank <= most || l.Until >= Minimal)
}

// fitting returns the first of the rows that a text fits whole into; false for none.
func (p *Painter) fitting(rows []row, text string) (int, bool) {
	wide := p.text.Width(text)
	for i, r := range rows {
		if wide <= r.x1-r.x0 {
			return i, true
		}
	}
	return 0, false
}

// mostPassed is how many rows of a corner may stay empty between its lines, so that they stand together.
const mostPassed = 5

// worse counts the lines that are kept before line i.
func (p *Painter) worse(lines []Line, i int, level Level, c corner) (n int) {
	for j, l := range lines {
		if p.wants(l, level, c) && (l.Rank < lines[i].Rank || l.Rank == lines[i].Rank && j < i) {
			n++
		}
	}
	return n
}

// room lists the rows of a corner that have room for a line, from the edge to the middle of the picture.
func (p *Painter) room(img *image.RGBA, c corner) []row {
	w, h, m, lh := img.Rect.Dx(), img.Rect.Dy(), p.px(margin), p.text.Height()
	p.rows = p.rows[:0]
	for i := range (h/2 - m) / lh {
		r := row{y: m + i*lh, x0: m, x1: w - m}
		if !c.top() {
			r.y = h - m - (i+1)*lh
		}
		// The bottom left corner leaves the right one a good half. Who it is, at the top left, goes before all else.
		if c == bottomLeft {
			r.x1 = min(r.x1, w*11/20)
		}
		for _, t := range p.taken {
			if t.Min.Y >= r.y+lh || t.Max.Y <= r.y {
				continue
			}
			if c.left() {
				r.x1 = min(r.x1, t.Min.X-p.px(gap))
			} else {
				r.x0 = max(r.x0, t.Max.X+p.px(gap))
			}
		}
		if r.x1-r.x0 >= p.px(narrowest) {
			p.rows = append(p.rows, r)
		}
	}
	return p.rows
}
