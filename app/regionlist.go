package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/describe"
)

// The regions of a Modic finding as a list: which they are, on which image, whether the software or a hand put them there. A click goes to the image;
// each can be taken out and drawn anew, for a CSF that was placed on roots must not stay.

// regionRoles are the roles of the list, in order.
var regionRoles = []string{annotations.RoleLesion, annotations.RoleReference, annotations.RoleCSF, annotations.RoleFat, annotations.RoleBody}

// list fills the rows of a finding's regions.
func (p *modicPanel) list(a annotations.Annotation, mine bool) {
	w, t := p.w, p.w.text.T
	p.regions.RemoveAll()
	head := widget.NewLabel(t("modic.regions"))
	head.Importance, head.SizeName = widget.LowImportance, theme.SizeNameCaptionText
	p.regions.Add(head)
	for _, role := range regionRoles {
		some := false
		for i, m := range a.Marks {
			if m.Role != role {
				continue
			}
			some = true
			show := newToolButton(nil, w.regionText(m), t("modic.region.show"), w.hint, func() { w.showRegion(m) })
			row := []fyne.CanvasObject{show}
			if mine && (role != annotations.RoleLesion || count(a, role) > 1) {
				row = append(row, newToolButton(theme.ContentClearIcon(), "", t("modic.region.remove"), w.hint, func() { w.removeRegion(a.UID, i) }))
			}
			p.regions.Add(container.New(inRow{2}, row...))
		}
		if !some && mine {
			add := newToolButton(theme.ContentAddIcon(), describe.Role(w.text, role), t("modic.region.add"), w.hint, func() { w.marks.resumeAt(a, role) })
			p.regions.Add(container.New(inRow{2}, add))
		}
	}
	p.regions.Refresh()
}

// regionText is "CSF · T2 8/15 · proposed".
func (w *window) regionText(m annotations.Mark) string {
	text := describe.Role(w.text, m.Role)
	if it, slice, ok := w.session.find(m.Image); ok {
		name := it.Stack.Weighting
		if name == "" {
			name = it.Info.Modality
		}
		text += " · " + w.text.T("modic.region.place", name, slice+1, len(it.Stack.Slices))
	} else {
		text += " · " + w.text.T("modic.region.closed")
	}
	if m.Untouched() {
		key := "modic.region.proposed"
		if m.Proposal.Method == methodCarried {
			key = "modic.region.carried"
		}
		text += " · " + w.text.T(key)
	}
	return text
}

// showRegion brings the image that a region was marked on on screen.
func (w *window) showRegion(m annotations.Mark) {
	if !w.grid.ShowImage(m.Image) {
		w.say("finding.not.open", widget.WarningImportance)
	}
	w.focusGrid()
}

// removeRegion takes a mark out of a finding; the numbers are read anew.
func (w *window) removeRegion(uid string, i int) {
	c := w.caseWith(uid)
	if c == nil {
		return
	}
	before, ok := c.doc.Find(uid)
	if !ok || i >= len(before.Marks) || !w.mine(before) {
		return
	}
	after := before
	after.Marks = slices.Delete(slices.Clone(before.Marks), i, i+1)
	after = w.evaluate(after)
	w.apply(c, annotations.Edit{Before: &before, After: &after})
	w.focusGrid()
}

// resumeAt takes the tool of a finding in hand to add the mark of a role.
func (m *marking) resumeAt(a annotations.Annotation, role string) {
	i := slices.IndexFunc(spineSteps[a.Kind], func(s spineStep) bool { return s.role == role })
	if i < 0 {
		return
	}
	m.choose(a.Kind)
	m.level, m.endplate, m.work, m.step = a.Level, a.Endplate, a.UID, i
	m.reset()
	m.ready()
	m.w.stateChanged()
	m.w.focusGrid()
}
