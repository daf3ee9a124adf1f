package handover

import (
	"context"
	"strings"

	"rachis/annotations"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/render"
)

// images finds and reads the images of a case. It keeps the headers that it has parsed, and belongs to one goroutine.
type images struct {
	index *dicomio.Index
	files map[dicomio.Location]*dicomio.File
}

func newImages(idx *dicomio.Index) *images {
	return &images{index: idx, files: map[dicomio.Location]*dicomio.File{}}
}

// source is one frame and where it stands.
type source struct {
	study  *dicomio.Study
	series *dicomio.Series
	stack  *dicomio.Stack
	at     int // the slice of the stack
}

func (s source) slice() dicomio.Slice { return s.stack.Slices[s.at] }

// ref names the frame as marks do.
func (s source) ref() annotations.ImageRef {
	sl := s.slice()
	r := annotations.ImageRef{StudyInstanceUID: s.study.UID, SeriesInstanceUID: s.series.UID, SOPClassUID: sl.Instance.SOPClassUID,
		SOPInstanceUID: sl.Instance.SOPInstanceUID, Frame: sl.Frame + 1, FrameOfReferenceUID: s.stack.FrameOfReferenceUID,
		SliceSpacing: s.stack.Spacing}
	if sl.Plane.Known() {
		p := sl.Plane
		r.Plane = &p
	}
	return r
}

// shot says what the frame is an image of.
func (s source) shot() report.Shot {
	return report.Shot{Modality: s.series.Modality, Weighting: s.stack.Weighting, Orientation: s.stack.Orientation, View: s.stack.View,
		Description: first(s.stack.Description, s.series.Description), Date: s.study.Date}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// film reports whether a modality makes radiographs, which are larger than what is looked at on them.
func film(modality string) bool {
	switch modality {
	case "CR", "DX", "RF", "RG", "XA", "MG":
		return true
	}
	return false
}

// find returns the source of a frame that a mark names; false when the case does not hold it.
func (x *images) find(r annotations.ImageRef) (source, bool) {
	p, ok := x.index.Instance(r.SOPInstanceUID)
	if !ok {
		return source{}, false
	}
	stack, at, ok := p.Series.SliceOf(p.Instance, r.Frame-1)
	if !ok {
		return source{}, false
	}
	return source{p.Study, p.Series, stack, at}, true
}

// header returns the parsed file of a frame.
func (x *images) header(s source) (*dicomio.File, error) {
	at := s.slice().Instance.Location
	if f := x.files[at]; f != nil {
		return f, nil
	}
	f, err := s.slice().Instance.Open()
	if err != nil {
		return nil, err
	}
	x.files[at] = f
	return f, nil
}

// read decodes a frame.
func (x *images) read(ctx context.Context, s source) (*dicomio.Frame, *dicomio.File, error) {
	if why := s.slice().Instance.Problem(); why != nil {
		return nil, nil, why
	}
	f, err := x.header(s)
	if err != nil {
		return nil, nil, err
	}
	frame, err := f.Frame(ctx, s.slice().Frame)
	return frame, f, err
}

// pixel is the height and width of a frame's pixels to each other, and what their millimetres rest on.
func pixel(s source, f *dicomio.File) (height, width float64, c dicomio.Calibration) {
	frame := s.slice().Frame
	c = dicomio.CalibrationOf(f.DataSet, frame)
	for _, spacing := range []space.Spacing{c.Spacing, s.slice().Plane.Spacing} {
		if spacing.Known() {
			return spacing.BetweenRows, spacing.BetweenColumns, c
		}
	}
	if v := f.DataSet.Floats(tag.PixelAspectRatio); len(v) == 2 && v[0] > 0 && v[1] > 0 { // PS3.3 C.7.6.3.1.7: height, width
		return v[0], v[1], c
	}
	return 1, 1, c
}

func aspect(s source, f *dicomio.File) float64 {
	h, w, _ := pixel(s, f)
	return render.AspectOf(h, w)
}

// synthetic reports whether a file says that no patient is on its image.
func synthetic(d *dicomio.DataSet) bool {
	for _, t := range []tag.Tag{tag.PatientName, tag.ImageComments, tag.InstitutionName} {
		if strings.Contains(strings.ToUpper(d.Text(t)), "SYNTHETIC") {
			return true
		}
	}
	return false
}

// notes are the report's codes for what must be said of an image.
func notes(s source, frame *dicomio.Frame, f *dicomio.File) (out []string) {
	if synthetic(f.DataSet) {
		out = append(out, "synthetic")
	}
	if frame.Lossy != "" {
		out = append(out, "lossy|"+strings.ReplaceAll(frame.Lossy, "|", " "))
	}
	switch _, _, c := pixel(s, f); {
	case c.State == dicomio.DetectorPlane || c.State == dicomio.UnknownPlane:
		out = append(out, "uncorrected")
	case !c.Spacing.Known():
		out = append(out, "uncalibrated")
	}
	return out
}
