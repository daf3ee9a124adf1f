package overlay

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/render"
)

// Texts composes the lines of the corners in the reader's language. The zero value shows keys, and a decimal point.
type Texts struct {
	// Text translates a key, which begins with "viewer.overlay.".
	Text func(key string, args ...any) string
	// Number writes a number with the decimals given.
	Number func(v float64, decimals int) string
}

// Subject is who and what a picture shows, as DICOM has it. The zero value says nothing.
type Subject struct {
	PatientName, PatientID, BirthDate, Sex   string
	Code                                     string // replaces the patient's identity in a de-identified display
	StudyDate, StudyDescription, Institution string
	SeriesDescription, View, Split           string // Split is that of dicomio.Stack
	SeriesNumber                             int
}

// State is what changes from frame to frame and with the view.
type State struct {
	Image, Images int // which of how many, from 1; 0 for none
	// Expected is how many there should be, 0 when unknown: fewer make the flag "incomplete".
	Expected int
	// Irregular is the flag that the gaps between slices are not equal.
	Irregular bool
	// Window is painted when its width is above 0 and Preset, the name it goes by, when it is not "". A VOI LUT has a name alone.
	Window dicomio.Window
	Preset string
	// Matched says to what the window was matched, on a line of its own; "" where it was not.
	Matched string
	// Zoom is how many screen pixels an image pixel is wide; 0 for none.
	Zoom float64
	// TrueSize says that the image is as large on the screen that was measured as in the patient, Nearest that its pixels are enlarged as squares.
	TrueSize, Nearest bool
	// Cursor is what Cursor gave.
	Cursor string
	// Lossy is that of the frame, Flip and Turn are those of the view.
	Lossy string
	Flip  bool
	Turn  int
	// Frame is the frame's number in its file, from 0, and Plane where it lies.
	Frame int
	Plane space.Plane
}

func (t Texts) text(key string, args ...any) string {
	if t.Text == nil {
		return key
	}
	return t.Text(key, args...)
}

func (t Texts) number(v float64, decimals int) string {
	if t.Number == nil {
		return strconv.FormatFloat(v, 'f', decimals, 64)
	}
	return t.Number(v, decimals)
}

// short writes a number with as few decimals as it needs, most at the utmost.
func (t Texts) short(v float64, most int) string {
	for d := range most {
		k := math.Pow(10, float64(d))
		if math.Abs(math.Round(v*k)/k-v) < 1e-9*math.Max(1, math.Abs(v)) {
			return t.number(v, d)
		}
	}
	return t.number(v, most)
}

// Identity returns the lines at the top left: who it is. They stay at the minimal level, and the name always.
func (t Texts) Identity(s Subject) []Line {
	if code := plain(s.Code); code != "" {
		return []Line{{Text: code, Until: Off}}
	}
	var lines []Line
	add := func(text string, until Level, rank int) {
		if text != "" {
			lines = append(lines, Line{Text: text, Until: until, Rank: rank})
		}
	}
	name, id := personName(s.PatientName), plain(s.PatientID)
	if id != "" && (name == "" || !render.Draws(name)) {
		add(t.text("viewer.overlay.id", id), Off, 0) // whoever has no name, or none that can be read here, is known by the number
		add(name, Minimal, 1)
		id = ""
	} else {
		add(name, Off, 0)
	}
	if id != "" {
		add(t.text("viewer.overlay.id", id), Minimal, 1)
	}
	var born []string
	if d := date(s.BirthDate); d != "" {
		born = append(born, t.text("viewer.overlay.born", d))
	}
	switch sex := strings.ToUpper(plain(s.Sex)); sex {
	case "":
	case "M", "F", "O":
		born = append(born, t.text("viewer.overlay.sex."+sex))
	default:
		born = append(born, sex)
	}
	add(strings.Join(born, "  "), Minimal, 2)
	return lines
}

// Study returns the lines at the top right: the study, and the flags, which stay at every level.
func (t Texts) Study(s Subject, st State) []Line {
	var lines []Line
	institution := plain(s.Institution)
	if plain(s.Code) != "" { // where somebody was examined may tell who
		institution = ""
	}
	for i, text := range []string{date(s.StudyDate), plain(s.StudyDescription), institution} {
		if text != "" {
			lines = append(lines, Line{Text: text, Rank: 1 + i})
		}
	}
	flag := func(key string, args ...any) {
		lines = append(lines, Line{Text: t.text("viewer.overlay.flag."+key, args...), Until: Off, Warn: true})
	}
	if st.Expected > st.Images && st.Images > 0 {
		flag("incomplete", st.Images, st.Expected)
	}
	if st.Irregular {
		flag("irregular")
	}
	if lossy := plain(st.Lossy); lossy != "" {
		flag("lossy", lossy)
	}
	if st.Turn&3 != 0 {
		flag("turned", (st.Turn&3)*90)
	}
	if st.Flip {
		flag("flipped")
	}
	return lines
}

// Image returns the lines at the bottom left: what is under the cursor, the zoom, the window, which image it is.
func (t Texts) Image(st State) []Line {
	var lines []Line
	if st.Cursor != "" {
		lines = append(lines, Line{Text: st.Cursor, Rank: 2})
	}
	if st.Zoom > 0 {
		text, short := t.zoom(st)
		line := Line{Text: text, Short: []string{short}, Rank: 3}
		if st.TrueSize {
			line.Until = Minimal
		}
		lines = append(lines, line)
	}
	if matched := plain(st.Matched); matched != "" {
		lines = append(lines, Line{Text: matched, Until: Minimal, Rank: 1})
	}
	if text, short := t.window(st.Window, st.Preset); text != "" {
		lines = append(lines, Line{Text: text, Short: short, Rank: 1})
	}
	if st.Image > 0 {
		lines = append(lines, Line{Text: t.text("viewer.overlay.image", st.Image, st.Images), Until: Minimal})
	}
	return lines
}

// zoom says how large the image is shown, and what the screen's pixels are of the image's then: fewer, the same, or some between them.
func (t Texts) zoom(st State) (text, short string) {
	text = t.text("viewer.overlay.zoom", t.number(st.Zoom*100, 0))
	short = text
	switch {
	case st.Zoom < 1-exactly && st.TrueSize: // "reduced" would be read as smaller than in the patient; the percentage says what the pixels are
	case st.Zoom < 1-exactly:
		text += "  " + t.text("viewer.overlay.zoom.reduced")
	case st.Zoom <= 1+exactly:
		text += "  1:1"
	case !st.Nearest:
		text += "  " + t.text("viewer.overlay.zoom.interpolated")
	}
	if st.TrueSize {
		text, short = text+"  "+t.text("viewer.overlay.zoom.true"), short+"  "+t.text("viewer.overlay.zoom.true.short")
	}
	return text, short
}

// exactly is how far the zoom may be from one to one for the picture to be that: it is rounding.
const exactly = 1e-9

// window says width and centre, and the name where there is room for it.
func (t Texts) window(w dicomio.Window, name string) (text string, short []string) {
	name = plain(name)
	if !(w.Width > 0) {
		return name, nil
	}
	decimals := 0
	for k := w.Width; k < 20 && decimals < 4; k *= 10 { // a step of a hundredth of the window is seen
		decimals++
	}
	width, center := t.number(w.Width, decimals), t.number(w.Center, decimals)
	text = t.text("viewer.overlay.window", width, center)
	least := t.text("viewer.overlay.window.short", width, center)
	short = []string{text, least}
	if name != "" {
		text += "  " + name
	}
	if w.Function == "SIGMOID" {
		function := "  " + t.text("viewer.overlay.sigmoid")
		text, short = text+function, []string{short[0] + function, least + function, least}
	}
	return text, short
}

// Series returns the lines at the bottom right: the series, the slice, and on MR what weighs it. The header is that of the
// frame's file and may be nil while it is not known.
func (t Texts) Series(s Subject, st State, header *dicomio.DataSet) []Line {
	var lines []Line
	add := func(rank int, parts ...string) {
		if text := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); text != "" {
			lines = append(lines, Line{Text: text, Rank: rank})
		}
	}
	number := ""
	if s.SeriesNumber != 0 {
		number = strconv.Itoa(s.SeriesNumber) + ":"
		if s.SeriesDescription+s.Split == "" {
			number = t.text("viewer.overlay.series", s.SeriesNumber)
		}
	}
	add(0, number, plain(s.SeriesDescription), plain(s.Split))
	switch s.View {
	case "FLEXION", "EXTENSION", "NEUTRAL":
		add(1, t.text("viewer.overlay.view."+s.View))
	}
	add(2, t.slice(st, header))
	timing, field := t.weighting(st.Frame, header)
	add(1, timing)
	add(3, field)
	return lines
}

// slice says how thick a slice is and where it lies.
func (t Texts) slice(st State, header *dicomio.DataSet) string {
	var parts []string
	measures := header.InFrame(st.Frame, tag.PixelMeasuresSequence)
	if v, ok := measures.Float(tag.SliceThickness); ok && v > 0 {
		parts = append(parts, t.text("viewer.overlay.thickness", t.short(v, 2)))
	}
	if side, v, ok := place(st.Plane); ok {
		parts = append(parts, t.text("viewer.overlay.location", side, t.number(v, 1)))
	}
	return strings.Join(parts, " · ")
}

// place returns how far the plane lies from the origin of the patient's coordinates along its normal, in millimetres, and to
// which side.
func place(p space.Plane) (side string, mm float64, ok bool) {
	if !p.Known() {
		return "", 0, false
	}
	n := p.Normal()
	at := n.Dot(p.Origin)
	if at < 0 {
		n, at = n.Scale(-1), -at
	}
	side = direction(n)
	return side[:1], at, true
}

// weighting returns the times and the field strength of an MR image; "" for what is not there.
func (t Texts) weighting(frame int, header *dicomio.DataSet) (timing, field string) {
	one := func(label string, d *dicomio.DataSet, tags ...tag.Tag) {
		for _, at := range tags {
			// An inversion time of 0 is written by scanners for none.
			if v, ok := d.Float(at); ok && v > 0 {
				timing += fmt.Sprintf("%s %s  ", label, t.short(math.Round(v*10)/10, 1))
				return
			}
		}
	}
	one("TR", header.InFrame(frame, tag.MRTimingAndRelatedParametersSequence), tag.RepetitionTime)
	one("TE", header.InFrame(frame, tag.MREchoSequence), tag.EffectiveEchoTime, tag.EchoTime)
	one("TI", header.InFrame(frame, tag.MRModifierSequence), tag.InversionTimes, tag.InversionTime)
	if timing != "" {
		timing += "ms"
	}
	if v, ok := header.Float(tag.MagneticFieldStrength); ok && v > 0 {
		if v > 100 { // some scanners write gauss
			v /= 10000
		}
		field = t.text("viewer.overlay.field", t.short(math.Round(v*100)/100, 2))
	}
	return timing, field
}

// Cursor says what lies at a place of the image: the value, when it is known, and the pixel, counted from 0.
func (t Texts) Cursor(at space.Pixel, value float64, known bool, unit string) string {
	place := fmt.Sprintf("(%d, %d)", int(math.Floor(at.Col)), int(math.Floor(at.Row)))
	if !known || math.IsNaN(value) || math.IsInf(value, 0) {
		return place
	}
	text := t.short(math.Round(value*100)/100, 2)
	if unit = plain(unit); unit != "" && unit != "US" { // US: unspecified
		text += " " + unit
	}
	return text + "  " + place
}

// plain is text on one line.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// personName writes a DICOM person name for people: "FAMILY^Given^Middle" is "FAMILY, Given Middle". Of several groups the
// first that can be painted in letters is taken, or else the first that says something.
func personName(dicom string) string {
	first := ""
	for group := range strings.SplitSeq(dicom, "=") {
		parts := strings.Split(group, "^")
		family := plain(parts[0])
		given := plain(strings.Join(parts[1:min(len(parts), 3)], " "))
		switch {
		case family != "" && given != "":
			family += ", " + given
		default:
			family += given
		}
		if family != "" && render.Draws(family) {
			return family
		}
		first = cmp.Or(first, family)
	}
	return first
}

// date writes a DICOM date as 2026-11-24; what is no date stays as it is.
func date(dicom string) string {
	dicom = plain(dicom)
	if len(dicom) == 8 && strings.Trim(dicom, "0123456789") == "" {
		return dicom[:4] + "-" + dicom[4:6] + "-" + dicom[6:]
	}
	return dicom
}
