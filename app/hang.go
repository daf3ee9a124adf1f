package app

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/command"
	"rachis/app/hanging"
	"rachis/dicomio"
	"rachis/viewer"
	"rachis/viewer/render"
)

// hung is what a protocol has last made of the views, to be said again in another language.
type hung struct {
	result    hanging.Result
	list      []hanging.Series
	cells     []int            // the view of the protocol in each cell as it was laid out; the reader may have moved them since
	stacks    []*dicomio.Stack // what each view of the protocol shows; nil for none
	said      map[int]string   // what was last said in the place of each view that is empty
	patient   *dicomio.Patient
	elsewhere bool // it was laid out on the board of another window
}

// hangCommands are the menu of hanging protocols: all of them, the first ones with a key, and what is done with them.
func (w *window) hangCommands() []command.Command {
	type C = command.Command
	open := func() bool { return len(w.session.items) > 0 }
	var list []C
	for i, p := range w.offered() {
		c := C{ID: "hang." + p.ID, Menu: "hang", Group: 1, Enabled: open, Name: func() string { return p.Name.In(w.text.Language()) }, Run: func() { w.hang(p.ID) }}
		if i < 7 {
			c.Keys = key(fyne.KeyName("F" + strconv.Itoa(2+i)))
		}
		list = append(list, c)
	}
	return append(list,
		C{ID: "hanging.save", Menu: "hang", Group: 2, Enabled: w.anythingShown, Run: w.saveLayout},
		C{ID: "hanging.list", Menu: "hang", Group: 2, Run: w.showHangings})
}

// seriesOf are the items of a patient that can be shown, and what protocols know of them.
func (w *window) seriesOf(p *dicomio.Patient) (items []viewer.Item, list []hanging.Series) {
	if p == nil {
		return nil, nil
	}
	for _, st := range p.Studies {
		for _, se := range st.Series {
			for _, k := range se.Stacks {
				i := slices.IndexFunc(w.session.items, func(it viewer.Item) bool { return it.Stack == k })
				if i < 0 || len(k.Slices) == 0 {
					continue
				}
				it := w.session.items[i]
				study := st.UID
				if study == "" { // studies without one are told apart by their date alone
					study = st.Date + " " + st.Time
				}
				s := hanging.Series{Study: study, Date: st.Date, Time: st.Time, Modality: it.Info.Modality, Plane: k.Orientation, Weighting: k.Weighting, Fat: k.FatSuppressed,
					Position: k.View, Projection: k.Projection, Description: k.Description, BodyPart: se.BodyPart, About: st.Description, Images: len(k.Slices), Number: se.Number,
					Part: k.Split != "", Broken: !showable(it)}
				if s.Description == "" {
					s.Description = se.Description
				}
				items, list = append(items, it), append(list, s)
			}
		}
	}
	return items, list
}

// activePatient is the one in the active view, else the first that a view shows, else the only one that is open.
func (w *window) activePatient() *dicomio.Patient {
	of := func(cell int) *dicomio.Patient {
		if it, ok := w.grid.Item(cell); ok {
			return w.patientOfItem(it)
		}
		return nil
	}
	if p := of(w.grid.Active()); p != nil {
		return p
	}
	for i := range w.grid.Cells() {
		if p := of(i); p != nil {
			return p
		}
	}
	if len(w.session.patients) > 0 {
		return w.session.patients[0]
	}
	return nil
}

// patientOfItem finds the patient by the stack itself, since studies may lack their UID, and by the study for one that was computed.
func (w *window) patientOfItem(it viewer.Item) *dicomio.Patient {
	for _, p := range w.session.patients {
		for _, st := range p.Studies {
			for _, se := range st.Series {
				if slices.Contains(se.Stacks, it.Stack) {
					return p
				}
			}
		}
	}
	return w.session.patientOf(it.Info.StudyUID)
}

// match applies a protocol to a patient's series.
func (w *window) match(p hanging.Protocol, patient *dicomio.Patient) (hanging.Result, []viewer.Item, []hanging.Series) {
	items, list := w.seriesOf(patient)
	active := -1
	if it, ok := w.grid.Item(w.grid.Active()); ok {
		active = slices.IndexFunc(items, func(other viewer.Item) bool { return other.Stack == it.Stack })
	}
	return hanging.Match(p, list, active), items, list
}

// hang lays the series of the active patient out by a protocol that the reader has chosen. Views for which there is nothing say what is missing;
// where there is nothing at all, a dialog says why. It reports whether the protocol fired.
func (w *window) hang(id string) bool {
	p, ok := w.hangings.find(id)
	if !ok || len(w.session.items) == 0 {
		return false
	}
	patient := w.activePatient()
	r, items, list := w.match(p, patient)
	if r.Shown() == 0 {
		w.seekPriors(r, patient)
		w.inform("hanging.none.title", w.whyNot(r, list))
		return false
	}
	w.layOutBy(r, items, list, false)
	w.seekPriors(r, patient)
	if missing := r.Missing(); len(missing) > 0 {
		key := "hanging.partly"
		if !r.Fires() {
			key = "hanging.partly.required"
		}
		w.say(key, widget.WarningImportance, p.Name.In(w.text.Language()), w.reason(r, list, missing[0]))
	} else {
		w.status.say(p.Name.In(w.text.Language()), lowImportance)
	}
	w.focusGrid()
	return r.Fires()
}

// hangWhole is hang where only all that is required will do, as for a tool that is taken in hand; else it says why, and leaves the views as they are.
func (w *window) hangWhole(id string) bool {
	p, _ := w.hangings.find(id)
	r, items, list := w.match(p, w.activePatient())
	if r.Fires() {
		w.layOutBy(r, items, list, true)
		return true
	}
	if missing := r.Missing(); len(missing) > 0 && w.anythingShown() {
		w.say("hanging.partly.required", widget.WarningImportance, p.Name.In(w.text.Language()), w.reason(r, list, missing[0]))
	}
	return false
}

// arrange lays the series of the active patient out by a protocol, where all that it requires is there, and says nothing.
func (w *window) arrange(id string) bool { return w.arrangeOf(id, w.activePatient()) }

func (w *window) arrangeOf(id string, patient *dicomio.Patient) bool {
	p, ok := w.hangings.find(id)
	if !ok {
		return false
	}
	r, items, list := w.match(p, patient)
	if !r.Fires() {
		return false
	}
	w.layOutBy(r, items, list, true)
	return true
}

// hangFirst shows a first layout of what is open: by the protocol that the reader has chosen for the modality, by the first that fires on its own, or
// the first series that can be shown: of several images where there is one, for scouts come first.
func (w *window) hangFirst() {
	w.grid.UseMain()
	for _, p := range w.session.patients {
		modality := w.openedModality(p)
		switch id := w.prefs.String(prefHangDefault + kindOfModality(modality)); id {
		case hangNone:
		case hangByOrder:
			for _, protocol := range w.offered() {
				if protocol.Opens(modality) && w.arrangeOf(protocol.ID, p) {
					return
				}
			}
			// A study of another modality may be open beside it: films with an MR.
			for _, protocol := range w.offered() {
				if protocol.Opening != nil && protocol.Opening.Alone && w.arrangeOf(protocol.ID, p) {
					return
				}
			}
		default:
			if w.arrangeOf(id, p) {
				return
			}
		}
	}
	w.grid.SetTiled(false)
	w.grid.SetLayout(viewer.Layout1x1)
	first := slices.IndexFunc(w.session.items, func(it viewer.Item) bool { return showable(it) && len(it.Stack.Slices) > 1 })
	if first < 0 {
		first = slices.IndexFunc(w.session.items, showable)
	}
	if first >= 0 {
		w.grid.Place(0, w.session.items[first], nil)
	}
	w.grid.SetActive(0)
	w.activeChanged()
}

// openedModality is what a patient's newest study is of: slices before films.
func (w *window) openedModality(p *dicomio.Patient) string {
	_, list := w.seriesOf(p)
	newest, best, rank := "", "", 0
	for _, s := range list {
		if s.Broken {
			continue
		}
		n := 1
		switch {
		case s.Modality == "MR":
			n = 4
		case s.Modality == "CT":
			n = 3
		case slices.Contains(hanging.Films, s.Modality):
			n = 2
		}
		// Slices of some days before still come first: films are often taken after them, for the same question.
		if n > rank || n == rank && s.Date > newest {
			newest, best, rank = s.Date, s.Modality, n
		}
	}
	return best
}

// kindOfModality is a modality as defaults are kept for it.
func kindOfModality(m string) string {
	if slices.Contains(hanging.Films, m) {
		return "film"
	}
	return m
}

// layOutBy puts what a protocol has found on screen. Alone, views that are not required and have nothing are left out where the others then lie in a
// row: nobody has asked for them.
func (w *window) layOutBy(r hanging.Result, items []viewer.Item, list []hanging.Series, alone bool) {
	p, g := r.Protocol, w.grid
	l := viewer.Layout{Rows: p.Layout.Rows, Columns: p.Layout.Columns, Lead: map[string]viewer.Lead{"left": viewer.LeadLeft, "top": viewer.LeadTop}[p.Layout.Lead]}
	h := &hung{result: r, list: list, stacks: make([]*dicomio.Stack, len(r.Views)), said: map[int]string{}, elsewhere: g.IsElsewhere()}
	if len(items) > 0 {
		h.patient = w.patientOfItem(items[0])
	}
	for i := range r.Views {
		if at := r.Views[i].Series; at >= 0 {
			h.stacks[i] = items[at].Stack
		}
		if r.Views[i].Series >= 0 || !alone || l.Lead != viewer.LeadNone || l.Rows > 1 && l.Columns > 1 {
			h.cells = append(h.cells, i)
		}
	}
	if !p.Layout.Tiled && len(h.cells) < len(r.Views) {
		if l.Rows == 1 {
			l.Columns = len(h.cells)
		} else {
			l.Rows = len(h.cells)
		}
	}
	g.SetTiled(false)
	g.SetLayout(l)
	w.setLinks(p.Links)
	if p.Layout.Tiled {
		g.Place(0, items[r.Views[0].Series], w.firstView(p.Views[0], items[r.Views[0].Series]))
		g.SetActive(0)
		g.SetTiled(true)
		w.hungBy = h
		w.activeChanged()
		return
	}
	for cell := range g.Cells() {
		g.Clear(cell)
	}
	first := -1
	// Those that have a place of their own first: the others join them there.
	for _, own := range []bool{true, false} {
		for cell, i := range h.cells {
			at := r.Views[i].Series
			if at < 0 || (p.Views[i].Slice != "") != own {
				continue
			}
			g.Place(cell, items[at], w.firstView(p.Views[i], items[at]))
			w.setFirstWindow(cell, p.Views[i], items[at])
			if first < 0 {
				first = cell
				g.SetActive(cell)
			}
		}
	}
	w.hungBy = h
	w.sayInViews()
	for cell, i := range h.cells {
		if r.Views[i].Series >= 0 {
			g.SetActive(cell)
			break
		}
	}
	w.activeChanged()
}

// firstView is how a view begins where its protocol says which image it shows; nil where it does not.
func (w *window) firstView(v hanging.View, it viewer.Item) *annotations.View {
	n := len(it.Stack.Slices)
	view := w.grid.LastView(it)
	switch v.Slice {
	case "first":
		view.Slice = 0
	case "middle":
		view.Slice = n / 2
	case "last":
		view.Slice = n - 1
	default:
		return nil
	}
	return &view
}

// setFirstWindow sets the window that a protocol asks for.
func (w *window) setFirstWindow(cell int, v hanging.View, it viewer.Item) {
	if v.Window == nil {
		return
	}
	if v.Window.Percentile {
		w.grid.SetPercentile(cell)
		return
	}
	view := w.grid.View(cell)
	view.Center, view.Width, view.Function, view.Preset = v.Window.Center, v.Window.Width, "", ""
	if v.Window.Preset != "" {
		p, ok := render.CTPreset(v.Window.Preset)
		if !ok || it.Info.Modality != "CT" {
			return
		}
		view.Center, view.Width, view.Function, view.Preset = p.VOI.Window.Center, p.VOI.Window.Width, p.VOI.Window.Function, p.Name
	}
	w.grid.SetView(cell, view)
}

// setLinks sets the switches that a protocol names.
func (w *window) setLinks(l *hanging.Links) {
	if l == nil {
		return
	}
	for what, on := range map[viewer.Links]*bool{viewer.LinkScroll: l.Scroll, viewer.LinkPan: l.Pan, viewer.LinkZoom: l.Zoom, viewer.LinkWindow: l.Window} {
		if on != nil {
			w.grid.Link(what, *on)
		}
	}
	if l.Localiser != nil {
		w.grid.Localiser(*l.Localiser)
	}
}

// sayInViews says in the empty views what is missing, and on pairs of several dates which is which, when they have just been laid out.
func (w *window) sayInViews() {
	h := w.hungBy
	for cell, i := range h.cells {
		it, ok := w.grid.Item(cell)
		switch {
		case !ok && h.stacks[i] == nil && h.result.Views[i].Cause != hanging.Fine:
			h.said[i] = w.emptyText(h, i)
			w.grid.SetMissing(cell, h.said[i])
		case ok && it.Stack == h.stacks[i]:
			if text := w.captionOf(h, i); text != "" {
				w.grid.SetCaption(cell, text)
			}
		}
	}
}

// captionOf is what is written on a view of a protocol that has several dates side by side; "" for another.
func (w *window) captionOf(h *hung, view int) string {
	if !slices.ContainsFunc(h.result.Protocol.Views, func(v hanging.View) bool { return v.Prior > 0 }) {
		return ""
	}
	f := h.result.Views[view]
	when := date(f.Date)
	if when == "" {
		when = w.text.T("hanging.undated")
	}
	if f.Prior > 0 {
		return w.text.T("hanging.caption.prior", f.Prior, when)
	}
	return w.text.T("hanging.caption.current", when)
}

// relabelViews says it again, after the language has changed. The reader may have swapped the views since, shown one alone, or chosen another layout:
// a view is known by the series that it shows, or by what it says, and never by its number. What is not known stays as it is.
func (w *window) relabelViews() {
	h := w.hungBy
	if h == nil {
		return
	}
	again := map[int]string{}
	w.grid.EachBoard(func() {
		if w.grid.IsElsewhere() != h.elsewhere {
			return
		}
		w.grid.Renote(func(it viewer.Item, placed bool, text string) string {
			if placed {
				if i := slices.Index(h.stacks, it.Stack); i >= 0 {
					return cmp.Or(w.captionOf(h, i), text)
				}
				return text
			}
			for i, said := range h.said {
				if said == text {
					again[i] = w.emptyText(h, i)
					return again[i]
				}
			}
			return text
		})
	})
	maps.Copy(h.said, again)
}
