package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
)

// choices are the rows of the start page.
func choices(o fyne.CanvasObject) (rows []*choiceRow) {
	switch x := o.(type) {
	case *choiceRow:
		return []*choiceRow{x}
	case *fyne.Container:
		for _, each := range x.Objects {
			rows = append(rows, choices(each)...)
		}
	case *container.Scroll:
		return choices(x.Content)
	}
	return rows
}

// What was opened is listed, the latest first and each place once; nothing in the preferences says who the patient is, also where the folder
// bears the name.
func TestRecentPlaces(t *testing.T) {
	w, settle := openedWindow(t, "en")
	settle()
	dir := t.TempDir()
	plain, named, numbered := filepath.Join(dir, "CD 12"), filepath.Join(dir, "Synthétic 2026"), filepath.Join(dir, "1970-01-01")
	for _, p := range []string{plain, named, numbered} {
		if err := os.Mkdir(p, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.rememberPlaces([]string{plain}, study())
	w.rememberPlaces([]string{named}, study())
	w.rememberPlaces([]string{plain}, study())
	w.rememberPlaces([]string{numbered}, study())
	w.rememberPlaces([]string{filepath.Join(dir, "empty")}, &dicomio.Index{})
	var got []string
	for _, r := range w.recents {
		got = append(got, filepath.Base(r.Paths[0]))
	}
	if want := []string{"1970-01-01", "CD 12", "Synthétic 2026"}; !slices.Equal(got, want) {
		t.Errorf("opened last: %q, want %q", got, want)
	}
	kept := w.prefs.String(prefRecent)
	if !strings.Contains(kept, "CD 12") || strings.Contains(folded(kept), "synthetic") || strings.Contains(kept, "1970") {
		t.Errorf("the preferences keep %s", kept)
	}
	for _, k := range []string{prefRecent, prefFolder, prefSecond} {
		if s := folded(w.prefs.String(k)); strings.Contains(s, "phantom") || strings.Contains(s, "synthetic") {
			t.Errorf("%s says %s", k, s)
		}
	}

	// Where identity is hidden no folder is named.
	w.showCentre()
	if text := startText(w); !strings.Contains(text, "CD 12") || !strings.Contains(text, "Synth") {
		t.Errorf("the start page lists %s", text)
	}
	w.toggleIdentity()
	if text := startText(w) + menuText(w); strings.Contains(text, "CD 12") || strings.Contains(text, "Synth") || strings.Contains(text, dir) {
		t.Errorf("with identity hidden the start page and the menu list %s", text)
	}
	w.toggleIdentity()

	// What is gone is grey, with the reason.
	if err := os.Remove(plain); err != nil {
		t.Fatal(err)
	}
	w.lookForRecents()
	settle()
	for _, r := range choices(w.start) {
		if gone := strings.Contains(r.title, "CD 12"); gone == r.enabled || gone && !strings.Contains(r.detail, w.text.T("recent.gone")) {
			t.Errorf("%s (%s): enabled %v", r.title, r.detail, r.enabled)
		}
	}
	w.clearRecents()
	if len(choices(w.start)) != 0 || w.prefs.String(prefRecent) != "" {
		t.Error("the list is cleared and still there")
	}
}

func startText(w *window) string {
	var all strings.Builder
	for _, r := range choices(w.start) {
		all.WriteString(r.title + " | " + r.detail + "\n")
	}
	return all.String()
}

func menuText(w *window) string {
	var all strings.Builder
	for _, item := range w.win.MainMenu().Items[0].Items {
		if item.ChildMenu != nil {
			for _, sub := range item.ChildMenu.Items {
				all.WriteString(sub.Label + "\n")
			}
		}
	}
	return all.String()
}

// A case that was opened is in the menu by its code; one that is in this library no longer is grey.
func TestRecentCases(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	c, err := w.library.CreateCase(store.NewCase{Author: "Dr Test", Title: "SYNTHETIC, Phantom", Patient: cases.Patient{ID: "P1", Name: "SYNTHETIC^Phantom"}})
	if err != nil {
		t.Fatal(err)
	}
	w.openCase(c.ID)
	settle()
	w.remember(recent{Case: "C-GONE99"})
	w.lookForRecents()
	settle()
	kept := w.prefs.String(prefRecent)
	if !strings.Contains(kept, c.ID) || strings.Contains(folded(kept), "synthetic") {
		t.Errorf("the preferences keep %s", kept)
	}
	var item *fyne.MenuItem
	for _, each := range w.win.MainMenu().Items[0].Items {
		if each.ChildMenu != nil {
			item = each
		}
	}
	if item == nil || len(item.ChildMenu.Items) != 4 || !item.ChildMenu.Items[0].Disabled || item.ChildMenu.Items[1].Disabled || !strings.Contains(item.ChildMenu.Items[1].Label, c.ID) {
		t.Fatalf("the menu lists %s", menuText(w))
	}
	if !strings.Contains(item.ChildMenu.Items[0].Label, w.text.T("recent.gone.case")) {
		t.Errorf("the case that is gone says %q", item.ChildMenu.Items[0].Label)
	}
	w.prefs.SetString(prefFolder, "file:///home/x/SYNTHETIC")
	if w.prefs.String(prefFolder) != "" || w.folder != "file:///home/x/SYNTHETIC" {
		t.Error("the folder of a file dialog stays in the preferences")
	}
	w.prefs.SetString(prefRecent, `[{"paths":[]},{"case":""},7]`)
	if got := w.prefs.recents(); len(got) != 0 {
		t.Errorf("nonsense in the preferences becomes %+v", got)
	}
}

// What was kept of places before is held to the rule anew: a place that tells of the patient of its case, or of any in the library where its case
// is not known, is not kept on.
func TestPlacesKeptBeforeAreCheckedAgain(t *testing.T) {
	w, settle := openedWindow(t, "en")
	c, err := w.library.CreateCase(store.NewCase{Author: "Dr Test", Title: "x", Patient: cases.Patient{ID: "77120", Name: "DOE^Jane", BirthDate: "19700101"}, StudyUIDs: []string{"1.2.3"}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.library.CreateCase(store.NewCase{Author: "Dr Test", Title: "y", Patient: cases.Patient{ID: "88230", Name: "MEDIA^Other"}, StudyUIDs: []string{"1.2.4"}})
	if err != nil {
		t.Fatal(err)
	}
	w.recents = []recent{
		{Paths: []string{"/media/CD1/Doe"}, Case: c.ID},
		{Paths: []string{"/media/CD1/plain"}, Case: c.ID}, // names another patient alone
		{Paths: []string{"/data/jane 2024"}},
		{Paths: []string{"/data/CD2"}},
		{Paths: []string{"/media/77120"}, Case: c.ID},
		{Case: other.ID},
	}
	w.prefs.setRecents(w.recents)
	w.lookForRecents()
	settle()
	var kept []string
	for _, r := range w.prefs.recents() {
		kept = append(kept, strings.Join(r.Paths, " ")+r.Case)
	}
	if want := []string{"/media/CD1/plain" + c.ID, "/data/CD2", other.ID}; !slices.Equal(kept, want) {
		t.Errorf("kept are %q, want %q", kept, want)
	}
	if len(w.recents) != 6 {
		t.Errorf("%d of 6 places are known until the end", len(w.recents))
	}
}
