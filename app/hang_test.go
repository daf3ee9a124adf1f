package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/app/hanging"
	"rachis/app/lang"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/viewer"
)

// stackIs says how a stack of a test's index is; its files are not there.
type stackIs struct {
	modality, plane, weighting, view, name string
	n                                      int
	fat                                    bool
}

// visit is a study of the test's patient.
func visit(date string, stacks ...stackIs) *dicomio.Study {
	st := &dicomio.Study{UID: "1.3." + date, Date: date, Description: "LUMBAR SPINE"}
	for i, s := range stacks {
		uid := fmt.Sprintf("1.3.%s.%d", date, i+1)
		k := &dicomio.Stack{Orientation: s.plane, Weighting: s.weighting, View: s.view, FatSuppressed: s.fat, Description: s.name, FrameOfReferenceUID: "1.3." + date + ".99"}
		if s.modality == "DX" {
			k.Projection, k.FrameOfReferenceUID = dicomio.ProjectionLateral, ""
		}
		se := &dicomio.Series{UID: uid, Modality: s.modality, Description: s.name, Number: i + 1, Stacks: []*dicomio.Stack{k}}
		for j := range max(s.n, 1) {
			in := &dicomio.Instance{SOPInstanceUID: fmt.Sprintf("%s.%d", uid, j+1), SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Rows: 64, Columns: 64, Frames: 1, HasPixels: true,
				Location: dicomio.Location{Path: "/nowhere/" + uid}}
			se.Instances = append(se.Instances, in)
			k.Slices = append(k.Slices, dicomio.Slice{Instance: in})
		}
		st.Series = append(st.Series, se)
	}
	return st
}

func patientOf(studies ...*dicomio.Study) *dicomio.Index {
	return &dicomio.Index{Patients: []*dicomio.Patient{{ID: "P1", Name: "SYNTHETIC^Phantom", BirthDate: "19700101", Sex: "F", Studies: studies}}}
}

var (
	sagT1   = stackIs{modality: "MR", plane: "SAG", weighting: "T1", name: "SAG T1", n: 5}
	sagT2   = stackIs{modality: "MR", plane: "SAG", weighting: "T2", name: "SAG T2", n: 5}
	sagSTIR = stackIs{modality: "MR", plane: "SAG", weighting: "STIR", name: "SAG STIR", n: 5, fat: true}
	axSTIR  = stackIs{modality: "MR", plane: "AX", weighting: "STIR", name: "AX STIR", n: 5, fat: true}
	flexion = stackIs{modality: "DX", view: "FLEXION", name: "LAT FLEX"}
	extends = stackIs{modality: "DX", view: "EXTENSION", name: "LAT EXT"}
	neutral = stackIs{modality: "DX", name: "LAT"}
)

// views writes down what is on screen: the description of each view's series, or why there is none.
func (w *window) views() string {
	var all []string
	for i := range w.grid.Cells() {
		if it, ok := w.grid.Item(i); ok {
			s := it.Stack.Description
			if c := w.grid.Caption(i); c != "" {
				s += " [" + c + "]"
			}
			all = append(all, s)
		} else if why := w.grid.Missing(i); why != "" {
			all = append(all, "("+why+")")
		} else {
			all = append(all, "-")
		}
	}
	return strings.Join(all, " | ")
}

func TestTheFirstLayoutIsThatOfTheProtocolThatFires(t *testing.T) {
	for _, c := range []struct {
		name string
		idx  *dicomio.Index
		pref map[string]string
		want string
	}{
		{"Modic", patientOf(visit("20261101", sagT2, sagSTIR, sagT1)), nil, "SAG T1 | SAG T2 | SAG STIR"},
		{"without STIR, nobody has asked for an empty view", patientOf(visit("20261101", sagT2, sagT1, axSTIR)), nil, "SAG T1 | SAG T2"},
		{"films", patientOf(visit("20261101", neutral, extends, flexion)), nil, "LAT FLEX | LAT EXT"},
		{"films with an MR that fits nothing", patientOf(visit("20261101", axSTIR), visit("20261102", extends, flexion)), nil, "LAT FLEX | LAT EXT"},
		{"T2 and a film", patientOf(visit("20261101", sagT2), visit("20261102", neutral)), nil, "SAG T2 | LAT"},
		{"nothing fits", patientOf(visit("20261101", neutral, axSTIR)), nil, "AX STIR"},
		{"the default for MR", patientOf(visit("20261101", sagT2, sagT1), visit("20261102", neutral)), map[string]string{"MR": "disc"}, "SAG T2 | LAT"},
		{"none for MR", patientOf(visit("20261101", sagT2, sagT1)), map[string]string{"MR": hangNone}, "SAG T2"},
		{"a default that is gone", patientOf(visit("20261101", sagT2, sagT1)), map[string]string{"MR": "gone"}, "SAG T2"},
	} {
		w, settle := openedWindow(t, "en")
		w.hangings.dir = t.TempDir()
		for m, id := range c.pref {
			w.prefs.SetString(prefHangDefault+m, id)
		}
		w.opened(source{paths: []string{"/x"}, index: c.idx}, nil)
		settle()
		if got := w.views(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Two patients are never mixed on one screen by a protocol.
func TestAProtocolIsOfOnePatient(t *testing.T) {
	w, settle := openedWindow(t, "en")
	idx := patientOf(visit("20261101", sagT1))
	idx.Patients = append(idx.Patients, &dicomio.Patient{ID: "P2", Name: "OTHER^Phantom", Studies: []*dicomio.Study{visit("20261102", sagT2, sagSTIR)}})
	w.opened(source{paths: []string{"/x"}, index: idx}, nil)
	settle()
	if got := w.views(); got != "SAG T2" { // the second has what the disc asks for

		t.Errorf("at first %s", got)
	}
	w.hang("modic")
	if got := w.views(); strings.Contains(got, "SAG T1") && strings.Contains(got, "SAG T2") && !strings.Contains(got, "(") {
		t.Errorf("two patients: %s", got)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for _, c := range []struct{ language, protocol, want, status string }{
		{"en", "modic", "SAG T1 | SAG T2 | (No sagittal STIR or fat-suppressed sagittal T2 in the study of 2026-11-01. “AX STIR” is STIR, but axial.)", "Modic (T1 | T2 | STIR): No sagittal STIR"},
		{"fr", "modic", "SAG T1 | SAG T2 | (Pas de STIR sagittal ou T2 sagittal avec suppression de graisse dans l’examen du 2026-11-01. « AX STIR » est STIR, mais axial.)", "Pas de STIR sagittal"},
		{"en", "instability", "(No film in flexion in the study of 2026-11-02.) | LAT EXT", "incomplete"},
		{"fr", "instability", "(Pas de cliché en flexion dans l’examen du 2026-11-02.) | LAT EXT", "incomplet"},
		{"en", "prior-mr", "SAG T2 [Current · 2026-11-01] | (No earlier sagittal T2: no earlier study of this patient is known. The library is being searched.)", "incomplete"},
		{"fr", "disc", "SAG T2 | LAT EXT", ""},
	} {
		w, settle := openedWindow(t, c.language)
		w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20261101", sagT2, sagT1, axSTIR), visit("20261102", extends))}, nil)
		settle()
		w.hang(c.protocol)
		if got := w.views(); got != c.want {
			t.Errorf("%s %s: %s\n  want %s", c.language, c.protocol, got, c.want)
		}
		if got := w.status.message.Text; c.status != "" && !strings.Contains(got, c.status) {
			t.Errorf("%s %s: the status says %q, want %q", c.language, c.protocol, got, c.status)
		}
		if w.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s %s: a dialog is in the way", c.language, c.protocol)
		}
		settle()
	}
	w, settle := openedWindow(t, "en")
	w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20261101", sagT2, sagT1))}, nil)
	settle()
	before := w.views()
	if w.hang("instability") || w.views() != before || w.win.Canvas().Overlays().Top() == nil {
		t.Errorf("without any film: %s, dialog %v", w.views(), w.win.Canvas().Overlays().Top())
	}
	if !w.closeModal() {
		t.Error("the dialog cannot be closed")
	}
	// What stands in the views changes with the language.
	w.hang("modic")
	w.prefs.SetString(prefLanguage, "fr")
	w.applyLook()
	if got := w.views(); got != "SAG T1 | SAG T2 | (Pas de STIR sagittal ou T2 sagittal avec suppression de graisse dans l’examen du 2026-11-01.)" {
		t.Errorf("in French: %s", got)
	}
	w.grid.SetActive(2)
	w.place(w.session.items[0])
	w.grid.Clear(2)
	w.prefs.SetString(prefLanguage, "en")
	w.applyLook()
	if got := w.views(); got != "SAG T1 | SAG T2 | -" {
		t.Errorf("what was emptied by hand says %s", got)
	}
}

// Every reason can be said in both languages, whatever the rule and whatever comes near.
func TestEveryReasonHasWords(t *testing.T) {
	for _, language := range lang.Languages {
		w, _ := openedWindow(t, language)
		rules := []hanging.Rule{{}, {Modality: []string{"CT"}, Plane: []string{"AX", "COR", "OBL"}}, {Modality: []string{"MR"}, Weighting: []string{"T1", "PD"}, Plane: []string{"SAG"}, Fat: "suppressed"},
			{Modality: []string{"DX", "CR"}, Position: []string{"NEUTRAL", hanging.Unstated}, Projection: []string{"LATERAL", "FRONTAL", "OBLIQUE"}},
			{Position: []string{"FLEXION"}}, {Description: []string{"a", "b"}, Images: &hanging.Range{Min: 2}}, {Images: &hanging.Range{Max: 3}}, {Images: &hanging.Range{Min: 3, Max: 3}},
			{Images: &hanging.Range{Min: 3, Max: 4}}}
		near := []hanging.Series{{}, {Modality: "MR", Plane: "SAG", Weighting: "T2", Fat: true, Description: "x", Images: 3}, {Modality: "DX", Position: "NEUTRAL", Projection: "FRONTAL"}, {Plane: "OBL", Position: "FLEXION", Projection: "LATERAL"}}
		all := []hanging.Attribute{hanging.Modality, hanging.Position, hanging.Projection, hanging.Weighting, hanging.Plane, hanging.Fat, hanging.Description, hanging.Images, hanging.Broken, hanging.Region}
		for _, rule := range rules {
			for _, cause := range []hanging.Cause{hanging.NoStudy, hanging.NoPrior, hanging.NoSeries, hanging.NoOlder, hanging.Taken} {
				for i := range near {
					p := hanging.Protocol{Name: hanging.Name{English: "n"}, Views: []hanging.View{{Series: []hanging.Rule{rule}, Prior: i}}}
					for _, hits := range [][]hanging.Attribute{nil, all} {
						r := hanging.Result{Protocol: p, Views: []hanging.Found{{Series: -1, Cause: cause, Near: i, Hits: hits, Misses: all, Elsewhere: 0}}}
						for _, text := range []string{w.whyNot(r, near), w.viewText(p.Views[0])} {
							if strings.Contains(text, "⟦") || strings.Contains(text, "%!") || strings.Contains(text, "  ") && !strings.Contains(text, "\n") {
								t.Errorf("%s: %s", language, text)
							}
						}
					}
				}
			}
		}
	}
}

func TestThePriorStandsBesideTheCurrent(t *testing.T) {
	w, settle := openedWindow(t, "en")
	now, then := visit("20261101", sagT2, sagT1), visit("20240301", sagT2)
	w.opened(source{paths: []string{"/x"}, index: patientOf(then, now)}, nil)
	settle()
	if !w.hang("prior-mr") {
		t.Fatal("it does not fire")
	}
	if got := w.views(); got != "SAG T2 [Current · 2026-11-01] | SAG T2 [Prior 1 · 2024-03-01]" {
		t.Error(got)
	}
	for i, date := range []string{"20261101", "20240301"} {
		if it, _ := w.grid.Item(i); it.Info.StudyDate != date {
			t.Errorf("view %d is of %s", i, it.Info.StudyDate)
		}
	}
	w.hang("modic")
	if got := w.views(); got != "SAG T1 | SAG T2 | (No sagittal STIR or fat-suppressed sagittal T2 in the study of 2026-11-01.)" {
		t.Error(got)
	}
}

func TestLayoutsAreKeptAsProtocols(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	w.hangings.dir = filepath.Join(t.TempDir(), "not", "yet")
	w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20261101", sagT2, sagT1, sagSTIR, axSTIR), visit("20261102", neutral, flexion))}, nil)
	settle()
	w.setLayout(viewer.Layout1and2)
	for i, name := range []string{"AX STIR", "SAG T2", "LAT"} {
		at := slices.IndexFunc(w.session.items, func(it viewer.Item) bool { return it.Stack.Description == name })
		w.grid.Place(i, w.session.items[at], nil)
	}
	w.grid.Link(viewer.LinkWindow, true)
	p, ok := w.derive("mon-choix", w.nameOf("Mon choix"))
	if !ok {
		t.Fatal("there is nothing on screen")
	}
	if err := w.hangings.write(p); err != nil {
		t.Fatal(err)
	}
	w.hangingsChanged()
	c, ok := w.table.Find("hang.mon-choix")
	if !ok || c.Label(w.text.T) != "Mon choix" || c.Menu != "hang" || len(c.Keys) != 1 {
		t.Fatalf("it is no command: %+v", c)
	}
	w.setLayout(viewer.Layout1x1)
	w.grid.Link(viewer.LinkWindow, false)
	w.table.Typed(c.Keys[0].Name, 0)
	if got := w.views(); got != "AX STIR | SAG T2 | LAT" || w.grid.Layout() != viewer.Layout1and2 || !w.grid.Linked(viewer.LinkWindow) {
		t.Errorf("by its key it shows %s in %v", got, w.grid.Layout())
	}
	for preset, want := range map[string]hanging.Window{"viewer.preset.bone": {Preset: "bone"}, "viewer.preset.percentile:0.5:99.5": {Percentile: true}} {
		if got := windowOf(annotations.View{Preset: preset, Center: 1, Width: 2}); got == nil || *got != want {
			t.Errorf("of the window %s it keeps %+v", preset, got)
		}
	}
	if windowOf(annotations.View{Center: 300, Width: 600}) != nil || windowOf(annotations.View{Preset: "NORMAL"}) != nil {
		t.Error("it keeps a window that is of one series alone")
	}
	info, err := os.Stat(filepath.Join(w.hangings.dir, "mon-choix.json"))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("its file: %v %v", info, err)
	}
	// A series that is tiled is kept as that.
	w.setLayout(viewer.Layout{Rows: 2, Columns: 3})
	w.grid.SetActive(1)
	w.grid.SetTiled(true)
	p, _ = w.derive("planche", w.nameOf("Planche"))
	if err := w.hangings.write(p); err != nil {
		t.Fatal(err)
	}
	w.hangingsChanged()
	w.hang("modic")
	if w.grid.Tiled() {
		t.Error("it is still tiled")
	}
	w.hang("planche")
	if it, _ := w.grid.Item(0); !w.grid.Tiled() || w.grid.Cells() != 6 || it.Stack.Description != "SAG T2" {
		t.Errorf("tiled: %v, %s", w.grid.Tiled(), w.views())
	}
	// The order is the user's, and the keys follow it.
	ids := w.hangings.ids()
	slices.Reverse(ids)
	w.prefs.SetStringList(prefHangOrder, ids)
	w.hangingsChanged()
	if got := w.hangings.ids(); !slices.Equal(got, ids) {
		t.Errorf("order %v, want %v", got, ids)
	}
	if c, _ := w.table.Find("hang." + ids[0]); len(c.Keys) != 1 || c.Keys[0].Name != fyne.KeyF2 {
		t.Errorf("the first has the keys %v", c.Keys)
	}
	w.showHangings()
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("the list is not shown")
	}
	w.closeModal()
	w.saveLayout()
	w.closeModal()
}

// Files that are none, or that mean harm, are listed with their reasons and stop nothing.
func TestBrokenProtocolsAreListed(t *testing.T) {
	w, _ := openedWindow(t, "en")
	dir := t.TempDir()
	w.hangings.dir = dir
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := `{"rachis_hanging":1,"id":"good","name":{"en":"Good"},"layout":{"rows":1,"columns":1},"views":[{"series":[{"modality":["MR"]}]}]}`
	put("good.json", good)
	put("again.json", good)
	put("modic.json", strings.Replace(good, `"good"`, `"modic"`, 1))
	put("empty.json", "")
	put("deep.json", strings.Repeat("[", 50000))
	put("large.json", strings.Repeat(" ", 5<<20))
	put("later.json", strings.Replace(good, `"rachis_hanging":1`, `"rachis_hanging":9`, 1))
	put("notes.txt", "no protocol, and none is expected")
	if err := os.Mkdir(filepath.Join(dir, "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	wanted := []string{"modic.json", "empty.json", "deep.json", "large.json", "later.json", "folder.json"}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "endless.json")); err == nil { // not on every system
		wanted = append(wanted, "endless.json")
	}
	w.hangingsChanged()
	if _, ok := w.hangings.find("good"); !ok {
		if _, ok := w.table.Find("hang.good"); !ok {
			t.Error("the good one is not there")
		}
	}
	if m, ok := w.hangings.find("modic"); !ok || m.Layout.Columns != 3 {
		t.Error("Rachis's own was replaced")
	}
	var names []string
	for _, b := range w.hangings.broken {
		if b.err == nil {
			t.Errorf("%s has no reason", b.path)
		}
		names = append(names, filepath.Base(b.path))
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not listed: %v", name, names)
		}
	}
	if slices.Contains(names, "notes.txt") || !slices.Contains(names, "good.json") && !slices.Contains(names, "again.json") {
		t.Errorf("listed are %v", names)
	}
	w.showHangings()
	w.closeModal()
	w.hangings.dir = filepath.Join(dir, "good.json") // no folder at all
	w.hangingsChanged()
	if len(w.hangings.all) != len(hanging.Builtins()) {
		t.Errorf("%d protocols", len(w.hangings.all))
	}
}

func TestProtocolsAreTakenInUnderAnIDOfTheirOwn(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.hangings.dir = t.TempDir()
	p, _ := w.hangings.find("disc")
	p.Name = hanging.Name{English: "Ours", French: "Le nôtre"}
	data, err := hanging.Format(p)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sent.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	w.takeHanging(path)
	w.takeHanging(path)
	w.closeModal()
	for _, id := range []string{"disc-2", "disc-3"} {
		if q, ok := w.hangings.find(id); !ok || q.Name.French != "Le nôtre" {
			t.Errorf("%s: %+v", id, q)
		}
	}
	w.takeHanging(filepath.Join(t.TempDir(), "gone.json"))
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("a file that is not there is passed over in silence")
	}
	for name, want := range map[string]string{"": "protocol", "À côté !": "a-cote", "modic": "modic-2", strings.Repeat("long ", 30): "long-long-long-long-long-long-long-long"} {
		if got := w.hangings.newID(name); got != want || !hanging.ValidID(got) {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

// Earlier studies that are in the library come when a protocol asks for a prior, once, and only those of the same person.
func TestPriorsComeFromTheLibrary(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	if n := len(w.session.items); n != 1 {
		t.Fatalf("%d series are open", n)
	}
	earlier := func(changes ...[2]string) { importEarlier(t, w, store.ImportOptions{}, changes...) }
	earlier([2]string{"20260112", "20240301"}, [2]string{"2.25.", "2.24."})
	earlier([2]string{"20260112", "20250301"}, [2]string{"2.25.", "2.23."}, [2]string{"19700101", "19800101"}, [2]string{"PHANTOM LUMBAR", "ANOTHER PERSON"}) // another person of that number
	w.hang("prior-mr")
	settle()
	if got := w.views(); got != "SAG T2 TSE [Current · 2026-01-12] | SAG T2 TSE [Prior 1 · 2024-03-01]" {
		t.Errorf("%s", got)
	}
	if n := len(w.session.items); n != 2 {
		t.Errorf("%d series are open", n)
	}
	if n := len(w.session.patients); n != 1 {
		t.Errorf("%d patients are open", n)
	}
}
