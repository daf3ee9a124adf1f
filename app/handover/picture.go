package handover

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"slices"
	"strconv"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/app/lang"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

const (
	// longer is the longer side of a picture in pixels: 300 to the inch where the PDF prints it.
	longer = 1000
	// scale is how large lines and letters are on it, so that they read in print: 6 points. On a picture crowded with marks they
	// are smaller, so that less lies under them.
	scale, crowded = 2.2, 1.5
	// onSlice and onFilm are the part of the longer side of an image that is shown round marks: of a slice enough to count the
	// levels from the sacrum, of a film, which is larger than the spine, enough to see which vertebrae are marked.
	onSlice, onFilm = 0.66, 0.45
	// room is how much larger than the marks the part shown is.
	room = 1.8
)

// pictures makes the pictures of a report. An image that cannot be read gives one that says so.
func (g *gatherer) pictures(ctx context.Context, shots []shot) ([]report.Picture, error) {
	var out []report.Picture
	for _, s := range shots {
		p, err := g.picture(ctx, s)
		if e := ctx.Err(); e != nil {
			return nil, fmt.Errorf("handover: %w", e)
		}
		if err != nil {
			p.Problem = problem(err)
		}
		out = append(out, p)
		if err := g.step(ctx, first(s.level, p.Shot.Description)); err != nil {
			return nil, fmt.Errorf("handover: %w", err)
		}
	}
	return out, nil
}

// picture draws one image with its marks, in each language. What is known of the picture is returned with an error too.
func (g *gatherer) picture(ctx context.Context, s shot) (report.Picture, error) {
	p := report.Picture{Level: s.level, Author: s.author, Image: s.image}
	if s.key != nil {
		p.Caption = s.key.Caption
	}
	for _, a := range s.findings {
		p.Findings = append(p.Findings, a.UID)
	}
	src, ok := g.images.find(s.image)
	if !ok {
		return p, errAbsent
	}
	p.Shot, p.Number, p.Of = src.shot(), src.at+1, len(src.stack.Slices)
	frame, f, err := g.images.read(ctx, src)
	if err != nil {
		return p, err
	}
	p.Notes = notes(src, frame, f)
	plate := plate{source: src, frame: frame, file: f, code: g.c.ID, scale: scale}
	if len(s.findings) > fewMarks {
		plate.scale = crowded
	}
	var view annotations.View
	if s.key != nil {
		plate.port, view = keyPort(frame.Rows, frame.Columns, aspect(src, f), s.key.View)
		if view.Turn&3 != 0 {
			p.Notes = append(p.Notes, "turned|"+strconv.Itoa(view.Turn&3*90))
		}
		if view.Flip {
			p.Notes = append(p.Notes, "flipped")
		}
	} else {
		points := extent(describe.Shapes(g.texts[0], s.findings, src.ref(), ""))
		plate.port, view = findingPort(frame.Rows, frame.Columns, aspect(src, f), film(src.series.Modality), points)
	}
	if plate.letters(view) == [4]string{"?", "?", "?", "?"} {
		p.Notes = append(p.Notes, "unoriented")
	}
	for i, t := range g.texts {
		data, err := plate.paint(t, view, describe.ShapesBy(t, append(g.levelsOf(src.ref(), s.author), s.findings...), g.c.Findings, src.ref(), ""))
		if err != nil {
			return p, err
		}
		switch {
		case i == 0:
			p.Data = data
		case !bytes.Equal(data, p.Data):
			if p.ByLanguage == nil {
				p.ByLanguage = map[string][]byte{}
			}
			p.ByLanguage[t.Language()] = data
		}
	}
	return p, nil
}

// plate is an image to be painted.
type plate struct {
	source
	frame *dicomio.Frame
	file  *dicomio.File
	port  render.Viewport
	code  string // what the case is called
	scale float64
}

func (p plate) letters(view annotations.View) [4]string {
	return overlay.LettersOf(p.slice().Plane, p.file.DataSet.Texts(tag.PatientOrientation), view.Turn, view.Flip)
}

// paint draws the image, its marks, and round them what a picture may not be without: which way it lies, how large it is, what is
// wrong with it. Nothing on it says who the patient is: a picture is easily passed on.
func (p plate) paint(t lang.Catalog, view annotations.View, shapes []render.StyledShape) ([]byte, error) {
	_, _, calibration := pixel(p.source, p.file)
	picture, geometry := render.ImageGeometry(p.frame, view, p.port.Width, p.port.Height, render.Options{Aspect: p.port.Aspect})
	words := overlay.Texts{Text: t.T, Number: t.Number}
	o := overlay.Picture{Level: overlay.Minimal, Geometry: geometry, Letters: p.letters(view)}
	o.Identity = []overlay.Line{{Text: p.code, Until: overlay.Off}}
	o.Study = words.Study(overlay.Subject{}, overlay.State{Lossy: p.frame.Lossy, Flip: view.Flip, Turn: view.Turn})
	if synthetic(p.file.DataSet) {
		o.Study = append(o.Study, overlay.Line{Text: t.T("picture.synthetic"), Until: overlay.Off, Warn: true})
	}
	o.Across, _ = words.Rulers(geometry, calibration)
	o.Series = []overlay.Line{{Text: report.ShotTitle(t, p.shot()), Until: overlay.Minimal}}
	if n := len(p.stack.Slices); n > 1 {
		o.Image = []overlay.Line{{Text: fmt.Sprintf("%d/%d", p.at+1, n), Until: overlay.Minimal}}
	}
	var painter overlay.Painter
	painter.Paint(picture, o, p.scale)
	render.Draw(picture, shapes, geometry, p.scale)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil { // its best compression takes ten times as long for a twentieth less
		return nil, fmt.Errorf("handover: %w", err)
	}
	return b.Bytes(), nil
}

// extent is the points that a picture of marks must show: all but where texts stand.
func extent(shapes []render.StyledShape) (out []space.Pixel) {
	for _, s := range shapes {
		if s.Type != "text" {
			out = append(out, s.Points...)
		}
	}
	if len(out) == 0 { // a mark that is a text alone
		for _, s := range shapes {
			out = append(out, s.Points...)
		}
	}
	return slices.DeleteFunc(out, func(p space.Pixel) bool { return math.IsNaN(p.Col) || math.IsNaN(p.Row) })
}

// side returns the width and height of an image in units of the smaller side of a pixel, as render.Viewport has them.
func side(rows, columns int, aspect float64) (px, py, w, h float64) {
	px, py = 1, aspect
	if aspect < 1 {
		px, py = 1/aspect, 1
	}
	return px, py, float64(columns) * px, float64(rows) * py
}

// keyPort is the picture of a key image under its view, as the reviewer saw it: of the image's own proportions.
func keyPort(rows, columns int, aspect float64, view annotations.View) (render.Viewport, annotations.View) {
	_, _, w, h := side(rows, columns, aspect)
	if view.Turn&1 == 1 {
		w, h = h, w
	}
	k := longer / math.Max(w, h)
	return render.Viewport{Rows: rows, Columns: columns, Aspect: aspect, Width: rounded(w * k), Height: rounded(h * k)}, view
}

// findingPort is the picture of marks, with enough of the image round them to know where they are.
func findingPort(rows, columns int, aspect float64, film bool, points []space.Pixel) (render.Viewport, annotations.View) {
	px, py, w, h := side(rows, columns, aspect)
	part := onSlice
	if film {
		part = onFilm
	}
	left, top, right, bottom := 0.0, 0.0, w, h
	if len(points) > 0 {
		left, top, right, bottom = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
		for _, p := range points {
			left, right = math.Min(left, p.Col*px), math.Max(right, p.Col*px)
			top, bottom = math.Min(top, p.Row*py), math.Max(bottom, p.Row*py)
		}
	}
	cut := math.Max(room*math.Max(right-left, bottom-top), part*math.Max(w, h))
	cutW, cutH := math.Min(cut, w), math.Min(cut, h)
	x := within((left+right)/2, cutW, w)
	y := within((top+bottom)/2, cutH, h)
	k := longer / math.Max(cutW, cutH)
	port := render.Viewport{Rows: rows, Columns: columns, Aspect: aspect, Width: rounded(cutW * k), Height: rounded(cutH * k)}
	view := annotations.View{}
	view.Zoom = k / port.Scale(view)
	cx, cy := port.Geometry(view).ImageToScreen(space.Pixel{Col: x / px, Row: y / py})
	return port, port.Pan(view, float64(port.Width)/2-cx, float64(port.Height)/2-cy)
}

// within moves the middle of a part so that the part lies in the whole.
func within(middle, part, whole float64) float64 {
	return math.Min(math.Max(middle, part/2), whole-part/2)
}

func rounded(x float64) int { return max(1, int(math.Round(x))) }
