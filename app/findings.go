package app

import (
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
)

// lumbarLevels are the discs that the panel always has a row for, upper first.
var lumbarLevels = []string{"T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"}

// findingsPanel is the right panel: the findings of the active case by level, and the editor of the selected one.
type findingsPanel struct {
	w      *window
	list   *fyne.Container
	scroll *container.Scroll // around the list
	title  *widget.Label
	detail *widget.Label
	editor *editor
	below  *fyne.Container
	root   fyne.CanvasObject
	rows   map[string]*findingRow // by UID
	levels map[string]*levelRow

	revealed string // UID of the finding whose row was brought in sight last
}

func newFindingsPanel(w *window) *findingsPanel {
	p := &findingsPanel{w: w}
	p.build()
	return p
}

func (p *findingsPanel) build() {
	p.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.title.Truncation = fyne.TextTruncateEllipsis
	p.detail = widget.NewLabel("")
	p.detail.Truncation = fyne.TextTruncateEllipsis
	p.detail.SizeName = theme.SizeNameCaptionText
	p.detail.Importance = widget.LowImportance
	p.list = container.New(&tight{0})
	p.scroll = container.NewVScroll(p.list)
	p.editor = newEditor(p.w)
	p.below = container.NewStack()
	head := panel(theme.ColorNameHeaderBackground, container.NewBorder(nil, nil, nil, container.New(inset{0, 4, 6, 4}, p.w.levelGridButton()), container.New(&tight{-8}, p.title, p.detail)))
	p.root = panel(theme.ColorNameBackground, container.NewBorder(head, nil, nil, nil,
		container.New(&listAndEditor{}, p.scroll, p.below)))
	p.fill()
}

// listAndEditor gives the second object the height it asks for, up to three fifths, and the first the rest.
type listAndEditor struct{}

func (listAndEditor) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[0].MinSize().Width, o[1].MinSize().Width), 200)
}

func (listAndEditor) Layout(o []fyne.CanvasObject, size fyne.Size) {
	below := float32(0)
	if c, ok := o[1].(*fyne.Container); ok && len(c.Objects) > 0 {
		below = size.Height * 3 / 5
	}
	o[0].Resize(fyne.NewSize(size.Width, size.Height-below))
	o[0].Move(fyne.Position{})
	o[1].Resize(fyne.NewSize(size.Width, below))
	o[1].Move(fyne.NewPos(0, size.Height-below))
}

// fill shows the active case.
func (p *findingsPanel) fill() {
	w := p.w
	p.rows, p.levels = map[string]*findingRow{}, map[string]*levelRow{}
	p.list.RemoveAll()
	c := w.activeCase()
	var all []annotations.Annotation
	if c != nil {
		all = w.again.shown(w.inSight(c))
		p.title.SetText(w.caseTitle(c))
		p.detail.SetText(w.text.T("findings.case", c.id, w.reviewerName()))
		if n := w.hidden(c); n > 0 {
			p.detail.SetText(w.text.T("findings.case.blind", c.id, w.reviewerName(), n))
		}
	} else {
		p.title.SetText(w.text.T("findings.title"))
		p.detail.SetText(w.text.T("findings.none"))
	}
	for _, level := range levelsOf(all) {
		row := newLevelRow(p, level)
		p.levels[level] = row
		p.list.Add(row)
		for _, a := range all {
			if a.Level == level {
				p.addRow(a)
			}
		}
	}
	others := false
	for _, a := range all {
		if a.Level == "" {
			if !others {
				p.list.Add(newLevelRow(p, ""))
				others = true
			}
			p.addRow(a)
		}
	}
	if keys := w.seenKeyImages(c); len(keys) > 0 {
		p.list.Add(newLevelRow(p, keyImagesRow))
		for _, k := range keys {
			p.list.Add(newKeyImageRow(p, k))
		}
	}
	p.list.Refresh()
	p.showEditor()
}

// keyImagesRow stands for a level where the heading is that of the key images.
const keyImagesRow = "*"

func (p *findingsPanel) addRow(a annotations.Annotation) {
	row := newFindingRow(p, a)
	p.rows[a.UID] = row
	p.list.Add(row)
}

// showEditor shows the editor of the selected finding, or none.
func (p *findingsPanel) showEditor() {
	c := p.w.activeCase()
	selected := p.w.marks.selected
	var a annotations.Annotation
	ok := false
	if c != nil && selected != "" {
		a, ok = c.doc.Find(selected)
	}
	for uid, row := range p.rows {
		if on := ok && uid == selected; row.selected != on {
			row.selected = on
			row.Refresh()
		}
	}
	before := len(p.below.Objects)
	if ok {
		p.editor.show(a)
		p.below.Objects = []fyne.CanvasObject{p.editor.root}
	} else {
		p.editor.hide()
		p.below.Objects = nil
	}
	p.below.Refresh()
	if before != len(p.below.Objects) {
		p.root.Refresh()
		relayout(p.root)
	}
	if !ok {
		p.revealed = ""
	} else if row := p.rows[selected]; row != nil && p.revealed != selected {
		p.revealed = selected
		p.reveal(row)
	}
}

// reveal scrolls the list as little as brings a row in sight.
func (p *findingsPanel) reveal(row fyne.CanvasObject) {
	p.scroll.Refresh() // its content may have grown
	top, bottom := row.Position().Y, row.Position().Y+row.Size().Height
	y := p.scroll.Offset.Y
	y = max(min(y, top), bottom-p.scroll.Size().Height)
	p.scroll.ScrollToOffset(fyne.NewPos(0, y))
}

// levelsOf are the lumbar levels and those that findings have besides, upper first.
func levelsOf(all []annotations.Annotation) []string {
	levels := slices.Clone(lumbarLevels)
	for _, a := range all {
		if a.Level != "" && !slices.Contains(levels, a.Level) {
			levels = append(levels, a.Level)
		}
	}
	slices.SortStableFunc(levels, func(a, b string) int { return rank(a) - rank(b) })
	return levels
}

// rank orders discs from head to foot by their upper vertebra.
func rank(level string) int {
	upper, _, _ := strings.Cut(level, "-")
	if upper == "" {
		return 1 << 20
	}
	n := 0
	for _, r := range upper[1:] {
		if r < '0' || r > '9' {
			return 1 << 20
		}
		n = n*10 + int(r-'0')
	}
	base := strings.IndexByte("CTLS", upper[0])
	if base < 0 {
		return 1 << 20
	}
	return base*100 + min(n, 99)
}

// levelRow is the line of a level.
type levelRow struct {
	widget.BaseWidget
	p     *findingsPanel
	level string
}

func newLevelRow(p *findingsPanel, level string) *levelRow {
	r := &levelRow{p: p, level: level}
	r.ExtendBaseWidget(r)
	return r
}

// heading is what the line says.
func (r *levelRow) heading() string {
	switch r.level {
	case "":
		return r.p.w.text.T("findings.others")
	case keyImagesRow:
		return r.p.w.text.T("findings.keys")
	}
	return r.level
}

func (r *levelRow) CreateRenderer() fyne.WidgetRenderer {
	label := widget.NewLabelWithStyle(r.heading(), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	line := canvas.NewRectangle(colour(theme.ColorNameSeparator))
	line.SetMinSize(fyne.NewSize(1, 1))
	return widget.NewSimpleRenderer(container.NewBorder(line, nil, nil, nil, container.New(inset{2, -2, 0, -4}, label)))
}

// Tapped chooses the level for the spine tool in hand.
func (r *levelRow) Tapped(*fyne.PointEvent) {
	if r.level != "" && r.level != keyImagesRow && r.p.w.marks.levelled() {
		r.p.w.marks.setLevel(r.level)
	}
}

// findingRow is one finding: what it is and what was decided, and its numbers.
type findingRow struct {
	widget.BaseWidget
	p                 *findingsPanel
	uid               string
	key               *cases.KeyImage // instead of uid
	title, numbers    string
	colour            color.Color
	selected, hovered bool
	focused           bool
}

var (
	_ desktop.Hoverable = (*findingRow)(nil)
	_ paneRow           = (*findingRow)(nil)
)

func newFindingRow(p *findingsPanel, a annotations.Annotation) *findingRow {
	r := &findingRow{p: p, uid: a.UID, title: p.w.findingTitle(a), numbers: p.w.findingNumbers(a), colour: describe.Colour(a.Kind, "")}
	if a.Kind == annotations.Levels { // as pale as on a picture, it would be lost in the light
		r.colour = colour(theme.ColorNamePlaceHolder)
	}
	if p.w.calibration.isStale(a) {
		r.title = "⚠ " + p.w.text.T("calibration.stale.short") + " · " + r.title
	}
	if a.Author != p.w.prefs.reviewer() {
		r.title += " · " + a.Author
	}
	r.ExtendBaseWidget(r)
	return r
}

// newKeyImageRow is the row of a key image.
func newKeyImageRow(p *findingsPanel, k cases.KeyImage) *findingRow {
	title := k.Caption
	if it, slice, ok := p.w.session.find(k.Image); ok {
		title = strings.TrimPrefix(title+" · "+p.w.text.T("key.image.place", slice+1, len(it.Stack.Slices)), " · ")
	}
	r := &findingRow{p: p, key: &k, title: title, colour: describe.Colour(annotations.Modic, annotations.RoleReference)}
	r.ExtendBaseWidget(r)
	return r
}

// Tapped brings the finding's image on screen.
func (r *findingRow) Tapped(*fyne.PointEvent) {
	if r.key != nil {
		r.p.w.goToKeyImage(*r.key)
		return
	}
	r.p.w.goTo(r.uid)
}

func (r *findingRow) MouseIn(*desktop.MouseEvent)    { r.hovered = true; r.Refresh() }
func (r *findingRow) MouseMoved(*desktop.MouseEvent) {}
func (r *findingRow) MouseOut()                      { r.hovered = false; r.Refresh() }
func (r *findingRow) FocusGained()                   { r.focused = true; r.Refresh() }
func (r *findingRow) FocusLost()                     { r.focused = false; r.Refresh() }
func (r *findingRow) TypedRune(rune)                 {}
func (r *findingRow) TypedKey(e *fyne.KeyEvent)      { r.p.w.typedInRow(r, e) }

func (r *findingRow) CreateRenderer() fyne.WidgetRenderer {
	x := &findingRowRenderer{r: r, back: canvas.NewRectangle(color.Transparent), dot: canvas.NewRectangle(r.colour)}
	x.back.CornerRadius, x.dot.CornerRadius = 3, 2
	x.title = widget.NewLabel(r.title)
	x.title.Truncation = fyne.TextTruncateEllipsis
	x.numbers = widget.NewLabel(r.numbers)
	x.numbers.Truncation = fyne.TextTruncateEllipsis
	x.numbers.SizeName = theme.SizeNameCaptionText
	x.numbers.Importance = widget.LowImportance
	x.objects = []fyne.CanvasObject{x.back, x.dot, x.title}
	if r.numbers != "" {
		x.objects = append(x.objects, x.numbers)
	}
	x.Refresh()
	return x
}

type findingRowRenderer struct {
	r              *findingRow
	back, dot      *canvas.Rectangle
	title, numbers *widget.Label
	objects        []fyne.CanvasObject
}

func (x *findingRowRenderer) MinSize() fyne.Size {
	h := x.title.MinSize().Height - 6
	if x.r.numbers != "" {
		h += x.numbers.MinSize().Height - 8
	}
	return fyne.NewSize(120, h)
}

func (x *findingRowRenderer) Layout(size fyne.Size) {
	x.back.Resize(size)
	x.dot.Resize(fyne.NewSize(4, size.Height-6))
	x.dot.Move(fyne.NewPos(8, 3))
	h := x.title.MinSize().Height
	x.title.Resize(fyne.NewSize(size.Width-14, h))
	x.title.Move(fyne.NewPos(12, -3))
	x.numbers.Resize(fyne.NewSize(size.Width-14, x.numbers.MinSize().Height))
	x.numbers.Move(fyne.NewPos(12, h-10))
}

func (x *findingRowRenderer) Refresh() {
	x.back.FillColor, x.back.StrokeWidth = color.Transparent, 0
	if x.r.focused {
		x.back.StrokeColor, x.back.StrokeWidth = colour(theme.ColorNamePrimary), 2
	}
	if x.r.selected {
		x.back.FillColor = colour(theme.ColorNameSelection)
	} else if x.r.hovered {
		x.back.FillColor = colour(theme.ColorNameHover)
	}
	x.back.Refresh()
}

func (x *findingRowRenderer) Objects() []fyne.CanvasObject { return x.objects }
func (x *findingRowRenderer) Destroy()                     {}

// relayout lays a container out again, for one whose children changed their visibility.
func relayout(o fyne.CanvasObject) {
	if c, ok := o.(*fyne.Container); ok {
		for _, child := range c.Objects {
			relayout(child)
		}
		if c.Layout != nil {
			c.Layout.Layout(c.Objects, c.Size())
		}
	}
}
