package app

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"rachis/annotations"
)

// A finding that is chosen shows its level and its decision, wherever the panel was left at another; one that only changes stays where it is read.
func TestAnotherFindingIsShownFromItsTop(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	e := w.findings.editor
	first := annotations.Annotation{UID: "1", Kind: annotations.Modic, Level: "L4-L5"}
	e.show(first)
	e.scroll.Resize(fyne.NewSize(280, 120))
	e.scroll.ScrollToBottom()
	left := e.scroll.Offset
	if left.Y == 0 {
		t.Fatal("the panel cannot be scrolled")
	}
	first.Decision = "1"
	e.show(first)
	if e.scroll.Offset != left {
		t.Errorf("the same finding moved from %v to %v", left, e.scroll.Offset)
	}
	e.show(annotations.Annotation{UID: "2", Kind: annotations.Instability, Level: "L5-S1"})
	if e.scroll.Offset.Y != 0 {
		t.Errorf("another finding is shown from %v", e.scroll.Offset)
	}
}

// What a button does may take it away under the pointer: its hint does not stay behind on the picture.
func TestAHintGoesWithTheClick(t *testing.T) {
	w, _ := openedWindow(t, "en")
	done := 0
	b := newToolButton(nil, "Accept", "Accept the corners", w.hint, func() { done++ })
	b.MouseIn(&desktop.MouseEvent{})
	if !w.hints.text.Visible() {
		t.Fatal("no hint beside the button")
	}
	test.Tap(b)
	if w.hints.text.Visible() || w.hints.back.Visible() || done != 1 {
		t.Errorf("after the click the hint is shown: %v; done %d times", w.hints.text.Visible(), done)
	}
}

// The profile without a disc says nothing in the language of the toolkit.
func TestNoChoiceIsInAnotherLanguage(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	w.session.add(source{paths: []string{"/nowhere"}, index: study()})
	w.sessionChanged()
	w.discs.show()
	if !w.discs.on {
		t.Fatal("the profile is not shown")
	}
	if p := w.discs.series.PlaceHolder; strings.Contains(p, "Select") || p == "" {
		t.Errorf("an empty choice says %q", p)
	}
}
