package report

import (
	"strings"

	"github.com/go-pdf/fpdf"
)

// Measures of the page, in millimetres: A4 upright.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	marginSide   = 16.0
	marginTop    = 16.0
	marginBottom = 20.0
	textWidth    = pageWidth - 2*marginSide
	floor        = pageHeight - marginBottom
)

type colour [3]int

var (
	ink      = colour{27, 36, 48}
	soft     = colour{92, 104, 117}
	hairline = colour{212, 219, 225}
	tint     = colour{242, 246, 248}
	accent   = colour{24, 88, 110}
	amber    = colour{146, 92, 0}
)

// style is how a piece of text is set. Size is in points, Leading the distance of lines in millimetres.
type style struct {
	Bold    bool
	Size    float64
	Leading float64
	Colour  colour
}

var (
	titleStyle   = style{true, 19, 8.4, ink}
	sectionStyle = style{true, 12, 5.6, accent}
	itemStyle    = style{true, 9.6, 4.7, ink}
	bodyStyle    = style{false, 9, 4.4, ink}
	boldStyle    = style{true, 9, 4.4, ink}
	softStyle    = style{false, 9, 4.4, soft}
	labelStyle   = style{false, 7.6, 3.8, soft}
	headStyle    = style{true, 7.6, 3.8, soft}
	cellStyle    = style{false, 8.2, 4, ink}
	footStyle    = style{false, 7.6, 3.8, soft}
)

func (s style) coloured(c colour) style { s.Colour = c; return s }
func (s style) bold() style             { s.Bold = true; return s }

// sheet sets text on pages from the top down. y is where the next thing goes.
type sheet struct {
	f      *fpdf.Fpdf
	glyphs *glyphs
	y      float64
	// onPage draws what each page has, at its foot and head.
	onPage func()
	// widths remembers the widths of characters, in thousandths of the size, by face.
	widths [2]map[rune]float64
}

func newSheet(g *glyphs) *sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetMargins(marginSide, marginTop, marginSide)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	f.SetCatalogSort(true)
	f.AddUTF8FontFromBytes("sans", "", regularFont)
	f.AddUTF8FontFromBytes("sans", "B", boldFont)
	return &sheet{f: f, glyphs: g, widths: [2]map[rune]float64{{}, {}}}
}

func (s *sheet) newPage() {
	s.f.AddPage()
	s.y = marginTop
	if s.onPage != nil {
		s.onPage()
	}
}

// room reports whether h millimetres are left on the page.
func (s *sheet) room(h float64) bool { return s.y+h <= floor }

// need begins a new page unless h millimetres are left on this one.
func (s *sheet) need(h float64) {
	if !s.room(h) {
		s.newPage()
	}
}

func (s *sheet) set(st style) {
	face := ""
	if st.Bold {
		face = "B"
	}
	s.f.SetFont("sans", face, st.Size)
	s.f.SetTextColor(st.Colour[0], st.Colour[1], st.Colour[2])
}

// width is how wide the text is set, in millimetres.
func (s *sheet) width(text string, st style) float64 {
	i := 0
	if st.Bold {
		i = 1
	}
	var w float64
	for _, r := range text {
		n, ok := s.widths[i][r]
		if !ok {
			s.set(st)
			n = s.f.GetStringWidth(string(r)) / st.Size
			s.widths[i][r] = n
		}
		w += n * st.Size
	}
	return w
}

// text puts one line with its baseline where a line of the style that begins at y has it.
func (s *sheet) text(x, y float64, text string, st style) {
	if text == "" {
		return
	}
	s.set(st)
	const capital = 0.3528 * 0.72 // mm a point, and how high capitals stand
	s.f.Text(x, y+(st.Leading+st.Size*capital)/2, text)
}

// wrap breaks text into lines that are at most w millimetres wide, at spaces and, where a word alone is wider, within it.
func (s *sheet) wrap(text string, w float64, st style) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s.glyphs.drawable(text), "\n") {
		current, have := "", 0.0
		for word := range strings.SplitSeq(paragraph, " ") {
			if word == "" {
				continue
			}
			long := s.width(word, st)
			gap := s.width(" ", st)
			if current != "" && have+gap+long <= w {
				current += " " + word
				have += gap + long
				continue
			}
			if current != "" {
				lines = append(lines, current)
			}
			for long > w {
				head, tail := s.split(word, w, st)
				lines = append(lines, head)
				word, long = tail, s.width(tail, st)
			}
			current, have = word, long
		}
		lines = append(lines, current)
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// split breaks a word that is wider than w: after a sign where words may be broken, else wherever w ends.
func (s *sheet) split(word string, w float64, st style) (head, tail string) {
	var have float64
	end, nice := 0, 0
	for i, r := range word {
		have += s.width(string(r), st)
		if have > w && i > 0 {
			break
		}
		end = i + len(string(r))
		if strings.ContainsRune("-/._,;:=\u00A0", r) {
			nice = end
		}
	}
	if nice > end/2 {
		end = nice
	}
	return word[:end], word[end:]
}

// fit cuts text with an ellipsis so that it is at most w millimetres wide.
func (s *sheet) fit(text string, w float64, st style) string {
	text = s.glyphs.drawable(text)
	if s.width(text, st) <= w {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && s.width(string(runes)+"…", st) > w {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// paragraph sets text within x and x+w, over as many pages as it takes.
func (s *sheet) paragraph(x, w float64, text string, st style) {
	for _, l := range s.wrap(text, w, st) {
		s.need(st.Leading)
		s.text(x, s.y, l, st)
		s.y += st.Leading
	}
}

// section begins a section that has at least h millimetres under its heading on the same page.
func (s *sheet) section(title string, h float64) {
	lines := s.wrap(title, textWidth, sectionStyle)
	s.y += 5
	s.need(float64(len(lines))*sectionStyle.Leading + 3 + h)
	s.f.Bookmark(title, 1, s.y)
	for _, l := range lines {
		s.text(marginSide, s.y, l, sectionStyle)
		s.y += sectionStyle.Leading
	}
	s.y += 0.6
	s.rule(marginSide, textWidth, accent, 0.35)
	s.y += 2.4
}

func (s *sheet) rule(x, w float64, c colour, thick float64) {
	s.f.SetDrawColor(c[0], c[1], c[2])
	s.f.SetLineWidth(thick)
	s.f.Line(x, s.y, x+w, s.y)
}

func (s *sheet) fill(x, y, w, h float64, c colour) {
	s.f.SetFillColor(c[0], c[1], c[2])
	s.f.Rect(x, y, w, h, "F")
}

// set text of a cell: a line with its style.
type setLine struct {
	text  string
	style style
}

// cell is what stands in one place of a table, in paragraphs.
type cell []setLine

// column of a table; W is in millimetres.
type column struct {
	Head  string
	W     float64
	Right bool // numbers stand at the right
}

const (
	cellPadX = 1.6
	cellPadY = 1.1
)

// table sets rows under a heading that is repeated on each page. A row that fits on a page is not broken.
func (s *sheet) table(x float64, columns []column, rows [][]cell) {
	head := make([][]setLine, len(columns))
	headed := false
	for i, c := range columns {
		for _, l := range s.wrap(c.Head, c.W-2*cellPadX, headStyle) {
			head[i] = append(head[i], setLine{l, headStyle})
			headed = true
		}
	}
	width := 0.0
	for _, c := range columns {
		width += c.W
	}
	heading := func() {
		if !headed {
			return
		}
		h := tallest(head)
		s.fill(x, s.y, width, h+2*cellPadY, tint)
		s.row(x, columns, head)
		s.rule(x, width, hairline, 0.2)
	}
	began := false
	for _, r := range rows {
		lines := make([][]setLine, len(columns))
		for i, c := range r {
			for _, p := range c {
				if p.text == "" {
					lines[i] = append(lines[i], p)
				}
				for _, l := range s.wrap(p.text, columns[i].W-2*cellPadX, p.style) {
					lines[i] = append(lines[i], setLine{l, p.style})
				}
			}
		}
		h := tallest(lines) + 2*cellPadY
		if !began {
			s.need(min(h, 40) + tallest(head) + 2*cellPadY)
			heading()
			began = true
		}
		whole := floor - marginTop - tallest(head) - 4*cellPadY
		if !s.room(h) && (h <= whole || !s.room(30)) {
			s.newPage()
			heading()
		}
		for {
			part, rest := s.cut(lines)
			s.row(x, columns, part)
			s.rule(x, width, hairline, 0.2)
			if rest == nil {
				break
			}
			lines = rest
			s.newPage()
			heading()
		}
	}
}

// cut parts a row's lines into those that fit on the page and the rest, nil for none.
func (s *sheet) cut(lines [][]setLine) (part, rest [][]setLine) {
	left := floor - s.y - 2*cellPadY
	if tallest(lines) <= left {
		return lines, nil
	}
	part, rest = make([][]setLine, len(lines)), make([][]setLine, len(lines))
	for i, column := range lines {
		h, n := 0.0, 0
		for n < len(column) && h+column[n].style.Leading <= left {
			h += column[n].style.Leading
			n++
		}
		part[i], rest[i] = column[:n], column[n:]
	}
	return part, rest
}

// row sets lines side by side and moves y below them.
func (s *sheet) row(x float64, columns []column, lines [][]setLine) {
	top := s.y + cellPadY
	for i, c := range columns {
		y := top
		for _, l := range lines[i] {
			at := x + cellPadX
			if c.Right {
				at = x + c.W - cellPadX - s.width(l.text, l.style)
			}
			s.text(at, y, l.text, l.style)
			y += l.style.Leading
		}
		x += c.W
	}
	s.y = top + tallest(lines) + cellPadY
}

func tallest(lines [][]setLine) float64 {
	h := 0.0
	for _, column := range lines {
		sum := 0.0
		for _, l := range column {
			sum += l.style.Leading
		}
		h = max(h, sum)
	}
	return h
}
