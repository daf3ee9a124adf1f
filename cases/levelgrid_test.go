package cases

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/dicomio/space"
)

var gridDates = map[string]string{"1.1": "20240301", "1.2": "20261101"}

// reading is a finding of a reviewer in one of two studies.
func reading(kind annotations.Kind, level, endplate, author, study, decision string, values ...annotations.Value) annotations.Annotation {
	return annotations.Annotation{UID: fmt.Sprintf("2.25.%d", len(author)+len(decision)), Kind: kind, Level: level, Endplate: endplate, Author: author, Decision: decision, Values: values,
		Created: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), Marks: []annotations.Mark{{Image: annotations.ImageRef{StudyInstanceUID: study, SOPInstanceUID: "1", SOPClassUID: "4"}}}}
}

func value(name string, v, ci float64, unit string) annotations.Value {
	return annotations.Value{Name: name, Value: v, CI95: ci, Unit: unit, Calibration: map[bool]string{true: "PATIENT"}[unit == "mm"]}
}

func row(g LevelGrid, level string) GridRow {
	return g.Rows[slices.IndexFunc(g.Rows, func(r GridRow) bool { return r.Level == level })]
}

// Limits of agreement decide what is a change (methods.md 2.5: more than 2 mm and 20 %; 3.8: beyond the interval of the difference).
func TestGridShowsChangesBeyondTheLimitsOfAgreement(t *testing.T) {
	const above = annotations.InferiorOfCranial
	for _, c := range []struct {
		name     string
		from, to annotations.Annotation
		want     string
	}{
		{"another type", reading(annotations.Modic, "L4-L5", above, "A", "1.1", "1"), reading(annotations.Modic, "L4-L5", above, "A", "1.2", "2"), "type"},
		{"the same type", reading(annotations.Modic, "L4-L5", above, "A", "1.1", "1"), reading(annotations.Modic, "L4-L5", above, "A", "1.2", "1"), ""},
		{"undecided before", reading(annotations.Modic, "L4-L5", above, "A", "1.1", ""), reading(annotations.Modic, "L4-L5", above, "A", "1.2", "1"), ""},
		{"indeterminate before", reading(annotations.Modic, "L4-L5", above, "A", "1.1", "indeterminate"), reading(annotations.Modic, "L4-L5", above, "A", "1.2", "1"), ""},
		{"another reviewer's type", reading(annotations.Modic, "L4-L5", above, "A", "1.1", "1"), reading(annotations.Modic, "L4-L5", above, "B", "1.2", "2"), ""},
		{"the same date", reading(annotations.Modic, "L4-L5", above, "A", "1.2", "1"), reading(annotations.Modic, "L4-L5", above, "A", "1.2", "2"), ""},
		{"2.1 mm of 10", reading(annotations.DiscHeight, "L4-L5", "", "A", "1.1", "0", value("dabbs_mm", 10, 0, "mm")), reading(annotations.DiscHeight, "L4-L5", "", "A", "1.2", "1", value("dabbs_mm", 7.9, 0, "mm")), "dabbs_mm"},
		{"2.0 mm of 9", reading(annotations.DiscHeight, "L4-L5", "", "A", "1.1", "0", value("dabbs_mm", 9, 0, "mm")), reading(annotations.DiscHeight, "L4-L5", "", "A", "1.2", "1", value("dabbs_mm", 7, 0, "mm")), ""},
		{"2.1 mm of 11", reading(annotations.DiscHeight, "L4-L5", "", "A", "1.1", "0", value("dabbs_mm", 11, 0, "mm")), reading(annotations.DiscHeight, "L4-L5", "", "A", "1.2", "1", value("dabbs_mm", 8.9, 0, "mm")), ""},
		{"4 % within 5.7 each", reading(annotations.Instability, "L4-L5", "", "A", "1.1", "met", value("translation_percent", 12, 5.7, "%")), reading(annotations.Instability, "L4-L5", "", "A", "1.2", "met", value("translation_percent", 16, 5.7, "%")), ""},
		{"8.1 % with 5.7 each", reading(annotations.Instability, "L4-L5", "", "A", "1.1", "met", value("translation_percent", 12, 5.7, "%")), reading(annotations.Instability, "L4-L5", "", "A", "1.2", "met", value("translation_percent", 20.1, 5.7, "%")), "translation_percent"},
		{"no intervals", reading(annotations.Instability, "L4-L5", "", "A", "1.1", "met", value("translation_percent", 12, 0, "%")), reading(annotations.Instability, "L4-L5", "", "A", "1.2", "met", value("translation_percent", 30, 0, "%")), ""},
	} {
		g := MakeLevelGrid([]annotations.Annotation{c.to, c.from}, gridDates, Dossier{}, "A", false)
		cell := row(g, "L4-L5").Cells[gridColumn(c.to)]
		got := ""
		for _, x := range cell.Changes {
			got += x.Quantity
			if x.From.Date != "20240301" || x.To.Date != "20261101" {
				t.Errorf("%s: from %s to %s", c.name, x.From.Date, x.To.Date)
			}
		}
		if got != c.want || len(cell.Entries) != 2 || cell.Entries[0].Date > cell.Entries[1].Date {
			t.Errorf("%s: change %q, want %q, of %d entries", c.name, got, c.want, len(cell.Entries))
		}
	}
	film := reading(annotations.DiscHeight, "L4-L5", "", "A", "1.2", "1", value("dabbs_mm", 5, 0, "mm"))
	film.Marks[0].Image.SOPClassUID = "1.1"
	g := MakeLevelGrid([]annotations.Annotation{reading(annotations.DiscHeight, "L4-L5", "", "A", "1.1", "0", value("dabbs_mm", 10, 0, "mm")), film}, gridDates, Dossier{}, "A", false)
	if len(row(g, "L4-L5").Cells[GridHeight].Changes) != 0 {
		t.Error("heights are compared across modalities")
	}
}

func TestGridRowsAndWhatIsLacking(t *testing.T) {
	g := MakeLevelGrid(nil, nil, Dossier{}, "A", false)
	if len(g.Rows) != 6 || strings.Join(g.Lacks, " ") != "labels numbering modic|10 height|L1-L2,L2-L3,L3-L4,L4-L5,L5-S1 motion" || g.Done != 0 || g.Of != 15 {
		t.Errorf("empty: %d rows, lacks %v, %d of %d", len(g.Rows), g.Lacks, g.Done, g.Of)
	}
	all := GridLevels(nil, true)
	if len(all) != 23 || all[0] != "C2-C3" || all[5] != "C7-T1" || all[17] != "T12-L1" || all[22] != "L5-S1" {
		t.Errorf("all levels: %v", all)
	}
	image := annotations.ImageRef{SOPInstanceUID: "1", Frame: 1}
	labels := annotations.Annotation{UID: "2.25.7", Kind: annotations.Levels, Author: "B"}
	for i, v := range []string{"L3", "L4", "L5", "L6", "S1"} {
		l := annotations.NewLabel(v, image, space.Pixel{Col: 1, Row: float64(i + 1)})
		l.Proposed = v == "S1"
		labels = labels.WithLabel(l)
	}
	second := reading(annotations.Modic, "L4-L5", annotations.SuperiorOfCaudal, "A", "1.2", "1")
	second.Repeats = "2.25.1"
	gone := reading(annotations.Modic, "L3-L4", annotations.SuperiorOfCaudal, "A", "1.2", "1")
	gone.Deleted = true
	g = MakeLevelGrid([]annotations.Annotation{labels, second, gone,
		reading(annotations.Modic, "L4-L5", annotations.SuperiorOfCaudal, "A", "1.2", "0"),
		reading(annotations.Modic, "L5-L6", annotations.SuperiorOfCaudal, "A", "1.2", ""),
		reading(annotations.Modic, "L4-L5", annotations.InferiorOfCranial, "B", "1.2", "3"),
		reading(annotations.DiscHeight, "L4-L5", "", "A", "1.2", ""),
		reading(annotations.Instability, "L4-L5", "", "A", "1.2", "met"),
	}, gridDates, Dossier{Numbering: "counted_from_c2"}, "A", false)
	want := "labels-at|L1-L2,L2-L3,L5-S1 modic|9 height|L1-L2,L2-L3,L3-L4,L5-S1 decisions|2"
	if got := strings.Join(g.Lacks, " "); got != want || g.Done != 2 {
		t.Errorf("lacks %q, want %q; %d done", got, want, g.Done)
	}
	r := row(g, "L4-L5")
	if !r.Labelled || len(r.Cells[GridEndplateBelow].Entries) != 1 || len(r.Cells[GridEndplateAbove].Entries) != 1 || row(g, "L5-L6").Labelled != true || row(g, "L5-S1").Labelled {
		t.Errorf("rows %+v", g.Rows)
	}
}

// A Modic finding that does not say its endplate is shown as such, in no endplate's column, and neither counts as read nor is compared.
func TestGridModicWithoutEndplate(t *testing.T) {
	g := MakeLevelGrid([]annotations.Annotation{
		reading(annotations.Modic, "L4-L5", "", "A", "1.1", "1"), reading(annotations.Modic, "L4-L5", "", "A", "1.2", "2"),
		reading(annotations.Modic, "T9-T10", "", "A", "1.2", "2"),
	}, gridDates, Dossier{}, "A", false)
	r := row(g, "L4-L5")
	if len(r.Cells[GridEndplateAbove].Entries)+len(r.Cells[GridEndplateBelow].Entries) != 0 || len(r.Cells[GridOther].Entries) != 2 || len(r.Cells[GridOther].Changes) != 0 {
		t.Errorf("cells %+v", r.Cells)
	}
	if g.Done != 0 || len(row(g, "T9-T10").Cells[GridOther].Entries) != 1 {
		t.Errorf("%d done, rows %+v", g.Done, g.Rows)
	}
}

// A grade by eye at a level outside the lumbar spine has a row, as every other reading has; a plain measurement has none for itself.
func TestGridHasARowForGradesByEye(t *testing.T) {
	for kind, decision := range map[annotations.Kind]string{annotations.Pfirrmann: "4", annotations.Schizas: "C"} {
		g := MakeLevelGrid([]annotations.Annotation{reading(kind, "C5-C6", "", "A", "1.2", decision)}, gridDates, Dossier{}, "A", false)
		if len(g.Rows) != 7 || g.Rows[0].Level != "C5-C6" || len(g.Rows[0].Cells[GridOther].Entries) != 1 {
			t.Errorf("%s: %d rows from %s", kind, len(g.Rows), g.Rows[0].Level)
		}
	}
	if g := MakeLevelGrid([]annotations.Annotation{reading(annotations.Distance, "C5-C6", "", "A", "1.2", "")}, gridDates, Dossier{}, "A", false); len(g.Rows) != 6 {
		t.Errorf("with a distance there are %d rows", len(g.Rows))
	}
}
