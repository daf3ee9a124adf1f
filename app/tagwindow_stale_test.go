package app

import (
	"strings"
	"testing"
)

// From the moment that the title names another image, or identity is hidden, nothing of the header before stands in the tag window or can be copied;
// the element that was looked at is chosen again when the new header is there.
func TestTagWindowShowsNoHeaderOfBefore(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	w.table.Run("tags")
	settle()
	b := w.tags
	choose := func() string {
		t.Helper()
		b.search.SetText("patientname")
		settle()
		if len(b.shown) != 1 {
			t.Fatalf("the search finds\n%s", b.text())
		}
		b.list.Select(0)
		if len(b.value.Text) < 3 || b.copy.Disabled() {
			t.Fatalf("the value chosen is %q", b.value.Text)
		}
		return b.value.Text
	}
	empty := func(when string) {
		t.Helper()
		w.app.Clipboard().SetContent("before")
		b.copyValue()
		if len(b.shown) != 0 || b.read.a != nil || b.value.Text != "" || !b.copy.Disabled() || w.app.Clipboard().Content() != "before" {
			t.Errorf("%s: the list has %d lines, the value is %q, copying gives %q", when, len(b.shown), b.value.Text, w.app.Clipboard().Content())
		}
		if b.state.Text != w.text.T("tags.reading") {
			t.Errorf("%s: it says %q", when, b.state.Text)
		}
	}
	name := choose()
	title := b.title.Text
	w.grid.NextSlice(1)
	b.follow()
	if b.title.Text == title {
		t.Fatal("the title does not follow")
	}
	empty("on the next image")
	w.grid.NextSlice(1)
	b.follow() // and another one before the first was read
	settle()
	if b.value.Text != name || b.chosen != 0 {
		t.Errorf("the element that was looked at is not chosen again: %q", b.value.Text)
	}
	w.toggleIdentity()
	empty("with identity hidden")
	settle()
	if len(b.shown) == 0 || strings.Contains(b.text()+b.value.Text, name) {
		t.Errorf("with identity hidden it lists\n%s", b.text())
	}
}
