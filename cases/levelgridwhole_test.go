package cases

import (
	"slices"
	"testing"

	"rachis/annotations"
)

func aligned(author, study, posture string, values ...annotations.Value) annotations.Annotation {
	a := reading(annotations.Alignment, "", "", author, study, "", values...)
	a.UID = "2.25.7" + study[2:]
	a.Attributes = map[string]string{annotations.AttributePosture: posture}
	return a
}

func degrees(name, role string, v, ci float64) annotations.Value {
	return annotations.Value{Name: name, Role: role, Value: v, CI95: ci, Unit: "deg"}
}

// An alignment has a row of its own below the discs, and what it says of a segment stands at that disc; it is no reading of a disc.
func TestAlignmentInTheGrid(t *testing.T) {
	a := aligned("A", "1.2", "STANDING", degrees("pelvic_incidence_deg", "", 52, 2.4), degrees("segment_lordosis_deg", "L4-L5", 23, 4))
	g := MakeLevelGrid([]annotations.Annotation{a}, gridDates, Dossier{}, "A", false)
	last := g.Rows[len(g.Rows)-1]
	if last.Level != WholeSpine || !last.Whole || last.Labelled || len(last.Cells[GridOther].Entries) != 1 || last.Cells[GridOther].Entries[0].At != "" || last.Cells[GridOther].Entries[0].Date != "20261101" {
		t.Errorf("the last row: %+v", last)
	}
	for _, r := range g.Rows[:len(g.Rows)-1] {
		want := 0
		if r.Level == "L4-L5" {
			want = 1
		}
		if got := r.Cells[GridOther].Entries; len(got) != want || want == 1 && got[0].At != "L4-L5" || r.Whole {
			t.Errorf("%s: %+v", r.Level, got)
		}
	}
	without := MakeLevelGrid(nil, gridDates, Dossier{}, "A", false)
	if g.Done != without.Done || g.Of != without.Of || !slices.Equal(g.Lacks, without.Lacks) {
		t.Errorf("with the alignment %d of %d, %q; without %d of %d, %q", g.Done, g.Of, g.Lacks, without.Done, without.Of, without.Lacks)
	}
	if slices.ContainsFunc(without.Rows, func(r GridRow) bool { return r.Whole }) {
		t.Error("a row of an alignment without one")
	}
	a.Repeats = "2.25.1"
	if g := MakeLevelGrid([]annotations.Annotation{a}, gridDates, Dossier{}, "A", false); g.Rows[len(g.Rows)-1].Whole {
		t.Error("a second pass stands in the grid")
	}
}

// Angles change where they differ by more than the interval of the difference (hypot of both: 3.3 and 3.3 give 4.67), on films of one posture.
func TestAlignmentChanges(t *testing.T) {
	pair := func(p, q string, x, y float64) string {
		from := aligned("A", "1.1", p, degrees("lordosis_l1_s1_deg", "", x, 3.3), degrees("segment_lordosis_deg", "L4-L5", x, 4))
		to := aligned("A", "1.2", q, degrees("lordosis_l1_s1_deg", "", y, 3.3), degrees("segment_lordosis_deg", "L4-L5", y, 4))
		g := MakeLevelGrid([]annotations.Annotation{from, to}, gridDates, Dossier{}, "A", false)
		got := ""
		for _, r := range []GridRow{row(g, "L4-L5"), row(g, WholeSpine)} {
			for _, c := range r.Cells[GridOther].Changes {
				got += c.Quantity + " "
			}
		}
		return got
	}
	for _, c := range []struct {
		p, q string
		y    float64
		want string
	}{{"STANDING", "STANDING", 54, ""}, {"STANDING", "STANDING", 55, "lordosis_l1_s1_deg "}, {"STANDING", "STANDING", 56, "segment_lordosis_deg lordosis_l1_s1_deg "},
		{"STANDING", "SITTING", 30, ""}, {"", "", 30, ""}} {
		if got := pair(c.p, c.q, 50, c.y); got != c.want {
			t.Errorf("%q to %q, 50 to %v: %q, want %q", c.p, c.q, c.y, got, c.want)
		}
	}
}

// A slip changes beyond the interval of the difference, on images of one kind alone: hypot(4.4, 4.4) is 6.22.
func TestSlipChanges(t *testing.T) {
	for _, c := range []struct {
		to    float64
		class string
		want  int
	}{{16.2, "4", 0}, {16.3, "4", 1}, {3.7, "4", 1}, {30, "1", 0}} {
		from := reading(annotations.Listhesis, "L4-L5", "", "A", "1.1", "1", value("slip_percent", 10, 4.4, "%"))
		to := reading(annotations.Listhesis, "L4-L5", "", "A", "1.2", "1", value("slip_percent", c.to, 4.4, "%"))
		to.Marks[0].Image.SOPClassUID = c.class
		g := MakeLevelGrid([]annotations.Annotation{from, to}, gridDates, Dossier{}, "A", false)
		if got := row(g, "L4-L5").Cells[GridOther].Changes; len(got) != c.want {
			t.Errorf("10 to %v on class %s: %+v", c.to, c.class, got)
		}
	}
}
