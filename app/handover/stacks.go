package handover

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// Limits of what the browser viewer holds: it is one page that is read whole into memory, and sent by people.
const (
	mostSlices = 15
	filmSide   = 1000     // pixels, of anything larger than a slice
	sliceSide  = 640      // the largest matrix of slices that is kept whole
	mostBytes  = 64 << 20 // of samples; about half of it as it lies in the page
)

// chosen is a stack of the viewer: the slices from..to of it.
type chosen struct {
	source
	slices []int
}

// chooseStacks picks the stacks of the viewer: where there is not room for all, those with pictures of the report before others. Of
// a long stack the slices about the marks are taken, or about its middle. They stand in the order in which a spine is read: the
// first two are shown at once. It tells how many stacks are left out.
func (g *gatherer) chooseStacks(shots []shot) (out []chosen, unshown int) {
	marks := map[*dicomio.Stack][]int{}
	var order []source
	add := func(s source) {
		if !slices.ContainsFunc(order, func(o source) bool { return o.stack == s.stack }) {
			order = append(order, s)
		}
	}
	for _, s := range shots {
		if src, ok := g.images.find(s.image); ok {
			marks[src.stack] = append(marks[src.stack], src.at)
			add(src)
		}
	}
	for p, se := range g.images.index.Series() {
		for _, k := range se.Stacks {
			add(source{p.Study, se, k, 0})
		}
	}
	size := 0
	for _, s := range order {
		if len(s.stack.Slices) == 0 {
			continue
		}
		c := chosen{source: s, slices: about(len(s.stack.Slices), marks[s.stack])}
		c.slices = slices.DeleteFunc(c.slices, func(i int) bool { return s.stack.Slices[i].Instance.Undecodable != "" })
		bytes := 0
		for _, i := range c.slices {
			in := s.stack.Slices[i].Instance
			rows, columns := reduced(in.Rows, in.Columns)
			bytes += 3 * rows * columns // a colour image has as much, a grey one less
		}
		if len(c.slices) == 0 || size+bytes > mostBytes {
			unshown++
			continue
		}
		size += bytes
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b chosen) int { return cmp.Compare(reading(a.source), reading(b.source)) })
	return out, unshown
}

// reading is a stack's place in the order of reading: T1, T2 and STIR from the side, other slices, then films in flexion and
// extension and other films.
func reading(s source) int {
	if film(s.series.Modality) {
		switch s.stack.View {
		case "FLEXION":
			return 10
		case "EXTENSION":
			return 11
		}
		return 12
	}
	at := slices.Index([]string{"T1", "T2", "STIR"}, s.stack.Weighting)
	if s.stack.Orientation != "SAG" || at < 0 {
		return 5
	}
	if s.stack.FatSuppressed && at < 2 {
		return 4
	}
	return at
}

// about returns at most mostSlices places of n, about the middle of the marked ones, or of all.
func about(n int, marked []int) (out []int) {
	low, high := 0, n-1
	if len(marked) > 0 {
		low, high = slices.Min(marked), slices.Max(marked)
	}
	from := max(0, min((low+high+1)/2-mostSlices/2, n-mostSlices))
	for i := from; i < min(n, from+mostSlices); i++ {
		out = append(out, i)
	}
	return out
}

// reduced is the size in which an image is shown: slices whole, films smaller.
func reduced(rows, columns int) (int, int) {
	if max(rows, columns) <= sliceSide {
		return rows, columns
	}
	k := max(1, float64(max(rows, columns))/filmSide)
	return max(1, int(math.Round(float64(rows)/k))), max(1, int(math.Round(float64(columns)/k)))
}

// stacks reads the stacks. A slice that cannot be read is left out and counted; a stack without any is left out.
func (g *gatherer) stacks(ctx context.Context, list []chosen) ([]report.Series, error) {
	var out []report.Series
	for _, c := range list {
		s := report.Series{SeriesUID: c.series.UID, StudyUID: c.study.UID, Shot: c.shot(), Omitted: len(c.stack.Slices)}
		for _, i := range c.slices {
			src := c.source
			src.at = i
			frame, f, err := g.images.read(ctx, src)
			if e := g.step(ctx, first(c.stack.Description, c.series.Description)); e != nil {
				return nil, fmt.Errorf("handover: %w", e)
			}
			if err != nil {
				continue
			}
			if len(s.Slices) == 0 {
				s.Rows, s.Columns = reduced(frame.Rows, frame.Columns)
				s.Reduced = s.Rows != frame.Rows || s.Columns != frame.Columns
				s.PixelHeight, s.PixelWidth, _ = pixel(src, f)
				s.PixelHeight *= float64(frame.Rows) / float64(s.Rows)
				s.PixelWidth *= float64(frame.Columns) / float64(s.Columns)
				s.Letters = overlay.LettersOf(src.slice().Plane, f.DataSet.Texts(tag.PatientOrientation), 0, false)
				s.Inverted = frame.RGB == nil && frame.Grayscale.Inverse
			}
			slice, ok := sliceOf(src, frame, s.Rows, s.Columns, s.Inverted)
			if !ok {
				continue
			}
			for _, n := range notes(src, frame, f) {
				if !slices.Contains(s.Notes, n) {
					s.Notes = append(s.Notes, n)
				}
			}
			if i == c.slices[len(c.slices)/2] || s.Windows == nil {
				s.Windows = windows(frame, c.series.Modality)
			}
			slice.Marks = g.marks(src, frame.Rows, frame.Columns, s.Rows, s.Columns)
			s.Slices = append(s.Slices, slice)
			s.Omitted--
		}
		if len(s.Slices) > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// sliceOf brings a frame into the viewer's form; ok is false for one that is not of the stack's size or sign.
func sliceOf(s source, frame *dicomio.Frame, rows, columns int, inverted bool) (report.Slice, bool) {
	if r, c := reduced(frame.Rows, frame.Columns); r != rows || c != columns || frame.RGB == nil && frame.Grayscale.Inverse != inverted {
		return report.Slice{}, false
	}
	out := report.Slice{Image: s.ref(), Label: fmt.Sprintf("%d/%d", s.at+1, len(s.stack.Slices)), Slope: 1}
	if plane := s.slice().Plane; plane.Known() {
		out.Position, out.PositionOK = along(plane), true
	}
	if frame.RGB != nil {
		out.RGB = make([]byte, 3*rows*columns)
		for c := range 3 {
			shrink(frame.Rows, frame.Columns, rows, columns,
				func(i int) float64 { return float64(frame.RGB[3*i+c]) },
				func(i int, v float64) { out.RGB[3*i+c] = uint8(math.Round(v)) })
		}
		return out, true
	}
	value, low, high := values(frame)
	// Sixteen bits hold the values as they are where they are whole, and else are spread over their range.
	out.Slope, out.Intercept = 1, math.Floor(low)
	if span := high - low; span > math.MaxUint16 || frame.Values == nil || !wholeValues(frame) {
		out.Slope, out.Intercept = math.Max(span, 1e-9)/math.MaxUint16, low
	}
	out.Values = make([]uint16, rows*columns)
	shrink(frame.Rows, frame.Columns, rows, columns, value, func(i int, v float64) {
		out.Values[i] = uint16(math.Round(min(max((v-out.Intercept)/out.Slope, 0), math.MaxUint16)))
	})
	return out, true
}

// marks are what is drawn over a slice of the viewer, where the image has been brought to another size too. Where there are several
// reviewers, each label says whose it is.
func (g *gatherer) marks(s source, rows, columns, toRows, toColumns int) (out []report.Mark) {
	authors := map[string]bool{}
	landmarks := 0
	scales := annotations.Calibrations(g.c.Findings)
	for _, a := range g.c.Findings {
		authors[a.Author] = true
		if a.Kind.Landmarks() && g.seen(a, s.ref()) {
			landmarks++
		}
	}
	kx, ky := float64(toColumns)/float64(columns), float64(toRows)/float64(rows)
	at := func(p space.Pixel) space.Pixel { return space.Pixel{Col: p.Col * kx, Row: p.Row * ky} }
	others := slices.DeleteFunc(report.Order(g.c), func(a annotations.Annotation) bool { return a.Kind == annotations.Levels })
	for _, a := range append(g.levelsOf(s.ref(), ""), others...) { // labels keep their places, other texts make room for them
		first := len(out)
		for _, t := range g.texts {
			label := describe.LabelBy(t, a, scales)
			n := first
			for _, shape := range describe.ShapesBy(t, []annotations.Annotation{a}, scales, s.ref(), "") {
				if shape.Type == "caption" { // of an image across the spine: a text at its upper edge
					shape.Type, shape.Points, shape.Toward = "text", []space.Pixel{{Col: float64(columns) / 2}}, space.Pixel{Row: 1}
				}
				if shape.Type == "text" && shape.Text != label && a.Kind.Landmarks() && landmarks > 1 {
					continue // the names of so many corners would cover the picture
				}
				if shape.Type == "text" && shape.Text == label && label != "" && len(authors) > 1 {
					shape.Text += " (" + a.Author + ")"
				}
				if n == len(out) {
					m := report.Mark{Type: shape.Type, Dashed: shape.Dashed, Toward: shape.Toward,
						Colour: fmt.Sprintf("#%02x%02x%02x", shape.Colour.R, shape.Colour.G, shape.Colour.B)}
					for _, p := range shape.Points {
						m.Points = append(m.Points, at(p))
					}
					if shape.Type == "text" {
						m.Text = map[string]string{}
					}
					out = append(out, m)
				}
				if shape.Type == "text" && out[n].Type == "text" {
					out[n].Text[t.Language()] = shape.Text
				}
				n++
			}
		}
	}
	return out
}

// along is the place of a plane along its normal, in millimetres; normals of one direction count the same way.
func along(p space.Plane) float64 {
	n := p.Normal()
	largest := n.X
	for _, v := range []float64{n.Y, n.Z} {
		if math.Abs(v) > math.Abs(largest) {
			largest = v
		}
	}
	if largest < 0 {
		n = n.Scale(-1)
	}
	return p.Origin.Dot(n)
}

// wholeValues reports whether values after the modality LUT are whole numbers.
func wholeValues(f *dicomio.Frame) bool {
	g := &f.Grayscale
	return g.ModalityLUT != nil || g.Slope == math.Trunc(g.Slope) && g.Intercept == math.Trunc(g.Intercept)
}

// values gives the values of a grey frame after the modality LUT, and their range. Padding and what is no number are shown as the
// darkest value.
func values(f *dicomio.Frame) (at func(i int) float64, low, high float64) {
	g := &f.Grayscale
	raw := func(i int) (float64, bool) {
		if f.Values == nil {
			v := float64(f.Wide[i])
			return g.Modality(v), !math.IsNaN(v) && !math.IsInf(v, 0)
		}
		stored := int32(f.Values[i])
		if f.Signed {
			stored = int32(int16(f.Values[i] ^ 0x8000))
		}
		return g.Modality(float64(stored)), g.Padding == nil || stored < g.Padding[0] || stored > g.Padding[1]
	}
	low, high = math.Inf(1), math.Inf(-1)
	for i := range f.Rows * f.Columns {
		if v, ok := raw(i); ok {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if low > high {
		low, high = 0, 0
	}
	dark := low
	if g.Inverse {
		dark = high
	}
	return func(i int) float64 {
		if v, ok := raw(i); ok {
			return v
		}
		return dark
	}, low, high
}

// shrink brings an image to fewer pixels: each is the mean of what it covers. The same size copies.
func shrink(rows, columns, toRows, toColumns int, at func(i int) float64, set func(i int, v float64)) {
	if rows == toRows && columns == toColumns {
		for i := range rows * columns {
			set(i, at(i))
		}
		return
	}
	across, down := shares(columns, toColumns), shares(rows, toRows)
	// First the rows that one row covers, then along it: each sample is read once or twice.
	line := make([]float64, columns)
	for y := range toRows {
		clear(line)
		for _, d := range down[y] {
			for x := range columns {
				line[x] += float64(d.weight * at(d.at*columns+x))
			}
		}
		for x := range toColumns {
			sum := 0.0
			for _, a := range across[x] {
				sum += float64(a.weight * line[a.at])
			}
			set(y*toColumns+x, sum)
		}
	}
}

// share is how much of a pixel goes into another.
type share struct {
	at     int
	weight float64
}

// shares lists for each of to pixels which of from it covers, and how much; weights add up to 1.
func shares(from, to int) [][]share {
	out := make([][]share, to)
	k := float64(from) / float64(to)
	for i := range out {
		start, end := float64(i)*k, math.Min(float64(i+1)*k, float64(from))
		for j := int(start); j < from && float64(j) < end; j++ {
			if part := math.Min(end, float64(j+1)) - math.Max(start, float64(j)); part > 1e-9 {
				out[i] = append(out[i], share{j, part / (end - start)})
			}
		}
	}
	return out
}

// windows are those that the viewer offers: the one that the image opens with, those of the file, and on CT bone and soft tissue.
func windows(f *dicomio.Frame, modality string) []report.Window {
	if f.RGB != nil {
		return nil
	}
	var out []report.Window
	add := func(name string, w dicomio.Window) {
		w.Width = math.Max(w.Width, 1)
		for i, have := range out {
			if have.Center == w.Center && have.Width == w.Width {
				out[i].Name = first(have.Name, name)
				return
			}
		}
		if !math.IsNaN(w.Center-w.Center) && !math.IsNaN(w.Width-w.Width) {
			out = append(out, report.Window{Name: name, Center: w.Center, Width: w.Width})
		}
	}
	opening := render.Resolve(f, annotations.View{}, nil)
	add(windowName(opening.Window.Explanation), opening.AsWindow())
	for _, w := range f.Grayscale.Windows {
		add(windowName(w.Explanation), w)
	}
	if modality == "CT" {
		add("bone", dicomio.Window{Center: 500, Width: 2000})
		add("soft", dicomio.Window{Center: 50, Width: 400})
	}
	return out[:min(len(out), 9)]
}

// windowName is the name that a file gives a window; what says nothing is none.
func windowName(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 40 || strings.EqualFold(s, "WINDOW1") || strings.EqualFold(s, "WINDOW") {
		return ""
	}
	return s
}
