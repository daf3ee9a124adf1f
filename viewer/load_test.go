package viewer

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

func TestWindowFitsTheSeriesAndDoesNotJump(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 9, spacing: 4, plane: "SAG", ref: "F"}) // each slice is 100 brighter than the one before
	l.g.Place(0, a, nil)
	l.until("the window of the series is known", func() bool { return l.g.cells[0].series.window != nil })
	first, ok := l.g.Window(0)
	if !ok {
		t.Fatal("there is no window")
	}
	for i := range 9 {
		l.g.SetView(0, annotations.View{Slice: i})
		l.rest()
		if w, _ := l.g.Window(0); w != first {
			t.Errorf("at slice %d the window is %v, at first it was %v", i, w, first)
		}
	}
	// Values go from 0 to 800+1089; the percentiles of slices 0, 2, 4, 6 and 8 lie a little inside.
	lo, hi := first.Center-first.Width/2, first.Center+first.Width/2
	if lo < 0 || lo > 150 || hi < 1700 || hi > 1890 {
		t.Errorf("the window reaches from %v to %v", lo, hi)
	}
}

func TestAnImageThatCannotBeDecodedSaysSoAndTheRestGoesOn(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	a := l.stack(made{uid: "A", n: 5, spacing: 4, plane: "SAG", ref: "F", paint: func(i int) (*dicomio.Frame, error) {
		if i == 2 {
			return nil, &dicomio.Error{Path: "/disk/A/2.dcm", Tag: tag.PixelData, Offset: 0x1a2c, Err: errors.New("jpegls: bad LSE length")}
		}
		return ramp(100, 100, 100*i), nil
	}})
	b := l.stack(made{uid: "B", n: 5, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, a, nil)
	l.g.Place(1, b, nil)
	l.rest()
	c := l.g.cells[0]
	m := c.message()
	for _, want := range []string{"/disk/A/2.dcm", "(7FE0,0010) PixelData @ 0x1a2c", "jpegls: bad LSE length", "viewer.failed3 5"} {
		if !strings.Contains(m, want) {
			t.Errorf("the tile says %q, without %q", m, want)
		}
	}
	if l.g.Frame(0) != nil || l.g.Frame(1) == nil || l.g.Snapshot(0, image.Pt(100, 100)) != nil {
		t.Error("the wrong view has a picture")
	}
	if img := c.paint(400, 400).(*image.RGBA); blank(img, image.Rect(60, 120, 340, 280)) {
		t.Error("nothing is written on the tile")
	}
	l.g.NextSlice(1)
	l.rest()
	if l.g.Frame(0) == nil || c.message() != "" {
		t.Errorf("the next image does not show: %q", c.message())
	}
	l.g.NextSlice(-1)
	l.rest()
	if l.g.Frame(0) != nil || c.message() == "" {
		t.Error("back on the broken image another one is shown")
	}
}

func TestCommonReasonsAreSaidInTheReadersLanguage(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 1}), nil)
	for want, err := range map[string]error{
		"dicom.reason.unsupportedJPEG 2000":                 &dicomio.Error{Offset: -1, Err: dicomio.UnsupportedError("JPEG 2000")},
		"dicom.reason.truncated":                            &dicomio.Error{Offset: -1, Err: dicomio.ErrTruncated},
		"dicom.reason.no-pixels":                            &dicomio.Error{Offset: -1, Err: dicomio.ErrNoPixelData},
		"dicom.reason.technicaldicom.reason.brokenit is 33": &dicomio.Error{Offset: -1, Err: dicomio.FormatError("it is 33")},
		"dicom.reason.missing":                              &fs.PathError{Op: "open", Path: "/disk/A/0.dcm", Err: fs.ErrNotExist},
	} {
		l.g.cells[0].fail(err)
		if m := l.g.cells[0].message(); !strings.HasSuffix(m, "viewer.failed.reason"+want) || !strings.Contains(m, "/disk/A/0.dcm") {
			t.Errorf("of %v it says %q", err, m)
		}
	}
}

func TestLatestWinsAndTheLastGoodFrameStays(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"})
	l.disk.gate, l.disk.free = make(chan struct{}, 1000), "A.30"
	l.g.Place(0, a, nil)
	c := l.g.cells[0]
	if m := c.message(); m != "viewer.loading" {
		t.Errorf("before anything has come it says %q", m)
	}
	l.rest() // slice 30
	for range 12 {
		l.scroll(200, 200, -25)
	}
	if c.picture == nil || c.slice != 30 || c.message() != "" || l.g.Frame(0) != nil {
		t.Fatal("the last good frame does not stay while the next loads")
	}
	if got, _ := c.ref(); got.SOPInstanceUID != "A.30" {
		t.Errorf("marks would be drawn on %s, on screen is A.30", got.SOPInstanceUID)
	}
	c.asked = c.asked.Add(-time.Second)
	if p := c.compose(c.geometry()); !strings.Contains(p.Study[len(p.Study)-1].Text, "viewer.coming43 60") {
		t.Errorf("it does not say what is coming: %v", p.Study)
	}
	l.disk.gate <- struct{}{} // those that were being decoded: a prefetch, and the first that was scrolled to
	l.disk.gate <- struct{}{}
	l.disk.gate <- struct{}{} // the one that is wanted, before all that was passed by
	l.rest()
	if c.slice != 42 || l.g.Frame(0) == nil || l.g.Frame(0).Values[0] != 4200 {
		t.Errorf("slice %d is shown", c.slice)
	}
	l.disk.mu.Lock()
	asked := len(l.disk.asked)
	l.disk.mu.Unlock()
	if asked > 6 { // each of two workers may stand before one more
		t.Errorf("%d frames were asked for to show two", asked)
	}
	l.g.arrived(c, a.Stack, 35, &picture{frame: ramp(100, 100, 3500)}, nil)
	l.g.arrived(c, a.Stack, 35, nil, errors.New("late"))
	l.g.arrived(c, &dicomio.Stack{}, 42, nil, errors.New("of what was here before"))
	if c.slice != 42 || c.failure != nil {
		t.Errorf("what comes late is shown: slice %d, %v", c.slice, c.failure)
	}
	close(l.disk.gate)
}

func TestWhatWasPassedByIsNotDecoded(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 1000, spacing: 1, plane: "SAG", ref: "F"})
	l.disk.gate, l.disk.free = make(chan struct{}, 1000), "A.500"
	l.g.Place(0, a, nil)
	l.rest()
	l.until("the other worker is busy", func() bool { return l.disk.begun() > 1 })
	// The worker that is kept for what is wanted now begins the first at once, and is then busy.
	l.g.SetView(0, annotations.View{Slice: 150})
	l.until("the first is begun", func() bool { return l.disk.times("A.150") > 0 })
	for _, i := range []int{250, 350, 950} {
		l.g.SetView(0, annotations.View{Slice: i})
	}
	for range 10 {
		l.disk.gate <- struct{}{}
	}
	l.rest()
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	for _, uid := range l.disk.asked {
		if uid == "A.250" || uid == "A.350" {
			t.Errorf("%s was decoded", uid)
		}
	}
}

func TestSlicesAheadAreLoadedBeforeTheyAreWanted(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	a := l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"})
	l.g.Place(0, a, &annotations.View{Slice: 10})
	l.rest()
	l.until("the whole stack is there", func() bool {
		for i := range 60 {
			if !l.g.frames.cache.Has(keyOf(a.Stack, i)) {
				return false
			}
		}
		return true
	})
	l.g.NextSlice(1)
	if l.g.Frame(0) == nil || l.g.Frame(0).Values[0] != 1100 {
		t.Error("a slice that is there is not shown at once")
	}
}

func TestDestroyedGridIsQuiet(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.disk.gate = make(chan struct{})
	l.g.Place(0, l.stack(made{uid: "A", n: 60, spacing: 1, plane: "SAG", ref: "F"}), nil)
	l.g.CineToggle()
	l.g.Destroy()
	l.g.Destroy()
	for {
		select {
		case f := <-l.queue:
			f()
			continue
		case <-time.After(20 * time.Millisecond):
		}
		break
	}
	if l.g.cells[0].picture != nil || l.g.cells[0].failure != nil {
		t.Error("something arrives after the end")
	}
}

// Whatever a widget can reach belongs to Fyne's goroutine: goroutines begin in load.go and cine.go alone, and come back by Config.Post.
func TestGoStatementsStandInTwoFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, im := range f.Imports {
			if im.Path.Value == `"fyne.io/fyne/v2/app"` || strings.HasPrefix(im.Path.Value, `"rachis/app`) || strings.HasPrefix(im.Path.Value, `"rachis/cases`) {
				t.Errorf("%s imports %s", name, im.Path.Value)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				if name != "load.go" && name != "cine.go" {
					t.Errorf("%s: a go statement", set.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if ok && x.Name == "time" && n.Sel.Name == "AfterFunc" && name != "load.go" && name != "cine.go" {
					t.Errorf("%s: a timer", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestWhatIsClosedIsNotKeptInMemory(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	it := l.stack(made{uid: "A", n: 9, first: -16, spacing: 4, plane: "SAG", ref: "F"})
	l.g.SetItems([]Item{it})
	l.g.Place(0, it, nil)
	l.rest()
	if l.g.frames.cache.Bytes() == 0 {
		t.Fatal("nothing was loaded")
	}
	l.g.SetItems(nil)
	if n := l.g.frames.cache.Bytes(); n != 0 {
		t.Errorf("%d bytes are kept of what was closed", n)
	}
}
