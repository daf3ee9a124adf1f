package app

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// With identity hidden neither the list of the files that are not shown nor an error's details name a file: folders bear names.
func TestSkippedAndErrorsNameNoFileWhereIdentityIsHidden(t *testing.T) {
	w, settle := openedWindow(t, "en")
	settle()
	const path = "/media/DOE Jane/IM1"
	failure := fmt.Errorf("import: %w", &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission})
	skipped := []dicomio.Skipped{
		{Path: path, Reason: "dicomio: " + path + ": (7FE0,0010) PixelData at 0x10: jpegls: bad LSE length", Code: dicomio.SkipBroken},
		{Path: path, Reason: "open /media/DOE Jane: permission denied", Code: dicomio.SkipBroken},
		{Path: path, Reason: "open " + path + ": permission denied", Code: dicomio.SkipUnreadable},
		{Path: path, Reason: "open " + path + ": strange", Code: "no-such-code"},
		{Path: path, Reason: "MPEG-4 AVC/H.264", Code: dicomio.SkipUnsupported},
	}
	for i := range skipped {
		if name, _, detail := w.skippedTexts(i, skipped[i]); !strings.Contains(name, "IM1") || !strings.Contains(detail, path) {
			t.Errorf("with identity shown: %q, %q", name, detail)
		}
	}
	if got := w.errorText(failure); !strings.Contains(got, path) {
		t.Errorf("with identity shown the details are %q", got)
	}
	w.toggleIdentity()
	var all []string
	for i := range skipped {
		name, reason, detail := w.skippedTexts(i, skipped[i])
		all = append(all, name, reason, detail)
	}
	all = append(all, w.errorText(failure))
	if text := strings.Join(all, "\n"); strings.Contains(text, "DOE") || strings.Contains(text, "IM1") || !strings.Contains(text, "jpegls: bad LSE length") ||
		!strings.Contains(text, "AVC/H.264") || !strings.HasSuffix(text, "permission denied") {
		t.Errorf("with identity hidden it says\n%s", text)
	}
	w.fail("error.open", failure)
	if text := textsUnder(w.win.Canvas().Overlays().Top()); strings.Contains(text, "DOE") || !strings.Contains(text, "permission denied") {
		t.Errorf("the dialog says %s", text)
	}
	w.closeModal()
}

// textsUnder are all texts of labels under an object, also those folded away.
func textsUnder(o fyne.CanvasObject) string {
	var all strings.Builder
	walkObjects(o, func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *widget.Label:
			all.WriteString(x.Text + "\n")
		case *widget.Accordion:
			for _, item := range x.Items {
				if !item.Open { // what is open is walked over
					all.WriteString(textsUnder(item.Detail))
				}
			}
		}
	})
	return all.String()
}

// With identity hidden neither the start page nor the lists of hanging protocols and bundles name a file.
func TestStartPageAndProtocolsNameNoFileWhereIdentityIsHidden(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.toggleIdentity()
	settle()
	failure := fmt.Errorf("store: library: %w", &fs.PathError{Op: "open", Path: "/media/DOE Jane/library.db", Err: fs.ErrPermission})
	if text := w.libraryProblem(failure); strings.Contains(text, "DOE") || !strings.Contains(text, "permission denied") {
		t.Errorf("the start page says %q", text)
	}
	dir := filepath.Join(t.TempDir(), "DOE Jane")
	if err := os.MkdirAll(filepath.Join(dir, "DOE.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.hangings.dir = dir
	w.showHangings()
	if text := textsUnder(w.win.Canvas().Overlays().Top()); strings.Contains(text, "DOE") || !strings.Contains(text, "no plain file") {
		t.Errorf("the list of protocols says %s", text)
	}
	w.takeHanging(filepath.Join(dir, "DOE 2.json"))
	if text := textsUnder(w.win.Canvas().Overlays().Top()); strings.Contains(text, "DOE") || !strings.Contains(text, "no such file") {
		t.Errorf("of a file that is none it says %s", text)
	}
	w.toggleIdentity()
	w.showHangings()
	if text := textsUnder(w.win.Canvas().Overlays().Top()); !strings.Contains(text, "DOE.json") {
		t.Errorf("with identity shown the list says %s", text)
	}
}

// What keeps files from being shown is said in the reader's language, not in English words inside a French sentence.
func TestReasonsOfFilesAreInTheReadersLanguage(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	settle()
	const path = "/media/cd/IM1"
	at := func(err error) error { return &dicomio.Error{Path: path, Tag: tag.PixelData, Offset: 16, Err: err} }
	for want, s := range map[string]dicomio.Skipped{
		"le fichier est coupé avant sa fin":                          {Code: dicomio.SkipUnsupported, Err: at(dicomio.ErrTruncated)},
		"non pris en charge dans cette version : MPEG-4 AVC/H.264":   {Code: dicomio.SkipUnsupported, Err: at(dicomio.UnsupportedError("MPEG-4 AVC/H.264"))},
		"le fichier ne contient pas d’image":                         {Code: dicomio.SkipBroken, Err: at(dicomio.ErrNoPixelData)},
		"le fichier n’est plus là":                                   {Code: dicomio.SkipBroken, Err: &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}},
		"n’est pas un fichier DICOM":                                 {Code: dicomio.SkipNotDICOM, Err: dicomio.ErrNotDICOM},
		"ses données sont endommagées (détail technique : it is 33)": {Code: dicomio.SkipBroken, Err: at(dicomio.FormatError("it is 33"))},
	} {
		s.Path, s.Reason = path, s.Err.Error()
		_, reason, detail := w.skippedTexts(0, s)
		if reason != want || !strings.Contains(detail, want) || !strings.Contains(detail, s.Reason) {
			t.Errorf("it says %q, and %q, want %q", reason, detail, want)
		}
	}
	for _, why := range []dicomio.Reason{dicomio.ReasonForbidden, dicomio.ReasonMissing, dicomio.ReasonNoPixels, dicomio.ReasonNotDICOM, dicomio.ReasonReplaced, dicomio.ReasonTooLarge, dicomio.ReasonTruncated} {
		if !w.text.Has("dicom.reason." + string(why)) {
			t.Errorf("there are no words for %q", why)
		}
	}
	w.fail("error.open", at(dicomio.ErrTruncated))
	if text := textsUnder(w.win.Canvas().Overlays().Top()); !strings.Contains(text, "le fichier est coupé avant sa fin") || !strings.Contains(text, path) {
		t.Errorf("the dialog says %s", text)
	}
}
