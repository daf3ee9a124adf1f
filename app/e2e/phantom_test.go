//go:build e2e

package e2e

import (
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// truth is what the phantom's truth.json says of where things are: image pixels, [column, row], (0, 0) the corner of the first pixel.
type truth struct {
	MR struct {
		Series map[string]struct {
			Rows      int `json:"rows"`
			Columns   int `json:"columns"`
			Vertebrae map[string]vertebra
		} `json:"series"`
		Lesions []struct {
			Level    string            `json:"level"`
			Endplate string            `json:"endplate"`
			Type     string            `json:"type"`
			Regions  map[string]region `json:"regions"`
		} `json:"lesions"`
		CSF map[string]region `json:"csf"`
		Fat map[string]region `json:"fat"`
	} `json:"mr"`
	Films map[string]struct {
		Rows    int `json:"rows"`
		Columns int `json:"columns"`
		Spacing struct {
			BetweenRows float64 `json:"between_rows"`
		} `json:"spacing_mm"`
		Vertebrae map[string]vertebra `json:"vertebrae"`
	} `json:"films"`
}

// vertebra is its landmarks by name: SA, SP, IA, IP and the middles SM, IM; the sacrum has no lower ones.
type vertebra map[string]point

type point [2]float64

type region struct {
	Polygon []point `json:"polygon"`
}

// phantom writes the phantom into a folder of the desk, and returns the folder with what is true of it.
func (d *desk) phantom() (dir string, t truth) {
	d.t.Helper()
	dir = filepath.Join(d.home, "phantom")
	d.rachis("phantom", "-o", dir)
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &t); err != nil {
		d.t.Fatal(err)
	}
	return dir, t
}

// middle is the middle of a body; of the sacrum, of which the phantom knows the upper endplate alone, a place below that.
func (v vertebra) middle() point {
	sa, sp := v["SA"], v["SP"]
	m := point{(sa[0] + sp[0]) / 2, (sa[1] + sp[1]) / 2}
	if ia, ok := v["IA"]; ok {
		ip := v["IP"]
		return point{(m[0] + (ia[0]+ip[0])/2) / 2, (m[1] + (ia[1]+ip[1])/2) / 2}
	}
	return point{m[0] - 0.4*(sp[1]-sa[1]), m[1] + 0.4*(sp[0]-sa[0])} // of a patient who looks to the left
}

// corners are those of a vertebra in the order in which Rachis asks for them.
func (v vertebra) corners() (out []point) {
	for _, name := range []string{"SA", "SP", "IP", "IA"} {
		if p, ok := v[name]; ok {
			out = append(out, p)
		}
	}
	return out
}

// every is each nth corner of a polygon: enough to draw it by hand.
func (r region) every(n int) (out []point) {
	for i := 0; i < len(r.Polygon); i += n {
		out = append(out, r.Polygon[i])
	}
	return out
}

// pane is a view that shows an image whole and in its middle.
type pane struct {
	view          image.Rectangle
	columns, rows int
}

// scale is how many pixels of the display one of the image takes.
func (p pane) scale() float64 {
	return math.Min(float64(p.view.Dx())/float64(p.columns), float64(p.view.Dy())/float64(p.rows))
}

// at is where the display shows a place of the image.
func (p pane) at(q point) image.Point {
	s := p.scale()
	x := float64(p.view.Min.X+p.view.Max.X)/2 + (q[0]-float64(p.columns)/2)*s
	y := float64(p.view.Min.Y+p.view.Max.Y)/2 + (q[1]-float64(p.rows)/2)*s
	return image.Pt(int(math.Round(x)), int(math.Round(y)))
}

// around is a square of the display around a place of the image.
func (p pane) around(q point, side int) image.Rectangle {
	at := p.at(q)
	return image.Rect(at.X-side/2, at.Y-side/2, at.X+side/2+1, at.Y+side/2+1)
}

func (p point) distance(q point) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }

// near holds that stored points lie where the hand clicked, a pixel and a half of the display allowed for rounding.
func (p pane) near(t *testing.T, what string, got []struct{ Col, Row float64 }, want []point) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d points, want %d", what, len(got), len(want))
		return
	}
	for i, g := range got {
		if off := want[i].distance(point{g.Col, g.Row}) * p.scale(); !(off <= 1.5) {
			t.Errorf("%s: point %d of %d is %.1f pixels of the display from where it was set", what, i+1, len(got), off)
		}
	}
}
