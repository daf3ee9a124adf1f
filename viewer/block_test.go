package viewer

import (
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// A click on a sagittal image brings the view of the axial series, which is of five blocks, to the block and the slice whose picture is nearest:
// as pydicom and numpy compute it.
func TestTheCrosshairFindsTheBlock(t *testing.T) {
	l, want := lumbar(t)
	var items []Item
	for i := range want.Stacks {
		it, _ := l.g.Item(i)
		items = append(items, it)
	}
	moved := 0
	l.g.cfg.OnBlock = func() { moved++ }
	l.g.SetItems(items)
	l.g.Link(LinkScroll, false)
	l.g.SetLayout(Layout1x2)
	l.g.SetMode(ModeCross)
	went := map[int]int{}
	for n, w := range want.Blocks {
		start := 2 + n%5 // from whichever block is on screen
		l.g.Place(0, items[w.On[0]], &annotations.View{Slice: w.On[1]})
		l.g.Place(1, items[start], &annotations.View{Slice: 0, Center: 500, Width: 700, Zoom: 2})
		l.arrive()
		moved = 0
		if !l.g.crossOn(l.g.cells[0], pixel(w.At)) {
			t.Fatalf("no cross at %v on stack %v", w.At, w.On)
		}
		it, _ := l.g.Item(1)
		v := l.g.View(1)
		_, missed := l.g.series[items[start].Stack].reaches(l.g.crosses[0].at)
		if missed == 0 && start != w.Stack { // blocks overlap: one that holds the place is not left
			if it.Stack != items[start].Stack {
				t.Errorf("%v of stack %v: block %d holds it and was left", w.At, w.On, start)
			}
			continue
		}
		if it.Stack != items[w.Stack].Stack || v.Slice != w.Slice {
			t.Errorf("%v of stack %v: the axial view shows slice %d of %v, want slice %d of block %d", w.At, w.On, v.Slice, it.Stack.Slices[0].Instance.InstanceNumber, w.Slice, w.Stack)
		}
		if v.Center != 500 || v.Width != 700 || v.Zoom != 2 {
			t.Errorf("window and zoom are lost: %+v", v)
		}
		if (moved == 1) != (start != w.Stack) {
			t.Errorf("from block %d to %d the app was told %d times", start, w.Stack, moved)
		}
		if s, ok := l.g.sightOf(l.g.cells[1]); l.g.cells[1].picture != nil && (!ok || (s.missed > 0) != (w.MM > items[w.Stack].Stack.Spacing/2+rounding)) && w.MM > 3 {
			t.Errorf("%v mm from the nearest picture the view says %+v", w.MM, s)
		}
		went[w.Stack]++
	}
	for b := 2; b < 7; b++ {
		if went[b] < 5 {
			t.Errorf("only %d places lead to block %d: %v", went[b], b, went)
		}
	}
}

// A view does not go to a block that another view shows, nor to another series, nor from a magnitude to a phase map; and computed planes have no
// blocks.
func TestBlocksStayApart(t *testing.T) {
	l := newLab(t, fyne.NewSize(900, 600))
	sag := l.stack(made{uid: "S", n: 3, first: 0, spacing: 4, plane: "SAG", ref: "F"})
	block := func(uid, series string, first float64) Item {
		it := l.stack(made{uid: uid, n: 3, first: first, spacing: 3, plane: "AX", ref: "F"})
		it.Info.SeriesUID = series
		return it
	}
	a, b := block("A", "AX", -40), block("B", "AX", 20)
	phase, foreign, computed := block("P", "AX", 20), block("X", "OTHER", 20), block("C", "AX", 20)
	phase.Stack.Split, computed.Info.Flags = "PHASE MAP", "computed"
	l.g.SetLayout(Layout{Rows: 1, Columns: 3})
	cross := func() {
		l.rest()
		if !l.g.crossOn(l.g.cells[0], space.Pixel{Col: 50, Row: 30.5}) { // 19.5 mm towards the head
			t.Fatal("no cross")
		}
	}
	shows := func(cell int) *Item { it, _ := l.g.Item(cell); return &it }
	for name, others := range map[string][]Item{"phase": {phase}, "foreign": {foreign}, "computed": {computed}} {
		l.g.SetItems(append([]Item{sag, a}, others...))
		l.g.Place(0, sag, nil)
		l.g.Place(1, a, nil)
		cross()
		if shows(1).Stack != a.Stack {
			t.Errorf("the view has gone to the %s stack", name)
		}
	}
	l.g.SetItems([]Item{sag, a, b})
	l.g.Place(2, b, nil)
	cross()
	if shows(1).Stack != a.Stack || shows(2).Stack != b.Stack {
		t.Error("two views show one block")
	}
	l.g.Clear(2)
	cross()
	if shows(1).Stack != b.Stack || l.g.View(1).Slice != 0 {
		t.Errorf("the view stays at slice %d", l.g.View(1).Slice)
	}
}
