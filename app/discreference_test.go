package app

import (
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// A reference disc that was marked together with the disc, and is not measured itself, is named in the profile; choosing it again changes nothing.
func TestReferenceMarkedWithTheDiscIsNamed(t *testing.T) {
	w, settle := gridWindow(t, "en")
	c := w.activeCase()
	a := finding("L4-L5", "")
	a.Kind, a.Endplate = annotations.DiscHeight, ""
	corners := []space.Pixel{{Col: 10, Row: 10}, {Col: 30, Row: 10}, {Col: 30, Row: 20}, {Col: 10, Row: 20}, {Col: 10, Row: 24}, {Col: 30, Row: 24}, {Col: 30, Row: 34}, {Col: 10, Row: 34}}
	named := func(upper, lower string) (names []string) {
		for _, v := range []string{upper, lower} {
			for _, n := range []string{"SA", "SP", "IP", "IA"} {
				names = append(names, v+"."+n)
			}
		}
		return names
	}
	image := a.Marks[0].Image
	a.Marks = []annotations.Mark{{Role: annotations.RoleDisc, Image: image, Names: named("L4", "L5"), Points: corners},
		{Role: annotations.RoleReferenceDisc, Image: image, Names: named("L3", "L4"), Points: corners}}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the finding is not kept")
	}
	w.table.Run("disc.profile")
	settle()
	if w.discs.reference.Selected != "L3-L4" {
		t.Errorf("the reference is said to be %q", w.discs.reference.Selected)
	}
	w.discs.setReference("L3-L4")
	settle()
	if now, _ := c.doc.Find(a.UID); len(now.Marks) != 2 {
		t.Error("choosing the reference again took it away")
	}
	w.discs.setReference("")
	settle()
	if now, _ := c.doc.Find(a.UID); len(now.Marks) != 1 || w.discs.reference.Selected != w.text.T("profile.reference.no") {
		t.Errorf("%d marks without a reference, %q", len(now.Marks), w.discs.reference.Selected)
	}
}
