package app

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// postures are what a reviewer can say of how the patient was placed.
var postures = []string{spine.Standing, spine.Sitting, spine.Lying}

// markingChoices are the choices in the bar of the marking tool that only some kinds have: the posture of an alignment, the side of an effusion.
type markingChoices struct {
	w        *window
	label    *widget.Label
	postures []*toolButton
	sides    []*toolButton
}

func newMarkingChoices(w *window) markingChoices {
	c := markingChoices{w: w, label: widget.NewLabel(w.text.T("alignment.posture"))}
	for _, p := range postures {
		c.postures = append(c.postures, newToolButton(nil, w.text.T("alignment.posture."+p), w.text.T("alignment.posture.hint"), w.hint, func() { w.marks.setPosture(p) }))
	}
	for _, s := range sides {
		c.sides = append(c.sides, newToolButton(nil, w.text.T("side."+s), w.text.T("side.hint"), w.hint, func() { w.marks.setSide(s) }))
	}
	return c
}

func (c markingChoices) objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{c.label}
	for _, b := range append(slices.Clone(c.postures), c.sides...) {
		out = append(out, b)
	}
	return out
}

// update shows the choices of the tool in hand.
func (c markingChoices) update() {
	m := c.w.marks
	c.label.Hidden = m.kind != annotations.Alignment
	for i, b := range c.postures {
		b.Hidden = m.kind != annotations.Alignment
		b.set(false, m.posture == postures[i])
	}
	for i, b := range c.sides {
		b.Hidden = !m.kind.Sided()
		b.set(false, m.side == sides[i])
	}
}

// said are the attributes of a finding that is begun, from the bar's choices.
func (m *marking) said() map[string]string {
	switch {
	case m.kind == annotations.Alignment && m.posture != "":
		return map[string]string{annotations.AttributePosture: m.posture}
	case m.kind.Sided() && m.side != "":
		return map[string]string{annotations.AttributeSide: m.side}
	}
	return nil
}

// setPosture states the posture of the alignment in work, or of the one that comes.
func (m *marking) setPosture(posture string) {
	m.posture = posture
	m.stated(annotations.AttributePosture, posture)
}

// stated writes what was said into the finding in work, if there is one, and goes on with its next mark.
func (m *marking) stated(attribute, value string) {
	w := m.w
	if c := w.caseWith(m.work); m.work != "" && c != nil {
		if before, ok := c.doc.Find(m.work); ok && w.mine(before) {
			after := w.evaluate(withAttribute(before, attribute, value))
			w.apply(c, annotations.Edit{Before: &before, After: &after})
		}
	}
	m.reset()
	m.ready()
	w.stateChanged()
	w.grid.RefreshMarks()
	w.focusGrid()
}

// withAttribute is a finding with an attribute, "" for none.
func withAttribute(a annotations.Annotation, name, value string) annotations.Annotation {
	attributes := maps.Clone(a.Attributes)
	if attributes == nil {
		attributes = map[string]string{}
	}
	if attributes[name] = value; value == "" {
		delete(attributes, name)
	}
	if len(attributes) == 0 {
		attributes = nil
	}
	a.Attributes = attributes
	return a
}

// attributeRow is a field of the editor for one attribute: a choice of values, the first of which is that nothing was said.
type attributeRow struct {
	name   string
	values []string
	field  *widget.Select
}

// newAttributeRow makes the field; text names a value, "" for nothing.
func newAttributeRow(w *window, name string, values []string, text func(string) string, change func(func(*annotations.Annotation))) *attributeRow {
	r := &attributeRow{name: name, values: append([]string{""}, values...)}
	var names []string
	for _, v := range r.values {
		names = append(names, text(v))
	}
	r.field = widget.NewSelect(names, func(string) {
		change(func(a *annotations.Annotation) {
			*a = withAttribute(*a, name, r.values[max(r.field.SelectedIndex(), 0)])
		})
	})
	return r
}

// show fills the field with what a finding says.
func (r *attributeRow) show(a annotations.Annotation, mine bool) {
	r.field.SetSelectedIndex(max(0, indexOf(r.values, a.Attributes[r.name])))
	if mine {
		r.field.Enable()
	} else {
		r.field.Disable()
	}
}

// attributesOf are the fields of the editor that a kind has beside the usual ones.
func (e *editor) attributesOf(kind annotations.Kind) []*attributeRow {
	switch {
	case kind == annotations.Alignment:
		return []*attributeRow{e.posture}
	case kind == annotations.Instability:
		return e.gates
	case kind.Sided():
		return []*attributeRow{e.side}
	}
	return nil
}

// newPostureRow is the field of an alignment's posture.
func newPostureRow(w *window, change func(func(*annotations.Annotation))) *attributeRow {
	return newAttributeRow(w, annotations.AttributePosture, postures, func(p string) string {
		if p == "" {
			return w.text.T("alignment.posture.unsaid")
		}
		return w.text.T("alignment.posture." + p)
	}, change)
}

// row adds a field with its label to the form.
func (e *editor) row(key string, o fyne.CanvasObject) {
	l := widget.NewLabel(e.w.text.T(key))
	l.Importance = widget.LowImportance
	e.form.Add(container.New(labelled{88}, l, o))
}

// alignmentPrompt says which landmark comes next, and that what is marked may be all.
func (w *window) alignmentPrompt(role, of, part string) string {
	text := w.text.T("prompt.corner", role, of, w.text.T("corner."+part))
	switch of + "." + part {
	case "FH1.C", "FH2.C":
		text = w.text.T("prompt.head", role, of[2:])
	case "FH1.R", "FH2.R":
		text = w.text.T("prompt.head.rim", role, of[2:])
	}
	if w.marks.begun && (strings.HasSuffix(part, "P") || of+part == "FH2C") {
		text += w.text.T("prompt.alignment.finish")
	}
	return text
}
