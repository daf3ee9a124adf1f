package report

import "strings"

func (p *paper) findings() {
	first := 8.0
	if len(p.c.Findings) > 0 {
		first = together(p.c.Findings[0])
	}
	p.section(p.t.T("report.section.findings"), first)
	if len(p.c.Findings)+len(p.c.Others) == 0 {
		p.paragraph(marginSide, textWidth, p.t.T("report.findings.none"), bodyStyle)
		return
	}
	for i, f := range p.c.Findings {
		if i > 0 {
			p.y += 3.4
		}
		p.finding(f)
	}
	p.others()
}

// others are the marks without a grade, a row each.
func (p *paper) others() {
	if len(p.c.Others) == 0 {
		return
	}
	if len(p.c.Findings) > 0 {
		p.y += 3.4
	}
	p.need(25)
	p.paragraph(marginSide, textWidth, p.t.T("report.others"), itemStyle)
	p.y += 1
	columns := []column{{Head: p.t.T("report.col.mark"), W: 56}, {Head: p.t.T("report.col.value"), W: 36}, {Head: p.t.T("report.col.basis"), W: 38}, {Head: p.t.T("report.col.by"), W: textWidth - 130}}
	var rows [][]cell
	for _, o := range p.c.Others {
		mark := cell{{o.Title, cellStyle}}
		if o.Note != "" {
			mark = append(mark, setLine{o.Note, labelStyle.coloured(ink)})
		}
		if o.Conflict != "" {
			mark = append(mark, setLine{o.Conflict, labelStyle.coloured(amber)})
		}
		var values, basis cell
		for i := range o.Values {
			values, basis = append(values, setLine{o.Values[i], cellStyle.bold()}), append(basis, setLine{o.Basis[i], labelStyle})
		}
		if len(values) == 0 {
			values = cell{{p.t.T("report.ci.none"), cellStyle.coloured(soft)}}
		}
		rows = append(rows, []cell{mark, values, basis, {{o.By, labelStyle}}})
	}
	p.table(marginSide, columns, rows)
}

// together is how many millimetres the head, the numbers and the criteria of a finding take about, which stay together
// where a page holds them.
func together(f finding) float64 {
	h := 35 + 6.2*float64(len(f.Values)+len(f.ByImage.Rows))
	if len(f.ByImage.Rows) > 0 {
		h += 8
	}
	if len(f.Criteria) > 0 {
		h += 8 + 6.2*float64(len(f.Criteria))
	}
	return min(h, 150)
}

func (p *paper) finding(f finding) {
	p.need(together(f))
	page, top := p.f.PageNo(), p.y
	p.paragraph(marginSide, textWidth, f.Title, itemStyle)
	p.paragraph(marginSide, textWidth, f.By, labelStyle)
	if p.f.PageNo() == page {
		p.fill(marginSide-3, top+0.6, 0.8, p.y-top-1.2, accent)
	}
	p.y += 1
	if f.Decision != "" || f.Suggestion != "" {
		p.verdicts(f)
	} else if f.Rule != "" { // of what has no grade
		p.paragraph(marginSide+cellPadX, textWidth-cellPadX, f.Rule, labelStyle)
		p.y += 1
	}
	if f.ImagesFirst {
		p.byImage(f)
		p.values(f)
	} else {
		p.values(f)
		p.byImage(f)
	}
	if len(f.Criteria) > 0 {
		columns := []column{{Head: p.t.T("report.col.set"), W: 60}, {Head: p.t.T("report.col.limit"), W: 70}, {Head: p.t.T("report.col.verdict"), W: textWidth - 130}}
		var rows [][]cell
		for _, c := range f.Criteria {
			rows = append(rows, []cell{{{c.Set, cellStyle}}, {{c.Limit, cellStyle}}, {{c.Verdict, toneStyle(c.Tone, cellStyle)}}})
		}
		p.table(marginSide, columns, rows)
		p.y += 1.6
	}
	p.remark(p.t.T("report.alerts"), f.Alerts, amber)
	p.remark(p.t.T("report.warnings"), f.Warnings, ink)
	if f.Conflict != "" {
		p.remark(p.t.T("report.alerts"), []string{f.Conflict}, amber)
	}
	if f.Note != "" {
		p.remark(p.t.T("report.note"), strings.Split(f.Note, "\n"), ink)
	}
}

func (p *paper) values(f finding) {
	if len(f.Values) == 0 {
		return
	}
	columns := []column{{Head: p.t.T("report.col.quantity"), W: 58}, {Head: p.t.T("report.col.value"), W: 18, Right: true}, {Head: p.t.T("report.col.ci"), W: 18, Right: true},
		{Head: p.t.T("report.col.unit"), W: 12}, {Head: p.t.T("report.col.basis"), W: 36}, {Head: p.t.T("report.col.method"), W: textWidth - 142}}
	var rows [][]cell
	for _, v := range f.Values {
		rows = append(rows, []cell{{{v.Quantity, cellStyle}}, {{v.Number, cellStyle.bold()}}, {{v.CI, cellStyle}}, {{v.Unit, cellStyle}}, {{v.Basis, labelStyle}}, {{v.Method, labelStyle}}})
	}
	p.table(marginSide, columns, rows)
	p.y += 1.6
}

// byImage sets the values that each image has, a column an image.
func (p *paper) byImage(f finding) {
	n := len(f.ByImage.Images)
	if n == 0 {
		return
	}
	each := min(24, 54/float64(n))
	columns := []column{{Head: p.t.T("report.col.quantity"), W: textWidth - each*float64(n) - 76}}
	for _, image := range f.ByImage.Images {
		columns = append(columns, column{Head: image, W: each, Right: true})
	}
	columns = append(columns, column{Head: p.t.T("report.col.unit"), W: 13}, column{Head: p.t.T("report.col.basis"), W: 30}, column{Head: p.t.T("report.col.method"), W: 33})
	var rows [][]cell
	for _, r := range f.ByImage.Rows {
		row := []cell{{{r.Quantity, cellStyle}}}
		for _, number := range r.Numbers {
			row = append(row, cell{{number, cellStyle.bold()}})
		}
		rows = append(rows, append(row, cell{{r.Unit, cellStyle}}, cell{{r.Basis, labelStyle}}, cell{{r.Method, labelStyle}}))
	}
	p.table(marginSide, columns, rows)
	p.y += 1.6
}

// verdicts sets the reviewer's decision and the suggestion side by side.
func (p *paper) verdicts(f finding) {
	decision := cell{{p.t.T("report.decision"), labelStyle}}
	st := style{true, 9.6, 4.6, accent}
	if !f.Decided {
		st.Colour = amber
	}
	decision = append(decision, setLine{f.Decision, st})
	suggestion := cell{{p.t.T("report.suggestion"), labelStyle}}
	if f.Suggestion == "" {
		suggestion = append(suggestion, setLine{p.t.T("report.suggestion.none"), cellStyle.coloured(soft)})
	} else {
		suggestion = append(suggestion, setLine{f.Suggestion, style{false, 9.6, 4.6, ink}})
	}
	for _, s := range []string{f.Alternatives, f.Rule} {
		if s != "" {
			suggestion = append(suggestion, setLine{s, labelStyle})
		}
	}
	p.table(marginSide, []column{{W: 60}, {W: textWidth - 60}}, [][]cell{{decision, suggestion}})
	p.y += 1.6
}

func (p *paper) remark(label string, lines []string, c colour) {
	for i, l := range lines {
		if i > 0 {
			label = ""
		}
		p.labelled(label, l, cellStyle.coloured(c))
	}
}

func (p *paper) labelled(label, text string, st style) {
	const w = 24.0
	for i, l := range p.wrap(text, textWidth-w-cellPadX, st) {
		p.need(st.Leading)
		if i == 0 {
			p.text(marginSide+cellPadX, p.y, p.fit(label, w-2, labelStyle), labelStyle)
		}
		p.text(marginSide+w, p.y, l, st)
		p.y += st.Leading
	}
}

func (p *paper) pictures() {
	if len(p.c.Pictures) == 0 {
		p.section(p.t.T("report.section.pictures"), 8)
		p.paragraph(marginSide, textWidth, p.t.T("report.pictures.none"), bodyStyle)
		return
	}
	const gap, tallestPicture = 6.0, 108.0
	half := (textWidth - gap) / 2
	type placed struct {
		name     string
		w, h     float64
		captions []setLine
	}
	var all []placed
	for _, x := range p.c.Pictures {
		var one placed
		name, iw, ih, ok := p.images.place(p.f, x.Data)
		if ok {
			one.name = name
			scale := min(half/iw, tallestPicture/ih)
			one.w, one.h = iw*scale, ih*scale
		}
		for _, l := range p.wrap(x.Title, half, cellStyle.bold()) {
			one.captions = append(one.captions, setLine{l, cellStyle.bold()})
		}
		for _, l := range p.wrap(x.Series, half, labelStyle) {
			one.captions = append(one.captions, setLine{l, labelStyle})
		}
		for _, n := range x.Notes {
			for _, l := range p.wrap(n, half, labelStyle) {
				one.captions = append(one.captions, setLine{l, labelStyle.coloured(amber)})
			}
		}
		if !ok {
			for _, l := range p.wrap(x.broken(p.t), half, cellStyle) {
				one.captions = append(one.captions, setLine{l, cellStyle.coloured(amber)})
			}
		}
		for _, l := range p.wrap(x.Caption, half, cellStyle) {
			one.captions = append(one.captions, setLine{l, cellStyle})
		}
		all = append(all, one)
	}
	for i := 0; i < len(all); i += 2 {
		pair := all[i:min(i+2, len(all))]
		var imageHeight, captionHeight float64
		for _, x := range pair {
			imageHeight = max(imageHeight, x.h)
			captionHeight = max(captionHeight, tallest([][]setLine{x.captions}))
		}
		h := imageHeight + 1.6 + captionHeight
		if i == 0 {
			p.section(p.t.T("report.section.pictures"), min(h, floor-marginTop-20))
		}
		// A caption may be a page long: then it goes below the picture and over the next page.
		if captionHeight > 60 {
			h = imageHeight + 20
		}
		p.need(h)
		for j, x := range pair {
			if x.name != "" {
				p.images.draw(p.f, x.name, marginSide+float64(j)*(half+gap), p.y, x.w, x.h)
			}
		}
		p.y += imageHeight + 1.6
		columns := []column{{W: half + gap}, {W: half}}[:len(pair)]
		lines := make([][]setLine, len(pair))
		for j, x := range pair {
			lines[j] = x.captions
		}
		for {
			part, rest := p.cut(lines)
			y := p.y
			for j := range part {
				p.y = y
				for _, l := range part[j] {
					p.text(marginSide+float64(j)*columns[0].W, p.y, l.text, l.style)
					p.y += l.style.Leading
				}
			}
			p.y = y + tallest(part)
			if rest == nil {
				break
			}
			lines = rest
			p.newPage()
		}
		p.y += 5
	}
	if p.c.Unpictured != "" {
		p.paragraph(marginSide, textWidth, p.c.Unpictured, bodyStyle)
	}
}

func (p *paper) signatures() {
	p.section(p.t.T("report.section.signatures"), 14)
	if len(p.c.Signatures) == 0 {
		p.paragraph(marginSide, textWidth, p.t.T("report.signatures.none"), bodyStyle)
		return
	}
	columns := []column{{Head: p.t.T("report.col.reviewer"), W: 46}, {Head: p.t.T("report.col.signed"), W: 36}, {Head: p.t.T("report.col.state"), W: 38}, {Head: p.t.T("report.col.digest"), W: textWidth - 120}}
	var rows [][]cell
	for _, s := range p.c.Signatures {
		state := cellStyle
		if s.Stale {
			state = state.coloured(amber)
		}
		rows = append(rows, []cell{{{s.Reviewer, cellStyle.bold()}}, {{s.Signed, cellStyle}}, {{s.State, state}}, {{s.Digest, labelStyle}}})
	}
	p.table(marginSide, columns, rows)
}

func (p *paper) legend() {
	p.section(p.t.T("report.section.legend"), 20)
	lines := p.c.Legend
	if len(p.glyphs.lacked) > 0 {
		lines = append(lines[:len(lines):len(lines)], p.t.T("report.glyphs", p.glyphs.lackedNames()))
	}
	for _, l := range lines {
		p.paragraph(marginSide, textWidth, l, style{false, 8, 3.9, ink})
		p.y += 1.2
	}
}
