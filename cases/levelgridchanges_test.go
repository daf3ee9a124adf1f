package cases

import (
	"slices"
	"testing"

	"rachis/annotations"
)

// A height of a scale that its reviewer has replaced since is not compared, whichever of the two it is: that is said, and no change.
func TestHeightsOfAReplacedScaleAreNotCompared(t *testing.T) {
	height := func(study string, mm, spacing float64) annotations.Annotation {
		a := reading(annotations.DiscHeight, "L4-L5", "", "A", study, "1", value("dabbs_mm", mm, 0, "mm"))
		a.UID = "2.25.6" + study[2:]
		a.Marks[0].Image.SOPInstanceUID, a.Marks[0].Image.Frame = study, 1
		a.Values[0].Calibration = "CALIBRATED_USER"
		a.Scales = []annotations.Scale{{SOPInstanceUID: study, Frame: 1, Calibration: "2.25.5" + study[2:], Method: "ball", RowSpacing: spacing, ColumnSpacing: spacing}}
		return a
	}
	scale := func(study string, spacing float64) annotations.Annotation {
		return annotations.Annotation{UID: "2.25.5" + study[2:], Kind: annotations.Calibration, Author: "A", Attributes: map[string]string{annotations.AttributeMethod: "ball"},
			Marks:  []annotations.Mark{{Image: annotations.ImageRef{StudyInstanceUID: study, SOPInstanceUID: study, Frame: 1}, Role: annotations.RoleKnown}},
			Values: []annotations.Value{value(annotations.ValueRowSpacing, spacing, 0, "mm"), value(annotations.ValueColumnSpacing, spacing, 0, "mm")}}
	}
	for _, c := range []struct {
		name           string
		before, now    float64 // the spacings that the calibrations give now; both were measured by 0.12
		want           string
		staleB, staleN bool
	}{
		{"both hold", 0.12, 0.12, "dabbs_mm", false, false},
		{"the earlier is replaced", 0.14, 0.12, GridScale, true, false},
		{"the later is replaced", 0.12, 0.14, GridScale, false, true},
	} {
		g := MakeLevelGrid([]annotations.Annotation{height("1.1", 10, 0.12), height("1.2", 6, 0.12), scale("1.1", c.before), scale("1.2", c.now)}, gridDates, Dossier{}, "A", false)
		cell := row(g, "L4-L5").Cells[GridHeight]
		if len(cell.Entries) != 2 || cell.Entries[0].Stale != c.staleB || cell.Entries[1].Stale != c.staleN {
			t.Errorf("%s: entries %+v", c.name, cell.Entries)
		}
		if len(cell.Changes) != 1 || cell.Changes[0].Quantity != c.want || cell.Changes[0].Compared() != (c.want != GridScale) {
			t.Errorf("%s: changes %+v, want %s", c.name, cell.Changes, c.want)
		}
	}
}

// A grade by eye that is another one since the prior is a change, of the same side only.
func TestGradesByEyeChange(t *testing.T) {
	lee := func(study, side, grade string) annotations.Annotation {
		a := reading(annotations.Lee, "L4-L5", "", "A", study, grade)
		if side != "" {
			a.Attributes = map[string]string{annotations.AttributeSide: side}
		}
		return a
	}
	by := func(k annotations.Kind, study, grade string) annotations.Annotation {
		return reading(k, "L4-L5", "", "A", study, grade)
	}
	for _, c := range []struct {
		name string
		list []annotations.Annotation
		want []string
	}{
		{"Pfirrmann", []annotations.Annotation{by(annotations.Pfirrmann, "1.1", "3"), by(annotations.Pfirrmann, "1.2", "4")}, []string{"3 4"}},
		{"the same", []annotations.Annotation{by(annotations.Pfirrmann, "1.1", "3"), by(annotations.Pfirrmann, "1.2", "3")}, nil},
		{"undecided before", []annotations.Annotation{by(annotations.Pfirrmann, "1.1", ""), by(annotations.Pfirrmann, "1.2", "3")}, nil},
		{"Schizas", []annotations.Annotation{by(annotations.Schizas, "1.1", "A2"), by(annotations.Schizas, "1.2", "C")}, []string{"A2 C"}},
		{"Lee of the canal", []annotations.Annotation{by(annotations.LeeCentral, "1.1", "1"), by(annotations.LeeCentral, "1.2", "2")}, []string{"1 2"}},
		{"two kinds", []annotations.Annotation{by(annotations.Pfirrmann, "1.1", "3"), by(annotations.LeeCentral, "1.2", "2")}, nil},
		{"Lee of each side", []annotations.Annotation{lee("1.1", "left", "1"), lee("1.1", "right", "2"), lee("1.2", "left", "3"), lee("1.2", "right", "2")}, []string{"1 3"}},
		{"Lee of an unknown side", []annotations.Annotation{lee("1.1", "", "1"), lee("1.2", "", "3")}, nil},
	} {
		var got []string
		for _, x := range row(MakeLevelGrid(c.list, gridDates, Dossier{}, "A", false), "L4-L5").Cells[GridOther].Changes {
			if x.Quantity != "grade" {
				t.Errorf("%s: %q changes", c.name, x.Quantity)
			}
			got = append(got, x.From.Finding.Decision+" "+x.To.Finding.Decision)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Every angle that has changed is a change, not the first alone.
func TestEveryChangedAngleIsSaid(t *testing.T) {
	from := aligned("A", "1.1", "STANDING", degrees("lordosis_l1_s1_deg", "", 50, 3), degrees("pelvic_tilt_deg", "", 12, 2))
	to := aligned("A", "1.2", "STANDING", degrees("lordosis_l1_s1_deg", "", 35, 3), degrees("pelvic_tilt_deg", "", 24, 2))
	g := MakeLevelGrid([]annotations.Annotation{from, to}, gridDates, Dossier{}, "A", false)
	if got := row(g, WholeSpine).Cells[GridOther].Changes; len(got) != 2 || got[0].Quantity != "lordosis_l1_s1_deg" || got[1].Quantity != "pelvic_tilt_deg" {
		t.Errorf("%+v", got)
	}
	motion := func(study string, percent, degrees float64) annotations.Annotation {
		return reading(annotations.Instability, "L4-L5", "", "A", study, "met", value("translation_percent", percent, 3, "%"), value("rotation_procrustes_deg", degrees, 2, "deg"), value("rotation_deg", degrees, 2, "deg"))
	}
	g = MakeLevelGrid([]annotations.Annotation{motion("1.1", 5, 8), motion("1.2", 15, 18)}, gridDates, Dossier{}, "A", false)
	if got := row(g, "L4-L5").Cells[GridMotion].Changes; len(got) != 2 || got[0].Quantity != "translation_percent" || got[1].Quantity != "rotation_procrustes_deg" {
		t.Errorf("motion: %+v", got)
	}
}
