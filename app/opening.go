package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer"
)

// previewEvery is how often what a scan has found so far is shown, after the first series.
const previewEvery = 2 * time.Second

// scanning is one look through places that the user has named. Of its fields idx and shown belong to the goroutine that scans until that has ended, paths
// and asked are set before it begins to index, and the others belong to Fyne's.
type scanning struct {
	w *window
	// paths are looked through. again says that they include those of sources that are open; asked are those that the user has named.
	paths, asked []string
	again        bool
	// first is true where nothing is open yet: the first series is shown while the rest is still being found.
	first            bool
	ended, previewed bool
	idx              *dicomio.Index
	shown            time.Time
}

// scan indexes in the background.
func (w *window) scan(paths []string, again bool, asked []string) {
	s := &scanning{w: w, paths: paths, asked: asked, again: again, first: len(w.session.items) == 0}
	w.back.run(w.text.T("task.index"), s.look, s.done)
}

// look indexes, off Fyne's goroutine.
func (s *scanning) look(ctx context.Context, tell progress) error {
	w := s.w
	var err error
	s.idx, err = dicomio.ScanWith(ctx, s.paths, dicomio.ScanOptions{
		Progress: func(p dicomio.Progress) { tell(p.Path, p.Files, 0) },
		Partial: func(part *dicomio.Index) {
			if !s.first || time.Since(s.shown) < previewEvery || !anyShowable(part) {
				return
			}
			s.shown = time.Now()
			w.back.post(func() {
				if ctx.Err() == nil {
					s.found(part)
				}
			})
		},
	})
	return err
}

// found shows what the scan has found so far, unless something else has been opened meanwhile: that stays on screen.
func (s *scanning) found(part *dicomio.Index) {
	if !s.ended && (s.previewed || len(s.w.session.items) == 0) {
		s.previewed = true
		s.w.preview(source{paths: s.paths, index: part})
	}
}

// done shows what was found, or why nothing was.
func (s *scanning) done(err error) {
	w := s.w
	s.ended = true
	if err != nil {
		w.furnish()
	}
	if err != nil && s.previewed && w.session.drop(s.paths) { // half a series must not pass for a whole one
		w.sessionChanged()
	}
	if errors.Is(err, context.Canceled) {
		w.say("task.cancelled", widget.WarningImportance)
		return
	}
	if err != nil {
		w.fail("error.open", err)
		return
	}
	others := slices.DeleteFunc(w.session.overlapping(s.idx), func(p string) bool { return slices.Contains(s.paths, p) })
	if !s.again && len(others) > 0 {
		all := slices.Clone(others)
		for _, p := range s.paths {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
		w.scan(all, true, s.asked)
		return
	}
	w.opened(source{paths: s.paths, index: s.idx}, func() {
		w.rememberPlaces(s.asked, s.idx)
		for _, k := range w.session.cases {
			if s.previewed && slices.ContainsFunc(s.idx.Patients, func(p *dicomio.Patient) bool {
				return slices.ContainsFunc(p.Studies, func(st *dicomio.Study) bool { return k.studies[st.UID] })
			}) {
				w.wants(k) // it may have been made before all files were found
			}
		}
	})
}

func anyShowable(idx *dicomio.Index) bool {
	for _, se := range idx.Series() {
		for _, k := range se.Stacks {
			if showable(viewer.Item{Stack: k}) {
				return true
			}
		}
	}
	return false
}

// preview shows what a scan that goes on has found so far.
func (w *window) preview(src source) {
	if w.glimpseOf(src, func() { w.preview(src) }) {
		return
	}
	w.furnish()
	w.session.replace(src)
	for _, p := range src.index.Patients {
		w.reopenCase(p)
	}
	rehang := w.untouched()
	w.sessionChanged()
	if rehang {
		w.hangFirst()
		w.hung = w.arrangement()
		w.focusGrid()
	}
}

// arrangement is what the views show and how.
func (w *window) arrangement() []any {
	var out []any
	w.grid.EachBoard(func() {
		out = append(out, w.grid.Layout())
		for i := range w.grid.Cells() {
			ref, _ := w.grid.Ref(i)
			out = append(out, ref.SOPInstanceUID, w.grid.View(i))
		}
	})
	return out
}

// untouched reports that nothing is shown, or only what was chosen here while a scan went on.
func (w *window) untouched() bool {
	return !w.anythingShown() || w.hung != nil && slices.Equal(w.hung, w.arrangement())
}

// opened shows what a scan has found, and then calls then, which may be nil.
func (w *window) opened(src source, then func()) {
	if w.glimpseOf(src, func() { w.opened(src, then) }) {
		return
	}
	w.furnish()
	if then != nil {
		defer then()
	}
	w.session.replace(src)
	n := 0
	for _, se := range src.index.Series() {
		n += len(se.Stacks)
	}
	if n == 0 {
		w.skippedCount = len(w.session.skipped(w.loader.failure))
		w.status.showSkipped()
		w.sessionChanged()
		w.nothingFound(src)
		return
	}
	for _, p := range src.index.Patients {
		w.reopenCase(p)
	}
	rehang := w.untouched()
	w.sessionChanged()
	if rehang {
		w.hangFirst()
	}
	w.hung = nil
	w.focusGrid()
}

// sessionChanged brings tree, pictures and panels to what is open.
func (w *window) sessionChanged() {
	w.skippedCount = len(w.session.skipped(w.loader.failure))
	w.setItems()
	w.tree.fill()
	w.tree.mark()
	w.showCentre()
	w.status.showSkipped()
	w.shownCase = w.activeCase()
	w.findings.fill()
	w.tags.follow()
	w.stateChanged()
}

// setItems hands the session's items to the pictures. A series that was read again, with more images, takes the place of what a view
// showed of it, at the same image.
func (w *window) setItems() {
	type place struct {
		ref  annotations.ImageRef
		view annotations.View
	}
	var boards []map[int]place
	w.grid.EachBoard(func() {
		shown := map[int]place{}
		for i := range w.grid.Cells() {
			if ref, ok := w.grid.Ref(i); ok {
				shown[i] = place{ref, w.grid.View(i)}
			}
		}
		boards = append(boards, shown)
	})
	w.coverItems()
	w.grid.SetItems(append(slices.Clone(w.session.items), w.mpr.items()...))
	w.grid.EachBoard(func() {
		shown := boards[0]
		boards = boards[1:]
		for i, p := range shown {
			if _, still := w.grid.Item(i); still {
				continue
			}
			if it, slice, ok := w.session.find(p.ref); ok {
				p.view.Slice = slice
				w.grid.Place(i, it, &p.view)
			}
		}
	})
}

func (w *window) anythingShown() bool { return len(w.grid.OnScreen()) > 0 }

// nothingFound says that there is no image in what was opened, and why.
func (w *window) nothingFound(src source) {
	shown := strings.Join(src.paths, "\n")
	if w.hidesIdentity() { // folders bear names
		shown = w.text.T("open.places", len(src.paths))
	}
	text := w.text.T("open.nothing", shown)
	if n := len(src.index.Skipped); n > 0 {
		text += "\n\n" + w.text.T("open.nothing.reasons")
		for i, s := range src.index.Skipped {
			if i == 5 {
				text += "\n…"
				break
			}
			name := filepath.Base(s.Path) + ": "
			if w.hidesIdentity() {
				name = ""
			}
			text += "\n" + name + w.skipReason(s)
		}
	}
	text += "\n\n" + w.text.T("open.nothing.help")
	w.inform("open.nothing.title", text)
}

// closeAll closes what is open and shows the start page. Nothing is lost: findings are in the library.
func (w *window) closeAll() {
	w.furnish()
	w.findings.editor.flush()
	w.marks.choose("")
	w.levels.closed()
	w.marks.selected = ""
	w.grid.EachBoard(func() {
		for i := range w.grid.Cells() {
			w.grid.Clear(i)
		}
	})
	w.session = session{}
	w.soughtPriors = nil
	w.loader.forgetAll()
	w.sessionChanged()
}

// place shows an item in the active view.
func (w *window) place(it viewer.Item) {
	w.grid.Put(w.grid.Active(), it)
	w.activeChanged()
	w.focusGrid()
}

// cellAt returns the view under a place of the window.
func (w *window) cellAt(at fyne.Position) (cell int, pos fyne.Position, size fyne.Size, ok bool) {
	if len(w.session.items) == 0 {
		return 0, fyne.Position{}, fyne.Size{}, false
	}
	origin := w.app.Driver().AbsolutePositionForObject(w.grid)
	if cell, ok = w.grid.CellAt(at.Subtract(origin)); !ok {
		return 0, fyne.Position{}, fyne.Size{}, false
	}
	pos, size = w.grid.CellBounds(cell)
	return cell, origin.Add(pos), size, true
}

// dragging shows where a series would go.
func (w *window) dragging(_ *seriesRow, at fyne.Position) {
	_, pos, size, ok := w.cellAt(at)
	if !ok {
		w.target.Hide()
		return
	}
	w.target.Move(pos.Subtract(w.app.Driver().AbsolutePositionForObject(w.hints.layer)))
	w.target.Resize(size)
	w.target.Show()
	w.target.Refresh()
}

// dropped shows a series in the view where it was dropped.
func (w *window) dropped(r *seriesRow, at fyne.Position) {
	w.target.Hide()
	if cell, _, _, ok := w.cellAt(at); ok {
		w.grid.UseMain()
		w.grid.SetActive(cell)
		w.grid.Put(cell, r.item)
		w.activeChanged()
	}
	w.focusGrid()
}

// openFolder and openFile ask what to open.
func (w *window) openFolder() {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil {
			w.fail("error.open", err)
		} else if u != nil {
			w.open([]string{u.Path()})
		}
	}, w.win)
	w.fromFolder(d)
	d.SetConfirmText(w.text.T("open.folder.confirm"))
	w.show(d, w.dialogSize())
}

func (w *window) openFile() {
	w.chooseFile("error.open", func(path string) { w.open([]string{path}) })
}

// chooseFile asks for a file, of one of the endings where there are any, and hands its path on. What goes wrong is said in the words of a key.
func (w *window) chooseFile(failure string, then func(path string), endings ...string) {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err == nil && f == nil { // cancelled
			return
		}
		path := ""
		if err == nil {
			path, err = f.URI().Path(), f.Close()
		}
		if err != nil {
			w.fail(failure, err)
			return
		}
		then(path)
	}, w.win)
	w.fromFolder(d)
	if len(endings) > 0 {
		d.SetFilter(storage.NewExtensionFileFilter(endings))
	}
	w.show(d, w.dialogSize())
}

// dialogSize is the size of a large dialog: most of the window.
func (w *window) dialogSize() fyne.Size {
	s := w.win.Canvas().Size()
	return fyne.NewSize(min(900, s.Width*0.8), min(640, s.Height*0.85))
}

func showable(it viewer.Item) bool {
	return len(it.Stack.Slices) > 0 && it.Stack.Slices[0].Instance != nil && it.Stack.Slices[0].Instance.Undecodable == ""
}

// isFilm reports whether the active view shows a radiograph, which alone may be turned and flipped.
func (w *window) isFilm() bool {
	it, ok := w.grid.Item(w.grid.Active())
	return ok && (it.Info.Modality == "CR" || it.Info.Modality == "DX" || it.Info.Modality == "RF" || it.Info.Modality == "RG")
}
