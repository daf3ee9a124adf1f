package profile_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases/profile"
)

var dates = map[string]string{"1.1": "20240301", "1.2": "20261101", "1.3": "20261102"}

// reading is a disc that a reviewer measured on an MR of a study, with values by name.
func reading(n int, author, study, level string, values ...any) annotations.Annotation {
	a := annotations.Annotation{UID: fmt.Sprintf("2.25.%d", n), Kind: annotations.DiscHeight, Author: author, Level: level, Created: time.Date(2026, 11, 2, 0, n, 0, 0, time.UTC),
		Marks: []annotations.Mark{{Role: annotations.RoleDisc, Image: annotations.ImageRef{StudyInstanceUID: study, SOPInstanceUID: study + ".9", SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Frame: 1}}}}
	for i := 0; i+1 < len(values); i += 2 {
		name := values[i].(string)
		v := annotations.Value{Name: name, Value: values[i+1].(float64), Unit: "1", CI95: 0.03}
		if name == "dabbs_mm" {
			v.Unit, v.Calibration = "mm", "PATIENT"
		}
		a.Values = append(a.Values, v)
	}
	return a
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Of several readings the last counts, second passes do not, and the examination before is the latest earlier one of the same reader and the same
// kind of image.
func TestSeries(t *testing.T) {
	second := reading(9, "A", "1.2", "L1-L2")
	second.Repeats = "2.25.1"
	film := reading(8, "A", "1.3", "L4-L5")
	film.Marks[0].Image.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
	byEye := reading(10, "A", "1.2", "L2-L3")
	byEye.Marks[0].Role = ""
	all := profile.All([]annotations.Annotation{reading(2, "A", "1.2", "L4-L5", "dhi", 0.2), reading(1, "A", "1.2", "L4-L5", "dhi", 0.3), reading(3, "A", "1.1", "L4-L5"), reading(4, "B", "1.2", "L3-L4"), reading(5, "B", "1.2", "L2-L3"), second, film, byEye}, dates)
	var got string
	for _, s := range all {
		got += fmt.Sprint(s.Author, s.Date, s.Kind, len(s.Discs), " ")
	}
	if got != "A20261102XR1 B20261101MR2 A20261101MR1 A20240301MR1 " {
		t.Errorf("series %s", got)
	}
	mr := all[2]
	if v, _ := profile.Value(mr.Discs["L4-L5"], "dhi"); v.Value != 0.2 {
		t.Errorf("the last reading is %+v", v)
	}
	if p, ok := profile.Prior(all, mr); !ok || p.Study != "1.1" {
		t.Errorf("before: %+v", p)
	}
	if p, ok := profile.Prior(all, all[0]); ok {
		t.Errorf("a film is compared with an MR: %+v", p)
	}
	if o := profile.Others(all, mr); len(o) != 1 || o[0].Author != "B" {
		t.Errorf("others %+v", o)
	}
}

// A loss is against the disc that the reference's own landmarks bound, also where it shares a vertebra with the disc itself.
func TestReference(t *testing.T) {
	a := reading(1, "A", "1.2", "L4-L5")
	ref := a.Marks[0]
	ref.Role = annotations.RoleReferenceDisc
	for names, want := range map[string]string{"L3.IA L3.IP L4.SA": "L3-L4", "L1.IA L2.SA": "L1-L2", "L4.IA L5.SA": ""} {
		ref.Names = nil
		for _, n := range [][]string{{"L3.IA", "L3.IP", "L4.SA"}, {"L1.IA", "L2.SA"}, {"L4.IA", "L5.SA"}} {
			if n[0] == names[:5] {
				ref.Names = n
			}
		}
		b := a
		b.Marks = []annotations.Mark{a.Marks[0], ref}
		if got, elsewhere, _ := profile.Reference(b); got != want || elsewhere {
			t.Errorf("%s: %q, elsewhere %v", names, got, elsewhere)
		}
	}
	ref.Names, ref.Image.SOPInstanceUID = []string{"L4.IA", "L5.SA"}, "1.1.9"
	a.Marks = append(a.Marks, ref)
	if got, elsewhere, ok := profile.Reference(a); got != "L4-L5" || !elsewhere || !ok {
		t.Errorf("the examination before: %q, %v, %v", got, elsewhere, ok)
	}
}

// What stands beside DHI7 is what methods.md 2.3 derives from the Iranian table, .30/.34/.37/.43/.43; ranges are its means and two standard
// deviations.
func TestPublished(t *testing.T) {
	s := profile.All([]annotations.Annotation{reading(1, "A", "1.2", "L4-L5", "dhi", 0.234, "loss_percent", 38.3)}, dates)[0]
	p := profile.Make(profile.Input{Quantity: "dhi", Current: s})
	var means []float64
	for _, m := range p.Marks {
		if m.Role == profile.Published {
			if len(means) == 0 {
				means = append(means, m.Y0)
			}
			means = append(means, m.Y1)
		}
	}
	if len(means) != 5 {
		t.Fatalf("means %v", means)
	}
	for i, want := range []float64{.30, .34, .37, .43, .43} {
		near(t, p.Levels[i], means[i], want, 0.005)
	}
	for _, m := range p.Marks {
		if m.Role == profile.Expected { // 0.234 is 61.7 % of it
			near(t, "expected", m.Y0, 0.3793, 1e-4)
		}
	}
	p = profile.Make(profile.Input{Quantity: "height_anterior_mm", Current: s})
	found := false
	for _, m := range p.Marks {
		if m.Role == profile.Range && m.X0 > 3 && m.X1 < 4 {
			found = true
			near(t, "low end at L4-L5", m.Y0, 18.14-2*1.49, 1e-9)
			near(t, "high end at L4-L5", m.Y1, 18.14+2*1.49, 1e-9)
		}
		if m.Shape == profile.Cross {
			t.Error("radiographs stand beside an MR")
		}
	}
	if !found || p.High < 18.71+2*1.61 {
		t.Errorf("no range at L4-L5, or beyond the axis, which ends at %v", p.High)
	}
	s.Kind = "XR"
	p = profile.Make(profile.Input{Quantity: "height_anterior_mm", Current: s})
	for _, m := range p.Marks {
		if m.Role == profile.Range {
			t.Error("an MR study stands beside a radiograph")
		}
	}
	// The pooled range of the mean height: 6.7, SD 1.2.
	p = profile.Make(profile.Input{Quantity: "dabbs_mm", Current: s})
	if m := p.Marks[0]; m.Role != profile.Pooled || math.Abs(m.Y0-4.3) > 1e-9 || math.Abs(m.Y1-9.1) > 1e-9 || m.X1 != 5 {
		t.Errorf("pooled: %+v", m)
	}
}

// Every point stands in the column of its level; levels that are not neighbours are not joined.
func TestPoints(t *testing.T) {
	all := profile.All([]annotations.Annotation{reading(1, "A", "1.2", "L1-L2", "loss_percent", -30.0), reading(2, "A", "1.2", "L2-L3", "loss_percent", 10.0), reading(3, "A", "1.2", "L4-L5", "loss_percent", 130.0),
		reading(4, "A", "1.1", "L4-L5", "loss_percent", 20.0), reading(5, "A", "1.2", "T12-L1", "dhi", 0.2)}, dates)
	prior, _ := profile.Prior(all, all[0])
	p := profile.Make(profile.Input{Quantity: "loss_percent", Current: all[0], Prior: &prior})
	at := map[string]float64{}
	joins := 0
	for _, m := range p.Marks {
		switch {
		case m.Shape == profile.Dot || m.Shape == profile.Ring:
			at[m.UID] = m.X0
		case m.Role == profile.Current && m.Shape == profile.Line:
			joins++
		}
	}
	if fmt.Sprint(p.Levels) != "[T12-L1 L1-L2 L2-L3 L3-L4 L4-L5 L5-S1]" || at["2.25.1"] != 1.5 || at["2.25.2"] != 2.5 || at["2.25.3"] != 4.5 || math.Floor(at["2.25.4"]) != 4 || joins != 1 {
		t.Errorf("%v: points at %v, %d joined", p.Levels, at, joins)
	}
	if p.Low > -30 || p.High < 130 || len(p.Ticks()) < 4 || len(p.Ticks()) > 12 {
		t.Errorf("axis from %v to %v, ticks %v", p.Low, p.High, p.Ticks())
	}
}

// A change is one beyond 2 mm and 20 % only (methods.md 2.5).
func TestChanges(t *testing.T) {
	for _, c := range []struct {
		before, after float64
		want          bool
	}{{10, 7.9, true}, {11, 8.9, false}, {9, 7, false}, {8, 10.5, true}} {
		got := profile.Changes([]annotations.Annotation{reading(1, "A", "1.1", "L4-L5", "dabbs_mm", c.before), reading(2, "A", "1.2", "L4-L5", "dabbs_mm", c.after)}, dates)
		if _, ok := got["2.25.2"]; ok != c.want || len(got) > 1 {
			t.Errorf("%v to %v: %+v", c.before, c.after, got)
		}
	}
}
