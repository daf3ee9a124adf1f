package dicomio_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rachis/dicomio"
)

// TestSeriesTable holds the index of real studies against series.csv, which others computed.
func TestSeriesTable(t *testing.T) {
	root := shared(t)
	f, err := os.Open(filepath.Join(root, "series.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	tested := 0
	listings := map[string]map[string]dicomio.ListedSeries{}
	for _, row := range rows[1:] {
		get := func(name string) string { return row[column[name]] }
		theme := get("theme")
		switch theme[:2] {
		case "01", "02", "03", "10":
		default:
			continue
		}
		if listings[theme] == nil {
			listings[theme] = map[string]dicomio.ListedSeries{}
			for _, p := range scan(t, filepath.Join(root, theme)).Listing(0).Patients {
				for _, st := range p.Studies {
					for _, se := range st.Series {
						listings[theme][p.ID+" "+st.UID+" "+se.UID] = se
					}
				}
			}
		}
		tested++
		name := fmt.Sprintf("%s %s group %s", theme, get("description"), get("group"))
		se, ok := listings[theme][get("patient_id")+" "+get("study_uid")+" "+get("series_uid")]
		if !ok {
			t.Errorf("%s: no such series", name)
			continue
		}
		number := func(column string) int {
			n, err := strconv.Atoi(get(column))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if se.Modality != get("modality") || se.Number != number("series_number") || se.Instances != number("images_in_series") || se.Frames != se.Instances {
			t.Errorf("%s: %s %d with %d images and %d frames", name, se.Modality, se.Number, se.Instances, se.Frames)
		}
		if se.OrientationGroups != number("orientation_groups") {
			t.Errorf("%s: %d orientation groups, want %s", name, se.OrientationGroups, get("orientation_groups"))
		}
		// The groups are not numbered alike everywhere: the group is known by its images.
		order := wantOrder(get("instance_numbers_by_increasing_position_along_normal"))
		group := 0
		for _, k := range se.Stacks {
			if has(k.InstanceNumbers, order[0]) {
				group = k.Group
			}
		}
		images, distinct, uniform := 0, 0, true
		position := map[int]int{} // in the table's order
		for i, n := range order {
			position[n] = i
		}
		for _, k := range se.Stacks {
			if k.Group != group {
				continue
			}
			images += k.Images
			distinct++
			uniform = uniform && k.Uniform
			if k.Rows != number("rows") || k.Columns != number("cols") {
				t.Errorf("%s: %d x %d", name, k.Rows, k.Columns)
			}
			if get("uniform_stack") == "duplicate positions" {
				continue // the order of echoes at one place is the table's own
			}
			for i, n := range k.InstanceNumbers {
				if position[n] != i {
					t.Errorf("%s: image %d is at place %d, want %d", name, n, i, position[n])
				}
			}
		}
		if images != number("images_in_group") {
			t.Errorf("%s: %d images in the group, want %s", name, images, get("images_in_group"))
		}
		if get("uniform_stack") == "yes" && !uniform || get("uniform_stack") == "no" && uniform {
			t.Errorf("%s: uniform is %v", name, uniform)
		}
		if get("uniform_stack") == "yes" {
			// The table's normal comes from rounded direction cosines and is up to a thousandth too long.
			least, most := float(t, get("min_gap_mm")), float(t, get("max_gap_mm"))
			if se.SliceSpacing == nil || *se.SliceSpacing < least*0.999 || *se.SliceSpacing > most*1.001 {
				t.Errorf("%s: slice spacing %v, want %v to %v", name, se.SliceSpacing, least, most)
			}
		}
		if want := get("pixel_spacing"); want != "" {
			v := strings.Split(want, `\`)
			if len(se.Spacing) != 2 || math.Abs(se.Spacing[0]-float(t, v[0])) > 1e-9 || math.Abs(se.Spacing[1]-float(t, v[1])) > 1e-9 {
				t.Errorf("%s: spacing %v, want %s", name, se.Spacing, want)
			}
		}
	}
	if tested < 30 {
		t.Fatalf("only %d rows were tested", tested)
	}
}

func float(t *testing.T, s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func has(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// wantOrder reads "3 2 1" or "1..120".
func wantOrder(s string) []int {
	var out []int
	if first, last, ok := strings.Cut(s, ".."); ok {
		a, _ := strconv.Atoi(first)
		b, _ := strconv.Atoi(last)
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
		return out
	}
	for _, f := range strings.Fields(s) {
		n, _ := strconv.Atoi(f)
		out = append(out, n)
	}
	return out
}

// TestSpineMR is the incomplete medium of a lumbar study: what the clinician sees of it.
func TestSpineMR(t *testing.T) {
	x := scan(t, filepath.Join(shared(t), "01_spine_mr_fileset"))
	missing := 0
	for _, s := range x.Skipped {
		if s.Code == dicomio.SkipMissing && strings.Contains(s.Reason, `DCMDT\D00000`) {
			missing++
		}
	}
	if missing != 28 || len(x.Skipped) != 28 {
		t.Errorf("%d missing of %d skipped, want 28 of 28", missing, len(x.Skipped))
	}
	want := map[int][2]string{6: {"SAG", "T2"}, 7: {"SAG", "T1"}, 8: {"AX", "T2"}}
	for _, se := range x.Series() {
		if got := [2]string{se.Orientation, se.Weighting}; got != want[se.Number] {
			t.Errorf("series %d is %v, want %v", se.Number, got, want[se.Number])
		}
		if se.Calibration.State != dicomio.InPatient || se.Calibration.Source != "PixelSpacing" {
			t.Errorf("series %d: calibration %+v", se.Number, se.Calibration)
		}
	}
	if len(want) != 3 || len(x.Patients) != 1 || len(x.Patients[0].Studies) != 1 {
		t.Errorf("%d patients", len(x.Patients))
	}
}

// TestDICOMDIRVariants gives a DICOMDIR itself, in the encodings and orders in which others wrote it.
func TestDICOMDIRVariants(t *testing.T) {
	root := filepath.Join(shared(t), "10_dicomdir_tree")
	whole := scan(t, root)
	for _, name := range []string{"DICOMDIR", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-reordered"} {
		x := scan(t, filepath.Join(root, name))
		if len(x.Skipped) != 0 {
			t.Errorf("%s: skipped %v", name, x.Skipped)
		}
		if got, want := outline(x), outline(whole); got != want {
			t.Errorf("%s gives\n%s\nwant\n%s", name, got, want)
		}
	}
	x := scan(t, filepath.Join(shared(t), "01_spine_mr_fileset", "DICOMDIR"))
	if len(x.Skipped) != 28 || len(x.Patients) != 1 || len(x.Patients[0].Studies[0].Series) != 3 {
		t.Errorf("the incomplete medium: %d skipped, %d patients", len(x.Skipped), len(x.Patients))
	}
}

// outline is an index without paths.
func outline(x *dicomio.Index) string {
	var b strings.Builder
	for place, se := range x.Series() {
		fmt.Fprintf(&b, "%s %s %s %d %s:", place.Patient.ID, place.Study.UID, se.UID, se.Number, se.Orientation)
		for _, in := range se.Instances {
			fmt.Fprintf(&b, " %s", in.SOPInstanceUID)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
