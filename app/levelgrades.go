package app

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
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

// The keys of a grade by eye begin with a letter that says which it is, so that no letter can be taken for another grade than it was meant for: the sides
// are shown as G and D in French, and D is a grade of Schizas too. What was typed of one is v.halfway: "S" and "SA" of Schizas's, "F" and "FL" or "FR" of
// Lee's of a foramen, "M" of Lee's of the canal. A digit alone is Pfirrmann's.

// sideKeys are the keys of the sides behind F, in both languages at once: no letter is another side in the other.
var sideKeys = map[rune]string{'L': "FL", 'G': "FL", 'R': "FR", 'D': "FR"}

// gradeKeys are the keys that the column of all else takes for itself.
const gradeKeys = "ABCDFGLMRS"

// gradeKey reports whether a key is of a grade by eye where the frame is.
func (v *levelGridView) gradeKey(name fyne.KeyName) bool {
	return cases.GridColumn(v.table.col) == cases.GridOther && len(name) == 1 && strings.Contains(gradeKeys, string(name))
}

// typedGrade decides a grade by its keys, or keeps what was typed of one and says what may follow.
func (v *levelGridView) typedGrade(half string, r rune) {
	r = []rune(strings.ToUpper(string(r)))[0]
	begin := func(s string) {
		v.halfway = s
		v.w.say("grid.typed."+s, lowImportance, v.grid.Rows[v.table.row].Level)
	}
	digit := func(from, to rune) bool { return r >= from && r <= to }
	switch half {
	case "S":
		switch {
		case r == 'A':
			begin("SA")
		case digit('B', 'D'):
			v.decideKind(annotations.Schizas, "", "", string(r))
		default:
			v.noGrade(half, r)
		}
	case "SA":
		if !digit('1', '4') {
			v.noGrade("A", r)
			return
		}
		v.decideKind(annotations.Schizas, "", "", "A"+string(r))
	case "F":
		if sideKeys[r] == "" {
			v.noGrade(half, r)
			return
		}
		begin(sideKeys[r])
	case "FL", "FR", "M":
		if !digit('0', '3') {
			v.noGrade("", r)
			return
		}
		switch half {
		case "FL":
			v.decideKind(annotations.Lee, "", annotations.SideLeft, string(r))
		case "FR":
			v.decideKind(annotations.Lee, "", annotations.SideRight, string(r))
		default:
			v.decideKind(annotations.LeeCentral, "", "", string(r))
		}
	default:
		switch {
		case r == 'S' || r == 'F' || r == 'M':
			begin(string(r))
		case digit('1', '5'):
			v.decideKind(annotations.Pfirrmann, "", "", string(r))
		case digit('0', '9'):
			v.noGrade("", r)
		case strings.ContainsRune(gradeKeys, r):
			v.w.say("grid.letter", widget.WarningImportance, string(r))
		}
	}
}

// noGrade says that there is no grade of the keys: nothing was decided, and what was begun is forgotten.
func (v *levelGridView) noGrade(half string, r rune) {
	v.w.say("grid.no.grade", widget.WarningImportance, half+string(r))
}

// begun reports whether the first keys of a grade were typed, and forgets them.
func (v *levelGridView) begun() bool {
	was := v.halfway != ""
	v.halfway = ""
	return was
}

// gradeSaid says a grade that was decided: with the name of its kind and its side where the column holds several.
func (v *levelGridView) gradeSaid(kind annotations.Kind, side, grade string) string {
	text := describe.Grade(v.w.text, kind, grade)
	if slices.Contains(gradedByEye, kind) {
		return describe.GridKind(v.w.text, annotations.Annotation{Kind: kind, Attributes: map[string]string{annotations.AttributeSide: side}}) + " " + text
	}
	return text
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
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), v.w.win.Canvas(), at.AddXY(x[v.table.col]+8, v.table.top(v.table.row)+grown(gridLineHeight)))
}
