//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Colours of what the views paint, and the panels' widths at scale 1.
var (
	activeBorder = color.NRGBA{86, 168, 236, 255}
	overlayText  = color.NRGBA{232, 236, 240, 255}
)

const (
	leftPanel  = 232
	rightPanel = 286
)

// earlier copies a phantom as of two years before: the same patient, other studies.
func earlier(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.Walk(from, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || filepath.Ext(path) != ".dcm" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, change := range [][2]string{{"20260112", "20240301"}, {"20260115", "20240305"}, {"2.25.", "2.24."}} { // of equal length, so that the file stays whole
			data = bytes.ReplaceAll(data, []byte(change[0]), []byte(change[1]))
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		path = filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// active is the frame of the active view, of several: where its border's longest upright lines stand.
func (d *desk) active(img *image.RGBA) image.Rectangle {
	d.t.Helper()
	var out image.Rectangle
	most := 100
	for x := leftPanel; x < d.width-rightPanel+2; x++ {
		from := -1
		for y := 50; y < d.height; y++ {
			on := coloured(img, image.Rect(x, y, x+1, y+1), activeBorder, 2) == 1
			if on && from < 0 {
				from = y
			}
			if (!on || y == d.height-1) && from >= 0 {
				switch n := y - from; {
				case n > most+4:
					out, most = image.Rect(x, from, x+1, y), n
				case n > most-4 && n > 100:
					out = out.Union(image.Rect(x, from, x+1, y))
				}
				from = -1
			}
		}
	}
	return out
}

// views cuts the area of the pictures as layouts are defined: rows and columns of equal size, a large view has six tenths.
func views(area image.Rectangle, rows, columns int, lead string) (all []image.Rectangle) {
	cut := func(r image.Rectangle, rows, columns int) {
		for row := range rows {
			for column := range columns {
				all = append(all, image.Rect(r.Min.X+r.Dx()*column/columns, r.Min.Y+r.Dy()*row/rows, r.Min.X+r.Dx()*(column+1)/columns, r.Min.Y+r.Dy()*(row+1)/rows))
			}
		}
	}
	switch lead {
	case "left":
		x := area.Min.X + area.Dx()*6/10
		all = append(all, image.Rect(area.Min.X, area.Min.Y, x, area.Max.Y))
		cut(image.Rect(x, area.Min.Y, area.Max.X, area.Max.Y), rows, columns)
	case "top":
		y := area.Min.Y + area.Dy()*6/10
		all = append(all, image.Rect(area.Min.X, area.Min.Y, area.Max.X, y))
		cut(image.Rect(area.Min.X, y, area.Max.X, area.Max.Y), rows, columns)
	default:
		cut(area, rows, columns)
	}
	return all
}

// shows holds that each view has a picture, and who it is at its upper left, where nothing else is written.
func (d *desk) shows(what string, img *image.RGBA, all []image.Rectangle) {
	d.t.Helper()
	for i, r := range all {
		inner := r.Inset(4)
		if bright(img, inner) < 0.12 {
			d.t.Errorf("%s: view %d of %d shows no picture (%.2f)", what, i+1, len(all), bright(img, inner))
		}
		name := image.Rect(r.Min.X+4, r.Min.Y+4, r.Min.X+80, r.Min.Y+22)
		if n := coloured(img, name, overlayText, 60); n < 40 {
			d.t.Errorf("%s: view %d of %d does not say who it is (%d)", what, i+1, len(all), n)
		}
	}
}

// Each layout and each hanging protocol that Rachis brings, in both languages, on a laptop, and one pass on a workstation. All pictures are kept to
// be looked at.
func TestE2ELayouts(t *testing.T) {
	maker := newDesk(t, 640, 480)
	now, then := filepath.Join(maker.home, "now"), filepath.Join(maker.home, "then")
	maker.rachis("phantom", "-o", now)
	earlier(t, now, then)
	pair := filepath.Join(maker.home, "pair") // without STIR and films
	for _, name := range []string{"T1", "T2"} {
		if err := os.MkdirAll(pair, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(now, "MR", name), filepath.Join(pair, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		width, height int
		language      string
		all           bool // layouts too
	}{{1366, 768, "fr", true}, {1366, 768, "en", true}, {1920, 1080, "fr", false}} {
		t.Run(fmt.Sprintf("%dx%d-%s", c.width, c.height, c.language), func(t *testing.T) {
			d := newDesk(t, c.width, c.height)
			d.prefer(fmt.Sprintf(`{"language":%q,"reviewer":"Dr Test"}`, c.language))
			a := d.open(now, then)
			whole := image.Rect(leftPanel, 60, c.width-rightPanel, c.height-32)
			d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
			away := func() { d.move(c.width/2, c.height-6) }
			away()
			area := d.area(whole)

			// The protocols, by their keys.
			for _, p := range []struct {
				key, name string
				columns   int
			}{{"F2", "modic", 3}, {"F3", "instability", 2}, {"F4", "disc", 2}, {"F5", "prior-mr", 2}, {"F6", "prior-film", 2}} {
				a.key(p.key)
				d.rest(whole)
				d.shows(p.name, d.picture("1-"+p.name), views(area, 1, p.columns, ""))
			}
			if !c.all {
				return
			}
			d.swap(a, area, whole)
			d.layouts(a, area, whole, away)

			// A protocol without its series says so where it would be, and in the status bar; one that finds nothing, in a dialog.
			a.kill()
			a = d.open(pair)
			d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
			a.key("F2")
			d.rest(whole)
			img := d.picture("4-modic-without-stir")
			three := views(area, 1, 3, "")
			d.shows("T1 and T2", img, three[:2])
			if n := coloured(img, image.Rect(three[2].Min.X+10, centre(three[2]).Y-40, three[2].Max.X-10, centre(three[2]).Y+40), overlayText, 60); n < 100 || bright(img, three[2].Inset(4)) > 0.1 {
				t.Errorf("the view without STIR does not say why (%d)", n)
			}
			a.key("F3")
			d.until("the dialog that says why", 20*time.Second, func() bool { return changed(img, d.look(), whole) > 0.3 })
			d.rest(whole)
			d.picture("5-instability-without-films")
		})
	}
}

// The real study, its identity kept off the screen: the protocol that fires on its own, one without films, and an axial series tiled.
func TestE2ELayoutsOfARealStudy(t *testing.T) {
	study := lumbar(t)
	d := newDesk(t, 1366, 768)
	d.prefer(`{"language":"fr","identity.hidden":true}`)
	a := d.open(study)
	whole := image.Rect(leftPanel, 60, 1366-rightPanel, 768-32)
	d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
	d.move(683, 762)
	d.rest(whole)
	a.key("F4")
	area := d.frames(d.rest(whole), whole)
	d.rest(whole)
	d.shows("disc", d.picture("1-disc"), views(area, 1, 2, ""))
	a.key("F2")
	d.rest(whole)
	d.shows("T1 and T2", d.picture("2-modic"), views(area, 1, 3, "")[:2])
	a.key("shift+s", "Home")
	d.rest(whole)
	d.shows("tiled", d.picture("3-tiled"), views(area, 1, 3, ""))
}

// frames is where two views lie that are on screen, the first of them active.
func (d *desk) frames(first *image.RGBA, whole image.Rectangle) image.Rectangle {
	d.t.Helper()
	left := d.active(first)
	d.key("Tab")
	right := d.active(d.rest(whole))
	d.key("Tab")
	if left.Empty() || right.Empty() || left.Min.X >= right.Min.X {
		d.t.Fatalf("the views lie at %v and %v", left, right)
	}
	return left.Union(right)
}

// area is where all views lie: the first and the last of two side by side, by their borders.
func (d *desk) area(whole image.Rectangle) image.Rectangle {
	d.t.Helper()
	d.key("F3")
	var all image.Rectangle
	// The pictures come before what stands around them, which then gives the views their room.
	d.until("views that fill the room between the panels", 30*time.Second, func() bool {
		all = d.frames(d.rest(whole), whole)
		return all.Dx() >= whole.Dx()-8 && all.Dy() >= whole.Dy()-12
	})
	return all
}

// swap drags the first of three views by its name onto the last: they change places, each as it was.
func (d *desk) swap(a *app, area, whole image.Rectangle) {
	d.t.Helper()
	a.key("F2")
	before := d.rest(whole)
	three := views(area, 1, 3, "")
	from, to := centre(three[0]), centre(three[2])
	d.drag(1, three[0].Min.X+40, three[0].Min.Y+13, to.X, to.Y)
	d.move(d.width/2, d.height-6)
	d.rest(whole)
	after := d.picture("2-swapped")
	// The middle of the pictures, without borders and texts; the widths may differ by a pixel, and the phantom moves by a half of it.
	same := 0
	const side = 60
	for _, shift := range []int{-1, 0, 1} {
		a, b := image.Pt(from.X-side/2, from.Y-side/2), image.Pt(to.X-side/2+shift, to.Y-side/2)
		if distance(before, after, a, b, side) < 12 && distance(before, after, b, a, side) < 12 {
			same++
		}
	}
	if same == 0 {
		d.t.Error("the first and the last view have not changed places")
	}
	d.shows("swapped", after, three)
}

// rest is settle for what comes to rest sooner, without a cursor that blinks.
func (d *desk) rest(within image.Rectangle) *image.RGBA {
	d.t.Helper()
	last := d.look()
	for end := time.Now().Add(30 * time.Second); ; {
		time.Sleep(150 * time.Millisecond)
		now := d.look()
		if changed(last, now, within) == 0 {
			return now
		}
		if last = now; time.Now().After(end) {
			d.t.Fatalf("the display does not come to rest within %v", within)
		}
	}
}

// distance is the mean difference of two squares of two pictures, in grey levels.
func distance(a, b *image.RGBA, p, q image.Point, side int) float64 {
	sum := 0.0
	for y := range side {
		for x := range side {
			r0, _, _, _ := a.At(p.X+x, p.Y+y).RGBA()
			r1, _, _, _ := b.At(q.X+x, q.Y+y).RGBA()
			sum += float64(max(int(r0>>8)-int(r1>>8), int(r1>>8)-int(r0>>8)))
		}
	}
	return sum / float64(side*side)
}

// layouts goes through every layout with a tiled series, by the picker and the keyboard as a reader would, and keeps the last as a protocol.
func (d *desk) layouts(a *app, area, whole image.Rectangle, away func()) {
	d.t.Helper()
	// From the layout that there is, by the arrow keys; where it stays the same, once there and back.
	nowRows, nowColumns := 1, 3
	pick := func(rows, columns int) {
		before := d.look()
		a.key("shift+l")
		d.until("the picker", 20*time.Second, func() bool { return changed(before, d.look(), whole) > 0.01 })
		for ; nowRows < rows; nowRows++ {
			a.key("Down")
		}
		for ; nowRows > rows; nowRows-- {
			a.key("Up")
		}
		for ; nowColumns < columns; nowColumns++ {
			a.key("Right")
		}
		for ; nowColumns > columns; nowColumns-- {
			a.key("Left")
		}
		if rows == 3 && columns == 2 {
			d.picture("3-picker")
		}
		a.key("Return")
	}
	a.key("F2")
	d.rest(whole)
	a.key("shift+s") // T1, of 15 images
	d.rest(whole)
	for rows := 1; rows <= 4; rows++ {
		for i := range 4 {
			columns := i + 1
			if rows%2 == 0 { // there and back, so that no two are the same
				columns = 4 - i
			}
			pick(rows, columns)
			a.key("Home") // so that no view lies behind the last image
			d.rest(whole)
			name := fmt.Sprintf("3-tiled-%dx%d", rows, columns)
			all := views(area, rows, columns, "")
			d.shows(name, d.picture(name), all[:min(len(all), 15)])
		}
	}
	pick(2, 2)
	first := d.rest(whole)
	d.wheel(centre(area).X-20, centre(area).Y-20, 1)
	away()
	if changed(first, d.rest(whole), whole) < 0.1 {
		d.t.Error("the wheel does not scroll a tiled series")
	}
	a.key("shift+s") // as it was before
	d.rest(whole)
	d.shows("untiled", d.picture("3-untiled"), views(area, 1, 3, ""))

	// The layouts with a large view, from the palette.
	for _, l := range []struct {
		words, lead   string
		rows, columns int
		fill          int
	}{{"1and2", "left", 2, 1, 3}, {"1over2", "top", 1, 2, 3}, {"1and3", "left", 3, 1, 3}, {"1over3", "top", 1, 3, 3}} {
		words := map[string]map[string]string{"fr": {"1and2": "grande vue et deux", "1over2": "grande vue au-dessus de deux", "1and3": "grande vue et trois", "1over3": "grande vue au-dessus de trois"},
			"en": {"1and2": "large view and two", "1over2": "large view above two", "1and3": "large view and three", "1over3": "large view above three"}}[d.language()][l.words]
		d.command(a, whole, words)
		d.rest(whole)
		all := views(area, l.rows, l.columns, l.lead)
		d.shows(l.words, d.picture("3-large-"+l.words), all[:l.fill])
	}

	// It is kept as a protocol, which then has a key.
	plain := d.command(a, whole, map[string]string{"fr": "enregistrer cette disposition", "en": "save this layout"}[d.language()])
	d.until("the question for a name", 20*time.Second, func() bool { return changed(plain, d.look(), whole) > 0.5 }) // all else is dimmed
	time.Sleep(700 * time.Millisecond)                                                                               // the field takes the focus
	d.write("Ours")
	d.picture("3-save")
	a.key("Return")
	kept := filepath.Join(d.home, "fyne", "org.rachis.viewer", "hanging-protocols", "ours.json")
	d.until("the file of the protocol", 20*time.Second, func() bool { _, err := os.Stat(kept); return err == nil })
	a.key("F3")
	d.rest(whole)
	a.key("F7")
	d.rest(whole)
	d.shows("the protocol that was kept", d.picture("3-kept"), views(area, 1, 3, "top")[:3])
	plain = d.command(a, whole, map[string]string{"fr": "protocoles d", "en": "hanging protocols"}[d.language()])
	d.until("the list of protocols", 20*time.Second, func() bool { return changed(plain, d.look(), whole) > 0.5 })
	d.rest(whole)
	d.picture("3-list")
	a.key("Escape")
	d.rest(whole)
}

// command runs a command by its name, out of the palette, and returns what the display showed before.
func (d *desk) command(a *app, whole image.Rectangle, words string) *image.RGBA {
	d.t.Helper()
	before := d.rest(whole)
	a.key("ctrl+k")
	d.until("the palette", 20*time.Second, func() bool { return changed(before, d.look(), whole) > 0.5 })
	time.Sleep(500 * time.Millisecond) // the field takes the focus
	d.write(words)
	time.Sleep(300 * time.Millisecond)
	listed := d.look()
	a.key("Return")
	d.until("the end of the palette", 20*time.Second, func() bool { return changed(listed, d.look(), whole) > 0.05 }) // a dialog may take its place
	return before
}

// language is that of the desk's preferences.
func (d *desk) language() string {
	data, err := os.ReadFile(filepath.Join(d.home, "fyne", "org.rachis.viewer", "preferences.json"))
	if err == nil && bytes.Contains(data, []byte(`"fr"`)) {
		return "fr"
	}
	return "en"
}
