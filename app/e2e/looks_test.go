//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"path/filepath"
	"testing"
	"time"
)

// The window on the demo case in both languages, both looks, on a laptop and on a workstation. The pictures are kept to be looked
// at; the test holds that every view shows its picture and that dialogs fit the display.
func TestE2ELooks(t *testing.T) {
	maker := newDesk(t, 640, 480)
	demo := filepath.Join(maker.home, "demo")
	maker.rachis("demo", "--headless", "-o", demo)
	for _, c := range []struct {
		width, height int
		language      string
		light         bool
	}{
		{1366, 768, "fr", false},
		{1366, 768, "en", true},
		{1920, 1080, "en", false},
		{1920, 1080, "fr", true},
	} {
		look := "dark"
		if c.light {
			look = "light"
		}
		t.Run(fmt.Sprintf("%dx%d-%s-%s", c.width, c.height, c.language, look), func(t *testing.T) {
			d := newDesk(t, c.width, c.height)
			d.prefer(fmt.Sprintf(`{"language":%q,"theme.light":%v,"reviewer":"Dr Test"}`, c.language, c.light))
			a := d.open("--library", filepath.Join(demo, "library"), filepath.Join(demo, "phantom"))
			middle := image.Rect(260, 150, c.width-310, c.height-80)
			d.until("pictures", 30*time.Second, func() bool { return bright(d.look(), middle) > 0.2 })
			d.settle(middle)
			d.picture("1-modic")
			a.key("y") // instability: flexion beside extension
			d.settle(middle)
			if bright(d.picture("2-instability"), middle) < 0.2 {
				t.Error("the films are not shown")
			}
			a.key("Escape")
			plain := d.settle(middle)
			for i, dialog := range []string{"F1", "ctrl+comma"} {
				a.key(dialog)
				d.until("the dialog of "+dialog, 20*time.Second, func() bool { return changed(plain, d.look(), middle) > 0.2 })
				time.Sleep(500 * time.Millisecond) // a cursor may blink in it
				d.picture(fmt.Sprintf("%d-dialog", 3+i))
				a.key("Escape")
				d.until("the end of the dialog of "+dialog, 20*time.Second, func() bool { return changed(plain, d.look(), middle) < 0.02 })
				d.settle(middle)
			}
		})
	}
}
