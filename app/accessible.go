package app

import (
	"strings"

	"fyne.io/fyne/v2"
)

// What a screen reader says of our own controls. Fyne 2.8 tells the system of it on Windows and macOS where it is built with the tag "accessibility",
// and looks into containers only: not yet into what scrolls.

var (
	_ fyne.Accessible = (*toolButton)(nil)
	_ fyne.Accessible = (*seriesRow)(nil)
	_ fyne.Accessible = (*findingRow)(nil)
	_ fyne.Accessible = (*levelRow)(nil)
	_ fyne.Accessible = (*heading)(nil)
	_ fyne.Accessible = (*layoutPicker)(nil)
	_ fyne.Accessible = (*dialogEntry)(nil)
	_ fyne.Accessible = (*tagSearch)(nil)
	_ fyne.Accessible = (*tagRow)(nil)
)

// spoken joins what there is to say.
func spoken(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// AccessibilityLabel is what the button does, and its key.
func (b *toolButton) AccessibilityLabel() string {
	hint := strings.Join(strings.Fields(b.hint), " ")
	if text := strings.TrimSpace(b.text); text != "" && !strings.HasPrefix(hint, text) {
		return spoken(text, hint)
	}
	return hint
}

// AccessibilityRole is for Fyne.
func (b *toolButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the series with what its line says.
func (r *seriesRow) AccessibilityLabel() string {
	return spoken(r.title, r.badge, r.detail, r.problem)
}

// AccessibilityRole is for Fyne.
func (r *seriesRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the finding with its numbers.
func (r *findingRow) AccessibilityLabel() string { return spoken(r.title, r.numbers) }

// AccessibilityRole is for Fyne.
func (r *findingRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the level.
func (r *levelRow) AccessibilityLabel() string { return r.heading() }

// AccessibilityRole is for Fyne.
func (r *levelRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is the patient or the study.
func (h *heading) AccessibilityLabel() string { return spoken(h.title, h.detail) }

// AccessibilityRole is for Fyne.
func (h *heading) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is what the picker is for.
func (p *layoutPicker) AccessibilityLabel() string { return p.label }

// AccessibilityRole is for Fyne.
func (p *layoutPicker) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is what is to be written, and what is.
func (e *dialogEntry) AccessibilityLabel() string { return spoken(e.PlaceHolder, e.Text) }

// AccessibilityRole is for Fyne.
func (e *dialogEntry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is what is to be written, and what is.
func (e *tagSearch) AccessibilityLabel() string { return spoken(e.PlaceHolder, e.Text) }

// AccessibilityRole is for Fyne.
func (e *tagSearch) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is the line.
func (r *tagRow) AccessibilityLabel() string {
	var parts []string
	for i := range r.row.Objects {
		parts = append(parts, r.labels[i].Text)
	}
	return spoken(parts...)
}

// AccessibilityRole is for Fyne.
func (r *tagRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
