package viewer

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio/space"
)

func TestCrosshairIsAtOnePlaceOfThePatient(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, sag, nil)
	l.g.Place(1, ax, nil)
	l.rest()
	l.held = fyne.KeyModifierShift
	l.move(0, 120, 80)
	l.rest()
	// One pixel of the image is 4 of the screen. Column 30.125 lies at y = 30.125-0.5-49.5, row 20.125 at z = 49.5-(20.125-0.5).
	y, z := 30.125-50, 50-20.125
	if got := -48 + 4*float64(l.g.View(1).Slice); math.Abs(got-z) > 2 {
		t.Errorf("the axial view shows %v mm, the pointer is at %v", got, z)
	}
	s, ok := l.g.sightOf(l.g.cells[1])
	if !ok || s.off || s.missed != 0 || math.Abs(s.at.Col-50) > 0.01 || math.Abs(s.at.Row-(y+50)) > 0.01 {
		t.Errorf("the cross lies at %+v, %v, want column 50, row %v", s, ok, y+50)
	}
	l.held = 0
	l.move(0, 121, 80)
	if _, ok := l.g.sightOf(l.g.cells[1]); ok {
		t.Error("the crosshair stays without Shift")
	}
}

func TestTheViewThatTheCrosshairIsOnIsNotBeyondIt(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "X", n: 5, first: -8, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, sag, nil)
	l.g.Place(1, ax, nil)
	l.rest()
	l.held = fyne.KeyModifierShift
	l.move(0, 120, 80)
	l.rest()
	if l.g.cells[1].linking().missed == 0 {
		t.Fatal("the axial slices do not reach so far, and it is not said")
	}
	if l.g.View(1).Slice != 2 {
		t.Errorf("slice %d is shown for a place that none passes through", l.g.View(1).Slice)
	}
	l.move(0, 600, 200)
	l.rest()
	if b := l.g.cells[1].linking(); b != (linking{}) {
		t.Errorf("the axial view shows the place that it is pointed at, and says %+v", b)
	}
}

// A click in the crosshair's mode brings every view to the place, and leaves it there; marks are not touched.
func TestClickInTheModeOfTheCrosshairIsACrossReference(t *testing.T) {
	r := &recorder{take: true}
	l := newLab(t, fyne.NewSize(800, 800), func(c *Config) { c.Annotator = r })
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	t1 := l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "F", rows: 64, columns: 80, pixel: 1.7})
	ax := l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"})
	block := l.stack(made{uid: "Y", n: 3, first: -30, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout2x2)
	for i, it := range []Item{sag, t1, ax, block} {
		l.g.Place(i, it, nil)
	}
	l.g.SetView(0, annotations.View{Slice: 14}) // 16 mm
	l.rest()
	l.g.SetMode(ModeCross)
	l.move(0, 300, 100)
	if len(l.g.crosses) != 0 || l.g.View(2).Slice != 12 {
		t.Fatal("in its mode the crosshair follows the pointer without a button")
	}
	l.click(120, 80)
	l.rest()
	if len(r.events) != 0 {
		t.Errorf("the annotator gets %v", r.events)
	}
	y, z := 30.125-50, 50-20.125
	if got := -48 + 4*float64(l.g.View(2).Slice); math.Abs(got-z) > 2 {
		t.Errorf("the axial view shows %v mm, the click was at %v", got, z)
	}
	if got := 28 - 5.5*float64(l.g.View(1).Slice); math.Abs(got-16) > 2.75 {
		t.Errorf("the other sagittal view shows %v mm, the click was at 16", got)
	}
	want := []space.Pixel{{Col: 30.125, Row: 20.125}, {Col: (y+67.15)/1.7 + 0.5, Row: (53.55-z)/1.7 + 0.5}, {Col: 16 + 50, Row: y + 50}}
	for i, p := range want {
		if s, ok := l.g.sightOf(l.g.cells[i]); !ok || s.off || s.missed != 0 || s.at.Distance(p) > 0.01 {
			t.Errorf("view %d has the cross at %+v, %v, want %v", i, s, ok, p)
		}
	}
	// The block reaches from -32 to -20 mm: its slice stays, and it says how far off the place is.
	if s, ok := l.g.sightOf(l.g.cells[3]); l.g.View(3).Slice != 1 || !ok || math.Abs(s.missed-(z+22)) > 0.01 {
		t.Errorf("the block that the place lies outside of shows slice %d and says %+v", l.g.View(3).Slice, s)
	}
	p := l.g.cells[3].compose(l.g.cells[3].geometry())
	if last := p.Study[len(p.Study)-1]; !strings.HasPrefix(last.Text, "viewer.missed") || !last.Warn {
		t.Errorf("the picture says %v", p.Study)
	}
	// A series that is placed now is shown there too.
	l.g.Place(3, l.stack(made{uid: "Z", n: 50, first: -50, spacing: 2, plane: "AX", ref: "F"}), nil)
	l.rest()
	if got := -50 + 2*float64(l.g.View(3).Slice); math.Abs(got-z) > 1 {
		t.Errorf("an axial series that is placed shows %v mm, the crosshair is at %v", got, z)
	}
	// It stays when the pointer goes, and when a view is scrolled, dashed there.
	l.g.MouseOut()
	l.scroll(500, 500, -25)
	l.rest()
	if s, ok := l.g.sightOf(l.g.cells[2]); !ok || s.missed != 0 {
		t.Errorf("scrolled away it is %+v, %v", s, ok)
	}
	l.scroll(500, 500, -25)
	l.rest()
	if s, _ := l.g.sightOf(l.g.cells[2]); !s.off {
		t.Error("two slices away the picture does not pass by the place")
	}
	// Esc takes it away first, and only then resets the view; another mode takes it away too.
	l.g.SetView(0, annotations.View{Slice: 14, Zoom: 2})
	l.g.Escape()
	if len(l.g.crosses) != 0 || l.g.View(0).Zoom != 2 {
		t.Error("Esc leaves the crosshair, or resets the view with it")
	}
	l.click(120, 80)
	l.g.SetMode(ModeWindow)
	if len(l.g.crosses) != 0 {
		t.Error("it stays in another mode")
	}
}

// A view that is zoomed in elsewhere is moved to the place of a click.
func TestAClickIsSeenInAViewThatIsZoomedIn(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"}), nil)
	l.g.Place(1, l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"}), nil)
	l.rest()
	l.g.SetView(1, annotations.View{Slice: 12, Zoom: 8, PanX: -3, PanY: -3})
	l.g.SetMode(ModeCross)
	l.click(80, 300)
	l.rest()
	c := l.g.cells[1]
	if s, ok := l.g.sightOf(c); !ok || !c.sees(s.at) || l.g.View(1).Zoom != 8 {
		t.Errorf("the cross at %+v is not on screen under %+v", s, l.g.View(1))
	}
}

// While a tool is in hand, linked views stay where they are: they may be the ones that are drawn on.
func TestTheCrosshairKeepsStillWhileAToolAims(t *testing.T) {
	for _, drawing := range []bool{false, true} {
		r := &recorder{drawing: drawing}
		l := newLab(t, fyne.NewSize(800, 400), func(c *Config) { c.Annotator = r })
		l.g.SetLayout(Layout1x2)
		l.g.Place(0, l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"}), nil)
		l.g.Place(1, l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"}), nil)
		l.rest()
		l.g.SetMode(ModeCross)
		l.g.SetMode(ModeTool)
		for _, held := range []fyne.KeyModifier{0, fyne.KeyModifierShift} {
			l.held = held
			l.move(0, 120, 80)
			l.move(0, 140, 90)
			if l.g.View(1).Slice != 12 || len(l.g.crosses) != 0 {
				t.Errorf("drawing %v, modifier %v: the other view goes to slice %d", drawing, held, l.g.View(1).Slice)
			}
		}
		l.held = 0
	}
}
