package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer"
	"rachis/viewer/reslice"
)

// Multiplanar reconstruction: planes that are computed from a stack of images, shown as stacks of their own. Their images are in no file: nothing
// of them is ever kept, and they say on the picture what they are.

// mostVolume is how much memory the volumes of all reconstructions may take together: as much as the pictures' own cache.
const mostVolume = 512 << 20

// madeUID begins what stands for the SOP Instance UID of computed images. It is no UID, so that none can be taken for that of a file.
const madeUID = "rachis-mpr-"

// isMade reports whether a name of an image is that of a computed one.
func isMade(sopInstanceUID string) bool { return strings.HasPrefix(sopInstanceUID, madeUID) }

// cut is a computed stack for the workers that load pictures: what to sample, and how. It is not changed once it is made.
type cut struct {
	volume *reslice.Volume
	planes reslice.Planes
	slab   reslice.Slab
	lossy  string
	header *dicomio.DataSet
}

// frame samples a plane.
func (c *cut) frame(ctx context.Context, i int) (*dicomio.Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := c.volume.Frame(nil, c.planes.Planes[i], c.planes.Columns, c.planes.Rows, c.slab)
	f.Lossy = c.lossy
	return f, nil
}

// cuts are the computed stacks that the loader answers for. It is safe for concurrent use; the zero value is ready.
type cuts struct{ all sync.Map } // of *cut by *dicomio.Instance

func (c *cuts) find(in *dicomio.Instance) (*cut, bool) {
	v, ok := c.all.Load(in)
	if !ok {
		return nil, false
	}
	return v.(*cut), true
}

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
	if need := volumeBytes(it.Stack) + m.bytes(); need > mostVolume {
		m.refuse(it, errTooLarge)
		return
	}
	m.reading[it.Stack] = true
	r := &reconstruction{source: it, missing: max(it.Stack.Expected-len(it.Stack.Slices), 0)}
	r.block, r.blocks = m.block(it)
	w := m.w
	w.back.run(w.text.T("mpr.task"), func(ctx context.Context, tell progress) (err error) {
		n := len(it.Stack.Slices)
		r.volume, err = reslice.New(ctx, it.Stack, func(ctx context.Context, i int) (*dicomio.Frame, error) {
			tell("", i+1, n)
			f, err := w.loader.Frame(ctx, it.Stack.Slices[i])
			if err == nil && f.Lossy != "" {
				r.lossy = f.Lossy
			}
			return f, err
		})
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

// acquisition copies from a header what weighs the images, and nothing of one slice alone.
func acquisition(header *dicomio.DataSet, frame int) *dicomio.DataSet {
	var kept []dicomio.Element
	for _, e := range []struct {
		group tag.Tag
		tags  []tag.Tag
	}{
		{0, []tag.Tag{tag.MagneticFieldStrength}},
		{tag.MRTimingAndRelatedParametersSequence, []tag.Tag{tag.RepetitionTime}},
		{tag.MREchoSequence, []tag.Tag{tag.EffectiveEchoTime, tag.EchoTime}},
		{tag.MRModifierSequence, []tag.Tag{tag.InversionTimes, tag.InversionTime}},
	} {
		d := header
		if e.group != 0 {
			d = header.InFrame(frame, e.group)
		}
		for _, t := range e.tags {
			if v, ok := d.Element(t); ok && len(v.Value) <= 256 {
				kept = append(kept, v)
			}
		}
	}
	return dicomio.NewDataSet(kept...)
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
		text = t("mpr.refused.large", m.megabytes(volumeBytes(it.Stack)), m.megabytes(mostVolume-m.bytes()))
	case "read":
		text = t("mpr.refused.read", err.Error())
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
	for i := range g.Cells() {
		if it, ok := g.Item(i); ok && it.Stack == r.source.Stack {
			view = g.View(i)
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
		g.Place(i+1, s.item, &v)
	}
	g.SetActive(0)
	m.w.activeChanged()
	m.w.focusGrid()
	key := "mpr.made"
	if r.blocks > 1 {
		m.w.say("mpr.made.block", lowImportance, r.block, r.blocks, m.megabytes(r.volume.Bytes()))
		return
	}
	m.w.say(key, lowImportance, m.megabytes(r.volume.Bytes()))
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

func (r *reconstruction) find(name string) *made {
	for _, s := range r.stacks {
		if s.name == name {
			return s
		}
	}
	return nil
}

// make computes a stack, or leaves it as it is when it is there with one of its planes at the place. One of a line is made anew.
func (m *mpr) make(r *reconstruction, name string, axes reslice.Axes, at space.LPS) *made {
	s := r.find(name)
	if s != nil && name != "line" {
		return s
	}
	if s == nil {
		s = &made{of: r, name: name}
		r.stacks = append(r.stacks, s)
	}
	s.axes, s.planes, s.marks = axes, r.volume.Through(axes, at), nil
	m.remake(s)
	return s
}

// remake gives a computed stack images of new names, since what they show has changed.
func (m *mpr) remake(s *made) {
	r, w := s.of, m.w
	old := s.item
	m.counter++
	in := &dicomio.Instance{SOPInstanceUID: fmt.Sprintf("%s%d", madeUID, m.counter), Rows: s.planes.Rows, Columns: s.planes.Columns, Frames: len(s.planes.Planes), HasPixels: true}
	k := &dicomio.Stack{Orientation: orientations[s.name], FrameOfReferenceUID: r.source.Stack.FrameOfReferenceUID, Weighting: "", Uniform: true, Spacing: s.planes.Step, Group: 1,
		Calibration: dicomio.Calibration{State: dicomio.InPatient, Source: "PixelSpacing", Spacing: s.planes.Planes[0].Spacing}}
	normal := s.planes.Planes[0].Normal()
	for i, p := range s.planes.Planes {
		k.Slices = append(k.Slices, dicomio.Slice{Instance: in, Frame: i, Plane: p, Position: p.Origin.Dot(normal)})
	}
	w.loader.made.all.Store(in, &cut{r.volume, s.planes, r.slab, r.lossy, r.header})
	s.item = viewer.Item{Stack: k}
	m.describe(s)
	if old.Stack != nil {
		for i := range s.marks {
			for j := range s.marks[i].Marks {
				s.marks[i].Marks[j].Image.SOPInstanceUID = in.SOPInstanceUID
			}
		}
		w.loader.made.all.Delete(old.Stack.Slices[0].Instance)
		w.grid.Replace(old.Stack, s.item)
	}
}

// orientations are those of dicomio.Stack.
var orientations = map[string]string{"axial": "AX", "coronal": "COR", "sagittal": "SAG", "line": "OBL"}

// describe writes down in the user's language what a computed stack is. The identity is that of its source.
func (m *mpr) describe(s *made) {
	t, r := m.w.text, s.of
	i := r.source.Info
	name := r.source.Stack.Description
	if name == "" {
		name = i.SeriesDescription
	}
	title := t.T("mpr.title", t.T("mpr."+s.name), name)
	s.item.Info = viewer.Info{PatientName: i.PatientName, PatientID: i.PatientID, BirthDate: i.BirthDate, Sex: i.Sex, Code: i.Code, StudyUID: i.StudyUID, StudyDate: i.StudyDate,
		StudyDescription: i.StudyDescription, Institution: i.Institution, SeriesDescription: title, SeriesNumber: i.SeriesNumber, Modality: i.Modality,
		Calibration: s.item.Stack.Calibration}
	s.item.Stack.Description = title
	flags := []string{t.T("mpr.flag", t.T("mpr."+s.name))}
	if r.slab.Thickness > 0 {
		flags = append(flags, t.T("mpr.flag.slab", t.T("mpr.mode."+modeNames[r.slab.Mode]), t.Number(r.slab.Thickness, 0)))
	}
	if r.volume.Irregular != "" {
		flags = append(flags, t.T("mpr.flag.irregular"))
	}
	if r.missing > 0 {
		flags = append(flags, t.T("mpr.flag.missing", r.missing))
	}
	if tilt := r.volume.Tilt(); tilt > 0.5 {
		flags = append(flags, t.T("mpr.flag.tilt", t.Number(tilt, 1)))
	}
	if r.blocks > 1 {
		flags = append(flags, t.T("mpr.flag.block", r.block, r.blocks))
	}
	s.item.Info.Flags = strings.Join(flags, "\n")
}

// modeNames are keys of texts.
var modeNames = map[reslice.Mode]string{reslice.Mean: "mean", reslice.Maximum: "maximum", reslice.Minimum: "minimum"}

// thicknesses are those that a slab may have, in mm.
var thicknesses = []float64{0, 3, 5, 10, 20}

// setSlab makes the planes of the active reconstruction thick.
func (m *mpr) setSlab(slab reslice.Slab) {
	s := m.active()
	if s == nil || s.of.slab == slab {
		return
	}
	s.of.slab = slab
	for _, each := range s.of.stacks {
		m.remake(each)
	}
	m.w.setItems()
	m.w.stateChanged()
}

// thicker makes the slab as thick as the next of its thicknesses, or the one before; nextMode chooses how its values become one.
func (m *mpr) thicker(n int) {
	if s := m.active(); s != nil {
		i := max(slices.Index(thicknesses, s.of.slab.Thickness), 0)
		m.setSlab(reslice.Slab{Mode: s.of.slab.Mode, Thickness: thicknesses[min(max(i+n, 0), len(thicknesses)-1)]})
	}
}

func (m *mpr) nextMode() {
	if s := m.active(); s != nil {
		m.setSlab(reslice.Slab{Mode: (s.of.slab.Mode + 1) % 3, Thickness: s.of.slab.Thickness})
	}
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
	s := m.active()
	if s == nil {
		return
	}
	m.drop(s.of)
	m.w.setItems()
	m.w.grid.SetLayout(viewer.Layout1x1)
	m.w.grid.Place(0, s.of.source, nil)
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
