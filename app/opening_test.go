package app

import (
	"testing"

	"rachis/dicomio"
)

// What a scan has found so far is shown, and when more comes the view stays at the image that the user went to.
func TestAScanThatGoesOnKeepsWhatTheUserLooksAt(t *testing.T) {
	w, _ := openedWindow(t, "en")
	part := study()
	part.Patients[0].Studies[0].Series = part.Patients[0].Studies[0].Series[:1]
	w.preview(source{paths: []string{"/cd"}, index: part})
	if !w.anythingShown() {
		t.Fatal("nothing is shown while the scan goes on")
	}
	// Nobody has touched anything: the whole study is laid out by its protocol.
	w.opened(source{paths: []string{"/cd"}, index: study()}, nil)
	if n := w.grid.Cells(); n != 2 {
		t.Errorf("%d views, want T1 beside T2", n)
	}
	if n := len(w.session.sources); n != 1 {
		t.Errorf("%d sources, want one", n)
	}

	w.closeAll()
	w.preview(source{paths: []string{"/cd"}, index: part})
	w.grid.SetActive(0)
	w.grid.Home()
	ref, ok := w.grid.Ref(0)
	if !ok {
		t.Fatal("no image in the view")
	}
	w.opened(source{paths: []string{"/cd"}, index: study()}, nil)
	if now, ok := w.grid.Ref(0); !ok || now.SOPInstanceUID != ref.SOPInstanceUID || w.grid.Cells() != 1 {
		t.Errorf("the view went from %s to %s in %d views", ref.SOPInstanceUID, now.SOPInstanceUID, w.grid.Cells())
	}
}

// The films of a patient who has a case already belong to that case, though they come on another CD.
func TestAStudyOfThePatientJoinsTheOpenCase(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{"/cd1"}, index: study()})
	w.sessionChanged()
	first, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	films := study()
	films.Patients[0].Studies[0].UID = "1.2.4"
	for _, se := range films.Patients[0].Studies[0].Series {
		for _, in := range se.Instances {
			in.SOPInstanceUID += ".4"
		}
	}
	other := study()
	other.Patients[0].ID, other.Patients[0].Studies[0].UID = "P2", "1.2.5"
	w.session.add(source{paths: []string{"/cd2"}, index: films})
	w.session.add(source{paths: []string{"/cd3"}, index: other})
	w.sessionChanged()
	second, err := w.ensureCase("1.2.4")
	if err != nil || second.id != first.id {
		t.Fatalf("the films went to case %v (%v), want %s", second, err, first.id)
	}
	stored, err := w.library.Case(first.id)
	if err != nil || len(stored.Studies) != 2 {
		t.Errorf("the case in the store has %d studies (%v), want 2", len(stored.Studies), err)
	}
	third, err := w.ensureCase("1.2.5")
	if err != nil || third.id == first.id {
		t.Errorf("another patient's study went to the same case (%v)", err)
	}
}

// A study without a valid UID cannot be kept in a case; it must not keep the patient's others out.
func TestAStudyWithoutUIDDoesNotBlockMarking(t *testing.T) {
	w, _ := openedWindow(t, "en")
	idx := study()
	stray := *study().Patients[0].Studies[0]
	stray.UID = ""
	idx.Patients[0].Studies = append(idx.Patients[0].Studies, &stray)
	w.session.add(source{paths: []string{"/cd"}, index: idx})
	w.sessionChanged()
	if _, err := w.ensureCase("1.2.3"); err != nil {
		t.Errorf("the valid study: %v", err)
	}
	if _, err := w.ensureCase(""); err == nil {
		t.Error("a case was made of a study without a UID")
	}
}

// With the identity hidden no name, number or date of birth is in what the views and the tree are given.
func TestHiddenIdentity(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.prefs.SetBool(prefHideIdentity, true)
	w.opened(source{paths: []string{"/cd"}, index: study()}, nil)
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.grid.Cells() {
		if it, ok := w.grid.Item(i); ok && it.Info.Code != c.id {
			t.Errorf("view %d has the code %q, want %q", i, it.Info.Code, c.id)
		}
	}
	if got := w.findings.title.Text; got != c.id {
		t.Errorf("the panel says %q", got)
	}
	w.toggleIdentity()
	if it, _ := w.grid.Item(0); it.Info.Code != "" || it.Info.PatientName == "" {
		t.Errorf("shown again, the view has code %q and name %q", it.Info.Code, it.Info.PatientName)
	}
}

// Patients of whom one has no name are two: nothing says that the nameless images are of the other, and a list of one patient would say it.
func TestANamelessPatientIsNotTheNamedOne(t *testing.T) {
	one := func(name, study string) source {
		return source{index: &dicomio.Index{Patients: []*dicomio.Patient{{ID: "1", Name: name, BirthDate: "19700101", Studies: []*dicomio.Study{{UID: study}}}}}}
	}
	for _, order := range [][]source{{one("DOE^Jane", "1.1"), one("", "1.2"), one("ROE^Max", "1.3"), one("DOE^Jane", "1.4")}, {one("", "1.2"), one("ROE^Max", "1.3"), one("DOE^Jane", "1.1"), one("DOE^Jane", "1.4")}} {
		s := &session{}
		for _, src := range order {
			s.add(src)
		}
		studies := map[string]int{}
		for _, p := range s.patients {
			studies[p.Name] += len(p.Studies)
		}
		if len(s.patients) != 3 || studies["DOE^Jane"] != 2 || studies["ROE^Max"] != 1 || studies[""] != 1 {
			t.Errorf("%d patients, with studies %v", len(s.patients), studies)
		}
	}
}
