package report

import (
	"bytes"
	"compress/flate"
	_ "embed" // the viewer
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"math"
	"regexp"
	"slices"
	"strings"

	"rachis/dicomio/space"
)

var (
	//go:embed page/viewer.html
	viewerSource string
	//go:embed page/viewer.css
	viewerStyle string
	//go:embed page/viewer.js
	viewerScript string

	viewerTemplate = template.Must(template.New("viewer").Parse(viewerSource))
)

// viewerAbout is what the viewer's script knows; its names are those that page/viewer.js reads.
type viewerAbout struct {
	Patient   string                       `json:"patient"`
	Languages []string                     `json:"languages"`
	Texts     map[string]map[string]string `json:"texts"`
	Series    []viewerSeries               `json:"series"`
}

// viewerSeries has what differs by language in maps by language.
type viewerSeries struct {
	Title    map[string]string `json:"title"`
	Detail   map[string]string `json:"detail"`
	Notes    map[string]string `json:"notes"`
	Modality string            `json:"modality"`
	Rows     int               `json:"rows"`
	Columns  int               `json:"columns"`
	Pixel    [2]float64        `json:"pixel"`
	Letters  [4]string         `json:"letters"`
	Inverted bool              `json:"inverted"`
	Windows  []viewerWindow    `json:"windows"`
	Slices   []viewerSlice     `json:"slices"`
}

type viewerWindow struct {
	Name   map[string]string `json:"name"`
	Center float64           `json:"center"`
	Width  float64           `json:"width"`
}

type viewerSlice struct {
	Label     string       `json:"label"`
	RGB       bool         `json:"rgb"`
	Slope     float64      `json:"slope"`
	Intercept float64      `json:"intercept"`
	Position  float64      `json:"position"`
	Frame     int          `json:"frame"` // which frame of reference, -1 for none that is known
	Marks     []viewerMark `json:"marks,omitempty"`
}

type viewerMark struct {
	Type   string            `json:"type"`
	Points [][2]float64      `json:"points"`
	Dashed bool              `json:"dashed,omitempty"`
	Colour string            `json:"colour"`
	Text   map[string]string `json:"text,omitempty"`
	Toward [2]float64        `json:"toward"`
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// drawn brings the marks of a slice into the script's form; a point that is no number leaves its mark out.
func drawn(list []Mark) (out []viewerMark) {
	round := func(p space.Pixel) [2]float64 {
		return [2]float64{math.Round(p.Col*100) / 100, math.Round(p.Row*100) / 100}
	}
marks:
	for _, m := range list {
		v := viewerMark{Type: m.Type, Points: [][2]float64{}, Dashed: m.Dashed, Colour: m.Colour, Toward: round(m.Toward)}
		if !colourForm.MatchString(v.Colour) {
			v.Colour = "#ffffff"
		}
		for _, p := range append(m.Points[:len(m.Points):len(m.Points)], m.Toward) {
			if !finite(p.Col) || !finite(p.Row) {
				continue marks
			}
		}
		for _, p := range m.Points {
			v.Points = append(v.Points, round(p))
		}
		for l, text := range m.Text {
			if v.Text == nil {
				v.Text = map[string]string{}
			}
			v.Text[l] = line(text)
		}
		out = append(out, v)
	}
	return out
}

var viewerKeys = []string{"title", "back", "help", "one", "two", "link", "invert", "reset", "window", "series", "image", "full", "note", "center", "width", "marks"}

func viewerPage(in Input) ([]byte, error) {
	latin, _ := personName(in.Case.Patient.Name)
	first := in.Languages[0]
	if latin == "" {
		latin = first.T("report.noname")
	}
	about := viewerAbout{Patient: latin, Texts: map[string]map[string]string{}}
	data := struct {
		First, Title, Policy, Patient string
		Style                         template.CSS
		NoScript                      []string
		About                         any
	}{First: first.Language(), Title: first.T("report.viewer.title") + " - " + latin, Patient: latin,
		Policy: policy(viewerStyle, viewerScript), Style: template.CSS(viewerStyle)}
	for _, t := range in.Languages {
		l := t.Language()
		about.Languages = append(about.Languages, l)
		about.Texts[l] = map[string]string{"language": t.T("report.page.language")}
		for _, k := range viewerKeys {
			about.Texts[l][k] = t.T("report.viewer." + k)
		}
		if in.Unshown > 0 {
			about.Texts[l]["unshown"] = t.T("report.viewer.unshown", in.Unshown)
		}
		data.NoScript = append(data.NoScript, t.T("report.viewer.noscript"))
	}
	var frames []string // of reference
	var blocks bytes.Buffer
	for i, s := range in.Series {
		v, err := seriesAbout(in, s, &frames)
		if err != nil {
			return nil, fmt.Errorf("report: series %d of the viewer: %w", i+1, err)
		}
		about.Series = append(about.Series, v)
		for j, slice := range s.Slices {
			packed, err := pack(slice, s.Rows, s.Columns)
			if err != nil {
				return nil, fmt.Errorf("report: series %d of the viewer, slice %d: %w", i+1, j+1, err)
			}
			fmt.Fprintf(&blocks, "<script type=\"text/plain\" id=\"d%d-%d\">%s</script>\n", i, j, base64.StdEncoding.EncodeToString(packed))
		}
	}
	data.About = about
	var b bytes.Buffer
	if err := viewerTemplate.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	b.Write(blocks.Bytes())
	b.WriteString("<script>" + viewerScript + "</script>\n</body>\n</html>\n")
	return b.Bytes(), nil
}

func seriesAbout(in Input, s Series, frames *[]string) (viewerSeries, error) {
	v := viewerSeries{Title: map[string]string{}, Detail: map[string]string{}, Notes: map[string]string{}, Modality: line(s.Shot.Modality), Rows: s.Rows, Columns: s.Columns,
		Pixel: [2]float64{1, 1}, Letters: s.Letters, Inverted: s.Inverted, Windows: []viewerWindow{}}
	if s.Rows < 1 || s.Columns < 1 || s.Rows > maxPixels/s.Columns || len(s.Slices) == 0 {
		return v, fmt.Errorf("%d x %d samples, %d slices: there is nothing to show", s.Rows, s.Columns, len(s.Slices))
	}
	if h, w := s.PixelHeight, s.PixelWidth; h > 0 && w > 0 && h/w < 100 && w/h < 100 {
		v.Pixel = [2]float64{h / w, 1}
	}
	for _, w := range s.Windows {
		if finite(w.Center) && finite(w.Width) && w.Width >= 1 {
			x := viewerWindow{map[string]string{}, w.Center, w.Width}
			for _, t := range in.Languages {
				x.Name[t.Language()] = known(t, "report.window."+w.Name, line(w.Name))
			}
			v.Windows = append(v.Windows, x)
		}
	}
	for _, t := range in.Languages {
		l := t.Language()
		v.Title[l], v.Detail[l] = shotTitle(t, s.Shot), shotDetail(t, s.Shot)
		var notes []string
		for _, n := range s.Notes {
			notes = append(notes, coded(t, "image", n))
		}
		if s.Reduced {
			notes = append(notes, t.T("report.viewer.reduced"))
		}
		if s.Omitted > 0 {
			notes = append(notes, t.T("report.viewer.omitted", s.Omitted))
		}
		v.Notes[l] = strings.Join(notes, " ")
	}
	for _, slice := range s.Slices {
		if !finite(slice.Slope) || !finite(slice.Intercept) {
			return v, errors.New("slope or intercept is not finite")
		}
		x := viewerSlice{Label: line(slice.Label), RGB: slice.RGB != nil, Slope: slice.Slope, Intercept: slice.Intercept, Frame: -1, Marks: drawn(slice.Marks)}
		if uid := slice.Image.FrameOfReferenceUID; uid != "" && slice.PositionOK && finite(slice.Position) {
			// Positions compare only along one normal: a series of another plane is in another frame for the viewer.
			uid += " " + s.Shot.Orientation
			x.Position, x.Frame = slice.Position, slices.Index(*frames, uid)
			if x.Frame < 0 {
				x.Frame = len(*frames)
				*frames = append(*frames, uid)
			}
		}
		v.Slices = append(v.Slices, x)
	}
	return v, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// pack brings a slice's samples into the form that page/viewer.js reads: the difference to the sample at the left, in the
// first column to the one above; the high bytes of all, then the low bytes (colour: all red, green, blue); deflated.
func pack(s Slice, rows, columns int) ([]byte, error) {
	n := rows * columns
	var planes []byte
	switch {
	case s.RGB != nil && s.Values == nil && len(s.RGB) == 3*n:
		planes = make([]byte, 3*n)
		for c := range 3 {
			for i := n - 1; i >= 0; i-- {
				v := s.RGB[3*i+c]
				if j := before(i, columns); j >= 0 {
					v -= s.RGB[3*j+c]
				}
				planes[c*n+i] = v
			}
		}
	case s.RGB == nil && len(s.Values) == n:
		planes = make([]byte, 2*n)
		for i, v := range s.Values {
			if j := before(i, columns); j >= 0 {
				v -= s.Values[j]
			}
			planes[i], planes[n+i] = byte(v>>8), byte(v)
		}
	default:
		return nil, fmt.Errorf("%d values and %d bytes of colour for %d x %d samples", len(s.Values), len(s.RGB), rows, columns)
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(planes); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// before is the index of the sample that i is told by: at its left, in the first column above; -1 for the very first.
func before(i, columns int) int {
	if i%columns == 0 {
		return i - columns
	}
	return i - 1
}
