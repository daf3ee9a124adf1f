package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/dicomio/space"
)

// levelGridView shows the findings of the active case level by level, in the place of the pictures: every reviewer's decision, the prior beside the
// current, and what the review still lacks. It belongs to Fyne's goroutine.
type levelGridView struct {
	w     *window
	on    bool
	all   bool // C2 to S1, not the lumbar spine alone
	grid  cases.LevelGrid
	table *gridTable

	title    *widget.Label
	progress *widget.Label
	lacks    *widget.Label
	more     *toolButton
	scroll   *container.Scroll
	root     fyne.CanvasObject
	// halfway is what was typed of a grade: the first half of a mixed type, "1" of "1/2", or the first keys of a grade by eye (typedGrade). It does not
	// outlast its cell.
	halfway string
}

func newLevelGridView(w *window) *levelGridView { return &levelGridView{w: w} }

// levelGridCommands are the commands of the level grid.
func (w *window) levelGridCommands() []command.Command {
	return []command.Command{{ID: "level.grid", Menu: "case", Group: 20, Icon: iconOf("grid"), Keys: key(fyne.KeyG), Toolbar: true,
		Enabled: func() bool { return len(w.session.items) > 0 }, Checked: func() bool { return w.levelGrid.on }, Run: w.levelGrid.toggle}}
}

// levelGridButton is the button beside the title of the findings.
func (w *window) levelGridButton() *toolButton {
	return newToolButton(iconOf("grid"), "", w.text.T("command.level.grid"), w.hint, func() { w.table.Run("level.grid") })
}

// build makes the objects anew, in the language of now.
func (v *levelGridView) build() {
	t := v.w.text.T
	v.table = newGridTable(v)
	v.title = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	v.title.Truncation = fyne.TextTruncateEllipsis
	v.progress = widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
	v.progress.Importance = widget.HighImportance
	v.lacks = widget.NewLabel("")
	v.lacks.Wrapping = fyne.TextWrapWord
	v.more = newToolButton(nil, t("grid.all"), t("grid.all.hint"), v.w.hint, func() {
		v.all = !v.all
		v.refresh()
		v.focus()
	})
	close := newToolButton(theme.CancelIcon(), "", t("grid.close"), v.w.hint, v.hide)
	head := panel(theme.ColorNameHeaderBackground, container.New(inset{4, 2, 4, 0}, container.New(&tight{-6},
		container.NewBorder(nil, nil, nil, container.New(inRow{4}, v.progress, v.more, close), v.title), v.lacks)))
	v.scroll = container.NewVScroll(v.table)
	keys := container.New(&tight{-12})
	for _, key := range []string{"grid.keys.grades", "grid.keys.other", "grid.keys"} {
		l := widget.NewLabel(t(key))
		l.Importance, l.SizeName, l.Truncation = widget.LowImportance, theme.SizeNameCaptionText, fyne.TextTruncateEllipsis
		keys.Add(l)
	}
	v.root = panel(theme.ColorNameBackground, container.NewBorder(container.NewVBox(head, container.New(&gridHeads{fit: func() { relayout(v.root) }}, v.heads()...)), keys, nil, nil, v.scroll))
}

// heads are the names of the columns.
func (v *levelGridView) heads() []fyne.CanvasObject {
	back := canvas.NewRectangle(colour(theme.ColorNameButton))
	out := []fyne.CanvasObject{back}
	add := func(s string) {
		l := widget.NewLabelWithStyle(s, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		l.SizeName = theme.SizeNameCaptionText
		l.Wrapping = fyne.TextWrapWord
		out = append(out, l)
	}
	add(v.w.text.T("grid.column.level"))
	for c := range cases.GridColumns {
		add(describe.GridColumn(v.w.text, c))
	}
	return out
}

// toggle shows the grid, or the pictures again.
func (v *levelGridView) toggle() {
	if v.on {
		v.hide()
	} else {
		v.show()
	}
}

func (v *levelGridView) show() {
	if len(v.w.session.items) == 0 {
		return
	}
	v.w.marks.choose("") // a tool is for the pictures
	v.w.discs.left()
	v.on, v.halfway = true, ""
	v.build()
	v.refresh()
	v.w.centre.Objects = []fyne.CanvasObject{v.root}
	v.w.centre.Refresh()
	v.w.stateChanged()
	v.focus()
}

// hide shows the pictures again.
func (v *levelGridView) hide() {
	if !v.on {
		return
	}
	v.on = false
	v.w.centre.Objects = nil
	v.w.showCentre()
	v.w.stateChanged()
	v.w.focusGrid()
}

// rebuilt is told that the window was made anew.
func (v *levelGridView) rebuilt() {
	if v.on {
		v.on = false
		v.show()
	}
}

func (v *levelGridView) focus() { v.w.win.Canvas().Focus(v.table) }

// refresh takes over what has changed in the case.
func (v *levelGridView) refresh() {
	if !v.on {
		return
	}
	w, t := v.w, v.w.text
	var findings []annotations.Annotation
	c := w.activeCase()
	title := t.T("grid.title.none")
	if c != nil {
		findings = w.inSight(c)
		title = t.T("grid.title", w.caseTitle(c))
	}
	v.grid = cases.MakeLevelGrid(findings, v.dates(), w.levels.facts(), w.prefs.reviewer(), v.all)
	v.title.SetText(title)
	v.progress.SetText(t.T("grid.progress", v.grid.Done, v.grid.Of))
	var lacks []string
	for _, code := range append(slices.Clone(v.grid.Lacks), v.filmsLacking(c)...) {
		lacks = append(lacks, describe.GridLack(t, code))
	}
	v.lacks.Importance = widget.MediumImportance
	if len(lacks) == 0 {
		v.lacks.Importance = widget.SuccessImportance
		v.lacks.SetText(t.T("grid.complete"))
	} else {
		v.lacks.SetText(t.T("grid.lacks", strings.Join(lacks, " · ")))
	}
	v.more.set(false, v.all)
	v.table.fill()
	v.scroll.Refresh()
}

// dates are those of the studies that are open.
func (v *levelGridView) dates() map[string]string {
	out := map[string]string{}
	for _, p := range v.w.session.patients {
		for _, st := range p.Studies {
			out[st.UID] = st.Date
		}
	}
	return out
}

// others reports whether the grid holds findings that are not the reviewer's own: then each says whose it is.
func (v *levelGridView) others() bool {
	for _, row := range v.grid.Rows {
		for _, c := range row.Cells {
			if slices.ContainsFunc(c.Entries, func(e cases.GridEntry) bool { return !v.w.mine(e.Finding) }) {
				return true
			}
		}
	}
	return false
}

// filmsLacking says which of the dynamic films the case has not.
func (v *levelGridView) filmsLacking(c *casework) []string {
	has := map[string]bool{}
	for _, it := range v.w.session.items {
		if c == nil || c.studies[it.Info.StudyUID] {
			has[it.Info.View] = true
			has[it.Stack.View] = true
		}
	}
	if c != nil && slices.ContainsFunc(v.w.inSight(c), func(a annotations.Annotation) bool { return a.Kind == annotations.Instability }) {
		return nil // what is marked as a pair is one
	}
	switch f, e := has["FLEXION"] || has["BOTH"], has["EXTENSION"] || has["BOTH"]; {
	case f && e:
		return nil
	case f:
		return []string{"film-extension"}
	case e:
		return []string{"film-flexion"}
	}
	return []string{"films"}
}

// reveal scrolls the row with the frame in sight.
func (v *levelGridView) reveal() {
	top := v.table.top(v.table.row)
	bottom := top + v.table.heightOf(v.table.row)
	y := max(min(v.scroll.Offset.Y, top), bottom-v.scroll.Size().Height)
	v.scroll.ScrollToOffset(fyne.NewPos(0, y))
}

// openFinding goes to a finding's image in the layout that it is read in.
func (v *levelGridView) openFinding(uid string) {
	v.hide()
	v.w.goTo(uid)
}

// own is the reviewer's own finding in a cell, that of the latest examination.
func (v *levelGridView) own(row, col int) (annotations.Annotation, bool) {
	for _, e := range slices.Backward(v.grid.Rows[row].Cells[col].Entries) {
		if v.w.mine(e.Finding) && e.At == "" { // a segment of an alignment is no grade of the level
			return e.Finding, true
		}
	}
	return annotations.Annotation{}, false
}

// open goes to what a cell holds, the reviewer's own before another's; where it is empty, to the place, with the tool in hand.
func (v *levelGridView) open(row, col int) {
	if row < 0 || row >= len(v.grid.Rows) {
		return
	}
	if a, ok := v.own(row, col); ok {
		v.openFinding(a.UID)
		return
	}
	if v.grid.Rows[row].Whole {
		return
	}
	if list := v.grid.Rows[row].Cells[col].Entries; len(list) > 0 && list[len(list)-1].At == "" {
		v.openFinding(list[len(list)-1].Finding.UID)
		return
	}
	if cases.GridColumn(col) == cases.GridOther {
		v.offerGrades()
		return
	}
	level := v.grid.Rows[row].Level
	kind, endplate := kindOf(cases.GridColumn(col))
	v.openLevel(row)
	if kind == "" {
		return
	}
	v.w.withReviewer(func() {
		switch kind {
		case annotations.Instability:
			v.w.showFilms()
		case annotations.Modic:
			v.w.arrange("modic")
			v.w.showLevel(level)
		}
		v.w.marks.choose(kind)
		v.w.marks.setLevel(level)
		if endplate != "" {
			v.w.marks.setEndplate(endplate)
		}
		v.w.focusGrid()
	})
}

// kindOf is what a column holds.
func kindOf(c cases.GridColumn) (annotations.Kind, string) {
	switch c {
	case cases.GridEndplateAbove:
		return annotations.Modic, annotations.InferiorOfCranial
	case cases.GridEndplateBelow:
		return annotations.Modic, annotations.SuperiorOfCaudal
	case cases.GridHeight:
		return annotations.DiscHeight, ""
	case cases.GridMotion:
		return annotations.Instability, ""
	}
	return "", ""
}

// openLevel shows the pictures at a level.
func (v *levelGridView) openLevel(row int) {
	v.hide()
	if row >= 0 && row < len(v.grid.Rows) {
		v.w.showLevel(v.grid.Rows[row].Level)
	}
}

// motionKeys decide whether the criteria of a segment's motion are met. The minus sign of a French layout is the hyphen too.
var motionKeys = map[rune]string{'+': "met", '-': "not met", '−': "not met", '?': "indeterminate"}

// typedRune decides the grade in the cell with the frame: a digit is a grade, "1/2" the mixed type.
func (v *levelGridView) typedRune(r rune) {
	if v.table.row < 0 || v.table.row >= len(v.grid.Rows) || v.grid.Rows[v.table.row].Whole {
		return
	}
	kind, _ := kindOf(cases.GridColumn(v.table.col))
	grades := describe.Grades(kind)
	half := v.halfway
	v.halfway = ""
	if cases.GridColumn(v.table.col) == cases.GridOther {
		v.typedGrade(half, r)
		return
	}
	switch {
	case kind == annotations.Instability:
		if grade, ok := motionKeys[r]; ok {
			v.decide(grade)
		}
		return
	case kind != annotations.Modic && kind != annotations.DiscHeight:
		return
	case r == '/':
		if a, ok := v.ownOf(v.table.row, v.table.col, kind, "", v.studyOf(kind)); ok && len(a.Decision) == 1 {
			v.halfway = a.Decision
		}
		return
	case r < '0' || r > '9':
		return
	case half != "" && slices.Contains(grades, half+"/"+string(r)):
		v.decide(half + "/" + string(r))
	case slices.Contains(grades, string(r)):
		v.decide(string(r))
	default:
		v.w.say("grid.no.grade", widget.WarningImportance, string(r))
	}
}

// decide writes the reviewer's decision into the cell with the frame, "" for undecided. Where the reviewer has no finding there, a reading without a
// region is made, at the image where the level is.
func (v *levelGridView) decide(grade string) {
	row, col := v.table.row, v.table.col
	if row < 0 || row >= len(v.grid.Rows) || v.grid.Rows[row].Whole {
		return
	}
	kind, endplate := kindOf(cases.GridColumn(col))
	side := ""
	if kind == "" && grade == "" {
		kind, side = v.kindTakenBack(row)
	}
	if kind == "" {
		return
	}
	v.decideKind(kind, endplate, side, grade)
}

// decideKind writes a decision of a kind at the level with the frame, for one examination: the readings of the others stay as they are.
func (v *levelGridView) decideKind(kind annotations.Kind, endplate, side, grade string) {
	w, row, col := v.w, v.table.row, v.table.col
	w.withReviewer(func() {
		defer v.focus()
		study, level := v.studyAt(row, col, kind, side), v.grid.Rows[row].Level
		if before, ok := v.ownOf(row, col, kind, side, study); ok {
			c := w.caseWith(before.UID)
			if c == nil || before.Decision == grade {
				return
			}
			after := before
			after.Decision = grade
			if w.apply(c, annotations.Edit{Before: &before, After: &after}) && grade != "" {
				w.say("grid.changed", lowImportance, level, v.gradeSaid(kind, side, grade), v.examination(study))
			}
			return
		}
		if grade == "" {
			return
		}
		if kind == annotations.Instability { // there is no reading of two films without their corners
			w.say("grid.no.motion", widget.WarningImportance, level)
			return
		}
		if study == "" {
			w.say("grid.no.study", widget.WarningImportance, level)
			return
		}
		ref, ok := v.anchor(level, kind, study)
		if !ok {
			w.say("grid.no.image", widget.WarningImportance, level, v.examination(study))
			return
		}
		c, err := w.ensureCase(ref.StudyInstanceUID)
		if err != nil {
			w.fail("error.case", err)
			return
		}
		a := annotations.Annotation{UID: annotations.NewUID(), Kind: kind, Author: w.prefs.reviewer(), Level: level, Endplate: endplate, Decision: grade,
			Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{}}}}
		if side != "" {
			a = withAttribute(a, annotations.AttributeSide, side)
		}
		if w.apply(c, annotations.Edit{After: &a}) {
			w.say("grid.decided", lowImportance, level, v.gradeSaid(kind, side, grade), v.examination(study))
		}
	})
}
