package viewer

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
)

func TestLocaliserLine(t *testing.T) {
	l := newLab(t, fyne.NewSize(800, 400))
	sag := l.stack(made{uid: "A", n: 21, first: -40, spacing: 4, plane: "SAG", ref: "F"})
	ax := l.stack(made{uid: "X", n: 25, first: -48, spacing: 4, plane: "AX", ref: "F"})
	l.g.SetLayout(Layout1x2)
	l.g.Place(0, sag, nil)
	l.g.Place(1, ax, nil)
	l.g.SetView(0, annotations.View{Slice: 12}) // 8 mm to the left
	l.rest()
	line, ok := l.g.localiserOn(l.g.cells[1])
	if !ok || math.Abs(line.From.Col-58) > 0.01 || math.Abs(line.To.Col-58) > 0.01 || line.Dashed {
		t.Errorf("the line is %+v, want column 58", line)
	}
	if _, ok := l.g.localiserOn(l.g.cells[0]); ok {
		t.Error("the active view has a line of its own")
	}
	l.g.Localiser(false)
	if _, ok := l.g.localiserOn(l.g.cells[1]); ok || l.g.LocaliserShown() {
		t.Error("the line is there when it is off")
	}
}
