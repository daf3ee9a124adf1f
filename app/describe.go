package app

import (
	"rachis/annotations"
	"rachis/app/describe"
)

// Findings in words and numbers, in the user's language: package describe says them, for the window as for reports.

func (w *window) findingTitle(a annotations.Annotation) string {
	return describe.Title(w.text, w.veiled(a))
}

func (w *window) findingNumbers(a annotations.Annotation) string {
	if a.Kind == annotations.Levels && len(a.Marks) > 0 { // of several sets this one is of which images?
		if it, _, ok := w.session.find(a.Marks[0].Image); ok {
			return it.Stack.Description
		}
	}
	if w.calibration.isStale(a) {
		a = a.ScaleReplaced()
	}
	return describe.Numbers(w.text, w.veiled(a))
}

func (w *window) valueName(name string) string { return describe.ValueName(w.text, name) }

func (w *window) roleName(role string) string { return describe.Role(w.text, role) }

func (w *window) valueText(v annotations.Value, ci bool) string { return describe.Value(w.text, v, ci) }

func (w *window) grade(k annotations.Kind, grade string) string {
	return describe.Grade(w.text, k, grade)
}

func (w *window) endplateName(level, endplate string) string {
	return describe.Endplate(w.text, level, endplate)
}

func (w *window) suggestionText(a annotations.Annotation) string {
	if w.hiddenSuggestion(a) {
		return w.text.T("suggestion.waits")
	}
	return describe.Suggestion(w.text, a)
}

func (w *window) known(key, otherwise string) string { return describe.Known(w.text, key, otherwise) }

func (w *window) sex(s string) string { return describe.Sex(w.text, s) }
