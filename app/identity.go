package app

import (
	"slices"

	"rachis/dicomio"
)

// The patient's identity can be kept off the screen, for a conference or a lecture: the case's code then stands in its place. What is
// hidden is only the display; bundles and reports say who the patient is.

// hidesIdentity reports whether the identity is kept off the screen.
func (w *window) hidesIdentity() bool { return w.prefs.Bool(prefHideIdentity) }

func (w *window) toggleIdentity() {
	w.prefs.SetBool(prefHideIdentity, !w.hidesIdentity())
	w.identityChanged()
	w.stateChanged()
}

// identityChanged brings pictures, tree and panels to what may be shown.
func (w *window) identityChanged() {
	w.setItems()
	w.tree.fill()
	w.tree.mark()
	w.findings.fill()
	w.showCentre()
	w.tags.follow()
	w.setMenu()
}

// codeOf is what stands for a patient whose identity is hidden.
func (w *window) codeOf(p *dicomio.Patient) string {
	if p != nil {
		for _, c := range w.session.cases {
			if slices.ContainsFunc(p.Studies, func(st *dicomio.Study) bool { return c.studies[st.UID] }) {
				return c.id
			}
		}
	}
	return w.text.T("identity.hidden")
}

// caseTitle names a case as it may be shown.
func (w *window) caseTitle(c *casework) string {
	if w.hidesIdentity() {
		return c.id
	}
	return c.title
}

// coverItems puts codes on the items, or takes them off.
func (w *window) coverItems() {
	for i := range w.session.items {
		info := &w.session.items[i].Info
		info.Code = ""
		if w.hidesIdentity() {
			info.Code = w.codeOf(w.patientOfItem(w.session.items[i]))
		}
	}
}
