package report

import (
	"fmt"
	"html/template"
	"strings"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/profile"
)

// discPlot is the heights of one reviewer's discs over the levels, as the PDF and the page draw them.
type discPlot struct {
	Title  string
	Plot   profile.Plot
	Values []string // of the series that is shown, by level
	Notes  []string // changes beyond the limits of agreement
	Legend []string // of Plot.Legend
	Alt    string   // the plot in words
	ticks  []string
}

// leastPlotted is how many discs make a profile.
const leastPlotted = 2

// discPlots are the profiles of DHI7 that the report shows: of each reviewer the latest examination on which two discs or more were measured, with the
// one before. DHI7 is the method that is shown first: it needs no calibration.
func discPlots(t Texts, c cases.Case) []discPlot {
	dates := map[string]string{}
	for _, s := range c.Studies {
		dates[s.UID] = s.Date
	}
	all := profile.All(c.Findings, dates)
	changes := profile.Changes(c.Findings, dates)
	var out []discPlot
	done := map[string]bool{}
	name := func(s profile.Series) string {
		parts := []string{day(s.Date)}
		if parts[0] == "" {
			parts[0] = t.T("report.undated")
		}
		if s.Kind != "" {
			parts = append(parts, known(t, "profile.kind."+s.Kind, s.Kind))
		}
		return strings.Join(append(parts, line(s.Author)), " · ")
	}
	for _, s := range all {
		if done[s.Author] || len(s.Discs) < leastPlotted {
			continue
		}
		done[s.Author] = true
		in := profile.Input{Quantity: profile.Quantities[0], Current: s, Said: func(s profile.Series) []any { return []any{name(s)} }}
		if p, ok := profile.Prior(all, s); ok {
			in.Prior = &p
		}
		d := discPlot{Title: t.T("profile.report.title", name(s)), Plot: profile.Make(in)}
		for _, v := range d.Plot.Ticks() {
			d.ticks = append(d.ticks, t.Number(v, d.Plot.Decimals()))
		}
		var said []string
		for _, level := range d.Plot.Levels {
			text := "—"
			if v, ok := profile.Value(s.Discs[level], d.Plot.Quantity); ok {
				text = bare(t, v)
				said = append(said, level+"\u00A0: "+text)
				if profile.Perpendicular(v) {
					text += " *"
				}
			}
			d.Values = append(d.Values, text)
			if x, ok := changes[s.Discs[level].UID]; ok && s.Discs[level].Kind == annotations.DiscHeight {
				d.Notes = append(d.Notes, level+" · "+GridChange(t, x))
			}
		}
		d.Alt = d.Title + ". " + strings.Join(said, ", ")
		for _, e := range d.Plot.Legend {
			d.Legend = append(d.Legend, t.T("profile."+e.Key, e.Args...))
		}
		out = append(out, d)
	}
	return out
}

// plotColours are the colours of marks by what they stand for.
var plotColours = map[profile.Role]colour{
	profile.Zone: {250, 238, 210}, profile.Pooled: {240, 242, 244}, profile.Range: {226, 230, 233}, profile.Published: {110, 118, 126}, profile.Limit: {176, 122, 24},
	profile.Expected: {0, 118, 86}, profile.Before: soft, profile.Other: {176, 58, 28}, profile.Current: accent,
}

// pen draws on a page, in millimetres.
type pen interface {
	line(x0, y0, x1, y1, width float64, c colour, dashed bool)
	box(x, y, w, h float64, c colour)
	disc(x, y, r, width float64, c colour, filled bool)
	write(x, y float64, text string, st style, align float64) // align 0: from x, 0.5: about it, 1: to it
}

// Sizes of a plot, in millimetres.
const (
	plotAxis   = 12.0
	plotHeight = 46.0
	plotBelow  = 9.0
	legendRow  = 4.0
)

// height is how much room a plot takes, its legend and notes included.
func (d discPlot) height() float64 {
	return 5.6 + plotHeight + plotBelow + legendRow*float64(len(d.Legend)+len(d.Notes)) + 2
}

// draw draws the plot and its legend into a width, from y down.
func (d discPlot) draw(p pen, x, y, width float64) {
	plot := d.Plot
	left, w := x+plotAxis, width-plotAxis-2
	at := func(col, value float64) (float64, float64) {
		part := (min(max(value, plot.Low), plot.High) - plot.Low) / (plot.High - plot.Low)
		return left + w*col/float64(len(plot.Levels)), y + plotHeight*(1-part)
	}
	for i, v := range plot.Ticks() {
		_, ty := at(0, v)
		p.line(left, ty, left+w, ty, 0.15, hairline, false)
		p.write(left-1.5, ty-1.6, d.ticks[i], labelStyle, 1)
	}
	for _, m := range plot.Marks {
		x0, y0 := at(m.X0, m.Y0)
		x1, y1 := at(m.X1, m.Y1)
		plotMark(p, m.Shape, m.Role, x0, y0, x1, y1)
	}
	for i, level := range plot.Levels {
		cx, _ := at(float64(i)+0.5, 0)
		p.write(cx, y+plotHeight+1, level, headStyle.coloured(ink), 0.5)
		p.write(cx, y+plotHeight+4.8, d.Values[i], labelStyle.coloured(ink), 0.5)
	}
	ly := y + plotHeight + plotBelow + 0.6
	for i, e := range plot.Legend {
		x0, x1, ym := x+1, x+8, ly+1.5
		switch e.Shape {
		case profile.Line, profile.Dashed:
			plotMark(p, e.Shape, e.Role, x0, ym, x1, ym)
		case profile.Box:
			plotMark(p, e.Shape, e.Role, x0, ym-1, x1, ym+1)
		default:
			plotMark(p, e.Shape, e.Role, (x0+x1)/2, ym, 0, 0)
		}
		p.write(x+10, ly, d.Legend[i], labelStyle.coloured(ink), 0)
		ly += legendRow
	}
	for _, n := range d.Notes {
		p.write(x+10, ly, n, labelStyle.bold().coloured(amber), 0)
		ly += legendRow
	}
}

// plotMark draws a mark of a plot.
func plotMark(p pen, shape profile.Shape, role profile.Role, x0, y0, x1, y1 float64) {
	c := plotColours[role]
	width := 0.25
	if role == profile.Current || role == profile.Expected {
		width = 0.45
	}
	const r = 0.9
	joined := func(at ...float64) {
		for i := 2; i+1 < len(at); i += 2 {
			p.line(x0+r*at[i-2], y0+r*at[i-1], x0+r*at[i], y0+r*at[i+1], width, c, false)
		}
	}
	switch shape {
	case profile.Line, profile.Dashed:
		p.line(x0, y0, x1, y1, width, c, shape == profile.Dashed)
	case profile.Box:
		p.box(min(x0, x1), min(y0, y1), max(x0, x1)-min(x0, x1), max(y0, y1)-min(y0, y1), c)
	case profile.Interval:
		p.line(x0, y0, x1, y1, width, c, false)
		p.line(x0-0.8, y0, x0+0.8, y0, width, c, false)
		p.line(x1-0.8, y1, x1+0.8, y1, width, c, false)
	case profile.Dot, profile.Ring:
		p.disc(x0, y0, r, 0.3, c, shape == profile.Dot)
	case profile.Diamond:
		joined(0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0, 0, -1.2)
	case profile.Square:
		joined(-1, -1, 1, -1, 1, 1, -1, 1, -1, -1)
	case profile.Triangle:
		joined(0, -1.1, 1, 0.9, -1, 0.9, 0, -1.1)
	case profile.Cross:
		joined(-1, -1, 1, 1)
		joined(-1, 1, 1, -1)
	}
}

// discPlots sets the plots on the paper, each whole.
func (p *paper) discPlots() {
	for _, d := range p.c.DiscPlots {
		p.need(d.height() + 3)
		p.y += 3
		p.paragraph(marginSide, textWidth, d.Title, itemStyle)
		p.y += 1.5
		d.draw(paperPen{p}, marginSide, p.y, textWidth)
		p.y += d.height() - 5.6
	}
}

// paperPen draws on paper.
type paperPen struct{ p *paper }

func (q paperPen) line(x0, y0, x1, y1, width float64, c colour, dashed bool) {
	f := q.p.f
	f.SetDrawColor(c[0], c[1], c[2])
	f.SetLineWidth(width)
	if dashed {
		f.SetDashPattern([]float64{1.2, 0.8}, 0)
	}
	f.Line(x0, y0, x1, y1)
	if dashed {
		f.SetDashPattern([]float64{}, 0)
	}
}

func (q paperPen) box(x, y, w, h float64, c colour) { q.p.fill(x, y, w, h, c) }

func (q paperPen) disc(x, y, r, width float64, c colour, filled bool) {
	f := q.p.f
	f.SetDrawColor(c[0], c[1], c[2])
	f.SetLineWidth(width)
	how := "FD"
	if filled {
		f.SetFillColor(c[0], c[1], c[2])
	} else {
		f.SetFillColor(255, 255, 255)
	}
	f.Circle(x, y, r, how)
}

func (q paperPen) write(x, y float64, text string, st style, align float64) {
	text = q.p.fit(text, textWidth-10, st)
	q.p.text(x-align*q.p.width(text, st), y, text, st)
}

// SVG is the plot for the page: drawn, and in words for who does not see it.
func (d discPlot) SVG() template.HTML {
	q := &svgPen{}
	d.draw(q, 0, 2, textWidth)
	// Everything in it is a number, a colour of ours or escaped text.
	return template.HTML(fmt.Sprintf(`<svg class="plot" viewBox="0 0 %g %.1f" role="img" aria-label="%s">%s</svg>`, textWidth, d.height()-2, template.HTMLEscapeString(d.Alt), q.b.String()))
}

// svgPen writes the elements of a drawing.
type svgPen struct{ b strings.Builder }

func rgbText(c colour) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

func (q *svgPen) line(x0, y0, x1, y1, width float64, c colour, dashed bool) {
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="1.2 0.8"`
	}
	fmt.Fprintf(&q.b, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" stroke="%s" stroke-width="%g"%s/>`, x0, y0, x1, y1, rgbText(c), width, dash)
}

func (q *svgPen) box(x, y, w, h float64, c colour) {
	fmt.Fprintf(&q.b, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"/>`, x, y, w, h, rgbText(c))
}

func (q *svgPen) disc(x, y, r, width float64, c colour, filled bool) {
	fill := "#ffffff"
	if filled {
		fill = rgbText(c)
	}
	fmt.Fprintf(&q.b, `<circle cx="%.2f" cy="%.2f" r="%g" fill="%s" stroke="%s" stroke-width="%g"/>`, x, y, r, fill, rgbText(c), width)
}

func (q *svgPen) write(x, y float64, text string, st style, align float64) {
	anchor := map[float64]string{0.5: ` text-anchor="middle"`, 1: ` text-anchor="end"`}[align]
	weight := ""
	if st.Bold {
		weight = ` font-weight="600"`
	}
	size := st.Size * 25.4 / 72
	fmt.Fprintf(&q.b, `<text x="%.2f" y="%.2f" font-size="%.2f" fill="%s"%s%s>%s</text>`, x, y+size, size, rgbText(st.Colour), anchor, weight, template.HTMLEscapeString(text))
}
