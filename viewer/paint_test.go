package viewer

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/render"
)

func TestMiddleSliceFittedAndExactToThePixel(t *testing.T) {
	for _, scale := range []float32{1, 1.25, 1.5} {
		l := newLab(t, fyne.NewSize(601, 403))
		l.w.Canvas().(software.WindowlessCanvas).SetScale(scale)
		a := l.stack(made{uid: "A", n: 11, spacing: 4, plane: "SAG", ref: "F", rows: 120, columns: 90})
		l.g.SetItems([]Item{a})
		l.g.SetLayout(Layout1x2)
		l.g.Place(1, a, nil)
		l.rest()
		l.until("the window of the series is known", func() bool { return l.g.cells[1].series.window != nil })
		if v := l.g.View(1); v != (annotations.View{Slice: 5}) {
			t.Fatalf("the first view is %+v", v)
		}
		c := l.g.cells[1]
		r := c.pixels()
		// What Fyne draws the raster on: from corner to corner, rounded.
		x0, y0 := l.w.Canvas().PixelCoordinateForPosition(c.raster.Position())
		x1, y1 := l.w.Canvas().PixelCoordinateForPosition(c.raster.Position().Add(c.raster.Size()))
		if r != image.Rect(x0, y0, x1, y1) {
			t.Fatalf("at scale %v the cell has %v, drawn are %v", scale, r, image.Rect(x0, y0, x1, y1))
		}
		got := c.paint(r.Dx()+1, r.Dy()-1).(*image.RGBA) // Fyne's own size may be off by one
		if got.Rect.Size() != r.Size() {
			t.Fatalf("at scale %v the picture has %v, drawn are %v", scale, got.Rect.Size(), r.Size())
		}
		w := *c.series.window
		want := render.Image(ramp(120, 90, 500), annotations.View{}, r.Dx(), r.Dy(), render.Options{Default: &w})
		mid := image.Rect(r.Dx()*2/5, r.Dy()*2/5, r.Dx()*3/5, r.Dy()*3/5) // clear of texts
		for y := mid.Min.Y; y < mid.Max.Y; y++ {
			if a, b := got.Pix[got.PixOffset(mid.Min.X, y):got.PixOffset(mid.Max.X, y)], want.Pix[want.PixOffset(mid.Min.X, y):want.PixOffset(mid.Max.X, y)]; !bytes.Equal(a, b) {
				t.Fatalf("at scale %v row %d of the picture is not what render paints", scale, y)
			}
		}
	}
}

// blank reports whether part of a picture has one colour.
func blank(img *image.RGBA, r image.Rectangle) bool {
	first := img.RGBAAt(r.Min.X, r.Min.Y)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.RGBAAt(x, y) != first {
				return false
			}
		}
	}
	return true
}

func TestOnlyFilmsAreTurned(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.Rotate(1)
	l.g.Flip()
	l.g.SetView(0, annotations.View{Slice: 1, Turn: 2, Flip: true})
	if v := l.g.View(0); v.Turn != 0 || v.Flip {
		t.Errorf("a slice is turned: %+v", v)
	}
	l.g.Place(0, l.stack(made{uid: "D", n: 1, modality: "DX"}), nil)
	l.rest()
	l.g.Rotate(-1)
	if v := l.g.View(0); v.Turn != 3 {
		t.Errorf("a film turned to the left has turn %d", v.Turn)
	}
	// What is on screen turns clockwise, flipped or not.
	for range 2 {
		l.g.SetView(0, annotations.View{Flip: l.g.View(0).Flip})
		top, _ := l.g.cells[0].geometry().Screen()
		x0, y0 := l.g.cells[0].geometry().ImageToScreen(space.Pixel{Col: 10, Row: 50})
		l.g.Rotate(1)
		x1, y1 := l.g.cells[0].geometry().ImageToScreen(space.Pixel{Col: 10, Row: 50})
		// (x, y) about (200, 200) goes to (-y, x).
		if math.Abs((x1-200)+(y0-200)) > 1 || math.Abs((y1-200)-(x0-200)) > 1 {
			t.Errorf("from (%v, %v) to (%v, %v), %v", x0, y0, x1, y1, top)
		}
		l.g.Flip()
	}
	l.g.ResetView()
	if l.g.View(0) != (annotations.View{}) {
		t.Errorf("reset, it is %+v", l.g.View(0))
	}
}

func TestPresets(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	ct := l.stack(made{uid: "CT", n: 3, spacing: 4, plane: "AX", ref: "F", modality: "CT", paint: func(i int) (*dicomio.Frame, error) {
		f := windowedRamp(100, 100, 300+float64(i), 1500)
		return f, nil
	}})
	l.g.Place(0, ct, nil)
	l.rest()
	names := l.g.Presets()
	if len(names) != 10 || names[0] != "viewer.preset.spine" || names[2] != "viewer.preset.bone" || names[6] != "NORMAL" {
		t.Fatalf("the presets are %v", names)
	}
	l.g.Preset(3)
	if w, _ := l.g.Window(0); w.Center != 350 || w.Width != 2000 {
		t.Errorf("bone is %v", w)
	}
	l.g.Preset(7)
	for i := range 3 {
		l.g.Home()
		l.g.NextSlice(i)
		l.rest()
		if w, _ := l.g.Window(0); w.Center != 300+float64(i) || w.Width != 1500 {
			t.Errorf("of slice %d the file's window is %v", i, w)
		}
	}
	l.g.Preset(8)
	l.g.Preset(0)
	if w, _ := l.g.Window(0); w.Width != 1500 {
		t.Errorf("a preset that is none makes %v", w)
	}
}

func TestSnapshotHasMarksAndNoIdentity(t *testing.T) {
	r := &recorder{shapes: []StyledShape{{Shape: annotations.Shape{Type: "polyline", Points: []space.Pixel{{Col: 20, Row: 20}, {Col: 80, Row: 20}}}}}}
	r.shapes[0].Colour.R, r.shapes[0].Colour.A = 255, 255
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Annotator = r })
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.SetWindow(500, 400)
	got := l.g.Snapshot(0, image.Pt(300, 300))
	if got == nil || got.Rect.Size() != image.Pt(300, 300) {
		t.Fatal("there is no picture of the size")
	}
	view := annotations.View{Center: 500, Width: 400}
	want := render.Image(ramp(100, 100, 200), view, 300, 300, render.Options{Shapes: r.shapes})
	if !bytes.Equal(got.Pix, want.Pix) {
		t.Error("it is not what render paints of frame and marks alone")
	}
	if c := got.RGBAAt(150, 60); c.R < 200 || c.G > 60 {
		t.Errorf("where the mark is, the colour is %v", c)
	}
	if r.asked.SOPInstanceUID != "A.2" {
		t.Errorf("marks of %s were drawn", r.asked.SOPInstanceUID)
	}
}

func TestIdentityIsOnScreenAtEveryLevel(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F",
		paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 1e6, 100), nil }}), nil) // all black
	l.rest()
	for range 3 {
		img := l.g.cells[0].paint(400, 400).(*image.RGBA)
		if blank(img, image.Rect(0, 0, 200, 30)) {
			t.Errorf("at level %d there is no name", l.g.Overlay())
		}
		if ruler := !blank(img, image.Rect(0, 100, 60, 300)); ruler != (l.g.Overlay() != OverlayOff) {
			t.Errorf("at level %d ruler and letter are there: %v", l.g.Overlay(), ruler)
		}
		l.g.CycleOverlay()
	}
	if l.g.Overlay() != OverlayFull {
		t.Error("after off comes not full")
	}
}

// A mark that lies where the name is written does not hide it.
func TestMarksHideNoIdentity(t *testing.T) {
	r := &recorder{}
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Annotator = r })
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F",
		paint: func(int) (*dicomio.Frame, error) { return windowedRamp(100, 100, 1e6, 100), nil }}), nil) // all black
	l.rest()
	paint := func() *image.RGBA {
		return &image.RGBA{Pix: bytes.Clone(l.g.cells[0].paint(400, 400).(*image.RGBA).Pix), Stride: 1600, Rect: image.Rect(0, 0, 400, 400)}
	}
	plain := paint()
	for row := 0.0; row < 100; row += 0.5 {
		line := annotations.Shape{Type: "polyline", Points: []space.Pixel{{Col: 0, Row: row}, {Col: 100, Row: row}}}
		r.shapes = append(r.shapes, StyledShape{Shape: line, Colour: color.NRGBA{R: 255, A: 255}})
	}
	l.g.RefreshMarks()
	marked := paint()
	inked, covered := 0, 0
	for y := range 60 {
		for x := range 200 {
			if c := plain.RGBAAt(x, y); min(c.R, c.G, c.B) > 180 {
				inked++
				if marked.RGBAAt(x, y) != c && min(marked.RGBAAt(x, y).G, marked.RGBAAt(x, y).B) < 150 {
					covered++
				}
			}
		}
	}
	if inked < 50 || covered > 0 || bytes.Equal(plain.Pix, marked.Pix) {
		t.Errorf("of %d pixels of the name %d are covered", inked, covered)
	}
}

func TestMarksAreRedrawnOnlyWhereTheyChange(t *testing.T) {
	r := &recorder{}
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) { c.Annotator = r })
	l.g.Place(0, l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	c := l.g.cells[0]
	if c.mark() {
		t.Error("no marks are a change")
	}
	r.shapes = []StyledShape{{Shape: annotations.Shape{Type: "text", Text: "L4", Points: []space.Pixel{{Col: 1, Row: 1}}}}}
	l.g.RefreshMarks()
	if len(c.shapes) != 1 || c.mark() {
		t.Error("the marks are not taken over")
	}
	r.shapes = []StyledShape{{Shape: annotations.Shape{Type: "text", Text: "L5", Points: []space.Pixel{{Col: 1, Row: 1}}}}}
	if !c.mark() {
		t.Error("another text is no change")
	}
}

func TestEveryTextExists(t *testing.T) {
	used := map[string]bool{}
	key := regexp.MustCompile(`"(viewer\.[a-z.]+)"`)
	for _, pattern := range []string{"*.go", "render/voi.go"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(src), -1) {
				if !strings.HasSuffix(m[1], ".") {
					used[m[1]] = true
				}
			}
		}
	}
	if len(used) < 10 {
		t.Fatalf("only %v are used", used)
	}
	for _, lang := range []string{"en", "fr"} {
		all, texts := map[string]string{}, map[string]string{} // of every area, and of ours
		areas, _ := filepath.Glob(filepath.Join("..", "app", "lang", "text", "*."+lang+".json"))
		for _, name := range areas {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			into := []any{&all}
			if filepath.Base(name) == "viewer."+lang+".json" {
				into = append(into, &texts)
			}
			for _, m := range into {
				if err := json.Unmarshal(data, m); err != nil {
					t.Fatal(err)
				}
			}
		}
		for k := range used {
			if all[k] == "" {
				t.Errorf("%s is not in %s", k, lang)
			}
		}
		for k := range texts {
			if !used[k] {
				t.Errorf("%s of %s is not used", k, lang)
			}
		}
	}
}
