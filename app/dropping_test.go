package app

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"rachis/app/hanging"
	"rachis/app/lang"
)

// overlay is the text of the dialog on top, "" for none.
func (w *window) overlay() string {
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		return ""
	}
	var all strings.Builder
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *widget.Label:
			all.WriteString(x.Text + "\n")
		case *container.Scroll:
			visit(x.Content)
		case *fyne.Container:
			for _, each := range x.Objects {
				visit(each)
			}
		case fyne.Widget:
			for _, each := range x.CreateRenderer().Objects() {
				visit(each)
			}
		}
	}
	visit(top)
	return all.String()
}

// Whatever is dropped on the window is taken, or a dialog says why not: a text, an empty folder, a place that is gone, a ZIP with a password, an
// archive of another kind. Nothing else changes.
func TestDroppingAnything(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	locked := filepath.Join(dir, "verrouillé.zip")
	f, err := os.Create(locked)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	h := &zip.FileHeader{Name: "IM0001", Method: zip.Store, Flags: 1, CompressedSize64: 12, UncompressedSize64: 0}
	if raw, err := z.CreateRaw(h); err != nil {
		t.Fatal(err)
	} else if _, err := raw.Write(make([]byte, 12)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.Languages {
		text := lang.In(l)
		for path, reason := range map[string]string{
			write("notes.txt", []byte("no image")):           text.T("skip.not-dicom"),
			write("a.tar.gz", []byte("\x1f\x8b\x08garbage")): text.T("skip.not-dicom"),
			write("other.json", []byte(`{"a": 1}`)):          text.T("skip.not-dicom"),
			empty:                                            "",
			filepath.Join(dir, "gone é"):                     text.T("skip.missing.named"),
			locked:                                           text.T("skip.encrypted"),
		} {
			w, settle := openedWindow(t, l)
			w.open(paths([]fyne.URI{storage.NewFileURI(path)})) // as the driver tells it
			settle()
			got := w.overlay()
			if !strings.Contains(got, filepath.Base(path)) || !strings.Contains(got, reason) || !strings.Contains(got, text.T("open.nothing.help")) {
				t.Errorf("in %s %s gives %q, want the reason %q", l, filepath.Base(path), got, reason)
			}
			if len(w.session.items) != 0 || len(w.recents) != 0 {
				t.Errorf("%s is taken for images", filepath.Base(path))
			}
			w.closeModal()
		}
	}
}

// A hanging protocol that is dropped becomes one of the user's; with identity hidden no dialog names a place.
func TestDroppingAProtocol(t *testing.T) {
	w, settle := openedWindow(t, "en")
	data, err := hanging.Format(hanging.Builtins()[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "Modic.JSON")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	w.hangings.dir = t.TempDir()
	before := len(w.hangings.paths)
	w.open([]string{path})
	settle()
	if len(w.hangings.paths) != before+1 {
		t.Error("the protocol is not one of the user's")
	}
	w.closeModal()
	w.prefs.SetBool(prefHideIdentity, true)
	gone := filepath.Join(t.TempDir(), "SYNTHETIC")
	w.open([]string{gone})
	settle()
	if got := w.overlay(); got == "" || strings.Contains(got, "SYNTHETIC") {
		t.Errorf("with identity hidden the dialog says %q", got)
	}
}
