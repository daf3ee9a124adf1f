package app

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// carriedLabel is a label as testdata/carry.py places it with pydicom and numpy.
type carriedLabel struct {
	Vertebra         string
	Series, Instance int
	At               [2]float64
}

// Labels of the real lumbar MR are carried to the CT of the same spine by the vertebrae that are labelled on both, and confirmed: each is then on the
// image, and within a pixel of the place, where pydicom and numpy put it. The two scanners share no frame of reference.
func TestLevelsAreCarriedFromMRToCTOnTheSpineData(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "testdata")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the shared test data (../shared/testdata) is not here: carried levels are not checked on real series")
	}
	data, err := os.ReadFile(filepath.Join("testdata", "carry.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		MR, CT  map[string][4]float64
		Carried []struct {
			Common  []string
			Offset  [3]float64 `json:"offset_mm"`
			Labels  []carriedLabel
			Outside []string
		}
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, c := range want.Carried {
		w, settle := openedWindow(t, "en")
		w.closeAll()
		// One man, two scanners, two IDs: as one patient, which is for the coordinator to settle.
		var index *dicomio.Index
		for _, folder := range []string{"01_spine_mr_fileset", "02_spine_ct"} {
			idx, err := dicomio.Scan(t.Context(), []string{filepath.Join(root, folder)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if index == nil {
				index = idx
			} else {
				index.Patients[0].Studies = append(index.Patients[0].Studies, idx.Patients[0].Studies...)
			}
		}
		p := index.Patients[0]
		p.Name, p.ID, p.BirthDate = "SYNTHETIC^Spine", "P1", "19700101" // no real name in a test's library
		w.session.add(source{paths: []string{"/nowhere"}, index: index})
		w.sessionChanged()
		settle()
		refs, items := map[[2]int]annotations.ImageRef{}, map[[2]int]int{}
		for n, it := range w.session.items {
			for i, s := range it.Stack.Slices {
				if ref, ok := it.Ref(i); ok && s.Instance != nil {
					key := [2]int{it.Info.SeriesNumber, s.Instance.InstanceNumber}
					if it.Info.Modality == "CT" {
						key[0] += 1000 // both have a series 6
					}
					refs[key], items[key] = ref, n
				}
			}
		}
		set := func(add int, labels map[string][4]float64, only []string) (a annotations.Annotation) {
			a = annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Levels, Author: "Dr Test"}
			for v, l := range labels {
				if only == nil || slices.Contains(only, v) {
					a = a.WithLabel(annotations.NewLabel(v, refs[[2]int{add + int(l[0]), int(l[1])}], space.Pixel{Col: l[2], Row: l[3]}))
				}
			}
			return a
		}
		mr, ct := set(0, want.MR, nil), set(1000, want.CT, c.Common)
		k, err := w.ensureCase(mr.Marks[0].Image.StudyInstanceUID)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []annotations.Annotation{mr, ct} {
			if !w.apply(k, annotations.Edit{After: &a}) {
				t.Fatal("the labels are not kept")
			}
		}
		first := want.CT[c.Common[0]]
		w.place(w.session.items[items[[2]int{1000 + int(first[0]), int(first[1])}]])
		settle()
		w.table.Run("levels.carry")
		settle()
		now, _ := k.doc.Find(ct.UID)
		if n := len(now.Labels()) - len(annotations.Confirmed(now.Labels())); n != len(c.Labels) {
			t.Fatalf("by %v %d labels are proposed, want %d", c.Common, n, len(c.Labels))
		}
		for i, name := range []string{"carried_left_mm", "carried_back_mm", "carried_up_mm"} {
			if v, ok := now.Quantity(name, ""); !ok || math.Abs(v.Value-c.Offset[i]) > 0.001 || v.Method != mr.LevelSpace() {
				t.Errorf("by %v they are moved by %+v, want %v", c.Common, v, c.Offset)
			}
		}
		w.table.Run("levels.confirm")
		settle()
		now, _ = k.doc.Find(ct.UID)
		for _, l := range now.Labels() { // what lies far from the labels in common is confirmed one by one
			if before, _ := k.doc.Find(ct.UID); l.Unsure() {
				l.Proposed = false
				after := before.WithLabel(l)
				w.apply(k, annotations.Edit{Before: &before, After: &after})
			}
		}
		now, _ = k.doc.Find(ct.UID)
		for _, e := range c.Labels {
			l, ok := now.LabelOf(e.Vertebra)
			image := refs[[2]int{1000 + e.Series, e.Instance}]
			if !ok || l.Proposed || !l.Image.Same(image) {
				t.Errorf("by %v %s is on %s, want series %d image %d", c.Common, e.Vertebra, l.Image.SOPInstanceUID, e.Series, e.Instance)
				continue
			}
			at, _ := image.Plane.FromPatient(l.At)
			if off := at.Distance(space.Pixel{Col: e.At[0], Row: e.At[1]}); off > 1 {
				t.Errorf("by %v %s is %.2f pixels off", c.Common, e.Vertebra, off)
			}
			compared++
		}
		for _, v := range c.Outside {
			if _, ok := now.LabelOf(v); ok {
				t.Errorf("by %v %s is labelled, and no image shows it", c.Common, v)
			}
		}
		if by, known := carriedFrom(now, mr.LevelSpace()); !known || by.Length() == 0 {
			t.Error("by how much they were moved is not kept")
		}
		if problems := w.levels.problems(now.Marks[0].Image); len(problems) > 0 {
			t.Errorf("by %v it is said that %v", c.Common, problems)
		}
	}
	if compared < 14 {
		t.Errorf("%d labels compared", compared)
	}
}
