package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// PDF writes the report on A4 pages, one whole report for each language. It writes nothing when it fails.
func PDF(w io.Writer, in Input) error {
	if len(in.Languages) == 0 {
		return errors.New("report: no language was given")
	}
	var texts []content
	for _, t := range in.Languages {
		texts = append(texts, contentIn(t, in))
	}
	// Once to count the pages, once to print them with their number. The images cost little: they are read only once.
	images := newImages()
	pages := 0
	for {
		p, err := newPaper(in, texts, images, pages)
		if err != nil {
			return err
		}
		p.print()
		if err := p.f.Error(); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		if n := p.f.PageCount(); n != pages {
			pages = n
			continue
		}
		if err := p.f.Output(w); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		return nil
	}
}

// paper is one printing of a report.
type paper struct {
	*sheet
	in     Input
	texts  []content
	t      Texts   // of the language that is printed now
	c      content // the same
	images *images
	pages  int // how many there are in all, 0 while that is not known
}

func newPaper(in Input, texts []content, images *images, pages int) (*paper, error) {
	g, err := newGlyphs()
	if err != nil {
		return nil, err
	}
	p := &paper{sheet: newSheet(g), in: in, texts: texts, images: images, pages: pages}
	p.onPage = p.foot
	f := p.f
	at := in.Date.UTC().Truncate(time.Second)
	f.SetCreationDate(at)
	f.SetModificationDate(at)
	first := in.Languages[0]
	f.SetLang(first.Language())
	f.SetTitle(first.T("report.title")+" - "+texts[0].Patient, true)
	f.SetAuthor(line(in.Author), true)
	f.SetCreator(line(in.Product), true)
	f.SetProducer(line(in.Product), true)
	return p, nil
}

func (p *paper) print() {
	for i, t := range p.in.Languages {
		p.t, p.c = t, p.texts[i]
		p.glyphs.lacked = nil
		p.newPage()
		p.masthead()
		p.question()
		p.levels()
		p.discPlots()
		p.lacks()
		p.exams()
		p.dossier()
		p.findings()
		p.pictures()
		p.signatures()
		p.legend()
	}
}

// foot is at the bottom of each page.
func (p *paper) foot() {
	y := pageHeight - marginBottom + 6
	p.f.SetDrawColor(hairline[0], hairline[1], hairline[2])
	p.f.SetLineWidth(0.2)
	p.f.Line(marginSide, y, pageWidth-marginSide, y)
	y += 1.6
	left := line(p.in.Product) + " · " + p.in.Date.Format(time.DateOnly)
	p.text(marginSide, y, p.fit(left, 55, footStyle), footStyle)
	// The name gives way, never the number.
	number := p.t.T("report.page", "", p.f.PageNo(), p.pages)
	name := p.fit(p.c.Patient, textWidth-60-p.width(number, footStyle), footStyle)
	right := p.t.T("report.page", name, p.f.PageNo(), p.pages)
	p.text(pageWidth-marginSide-p.width(right, footStyle), y, right, footStyle)
}

// masthead says what this is, about whom and by whom.
func (p *paper) masthead() {
	p.f.Bookmark(p.c.Title, 0, 0)
	p.fill(0, 0, pageWidth, 3, accent)
	p.y = 13
	p.paragraph(marginSide, textWidth, p.c.Title, titleStyle)
	p.y += 3
	top := p.y
	const gap = 8
	half := (textWidth - gap) / 2
	p.facts(marginSide, half, p.c.Person)
	bottom := p.y
	page := p.f.PageNo()
	p.y = top
	if p.f.PageNo() == page {
		p.facts(marginSide+half+gap, half, p.c.About)
	}
	if p.f.PageNo() == page {
		p.y = max(p.y, bottom)
	}
	p.y += 2.5
	// Once, plainly.
	lines := p.wrap(p.t.T("report.disclaimer"), textWidth-8, labelStyle.coloured(ink))
	h := float64(len(lines))*labelStyle.Leading + 3
	p.need(h)
	p.fill(marginSide, p.y, textWidth, h, tint)
	p.fill(marginSide, p.y, 1, h, accent)
	for i, l := range lines {
		p.text(marginSide+4, p.y+1.5+float64(i)*labelStyle.Leading, l, labelStyle.coloured(ink))
	}
	p.y += h
}

// facts sets labels with what they say beside them.
func (p *paper) facts(x, w float64, facts []fact) {
	const label = 30.0
	for _, f := range facts {
		said := bodyStyle
		if !f.Recorded {
			said = softStyle
		}
		left := p.wrap(f.Label, label-2, labelStyle)
		right := p.wrap(f.Text, w-label, said)
		if len(right) == 0 {
			right = []string{""}
		}
		p.need(bodyStyle.Leading)
		for i := range max(len(left), len(right)) {
			p.need(bodyStyle.Leading)
			if i < len(left) {
				p.text(x, p.y+0.35, left[i], labelStyle)
			}
			if i < len(right) {
				p.text(x+label, p.y, right[i], said)
			}
			p.y += bodyStyle.Leading
		}
		p.y += 0.6
	}
}

func (p *paper) question() {
	p.section(p.t.T("report.section.question"), 10)
	st := style{false, 10, 4.9, ink}
	if !p.c.Question.Recorded {
		st.Colour = soft
	}
	p.paragraph(marginSide, textWidth, p.c.Question.Text, st)
}

func toneStyle(t tone, base style) style {
	switch t {
	case strong:
		return base.bold()
	case muted:
		return base.coloured(soft)
	case gap:
		base.Leading = 1.6
	case small:
		return labelStyle.coloured(accent)
	case grey:
		return base.coloured(amber)
	}
	return base
}

func (p *paper) levels() {
	p.section(p.t.T("report.section.levels"), 20)
	p.facts(marginSide, textWidth, p.c.Numbering)
	for _, s := range p.c.Contradictions {
		p.paragraph(marginSide, textWidth, s, bodyStyle.coloured(amber))
	}
	p.y += 2
	columns := []column{{Head: p.t.T("report.col.level"), W: 17}, {Head: p.t.T("report.col.modic"), W: 47}, {Head: p.t.T("report.col.height"), W: 44}, {Head: p.t.T("report.col.instability"), W: 70}}
	if p.c.HasOther() {
		columns[1].W, columns[2].W, columns[3].W = 42, 38, 48
		columns = append(columns, column{Head: p.t.T("report.col.other"), W: 33})
	}
	var rows [][]cell
	small := style{false, 8, 3.9, ink}
	for _, r := range p.c.Levels {
		row := []cell{{{r.Level, boldStyle}}}
		for _, said := range [][]said{r.Modic, r.Height, r.Instability, r.Other}[:len(columns)-1] {
			var c cell
			for _, l := range said {
				c = append(c, setLine{l.Text, toneStyle(l.Tone, small)})
			}
			if len(c) == 0 {
				c = cell{{p.t.T("report.level.none"), small.coloured(soft)}}
			}
			row = append(row, c)
		}
		rows = append(rows, row)
	}
	p.table(marginSide, columns, rows)
}

func (p *paper) lacks() {
	p.section(p.t.T("report.section.missing"), 8)
	if len(p.c.Missing) == 0 {
		p.paragraph(marginSide, textWidth, p.t.T("report.missing.nothing"), bodyStyle)
		return
	}
	// In two columns, each item whole.
	const gap = 8
	half := (textWidth - gap) / 2
	for i := 0; i < len(p.c.Missing); i += 2 {
		var pair [2][]string
		h := 0.0
		for j := range pair {
			if i+j < len(p.c.Missing) {
				pair[j] = p.wrap(p.c.Missing[i+j], half-4, bodyStyle)
				h = max(h, float64(len(pair[j]))*bodyStyle.Leading)
			}
		}
		p.need(h)
		for j, lines := range pair {
			x := marginSide + float64(j)*(half+gap)
			if len(lines) > 0 {
				p.text(x, p.y, "•", bodyStyle.coloured(amber))
			}
			for k, l := range lines {
				p.text(x+4, p.y+float64(k)*bodyStyle.Leading, l, bodyStyle)
			}
		}
		p.y += h + 0.6
	}
}

func (p *paper) exams() {
	p.section(p.t.T("report.section.exams"), 16)
	if len(p.c.Exams) == 0 {
		p.paragraph(marginSide, textWidth, p.t.T("report.exams.none"), bodyStyle)
		return
	}
	columns := []column{{Head: p.t.T("report.col.date"), W: 22}, {Head: p.t.T("report.col.modality"), W: 20}, {Head: p.t.T("report.col.exam"), W: textWidth - 42}}
	var rows [][]cell
	for _, e := range p.c.Exams {
		exam := cell{{e.Description, cellStyle.bold()}}
		if e.Undescribed {
			exam[0].style = cellStyle.coloured(soft)
		}
		if len(e.Facts) > 0 {
			exam = append(exam, setLine{strings.Join(e.Facts, " · "), cellStyle})
		}
		for _, s := range e.Series {
			exam = append(exam, setLine{s, labelStyle})
		}
		rows = append(rows, []cell{{{e.Date, cellStyle}}, {{e.Modalities, cellStyle}}, exam})
	}
	p.table(marginSide, columns, rows)
	if p.c.Unread != "" {
		p.y += 1.2
		p.paragraph(marginSide, textWidth, p.c.Unread, cellStyle.coloured(amber))
	}
}

func (p *paper) dossier() {
	p.section(p.t.T("report.section.dossier"), 24)
	for i, g := range p.c.Dossier {
		if i > 0 {
			p.y += 1.6
		}
		p.need(itemStyle.Leading + 2*bodyStyle.Leading)
		p.paragraph(marginSide, textWidth, g.Title, itemStyle)
		p.y += 0.8
		var rows [][]cell
		for _, f := range g.Facts {
			st := cellStyle
			if !f.Recorded {
				st = st.coloured(soft)
			}
			rows = append(rows, []cell{{{f.Label, cellStyle.coloured(soft)}}, {{f.Text, st}}})
		}
		p.table(marginSide, []column{{W: 62}, {W: textWidth - 62}}, rows)
	}
}
