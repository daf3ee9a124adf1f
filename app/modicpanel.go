package app

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases/report"
)

// modicPanel is the part of the editor that Modic findings alone have: what each sequence says and the row of the table that it gives, live
// while a region is drawn or moved; and what the reviewer sees beside the signal.
type modicPanel struct {
	w       *window
	root    *fyne.Container
	table   *fyne.Container
	cells   [3][4]*widget.Label // sequence, ratio, contrast, class
	verdict *widget.Label
	gates   *widget.Label
	selects map[string]*widget.Select
	checks  map[string]*widget.Check
	stir    *widget.Label   // AIM's descriptor of the oedema at the disc
	regions *fyne.Container // a row for each region of the finding
	told    time.Time       // when it was last brought up to date while a hand moves
}

// attributeChoices are the values of the attributes that are chosen from a list, "" for nothing said.
var attributeChoices = map[string][]string{
	annotations.AttributeContour:   {"", "normal", "irregular", "blurred", "destructive"},
	annotations.AttributeExclusion: {"", "haemangioma", "schmorl", "fracture", "metastasis", "spondyloarthritis", "andersson", "crystal", "infection"},
}

func newModicPanel(w *window, change func(func(*annotations.Annotation))) *modicPanel {
	p := &modicPanel{w: w, selects: map[string]*widget.Select{}, checks: map[string]*widget.Check{}}
	t := w.text.T
	p.table = container.New(readingTable{})
	p.table.Add(widget.NewLabel("")) // what T1, T2 and STIR are needs no head
	head := func(key string) {
		l := widget.NewLabel(t(key))
		l.SizeName, l.Importance, l.Truncation = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextTruncateEllipsis
		p.table.Add(l)
	}
	for _, key := range []string{"modic.panel.ratio", "modic.panel.contrast", "modic.panel.class"} {
		head(key)
	}
	for i := range p.cells {
		for j := range p.cells[i] {
			p.cells[i][j] = widget.NewLabel("")
			p.cells[i][j].Truncation = fyne.TextTruncateEllipsis
			if j == 3 { // "pas d’hypersignal" is the longest
				p.cells[i][j].SizeName = theme.SizeNameCaptionText
			}
			p.table.Add(p.cells[i][j])
		}
	}
	p.verdict = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	p.verdict.Wrapping = fyne.TextWrapWord
	p.gates = widget.NewLabel("")
	p.gates.Wrapping, p.gates.Importance, p.gates.SizeName = fyne.TextWrapWord, widget.WarningImportance, theme.SizeNameCaptionText
	seen := container.NewVBox()
	set := func(name, value string) {
		change(func(a *annotations.Annotation) { *a = withAttribute(*a, name, value) })
	}
	for _, name := range []string{annotations.AttributeContour, annotations.AttributeExclusion} {
		var names []string
		for _, c := range attributeChoices[name] {
			if c == "" {
				names = append(names, t("modic.unsaid"))
				continue
			}
			names = append(names, t("modic."+name+"."+c))
		}
		s := widget.NewSelect(names, nil)
		s.OnChanged = func(string) { set(name, attributeChoices[name][max(s.SelectedIndex(), 0)]) }
		p.selects[name] = s
		l := widget.NewLabel(t("modic." + name))
		l.Importance = widget.LowImportance
		seen.Add(container.New(labelled{88}, l, s))
	}
	for _, name := range []string{annotations.AttributeDiscFluid, annotations.AttributeMass} {
		c := widget.NewCheck(t("modic."+name), nil)
		c.OnChanged = func(on bool) {
			set(name, map[bool]string{true: "yes"}[on])
		}
		p.checks[name] = c
		seen.Add(c)
	}
	p.regions = container.New(&tight{-2})
	p.stir = widget.NewLabel("")
	p.stir.Wrapping, p.stir.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	p.root = container.NewVBox(p.table, p.verdict, p.gates, p.stir, p.regions, seen)
	return p
}

// readingTable lays out the four columns of the readings, the last as wide as is left.
type readingTable struct{}

// readingColumns are the widths of the first three, readingRow the height of a row.
var readingColumns = [3]float32{54, 52, 62}

const readingRow = 24

func (readingTable) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, readingRow*float32((len(o)+3)/4)+8)
}

func (readingTable) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for i, c := range o {
		x := float32(0)
		for _, w := range readingColumns[:i%4] {
			x += w
		}
		w := size.Width - x
		if i%4 < 3 {
			w = readingColumns[i%4]
		}
		h := c.MinSize().Height
		c.Resize(fyne.NewSize(w, h))
		c.Move(fyne.NewPos(x, readingRow*float32(i/4)+(readingRow-h)/2+4))
	}
}

// show fills the panel with a finding as it is; the editor ignores what its fields say meanwhile.
func (p *modicPanel) show(a annotations.Annotation, mine bool) {
	p.root.Hidden = a.Kind != annotations.Modic
	if p.root.Hidden {
		return
	}
	p.readings(a)
	p.list(a, mine)
	p.stir.SetText("")
	if c := p.w.caseWith(a.UID); c != nil && !p.w.hiddenSuggestion(a) {
		p.stir.SetText(report.StirExtent(p.w.text, c.doc.All(), a))
	}
	p.stir.Hidden = p.stir.Text == ""
	for name, s := range p.selects {
		s.SetSelectedIndex(max(0, indexOf(attributeChoices[name], a.Attributes[name])))
		enable(s, mine)
	}
	for name, c := range p.checks {
		c.SetChecked(a.Attributes[name] == "yes")
		enable(c, mine)
	}
}

func enable(d fyne.Disableable, on bool) {
	if on {
		d.Enable()
	} else {
		d.Disable()
	}
}

// readings shows what each sequence says, and what the table makes of it.
func (p *modicPanel) readings(a annotations.Annotation) {
	t := p.w.text
	a = p.w.veiled(a)
	classes := classesOf(a.Suggestion)
	any := false
	for i, role := range []string{"T1", "T2", "STIR"} {
		row := [4]string{role, "–", "–", "–"}
		if v, ok := a.Quantity("ratio", role); ok {
			row[1], any = t.Number(v.Value, 2), true
		}
		if v, ok := a.Quantity("contrast", role); ok {
			row[2] = signed(t.Number(v.Value, 1), v.Value)
		}
		if v, ok := a.Quantity("percent", role); ok {
			row[2] = signed(t.Number(v.Value, 0), v.Value) + " %"
		}
		if c := classes[role]; c != "" {
			row[3] = t.T("modic.class." + strings.ReplaceAll(c, " ", "_"))
		}
		for j, text := range row {
			p.cells[i][j].SetText(text)
		}
	}
	p.table.Hidden = !any
	p.verdict.SetText("")
	p.verdict.Hidden, p.gates.Hidden = true, true
	if s := a.Suggestion; s != nil {
		if s.Type != "" {
			text := t.T("modic.row", t.T("modic.class."+orNone(classes["T1"])), t.T("modic.class."+orNone(classes["T2"])), t.T("modic.class."+strings.ReplaceAll(orNone(classes["STIR"]), " ", "_")),
				p.w.grade(annotations.Modic, s.Type))
			if s.Strength != "" {
				text += " (" + describe.Known(t, "report.strength."+s.Strength, s.Strength) + ")"
			}
			p.verdict.SetText(text)
			p.verdict.Hidden = false
		}
		var gates []string
		for _, w := range s.Warnings {
			if strings.HasPrefix(w, "check-failed") || strings.HasPrefix(w, "t2-fat") {
				gates = append(gates, describe.Warning(t, w))
			}
		}
		p.gates.SetText(strings.Join(gates, "\n"))
		p.gates.Hidden = len(gates) == 0
	}
}

func orNone(class string) string {
	if class == "" {
		return "none"
	}
	return class
}

// signed writes the sign of a number also where it is above 0.
func signed(text string, v float64) string {
	if v > 0 {
		return "+" + text
	}
	return text
}

// classesOf reads the classes of the sequences from a suggestion's rule: "T1 low (r 0.78) · T2 high (r 1.44) · STIR not high (3 %)".
func classesOf(s *annotations.Suggestion) map[string]string {
	out := map[string]string{}
	if s == nil {
		return out
	}
	for _, part := range strings.Split(s.Rule, " · ") {
		name, rest, ok := strings.Cut(part, " ")
		class, _, _ := strings.Cut(rest, " (")
		switch name = strings.TrimPrefix(name, "FS-"); {
		case !ok || class == "none":
		case name == "T1" || name == "T2" || name == "STIR":
			out[name] = class
		}
	}
	return out
}

// liveEvery is how often numbers follow a hand.
const liveEvery = 60 * time.Millisecond

// live shows the numbers of a finding that is being drawn or moved, where its images are on screen: nothing is read from disk, and nothing is
// kept.
func (p *modicPanel) live(a annotations.Annotation) {
	if p.root.Hidden || a.Kind != annotations.Modic || time.Since(p.told) < liveEvery {
		return
	}
	if _, ok := a.Mark(annotations.RoleReference); !ok {
		return
	}
	p.told = time.Now()
	p.readings(p.w.evaluateShown(a))
}
