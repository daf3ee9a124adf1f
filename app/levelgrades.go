package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
)

// gradedByEye are the kinds of the column of all else in the level grid: grades that the reviewer gives, which nothing suggests.
var gradedByEye = []annotations.Kind{annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral}

// sidesOf are the sides that a kind is graded at, "" for one that has none.
func sidesOf(kind annotations.Kind) []string {
	if kind.Sided() {
		return []string{annotations.SideLeft, annotations.SideRight}
	}
	return []string{""}
}

// leeKeys are the keys that the grades of Lee begin with: the left and the right foramen, and the canal in the middle.
var leeKeys = map[string]struct {
	kind annotations.Kind
	side string
}{"L": {annotations.Lee, annotations.SideLeft}, "R": {annotations.Lee, annotations.SideRight}, "M": {annotations.LeeCentral, ""}}

// typedGrade decides a grade by its keys: 1 to 5 is Pfirrmann's, A1 to D Schizas's, L0 to L3 and R0 to R3 Lee's of the foramina, M0 to M3 Lee's of the
// canal.
func (v *levelGridView) typedGrade(half string, r rune) {
	r = []rune(strings.ToUpper(string(r)))[0]
	switch {
	case half == "A" && r >= '1' && r <= '4':
		v.decideKind(annotations.Schizas, "", "", "A"+string(r))
	case leeKeys[half].kind != "" && r >= '0' && r <= '3':
		v.decideKind(leeKeys[half].kind, "", leeKeys[half].side, string(r))
	case leeKeys[half].kind != "" && r >= '0' && r <= '9':
		v.w.say("grid.no.grade", widget.WarningImportance, half+string(r))
	case r == 'A' || leeKeys[string(r)].kind != "":
		v.halfway = string(r)
	case r >= 'B' && r <= 'D':
		v.decideKind(annotations.Schizas, "", "", string(r))
	case r >= '1' && r <= '5':
		v.decideKind(annotations.Pfirrmann, "", "", string(r))
	case r >= '0' && r <= '9':
		v.w.say("grid.no.grade", widget.WarningImportance, string(r))
	}
}

// offerGrades shows the grades of the cell with the frame as a menu beside it.
func (v *levelGridView) offerGrades() {
	var items []*fyne.MenuItem
	for _, kind := range gradedByEye {
		for _, side := range sidesOf(kind) {
			name := describe.Kind(v.w.text, kind)
			if side != "" {
				name += " " + v.w.text.T("side."+side)
			}
			item := fyne.NewMenuItem(name, nil)
			var list []*fyne.MenuItem
			for _, g := range describe.Grades(kind) {
				list = append(list, fyne.NewMenuItem(describe.Grade(v.w.text, kind, g), func() { v.decideKind(kind, "", side, g) }))
			}
			item.ChildMenu = fyne.NewMenu("", list...)
			items = append(items, item)
		}
	}
	at := v.w.app.Driver().AbsolutePositionForObject(v.table)
	x := columnsOf(v.table.Size().Width)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), v.w.win.Canvas(), at.AddXY(x[v.table.col]+8, v.table.top(v.table.row)+gridLineHeight))
}
