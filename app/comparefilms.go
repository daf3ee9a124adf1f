package app

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// superposed is the flexion film laid over the extension film on the lower vertebra, both as grey values of one picture (methods.md 3.6).
type superposed struct {
	w, h     int
	below    []uint8 // the extension film
	above    []uint8 // the flexion film
	seen     []bool  // where the flexion film has anything
	lines    [2][][]image.Point
	lower    string
	mirrored bool
	scale    float64
	angle    float64
	rms      string // with its unit, "" where the corners always fit
	found    bool   // the corners of one film come from those of the other, and so fit
	doubtful bool   // the corners fit badly: one of them is wrong, or the vertebra is turned
}

// looks of the superposition.
type superposedLook struct {
	opacity float64 // of the flexion film, 0 to 1
	colours bool    // each film in a colour; where they agree it is white
	lines   bool
}

// The two complementary colours: where both films are alike they add up to white.
var (
	belowColour = [3]float64{1, 0.5, 0}
	aboveColour = [3]float64{0, 0.5, 1}
)

// paint makes the picture.
func (s *superposed) paint(l superposedLook) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	k := l.opacity
	// With colours, half way shows both whole; towards an end the other film fades.
	eKeep, fKeep := min(1, 2*(1-k)), min(1, 2*k)
	for i, e := range s.below {
		f := s.above[i]
		o := 4 * i
		img.Pix[o+3] = 255
		switch {
		case l.colours:
			ev, fv := float64(e)*eKeep, 0.0
			if s.seen[i] {
				fv = float64(f) * fKeep
			}
			for c := range 3 {
				img.Pix[o+c] = uint8(min(255, ev*belowColour[c]+fv*aboveColour[c]))
			}
		case !s.seen[i]:
			v := uint8(float64(e) * (1 - k*0.6))
			img.Pix[o], img.Pix[o+1], img.Pix[o+2] = v, v, v
		default:
			mixed := float64(e)*(1-k) + float64(f)*k
			img.Pix[o] = uint8(mixed)
			img.Pix[o+1] = uint8(mixed)
			img.Pix[o+2] = uint8(mixed)
		}
	}
	if l.lines {
		for side, c := range [2]color.RGBA{{255, 160, 40, 255}, {70, 170, 255, 255}} {
			for _, line := range s.lines[side] {
				for i := range line {
					segment(img, line[i], line[(i+1)%len(line)], c)
				}
			}
		}
	}
	return img
}

// segment draws a line two pixels wide.
func segment(img *image.RGBA, a, b image.Point, c color.RGBA) {
	n := max(absInt(b.X-a.X), absInt(b.Y-a.Y), 1)
	for i := 0; i <= n; i++ {
		x, y := a.X+(b.X-a.X)*i/n, a.Y+(b.Y-a.Y)*i/n
		for _, d := range []image.Point{{}, {X: 1}, {Y: 1}, {X: 1, Y: 1}} {
			if p := (image.Point{X: x, Y: y}).Add(d); p.In(img.Rect) {
				img.SetRGBA(p.X, p.Y, c)
			}
		}
	}
}

func absInt(n int) int { return max(n, -n) }

// filmPair is what a superposition is made of.
type filmPair struct {
	level        string
	flexion      map[string]spine.Landmarks
	extension    map[string]spine.Landmarks
	over         spine.Superposition
	lower, upper string
	frames       [2]dicomio.Slice // flexion, extension
	calibration  dicomio.Calibration
	found        bool // those of the lower vertebra on one film were found from those on the other, and no hand has moved them
}

// filmsToCompare is the pair of the selected finding, or of the one in work.
func (w *window) filmsToCompare() (filmPair, bool) {
	for _, uid := range []string{w.marks.selected, w.marks.work} {
		c := w.caseWith(uid)
		if uid == "" || c == nil {
			continue
		}
		a, ok := c.doc.Find(uid)
		if !ok || a.Kind != annotations.Instability {
			continue
		}
		if p, ok := w.filmPairOf(a); ok {
			return p, true
		}
	}
	return filmPair{}, false
}

func (w *window) filmPairOf(a annotations.Annotation) (filmPair, bool) {
	f, ok1 := a.Mark(annotations.RoleFlexion)
	e, ok2 := a.Mark(annotations.RoleExtension)
	upper, lower, ok3 := strings.Cut(a.Level, "-")
	if !ok1 || !ok2 || !ok3 {
		return filmPair{}, false
	}
	p := filmPair{level: a.Level, flexion: evaluate.Landmarks(f), extension: evaluate.Landmarks(e), lower: lower, upper: upper}
	side := func(l map[string]spine.Landmarks) int {
		if n := spine.Facing(l[lower]); n != 0 {
			return n
		}
		return spine.Facing(l[upper])
	}
	var ok bool
	if p.over, ok = spine.Superimpose(p.flexion[lower], p.extension[lower], side(p.flexion)*side(p.extension) < 0); !ok {
		return filmPair{}, false
	}
	fi, fs, ok1 := w.session.find(f.Image)
	ei, es, ok2 := w.session.find(e.Image)
	if !ok1 || !ok2 || fi.Stack.Slices[fs].Instance == nil || ei.Stack.Slices[es].Instance == nil {
		return filmPair{}, false
	}
	p.found = foundFrom(f, lower) || foundFrom(e, lower)
	p.frames = [2]dicomio.Slice{fi.Stack.Slices[fs], ei.Stack.Slices[es]}
	p.calibration = ei.Stack.Calibration
	if own, ok := w.calibration.shown(e.Image, p.calibration); ok {
		p.calibration = own
	}
	return p, true
}

// foundFrom reports whether the software put the corners of a vertebra where they are in a mark.
func foundFrom(m annotations.Mark, vertebra string) bool {
	if m.Proposal == nil {
		return false
	}
	for i, n := range m.Names {
		if strings.HasPrefix(n, vertebra+".") && (i >= len(m.Points) || i >= len(m.Proposal.Points) || m.Points[i] != m.Proposal.Points[i]) {
			return false
		}
	}
	return true
}

func (w *window) canCompareFilms() bool { _, ok := w.filmsToCompare(); return ok }

// mostMisfit is the residual that is adequate, 1.5 mm of a body of 35 mm, as a part of the depth: it needs no calibration.
const mostMisfit = 1.5 / 35

// superposedSize is the longer side of the picture in pixels.
const superposedSize = 900

// superpose reads both films and makes the grey values of the region around the segment.
func (p filmPair) superpose(ctx context.Context, load func(context.Context, dicomio.Slice) (*dicomio.Frame, error), millimetres func(px float64) string) (*superposed, error) {
	f, err := load(ctx, p.frames[0])
	if err != nil {
		return nil, err
	}
	e, err := load(ctx, p.frames[1])
	if err != nil {
		return nil, err
	}
	ff, fe := evaluate.RegistrationFilm(f, dicomio.Calibration{}), evaluate.RegistrationFilm(e, dicomio.Calibration{})
	// The segment with as much again around it.
	var points []space.Pixel
	for _, v := range []string{p.upper, p.lower} {
		for _, at := range p.extension[v] {
			points = append(points, at)
		}
		for _, at := range p.flexion[v] {
			points = append(points, p.over.Put(at))
		}
	}
	lo, hi := points[0], points[0]
	for _, q := range points {
		lo = space.Pixel{Col: min(lo.Col, q.Col), Row: min(lo.Row, q.Row)}
		hi = space.Pixel{Col: max(hi.Col, q.Col), Row: max(hi.Row, q.Row)}
	}
	margin := 0.55 * max(hi.Col-lo.Col, hi.Row-lo.Row)
	lo, hi = space.Pixel{Col: lo.Col - margin, Row: lo.Row - margin}, space.Pixel{Col: hi.Col + margin, Row: hi.Row + margin}
	step := max(hi.Col-lo.Col, hi.Row-lo.Row) / superposedSize
	s := &superposed{w: max(1, int((hi.Col-lo.Col)/step)), h: max(1, int((hi.Row-lo.Row)/step)), lower: p.lower, mirrored: p.over.Mirrored, scale: p.over.Scale, angle: p.over.Angle}
	if s.found = p.found; !p.found && len(p.extension[p.lower]) > 2 {
		s.rms = millimetres(p.over.RMS)
		depth := p.extension[p.lower][spine.SA].Distance(p.extension[p.lower][spine.SP])
		s.doubtful = p.over.RMS > mostMisfit*depth
	}
	below, above := make([]float64, s.w*s.h), make([]float64, s.w*s.h)
	s.seen = make([]bool, s.w*s.h)
	for y := range s.h {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for x := range s.w {
			at := space.Pixel{Col: lo.Col + (float64(x)+0.5)*step, Row: lo.Row + (float64(y)+0.5)*step}
			i := y*s.w + x
			below[i], _ = sampleFilm(fe.Samples, fe.Columns, fe.Rows, at)
			above[i], s.seen[i] = sampleFilm(ff.Samples, ff.Columns, ff.Rows, p.over.Back(at))
		}
	}
	s.below, s.above = stretched(below), stretched(above)
	outline := func(l spine.Landmarks, put func(space.Pixel) space.Pixel) (out []image.Point) {
		for _, c := range []spine.Corner{spine.SA, spine.SP, spine.IP, spine.IA} {
			if at, ok := l[c]; ok {
				q := put(at)
				out = append(out, image.Pt(int((q.Col-lo.Col)/step), int((q.Row-lo.Row)/step)))
			}
		}
		return out
	}
	for _, v := range []string{p.upper, p.lower} {
		s.lines[0] = append(s.lines[0], outline(p.extension[v], func(q space.Pixel) space.Pixel { return q }))
		s.lines[1] = append(s.lines[1], outline(p.flexion[v], p.over.Put))
	}
	return s, nil
}

// sampleFilm is the value of a film between its pixels, false outside it.
func sampleFilm(v []uint16, columns, rows int, at space.Pixel) (float64, bool) {
	x, y := at.Col-0.5, at.Row-0.5
	if !(x >= 0 && y >= 0 && x < float64(columns-1) && y < float64(rows-1)) {
		return 0, false
	}
	i, j := int(x), int(y)
	tx, ty := x-float64(i), y-float64(j)
	k := j*columns + i
	a := float64(v[k])*(1-tx) + float64(v[k+1])*tx
	b := float64(v[k+columns])*(1-tx) + float64(v[k+columns+1])*tx
	return a*(1-ty) + b*ty, true
}

// stretched brings values to the range of a byte, the outermost hundredth left out.
func stretched(v []float64) []uint8 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	lo, hi := sorted[len(sorted)/100], sorted[len(sorted)-1-len(sorted)/100]
	if !(hi > lo) {
		hi = lo + 1
	}
	out := make([]uint8, len(v))
	for i, x := range v {
		out[i] = uint8(math.Round(255 * min(max((x-lo)/(hi-lo), 0), 1)))
	}
	return out
}

// blinkEvery is how long each film stays while they blink.
const blinkEvery = 450 * time.Millisecond

// compareFilms shows the flexion film over the extension film on the lower vertebra.
func (w *window) compareFilms() {
	p, ok := w.filmsToCompare()
	if !ok {
		return
	}
	millimetres := func(px float64) string {
		if s := p.calibration.Spacing; s.Known() {
			return w.text.T("compare.mm", w.text.Number(px*(s.BetweenRows+s.BetweenColumns)/2, 2))
		}
		return w.text.T("compare.px", w.text.Number(px, 1))
	}
	var s *superposed
	w.back.run(w.text.T("compare.reading"), func(ctx context.Context, _ progress) (err error) {
		s, err = p.superpose(ctx, w.loader.Frame, millimetres)
		return err
	}, func(err error) {
		switch {
		case err == nil:
			w.showSuperposed(p, s)
		case !errors.Is(err, context.Canceled):
			w.fail("error.films", err)
		}
	})
}

// superposedCaption says what the superposition rests on.
func (w *window) superposedCaption(s *superposed) string {
	t := w.text.T
	caption := t("compare.caption", s.lower, w.text.Number(s.scale, 3), w.text.Number(math.Abs(s.angle), 1))
	switch {
	case s.found: // a residual of nothing would pass for a proof
		caption += " · " + t("compare.found")
	case s.rms != "":
		caption += " · " + t("compare.rms", s.rms)
	default:
		caption += " · " + t("compare.two")
	}
	if s.mirrored {
		caption += " · " + t("compare.mirrored")
	}
	return caption
}

// showSuperposed opens the dialog with opacity, colour, outlines and blinking.
func (w *window) showSuperposed(p filmPair, s *superposed) {
	t := w.text.T
	look := superposedLook{opacity: 0.5, colours: true, lines: true}
	blinking, phase := false, false
	picture := canvas.NewImageFromImage(s.paint(look))
	picture.FillMode = canvas.ImageFillContain
	picture.ScaleMode = canvas.ImageScaleSmooth
	draw := func() {
		l := look
		if blinking {
			l.opacity = 0
			if phase {
				l.opacity = 1
			}
		}
		picture.Image = s.paint(l)
		picture.Refresh()
	}
	open := true
	var tick func()
	tick = func() {
		if !open || !blinking {
			return
		}
		phase = !phase
		draw()
		w.back.after(blinkEvery, tick)
	}
	slider := widget.NewSlider(0, 1)
	slider.Step = 0.02
	slider.Value = look.opacity
	slider.OnChanged = func(v float64) { look.opacity = v; draw() }
	colours := widget.NewCheck(t("compare.colours"), func(on bool) { look.colours = on; draw() })
	colours.Checked = true
	lines := widget.NewCheck(t("compare.lines"), func(on bool) { look.lines = on; draw() })
	lines.Checked = true
	blink := widget.NewCheck(t("compare.blink"), func(on bool) {
		if was := blinking; on && !was {
			blinking = true
			w.back.after(blinkEvery, tick)
		} else {
			blinking = on
		}
		draw()
	})
	caption := w.superposedCaption(s)
	under := widget.NewLabel(caption)
	under.Wrapping = fyne.TextWrapWord
	under.SizeName = theme.SizeNameCaptionText
	if s.doubtful {
		under.Importance = widget.WarningImportance
		under.SetText(caption + " · " + t("compare.doubtful"))
	}
	controls := container.NewBorder(nil, nil, widget.NewLabel(t("compare.extension")), widget.NewLabel(t("compare.flexion")), slider)
	content := container.NewBorder(nil, container.NewVBox(controls, container.NewHBox(colours, lines, blink), under), nil, nil, picture)
	d := dialog.NewCustom(t("compare.title", p.level), t("dialog.close"), content, w.win)
	d.SetOnClosed(func() { open = false; w.focusGrid() })
	size := w.win.Canvas().Size()
	w.show(d, fyne.NewSize(min(size.Width-40, 980), size.Height-30))
}
