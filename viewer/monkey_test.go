package viewer

import (
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
)

// Whatever is done in whatever order, nothing panics, the active cell is on screen, every slice exists, and what is on screen in the end is
// what the view says.
func TestAnyOrderOfCommandsAndInput(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		rec := &recorder{}
		l := newLab(t, fyne.NewSize(900, 700), func(c *Config) { c.Annotator = rec })
		items := []Item{
			l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"}),
			l.stack(made{uid: "B", n: 11, first: 28, spacing: -5.5, plane: "SAG", ref: "F", rows: 64, columns: 80, pixel: 1.7}),
			l.stack(made{uid: "C", n: 9, first: -10, spacing: 3, plane: "AX", ref: "F", tilt: true}),
			l.stack(made{uid: "P", n: 15, first: 400, spacing: 3, plane: "SAG", ref: "H", rows: 90, columns: 70, pixel: 0.8}),
			l.stack(made{uid: "D", n: 1, modality: "DX", view: "FLEXION"}),
			l.stack(made{uid: "E", n: 1, modality: "DX", view: "EXTENSION"}),
			l.stack(made{uid: "G", n: 5, modality: "US", clip: true, paint: func(i int) (*dicomio.Frame, error) {
				if i%2 == 1 {
					return nil, errors.New("broken")
				}
				return &dicomio.Frame{Rows: 30, Columns: 40, RGB: make([]byte, 3600)}, nil
			}}),
			{Stack: &dicomio.Stack{}},
			{Stack: &dicomio.Stack{Slices: []dicomio.Slice{{}}}},
		}
		g := l.g
		g.SetItems(items)
		pos := func() (x, y float32) { return float32(r.IntN(940) - 20), float32(r.IntN(740) - 20) }
		buttons := []desktop.MouseButton{left, middle, right}
		views := []annotations.View{{}, {Slice: -5}, {Slice: 1000, Zoom: math.Inf(1)}, {Center: math.NaN(), Width: 1}, {Width: math.Inf(1)}, {Turn: 7, PanX: 1e9}, {Zoom: math.NaN(), Preset: "x"}}
		ops := []func(){
			func() { g.SetLayout(Layout{Rows: r.IntN(5), Columns: r.IntN(5), Lead: Lead(r.IntN(3))}) },
			func() { g.Place(r.IntN(5)-1, items[r.IntN(len(items))], nil) },
			func() { v := views[r.IntN(len(views))]; g.Place(r.IntN(4), items[r.IntN(len(items))], &v) },
			func() { g.Place(0, Item{}, nil) },
			func() { g.Clear(r.IntN(5) - 1) },
			func() { g.SetActive(r.IntN(6) - 1) },
			func() { g.NextCell(r.IntN(5) - 2) },
			func() { g.ToggleSingle() },
			func() { g.SetView(r.IntN(5)-1, views[r.IntN(len(views))]) },
			func() { g.NextSlice(r.IntN(60) - 30) },
			func() { g.NextSeries(r.IntN(5) - 2) },
			func() { g.CanTile(); g.SetTiled(!g.Tiled()) },
			func() { g.Put(r.IntN(5)-1, items[r.IntN(len(items))]) },
			func() { g.Swap(r.IntN(5)-1, r.IntN(5)-1); g.SwapNext() },
			func() { g.SetCaption(r.IntN(5)-1, "c"); g.SetMissing(r.IntN(5)-1, "m") },
			func() { g.Home() },
			func() { g.End() },
			func() { g.Invert(); g.Rotate(r.IntN(9) - 4); g.Flip() },
			func() { g.ResetView() },
			func() { g.AutoWindow() },
			func() { g.Presets(); g.Preset(r.IntN(12) - 1) },
			func() { g.SetWindow(r.NormFloat64()*100, r.NormFloat64()*100) },
			func() { g.ZoomBy(r.NormFloat64()); g.OneToOne() },
			func() { g.CineToggle() },
			func() {
				if n := g.cine; n != nil {
					n.timer.Stop()
					g.tick(n, n.due)
				}
			},
			func() { g.CycleOverlay() },
			func() { l := Links(1 << r.IntN(4)); g.Link(l, !g.Linked(l)) },
			func() { g.CanLinkByHand(); g.LinkByHand() },
			func() { g.LinkedByHand(); g.UnlinkByHand() },
			func() { g.Localiser(!g.LocaliserShown()) },
			func() { g.Escape() },
			func() { g.RefreshMarks(); g.Relabel() },
			func() { g.Snapshot(r.IntN(4)-1, image.Pt(r.IntN(300)-10, r.IntN(300)-10)) },
			func() { g.SetMode(Mode(r.IntN(8))) },
			func() { g.RegionOnce() },
			func() { g.WindowVisible(); g.PresetShown(); g.AutomaticShown() },
			func() { g.ToggleSigmoid(); g.Sigmoid() },
			func() { g.MatchWindows() },
			func() { g.Magnifier(!g.MagnifierShown()) },
			func() { g.SetScreen(float64(r.IntN(9)), 1); g.TrueSize() },
			func() {
				c := Chords()[r.IntN(len(Chords()))]
				g.SetMouse(Mouse{Bindings: g.mouse.Bindings.With(c, c.Actions()[r.IntN(len(c.Actions()))])})
			},
			func() { g.SetItems(items[:r.IntN(len(items)+1)]) },
			func() { g.SetItems(items) },
			func() { g.ShowImage(annotations.ImageRef{SOPInstanceUID: "A.7", Frame: 1}) },
			func() { g.ShowImage(annotations.ImageRef{SOPInstanceUID: "G.0", Frame: 1 + r.IntN(6)}) },
			func() { l.held = fyne.KeyModifier(r.IntN(8)) },
			func() { rec.take = !rec.take },
			func() { rec.drawing = !rec.drawing },
			func() { x, y := pos(); l.down(buttons[r.IntN(3)], x, y) },
			func() { x, y := pos(); l.up(buttons[r.IntN(3)], x, y) },
			func() { x, y := pos(); l.move(buttons[r.IntN(3)], x, y) },
			func() { x, y := pos(); l.move(0, x, y) },
			func() { x, y := pos(); g.Dragged(&fyne.DragEvent{PointEvent: at(x, y)}) },
			func() { g.DragEnd() },
			func() { g.MouseOut() },
			func() { x, y := pos(); l.scroll(x, y, float32(r.NormFloat64()*20)) },
			func() { x, y := pos(); l.click(x, y); l.click(x, y) },
			func() { l.w.Resize(fyne.NewSize(float32(200+r.IntN(800)), float32(150+r.IntN(700)))) },
			func() {
				for _, c := range g.shown() {
					c.paint(10, 10)
				}
			},
			func() {
				for range r.IntN(20) {
					select {
					case f := <-l.queue:
						f()
					default:
					}
				}
			},
		}
		for range 1500 {
			ops[r.IntN(len(ops))]()
			if g.Active() < 0 || g.Active() >= g.Cells() || len(g.cells) < g.Cells() {
				t.Fatalf("seed %d: view %d of %d is active", seed, g.Active(), g.Cells())
			}
			for i, c := range g.shown() {
				if c.series == nil {
					continue
				}
				if n := len(c.series.item.Stack.Slices); c.view.Slice < 0 || c.view.Slice > max(n-1, 0) {
					t.Fatalf("seed %d: view %d shows slice %d of %d", seed, i, c.view.Slice, n)
				}
			}
		}
		g.cine.stop()
		g.cine = nil
		g.abandon(nil)
		l.rest()
		for i, c := range g.shown() {
			if c.series == nil || len(c.series.item.Stack.Slices) == 0 || c.failure != nil {
				continue
			}
			if c.picture == nil || c.slice != c.view.Slice {
				t.Errorf("seed %d: view %d shows slice %d instead of %d", seed, i, c.slice, c.view.Slice)
			}
			if f, uid := c.picture.frame, c.series.item.Info.SeriesUID; uid == "A" && int(f.Values[0]) != 100*c.view.Slice {
				t.Errorf("seed %d: view %d shows another image than slice %d", seed, i, c.view.Slice)
			}
			c.paint(100, 100)
		}
	}
}
