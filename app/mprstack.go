package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer"
	"rachis/viewer/reslice"
)

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

// acquisition copies from a header what weighs the images, and nothing of one slice alone.
func acquisition(header *dicomio.DataSet, frame int) *dicomio.DataSet {
	return header.Excerpt(frame, []dicomio.Wanted{
		{Tags: []tag.Tag{tag.MagneticFieldStrength}},
		{Group: tag.MRTimingAndRelatedParametersSequence, Tags: []tag.Tag{tag.RepetitionTime}},
		{Group: tag.MREchoSequence, Tags: []tag.Tag{tag.EffectiveEchoTime, tag.EchoTime}},
		{Group: tag.MRModifierSequence, Tags: []tag.Tag{tag.InversionTimes, tag.InversionTime}},
	})
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
	k := &dicomio.Stack{Orientation: orientations[s.name], FrameOfReferenceUID: r.frame(), Uniform: true, Spacing: s.planes.Step, Group: 1,
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

// frame is the frame of reference of a reconstruction: that of its source, or one of its own where that does not say it, since planes of one volume
// belong together.
func (r *reconstruction) frame() string {
	if uid := r.source.Stack.FrameOfReferenceUID; uid != "" {
		return uid
	}
	return fmt.Sprintf("%sframe-%d", madeUID, r.number)
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

// setSlab makes the planes of the reconstruction thick.
func (m *mpr) setSlab(slab reslice.Slab) {
	r := m.current()
	if r == nil || r.slab == slab {
		return
	}
	r.slab = slab
	for _, each := range r.stacks {
		m.remake(each)
	}
	m.w.setItems()
	m.w.stateChanged()
}

// thicker makes the slab as thick as the next of its thicknesses, or the one before; nextMode chooses how its values become one.
func (m *mpr) thicker(n int) {
	if r := m.current(); r != nil {
		i := max(slices.Index(thicknesses, r.slab.Thickness), 0)
		m.setSlab(reslice.Slab{Mode: r.slab.Mode, Thickness: thicknesses[min(max(i+n, 0), len(thicknesses)-1)]})
	}
}

func (m *mpr) nextMode() {
	if r := m.current(); r != nil {
		m.setSlab(reslice.Slab{Mode: (r.slab.Mode + 1) % 3, Thickness: r.slab.Thickness})
	}
}
