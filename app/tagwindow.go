package app

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/app/command"
	"rachis/app/header"
	"rachis/dicomio"
)

// How much of a value the tag window shows, and how much it puts on the clipboard, in bytes.
const (
	valueShown  = 4 << 10
	valueCopied = 16 << 20
)

// tagSettles is how long the active view has to stand still before the tag window reads the header of what it shows.
const tagSettles = 120 * time.Millisecond

// manyItems is how many items a sequence may have and still be unfolded at first.
const manyItems = 8

// tagWindow shows the header of the image in the active view, and what differs from that of another view. It belongs to Fyne's goroutine;
// headers are read, searched and compared in the background, and the latest request wins.
type tagWindow struct {
	w   *window
	win fyne.Window

	search *tagSearch
	other  *widget.Select
	only   *widget.Check
	title  *widget.Label
	state  *widget.Label
	list   *tagList
	heads  *fyne.Container
	about  *widget.Label
	value  *widget.Label
	scroll *container.Scroll
	copy   *widget.Button

	at     tagPlace
	beside int // the cell that is compared with, -1 for none
	cells  []int
	read   tagHeaders
	folded map[int]bool // sequences of read.a, by line
	shown  []header.Pair
	chosen int    // in shown, -1 for none
	kept   string // the path of what was chosen in the header before, until the next one is read
	ticket int    // of the latest reading
	asked  int    // the latest search
	wait   func()
}

// tagPlace is the images whose headers are shown.
type tagPlace struct {
	a, b   *dicomio.Instance
	hidden bool
}

type tagHeaders struct {
	a, b  *header.List // b is nil where nothing is compared
	pairs []header.Pair
}

// tagCommands are what the tag window adds to the table.
func (w *window) tagCommands() []command.Command {
	return []command.Command{{ID: "tags", Menu: "image", Group: 6, Keys: ctrl(fyne.KeyI), Enabled: func() bool { _, ok := w.grid.Item(w.grid.Active()); return ok }, Run: w.showTags}}
}

// showTags opens the tag window, or brings it to the front.
func (w *window) showTags() {
	if w.tags != nil {
		w.tags.win.RequestFocus()
		return
	}
	b := &tagWindow{w: w, win: w.app.NewWindow(""), beside: -1, chosen: -1, wait: func() {}}
	w.tags = b
	b.win.SetPadded(false)
	b.build()
	b.win.SetOnClosed(func() {
		b.wait()
		if w.tags == b {
			w.tags = nil
		}
		w.focusGrid()
	})
	b.win.Resize(fyne.NewSize(900, 640))
	b.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			b.win.Close()
		}
	})
	find := func(fyne.Shortcut) { b.win.Canvas().Focus(b.search) }
	b.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault}, find)
	b.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyI, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { b.win.Close() })
	b.win.Show()
	b.win.Canvas().Focus(b.search)
}

// build makes the window's content, also anew after a change of language.
func (b *tagWindow) build() {
	t := b.w.text.T
	query := ""
	if b.search != nil {
		query = b.search.Text
	}
	entry := &tagSearch{b: b}
	entry.ExtendBaseWidget(entry)
	b.search = entry
	b.search.SetPlaceHolder(t("tags.search"))
	b.search.Text = query
	b.search.OnChanged = func(string) { b.choose(-1); b.filter() }
	b.only = widget.NewCheck(t("tags.only"), func(bool) { b.choose(-1); b.filter() })
	b.only.Checked = true
	b.other = widget.NewSelect(nil, nil)
	b.other.PlaceHolder = "–" // Fyne's own is English
	b.title = widget.NewLabel("")
	b.title.Truncation = fyne.TextTruncateEllipsis
	b.state = widget.NewLabel("")
	b.state.Importance = widget.LowImportance
	b.about = widget.NewLabel(t("tags.choose"))
	b.about.Truncation = fyne.TextTruncateEllipsis
	b.value = widget.NewLabel("")
	b.value.Wrapping = fyne.TextWrapBreak
	b.value.Selectable = true
	b.copy = widget.NewButtonWithIcon(t("tags.copy"), theme.ContentCopyIcon(), b.copyValue)
	b.copy.Disable()
	b.heads = container.New(&tagColumns{b: b})
	b.list = &tagList{b: b}
	b.list.Length = func() int { return len(b.shown) }
	b.list.CreateItem = func() fyne.CanvasObject { return newTagRow(b) }
	b.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*tagRow).show(i) }
	b.list.ExtendBaseWidget(b.list)
	b.list.OnSelected = b.choose
	b.list.HideSeparators = true
	top := container.NewVBox(container.NewBorder(nil, nil, nil, container.New(inRow{8}, container.New(fixedWidth{240}, b.other), b.only), b.search), container.NewBorder(nil, nil, nil, b.state, b.title), b.heads)
	b.scroll = container.NewVScroll(b.value)
	bottom := container.NewBorder(container.NewBorder(nil, nil, nil, b.copy, b.about), nil, nil, nil, container.New(fixedHeight{92}, b.scroll))
	b.win.SetContent(panel(theme.ColorNameBackground, container.New(inset{6, 6, 6, 6}, container.NewBorder(top, bottom, nil, nil, b.list))))
	b.at = tagPlace{}
	b.follow()
}

// tagSearch is the field of the search: Escape empties it, and closes the window when it is empty; down goes to the list.
type tagSearch struct {
	widget.Entry
	b *tagWindow
}

// TypedKey is for Fyne.
func (e *tagSearch) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape && e.Text == "":
		e.b.win.Close()
	case k.Name == fyne.KeyEscape:
		e.SetText("")
	case k.Name == fyne.KeyDown:
		e.b.win.Canvas().Focus(e.b.list)
	default:
		e.Entry.TypedKey(k)
	}
}

// tagList is the list of the elements: Escape closes the window from there too.
type tagList struct {
	widget.List
	b *tagWindow
}

// TypedKey is for Fyne.
func (l *tagList) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		l.b.win.Close()
		return
	}
	l.List.TypedKey(k)
}

// views brings the choice of the other view to what is on screen.
func (b *tagWindow) views() {
	w := b.w
	names := []string{b.w.text.T("tags.alone")}
	b.cells = []int{-1}
	for i := range w.grid.Cells() {
		it, ok := w.grid.Item(i)
		if !ok || i == w.grid.Active() {
			continue
		}
		name := it.Stack.Description
		if name == "" {
			name = it.Info.SeriesDescription
		}
		b.cells = append(b.cells, i)
		names = append(names, w.text.T("tags.view", i+1, name))
	}
	at := max(0, indexOfInt(b.cells, b.beside))
	b.beside = b.cells[at]
	b.other.OnChanged = nil
	b.other.Options = names
	b.other.SetSelectedIndex(at)
	b.other.OnChanged = func(string) {
		b.beside = b.cells[max(0, b.other.SelectedIndex())]
		b.follow()
	}
	if b.beside < 0 {
		b.only.Hide()
	} else {
		b.only.Show()
	}
}

func indexOfInt(list []int, n int) int {
	for i, x := range list {
		if x == n {
			return i
		}
	}
	return -1
}

// follow shows the header of what the active view shows now. It is called whenever that may have changed; nil is no window.
func (b *tagWindow) follow() {
	if b == nil {
		return
	}
	b.views()
	at := tagPlace{hidden: b.w.hidesIdentity()}
	var ok bool
	if at.a, ok = b.w.instanceIn(b.w.grid.Active()); !ok {
		b.none()
		return
	}
	if b.beside >= 0 {
		at.b, _ = b.w.instanceIn(b.beside)
	}
	b.name()
	if at == b.at {
		return
	}
	first := b.at == tagPlace{}
	b.at = at
	b.ticket++
	ticket := b.ticket
	b.wait()
	b.clear()
	start := func() { b.load(ticket, at) }
	if first {
		start()
		return
	}
	b.wait = b.w.back.after(tagSettles, start)
}

// clear takes away the header of before: under the name of another image it would be taken for that one's, and with identity hidden it must not stay
// until it is read anew. What was chosen in it is kept in mind.
func (b *tagWindow) clear() {
	if b.chosen >= 0 && b.chosen < len(b.shown) {
		b.kept = b.pathOf(b.shown[b.chosen])
	}
	b.choose(-1)
	b.read, b.shown = tagHeaders{}, nil
	b.state.SetText(b.w.text.T("tags.reading"))
	b.list.Refresh()
}

// instanceIn is the file that a view shows; false where it shows none, or something that was computed.
func (w *window) instanceIn(cell int) (*dicomio.Instance, bool) {
	it, ok := w.grid.Item(cell)
	if !ok {
		return nil, false
	}
	i := w.grid.View(cell).Slice
	if i < 0 || i >= len(it.Stack.Slices) || it.Stack.Slices[i].Instance == nil || isMade(it.Stack.Slices[i].Instance.SOPInstanceUID) {
		return nil, false
	}
	return it.Stack.Slices[i].Instance, true
}

// name writes which image it is. The path is left out where identity is hidden: folders bear names.
func (b *tagWindow) name() {
	w := b.w
	cell := w.grid.Active()
	it, _ := w.grid.Item(cell)
	series := it.Stack.Description
	if series == "" {
		series = it.Info.SeriesDescription
	}
	text := w.text.T("tags.image", series, w.grid.View(cell).Slice+1, len(it.Stack.Slices))
	b.win.SetTitle(w.text.T("tags.title", text))
	if in, ok := w.instanceIn(cell); ok && !w.hidesIdentity() {
		text += "  ·  " + in.Location.String()
	}
	b.title.SetText(text)
}

// none says that there is no header to show.
func (b *tagWindow) none() {
	b.ticket++
	b.wait()
	b.at, b.read, b.shown, b.kept = tagPlace{}, tagHeaders{}, nil, ""
	b.win.SetTitle(b.w.text.T("tags.title", b.w.text.T("tags.none")))
	b.title.SetText(b.w.text.T("tags.none"))
	b.state.SetText("")
	b.choose(-1)
	b.list.Refresh()
}

// load reads the headers in the background.
func (b *tagWindow) load(ticket int, at tagPlace) {
	loader, hide := b.w.loader, at.hidden
	b.w.back.quietly(func(ctx context.Context) {
		var got tagHeaders
		read := func(in *dicomio.Instance) (*header.List, error) {
			f, err := loader.fileOf(in)
			if err != nil {
				return nil, err
			}
			return header.Read(ctx, f, hide)
		}
		var err error
		got.a, err = read(at.a)
		if err == nil && at.b != nil {
			if got.b, err = read(at.b); err == nil {
				got.pairs, err = header.Compare(ctx, got.a, got.b)
			}
		}
		b.w.back.post(func() {
			if ticket != b.ticket || ctx.Err() != nil {
				return
			}
			if err != nil {
				b.none()
				b.title.SetText(b.w.text.T("tags.unread", b.w.errorText(err)))
				return
			}
			b.take(got)
		})
	})
}

// take shows headers that have been read, folded as before where they are of one kind.
func (b *tagWindow) take(got tagHeaders) {
	path := b.kept
	b.kept = ""
	b.read, b.folded = got, map[int]bool{}
	for i, x := range got.a.Lines {
		if x.Items > manyItems {
			b.folded[i] = true
		}
	}
	b.headings()
	b.choose(-1)
	b.filterThen(func() { // the element that was looked at in the image before
		for i, p := range b.shown {
			if path != "" && b.pathOf(p) == path {
				b.list.Select(i)
				return
			}
		}
	})
}

func (b *tagWindow) pathOf(p header.Pair) string {
	if p.A >= 0 {
		return b.read.a.Path(p.A)
	}
	return b.read.b.Path(p.B)
}

func (b *tagWindow) filter() { b.filterThen(func() {}) }

// filterThen brings the list to the search, the folding and the comparison.
func (b *tagWindow) filterThen(then func()) {
	got := b.read
	if got.a == nil {
		return
	}
	b.asked++
	asked, query, only := b.asked, b.search.Text, b.only.Checked
	if got.b == nil && strings.TrimSpace(query) == "" { // at once: a click that folds is answered by it
		b.show(unfolded(got.a, b.folded))
		then()
		return
	}
	b.w.back.quietly(func(ctx context.Context) {
		shown, err := filtered(ctx, got, query, only)
		b.w.back.post(func() {
			if err != nil || asked != b.asked || b.read.a != got.a {
				return
			}
			b.show(shown)
			then()
		})
	})
}

// unfolded are the lines that are in no folded sequence.
func unfolded(l *header.List, folded map[int]bool) []header.Pair {
	out := make([]header.Pair, 0, len(l.Lines))
	for i := 0; i < len(l.Lines); i++ {
		out = append(out, header.Pair{A: i, B: -1})
		if folded[i] {
			i = l.Lines[i].End - 1
		}
	}
	return out
}

// filtered are the lines that a search finds, with those that they are in, and of two headers only what differs where that is asked for.
func filtered(ctx context.Context, h tagHeaders, query string, only bool) ([]header.Pair, error) {
	search := strings.TrimSpace(query) != ""
	find := func(l *header.List) (map[int]bool, error) {
		found, err := l.Search(ctx, query)
		if err != nil {
			return nil, err
		}
		in := map[int]bool{}
		for _, i := range l.WithAbove(found) {
			in[i] = true
		}
		return in, nil
	}
	var a, b map[int]bool
	var err error
	if search {
		if a, err = find(h.a); err == nil && h.b != nil {
			b, err = find(h.b)
		}
		if err != nil {
			return nil, err
		}
	}
	if h.b == nil {
		var out []header.Pair
		for i := range h.a.Lines {
			if a[i] {
				out = append(out, header.Pair{A: i, B: -1})
			}
		}
		return out, nil
	}
	out := []header.Pair{}
	for _, p := range h.pairs {
		if (!only || p.Differs) && (!search || p.A >= 0 && a[p.A] || p.B >= 0 && b[p.B]) {
			out = append(out, p)
		}
	}
	return out, ctx.Err()
}

// show shows lines.
func (b *tagWindow) show(lines []header.Pair) {
	b.shown = lines
	n := 0
	for _, p := range lines {
		if x := b.line(p); x.Item == 0 {
			n++
		}
	}
	text := b.w.text.T("tags.count", n)
	if more := b.read.a.More; more > 0 {
		text += "  ·  " + b.w.text.T("tags.more", more)
	}
	b.state.SetText(text)
	b.list.Refresh()
}

// line is the line of a pair, of the first header where it has one.
func (b *tagWindow) line(p header.Pair) *header.Line {
	if p.A >= 0 {
		return &b.read.a.Lines[p.A]
	}
	return &b.read.b.Lines[p.B]
}

// choose shows the whole value of a line, and folds or unfolds a sequence; -1 is none.
func (b *tagWindow) choose(i widget.ListItemID) {
	t := b.w.text.T
	if i < 0 || i >= len(b.shown) {
		b.chosen = -1
		b.list.UnselectAll()
		b.about.SetText(t("tags.choose"))
		b.value.SetText("")
		b.copy.Disable()
		return
	}
	b.chosen = i
	p := b.shown[i]
	x := b.line(p)
	about := b.pathOf(p) + "  " + b.named(x)
	if x.Item == 0 {
		about += "  " + string(x.VR)
		if x.Length >= 0 {
			about += "  " + t("tags.bytes", x.Length)
		}
	}
	b.about.SetText(about)
	value := b.fullValue(p, valueShown)
	b.value.SetText(value)
	b.scroll.ScrollToTop()
	if value == "" || x.Covered {
		b.copy.Disable()
	} else {
		b.copy.Enable()
	}
	if x.Items > 0 && b.read.b == nil && strings.TrimSpace(b.search.Text) == "" && p.A >= 0 {
		b.folded[p.A] = !b.folded[p.A]
		b.filter()
		b.list.Unselect(i) // the next click on it is one again
		b.chosen = i
	}
}

// named is the keyword of an element, or who has defined it.
func (b *tagWindow) named(x *header.Line) string {
	switch {
	case x.Item > 0:
		return b.w.text.T("tags.item", x.Item)
	case x.Keyword != "":
		return x.Keyword
	case x.Creator != "":
		return b.w.text.T("tags.private", x.Creator)
	case x.Tag.Private():
		return b.w.text.T("tags.private.unknown")
	}
	return b.w.text.T("tags.unknown")
}

// valueText is what stands in a value's column.
func (b *tagWindow) valueText(x *header.Line) string {
	t := b.w.text.T
	switch {
	case x.Covered:
		return t("tags.covered")
	case x.Items == 1:
		return t("tags.items.one")
	case x.Items >= 0:
		return t("tags.items", x.Items)
	case x.Unread && x.Length < 0:
		return t("tags.pixels")
	case x.Unread:
		return t("tags.long", x.Length)
	}
	return x.Value
}

// fullValue is the value of a line, of both headers where they are compared, up to so many bytes of each.
func (b *tagWindow) fullValue(p header.Pair, limit int) string {
	one := func(l *header.List, i int) string {
		if i < 0 {
			return b.w.text.T("tags.absent")
		}
		x := &l.Lines[i]
		if x.Covered || x.Unread || x.Items >= 0 {
			return b.valueText(x)
		}
		s, whole := l.Full(i, limit)
		if !whole {
			s += b.w.text.T("tags.cut")
		}
		return s
	}
	if b.read.b == nil {
		return one(b.read.a, p.A)
	}
	return one(b.read.a, p.A) + "\n" + one(b.read.b, p.B)
}

// copyValue puts the whole value on the clipboard.
func (b *tagWindow) copyValue() {
	if b.chosen < 0 || b.chosen >= len(b.shown) {
		return
	}
	b.w.app.Clipboard().SetContent(b.fullValue(b.shown[b.chosen], valueCopied))
	b.state.SetText(b.w.text.T("tags.copied"))
}
