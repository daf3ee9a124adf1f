package app

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/cases"
)

// recentCases is how many cases the start page lists.
const recentCases = 30

// startPage is what is shown while nothing is open: how to begin, and the cases of the library.
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
	var list []cases.Summary
	if w.library != nil {
		var err error
		if list, err = w.library.Cases(); err != nil {
			problem := widget.NewLabel(t("error.library") + " " + err.Error())
			problem.Wrapping = fyne.TextWrapWord
			problem.Importance = widget.DangerImportance
			rows = append(rows, problem)
		}
	}
	if len(list) > 0 {
		rows = append(rows, container.New(inset{0, 12, 0, 0}, widget.NewLabelWithStyle(t("start.recent"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})))
		box := container.New(&tight{2})
		for _, c := range list[:min(len(list), recentCases)] {
			box.Add(newCaseRow(w, c))
		}
		rows = append(rows, box)
	} else {
		steps := widget.NewLabel(t("start.steps"))
		steps.Wrapping = fyne.TextWrapWord
		steps.Importance = widget.LowImportance
		rows = append(rows, container.New(inset{0, 12, 0, 0}, steps))
	}
	notice := widget.NewLabel(t("about.disclaimer"))
	notice.Wrapping = fyne.TextWrapWord
	notice.SizeName = theme.SizeNameCaptionText
	notice.Importance = widget.LowImportance
	return container.NewBorder(nil, container.New(inset{24, 0, 24, 8}, notice), nil, nil,
		container.NewVScroll(container.New(inset{28, 24, 28, 8}, container.New(narrow{720}, container.NewVBox(rows...)))))
}

// narrow keeps its object at a width that reads well.
type narrow struct{ width float32 }

func (l narrow) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (l narrow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(min(size.Width, l.width), size.Height))
	o[0].Move(fyne.Position{})
}

// caseRow is a case on the start page.
type caseRow struct {
	widget.BaseWidget
	w       *window
	c       cases.Summary
	hovered bool
}

var _ desktop.Hoverable = (*caseRow)(nil)

func newCaseRow(w *window, c cases.Summary) *caseRow {
	r := &caseRow{w: w, c: c}
	r.ExtendBaseWidget(r)
	return r
}

func (r *caseRow) Tapped(*fyne.PointEvent)        { r.w.openCase(r.c.ID) }
func (r *caseRow) MouseIn(*desktop.MouseEvent)    { r.hovered = true; r.Refresh() }
func (r *caseRow) MouseMoved(*desktop.MouseEvent) {}
func (r *caseRow) MouseOut()                      { r.hovered = false; r.Refresh() }

func (r *caseRow) CreateRenderer() fyne.WidgetRenderer {
	t := r.w.text.T
	hidden := r.w.hidesIdentity()
	shown := r.c.Title
	if hidden {
		shown = r.c.ID
	}
	title := widget.NewLabelWithStyle(shown, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.Truncation = fyne.TextTruncateEllipsis
	var parts []string
	if !hidden {
		parts = append(parts, r.c.ID)
	}
	if name := personName(r.c.Patient.Name); name != "" && name != r.c.Title && !hidden {
		parts = append(parts, name)
	}
	if b := date(r.c.Patient.BirthDate); b != "" && !hidden {
		parts = append(parts, t("start.born", b))
	}
	parts = append(parts, t("start.case", r.c.Studies, r.c.Findings), t("start.modified", r.c.Modified.Local().Format("2006-01-02 15:04")))
	detail := widget.NewLabel(strings.Join(parts, " · "))
	detail.Truncation = fyne.TextTruncateEllipsis
	detail.SizeName = theme.SizeNameCaptionText
	detail.Importance = widget.LowImportance
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 5
	return &caseRowRenderer{WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(back, container.New(&tight{-8}, title, detail))), r: r, back: back}
}

type caseRowRenderer struct {
	fyne.WidgetRenderer
	r    *caseRow
	back *canvas.Rectangle
}

func (x *caseRowRenderer) Refresh() {
	x.back.FillColor = color.Transparent
	if x.r.hovered {
		x.back.FillColor = colour(theme.ColorNameHover)
	}
	x.back.Refresh()
}
