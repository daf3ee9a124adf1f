package app

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// statusBar is the line at the bottom: what to do next or what has happened, what runs in the background, what was skipped, where
// the library is.
type statusBar struct {
	w       *window
	message *widget.Label
	work    *widget.Label
	bar     *widget.ProgressBar
	endless *widget.ProgressBarInfinite
	stop    *toolButton
	skipped *toolButton
	library *widget.Label
	running *fyne.Container
	root    fyne.CanvasObject
	clear   func() // stops the timer of a passing message
	asked   string // the prompt shown last, which a passing message may stand over
	passing bool
}

func newStatusBar(w *window) *statusBar {
	s := &statusBar{w: w, clear: func() {}}
	s.message = widget.NewLabel("")
	s.message.Truncation = fyne.TextTruncateEllipsis
	s.work = widget.NewLabel("")
	s.work.Truncation = fyne.TextTruncateEllipsis
	s.bar = widget.NewProgressBar()
	s.bar.TextFormatter = func() string { return "" }
	s.endless = widget.NewProgressBarInfinite()
	s.endless.Stop()
	s.stop = newToolButton(theme.CancelIcon(), "", w.text.T("status.cancel"), w.hint, w.cancelTask)
	s.skipped = newToolButton(theme.WarningIcon(), " ", w.text.T("status.skipped.hint"), w.hint, w.showSkipped)
	s.library = widget.NewLabel("")
	s.library.Importance = widget.LowImportance
	s.library.SizeName = theme.SizeNameCaptionText
	s.running = container.New(inRow{4}, container.New(fixedWidth{210}, s.work),
		container.New(fixedWidth{110}, container.New(inset{0, 8, 0, 8}, container.NewStack(s.bar, s.endless))), s.stop)
	s.running.Hide()
	s.skipped.Hide()
	right := container.New(inRow{6}, s.running, s.skipped, s.library)
	s.root = panel(theme.ColorNameHeaderBackground, container.New(barLayout{}, s.message, right))
	s.showLibrary()
	s.showSkipped()
	s.showTasks()
	return s
}

// barLayout gives the second object the room it asks for and the first the rest.
type barLayout struct{}

func (barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200+o[1].MinSize().Width, grown(28))
}

func (barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := o[1].MinSize()
	o[0].Resize(fyne.NewSize(size.Width-right.Width-8, size.Height))
	o[0].Move(fyne.NewPos(2, 0))
	o[1].Resize(fyne.NewSize(right.Width, size.Height))
	o[1].Move(fyne.NewPos(size.Width-right.Width-4, 0))
}

// prompt shows what the next click is for, until it is replaced. A passing message goes only where there is something else to do.
func (s *statusBar) prompt(text string) {
	if s.passing && text == s.asked {
		return
	}
	s.clear()
	s.asked, s.passing = text, false
	s.message.Importance = widget.MediumImportance
	s.message.SetText(text)
}

// say shows what has happened, for a while.
func (s *statusBar) say(text string, importance widget.Importance) {
	s.clear()
	s.message.Importance = importance
	s.message.SetText(text)
	s.passing = true
	s.clear = s.w.back.after(messageStays, func() {
		s.passing = false
		s.w.showPrompt()
	})
}

func (s *statusBar) showLibrary() {
	if s.w.library != nil {
		s.library.SetText(s.w.text.T("status.library", shortPath(s.w.library.Dir())))
	} else {
		s.library.SetText(s.w.text.T("status.library.none"))
	}
}

func (s *statusBar) showSkipped() {
	n := s.w.skippedCount
	if n == 0 {
		s.skipped.Hide()
	} else {
		s.skipped.text = s.w.text.T("status.skipped", n)
		if n == 1 {
			s.skipped.text = s.w.text.T("status.skipped.one")
		}
		s.skipped.Show()
		s.skipped.Refresh()
	}
	s.root.Refresh()
}

func (s *statusBar) showTasks() {
	var tasks []*task // that are worth a word
	for _, t := range s.w.back.tasks {
		if t.shown {
			tasks = append(tasks, t)
		}
	}
	if len(tasks) == 0 {
		s.endless.Stop()
		if s.running.Visible() {
			s.running.Hide()
			s.root.Refresh()
		}
		return
	}
	t := tasks[len(tasks)-1]
	text := t.title
	if t.done > 0 {
		text += "  " + strconv.Itoa(t.done)
		if t.total > 0 {
			text += "/" + strconv.Itoa(t.total)
		}
	}
	s.work.SetText(text)
	if t.total > 0 {
		s.endless.Stop()
		s.endless.Hide()
		s.bar.Show()
		s.bar.SetValue(float64(t.done) / float64(t.total))
	} else {
		s.bar.Hide()
		s.endless.Show()
		s.endless.Start()
	}
	if !s.running.Visible() {
		s.running.Show()
		s.root.Refresh()
	}
}
