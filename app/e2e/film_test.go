//go:build e2e

package e2e

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"testing"
	"time"
)

// value is a number of a finding; NaN where it has none of the name.
func (r record) value(name string) float64 {
	for _, v := range r.Values {
		if v.Name == name {
			return v.Value
		}
	}
	return math.NaN()
}

// places are the points of a finding in its marks of a role by their names, by their order in the mark where they have none.
func (r record) places(role string) (named map[string]point, all []point) {
	named = map[string]point{}
	for _, m := range r.Marks {
		if m.Role != role {
			continue
		}
		for i, p := range m.Points {
			all = append(all, point{p.Col, p.Row})
			if i < len(m.Names) {
				named[m.Names[i]] = point{p.Col, p.Row}
			}
		}
	}
	return named, all
}

// warned is the colour of what is said of a stale number, in the dark and in the light look.
var warned = map[bool]color.NRGBA{false: {236, 176, 64, 255}, true: {123, 78, 0, 255}}

// A film by hand: a length, then the film's own scale by a line of known length, by which the length is measured again; then the sagittal alignment of a
// standing patient, whose angles are those of plane geometry. Each is undone and made again, the power goes, and all is there.
func TestE2EFilm(t *testing.T) {
	for _, c := range []struct {
		width, height int
		language      string
		light         bool
		standing      image.Point // the button of the posture, in the bar of the tool
	}{{1366, 768, "fr", false, image.Pt(467, 76)}, {1920, 1080, "en", true, image.Pt(467, 76)}} {
		t.Run(fmt.Sprintf("%dx%d-%s", c.width, c.height, c.language), func(t *testing.T) {
			d := newDesk(t, c.width, c.height)
			d.prefer(fmt.Sprintf(`{"language":%q,"theme.light":%v,"reviewer":"Dr Test"}`, c.language, c.light))
			dir, truth := d.phantom()
			film := truth.Films["EXTENSION"]
			s := &spineStory{desk: d, truth: truth, whole: image.Rect(leftPanel, 60, c.width-rightPanel, c.height-32), history: []kept{{}}}
			path := filepath.Join(dir, "DX", "EXT")
			s.a = d.open(path)
			d.until("the film", 60*time.Second, func() bool { return bright(d.look(), s.whole) > 0.2 })
			p := pane{s.whole, film.Columns, film.Rows}
			away := func() { d.move(c.width/2, c.height-6) }

			// 1. A length as the file's spacing has it.
			row := float64(film.Rows) / 2
			from, to := point{float64(film.Columns) * 0.3, row}, point{float64(film.Columns) * 0.6, row}
			d.rest(s.whole)
			s.a.key("d")
			k := s.step("the length", func() { s.set(p, []point{from, to}) }, func(k kept) bool { return k.one("distance", "").has("length", "") })
			s.a.key("Escape")
			_, ends := k.one("distance", "").places("")
			long := ends[0].distance(ends[1])
			if off := math.Abs(long-from.distance(to)) * p.scale(); off > 3 {
				t.Errorf("the length is %.1f pixels of the display from that which was drawn", off)
			}
			first := k.one("distance", "").value("length")
			if want := long * film.Spacing.BetweenRows; math.Abs(first-want) > 1e-3*want {
				t.Errorf("the length is %v mm, by the file's spacing it is %v", first, want)
			}
			away()
			plain := d.rest(s.whole)

			// 2. A line of 100 mm that is known: rulers follow it, and the length says that it was measured by another scale.
			row += 200
			line := []point{{float64(film.Columns) * 0.3, row}, {float64(film.Columns) * 0.6, row}}
			s.a.key("shift+d")
			s.set(p, line)
			beside := image.Rect(0, 60, leftPanel, c.height-60) // is dimmed while a dialog is open
			d.until("the question how long it is", 30*time.Second, func() bool { return changed(plain, d.look(), beside) > 0.5 })
			time.Sleep(700 * time.Millisecond) // the field takes the focus; its cursor blinks
			d.picture("1-asked")
			known := map[string]string{"fr": "100,0", "en": "100.0"}[c.language]
			k = s.step("the scale", func() { d.write(known); d.key("Return") }, func(k kept) bool { return k.one("calibration", "").UID != "" })
			away()
			d.until("the ruler by the reader's scale", 30*time.Second, func() bool {
				img := d.look()
				return changed(plain, img, beside) < 0.01 && changed(plain, img, image.Rect(s.whole.Min.X, s.whole.Max.Y-28, s.whole.Max.X, s.whole.Max.Y)) > 0.002
			})
			d.rest(s.whole)
			_, ends = k.one("calibration", "").places("known")
			scale := 100 / ends[0].distance(ends[1])
			if got := k.one("calibration", "").value("spacing_rows_mm"); math.Abs(got-scale) > 1e-9 {
				t.Errorf("the scale is %v mm a pixel, want %v", got, scale)
			}
			if now := k.one("distance", "").value("length"); now != first {
				t.Errorf("the length became %v unasked, it was measured as %v", now, first)
			}
			shown := d.picture("2-stale")
			rows := image.Rect(c.width-rightPanel, 110, c.width, c.height-40)
			if coloured(shown, rows, warned[c.light], 60) < 10 && changed(plain, shown, rows) < 0.01 {
				t.Error("nothing says that the length is of another scale")
			}
			k = s.step("measured again", func() {
				s.command(s.a, beside, map[string]string{"fr": "remesurer", "en": "measure again by"}[c.language])
			}, func(k kept) bool { return k.one("distance", "").value("length") != first })
			if got, want := k.one("distance", "").value("length"), long*scale; math.Abs(got-want) > 1e-6*want {
				t.Errorf("measured again, the length is %v mm, want %v", got, want)
			}
			away()
			d.rest(s.whole)
			d.picture("3-measured")

			// 3. The alignment: the sacrum's endplate, one femoral head by its middle and its rim, L1's endplate.
			s1, l1 := film.Vertebrae["S1"], film.Vertebrae["L1"]
			front := math.Copysign(1, s1["SA"][0]-s1["SP"][0])
			head := point{(s1["SA"][0]+s1["SP"][0])/2 + front*0.02*float64(film.Columns), (s1["SA"][1]+s1["SP"][1])/2 + 0.2*float64(film.Rows)}
			before := d.look()
			s.a.key("shift+a")
			d.until("the tool's bar", 30*time.Second, func() bool { return changed(before, d.look(), s.whole) > 0.05 })
			d.rest(s.whole)
			d.click(c.standing.X, c.standing.Y)
			away()
			d.rest(s.whole)
			barred := pane{image.Rect(s.whole.Min.X, 122, s.whole.Max.X, s.whole.Max.Y), film.Columns, film.Rows}
			s.step("the sacrum", func() { s.set(barred, []point{s1["SP"], s1["SA"]}) }, func(k kept) bool { return k.one("alignment", "").points("sacral-endplate") == 2 })
			s.step("the femoral head", func() {
				s.set(barred, []point{head, {head[0] + 60/barred.scale()*0.4, head[1]}})
				s.a.key("Return")
			}, func(k kept) bool { return k.one("alignment", "").points("femoral-heads") == 2 })
			k = s.step("L1", func() { s.set(barred, []point{l1["SP"], l1["SA"]}); s.a.key("Return") }, func(k kept) bool { return k.one("alignment", "").points("lordosis") == 2 })
			s.a.key("Escape")
			away()
			d.rest(s.whole)
			d.picture("4-alignment")
			s.geometry(k.one("alignment", ""), []point{s1["SP"], s1["SA"], head, l1["SP"], l1["SA"]}, barred)
			s.undecided(k)

			s.undoAndRedo()
			s.a.kill()
			if k := d.stored(); !k.equal(s.history[len(s.history)-1]) {
				t.Fatalf("after the crash the library holds %v, before %v", k, s.history[len(s.history)-1])
			}
			s.a = d.open(path)
			d.until("the marks again", 60*time.Second, func() bool { return changed(plain, d.look(), s.whole) > 0.002 && bright(d.look(), s.whole) > 0.2 })
			away()
			d.rest(s.whole)
			d.picture("5-after-crash")
		})
	}
}

// geometry holds an alignment's angles against those of its points in the plane, where rows go down and the patient's front is where the sacrum's is.
func (s *spineStory) geometry(r record, drawn []point, p pane) {
	s.t.Helper()
	if r.Attributes["posture"] != "STANDING" {
		s.t.Errorf("the posture is %q", r.Attributes)
	}
	sacrum, all := r.places("sacral-endplate")
	hips, heads := r.places("femoral-heads")
	lordosis, upper := r.places("lordosis")
	all = append(append(all, heads[0]), upper...)
	for i, q := range all {
		if off := q.distance(drawn[i]) * p.scale(); off > 3 {
			s.t.Errorf("point %d lies %.1f pixels of the display from where it was set", i+1, off)
		}
	}
	sa, sp, h := sacrum["S1.SA"], sacrum["S1.SP"], hips["FH1.C"]
	front := math.Copysign(1, sa[0]-sp[0])
	degrees := func(v float64) float64 { return v * 180 / math.Pi }
	slope := func(a, p point) float64 { return degrees(math.Atan2(a[1]-p[1], front*(a[0]-p[0]))) } // of an endplate that falls to the front
	middle := point{(sa[0] + sp[0]) / 2, (sa[1] + sp[1]) / 2}
	ss := slope(sa, sp)
	pt := degrees(math.Atan2(front*(h[0]-middle[0]), h[1]-middle[1]))
	// The incidence by its own definition: between the line to the hips and what stands upright on the endplate, whatever the film's own turn is.
	down := point{-(sa[1] - sp[1]) * front, (sa[0] - sp[0]) * front}
	to := point{h[0] - middle[0], h[1] - middle[1]}
	pi := degrees(math.Acos((down[0]*to[0] + down[1]*to[1]) / (math.Hypot(down[0], down[1]) * math.Hypot(to[0], to[1]))))
	for name, want := range map[string]float64{"sacral_slope_deg": ss, "pelvic_tilt_deg": pt, "pelvic_incidence_deg": pi, "lordosis_l1_s1_deg": ss - slope(lordosis["L1.SA"], lordosis["L1.SP"])} {
		if got := r.value(name); !(math.Abs(got-want) < 1e-6) {
			s.t.Errorf("%s is %v, by the points it is %v", name, got, want)
		}
	}
}
