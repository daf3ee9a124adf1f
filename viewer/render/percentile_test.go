package render

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"rachis/dicomio"
)

// percentiles is what numpy says of an image and of a box in it; the file says how.
type percentiles struct {
	Rows, Columns int
	Values        []int
	Percentiles   map[string]float64
	Box           struct{ Column, Row, Columns, Rows int }
	OfBox         map[string]float64 `json:"of_box"`
}

func ofNumpy(t *testing.T) (p percentiles, f *dicomio.Frame) {
	t.Helper()
	data, err := os.ReadFile("testdata/percentiles.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	f = &dicomio.Frame{Rows: p.Rows, Columns: p.Columns, Signed: true}
	f.Grayscale.Slope = 1
	for _, v := range p.Values {
		f.Values = append(f.Values, uint16(int16(v))^0x8000)
	}
	return p, f
}

func TestPercentilesAreThoseOfNumpy(t *testing.T) {
	p, f := ofNumpy(t)
	check := func(what string, f *dicomio.Frame, want map[string]float64) {
		t.Helper()
		if f == nil || len(want) < 9 {
			t.Fatalf("%s: nothing to compare", what)
		}
		var h Histogram
		h.Add(f)
		for s, w := range want {
			percent, _ := strconv.ParseFloat(s, 64)
			if got, ok := h.Percentile(percent / 100); !ok || got != w {
				t.Errorf("%s: the %s %% percentile is %v, numpy says %v", what, s, got, w)
			}
		}
		// LINEAR shows its ends as black and white (PS3.3 C.11.2.1.2.1).
		w, ok := h.Between(0.01, 0.99)
		lo, hi := w.Center-0.5-(w.Width-1)/2, w.Center-0.5+(w.Width-1)/2
		if !ok || lo != want["1"] || hi != want["99"] {
			t.Errorf("%s: the window from 1 to 99 %% reaches from %v to %v, numpy says %v to %v", what, lo, hi, want["1"], want["99"])
		}
	}
	check("the image", f, p.Percentiles)
	check("the box", Crop(f, p.Box.Column, p.Box.Row, p.Box.Columns, p.Box.Rows), p.OfBox)
}

func TestCropIsClippedToTheFrame(t *testing.T) {
	_, f := ofNumpy(t)
	if c := Crop(f, -5, 20, 8, 100); c == nil || c.Columns != 3 || c.Rows != 4 || len(c.Values) != 12 || c.Values[0] != f.Values[20*f.Columns] || !c.Signed {
		t.Errorf("the corner is %+v", c)
	}
	for _, r := range [][4]int{{20, 0, 5, 5}, {0, -9, 5, 9}, {0, 0, 0, 5}} {
		if c := Crop(f, r[0], r[1], r[2], r[3]); c != nil {
			t.Errorf("%v beside the frame is %dx%d", r, c.Columns, c.Rows)
		}
	}
	if c := Crop(&dicomio.Frame{Rows: 2, Columns: 2, RGB: make([]byte, 12)}, 0, 0, 2, 2); c != nil {
		t.Error("colour has values")
	}
	var h Histogram
	if _, ok := h.Between(0.01, 0.99); ok {
		t.Error("nothing has a window")
	}
}

// A fine scale, as that of a quantitative map, needs a window that may be narrower than 1.
func TestBetweenOnAFineScale(t *testing.T) {
	f := &dicomio.Frame{Rows: 10, Columns: 100}
	f.Grayscale.Slope = 1
	for i := range 1000 {
		f.Wide = append(f.Wide, float32(i)/1000)
	}
	var h Histogram
	h.Add(f)
	w, ok := h.Between(0.01, 0.99)
	if !ok || w.Function != "LINEAR_EXACT" || w.Center < 0.49 || w.Center > 0.51 || w.Width < 0.97 || w.Width > 0.99 {
		t.Errorf("the window is %+v", w)
	}
}
