package annotations

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

// sagittal is an image of 1 mm pixels at x to the left of the patient: columns grow to the back, rows to the feet, (0, 0) at Y 0 and Z 0.
func sagittal(n int, x float64) ImageRef {
	return ImageRef{StudyInstanceUID: "1.2.1", SeriesInstanceUID: "1.2.1.1", SOPInstanceUID: fmt.Sprintf("1.2.1.1.%d", n), Frame: 1, FrameOfReferenceUID: "1.2.9",
		SliceSpacing: 4, Plane: &space.Plane{Origin: space.LPS{X: x, Y: 0.5, Z: -0.5}, Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}}
}

// axial is an image across the body at z.
func axial(z float64) ImageRef {
	return ImageRef{SeriesInstanceUID: "1.2.1.3", SOPInstanceUID: "1.2.1.3.1", Frame: 1, FrameOfReferenceUID: "1.2.9", SliceSpacing: 4,
		Plane: &space.Plane{Origin: space.LPS{X: -100, Y: -50, Z: z}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}}
}

func film() ImageRef {
	return ImageRef{SeriesInstanceUID: "1.2.5", SOPInstanceUID: "1.2.5.1", Frame: 1}
}

// straight is a set of L3, L4 and L5, 40 mm apart on one sagittal image at X = 0, with L5 proposed.
func straight() Annotation {
	image := sagittal(1, 0)
	a := Annotation{UID: "2.25.1", Kind: Levels}
	for i, v := range []string{"L5", "L3", "L4"} {
		l := NewLabel(v, image, space.Pixel{Col: 50, Row: []float64{180, 100, 140}[i]})
		if l.Proposed = v == "L5"; l.Proposed {
			l.Quality = 0.8
		}
		a = a.WithLabel(l)
	}
	return a
}

func labelNames(list []Label) string {
	var out []string
	for _, l := range list {
		s := l.Vertebra
		if l.Proposed {
			s += "?"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestLabelsOfASet(t *testing.T) {
	a := straight()
	if got := labelNames(a.Labels()); got != "L3 L4 L5?" {
		t.Fatalf("labels %s", got)
	}
	if len(a.Marks) != 2 || a.Marks[0].Role != "" || a.Marks[1].Role != RoleProposed {
		t.Errorf("marks %+v", a.Marks)
	}
	l4, ok := a.LabelOf("L4")
	if want := (space.LPS{Y: 50, Z: -140}); !ok || l4.At != want {
		t.Errorf("L4 lies at %v, want %v", l4.At, want)
	}
	moved := a.WithLabel(NewLabel("L4", sagittal(2, 4), space.Pixel{Col: 52, Row: 141}))
	if l, _ := moved.LabelOf("L4"); l.At != (space.LPS{X: 4, Y: 52, Z: -141}) || len(moved.Labels()) != 3 || len(moved.Marks) != 3 {
		t.Errorf("moved to another slice it lies at %v among %d", l.At, len(moved.Labels()))
	}
	if l, _ := a.LabelOf("L4"); l.At != l4.At {
		t.Error("the set itself was written to")
	}
	if got := labelNames(a.WithConfirmed().Labels()); got != "L3 L4 L5" {
		t.Errorf("confirmed: %s", got)
	}
	doubted, _ := a.LabelOf("L5")
	if doubted.Quality != 0.8 {
		t.Errorf("the quality is %v", doubted.Quality)
	}
	shapes := func(a Annotation) (rings int, text string) {
		for _, s := range Shapes(a, sagittal(1, 0), "") {
			if s.Type == "ellipse" && s.Dashed {
				rings++
			}
			text += s.Text + ";"
		}
		return rings, text
	}
	if n, text := shapes(a); n != 0 || !strings.Contains(text, "L5 ?;") {
		t.Errorf("sure it is drawn as %s with %d rings", text, n)
	}
	doubted.Quality = 0.5
	if b := a.WithLabel(doubted); labelNames(b.WithConfirmed().Labels()) != "L3 L4 L5?" {
		t.Error("one that may lie outside its vertebra is confirmed with the others")
	} else if n, text := shapes(b); n != 1 || !strings.Contains(text, "L5 ??;") {
		t.Errorf("unsure it is drawn as %s with %d rings", text, n)
	}
	if got := labelNames(a.WithoutProposals().Labels()); got != "L3 L4" {
		t.Errorf("without proposals: %s", got)
	}
	if got := labelNames(a.WithoutLabel("L3").Labels()); got != "L4 L5?" {
		t.Errorf("without L3: %s", got)
	}
	if up, ok := a.Renumbered(false); !ok || labelNames(up.Labels()) != "L2 L3 L4?" {
		t.Errorf("one up: %s %v", labelNames(up.Labels()), ok)
	}
	down, ok := a.Renumbered(true)
	if !ok || labelNames(down.Labels()) != "L4 L5 S1?" {
		t.Errorf("one down: %s %v", labelNames(down.Labels()), ok)
	}
	if _, ok := down.Renumbered(true); ok {
		t.Error("S1 has a vertebra below it")
	}
	// What names nothing, and what lies in another space, is no label of the set.
	a.Marks = append(a.Marks, Mark{Image: sagittal(1, 0), Names: []string{"L9", "T7"}, Points: []space.Pixel{{}, {}}}, Mark{Image: film(), Names: []string{"T8"}, Points: []space.Pixel{{}}})
	if got := labelNames(a.Labels()); got != "T7 L3 L4 L5?" {
		t.Errorf("with strangers: %s", got)
	}
}

func TestNextVertebra(t *testing.T) {
	for from, want := range map[string][2]string{"C2": {"C1", "C3"}, "C7": {"C6", "T1"}, "T1": {"C7", "T2"}, "T12": {"T11", "L1"}, "T13": {"T12", "L1"}, "L1": {"T12", "L2"},
		"L5": {"L4", "S1"}, "L6": {"L5", "S1"}, "S1": {"L5", ""}, "C1": {"", "C2"}, "X": {"", ""}} {
		if got := [2]string{NextVertebra(from, false), NextVertebra(from, true)}; got != want {
			t.Errorf("beside %s are %v, want %v", from, got, want)
		}
	}
}

func TestLevelsOnOtherImages(t *testing.T) {
	list := straight().Labels()
	said := func(image ImageRef) string {
		var out []string
		for _, s := range LabelsOn(list, image) {
			mark := "+"
			if !s.Near {
				mark = "~"
			}
			out = append(out, fmt.Sprintf("%s%s%g,%g", s.Label.Vertebra, mark, s.At.Col, s.At.Row))
		}
		if l, p, ok := LevelOn(list, image); ok {
			out = append(out, fmt.Sprint(l, p))
		}
		return strings.Join(out, " ")
	}
	other := sagittal(9, 2) // half of its slice spacing away, with its own matrix
	other.SeriesInstanceUID = "1.2.1.2"
	other.Plane.Spacing = space.Spacing{BetweenRows: 0.5, BetweenColumns: 2}
	other.Plane.Origin = space.LPS{X: 2, Y: 11, Z: -20.25}
	coronal := sagittal(9, 0)
	coronal.Plane = &space.Plane{Origin: space.LPS{X: -99.5, Y: 60, Z: -0.5}, Along: space.LPS{X: 1}, Down: space.LPS{Z: -1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
	elsewhere := axial(-140)
	elsewhere.FrameOfReferenceUID = "1.2.8"
	for _, c := range []struct {
		name  string
		image ImageRef
		want  string
	}{
		{"the image itself", sagittal(1, 0), "L3+50,100 L4+50,140 L5+50,180"},
		{"another series, half a spacing off", other, "L3+20,160 L4+20,240 L5+20,320"},
		{"the next slice but one", sagittal(3, 8), "L3~50,100 L4~50,140 L5~50,180"},
		{"beyond the bodies", sagittal(7, 24), ""},
		{"coronal, 10 mm behind", coronal, "L3~100,100 L4~100,140 L5~100,180"},
		{"across L4", axial(-143), "L4false"},
		{"across the disc above", axial(-124), "L3-L4false"},
		{"across the disc below, which a proposal makes", axial(-152), "L4-L5true"},
		{"the end", axial(-199), "L5true"},
		{"beyond it", axial(-201), ""},
		{"above the first", axial(-79), ""},
		{"another frame of reference", elsewhere, ""},
		{"a film", film(), ""},
	} {
		if got := said(c.image); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The name stands in front of the body, at a right angle to the spine, and not on it.
func TestNamesStandInFront(t *testing.T) {
	image := sagittal(1, 0)
	a := Annotation{Kind: Levels}
	a = a.WithLabel(NewLabel("L5", image, space.Pixel{Col: 50, Row: 100})).WithLabel(NewLabel("S1", image, space.Pixel{Col: 74, Row: 132})) // 40 mm, tilted by 3 to 4
	for _, s := range LabelsOn(a.Labels(), image) {
		want := s.At.Add(space.Pixel{Col: -0.8 * 24, Row: 0.6 * 24})
		if s.Beside.Distance(want) > 1e-9 {
			t.Errorf("%s at %v is written at %v, want %v", s.Label.Vertebra, s.At, s.Beside, want)
		}
	}
	alone := Annotation{Kind: Levels}.WithLabel(NewLabel("L5", image, space.Pixel{Col: 50, Row: 100}))
	if s := LabelsOn(alone.Labels(), image)[0]; s.Beside != (space.Pixel{Col: 26, Row: 100}) {
		t.Errorf("alone it is written at %v", s.Beside)
	}
}

func TestDiscAt(t *testing.T) {
	a := straight().WithConfirmed()
	for _, c := range []struct {
		at              space.LPS
		level, endplate string
	}{
		{space.LPS{Y: 55, Z: -110}, "L3-L4", InferiorOfCranial},
		{space.LPS{Y: 30, Z: -131}, "L3-L4", SuperiorOfCaudal},
		{space.LPS{X: 20, Y: 60, Z: -155}, "L4-L5", InferiorOfCranial},
		{space.LPS{Y: 55, Z: -90}, "", ""},  // above the label of L3, as its upper endplate is: L2 is not labelled
		{space.LPS{Y: 55, Z: -190}, "", ""}, // below that of L5
		{space.LPS{Y: 200, Z: -120}, "", ""},
	} {
		level, endplate, ok := DiscAt(a.Labels(), c.at)
		if level != c.level || endplate != c.endplate || ok != (c.level != "") {
			t.Errorf("%v is at %q %q", c.at, level, endplate)
		}
	}
	if level, _, ok := DiscAt(straight().Labels(), space.LPS{Y: 55, Z: -155}); ok {
		t.Errorf("a proposal makes %s", level)
	}
	gap := a.WithoutLabel("L4")
	if _, _, ok := DiscAt(gap.Labels(), space.LPS{Y: 55, Z: -120}); ok {
		t.Error("there is a disc between vertebrae that are no neighbours")
	}
}

// labelled is a set on one sagittal image at X = 0: each label at its row in mm below Z 0, "?" after what is proposed.
func labelled(at map[string]float64) Annotation {
	a := Annotation{UID: "2.25.2", Kind: Levels}
	for v, row := range at {
		l := NewLabel(strings.TrimSuffix(v, "?"), sagittal(1, 0), space.Pixel{Col: 50, Row: row})
		l.Proposed = strings.HasSuffix(v, "?")
		a = a.WithLabel(l)
	}
	return a
}

// Some people lack L5 or T12, so that S1 can follow L4: but where nobody has labelled the vertebra between yet there is no disc of the two.
func TestGapIsNoDisc(t *testing.T) {
	for _, c := range []struct {
		name string
		set  map[string]float64
		z    float64
		want string // of DiscAt
		axis string // of LevelOn
		runs string // of the confirmed
	}{
		{"L5 is proposed", map[string]float64{"L3": 100, "L4": 136, "L5?": 172, "S1": 206}, -158, "", "L4-L5", "L3–L4, S1"},
		{"L5 is not set", map[string]float64{"L3": 100, "L4": 136, "S1": 206}, -171, "", "", "L3–L4, S1"},
		{"nothing else is set", map[string]float64{"L4": 136, "S1": 206}, -171, "", "", "L4, S1"},
		{"nor is what is proposed an answer", map[string]float64{"L2?": 0, "L3?": 68, "L4": 136, "S1": 206}, -171, "", "", "L4, S1"},
		{"L5 is missing", map[string]float64{"L2": 64, "L3": 100, "L4": 136, "S1": 171}, -150, "L4-S1", "L4-S1", "L2–L4, S1"},
		{"T12 is not set", map[string]float64{"T11": 100, "L1": 156, "L2": 191}, -128, "", "", "T11, L1–L2"},
		{"T12 is missing", map[string]float64{"T10": 74, "T11": 100, "L1": 130, "L2": 165}, -115, "T11-L1", "T11-L1", "T10–T11, L1–L2"},
		{"L6 is labelled", map[string]float64{"L5": 100, "L6": 136, "S1": 171}, -118, "L5-L6", "L5-L6", "L5–L6–S1"},
		{"L6 is labelled with more above", map[string]float64{"L3": 28, "L4": 64, "L5": 100, "L6": 136, "S1": 171}, -118, "L5-L6", "L5-L6", "L3–L6–S1"},
		{"T13 is labelled", map[string]float64{"T12": 28, "T13": 60, "L1": 92, "L2": 128, "L4": 200}, -76, "T13-L1", "T13-L1", "T12–T13–L2, L4"},
		{"L6 ends it", map[string]float64{"L4": 64, "L5": 100, "L6": 136}, -118, "L5-L6", "L5-L6", "L4–L6"},
	} {
		list := labelled(c.set).Labels()
		if level, _, ok := DiscAt(list, space.LPS{Y: 55, Z: c.z}); level != c.want || ok != (c.want != "") {
			t.Errorf("%s: a place between is at %q", c.name, level)
		}
		if level, _, _ := LevelOn(list, axial(c.z)); level != c.axis {
			t.Errorf("%s: an image across it is at %q, want %q", c.name, level, c.axis)
		}
		if got := LabelRuns(Confirmed(list)); got != c.runs {
			t.Errorf("%s: written as %q, want %q", c.name, got, c.runs)
		}
	}
}

func always(vertebra string) func(ImageRef) string { return func(ImageRef) string { return vertebra } }

func TestLeveller(t *testing.T) {
	image := sagittal(1, 0)
	var set *Annotation
	has := func(ImageRef) *Annotation { return set }
	ptr := func(image ImageRef, col, row float64) Pointer {
		return Pointer{Image: image, At: space.Pixel{Col: col, Row: row}, Reach: 4, Rows: 300, Columns: 200}
	}
	// A click sets the next one.
	tool := NewLeveller(has, Annotation{Author: "A"}, always("S1"))
	if s := tool.Move(ptr(image, 60, 200)); s.Draft == nil || labelNames(s.Draft.Labels()) != "S1" {
		t.Errorf("before the press the next is shown as %+v", s.Draft)
	}
	tool.Press(ptr(image, 60, 200))
	s := tool.Release(ptr(image, 60, 200))
	if !s.Done || s.Commit == nil || s.Commit.Before != nil || s.Commit.After.Author != "A" || s.Commit.After.UID == "" || labelNames(s.Commit.After.Labels()) != "S1" {
		t.Fatalf("step %+v", s)
	}
	set = s.Commit.After
	// The next, dragged before the button comes up.
	tool = NewLeveller(has, Annotation{Author: "A"}, always("L5"))
	tool.Press(ptr(image, 50, 150))
	tool.Move(ptr(image, 55, 160))
	s = tool.Release(ptr(image, 55, 160))
	if l, _ := s.Commit.After.LabelOf("L5"); l.Pixel != (space.Pixel{Col: 55, Row: 160}) || s.Commit.Before.UID != set.UID {
		t.Errorf("dragged to %v", l.Pixel)
	}
	set = s.Commit.After
	// A label that was set elsewhere is taken where it shows, and is then one of this image: the same place in the patient.
	other := sagittal(2, 1.5)
	tool = NewLeveller(has, Annotation{}, always("L4"))
	tool.Press(ptr(other, 57, 161))
	tool.Move(ptr(other, 67, 161))
	s = tool.Release(ptr(other, 67, 161))
	l, _ := s.Commit.After.LabelOf("L5")
	if l.At != (space.LPS{X: 1.5, Y: 65, Z: -160}) || !l.Image.Same(other) || len(s.Commit.After.Labels()) != 2 {
		t.Errorf("it went to %v on %s among %d", l.At, l.Image.SOPInstanceUID, len(s.Commit.After.Labels()))
	}
	// A click on one changes nothing, unless it is a proposal: that is confirmed.
	tool = NewLeveller(has, Annotation{}, always("L4"))
	tool.Press(ptr(image, 55, 160))
	if s := tool.Release(ptr(image, 55, 160)); s.Commit != nil || !s.Done {
		t.Errorf("a click on a label: %+v", s)
	}
	p := set.WithLabel(Label{Vertebra: "L4", Image: image, Pixel: space.Pixel{Col: 50, Row: 120}, Proposed: true})
	set = &p
	tool = NewLeveller(has, Annotation{}, always("L4"))
	tool.Press(ptr(image, 51, 121))
	if s := tool.Release(ptr(image, 51, 121)); s.Commit == nil || labelNames(s.Commit.After.Labels()) != "L4 L5 S1" {
		t.Errorf("a click on a proposal: %+v", s)
	}
	// Without a next one there is nothing to set.
	tool = NewLeveller(has, Annotation{}, always(""))
	tool.Press(ptr(image, 100, 20))
	if s := tool.Release(ptr(image, 100, 20)); s.Commit != nil {
		t.Errorf("set %+v", s.Commit)
	}
}

// The names of vertebrae in front of the window's drag: without their tool labels are not caught.
func TestLabelsAreNotCaught(t *testing.T) {
	if a, _, ok := Hit([]Annotation{straight()}, Pointer{Image: sagittal(1, 0), At: space.Pixel{Col: 50, Row: 140}, Reach: 5}); ok {
		t.Errorf("caught %v", a)
	}
	shapes := Shapes(straight(), sagittal(1, 0), "")
	if n := len(slices.DeleteFunc(shapes, func(s Shape) bool { return s.Type != "cross" })); n != 3 {
		t.Errorf("%d crosses", n)
	}
}

// What was confirmed together with others keeps that it was, and how sure it was; a label that is moved or placed by a hand does not.
func TestAdoptedLabelsAreKnown(t *testing.T) {
	image := ImageRef{SOPInstanceUID: "1.2"}
	by := func(v string, col float64) Label { return NewLabel(v, image, space.Pixel{Col: col, Row: 5}) }
	sure, far := by("L3", 3), by("L2", 2)
	sure.Proposed, sure.Quality, far.Proposed, far.Quality = true, 0.8, true, 0.3
	set := Annotation{Kind: Levels}.WithLabels([]Label{by("L5", 5), by("L4", 4), sure, far}).WithConfirmed()
	want := func(vertebra string, proposed, adopted bool, quality float64) {
		t.Helper()
		if l, ok := set.LabelOf(vertebra); !ok || l.Proposed != proposed || l.Adopted != adopted || l.Quality != quality {
			t.Errorf("%+v", l)
		}
	}
	want("L5", false, false, 0)
	want("L4", false, false, 0)
	want("L3", false, true, 0.8)
	want("L2", true, false, 0.3)
	set = set.WithLabel(by("L3", 3.5))
	want("L3", false, false, 0)
	want("L2", true, false, 0.3)
}
