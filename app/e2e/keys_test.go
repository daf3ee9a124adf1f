//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A key and a button of the mouse are given to something else, in the lists that Rachis has for that: a key that another command has is refused in words,
// and what follows for the button is said. Both count at once, and after the next start.
func TestE2EKeysAndMouse(t *testing.T) {
	for _, c := range []struct {
		language string
		light    bool
	}{{"en", true}, {"fr", false}} {
		t.Run(c.language, func(t *testing.T) {
			d := newDesk(t, 1366, 768)
			d.prefer(fmt.Sprintf(`{"language":%q,"theme.light":%v,"reviewer":"Dr Test"}`, c.language, c.light))
			dir, _ := d.phantom()
			series := filepath.Join(dir, "MR", "T2")
			view := image.Rect(leftPanel+2, 62, 1366-rightPanel-2, 734)
			beside := image.Rect(0, 60, leftPanel, 708) // is dimmed while a dialog is open
			inside := image.Rect(470, 300, 900, 430)    // of a dialog
			preferred := func() string {
				b, _ := os.ReadFile(filepath.Join(d.home, "fyne", "org.rachis.viewer", "preferences.json"))
				return string(b)
			}
			opened := func() (*app, *image.RGBA) {
				a := d.open(series)
				d.until("the series", 60*time.Second, func() bool { return bright(d.look(), view) > 0.3 })
				d.move(683, 762)
				return a, d.rest(image.Rect(0, 60, 1366, 736))
			}
			dialog := func(what string, before *image.RGBA) *image.RGBA { // comes or goes, and all else is dimmed or not
				d.until(what, 30*time.Second, func() bool { return changed(before, d.look(), beside) > 0.5 })
				return d.rest(image.Rect(0, 60, 1366, 736))
			}
			a, plain := opened()

			// The mouse's own list, which has no key, gets one: W is that of windowing, Insert is free.
			a.key("F1")
			dialog("the list of keys", plain)
			d.picture("1-keys")
			listed := d.look()
			d.click(1071, 516)
			d.until("the question for a key", 20*time.Second, func() bool { return changed(listed, d.look(), view) > 0.2 })
			asked := d.rest(view)
			a.key("w")
			d.until("what speaks against W", 20*time.Second, func() bool { return changed(asked, d.look(), inside) > 0.01 })
			d.rest(view)
			d.picture("2-conflict")
			if p := preferred(); strings.Contains(p, `"W\"`) {
				t.Errorf("W was taken: %s", p)
			}
			a.key("Insert")
			d.until("the key among the preferences", 20*time.Second, func() bool { return strings.Contains(preferred(), "Insert") })
			listed = d.rest(view)
			a.key("Escape")
			plain = dialog("the end of the list", listed) // of keys

			// By its key the list of the mouse; the middle button, which moves the picture, zooms it.
			a.key("Insert")
			mouse := dialog("the list of the mouse", plain)
			d.picture("3-mouse")
			d.click(middleButton.X, middleButton.Y)
			d.until("what the middle button can do", 20*time.Second, func() bool { return changed(mouse, d.look(), image.Rect(233, 60, 1133, 736)) > 0.01 })
			a.key("Down", "Down", "Down", "Return")
			d.until("the button among the preferences", 20*time.Second, func() bool { return strings.Contains(preferred(), "mouse.bindings") })
			d.move(683, 762)
			d.rest(view)
			bound := d.picture("4-bound")
			d.click(683, 586) // the list has the focus, and takes Escape for itself
			d.move(683, 762)
			dialog("the end of the list", bound)

			// It zooms: the ruler becomes another, which moving the picture would leave.
			ruler := image.Rect(480, 700, 840, 734)
			zooms := func() {
				t.Helper()
				before := d.rest(view)
				d.drag(2, 620, 300, 620, 380)
				d.move(683, 762)
				d.until("another size of the picture", 20*time.Second, func() bool { return changed(before, d.look(), ruler) > 0.005 && changed(before, d.look(), view) > 0.05 })
			}
			zooms()
			d.picture("5-zoomed")
			kept := preferred()
			a.key("ctrl+q")
			a.command.Wait()

			a, _ = opened()
			if p := preferred(); !strings.Contains(p, "Insert") || !strings.Contains(p, "mouse.bindings") {
				t.Errorf("kept was %s, and is %s", kept, p)
			}
			zooms()
			plain = d.rest(image.Rect(0, 60, 1366, 736))
			a.key("Insert")
			again := dialog("the list of the mouse again", plain)
			d.picture("6-again")
			if changed(mouse, again, image.Rect(middleButton.X-60, middleButton.Y-10, middleButton.X+60, middleButton.Y+10)) < 0.01 {
				t.Error("the list of the mouse does not show what the button does now")
			}
		})
	}
}

// middleButton is the choice of what the middle button does alone, in the list of the mouse.
var middleButton = image.Pt(560, 270)
