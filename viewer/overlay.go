package viewer

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"time"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// writing is what is written on the picture: who and what it is, letters, ruler, flags, the localiser line, and in place of a picture why there is
// none.
func (c *cell) writing(g render.Geometry, size image.Point, scale float64) overlay.Picture {
	o := c.compose(g)
	o.Level = overlay.Level(c.grid.overlay)
	o.Message = c.message()
	o.Reduced = float64(size.X) < reducedWidth*scale || float64(size.Y) < reducedHeight*scale
	o.Geometry = g
	if line, ok := c.grid.localiserOn(c); ok {
		c.lines = append(c.lines[:0], line)
		o.Segments = c.lines
	}
	return o
}

// reducedWidth and reducedHeight are the sides, in units of Fyne's, below which a view has no room for all that is written on a large one.
const reducedWidth, reducedHeight = 220.0, 240.0

// compose returns the texts of the corners, letters and rulers. Those that were made before, of this window on this slice, are not made anew.
func (c *cell) compose(g render.Geometry) (o overlay.Picture) {
	s := c.series
	if s == nil {
		return o
	}
	w := &c.written
	w.of(s, c.grid.labelled)
	key := cornersKey{linking: c.linking(), preview: c.picture != nil && c.picture.preview, caption: c.caption()}
	key.state, key.header = c.state(g)
	if c.picture != nil && c.waiting() && time.Since(c.asked) >= comingAfter {
		key.coming = c.view.Slice + 1
	}
	at, ok := w.corners[key]
	if !ok {
		at = c.corners(key)
		keep(w.corners, key, at)
	}
	o.Identity, o.Study, o.Image, o.Series = at.identity, at.study, at.image, at.series
	if c.picture != nil {
		calibration := c.calibration()
		c.ruled = calibration
		key := edgesKey{g, key.header, c.slice, c.view.Turn, c.view.Flip, calibration}
		at, ok := w.edges[key]
		if !ok {
			at.letters = overlay.LettersOf(s.plane(c.slice), key.header.Texts(tag.PatientOrientation), c.view.Turn, c.view.Flip)
			at.across, at.down = c.grid.texts().Rulers(g, calibration)
			keep(w.edges, key, at)
		}
		o.Letters, o.Across, o.Down = at.letters, at.across, at.down
	}
	return o
}

// texts composes in the reader's language.
func (g *Grid) texts() overlay.Texts { return overlay.Texts{Text: g.cfg.Text, Number: g.cfg.Number} }

// corners makes the lines of the corners.
func (c *cell) corners(key cornersKey) (out corners) {
	s, st, t := c.series, key.state, c.grid.texts()
	i := s.item.Info
	who := overlay.Subject{PatientName: i.PatientName, PatientID: i.PatientID, BirthDate: i.BirthDate, Sex: i.Sex, Code: i.Code,
		StudyDate: i.StudyDate, StudyDescription: i.StudyDescription, Institution: i.Institution,
		SeriesDescription: s.item.Stack.Description, View: i.View, Split: s.item.Stack.Split, SeriesNumber: i.SeriesNumber}
	if who.SeriesDescription == "" {
		who.SeriesDescription = i.SeriesDescription
	}
	if key.caption != "" {
		who.StudyDate = "" // the caption says it
	}
	out.identity, out.study = t.Identity(who), t.Study(who, st)
	if key.caption != "" {
		out.study = append([]overlay.Line{{Text: key.caption, Until: overlay.Off}}, out.study...)
	}
	out.image, out.series = t.Image(st), t.Series(who, st, key.header)
	flag := func(text string) {
		out.study = append(out.study, overlay.Line{Text: text, Until: overlay.Off, Warn: true})
	}
	for line := range strings.Lines(i.Flags) {
		flag(strings.TrimSpace(line))
	}
	if key.preview {
		flag(c.grid.cfg.Text("viewer.preview"))
	}
	if key.coming > 0 {
		flag(c.grid.cfg.Text("viewer.coming", key.coming, st.Images))
	}
	for _, text := range key.linking.says(&c.grid.cfg) {
		flag(text)
	}
	return out
}

// state is what the texts say of the present picture.
func (c *cell) state(g render.Geometry) (st overlay.State, header *dicomio.DataSet) {
	s := c.series
	slice := c.view.Slice
	if c.picture != nil {
		slice = c.slice
	}
	n := len(s.item.Stack.Slices)
	st = overlay.State{Image: min(slice+1, n), Images: n, Expected: s.item.Info.Expected, Plane: s.plane(slice)}
	st.Irregular = n > 2 && st.Plane.Known() && !s.item.Stack.Uniform
	if n > 0 {
		st.Frame = s.item.Stack.Slices[slice].Frame
	}
	if c.picture == nil {
		return st, nil
	}
	st.Turn, st.Flip, st.Lossy = c.view.Turn, c.view.Flip, c.picture.frame.Lossy
	st.Zoom = min(g.PixelsPerColumn(), g.PixelsPerRow())
	st.TrueSize = c.isTrueSize(g)
	st.Nearest = c.interpolation() == annotations.Nearest
	if c.grid.hover.cell == c {
		st.Cursor = c.grid.hover.text
	}
	if c.picture.frame.RGB == nil {
		st.Window, st.Preset = c.named()
		if strings.HasPrefix(c.view.Preset, presetMatched) {
			st.Matched, st.Preset = st.Preset, ""
		}
	}
	return st, c.picture.header
}

// presetKey begins the names of presets that are keys of texts.
const presetKey = "viewer.preset."

// calibration is what the ruler rests on.
func (s *series) calibration() dicomio.Calibration {
	if s.item.Info.Calibration.State != "" {
		return s.item.Info.Calibration
	}
	return s.item.Stack.Calibration
}

// calibration is what the millimetres of the cell's image rest on: of a projection that the reviewer has calibrated, the reviewer's own scale.
func (c *cell) calibration() dicomio.Calibration {
	file := c.series.calibration()
	if c.grid.cfg.Calibration == nil || file.State == dicomio.InPatient {
		return file
	}
	if ref, ok := c.series.item.Ref(c.slice); ok {
		if own, ok := c.grid.cfg.Calibration(ref, file); ok {
			return own
		}
	}
	return file
}

// rescaled reports whether the millimetres of the picture rest on something else than when its rulers were written: a scale may come, change or go
// without a mark on the picture.
func (c *cell) rescaled() bool { return c.picture != nil && c.calibration() != c.ruled }

// message is what there is to say instead of a picture; "" beside one.
func (c *cell) message() string {
	text := c.grid.cfg.Text
	switch {
	case c.series == nil && c.note.missing != "":
		return c.note.missing
	case c.series == nil && c.board.tile != nil:
		return "" // behind the last image
	case c.series == nil && c.board != c.grid.boards[0]: // nothing can be dragged from one window to another
		return text("viewer.empty.board")
	case c.series == nil:
		return text("viewer.empty")
	case len(c.series.item.Stack.Slices) == 0:
		return text("viewer.none")
	case c.failure != nil:
		return c.failureText()
	case c.picture == nil:
		return text("viewer.loading")
	}
	return ""
}

// failureText says what is wrong with the image: which file, where in it, why. With identity hidden it names no file: folders bear names.
func (c *cell) failureText() string {
	text := c.grid.cfg.Text
	path, place, reason := "", "", c.failure.Error()
	if in := c.series.item.Stack.Slices[c.view.Slice].Instance; in != nil {
		path = in.Location.String()
	}
	var e *dicomio.Error
	if errors.As(c.failure, &e) {
		if e.Path != "" {
			path = e.Path
		}
		reason = e.Err.Error()
		if e.Tag != 0 {
			place = strings.TrimSpace(e.Tag.String() + " " + tag.Keyword(e.Tag))
		}
		if e.Offset > 0 {
			place = strings.TrimSpace(place + fmt.Sprintf(" @ 0x%x", e.Offset))
		}
	}
	if c.series.item.Info.Code != "" {
		path, reason = "", dicomio.WithoutPath(c.failure)
	}
	lines := []string{text("viewer.failed", c.view.Slice+1, len(c.series.item.Stack.Slices))}
	if path != "" {
		lines = append(lines, text("viewer.failed.file", path))
	}
	if place != "" {
		lines = append(lines, text("viewer.failed.place", place))
	}
	if said, ok := Reason(text, c.failure); ok {
		reason = said
	}
	return strings.Join(append(lines, text("viewer.failed.reason", reason)), "\n")
}

// paintCross paints the crosshair, open in the middle so that what it points at can be seen, and dashed where this picture passes by it.
// Where its place lies outside of the stack there is none: the picture says so.
func (c *cell) paintCross(img *image.RGBA, g render.Geometry, scale float64, s sight) {
	if s.missed > 0 {
		return
	}
	x, y := g.ImageToScreen(s.at)
	w, h, gap := float64(img.Rect.Dx()), float64(img.Rect.Dy()), 10*scale
	ink, dash := colourCross, 0.0
	if s.hand {
		ink = colourHand
	}
	if s.off {
		dash = 5 * scale
	}
	for _, l := range [...][4]float64{{0, y, x - gap, y}, {x + gap, y, w, y}, {x, 0, x, y - gap}, {x, y + gap, x, h}} {
		if l[2] > l[0] || l[3] > l[1] {
			c.brush.Line(img, l[0], l[1], l[2], l[3], scale, ink, dash)
		}
	}
}
