package app

import (
	"testing"

	"rachis/cases"
	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// twoFrames is the study of a patient whose T1 and T2 have frames of reference of their own.
func twoFrames() *dicomio.Index {
	idx := study()
	for n, se := range idx.Patients[0].Studies[0].Series {
		k := se.Stacks[0]
		k.FrameOfReferenceUID, k.Spacing = []string{"1.2.9", "1.2.10"}[n], 4
		for i := range k.Slices {
			k.Slices[i].Plane = space.Plane{Origin: space.LPS{X: 4*float64(i) + 10*float64(n)}, Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
		}
	}
	return idx
}

// A link by hand is kept with the case of both examinations, also one that was set before there was a case; it is there when the case is opened
// again, and gone for good when it is taken away.
func TestLinksByHandAreKeptWithTheCase(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	open := func() {
		w.opened(source{paths: []string{"/nowhere"}, index: twoFrames()}, nil)
		w.setLayout(viewer.Layout1x2)
		for i := range 2 {
			w.grid.Place(i, w.session.items[i], nil)
		}
		w.grid.SetActive(0)
		settle()
	}
	links := func() []cases.HandLink {
		list, err := w.library.Cases()
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		c, err := w.library.Case(list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return c.HandLinks()
	}
	open()
	if !w.table.Run("link.hand") || !w.grid.LinkedByHand() {
		t.Fatal("the views are not linked")
	}
	c, err := w.ensureCase("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	got := links()
	want := cases.HandLink{A: "1.2.9", B: "1.2.10", Move: [3]float64{10, 0, 0}}
	if len(got) != 1 || got[0].A != want.A || got[0].B != want.B || got[0].Move != want.Move || got[0].Along == [3]float64{} {
		t.Fatalf("the case has the links %+v, want %+v along one direction", got, want)
	}
	n := 0
	audit, _ := w.library.Audit(c.id)
	for _, e := range audit {
		if e.Action == cases.ActionLink {
			n++
		}
	}
	w.keepLinks() // nothing new
	if after, _ := w.library.Audit(c.id); n != 1 || len(after) != len(audit) {
		t.Error("a link that is kept is written again")
	}

	// As after a start of the program: the grid knows nothing of it.
	w.closeAll()
	w.grid.SetActive(0)
	for range w.grid.Joints() {
		w.grid.Place(0, viewer.Item{Stack: twoFrames().Patients[0].Studies[0].Series[0].Stacks[0]}, nil)
		w.grid.UnlinkByHand()
	}
	if len(w.grid.Joints()) != 0 {
		t.Fatal("the grid still knows the link")
	}
	w.closeAll()
	open()
	if j := w.grid.Joints(); len(j) != 1 || keptLink(j[0]) != got[0] {
		t.Fatalf("the case is open again with the links %+v", j)
	}
	if !w.table.Run("link.hand.remove") || len(w.grid.Joints()) != 0 || len(links()) != 0 {
		t.Errorf("taken away, the link is still there: %+v", links())
	}
	w.closeAll()
	open()
	if w.grid.LinkedByHand() {
		t.Error("a link that was taken away comes back")
	}
}

// The switches of linking are as they were left.
func TestSwitchesOfLinkingAreKept(t *testing.T) {
	w, _ := openedWindow(t, "en")
	for _, l := range everyLink {
		if w.grid.Linked(l) != (usualLinks&l != 0) {
			t.Errorf("at first %v is %v", l, w.grid.Linked(l))
		}
	}
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.table.Run("link.pan")
	w.table.Run("link.window")
	for _, l := range everyLink {
		w.grid.Link(l, true)
	}
	w.applySwitches()
	if w.grid.Linked(viewer.LinkPan) || !w.grid.Linked(viewer.LinkWindow) || !w.grid.Linked(viewer.LinkScroll) {
		t.Error("the switches are not as they were left")
	}
}
