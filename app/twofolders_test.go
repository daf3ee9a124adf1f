package app

import (
	"context"
	"testing"

	"rachis/annotations"
)

// Two folders that are dropped one after the other: what is found first of the one stays on screen until it is whole, and both are open in the end.
func TestSecondFolderDoesNotTakeTheFirstOnesPlace(t *testing.T) {
	w, settle := openedWindow(t, "en")
	other := study() // whose images bear the same UIDs, as some that were made anonymous do
	p := other.Patients[0]
	p.ID, p.Name, p.Studies[0].UID = "P2", "SYNTHETIC^Other", "1.2.4"
	a := &scanning{w: w, paths: []string{"/nowhere/a"}, first: true, idx: study()}
	b := &scanning{w: w, paths: []string{"/nowhere/b"}, first: true, idx: other}
	whose := func() string { it, _ := w.grid.Item(0); return it.Info.PatientID }
	a.found(study())
	if whose() != "P1" {
		t.Fatalf("%q is on screen", whose())
	}
	b.found(other)
	if whose() != "P1" || len(w.session.patients) != 1 {
		t.Errorf("%q is on screen, %d patients are open", whose(), len(w.session.patients))
	}
	b.done(nil)
	a.done(nil)
	settle()
	if whose() != "P1" || len(w.session.patients) != 2 || len(w.session.items) != 4 {
		t.Errorf("%q is on screen, %d patients are open, with %d series", whose(), len(w.session.patients), len(w.session.items))
	}
}

// A folder that is open already and is dropped again stays open when that is given up, or when its drive is gone.
func TestWhatIsOpenStaysWhenItIsNotReadAgain(t *testing.T) {
	w, settle := openedWindow(t, "en")
	(&scanning{w: w, paths: []string{"/nowhere"}, idx: study()}).done(nil)
	again := &scanning{w: w, paths: []string{"/nowhere"}}
	again.done(context.Canceled)
	settle()
	if len(w.session.items) != 2 {
		t.Errorf("%d series are open", len(w.session.items))
	}
	it, ok := w.grid.Item(0)
	if !ok || it.Info.PatientID != "P1" {
		t.Error("the view has lost its series")
	}
	// What was shown of a first look goes: half a series must not pass for a whole one.
	w.closeAll()
	half := &scanning{w: w, paths: []string{"/nowhere"}, first: true}
	half.found(study())
	half.done(context.Canceled)
	if len(w.session.items) != 0 {
		t.Errorf("%d series are open of a folder that was not read to its end", len(w.session.items))
	}
}

// Where the identity is hidden, the code of one patient's case stands on no picture of another's, also where files have no Study Instance UID.
func TestCodeIsThatOfThePicturesPatient(t *testing.T) {
	w, _ := openedWindow(t, "en")
	own, nameless, other := study(), study(), study()
	nameless.Patients[0].Studies[0].UID = ""
	own.Patients[0].Studies = append(own.Patients[0].Studies, nameless.Patients[0].Studies[0])
	p := other.Patients[0]
	p.ID, p.Name, p.Studies[0].UID = "P2", "SYNTHETIC^Other", ""
	w.session.add(source{paths: []string{"/nowhere/a"}, index: own})
	w.session.add(source{paths: []string{"/nowhere/b"}, index: other})
	w.session.cases = append(w.session.cases, &casework{id: "C1", studies: map[string]bool{"1.2.3": true}, doc: annotations.NewDocument(nil)})
	w.prefs.SetBool(prefHideIdentity, true)
	w.coverItems()
	for _, it := range w.session.items {
		if code := it.Info.Code; it.Info.PatientID == "P1" && code != "C1" || it.Info.PatientID == "P2" && code != w.text.T("identity.hidden") {
			t.Errorf("a picture of %s bears the code %q", it.Info.PatientID, code)
		}
	}
}
