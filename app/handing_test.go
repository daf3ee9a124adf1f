package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// shown is what the dialog on top says.
func shown(w *window) string {
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		return ""
	}
	return test.RenderObjectToMarkup(top)
}

// A case goes out as a bundle from one window and comes in when the bundle is opened in another, which has not seen it before.
func TestABundleGoesOutAndComesIn(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.open([]string{filepath.Join("..", "dicomio", "testdata", "SC_rgb_small_odd.dcm")})
	settle()
	if len(w.session.items) != 1 {
		t.Fatalf("%d series are open", len(w.session.items))
	}
	ref, _ := w.session.items[0].Ref(0)
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Distance, Author: "Dr Test", Label: "canal",
		Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{{Col: 0.5, Row: 0.5}, {Col: 2, Row: 2}}}}}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding was not kept")
	}
	settle()
	dir := t.TempDir()
	out := filepath.Join(dir, "étude du cas.zip")
	w.writeBundle(c, out, []string{"fr", "en"})
	settle()
	if s := shown(w); !strings.Contains(s, "The bundle is written") {
		t.Fatalf("the window says: %s", s)
	}
	if !isBundle(out) {
		t.Fatal("what was written is no bundle")
	}
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	w.writeBundle(c, out, []string{"fr"})
	settle()
	if after, err := os.ReadFile(out); err != nil || string(after) != string(before) || !strings.Contains(shown(w), "something there already") {
		t.Errorf("a bundle was written over another (%v), or nothing is said: %s", err, shown(w))
	}

	// A file of an unpacked bundle stands for the bundle.
	folder := filepath.Join(dir, "folder")
	w.writeBundle(c, folder, []string{"fr"})
	settle()
	for _, name := range []string{"INDEX.HTM", "SPINEREV/BUNDLE.JSN", "REPORT/REPORT.PDF"} {
		if got := bundleOf(filepath.Join(folder, filepath.FromSlash(name))); got != folder {
			t.Errorf("%s stands for %s", name, got)
		}
	}
	if got := bundleOf(out); got != out {
		t.Errorf("the ZIP stands for %s", got)
	}

	there, settle := openedWindow(t, "fr")
	there.open([]string{out})
	settle()
	k := there.activeCase()
	if k == nil || len(there.session.items) != 1 {
		t.Fatalf("the case is not open: %d series", len(there.session.items))
	}
	if got, ok := k.doc.Find(a.UID); !ok || got.Label != "canal" || got.Author != "Dr Test" {
		t.Errorf("the finding has not come: %+v", got)
	}
	there.verifyBundleAt(out)
	settle()
	if s := shown(there); !strings.Contains(s, "Le lot est entier") && !strings.Contains(s, there.text.T("verify.ok.title")) {
		t.Errorf("the window says: %s", s)
	}
	there.win.Canvas().Overlays().Top().Hide()

	damaged := filepath.Join(dir, "damaged.zip")
	at := strings.Index(string(before), "Compte rendu") // in a page, which is stored
	spoilt := []byte(string(before))
	spoilt[at] ^= 1
	if err := os.WriteFile(damaged, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	there.verifyBundleAt(damaged)
	settle()
	if s := shown(there); !strings.Contains(s, there.text.T("verify.bad.title")) || !strings.Contains(s, "INDEX.HTM") && !strings.Contains(s, "README.TXT") {
		t.Errorf("of a damaged bundle the window says: %s", s)
	}
	cases, err := there.library.Cases()
	if err != nil {
		t.Fatal(err)
	}
	there.win.Canvas().Overlays().Top().Hide()
	there.importBundleAt(damaged)
	settle()
	if again, err := there.library.Cases(); err != nil || len(again) != len(cases) || !strings.Contains(shown(there), "INDEX.HTM") {
		t.Errorf("a damaged bundle is taken in (%v), or nothing is said: %s", err, shown(there))
	}
}
