package overlay

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

var update = flag.Bool("update", false, "rewrite the golden pictures")

// crowded is a picture on which everything is said.
func crowded(t Texts, w, h int) Picture {
	s := Subject{PatientName: "SPECIMEN^Marie-Ève^Anne", PatientID: "RX-000123456", BirthDate: "19701231", Sex: "F", StudyDate: "20260115",
		StudyDescription: "IRM RACHIS LOMBAIRE SANS GADOLINIUM", Institution: "Clinique d’imagerie de la Rive-Sud, Québec", SeriesDescription: "SAG T2 TSE", SeriesNumber: 3}
	p := plane(lps(0, 1, 0), lps(0, 0, -1))
	p.Origin.X = -8.75
	st := State{Image: 6, Images: 41, Expected: 44, Irregular: true, Window: dicomio.Window{Center: 640, Width: 1280}, Zoom: 1.07, Lossy: "JPEG 10:1", Flip: true, Turn: 1, Plane: p}
	st.Cursor = t.Cursor(space.Pixel{Col: 12.7, Row: 100.2}, -123.456, true, "HU")
	header := dicomio.NewDataSet(number(sliceThickness, "4.0"), number(repetitionTime, "3500"), number(echoTime, "102.4"), number(fieldStrength, "1.5"))
	o := Picture{Identity: t.Identity(s), Study: t.Study(s, st), Image: t.Image(st), Series: t.Series(s, st, header), Letters: Letters(p, 0, false),
		Geometry: geometry(256, 256, w, h, 1, 0, false)}
	o.Across, o.Down = t.Rulers(o.Geometry, dicomio.Calibration{State: dicomio.CalibratedByUser, Spacing: space.Spacing{BetweenRows: 0.7, BetweenColumns: 0.7}})
	o.Segments = []Segment{{From: space.Pixel{Col: 10, Row: 200}, To: space.Pixel{Col: 240, Row: 120}}, {From: space.Pixel{Col: 100, Row: 10}, To: space.Pixel{Col: 110, Row: 250}, Colour: color.NRGBA{G: 255, A: 255}, Dashed: true}}
	return o
}

// grey is a picture of bright and dark parts.
func grey(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8((x*255/w + (y/16)%2*128) % 256)
			img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	return img
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name, language string
		w, h           int
		scale          float64
		change         func(*Picture)
	}{
		{"full_en", "en", 256, 256, 1, func(*Picture) {}},
		{"full_fr", "fr", 256, 200, 1, func(*Picture) {}},
		{"minimal", "en", 256, 256, 1, func(o *Picture) { o.Level = Minimal }},
		{"off", "fr", 256, 256, 1, func(o *Picture) { o.Level = Off }},
		{"message", "en", 256, 256, 1, func(o *Picture) {
			o.Level, o.Message = Off, "This image cannot be shown: the file is truncated.\n/media/cdrom/a/path/that/is/longer/than/the/picture/is/wide/IM00001"
		}},
		{"scaled", "en", 256, 256, 1.5, func(o *Picture) { o.Study = nil }},
	} {
		img := grey(c.w, c.h)
		o := crowded(texts(c.language), c.w, c.h)
		c.change(&o)
		new(Painter).Paint(img, o, c.scale)
		path := filepath.Join("testdata", c.name+".png")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		// The outlines of letters are rounded in floating point: architectures may differ in the last digit.
		if n, at := different(img, want, 2); n > 0 {
			t.Errorf("%s: %d pixels differ, the first at %v; look at the picture, then run with -update", c.name, n, at)
		}
	}
}

// different counts the pixels that differ by more than tolerance in any channel.
func different(a *image.RGBA, b image.Image, tolerance int) (n int, first image.Point) {
	if a.Bounds() != b.Bounds() {
		return 1, image.Point{}
	}
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			p, q := a.RGBAAt(x, y), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range [4]int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				if d > tolerance || d < -tolerance {
					if n == 0 {
						first = image.Pt(x, y)
					}
					n++
					break
				}
			}
		}
	}
	return n, first
}

// Whatever the size: all stays inside, nothing lies on anything else, and the name is there at each level.
func TestNothingOverlaps(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var p Painter
	for i := range 150 {
		w, h := 40+r.IntN(700), 40+r.IntN(500)
		scale := []float64{1, 1, 1.25, 2}[r.IntN(4)]
		o := crowded(texts([]string{"en", "fr"}[i%2]), w, h)
		o.Level, o.Reduced = Level(r.IntN(3)), r.IntN(2) == 0
		if r.IntN(2) == 0 {
			o.Identity[0].Text = "VERY-LONG-FAMILY-NAME, With Several Given Names And Then Some More"
		}
		if r.IntN(3) == 0 {
			o.Message = "This image cannot be shown: JPEG 2000: the code-block is broken off after 1234 bytes"
		}
		p.Paint(grey(w, h), o, scale)
		what := fmt.Sprintf("%dx%d at %g, level %d, message %q", w, h, scale, o.Level, o.Message)
		if len(p.taken) == 0 || p.taken[0].Min != image.Pt(p.px(margin), p.px(margin)) {
			t.Fatalf("%s: no name", what)
		}
		for j, a := range p.taken {
			if !a.In(image.Rect(0, 0, w, h)) {
				t.Errorf("%s: %v leaves the picture", what, a)
			}
			for _, b := range p.taken[:j] {
				if a.Overlaps(b) {
					t.Errorf("%s: %v lies on %v", what, a, b)
				}
			}
		}
	}
}

// painted says which of the texts were painted, shortened ones with their ellipsis, by painting with a Painter that has to
// shorten and asking where room was taken.
func painted(o Picture, w, h int) int {
	var p Painter
	p.Paint(grey(w, h), o, 1)
	return len(p.taken)
}

func TestLowestRankGoesFirst(t *testing.T) {
	line := func(text string, rank int) Line { return Line{Text: text, Rank: rank} }
	lines := []Line{line("cursor", 2), line("zoom", 3), line("window", 1), line("image", 0)}
	kept := func(h int) (out []string) {
		var p Painter
		img, before := grey(300, h), grey(300, h)
		p.Paint(img, Picture{Image: lines}, 1)
		// Each row that is taken is that of the line which alone would be painted there alike.
		for _, r := range p.taken {
			for _, l := range lines {
				alone := grey(300, h)
				p.text.Paint(alone, r.Min.X, r.Min.Y, l.Text, textColour)
				if same(alone, img, r) && !same(alone, before, r) {
					out = append(out, l.Text)
				}
			}
		}
		slices.Reverse(out) // from top to bottom
		return out
	}
	lh := func() int { var p Painter; p.Paint(grey(1, 1), Picture{}, 1); return p.text.Height() }()
	for n, want := range []string{"", "image", "window image", "cursor window image", "cursor zoom window image"} {
		if got := strings.Join(kept(2*(5+n*lh)+1), " "); got != want {
			t.Errorf("%d rows hold %q, want %q", n, got, want)
		}
	}
}

func same(a, b *image.RGBA, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				return false
			}
		}
	}
	return true
}

func TestLevels(t *testing.T) {
	o := crowded(texts("en"), 640, 480)
	o.Segments = nil
	// Name, ID, birth; date, description, institution, five flags; cursor, zoom, window, image; description, slice, timing, field; four
	// letters; two rulers and the label of the left one.
	for level, want := range []int{3 + 3 + 5 + 4 + 4 + 4 + 3, 3 + 5 + 1 + 4 + 3, 1 + 5} {
		o.Level = Level(level)
		if got := painted(o, 640, 480); got != want {
			t.Errorf("level %d: %d things are written, want %d", level, got, want)
		}
	}
	// Reduced: name, ID, birth; date, five flags; cursor, window, image; description, timing; four letters; the left ruler and its label.
	o.Level, o.Reduced = Full, true
	if got := painted(o, 640, 480); got != 3+1+5+3+2+4+2 {
		t.Errorf("reduced, %d things are written", got)
	}
	if painted(Picture{}, 640, 480) != 0 {
		t.Error("the zero value writes something")
	}
}

func TestWrap(t *testing.T) {
	var p Painter
	p.Paint(grey(10, 10), Picture{}, 1)
	em := p.text.Width("m")
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", p.text.Width("one two"), "one two|three"},
		{"one two three", p.text.Width("one tw"), "one|two|three"},
		{"one\ntwo", 1000, "one|two"},
		{"one\n\ntwo\n", 1000, "one|two"},
		{"mmmmm", 2 * em, "mm|mm|m"},
		{"a mmmmm", 2*em + 1, "a|mm|mm|m"},
		{"ééé", p.text.Width("é"), "é|é|é"},
		{"", 100, ""},
	} {
		if got := strings.Join(p.wrap(c.text, c.width, 9), "|"); got != c.want {
			t.Errorf("%q at %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	for text, want := range map[string]string{"one\ntwo\nthree": "one|two…", "one\ntwo\n": "one|two", "one two three four": "one two|three…"} {
		if got := strings.Join(p.wrap(text, p.text.Width("one two")+1, 2), "|"); got != want {
			t.Errorf("%q in two lines: %q, want %q", text, got, want)
		}
	}
	p.wrap("anything", 0, 1) // ends
}

// A picture that is part of another: nothing is painted outside.
func TestSubImage(t *testing.T) {
	whole, plain := grey(500, 400), grey(500, 400)
	part := whole.SubImage(image.Rect(100, 50, 400, 350)).(*image.RGBA)
	new(Painter).Paint(part, crowded(texts("en"), 300, 300), 1)
	outside, inside := 0, 0
	for y := range 400 {
		for x := range 500 {
			if whole.RGBAAt(x, y) != plain.RGBAAt(x, y) {
				if image.Pt(x, y).In(part.Rect) {
					inside++
				} else {
					outside++
				}
			}
		}
	}
	if outside != 0 || inside == 0 {
		t.Errorf("%d pixels changed outside, %d inside", outside, inside)
	}
	new(Painter).Paint(whole.SubImage(image.Rectangle{}).(*image.RGBA), Picture{Message: "nothing"}, 1)
}

func TestPaintAllocatesNothing(t *testing.T) {
	o := crowded(texts("fr"), 320, 300)
	o.Message = "L’image 6 se charge"
	img := grey(320, 300)
	var p Painter
	p.Paint(img, o, 1)
	if n := testing.AllocsPerRun(20, func() { p.Paint(img, o, 1) }); n != 0 {
		t.Errorf("%g allocations a picture", n)
	}
}

func BenchmarkPaint(b *testing.B) {
	o := crowded(texts("en"), 640, 480)
	img := grey(640, 480)
	var p Painter
	p.Paint(img, o, 1)
	b.ReportAllocs()
	b.SetBytes(int64(len(img.Pix)))
	for b.Loop() {
		p.Paint(img, o, 1)
	}
}
