//go:build e2e

package e2e

import (
	"image"
	"path/filepath"
	"testing"
	"time"
)

// The list of windows (U) and the magnifier (Q), by keyboard and mouse: each does what it says where it is, and is gone without a trace.
func TestE2EReading(t *testing.T) {
	d := newDesk(t, 1366, 768)
	d.prefer(`{"language":"fr","reviewer":"Dr Test"}`)
	dir, _ := d.phantom()
	a := d.open(filepath.Join(dir, "MR"))
	whole := image.Rect(leftPanel, 60, 1366-rightPanel, 768-32)
	d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
	away := func() { d.move(683, 762) }
	away()
	a.key("F2")
	plain := d.rest(whole)
	d.until("three views", 30*time.Second, func() bool { plain = d.rest(whole); return d.active(plain).Dx() < 300 })
	first := d.active(plain)
	rest := image.Rect(first.Max.X+3, whole.Min.Y, whole.Max.X, whole.Max.Y)

	a.key("u")
	d.until("the list of windows", 20*time.Second, func() bool { return changed(plain, d.look(), whole) > 0.02 })
	d.rest(whole)
	d.picture("1-windows")
	a.key("Down", "Down", "Down", "Return")
	d.until("the end of the list", 20*time.Second, func() bool { return changed(plain, d.look(), rest) == 0 })
	windowed := d.rest(whole)
	d.picture("2-window")
	if changed(plain, windowed, first) < 0.1 {
		t.Error("the window that was chosen does not show")
	}
	a.key("0")
	d.until("the automatic window again", 20*time.Second, func() bool { return changed(plain, d.look(), first) < 0.01 })

	at := centre(first)
	d.move(at.X, at.Y)
	still := d.rest(whole)
	a.key("q")
	glass := image.Rect(at.X-60, at.Y-60, at.X+60, at.Y+60)
	d.until("the magnifier", 20*time.Second, func() bool { return changed(still, d.look(), glass) > 0.3 })
	d.rest(whole)
	magnified := d.picture("3-magnifier")
	if changed(still, magnified, image.Rect(first.Min.X+4, first.Min.Y+160, first.Max.X-4, at.Y-130)) > 0 {
		t.Error("the magnifier changes what lies around it")
	}
	d.move(at.X, at.Y+80)
	d.until("the magnifier under the pointer", 20*time.Second, func() bool { return changed(magnified, d.look(), glass.Add(image.Pt(0, 80))) > 0.3 })
	a.key("Escape")
	away()
	d.until("the picture as it was", 20*time.Second, func() bool { return changed(plain, d.look(), whole) < 0.001 })
}
