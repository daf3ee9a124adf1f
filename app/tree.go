package app

import (
	"context"
	"image"
	"image/color"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/dicomio"
	"rachis/viewer"
	"rachis/viewer/render"
)

// thumbSide is the side of a thumbnail in the tree, in Fyne's units; thumbPixels that of its picture.
const (
	thumbSide   = 58
	thumbPixels = 116
)

// tree is the left panel: patient, study, series with thumbnails.
type tree struct {
	w       *window
	box     *fyne.Container
	root    fyne.CanvasObject
	scroll  *container.Scroll
	rows    map[*dicomio.Stack]*seriesRow
	order   []*seriesRow                   // as they stand
	thumbs  map[*dicomio.Stack]*image.RGBA // also of series that failed: nil
	wanted  []viewer.Item
	loading bool
	fresh   []*dicomio.Stack // whose thumbnails are not on screen yet
}

// thumbsTogether is how long a thumbnail waits for others, and the pictures themselves go before it: to show it the whole window is painted.
const thumbsTogether = 200 * time.Millisecond

func newTree(w *window) *tree {
	t := &tree{w: w, thumbs: map[*dicomio.Stack]*image.RGBA{}}
	t.build()
	return t
}

// build makes the panel anew, as after a change of language.
func (t *tree) build() {
	t.box = container.NewVBox()
	t.scroll = container.NewVScroll(t.box)
	t.root = panel(theme.ColorNameBackground, t.scroll)
	t.fill()
}

// fill shows the session.
func (t *tree) fill() {
	t.rows, t.order = map[*dicomio.Stack]*seriesRow{}, nil
	t.box.RemoveAll()
	s := &t.w.session
	var wanted []viewer.Item
	for _, p := range s.patients {
		name := personName(p.Name)
		if t.w.hidesIdentity() {
			name = t.w.codeOf(p)
		} else if name == "" {
			name = t.w.text.T("tree.noname")
		}
		var who []string
		for _, part := range []string{p.ID, date(p.BirthDate), t.w.sex(p.Sex)} {
			if part != "" && !t.w.hidesIdentity() {
				who = append(who, part)
			}
		}
		t.box.Add(newHeading(name, strings.Join(who, " · "), true))
		for _, st := range p.Studies {
			title := date(st.Date)
			if st.Description != "" {
				title = strings.TrimPrefix(title+"  "+st.Description, "  ")
			}
			if title == "" {
				title = t.w.text.T("tree.study")
			}
			t.box.Add(newHeading(title, "", false))
			// By the stacks themselves: studies of several patients may lack their UID, and nothing may stand under another's name.
			own := map[*dicomio.Stack]bool{}
			for _, se := range st.Series {
				for _, k := range se.Stacks {
					own[k] = true
				}
			}
			for _, it := range s.items {
				if !own[it.Stack] {
					continue
				}
				row := newSeriesRow(t, it, st)
				row.thumb = t.thumbs[it.Stack]
				t.rows[it.Stack], t.order = row, append(t.order, row)
				t.box.Add(row)
				if _, ok := t.thumbs[it.Stack]; !ok {
					wanted = append(wanted, it)
				}
			}
		}
	}
	if len(s.patients) == 0 {
		empty := widget.NewLabel(t.w.text.T("tree.empty"))
		empty.Wrapping = fyne.TextWrapWord
		empty.Importance = widget.LowImportance
		t.box.Add(empty)
	}
	t.box.Refresh()
	t.wanted = wanted
	t.load()
}

// load makes the thumbnails that are missing, one after the other.
func (t *tree) load() {
	if t.loading || len(t.wanted) == 0 {
		return
	}
	it := t.wanted[0]
	t.wanted = t.wanted[1:]
	if len(it.Stack.Slices) == 0 {
		t.thumbs[it.Stack] = nil
		t.load()
		return
	}
	t.loading = true
	slice := it.Stack.Slices[len(it.Stack.Slices)/2]
	t.w.back.quietly(func(ctx context.Context) {
		var picture *image.RGBA
		if f, err := t.w.loader.thumbnail(ctx, slice); err == nil { // a series that cannot be shown says so in its view
			s := it.Info.Calibration.Spacing
			picture = render.Thumbnail(f, thumbPixels, render.AspectOf(s.BetweenRows, s.BetweenColumns))
		}
		t.w.back.post(func() {
			t.thumbs[it.Stack] = picture
			if t.fresh = append(t.fresh, it.Stack); len(t.fresh) == 1 {
				t.w.back.after(thumbsTogether, t.showFresh)
			}
			t.loading = false
			t.load()
		})
	})
}

// showFresh shows the thumbnails that were made meanwhile.
func (t *tree) showFresh() {
	for _, k := range t.fresh {
		if row := t.rows[k]; row != nil {
			row.thumb = t.thumbs[k]
			row.Refresh()
		}
	}
	t.fresh = nil
}

// mark shows which series are on screen.
func (t *tree) mark() {
	shown := map[*dicomio.Stack]bool{}
	for _, it := range t.w.grid.OnScreen() {
		shown[it.Stack] = true
	}
	active, _ := t.w.grid.Item(t.w.grid.Active())
	for stack, row := range t.rows {
		on, here := shown[stack], stack == active.Stack
		if row.shown != on || row.active != here {
			row.shown, row.active = on, here
			row.Refresh()
		}
	}
}

// heading is the line of a patient or a study.
type heading struct {
	widget.BaseWidget
	title, detail string
	patient       bool
}

func newHeading(title, detail string, patient bool) *heading {
	h := &heading{title: title, detail: detail, patient: patient}
	h.ExtendBaseWidget(h)
	return h
}

func (h *heading) CreateRenderer() fyne.WidgetRenderer {
	title := widget.NewLabel(h.title)
	title.Truncation = fyne.TextTruncateEllipsis
	title.TextStyle.Bold = h.patient
	back := fyne.CanvasObject(container.NewWithoutLayout())
	if h.patient {
		back = ground(theme.ColorNameHeaderBackground)
	}
	lines := []fyne.CanvasObject{title}
	if h.detail != "" {
		detail := widget.NewLabel(h.detail)
		detail.Truncation = fyne.TextTruncateEllipsis
		detail.SizeName = theme.SizeNameCaptionText
		detail.Importance = widget.LowImportance
		lines = append(lines, detail)
	}
	return widget.NewSimpleRenderer(container.NewStack(back, container.New(&tight{-8}, lines...)))
}

// tight stacks lines with a gap that may be negative: labels have padding of their own.
type tight struct{ gap float32 }

func (l *tight) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for i, o := range objects {
		m := o.MinSize()
		size.Width = max(size.Width, m.Width)
		size.Height += m.Height
		if i > 0 {
			size.Height += l.gap
		}
	}
	return size
}

func (l *tight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
		y += h + l.gap
	}
}

// seriesRow is one stack: click shows it in the active view, a drag puts it into the view where it is dropped.
type seriesRow struct {
	widget.BaseWidget
	t             *tree
	item          viewer.Item
	title         string
	badge, detail string
	problem       string
	thumb         *image.RGBA
	shown, active bool
	hovered       bool
	focused       bool
	dragged       fyne.Position
	dragging      bool
}

var (
	_ desktop.Hoverable = (*seriesRow)(nil)
	_ fyne.Draggable    = (*seriesRow)(nil)
	_ paneRow           = (*seriesRow)(nil)
)

func newSeriesRow(t *tree, it viewer.Item, st *dicomio.Study) *seriesRow {
	r := &seriesRow{t: t, item: it}
	k := it.Stack
	r.title = k.Description
	if r.title == "" {
		r.title = it.Info.SeriesDescription
	}
	for _, se := range st.Series {
		if se.UID == it.Info.SeriesUID && len(se.Stacks) > 1 {
			for i, other := range se.Stacks {
				if other == k {
					r.title += " (" + strconv.Itoa(i+1) + "/" + strconv.Itoa(len(se.Stacks)) + ")"
				}
			}
		}
	}
	if strings.TrimSpace(r.title) == "" {
		r.title = t.w.text.T("tree.series", it.Info.SeriesNumber)
	}
	r.badge = t.w.stackBadge(it)
	r.detail = t.w.text.T("tree.images", len(k.Slices))
	if len(k.Slices) == 1 {
		r.detail = t.w.text.T("tree.image")
	}
	if k.Expected > len(k.Slices) {
		r.problem = t.w.text.T("tree.incomplete", len(k.Slices), k.Expected)
	}
	for _, sl := range k.Slices {
		if sl.Instance != nil && sl.Instance.Undecodable != "" {
			r.problem = t.w.text.T("tree.undecodable")
			break
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

// stackBadge says modality, plane, weighting or view in few letters: "MR · SAG · T2".
func (w *window) stackBadge(it viewer.Item) string {
	var parts []string
	for _, s := range []string{it.Info.Modality, it.Stack.Orientation, it.Stack.Weighting} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if it.Stack.Weighting == "T2" && it.Stack.FatSuppressed {
		parts[len(parts)-1] = "T2 FS"
	}
	if v := it.Stack.View; v != "" {
		parts = append(parts, w.text.T("view."+strings.ToLower(v)))
	}
	if it.Stack.Split != "" {
		parts = append(parts, it.Stack.Split)
	}
	return strings.Join(parts, " · ")
}

func (r *seriesRow) Tapped(*fyne.PointEvent) { r.t.w.place(r.item) }

func (r *seriesRow) MouseIn(*desktop.MouseEvent)    { r.hovered = true; r.Refresh() }
func (r *seriesRow) MouseMoved(*desktop.MouseEvent) {}
func (r *seriesRow) MouseOut()                      { r.hovered = false; r.Refresh() }
func (r *seriesRow) FocusGained()                   { r.focused = true; r.Refresh() }
func (r *seriesRow) FocusLost()                     { r.focused = false; r.Refresh() }
func (r *seriesRow) TypedRune(rune)                 {}
func (r *seriesRow) TypedKey(e *fyne.KeyEvent)      { r.t.w.typedInRow(r, e) }

func (r *seriesRow) Dragged(e *fyne.DragEvent) {
	r.dragged, r.dragging = e.AbsolutePosition, true
	r.t.w.dragging(r, e.AbsolutePosition)
}

func (r *seriesRow) DragEnd() {
	if r.dragging {
		r.dragging = false
		r.t.w.dropped(r, r.dragged)
	}
}

func (r *seriesRow) CreateRenderer() fyne.WidgetRenderer {
	x := &seriesRowRenderer{r: r, back: newTint(4), ring: canvas.NewRectangle(color.Transparent), dark: plain(color.Black), frame: canvas.NewRectangle(color.Transparent),
		picture: canvas.NewImageFromImage(nil)}
	x.ring.CornerRadius = 4
	x.picture.FillMode = canvas.ImageFillContain
	for i := range x.lines {
		x.lines[i] = widget.NewLabel("")
		x.lines[i].Truncation = fyne.TextTruncateEllipsis
	}
	x.lines[1].SizeName, x.lines[2].SizeName = theme.SizeNameCaptionText, theme.SizeNameCaptionText
	x.Refresh()
	return x
}

type seriesRowRenderer struct {
	r           *seriesRow
	back        *tint
	ring, frame *canvas.Rectangle
	dark        *canvas.Raster
	picture     *canvas.Image
	lines       [3]*widget.Label
}

func (x *seriesRowRenderer) MinSize() fyne.Size {
	lines := float32(4 - 8*len(x.lines))
	for _, l := range x.lines {
		lines += l.MinSize().Height
	}
	return fyne.NewSize(thumbSide+80, max(thumbSide+6, lines))
}

func (x *seriesRowRenderer) Layout(size fyne.Size) {
	x.back.Resize(size)
	x.ring.Resize(size)
	for _, o := range []fyne.CanvasObject{x.dark, x.picture, x.frame} {
		o.Resize(fyne.NewSize(thumbSide, thumbSide))
		o.Move(fyne.NewPos(3, 3))
	}
	y := float32(-1)
	for _, l := range x.lines {
		h := l.MinSize().Height
		l.Resize(fyne.NewSize(size.Width-thumbSide-4, h))
		l.Move(fyne.NewPos(thumbSide+3, y))
		y += h - 8
	}
}

func (x *seriesRowRenderer) Refresh() {
	r := x.r
	x.ring.StrokeWidth = 0
	if r.focused {
		x.ring.StrokeColor, x.ring.StrokeWidth = colour(theme.ColorNamePrimary), 2
	}
	switch {
	case r.active:
		x.back.set(colour(theme.ColorNameSelection))
	case r.hovered:
		x.back.set(colour(theme.ColorNameHover))
	default:
		x.back.set(color.Transparent)
	}
	x.frame.StrokeWidth = 0
	if r.shown {
		x.frame.StrokeColor, x.frame.StrokeWidth = colour(theme.ColorNamePrimary), 2
	}
	if r.thumb != nil && x.picture.Image != image.Image(r.thumb) {
		x.picture.Image = r.thumb
	}
	texts := [3]string{r.title, r.badge, r.detail}
	x.lines[1].Importance, x.lines[2].Importance = widget.MediumImportance, widget.LowImportance
	if r.problem != "" {
		texts[2] = r.problem
		x.lines[2].Importance = widget.WarningImportance
	}
	for i, l := range x.lines {
		l.Text = texts[i]
		l.Refresh()
	}
	x.ring.Refresh()
	x.frame.Refresh()
	x.picture.Refresh()
}

func (x *seriesRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{x.back.Raster, x.ring, x.dark, x.picture, x.frame, x.lines[0], x.lines[1], x.lines[2]}
}

func (x *seriesRowRenderer) Destroy() {}
