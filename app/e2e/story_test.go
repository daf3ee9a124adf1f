//go:build e2e

package e2e

import (
	"encoding/json"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Places of the window at 1366 x 768: the buttons of the toolbar, the rows of the tree, and both views of the layout 1x2.
var (
	buttonOne  = image.Pt(120, 41)
	buttonTwo  = image.Pt(147, 41)
	rowT2      = image.Pt(140, 158)
	rowT1      = image.Pt(140, 226)
	leftView   = image.Rect(236, 64, 654, 734)
	rightView  = image.Rect(659, 64, 1076, 734)
	firstRows  = image.Rect(1082, 110, 1364, 420)
	modicMarks = color.NRGBA{230, 159, 0, 255}
)

func centre(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

// lumbar is the real lumbar study, beside the project.
func lumbar(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "testdata", "01_spine_mr_fileset"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the real study is not here: %v", err)
	}
	return dir
}

// finding is what the test reads of `rachis case show --json`.
type finding struct {
	UID      string `json:"uid"`
	Kind     string `json:"kind"`
	Author   string `json:"author"`
	Level    string `json:"level"`
	Endplate string `json:"endplate"`
	Marks    []struct {
		Role  string `json:"role"`
		Image struct {
			SOPInstanceUID string `json:"sop_instance_uid"`
		} `json:"image"`
		Points []struct {
			Col float64 `json:"col"`
			Row float64 `json:"row"`
		} `json:"points"`
	} `json:"marks"`
	Values []struct {
		Name string  `json:"name"`
		Role string  `json:"role"`
		V    float64 `json:"value"`
	} `json:"values"`
}

// findings are those of the only case of the desk's library.
func (d *desk) findings() []finding {
	d.t.Helper()
	var list struct {
		Cases []struct {
			ID string `json:"id"`
		} `json:"cases"`
	}
	if err := json.Unmarshal([]byte(d.rachis("case", "list", "--json")), &list); err != nil {
		d.t.Fatal(err)
	}
	if len(list.Cases) != 1 {
		d.t.Fatalf("%d cases, want the one that the first mark has made", len(list.Cases))
	}
	var c struct {
		Findings []finding `json:"findings"`
	}
	if err := json.Unmarshal([]byte(d.rachis("case", "show", list.Cases[0].ID, "--json")), &c); err != nil {
		d.t.Fatal(err)
	}
	return c.Findings
}

// The main job on a real study, with a real mouse: T1 beside T2, windowing, scrolling, a Modic region; then the power goes, and
// the region is there again.
func TestE2EMarkAndCrash(t *testing.T) {
	d := newDesk(t, 1366, 768)
	// The identity is kept off the screen: the study is a real man's.
	d.prefer(`{"identity.hidden":true}`)
	study := lumbar(t)
	a := d.open(study)
	d.until("pictures", 30*time.Second, func() bool { img := d.look(); return bright(img, leftView) > 0.2 && bright(img, rightView) > 0.2 })
	d.picture("01-opened")

	// T1 and T2 side by side, dragged from the tree.
	d.click(buttonOne.X, buttonOne.Y)
	d.settle(leftView.Union(rightView))
	d.click(buttonTwo.X, buttonTwo.Y)
	d.drag(1, rowT1.X, rowT1.Y, centre(leftView).X, centre(leftView).Y)
	d.drag(1, rowT2.X, rowT2.Y, centre(rightView).X, centre(rightView).Y)
	d.move(700, 755)
	before := d.settle(leftView.Union(rightView))
	d.picture("02-side-by-side")
	if bright(before, leftView) < 0.2 || bright(before, rightView) < 0.2 {
		t.Fatal("the two views do not show two pictures")
	}

	// Window with the left button, in one view only.
	picture := image.Rect(300, 260, 520, 540) // of the left view, without its texts
	other := picture.Add(image.Pt(rightView.Min.X-leftView.Min.X, 0))
	d.drag(1, 400, 400, 420, 412)
	d.move(700, 755)
	windowed := d.settle(leftView.Union(rightView))
	d.picture("03-windowed")
	if changed(before, windowed, picture) < 0.3 {
		t.Error("a drag with the left button did not change the window")
	}
	if changed(before, windowed, other) > 0 {
		t.Error("the window of the other series changed too")
	}

	// Scroll: both go along by position, and come back.
	d.wheel(centre(leftView).X, centre(leftView).Y, 2)
	d.move(700, 755)
	scrolled := d.settle(leftView.Union(rightView))
	d.picture("04-scrolled")
	if changed(windowed, scrolled, picture) < 0.3 || changed(windowed, scrolled, other) < 0.3 {
		t.Error("the wheel did not scroll both series")
	}
	d.wheel(centre(leftView).X, centre(leftView).Y, -2)
	d.move(700, 755)
	if again := d.settle(leftView.Union(rightView)); changed(windowed, again, picture) > 0 || changed(windowed, again, other) > 0 {
		t.Error("scrolling back does not bring the same pictures")
	}

	// A Modic region, corner after corner. The first mark asks who marks.
	whole := image.Rect(0, 0, 1366, 740)
	calm := d.settle(whole)
	d.key("m")
	d.until("the question who marks", 20*time.Second, func() bool { return changed(calm, d.look(), whole) > 0.5 }) // all else is dimmed
	time.Sleep(700 * time.Millisecond)                                                                             // the field takes the focus; its cursor blinks, so that the display never comes to rest
	d.write("Dr Test")
	d.key("Return")
	d.until("the tool's bar", 20*time.Second, func() bool {
		img := d.look()
		return changed(calm, img, image.Rect(0, 0, 230, 740)) < 0.01 && changed(calm, img, image.Rect(240, 66, 1070, 120)) > 0.05
	})
	d.settle(whole)
	d.picture("05-tool")
	region := []image.Point{{412, 452}, {440, 450}, {442, 464}, {414, 466}}
	for _, p := range region {
		d.click(p.X, p.Y)
		d.settle(leftView)
	}
	d.key("Return")
	d.until("the finding in the panel", 20*time.Second, func() bool { return coloured(d.look(), firstRows, modicMarks, 40) > 10 })
	d.move(700, 755)
	marked := d.settle(leftView.Union(rightView).Union(firstRows))
	d.picture("06-marked")
	if coloured(marked, leftView, modicMarks, 40) < 40 {
		t.Error("the region is not on the image")
	}
	if coloured(marked, rightView, modicMarks, 40) < 20 {
		t.Error("the region is not on the T2 of the same plane")
	}

	// The power goes.
	a.kill()
	kept := d.findings()
	if len(kept) != 1 || kept[0].Kind != "modic" || kept[0].Author != "Dr Test" || kept[0].Level != "L4-L5" || len(kept[0].Marks) != 1 || len(kept[0].Marks[0].Points) != len(region) {
		t.Fatalf("after the crash the library holds %+v", kept)
	}
	d.open(study)
	d.until("the region again", 30*time.Second, func() bool {
		img := d.look()
		return coloured(img, leftView, modicMarks, 40) > 40 && coloured(img, firstRows, modicMarks, 40) > 10
	})
	d.move(700, 755)
	d.settle(leftView.Union(rightView))
	d.picture("07-after-crash")
	if again := d.findings(); len(again) != 1 || again[0].UID != kept[0].UID || again[0].Marks[0].Points[0] != kept[0].Marks[0].Points[0] {
		t.Errorf("the finding changed: %+v, was %+v", again, kept)
	}
}
