package app

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer"
	"rachis/viewer/reslice"
)

// Multiplanar reconstruction: planes that are computed from a stack of images, shown as stacks of their own. Their images are in no file: nothing
// of them is ever kept, and they say on the picture what they are.

// reconstruction is what is computed from one stack. It belongs to Fyne's goroutine.
type reconstruction struct {
	source        viewer.Item
	volume        *reslice.Volume
	lossy         string
	header        *dicomio.DataSet
	slab          reslice.Slab
	block, blocks int // of the orientations of the series, from 1
	missing       int // images that the source lacks
	stacks        []*made
	number        int // of the reconstruction, from 1
}

// made is one computed stack.
type made struct {
	of     *reconstruction
	name   string // key of its name: "axial", "coronal", "sagittal", "line"
	axes   reslice.Axes
	planes reslice.Planes
	item   viewer.Item
	marks  []annotations.Annotation // lines that are gone with the stack
}

// mpr is all reconstructions of a window. It belongs to Fyne's goroutine.
type mpr struct {
	w       *window
	all     []*reconstruction
	counter int
	reading map[*dicomio.Stack]bool
	tidying bool
	bar     *mprBar
}

func newMPR(w *window) *mpr { return &mpr{w: w, reading: map[*dicomio.Stack]bool{}} }

// stack returns the computed stack that an item shows, nil for one of files.
func (m *mpr) stack(k *dicomio.Stack) *made {
	for _, r := range m.all {
		for _, s := range r.stacks {
			if s.item.Stack == k {
				return s
			}
		}
	}
	return nil
}

// active returns the computed stack in the active view, nil for none.
func (m *mpr) active() *made {
	it, ok := m.w.grid.Item(m.w.grid.Active())
	if !ok {
		return nil
	}
	return m.stack(it.Stack)
}

// current returns the reconstruction that the active view belongs to, or else one that is on screen; nil for none. While one is on screen the bar
// stays: if it came and went with the active view, a press on a picture would move the picture away under the pointer.
func (m *mpr) current() *reconstruction {
	it, _ := m.source()
	if r := m.of(it.Stack); r != nil && m.onScreen(r) {
		return r
	}
	for _, r := range m.all {
		if m.onScreen(r) {
			return r
		}
	}
	return nil
}

// onScreen reports whether a view on screen shows a computed stack of a reconstruction.
func (m *mpr) onScreen(r *reconstruction) bool {
	for i := range m.w.grid.Cells() {
		if it, ok := m.w.grid.Item(i); ok {
			if s := m.stack(it.Stack); s != nil && s.of == r {
				return true
			}
		}
	}
	return false
}

// find returns the computed stack of an image.
func (m *mpr) find(ref annotations.ImageRef) *made {
	if !isMade(ref.SOPInstanceUID) {
		return nil
	}
	for _, r := range m.all {
		for _, s := range r.stacks {
			if s.item.Stack.Slices[0].Instance.SOPInstanceUID == ref.SOPInstanceUID {
				return s
			}
		}
	}
	return nil
}

// of returns the reconstruction of a stack of files, nil for none.
func (m *mpr) of(k *dicomio.Stack) *reconstruction {
	for _, r := range m.all {
		if r.source.Stack == k {
			return r
		}
	}
	return nil
}

// source returns the item of files that the active view shows, or that what it shows was computed from.
func (m *mpr) source() (viewer.Item, bool) {
	it, ok := m.w.grid.Item(m.w.grid.Active())
	if s := m.stack(it.Stack); ok && s != nil {
		return s.of.source, true
	}
	return it, ok
}

// can reports whether the active view may have a reconstruction; whether it does is found out, and said, when it is asked for.
func (m *mpr) can() bool {
	it, ok := m.source()
	return ok && len(it.Stack.Slices) > 0
}

// show shows the active view's stack with its axial, coronal and sagittal planes.
func (m *mpr) show() {
	it, ok := m.source()
	if !ok {
		return
	}
	at, placed := m.place()
	m.read(it, func(r *reconstruction) {
		if !placed {
			at = r.volume.Center()
		}
		m.layOut(r, at)
	})
}

// place is the middle of the image in the active view.
func (m *mpr) place() (space.LPS, bool) {
	cell := m.w.grid.Active()
	it, ok := m.w.grid.Item(cell)
	i := m.w.grid.View(cell).Slice
	if !ok || i < 0 || i >= len(it.Stack.Slices) {
		return space.LPS{}, false
	}
	s := it.Stack.Slices[i]
	if !s.Plane.Known() || s.Instance == nil {
		return space.LPS{}, false
	}
	return s.Plane.ToPatient(space.Pixel{Col: float64(s.Instance.Columns) / 2, Row: float64(s.Instance.Rows) / 2}), true
}

// errTooLarge is the error of a volume that does not fit into memory with the others.
var errTooLarge = errors.New("the volume is too large")

// read has the volume of a stack in memory and then calls then; where it cannot be, it says why.
func (m *mpr) read(it viewer.Item, then func(*reconstruction)) {
	if r := m.of(it.Stack); r != nil {
		then(r)
		return
	}
	if m.reading[it.Stack] {
		return
	}
	if need := volumeBytes(it.Stack) + m.bytes(); need > m.budget() {
		m.refuse(it, errTooLarge)
		return
	}
	m.reading[it.Stack] = true
	r := &reconstruction{source: it, missing: max(it.Stack.Expected-len(it.Stack.Slices), 0)}
	r.block, r.blocks = m.block(it)
	m.counter++
	r.number = m.counter
	w := m.w
	w.back.run(w.text.T("mpr.task"), func(ctx context.Context, tell progress) (err error) {
		n := len(it.Stack.Slices)
		var read atomic.Int64
		lossy := make([]string, n) // images come from several goroutines at a time
		r.volume, err = reslice.New(ctx, it.Stack, func(ctx context.Context, i int) (*dicomio.Frame, error) {
			f, err := w.loader.Frame(ctx, it.Stack.Slices[i])
			if err == nil {
				lossy[i] = f.Lossy
			}
			tell("", int(read.Add(1)), n)
			return f, err
		})
		for _, note := range lossy {
			if note != "" {
				r.lossy = note
			}
		}
		if err == nil {
			header, headerErr := w.loader.Header(ctx, it.Stack.Slices[0])
			if headerErr == nil { // without it less is written on the picture
				r.header = acquisition(header, it.Stack.Slices[0].Frame)
			}
		}
		return err
	}, func(err error) {
		delete(m.reading, it.Stack)
		switch {
		case errors.Is(err, context.Canceled):
			w.say("task.cancelled", widget.WarningImportance)
		case err != nil:
			m.refuse(it, err)
		case !slices.ContainsFunc(w.session.items, func(other viewer.Item) bool { return other.Stack == it.Stack }):
			// It was closed meanwhile.
		default:
			m.all = append(m.all, r)
			m.share()
			then(r)
			m.tidySoon()
		}
	})
}

// volumeBytes is how much memory the volume of a stack takes.
func volumeBytes(k *dicomio.Stack) int64 {
	if len(k.Slices) == 0 || k.Slices[0].Instance == nil {
		return 0
	}
	in := k.Slices[0].Instance
	return 2 * int64(len(k.Slices)+1) * int64(in.Rows) * int64(in.Columns)
}

// budget is how much memory the volumes of all reconstructions may take together: half of what decoded images may have.
func (m *mpr) budget() int64 { return m.w.cacheBytes / 2 }

// share leaves to the pictures what the volumes do not take of the memory for decoded images.
func (m *mpr) share() { m.w.grid.SetCacheBytes(m.w.cacheBytes - m.bytes()) }

// bytes is how much they take.
func (m *mpr) bytes() (n int64) {
	for _, r := range m.all {
		n += r.volume.Bytes()
	}
	return n
}

// block returns which of the orientations of its series a stack is of.
func (m *mpr) block(it viewer.Item) (block, blocks int) {
	for _, p := range m.w.session.patients {
		for _, st := range p.Studies {
			for _, se := range st.Series {
				if slices.Contains(se.Stacks, it.Stack) {
					return it.Stack.Group, se.OrientationGroups()
				}
			}
		}
	}
	return 1, 1
}

// refuse says why there is no reconstruction, and what can be done.
func (m *mpr) refuse(it viewer.Item, err error) {
	t := m.w.text.T
	key := "read"
	for _, r := range []struct {
		err error
		key string
	}{{reslice.ErrTooFew, "few"}, {reslice.ErrUnplaced, "unplaced"}, {reslice.ErrDouble, "double"}, {reslice.ErrColour, "colour"}, {reslice.ErrUnequal, "unequal"},
		{reslice.ErrNotParallel, "parallel"}, {errTooLarge, "large"}} {
		if errors.Is(err, r.err) {
			key = r.key
		}
	}
	text := ""
	switch key {
	case "large":
		text = t("mpr.refused.large", m.megabytes(volumeBytes(it.Stack)), m.megabytes(max(m.budget()-m.bytes(), 0)))
	case "read":
		text = t("mpr.refused.read", m.w.errorText(err))
	default:
		text = t("mpr.refused." + key)
	}
	m.w.inform("mpr.refused.title", text)
}

func (m *mpr) megabytes(n int64) string { return m.w.text.Number(float64(n)/(1<<20), 0) }

// layOut shows a stack and its three planes through a place.
func (m *mpr) layOut(r *reconstruction, at space.LPS) {
	g := m.w.grid
	view := annotations.View{}
	var fitted dicomio.Window // of a series that brings no window of its own: one for all views, that they can be compared
	for i := range g.Cells() {
		if it, ok := g.Item(i); ok && it.Stack == r.source.Stack {
			view = g.View(i)
			if brought := len(r.volume.Grayscale.Windows)+len(r.volume.Grayscale.VOILUTs) > 0; !brought && view.Width == 0 && view.Preset == "" {
				fitted, _ = g.Window(i)
			}
		}
	}
	for _, p := range []struct {
		name string
		axes reslice.Axes
	}{{"axial", reslice.Axial}, {"coronal", reslice.Coronal}, {"sagittal", reslice.Sagittal}} {
		m.make(r, p.name, p.axes, at)
	}
	m.w.setItems()
	g.SetLayout(viewer.Layout2x2)
	original := annotations.View{Slice: nearestSlice(r.source.Stack, at), Center: view.Center, Width: view.Width, Function: view.Function, Preset: view.Preset, Invert: view.Invert}
	g.Place(0, r.source, &original)
	for i, name := range []string{"axial", "coronal", "sagittal"} {
		s := r.find(name)
		v := original
		v.Slice = nearestSlice(s.item.Stack, at)
		if fitted.Width > 0 {
			v.Center, v.Width, v.Function = fitted.Center, fitted.Width, fitted.Function
		}
		g.Place(i+1, s.item, &v)
	}
	g.SetActive(0)
	m.w.activeChanged()
	m.w.focusGrid()
	if r.blocks > 1 {
		m.w.say("mpr.made.block", lowImportance, r.block, r.blocks, m.megabytes(r.volume.Bytes()))
		return
	}
	m.w.say("mpr.made", lowImportance, m.megabytes(r.volume.Bytes()))
}

func nearestSlice(k *dicomio.Stack, at space.LPS) int {
	best, distance := 0, -1.0
	for i, s := range k.Slices {
		_, d := s.Plane.FromPatient(at)
		if d = max(d, -d); s.Plane.Known() && (distance < 0 || d < distance) {
			best, distance = i, d
		}
	}
	return best
}

// items are the computed stacks, in the order of NextSeries; those whose source is gone are given up.
func (m *mpr) items() (out []viewer.Item) {
	for _, r := range slices.Clone(m.all) {
		i := slices.IndexFunc(m.w.session.items, func(it viewer.Item) bool { return it.Stack == r.source.Stack })
		if i < 0 {
			m.drop(r)
			continue
		}
		r.source = m.w.session.items[i]
		for _, s := range r.stacks {
			m.describe(s)
			out = append(out, s.item)
		}
	}
	return out
}

// drop lets go of a volume.
func (m *mpr) drop(r *reconstruction) {
	for _, s := range r.stacks {
		m.w.loader.made.all.Delete(s.item.Stack.Slices[0].Instance)
	}
	m.all = slices.DeleteFunc(m.all, func(other *reconstruction) bool { return other == r })
	m.share()
}

// shown reports whether a view shows something of a reconstruction.
func (m *mpr) shown(r *reconstruction) bool {
	return slices.ContainsFunc(r.stacks, func(s *made) bool { return m.w.grid.Holds(s.item.Stack) })
}

// tidySoon has the volumes let go of that no view shows any more, once what goes on now is over.
func (m *mpr) tidySoon() {
	if m.tidying || !slices.ContainsFunc(m.all, func(r *reconstruction) bool { return !m.shown(r) }) {
		return
	}
	m.tidying = true
	m.w.back.after(0, func() {
		m.tidying = false
		n := len(m.all)
		for _, r := range slices.Clone(m.all) {
			if !m.shown(r) {
				m.drop(r)
			}
		}
		if len(m.all) != n {
			m.w.setItems()
			m.w.stateChanged()
		}
	})
}

// close ends the active reconstruction: its source stays.
func (m *mpr) close() {
	r := m.current()
	if r == nil {
		return
	}
	m.drop(r)
	m.w.setItems()
	m.w.grid.SetLayout(viewer.Layout1x1)
	m.w.grid.Place(0, r.source, nil)
	m.w.activeChanged()
	m.w.focusGrid()
}

// changed follows a change of the views.
func (m *mpr) changed() {
	m.tidySoon()
	if m.bar != nil {
		m.bar.update()
	}
}

// measures reports whether a tool can be used on computed images: what is a length or an angle, and nothing else.
func measures(k annotations.Kind) bool {
	return k == annotations.Distance || k == annotations.Angle || k == annotations.Cobb
}

// keep shows a measurement on a computed stack until the next, or until the stack is gone.
func (m *mpr) keep(s *made, a annotations.Annotation) {
	a = evaluate.Evaluate(m.w.back.closed, madeImages{sessionImages{m.w}}, a)
	s.marks = []annotations.Annotation{a}
	m.w.say("mpr.mark.passing", lowImportance)
	m.w.stateChanged()
}

// madeImages are the images that are open and those that are computed.
type madeImages struct{ sessionImages }

// Find returns the stack of an image and the image's place in it.
func (s madeImages) Find(ref annotations.ImageRef) (*dicomio.Stack, int, string, bool) {
	if k := s.w.mpr.find(ref); k != nil && ref.Frame >= 1 && ref.Frame <= len(k.item.Stack.Slices) {
		return k.item.Stack, ref.Frame - 1, k.item.Info.Modality, true
	}
	return s.sessionImages.Find(ref)
}
