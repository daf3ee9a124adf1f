//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// record is a finding as `rachis case show --json` says it.
type record struct {
	UID      string `json:"uid"`
	Kind     string `json:"kind"`
	Author   string `json:"author"`
	Level    string `json:"level"`
	Endplate string `json:"endplate"`
	Decision string `json:"decision"`
	Marks    []struct {
		Role  string `json:"role"`
		Image struct {
			SeriesUID string `json:"series_uid"`
		} `json:"image"`
		Points []struct{ Col, Row float64 } `json:"points"`
		Names  []string                     `json:"names"`

		Proposal *struct {
			Method  string    `json:"method"`
			Quality []float64 `json:"quality"`
		} `json:"proposal"`
	} `json:"marks"`
	Values []struct {
		Name  string  `json:"name"`
		Role  string  `json:"role"`
		Value float64 `json:"value"`
		CI95  float64 `json:"ci95"`
	} `json:"values"`
	Suggestion *struct {
		Type string `json:"type"`
		Rule string `json:"rule"`
	} `json:"suggestion"`
	Attributes map[string]string `json:"attributes"`

	Deleted bool `json:"deleted"`
}

// kept is all that the library holds of the desk's case that a reviewer has found: to be compared as a whole, and to be read.
type kept struct {
	raw  []any
	list []record
}

// stored reads it; there may be no case yet.
func (d *desk) stored() (k kept) {
	d.t.Helper()
	var list struct {
		Cases []struct {
			ID string `json:"id"`
		} `json:"cases"`
	}
	if err := json.Unmarshal([]byte(d.rachis("case", "list", "--json")), &list); err != nil {
		d.t.Fatal(err)
	}
	if len(list.Cases) == 0 {
		return k
	}
	if len(list.Cases) > 1 {
		d.t.Fatalf("%d cases of one patient", len(list.Cases))
	}
	var all struct {
		Findings []json.RawMessage `json:"findings"`
	}
	if err := json.Unmarshal([]byte(d.rachis("case", "show", list.Cases[0].ID, "--json")), &all); err != nil {
		d.t.Fatal(err)
	}
	for _, f := range all.Findings {
		var r record
		var m map[string]any
		if err := json.Unmarshal(f, &r); err != nil {
			d.t.Fatal(err)
		}
		if err := json.Unmarshal(f, &m); err != nil {
			d.t.Fatal(err)
		}
		if r.Deleted {
			continue
		}
		delete(m, "rev") // these two go on also when an edit is undone
		delete(m, "modified")
		k.raw, k.list = append(k.raw, m), append(k.list, r)
	}
	return k
}

// one is the only finding of a kind at a level, "" for those of none; the zero value where there is none or another besides.
func (k kept) one(kind, level string) (out record) {
	n := 0
	for _, r := range k.list {
		if r.Kind == kind && r.Level == level {
			out, n = r, n+1
		}
	}
	if n != 1 {
		return record{}
	}
	return out
}

func (k kept) equal(o kept) bool { return len(k.raw) == len(o.raw) && reflect.DeepEqual(k.raw, o.raw) }

func (k kept) String() string {
	var parts []string
	for _, r := range k.list {
		s := fmt.Sprintf("%s %s %s decided %q:", r.Kind, r.Level, r.Endplate, r.Decision)
		for _, m := range r.Marks {
			s += fmt.Sprintf(" %s(%d)", m.Role, len(m.Points))
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// points is how many points a finding has in its marks of a role, "" for those without one.
func (r record) points(role string) (n int) {
	for _, m := range r.Marks {
		if m.Role == role {
			n += len(m.Points)
		}
	}
	return n
}

// has reports whether a finding has a value, of a role where one is named.
func (r record) has(name, role string) bool {
	return slices.ContainsFunc(r.Values, func(v struct {
		Name  string  `json:"name"`
		Role  string  `json:"role"`
		Value float64 `json:"value"`
		CI95  float64 `json:"ci95"`
	}) bool {
		return v.Name == name && (role == "" || v.Role == role)
	})
}

// spineStory is one run of TestE2ESpine.
type spineStory struct {
	*desk
	a       *app
	truth   truth
	whole   image.Rectangle // where views are
	history []kept          // what was kept after each edit, the first being nothing
}

// step does something with the hand and waits until the library holds one edit of it, as it should be.
func (s *spineStory) step(what string, do func(), done func(kept) bool) kept {
	s.t.Helper()
	do()
	var k kept
	defer func() {
		if s.t.Failed() {
			s.t.Logf("%s: the library holds %v", what, k)
		}
	}()
	s.until(what, 40*time.Second, func() bool { k = s.stored(); return done(k) })
	s.history = append(s.history, k)
	return k
}

// views are the views of one row from the left, of which the first is active.
func (s *spineStory) views(columns int) []image.Rectangle {
	s.t.Helper()
	first := s.active(s.rest(s.whole))
	if first.Empty() {
		s.t.Fatal("no view is active")
	}
	return views(image.Rect(first.Min.X, first.Min.Y, s.width-rightPanel, first.Max.Y), 1, columns, "")
}

// press presses a key that changes what the views show, and waits until they have come to rest.
func (s *spineStory) press(key string) *image.RGBA {
	s.t.Helper()
	s.move(s.width/2, s.height-6)
	before := s.rest(s.whole)
	s.a.key(key)
	s.until("an answer to "+key, 30*time.Second, func() bool { return changed(before, s.look(), s.whole) > 0.005 })
	return s.rest(s.whole)
}

// set clicks places of an image one after the other.
func (s *spineStory) set(p pane, places []point) {
	s.t.Helper()
	for _, q := range places {
		at := p.at(q)
		s.click(at.X, at.Y)
	}
}

// undecided holds that no finding has a grade: what the rules say is a suggestion.
func (s *spineStory) undecided(k kept) {
	s.t.Helper()
	for _, r := range k.list {
		if r.Decision != "" {
			s.t.Errorf("%s %s is decided, %q, and no reviewer has", r.Kind, r.Level, r.Decision)
		}
	}
}

// The whole main job with the spine's tools, with a real mouse and keyboard: levels, disc heights and their profile, Modic on the pair, instability with found
// corners, superposition, the level grid; each is undone and redone, then the power goes, and all is there again. Grades are those that the
// reviewer types, and none before.
func TestE2ESpine(t *testing.T) {
	for _, c := range []struct {
		width, height int
		language      string
		light         bool
	}{{1366, 768, "en", false}, {1920, 1080, "fr", true}} {
		t.Run(fmt.Sprintf("%dx%d-%s", c.width, c.height, c.language), func(t *testing.T) {
			d := newDesk(t, c.width, c.height)
			d.prefer(fmt.Sprintf(`{"language":%q,"theme.light":%v,"reviewer":"Dr Test"}`, c.language, c.light))
			dir, truth := d.phantom()
			s := &spineStory{desk: d, truth: truth, whole: image.Rect(leftPanel, 60, c.width-rightPanel, c.height-32), history: []kept{{}}}
			study := []string{filepath.Join(dir, "MR"), filepath.Join(dir, "DX")}
			s.a = d.open(study...)
			d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
			s.label()
			s.disc(c.language == "fr")
			s.modic()
			s.instability()
			all := s.grid()
			s.undoAndRedo()

			// The power goes.
			s.a.kill()
			last := s.history[len(s.history)-1]
			if k := d.stored(); !k.equal(last) {
				t.Fatalf("after the crash the library holds %v, before %v", k, last)
			}
			s.a = d.open(study...)
			d.until("pictures in several views", 60*time.Second, func() bool { return !d.active(d.look()).Empty() })
			s.press("g")
			d.until("the same level grid", 20*time.Second, func() bool { return changed(all, d.look(), s.table()) < 0.01 })
			d.picture("7-after-crash")
		})
	}
}

// label sets five labels on T1, has the rest proposed and confirms them; T2 and STIR show them too.
func (s *spineStory) label() {
	s.t.Helper()
	s.a.key("F2")
	s.press("v")
	three := s.views(3)
	t1 := pane{three[0], s.truth.MR.Series["T1"].Columns, s.truth.MR.Series["T1"].Rows}
	bones := s.truth.MR.Series["T1"].Vertebrae
	before := s.rest(s.whole)
	var want []point
	clicked := []string{"S1", "L5", "L4", "L3", "L2"}
	for i, v := range clicked {
		want = append([]point{bones[v].middle()}, want...)
		k := s.step("the label "+v, func() { s.set(t1, want[:1]) }, func(k kept) bool { return k.one("levels", "").points("") == i+1 })
		t1.near(s.t, v, k.one("levels", "").Marks[0].Points, want)
	}
	s.move(s.width/2, s.height-6)
	after := s.rest(s.whole)
	s.picture("1-labels")
	for i, name := range []string{"T1", "T2", "STIR"} {
		series := s.truth.MR.Series[name]
		p := pane{three[i], series.Columns, series.Rows}
		for _, v := range clicked {
			if changed(before, after, p.around(series.Vertebrae[v].middle(), 9)) < 0.1 {
				s.t.Errorf("%s does not show %s where it is", name, v)
			}
		}
		if changed(before, after, p.around(series.Vertebrae["L1"].middle(), 21)) > 0 {
			s.t.Errorf("%s shows something at L1", name)
		}
	}
	s.step("the proposals", func() {
		s.command(s.a, s.whole, map[string]string{"en": "propose the rest", "fr": "proposer les autres"}[s.language()])
	},
		func(k kept) bool { return k.one("levels", "").points("proposed") >= 2 })
	s.rest(s.whole)
	s.picture("1-proposed")
	// Enter confirms L1, beside the labels; T12 lies two steps from them and is confirmed by a click on it alone.
	k := s.step("the confirmation", func() { s.a.key("Return") }, func(k kept) bool { r := k.one("levels", ""); return r.points("proposed") == 1 && r.points("") == 6 })
	for _, m := range k.one("levels", "").Marks {
		if m.Role == "proposed" && !slices.Equal(m.Names, []string{"T12"}) {
			s.t.Errorf("Enter leaves %v", m.Names)
		}
	}
	s.picture("1-unsure")
	k = s.step("the label that is looked at", func() { s.set(t1, []point{bones["T12"].middle()}) },
		func(k kept) bool { r := k.one("levels", ""); return r.points("proposed") == 0 && r.points("") == 7 })
	for _, m := range k.one("levels", "").Marks {
		for i, p := range m.Points {
			if b, ok := bones[m.Names[i]]; !ok || b.middle().distance(point{p.Col, p.Row}) > 11 { // 8 mm: within the body
				s.t.Errorf("%s was proposed at %v, it is at %v", m.Names[i], p, b.middle())
			}
		}
	}
	s.undecided(k)
}

// modic outlines the change of L4's lower endplate on T1, CSF and fat; the numbers come from T1, T2 and STIR alike.
func (s *spineStory) modic() {
	s.t.Helper()
	s.press("F2")
	s.press("m")
	three := s.views(3)
	t1 := pane{three[0], s.truth.MR.Series["T1"].Columns, s.truth.MR.Series["T1"].Rows}
	i := slices.IndexFunc(s.truth.MR.Lesions, func(l struct {
		Level    string            `json:"level"`
		Endplate string            `json:"endplate"`
		Type     string            `json:"type"`
		Regions  map[string]region `json:"regions"`
	}) bool {
		return l.Level == "L4-L5" && l.Endplate == "inf_of_cranial"
	})
	lesion := s.truth.MR.Lesions[i]
	outline := lesion.Regions["T1"].every(3)
	before := s.rest(s.whole)
	draw := func(places []point) func() { return func() { s.set(t1, places); s.a.key("Return") } }
	k := s.step("the region", draw(outline), func(k kept) bool { return k.one("modic", "L4-L5").UID != "" })
	r := k.one("modic", "L4-L5")
	if r.Level != lesion.Level || r.Endplate != lesion.Endplate || r.Author != "Dr Test" {
		s.t.Errorf("the region is at %s %s of %s", r.Level, r.Endplate, r.Author)
	}
	t1.near(s.t, "the region", r.Marks[0].Points, outline)
	if r.points("reference") == 0 || r.points("body") != 4 { // of the corners that the disc has, on T2
		s.t.Errorf("the body and a reference in it are not proposed: %v", k)
	}
	s.step("CSF", draw(s.truth.MR.CSF["T1"].every(3)), func(k kept) bool { return k.one("modic", "L4-L5").points("csf") > 0 })
	k = s.step("fat", draw(s.truth.MR.Fat["T1"].every(3)), func(k kept) bool { return k.one("modic", "L4-L5").points("fat") > 0 })
	s.a.key("Escape")
	s.move(s.width/2, s.height-6)
	after := s.rest(s.whole)
	s.picture("3-modic")
	for i := range three {
		if n := coloured(after, three[i], modicMarks, 40) - coloured(before, three[i], modicMarks, 40); n < 20 {
			s.t.Errorf("the region is not on view %d", i+1)
		}
	}
	r = k.one("modic", "L4-L5")
	for _, sequence := range []string{"T1", "T2"} {
		if !r.has("ratio", sequence) || !r.has("contrast", sequence) {
			s.t.Errorf("%s was not read", sequence)
		}
	}
	if !r.has("percent", "STIR") {
		s.t.Error("STIR was not read")
	}
	if r.Suggestion == nil || r.Suggestion.Type != lesion.Type {
		s.t.Errorf("the suggestion is %+v, the change is of type %s", r.Suggestion, lesion.Type)
	}
	s.undecided(k)
}

// disc measures L4-L5 on the sagittal T2 with L3-L4 to compare it with: alone, or with all lumbar discs in one pass.
func (s *spineStory) disc(pass bool) {
	s.t.Helper()
	s.press("F4")
	s.press(map[bool]string{false: "j", true: "shift+j"}[pass])
	t2 := pane{s.views(2)[0], s.truth.MR.Series["T2"].Columns, s.truth.MR.Series["T2"].Rows}
	bones := s.truth.MR.Series["T2"].Vertebrae
	corners := func(vertebrae ...string) (out []point) {
		for _, v := range vertebrae {
			out = append(out, bones[v].corners()...)
		}
		return out
	}
	measured := func(level string) func(kept) bool {
		return func(k kept) bool { r := k.one("disc-height", level); return r.points("disc") > 0 && r.has("dhi", "") }
	}
	var k kept
	if pass {
		s.step("the corners of L1-L2", func() { s.set(t2, corners("L1", "L2")) }, measured("L1-L2"))
		s.step("the corners of L3", func() { s.set(t2, corners("L3")) }, measured("L2-L3"))
		s.step("the corners of L4", func() { s.set(t2, corners("L4")) }, measured("L3-L4"))
		k = s.step("the corners of L5", func() { s.set(t2, corners("L5")) }, measured("L4-L5"))
		before := s.look()
		s.step("the corners of S1", func() { s.set(t2, corners("S1")) }, measured("L5-S1"))
		s.until("the profile", 20*time.Second, func() bool { return changed(before, s.look(), s.whole) > 0.3 })
	} else {
		k = s.step("the corners of L4-L5", func() { s.set(t2, corners("L4", "L5")) }, measured("L4-L5"))
	}
	t2.near(s.t, "the disc", k.one("disc-height", "L4-L5").Marks[0].Points, corners("L4", "L5"))
	compared := func(k kept) bool { return k.one("disc-height", "L4-L5").points("reference-disc") == 8 }
	if pass {
		s.a.key("Home", "Right", "Right") // to L3-L4
		k = s.step("the reference disc", func() { s.a.key("r") }, compared)
	} else {
		k = s.step("the reference disc", func() { s.set(t2, corners("L3")) }, compared)
		s.move(s.width/2, s.height-6)
		s.rest(s.whole)
		s.picture("2-disc")
		s.press("shift+g")
	}
	r := k.one("disc-height", "L4-L5")
	if !r.has("loss_percent", "") || r.Suggestion == nil {
		s.t.Errorf("the loss of height is not there: %+v, %+v", r.Values, r.Suggestion)
	}
	s.move(s.width/2, s.height-6)
	s.rest(s.whole)
	s.picture("2-profile")
	s.press("shift+g")
	s.a.key("Escape")
	s.undecided(k)
}

// offeredCorners is the colour of what was found and not yet accepted.
var offeredCorners = color.NRGBA{255, 214, 64, 255}

// instability sets the corners of L4 and L5 on the flexion film; those on the extension film are found and accepted.
func (s *spineStory) instability() {
	s.t.Helper()
	s.press("y")
	films := s.views(2)
	flexion, extension := s.truth.Films["FLEXION"], s.truth.Films["EXTENSION"]
	f, e := pane{films[0], flexion.Columns, flexion.Rows}, pane{films[1], extension.Columns, extension.Rows}
	both := append(flexion.Vertebrae["L4"].corners(), flexion.Vertebrae["L5"].corners()...)
	k := s.step("the corners on the flexion film", func() { s.set(f, both) }, func(k kept) bool { return k.one("instability", "L4-L5").points("flexion") == len(both) })
	f.near(s.t, "flexion", k.one("instability", "L4-L5").Marks[0].Points, both)
	s.move(s.width/2, s.height-6)
	plain := s.rest(s.whole)
	s.a.key("shift+y")
	s.until("the corners that were found", 60*time.Second, func() bool {
		return coloured(s.look(), e.view, offeredCorners, 30) > coloured(plain, e.view, offeredCorners, 30)+40
	})
	s.rest(s.whole)
	s.picture("4-offered")
	if now := s.stored(); !now.equal(k) {
		s.t.Errorf("what is only offered was kept: %v", now)
	}
	k = s.step("the corners that were accepted", func() { s.a.key("Return") }, func(k kept) bool { return k.one("instability", "L4-L5").points("extension") == len(both) })
	r := k.one("instability", "L4-L5")
	truly := append(extension.Vertebrae["L4"].corners(), extension.Vertebrae["L5"].corners()...)
	for _, m := range r.Marks {
		if m.Role != "extension" {
			continue
		}
		if m.Proposal == nil || m.Proposal.Method == "" || len(m.Proposal.Quality) != len(truly) {
			s.t.Errorf("that the corners were found is not kept with them: %+v", m.Proposal)
		}
		for i, p := range m.Points { // the hand's own error on the flexion film, two thirds of a millimetre, goes along
			if off := truly[i].distance(point{p.Col, p.Row}) * extension.Spacing.BetweenRows; !(off < 1.5) {
				s.t.Errorf("%s was found %.1f mm from where it is", m.Names[i], off)
			}
		}
	}
	if r.Level != "L4-L5" || !r.has("translation_percent", "") || !r.has("rotation_deg", "") || r.Suggestion == nil {
		s.t.Errorf("the motion of %s is not there: %+v, %+v", r.Level, r.Values, r.Suggestion)
	}
	s.undecided(k)
	s.until("the end of the offer", 20*time.Second, func() bool {
		return coloured(s.look(), e.view, offeredCorners, 30) < coloured(plain, e.view, offeredCorners, 30)+20
	})
	plain = s.rest(s.whole)
	s.picture("4-accepted")
	s.a.key("shift+o")
	beside := image.Rect(0, 60, leftPanel, s.height-60) // is dimmed while a dialog is open
	s.until("the superposition", 30*time.Second, func() bool { return changed(plain, s.look(), beside) > 0.5 })
	s.rest(s.whole)
	s.picture("5-superposition")
	s.a.key("Escape")
	s.until("the end of the superposition", 20*time.Second, func() bool { return changed(plain, s.look(), s.whole.Union(beside)) < 0.02 })
	s.a.key("Escape")
}

// table is where the level grid has its rows: below its heads.
func (s *spineStory) table() image.Rectangle {
	return image.Rect(leftPanel+2, 160, s.width-rightPanel-2, s.height-80)
}

// grid decides in the level grid what the rules have only suggested, and something else than they do.
func (s *spineStory) grid() *image.RGBA {
	s.t.Helper()
	s.press("g")
	s.picture("6-grid-suggested")
	s.a.key("Down", "Down", "Down", "Down") // from T12-L1 to L4-L5
	s.step("the Modic type", func() { s.a.key("1") }, func(k kept) bool { return k.one("modic", "L4-L5").Decision == "1" })
	s.step("the mixed type", func() { s.a.key("slash", "2") }, func(k kept) bool { return k.one("modic", "L4-L5").Decision == "1/2" })
	s.a.key("Right", "Right")
	k := s.step("the grade of the disc", func() { s.a.key("3") }, func(k kept) bool { return k.one("disc-height", "L4-L5").Decision == "3" })
	if r := k.one("modic", "L4-L5"); r.Suggestion == nil || r.Suggestion.Type != "1" {
		s.t.Errorf("with the decision the suggestion became %+v", r.Suggestion)
	}
	if r := k.one("instability", "L4-L5"); r.Decision != "" {
		s.t.Errorf("the motion is decided, %q, and no reviewer has", r.Decision)
	}
	s.a.key("Right")
	s.step("the criteria of the motion", func() { s.a.key("plus") }, func(k kept) bool { return k.one("instability", "L4-L5").Decision == "met" })
	s.a.key("Home", "Left", "Left", "Left")
	s.move(s.width/2, s.height-6)
	s.rest(s.whole)
	return s.picture("6-grid")
}

// undoAndRedo takes every edit back and makes it again, with the level grid on screen.
func (s *spineStory) undoAndRedo() {
	s.t.Helper()
	expect := func(what, keys string, want kept) {
		s.t.Helper()
		s.a.key(keys)
		var now kept
		for end := time.Now().Add(30 * time.Second); !now.equal(want) || len(now.list) != len(want.list); now = s.stored() {
			if time.Now().After(end) {
				s.picture("timeout")
				s.t.Fatalf("%s: the library holds %v, want %v", what, now, want)
			}
		}
	}
	for i := len(s.history) - 2; i >= 0; i-- {
		expect(fmt.Sprintf("undo to edit %d of %d", i, len(s.history)-1), "ctrl+z", s.history[i])
	}
	s.picture("6-grid-undone")
	for i := 1; i < len(s.history); i++ {
		expect(fmt.Sprintf("redo to edit %d of %d", i, len(s.history)-1), "ctrl+y", s.history[i])
	}
}
