package viewer

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// meterView shows what the meter measures in the lower right corner of the grid. It is no part of any cell's picture, so that it does not disturb what is
// measured, and it changes twice a second at most, within an event of which a repaint follows anyhow.
type meterView struct {
	back  *canvas.Rectangle
	lines [4]*canvas.Text
}

// meterRecent is of how much time the meter shows the frames.
const meterRecent = 2 * time.Second

// ShowMeter says whether frame times are shown over the pictures.
func (g *Grid) ShowMeter(on bool) {
	if on == g.MeterShown() {
		return
	}
	main := g.boards[0]
	main.over, g.meter.tell = nil, nil
	if on {
		v := &meterView{back: canvas.NewRectangle(color.NRGBA{A: 200})}
		for i := range v.lines {
			v.lines[i] = canvas.NewText("", colourMeter)
			v.lines[i].TextSize, v.lines[i].Alignment = 11, fyne.TextAlignTrailing
		}
		main.over, g.meter.tell = v, g.tellMeter
		g.tellMeter()
	}
	g.Refresh()
}

var colourMeter = color.NRGBA{200, 230, 160, 255}

// MeterShown reports whether they are.
func (g *Grid) MeterShown() bool { return g.boards[0].over != nil }

// tellMeter brings the lines up to date.
func (g *Grid) tellMeter() {
	m, v := g.meter, g.boards[0].over
	t := m.times(m.clock() - meterRecent)
	allocated := 0.0
	if n := m.painted - m.toldAt; m.toldAt > 0 && n > 0 {
		allocated = float64(m.allocated()-m.toldAlloc) / float64(n)
	}
	text, number := g.cfg.Text, g.cfg.Number
	ms := func(d time.Duration) string { return number(d.Seconds()*1000, 1) }
	for i, line := range [4]string{
		text("viewer.meter.own", ms(t.Own.P50), ms(t.Own.P95), ms(t.Own.Worst)),
		text("viewer.meter.gap", ms(t.Gap.P50), ms(t.Gap.P95), ms(t.Gap.Worst)),
		text("viewer.meter.frames", number(t.PerSecond, 0), t.Dropped, t.Queued),
		text("viewer.meter.allocations", number(allocated, 0)),
	} {
		v.lines[i].Text = line
		v.lines[i].Refresh()
	}
}

// count is how many objects there are, and on appends them to those that they are painted over.
func (v *meterView) count() int {
	if v == nil {
		return 0
	}
	return 1 + len(v.lines)
}

func (v *meterView) on(under []fyne.CanvasObject) []fyne.CanvasObject {
	if v == nil {
		return under
	}
	under = append(under, v.back)
	for _, l := range v.lines {
		under = append(under, l)
	}
	return under
}

// layout puts the lines into the lower right corner.
func (v *meterView) layout(size fyne.Size) {
	if v == nil {
		return
	}
	const width, height, edge = 300, 15, 6
	box := fyne.NewSize(min(width, size.Width), height*float32(len(v.lines))+edge)
	at := fyne.NewPos(size.Width-box.Width, size.Height-box.Height)
	v.back.Move(at)
	v.back.Resize(box)
	for i, l := range v.lines {
		l.Move(at.AddXY(edge, edge/2+height*float32(i)))
		l.Resize(fyne.NewSize(box.Width-2*edge, height))
	}
}
