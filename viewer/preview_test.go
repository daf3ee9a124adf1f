package viewer

import (
	"context"
	"errors"
	"image"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// twoSpeed is a disk whose frames come coarse first. Each kind passes its own gate.
type twoSpeed struct {
	*disk
	mu     sync.Mutex
	early  chan struct{}
	none   bool // there is no preview
	asked  []string
	reduce int
}

func (d *twoSpeed) Preview(ctx context.Context, s dicomio.Slice, reduce int) (*dicomio.Frame, bool, error) {
	d.mu.Lock()
	d.asked = append(d.asked, s.Instance.SOPInstanceUID)
	d.reduce = reduce
	d.mu.Unlock()
	select {
	case <-d.early:
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	if d.none {
		return nil, false, nil
	}
	d.disk.mu.Lock()
	paint := d.disk.frames[s.Instance.SOPInstanceUID]
	d.disk.mu.Unlock()
	f, err := paint(s.Frame)
	if err != nil {
		return nil, false, err
	}
	return thinned(f, reduce), true, nil
}

// thinned takes every 2^n-th sample of every 2^n-th row.
func thinned(f *dicomio.Frame, n int) *dicomio.Frame {
	out := *f
	out.Rows, out.Columns, out.Values, out.RGB = reduced(f.Rows, uint(n)), reduced(f.Columns, uint(n)), nil, nil
	for y := 0; y < f.Rows; y += 1 << n {
		for x := 0; x < f.Columns; x += 1 << n {
			if i := y*f.Columns + x; f.Values != nil {
				out.Values = append(out.Values, f.Values[i])
			} else {
				out.RGB = append(out.RGB, f.RGB[3*i:3*i+3]...)
			}
		}
	}
	return &out
}

// early is a lab on such a disk: nothing passes its gates yet.
func early(t *testing.T) (*lab, *twoSpeed) {
	var d *twoSpeed
	l := newLab(t, fyne.NewSize(400, 400), func(c *Config) {
		d = &twoSpeed{disk: c.Loader.(*disk), early: make(chan struct{}, 100)}
		c.Loader = d
	})
	l.disk.gate = make(chan struct{}, 100)
	t.Cleanup(func() { close(l.disk.gate) })
	return l, d
}

// film is a stack of n large images.
func (l *lab) film(n int) Item {
	return l.stack(made{uid: "F", n: n, spacing: 1, plane: "SAG", ref: "F", rows: 701, columns: 650,
		paint: func(i int) (*dicomio.Frame, error) { return windowedRamp(701, 650, float64(3000+i), 6000), nil }})
}

func flagged(c *cell) bool {
	for _, line := range c.compose(c.geometry()).Study {
		if strings.HasPrefix(line.Text, "viewer.preview") && line.Warn && line.Until == 2 {
			return true
		}
	}
	return false
}

func TestAPreviewStandsInUntilTheFrameComes(t *testing.T) {
	l, d := early(t)
	it := l.film(1)
	l.g.Place(0, it, nil)
	c := l.g.cells[0]
	d.early <- struct{}{}
	l.until("the preview", func() bool { return c.picture != nil })
	full := windowedRamp(701, 650, 3000, 6000)
	switch {
	case !c.picture.preview || !c.waiting():
		t.Fatal("what is there is not known as a preview")
	case !flagged(c):
		t.Error("nothing on the picture says that it is a preview")
	case l.g.Frame(0) != nil || l.g.Snapshot(0, image.Pt(100, 100)) != nil:
		t.Error("the preview is given for the frame")
	case l.g.frames.cache.Bytes() != 0 || l.g.frames.cache.Has(keyOf(it.Stack, 0)):
		t.Error("the preview is kept")
	case c.series.window != nil:
		t.Error("the window of the series rests on a preview")
	case c.picture.frame.Rows != 701 || c.picture.frame.Columns != 650:
		t.Errorf("it has %d rows and %d columns", c.picture.frame.Rows, c.picture.frame.Columns)
	}
	if h := c.hoverAt(fyne.NewPos(200, 200)); h.Known || h.Value != 0 || !h.Inside || h.Ref.SOPInstanceUID != "F.0" {
		t.Errorf("a value is read from the preview: %+v", h)
	}
	before, coarse := c.geometry(), slices.Clone(c.paint(400, 400).(*image.RGBA).Pix)
	l.disk.gate <- struct{}{}
	l.rest()
	if c.picture.preview || flagged(c) || !slices.Equal(l.g.Frame(0).Values, full.Values) {
		t.Fatal("the frame does not replace the preview")
	}
	if c.geometry() != before {
		t.Errorf("the picture moved: %v, then %v", before, c.geometry())
	}
	// A ramp is the same coarse and whole, but for its last samples: the marks and the picture stay where they are.
	whole, differ := c.paint(400, 400).(*image.RGBA), 0
	for y := 60; y < 340; y++ {
		for x := 60; x < 340; x++ {
			if i := whole.PixOffset(x, y); abs(int(whole.Pix[i])-int(coarse[i])) > 1 {
				differ++
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d pixels of the picture differ", differ)
	}
	if h := c.hoverAt(fyne.NewPos(200, 200)); !h.Known {
		t.Error("no value is read from the frame")
	}
}

func TestNothingGoesBackToAPreview(t *testing.T) {
	l, d := early(t)
	it := l.film(1)
	l.g.Place(0, it, nil)
	c := l.g.cells[0]
	l.disk.gate <- struct{}{}
	l.rest()
	close(d.early) // it comes too late
	p, err := l.g.frames.preview(t.Context(), keyOf(it.Stack, 0))
	if err != nil || p == nil || !p.preview {
		t.Fatal("there is no preview", err)
	}
	if p.survey != render.SurveyOf(p.frame) {
		t.Error("what is known of its samples is of others")
	}
	l.g.arrivedEarly(c, it.Stack, 0, p)
	l.rest()
	if c.picture.preview || l.g.Frame(0) == nil {
		t.Error("a preview replaces the frame")
	}
	c.fail(errors.New("broken"))
	l.g.arrivedEarly(c, it.Stack, 0, p)
	if c.picture != nil || c.failure == nil {
		t.Error("a preview replaces what is wrong with the frame")
	}
}

func TestPreviewsOfWhatWasPassedBy(t *testing.T) {
	l, _ := early(t)
	it := l.film(40)
	l.g.Place(0, it, &annotations.View{Slice: 0})
	c := l.g.cells[0]
	coarse := func() *picture { return &picture{frame: windowedRamp(701, 650, 3000, 6000), preview: true} }
	near, far, at, whole := coarse(), coarse(), coarse(), &picture{frame: windowedRamp(701, 650, 3000, 6000)}
	l.g.SetView(0, annotations.View{Slice: 20})
	step := func(what string, do func(), slice int, preview bool) {
		t.Helper()
		do()
		if c.picture == nil || c.slice != slice || c.picture.preview != preview {
			t.Fatalf("%s: slice %d is shown", what, c.slice)
		}
	}
	step("one on the way", func() { l.g.arrivedEarly(c, it.Stack, 18, near) }, 18, true)
	step("one further off", func() { l.g.arrivedEarly(c, it.Stack, 5, far) }, 18, true)
	step("its frame", func() { l.g.arrived(c, it.Stack, 18, whole, nil) }, 18, false)
	step("its preview again", func() { l.g.arrivedEarly(c, it.Stack, 18, near) }, 18, false)
	step("the one that is wanted", func() { l.g.arrivedEarly(c, it.Stack, 20, at) }, 20, true)
	step("a frame beside it", func() { l.g.arrived(c, it.Stack, 19, whole, nil) }, 20, true)
	step("its frame", func() { l.g.arrived(c, it.Stack, 20, whole, nil) }, 20, false)
	if l.g.frames.cache.Has(keyOf(it.Stack, 5)) {
		t.Error("a preview is kept")
	}
}

func TestOnlyLargeFramesArePreviewed(t *testing.T) {
	l, d := early(t)
	d.none = true
	close(d.early)
	close(l.disk.gate)
	l.disk.gate = nil
	small := l.stack(made{uid: "S", n: 1, rows: 512, columns: 512})
	l.g.Place(0, small, nil)
	l.rest()
	if len(d.asked) > 0 {
		t.Errorf("previews of %v were asked for", d.asked)
	}
	l.g.Place(0, l.film(1), nil)
	l.rest()
	if c := l.g.cells[0]; c.picture.preview || l.g.Frame(0) == nil {
		t.Error("a frame without a preview does not show")
	}
	l.disk.gate = make(chan struct{})
	for _, c := range []struct{ rows, columns, want int }{{512, 512, 0}, {600, 600, 0}, {1000, 1000, 2}, {3000, 2500, 3}, {0, 9, 0}, {1 << 20, 1 << 20, 0}} {
		if got := reduction(c.rows, c.columns); got != c.want {
			t.Errorf("%d x %d is reduced by %d", c.rows, c.columns, got)
		}
	}
}

// Samples that lie on the reduced grid stay to the bit, those between them are linear, and what does not fit is refused.
func TestEnlarge(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5} {
		grey := ramp(67, 130, 500)
		colour := &dicomio.Frame{Rows: 67, Columns: 130, RGB: make([]byte, 3*67*130)}
		for i := range 67 * 130 {
			colour.RGB[3*i], colour.RGB[3*i+1], colour.RGB[3*i+2] = byte(i%130), byte(i/130), byte(i%130+i/130)
		}
		a, b := enlarge(thinned(grey, n), 67, 130), enlarge(thinned(colour, n), 67, 130)
		last := func(side int) int { return (side - 1) >> n << n } // beyond it there is nothing to be linear to
		for y := range last(67) + 1 {
			for x := range last(130) + 1 {
				i := y*130 + x
				if a.Values[i] != grey.Values[i] {
					t.Fatalf("1/%d: (%d,%d) is %d, not %d", 1<<n, x, y, a.Values[i], grey.Values[i])
				}
				if !slices.Equal(b.RGB[3*i:3*i+3], colour.RGB[3*i:3*i+3]) {
					t.Fatalf("1/%d: (%d,%d) is %v, not %v", 1<<n, x, y, b.RGB[3*i:3*i+3], colour.RGB[3*i:3*i+3])
				}
			}
		}
		if got := a.Values[67*130-1]; got != grey.Values[last(67)*130+last(130)] {
			t.Errorf("1/%d: the last sample is %d", 1<<n, got)
		}
		wide := &dicomio.Frame{Rows: a.Rows >> 1, Columns: 65, Wide: make([]float32, 34*65)}
		if wide.Rows = 34; enlarge(wide, 67, 130) == nil {
			t.Error("numbers of 32 bits are refused")
		}
	}
	for _, f := range []*dicomio.Frame{ramp(67, 130, 0), ramp(30, 30, 0), {Rows: 34, Columns: 65}, {Rows: 34, Columns: 65, Values: make([]uint16, 9)}, {}} {
		if enlarge(f, 67, 130) != nil {
			t.Errorf("%d x %d is taken for a reduced 67 x 130", f.Rows, f.Columns)
		}
	}
}
