package viewer

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
)

// BenchmarkWindowChange is what Fyne's goroutine does for one step of a window drag in a view of 1000 x 1000 pixels, with all that is
// written on it. BenchmarkNewGeometry is the same with another zoom each time.
func BenchmarkWindowChange(b *testing.B) {
	for _, side := range []int{512, 3000} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			c := benchCell(b, side)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.view.Width, c.view.Center = 500+float64(i%100), 1000
				c.paint(1000, 1000)
			}
		})
	}
}

func BenchmarkNewGeometry(b *testing.B) {
	for _, side := range []int{512, 3000} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			c := benchCell(b, side)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.view.Zoom = 1 + float64(i%100)/100
				c.paint(1000, 1000)
			}
		})
	}
}

func benchCell(b *testing.B, side int) *cell {
	l := newLab(b, fyne.NewSize(1000, 1000))
	it := l.stack(made{uid: "A", n: 1, plane: "SAG", ref: "F", rows: side, columns: side,
		paint: func(int) (*dicomio.Frame, error) { return ramp(side, side, 0), nil }})
	l.g.Place(0, it, &annotations.View{})
	l.rest()
	c := l.g.cells[0]
	c.paint(1000, 1000)
	return c
}
