package viewer

import (
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/overlay"
)

// In the middle of the magnifier is the value under the pointer, and around it the values around it, enlarged: sampled from the values, since
// enlarged pixels of the screen would hold greys of a film shown at a tenth only.
func TestTheMagnifierShowsWhatIsUnderThePointer(t *testing.T) {
	for _, turn := range []annotations.View{{}, {Turn: 1}, {Turn: 2, Flip: true}, {Zoom: 3, PanX: -0.3}} {
		l := newLab(t, fyne.NewSize(400, 400))
		// A film much larger than the screen, one bright pixel in black: it is gone where ten by ten pixels are averaged.
		spot := space.Pixel{Col: 2001, Row: 1405}
		film := l.stack(made{uid: "CR", n: 1, modality: "CR", rows: 3000, columns: 3000, paint: func(int) (*dicomio.Frame, error) {
			f := ramp(3000, 3000, 0)
			clear(f.Values)
			f.Values[int(spot.Row)*3000+int(spot.Col)] = 1000
			f.Grayscale.Windows = []dicomio.Window{{Center: 500, Width: 1000, Function: "LINEAR_EXACT"}}
			return f, nil
		}})
		l.g.Place(0, film, nil)
		l.rest()
		l.g.SetView(0, turn)
		c := l.g.cells[0]
		l.g.Magnifier(true)
		l.g.lens.strength = lensMost
		x, y := c.geometry().ImageToScreen(spot.Add(space.Pixel{Col: 0.5, Row: 0.5}))
		l.move(0, float32(math.Floor(x)), float32(math.Floor(y)))
		if l.g.lens.cell != c {
			t.Fatal("it is not shown")
		}
		img := c.paint(400, 400).(*image.RGBA)
		brightest := uint8(0)
		for dy := -12; dy <= 12; dy++ {
			for dx := -12; dx <= 12; dx++ {
				p := image.Pt(int(x)+dx, int(y)+dy)
				if p.In(img.Rect) {
					brightest = max(brightest, img.RGBAAt(p.X, p.Y).R)
				}
			}
		}
		if brightest < 120 {
			t.Errorf("%+v: the bright pixel is %d under the magnifier", turn, brightest)
		}
		g := l.g.lens.geometry(1)
		if d := g.ScreenToImage(float64(g.Width)/2, float64(g.Height)/2).Distance(c.imageAt(l.g.lens.at)); d > 1/g.PixelsPerColumn() {
			t.Errorf("%+v: the middle is %v image pixels off", turn, d)
		}
		main := c.geometry()
		if a, b := g.PixelsPerColumn()/main.PixelsPerColumn(), g.PixelsPerRow()/main.PixelsPerRow(); math.Abs(a-lensMost) > 1e-6 || math.Abs(b-lensMost) > 1e-6 {
			t.Errorf("%+v: it enlarges %v and %v times, want %v", turn, a, b, lensMost)
		}
		ra, da := g.Screen()
		rb, db := main.Screen()
		if ra != rb || da != db {
			t.Errorf("%+v: it lies otherwise than the picture", turn)
		}
	}
}

// At the edge and in the corner of the image the middle is still what the pointer is on.
func TestTheMagnifierAtTheEdge(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.Magnifier(true)
	l.g.lens.strength = lensMost
	for _, p := range [][2]float32{{0, 0}, {399, 399}, {0, 200}, {200, 399}} {
		l.move(0, p[0], p[1])
		g := l.g.lens.geometry(1)
		if d := g.ScreenToImage(float64(g.Width)/2, float64(g.Height)/2).Distance(l.g.cells[0].imageAt(fyne.NewPos(p[0], p[1]))); d > 1/g.PixelsPerColumn() {
			t.Errorf("at %v the middle is %v image pixels off", p, d)
		}
		l.g.cells[0].paint(400, 400)
	}
}

func TestTheWheelMakesTheMagnifierStrongerAndEscapePutsItAway(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	l.g.SetLayout(Layout1x2)
	for i, uid := range []string{"A", "B"} {
		l.g.Place(i, l.stack(made{uid: uid, n: 9, spacing: 4, plane: "SAG", ref: "F" + uid}), nil)
	}
	l.rest()
	l.g.Magnifier(true)
	l.move(0, 200, 200)
	l.scroll(200, 200, 25)
	if k := l.g.lens.power() / lensUsual; l.g.View(0).Slice != 4 || math.Abs(k-lensStep) > 1e-9 {
		t.Errorf("a notch makes it %v times as strong and shows slice %d", k, l.g.View(0).Slice)
	}
	for range 40 {
		l.scroll(200, 200, 25)
	}
	if l.g.lens.power() != lensMost {
		t.Errorf("at most it is %v", l.g.lens.power())
	}
	l.move(0, 600, 200)
	if l.g.lens.cell != l.g.cells[1] {
		t.Error("it does not go along to the other view")
	}
	// It stays while something is drawn or dragged, so that a point can be placed under it.
	l.down(left, 600, 200)
	l.g.Dragged(&fyne.DragEvent{PointEvent: at(650, 230)})
	if l.g.lens.cell != l.g.cells[1] || l.g.lens.at != fyne.NewPos(650, 230) {
		t.Error("it does not follow a drag")
	}
	l.up(left, 650, 230)
	l.g.MouseOut()
	if l.g.lens.cell != nil || !l.g.MagnifierShown() {
		t.Error("beside the pictures it stays, or is put away")
	}
	l.move(0, 600, 200)
	if !l.g.Escape() || l.g.MagnifierShown() || l.g.lens.cell != nil {
		t.Error("Escape does not put it away")
	}
	l.scroll(200, 200, -25)
	if l.g.View(0).Slice != 5 {
		t.Error("the wheel does not scroll any more")
	}
	// What it showed is let go of with the picture.
	l.g.Magnifier(true)
	l.move(0, 600, 201)
	l.g.Clear(1)
	if l.g.lens.cell != nil {
		t.Error("it is over an empty view")
	}
}

// Who it is, the letters and the rulers lie on top of the magnifier; marks lie under it, where the image is.
func TestTheMagnifierHidesNoIdentity(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", paint: func(int) (*dicomio.Frame, error) {
		f := windowedRamp(100, 100, 100, 50)
		clear(f.Values) // black
		return f, nil
	}}), nil)
	l.rest()
	c := l.g.cells[0]
	written := func() (n int) {
		img := c.paint(400, 400).(*image.RGBA)
		for y := range 20 {
			for x := range 150 {
				if img.RGBAAt(x, y).R > 128 {
					n++
				}
			}
		}
		return n
	}
	for _, level := range []OverlayLevel{OverlayFull, OverlayMinimal, OverlayOff} {
		l.g.Magnifier(false)
		l.g.SetOverlay(level)
		without := written()
		l.g.Magnifier(true)
		l.move(0, 60, 60)
		if got := written(); without < 50 || got < without*8/10 {
			t.Errorf("level %d: %d pixels of the name are left of %d", level, got, without)
		}
	}
	if overlay.Off != overlay.Level(OverlayOff) {
		t.Error("the levels differ")
	}
}

// From one place to the next nothing is allocated but what the value under the pointer is written with.
func TestTheMagnifierAllocatesNothing(t *testing.T) {
	l := newLab(t, fyne.NewSize(400, 400))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.rest()
	l.g.Magnifier(true)
	c := l.g.cells[0]
	i := 0
	step := func() {
		i++
		l.g.lens.cell, l.g.lens.at = c, fyne.NewPos(float32(150+i%100), float32(150+i%70))
		c.paint(400, 400)
	}
	for range 200 {
		step()
	}
	if n := testing.AllocsPerRun(100, step); n > 0 {
		t.Errorf("%v allocations a move", n)
	}
}

func BenchmarkMagnifier(b *testing.B) {
	l := newLab(b, fyne.NewSize(1000, 1000))
	l.g.Place(0, l.stack(made{uid: "A", n: 3, spacing: 4, plane: "SAG", ref: "F", rows: 512, columns: 512}), nil)
	l.rest()
	c := l.g.cells[0]
	for _, on := range []bool{false, true} {
		b.Run(map[bool]string{false: "without", true: "with"}[on], func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				l.g.lens.cell = nil
				if on {
					l.g.lens.cell, l.g.lens.at = c, fyne.NewPos(float32(300+i%100), float32(300+i%70))
				}
				c.paint(1000, 1000)
			}
		})
	}
}
