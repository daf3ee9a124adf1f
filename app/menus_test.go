package app

import (
	"testing"

	"rachis/app/lang"
)

// Each menu fits a laptop of 768 lines without scrolling, groups stand together, and what quits is there once, at the end of the first menu.
func TestMenusFitALaptop(t *testing.T) {
	const (
		line, rule = 33, 10 // of an item and of the line between groups, at 100 %
		room       = 768 - 30
	)
	for _, l := range lang.Languages {
		w, _ := openedWindow(t, l)
		for m, menu := range w.win.MainMenu().Items {
			height, quits := 0, 0
			for i, item := range menu.Items {
				if item.IsSeparator {
					height += rule
					if i == 0 || i == len(menu.Items)-1 || menu.Items[i-1].IsSeparator {
						t.Errorf("%s: a line with nothing on one side", menu.Label)
					}
					continue
				}
				height += line
				if item.IsQuit {
					quits++
					if m != 0 || i != len(menu.Items)-1 {
						t.Errorf("%s: what quits stands in place %d of %d", menu.Label, i, len(menu.Items))
					}
				}
			}
			if height > room {
				t.Errorf("in %s the menu %s needs %d of %d", l, menu.Label, height, room)
			}
			if want := map[bool]int{true: 1}[m == 0]; quits != want {
				t.Errorf("%s has %d items that quit", menu.Label, quits)
			}
		}
	}
}
