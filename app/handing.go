package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/describe"
	"rachis/app/handover"
	"rachis/cases/bundle"
)

// exportBundle asks where to and in which languages, and writes the active case's bundle.
func (w *window) exportBundle() {
	c := w.activeCase()
	if c == nil {
		return
	}
	w.findings.editor.flush()
	if c.incomplete || c.importing {
		w.completeCase(c)
		w.inform("export.wait.title", w.text.T("export.wait"))
		return
	}
	t := w.text.T
	path := newDialogEntry(w)
	// Nothing of the patient is in a name that leaves the machine.
	path.SetText(filepath.Join(documents(), "rachis-"+c.id+"-"+time.Now().Format("20060102")+".zip"))
	browse := widget.NewButtonWithIcon(t("dialog.browse"), theme.FolderOpenIcon(), func() {
		d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if err == nil && u != nil {
				path.SetText(filepath.Join(u.Path(), filepath.Base(path.Text)))
			}
		}, w.win)
		w.fromFolder(d)
		w.show(d, w.dialogSize())
	})
	french, english := widget.NewCheck("Français", nil), widget.NewCheck("English", nil)
	french.SetChecked(true)
	english.SetChecked(true)
	zip := widget.NewRadioGroup([]string{t("export.zip"), t("export.folder")}, func(s string) {
		p := strings.TrimSuffix(path.Text, ".zip")
		if s == t("export.zip") {
			p += ".zip"
		}
		path.SetText(p)
	})
	zip.Horizontal, zip.Required = true, true
	zip.Selected = t("export.zip")
	note := widget.NewLabel(t("export.note"))
	note.Wrapping = fyne.TextWrapWord
	note.Importance = widget.LowImportance
	form := container.NewVBox(
		container.New(labelled{150}, widget.NewLabel(t("export.form")), zip),
		container.New(labelled{150}, widget.NewLabel(t("export.path")), container.NewBorder(nil, nil, nil, browse, path)),
		container.New(labelled{150}, widget.NewLabel(t("export.languages")), container.NewHBox(french, english)),
		note,
	)
	if s := w.caution(c); s != "" {
		l := widget.NewLabel(s)
		l.Wrapping, l.Importance = fyne.TextWrapWord, widget.WarningImportance
		form.Add(l)
	}
	d := dialog.NewCustomConfirm(t("export.title", w.caseTitle(c)), t("export.do"), t("dialog.cancel"), form, func(ok bool) {
		w.focusGrid()
		if !ok {
			return
		}
		var languages []string
		if french.Checked {
			languages = append(languages, "fr")
		}
		if english.Checked {
			languages = append(languages, "en")
		}
		if len(languages) == 0 {
			w.say("export.language.missing", widget.WarningImportance)
			return
		}
		w.writeBundle(c, strings.TrimSpace(path.Text), languages)
	}, w.win)
	w.show(d, fyne.NewSize(680, 320))
}

func (w *window) writeBundle(c *casework, out string, languages []string) {
	if _, err := os.Lstat(out); err == nil {
		w.inform("export.exists.title", w.text.T("export.exists", out))
		return
	}
	library, id, author := w.library, c.id, w.prefs.reviewer()
	w.back.run(w.text.T("task.export"), func(ctx context.Context, tell progress) error {
		o := handover.Options{Author: author, Progress: tell}
		if _, err := handover.Export(ctx, library, id, out, languages, o); err != nil {
			return err
		}
		v, err := handover.Verify(ctx, out, o)
		if err == nil && !v.OK {
			err = &bundle.VerificationError{In: out, Problems: v.Problems}
		}
		return err
	}, func(err error) {
		switch {
		case errors.Is(err, context.Canceled):
			w.say("task.cancelled", widget.WarningImportance)
		case err != nil:
			w.fail("error.export", err)
		default:
			w.inform("export.done.title", w.text.T("export.done", out))
		}
	})
}

// importBundle and verifyBundle ask for a bundle.
func (w *window) importBundle() { w.chooseBundle(w.importBundleAt) }
func (w *window) verifyBundle() { w.chooseBundle(w.verifyBundleAt) }

func (w *window) chooseBundle(then func(path string)) {
	w.chooseFile("error.open", func(path string) { then(bundleOf(path)) }, ".zip", ".ZIP", ".htm", ".HTM", ".jsn", ".JSN")
}

// bundleOf is the bundle that a chosen file stands for: itself, or the folder of an unpacked bundle that it lies in.
func bundleOf(path string) string {
	for dir, depth := filepath.Dir(path), 0; depth < 2; dir, depth = filepath.Dir(dir), depth+1 {
		if !strings.EqualFold(filepath.Ext(path), ".zip") && isBundle(dir) {
			return dir
		}
	}
	return path
}

// isBundle reports whether a file or folder that is to be opened is a bundle.
func isBundle(path string) bool { return handover.IsBundle(path) }

// importBundleAt takes a bundle into the library and opens its case.
func (w *window) importBundleAt(path string) {
	library := w.library
	if library == nil {
		w.fail("error.import.bundle", errNoLibrary)
		return
	}
	author := w.prefs.reviewer()
	var got bundle.Received
	w.back.run(w.text.T("task.import.bundle"), func(ctx context.Context, tell progress) error {
		var err error
		got, err = handover.Import(ctx, library, path, handover.Options{Author: author, Progress: tell})
		return err
	}, func(err error) {
		var damaged *bundle.VerificationError
		switch {
		case errors.Is(err, context.Canceled):
			w.say("task.cancelled", widget.WarningImportance)
		case errors.As(err, &damaged):
			t := w.text.T
			w.inform("verify.bad.title", t("error.import.bundle")+" "+t("error.import.bundle.help")+"\n\n"+w.problems(damaged.Problems))
		case err != nil:
			w.fail("error.import.bundle", err)
		default:
			w.forgetPriors()
			w.openCase(got.CaseID)
			done := w.text.T("import.bundle.done", got.Added, got.Updated, got.Conflicts)
			if len(got.Skipped) > 0 {
				w.inform("import.bundle.skipped.title", done+"\n\n"+w.text.T("import.bundle.skipped", len(got.Skipped)))
			} else {
				w.status.say(done, widget.SuccessImportance)
			}
		}
	})
}

// verifyBundleAt checks a bundle and says file by file what is wrong.
func (w *window) verifyBundleAt(path string) {
	var got bundle.Verification
	w.back.run(w.text.T("task.verify"), func(ctx context.Context, tell progress) error {
		var err error
		got, err = handover.Verify(ctx, path, handover.Options{Progress: tell})
		return err
	}, func(err error) {
		switch {
		case errors.Is(err, context.Canceled):
			w.say("task.cancelled", widget.WarningImportance)
		case err != nil:
			w.fail("error.verify", err)
		case got.OK:
			w.inform("verify.ok.title", w.text.T("verify.ok", w.fileName(path), got.Files))
		default:
			w.inform("verify.bad.title", w.text.T("verify.bad", w.fileName(path), len(got.Problems))+"\n\n"+w.problems(got.Problems))
		}
	})
}

// problems lists what is wrong with a bundle, file by file; of many the first.
func (w *window) problems(list []bundle.Problem) string {
	const most = 20
	var lines []string
	for i, p := range list {
		if i == most {
			lines = append(lines, "…")
			break
		}
		what := w.known("bundle.problem."+p.Code, p.Problem)
		if what != p.Problem { // the reader's language, and the detail as it is known
			what += " (" + p.Problem + ")"
		}
		lines = append(lines, p.Path+": "+what)
	}
	return strings.Join(lines, "\n")
}

// sign closes the review of the reviewer as it is now.
func (w *window) sign() {
	c := w.activeCase()
	if c == nil {
		return
	}
	w.withReviewer(func() {
		w.findings.editor.flush()
		undecided := 0
		for _, a := range c.doc.All() {
			if w.mine(a) && describe.Spine(a.Kind) && a.Decision == "" {
				undecided++
			}
		}
		text := w.text.T("sign.ask", w.prefs.reviewer(), w.caseTitle(c))
		if undecided > 0 {
			text += "\n\n" + w.text.T("sign.undecided", undecided)
		}
		l := widget.NewLabel(text)
		l.Wrapping = fyne.TextWrapWord
		d := dialog.NewCustomConfirm(w.text.T("command.case.sign"), w.text.T("sign.do"), w.text.T("dialog.cancel"), l, func(ok bool) {
			defer w.focusGrid()
			if !ok {
				return
			}
			if _, err := w.library.Sign(c.id, w.prefs.reviewer()); err != nil {
				w.fail("error.save", err)
				return
			}
			w.signedNow(c)
		}, w.win)
		w.show(d, fyne.NewSize(480, 220))
	})
}

// documents is the user's folder for documents, or the home folder where there is none.
func documents() string {
	home := homeDir()
	for _, name := range []string{"Documents", "documents"} {
		if info, err := os.Stat(filepath.Join(home, name)); err == nil && info.IsDir() {
			return filepath.Join(home, name)
		}
	}
	return home
}
