package app

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/app/hanging"
)

// A protocol that comes with Rachis can be put away: it is in no menu, has no key and is not tried on opening, and the list brings it back. What the
// tools lay out by is still known. A copy of it under another name is the user's own.
func TestABuiltInProtocolIsHiddenAndCopied(t *testing.T) {
	w, settle := openedWindow(t, "en")
	w.hangings.dir = t.TempDir()
	w.hangingsChanged()
	w.prefs.SetString(prefHangDefault+"MR", "modic")
	w.hideHanging("modic", true)
	if _, ok := w.table.Find("hang.modic"); ok {
		t.Error("a hidden protocol is in the menu")
	}
	if got := w.prefs.String(prefHangDefault + "MR"); got != hangByOrder {
		t.Errorf("what is opened goes by the hidden protocol %q", got)
	}
	first := slices.IndexFunc(w.hangings.all, func(p hanging.Protocol) bool { return p.ID != "modic" })
	if c, ok := w.table.Find("hang." + w.hangings.all[first].ID); !ok || len(c.Keys) != 1 || c.Keys[0].Name != fyne.KeyF2 {
		t.Errorf("the first one that is shown has the keys %v", c.Keys)
	}
	if !slices.Contains(w.hangings.ids(), "modic") {
		t.Error("the list cannot bring it back")
	}
	w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20261101", sagT1, sagT2))}, nil)
	settle()
	if w.hungBy != nil && w.hungBy.result.Protocol.ID == "modic" {
		t.Error("it is tried on opening")
	}
	if !w.arrange("modic") {
		t.Error("the tools have lost their layout")
	}
	w.showHangings()
	w.closeModal()
	again, err := newWindow(w.app, nil, "en", 1, func(func()) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := again.table.Find("hang.modic"); ok {
		t.Error("it comes back with the next start")
	}
	again.back.stop(0)

	p, _ := w.hangings.find("modic")
	if !w.copyHangingAs(p, "Modic of our clinic") {
		t.Fatal("it is not copied")
	}
	copied, ok := w.hangings.find("modic-of-our-clinic")
	if c, listed := w.table.Find("hang.modic-of-our-clinic"); !ok || !listed || copied.Name.In("en") != "Modic of our clinic" || len(copied.Views) != len(p.Views) || c.ID == "" || w.hangings.paths[copied.ID] == "" {
		t.Errorf("the copy is %+v", copied)
	}
	w.hideHanging("modic", false)
	if _, ok := w.table.Find("hang.modic"); !ok {
		t.Error("it does not come back")
	}
}
