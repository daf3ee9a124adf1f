package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/cases"
)

// recentCases is how many cases the start page lists.
const recentCases = 30

// startPage is what is shown while nothing is open: how to begin, the cases of the library, and what was opened last.
func (w *window) startPage() fyne.CanvasObject {
	t := w.text.T
	title := widget.NewLabelWithStyle(t("start.title"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameHeadingText
	hint := widget.NewLabel(t("start.hint"))
	hint.Wrapping = fyne.TextWrapWord
	folder := widget.NewButtonWithIcon(t("start.folder"), theme.FolderOpenIcon(), w.openFolder)
	folder.Importance = widget.HighImportance
	file := widget.NewButtonWithIcon(t("start.file"), theme.FileIcon(), w.openFile)
	bundle := widget.NewButtonWithIcon(t("command.bundle.import"), theme.DownloadIcon(), w.importBundle)
	if w.library == nil {
		bundle.Disable()
	}
	rows := []fyne.CanvasObject{title, hint, container.New(&wrapping{gap: 8}, folder, file, bundle)}
	section := func(key string) {
		rows = append(rows, container.New(inset{0, 12, 0, 0}, widget.NewLabelWithStyle(t(key), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})))
	}
	var list []cases.Summary
	if w.library != nil {
		var err error
		if list, err = w.library.Cases(); err != nil {
			problem := widget.NewLabel(w.libraryProblem(err))
			problem.Wrapping = fyne.TextWrapWord
			problem.Importance = widget.DangerImportance
			rows = append(rows, problem)
		}
	}
	steps := widget.NewLabel(t("start.steps"))
	steps.Wrapping = fyne.TextWrapWord
	if len(list) == 0 {
		section("start.first")
		rows = append(rows, steps)
	} else {
		section("start.recent")
		box := container.New(&tight{2})
		for _, c := range list[:min(len(list), recentCases)] {
			title, detail := w.caseTexts(c)
			box.Add(newChoiceRow(title, detail, true, func() { w.openCase(c.ID) }))
		}
		rows = append(rows, box)
	}
	var places []recent
	for _, r := range w.recents {
		if r.Paths != nil { // cases are listed above
			places = append(places, r)
		}
	}
	if len(places) > 0 {
		section("start.places")
		box := container.New(&tight{2})
		for _, r := range places {
			title, detail := w.recentTexts(r)
			if r.telling && !w.hidesIdentity() {
				detail += " · " + t("recent.telling")
			}
			box.Add(newChoiceRow(title, detail, r.why == "", func() { w.openRecent(r) }))
		}
		clear := widget.NewButtonWithIcon(t("recent.clear"), theme.DeleteIcon(), w.clearRecents)
		clear.Importance = widget.LowImportance
		rows = append(rows, box, container.New(&wrapping{gap: 8}, clear))
	}
	help := widget.NewLabel(t("start.help"))
	help.Wrapping = fyne.TextWrapWord
	help.Importance = widget.LowImportance
	rows = append(rows, container.New(inset{0, 12, 0, 0}, help))
	notice := widget.NewLabel(t("about.disclaimer"))
	notice.Wrapping = fyne.TextWrapWord
	notice.SizeName = theme.SizeNameCaptionText
	notice.Importance = widget.LowImportance
	return container.NewBorder(nil, container.New(inset{24, 0, 24, 8}, notice), nil, nil,
		container.NewVScroll(container.New(inset{28, 24, 28, 8}, container.New(narrow{720}, container.NewVBox(rows...)))))
}

// libraryProblem says that the library cannot be read, and why.
func (w *window) libraryProblem(err error) string {
	return w.text.T("error.library") + " " + w.errorText(err)
}

// caseTexts are how a case is named on the start page, and what more there is to say; with identity hidden its code alone names it.
func (w *window) caseTexts(c cases.Summary) (title, detail string) {
	t := w.text.T
	hidden := w.hidesIdentity()
	title = c.Title
	if hidden {
		title = c.ID
	}
	var parts []string
	if !hidden {
		parts = append(parts, c.ID)
	}
	if name := personName(c.Patient.Name); name != "" && name != c.Title && !hidden {
		parts = append(parts, name)
	}
	if b := date(c.Patient.BirthDate); b != "" && !hidden {
		parts = append(parts, t("start.born", b))
	}
	parts = append(parts, t("start.case", c.Studies, c.Findings), t("start.modified", c.Modified.Local().Format("2006-01-02 15:04")))
	return title, strings.Join(parts, " · ")
}

// narrow keeps its object at a width that reads well.
type narrow struct{ width float32 }

func (l narrow) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (l narrow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(min(size.Width, grown(l.width)), size.Height))
	o[0].Move(fyne.Position{})
}
