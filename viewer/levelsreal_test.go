package viewer

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// expectedLevels is an entry of testdata/levels.json, which testdata/levels.py made with pydicom and numpy.
type expectedLevels struct {
	Folder string
	Labels []struct {
		Vertebra         string
		Series, Instance int
		At               [2]float64
	}
	Images []struct {
		Series, Instance int
		Across           bool
		Level            *string
		Shows            []expectedLabel
	}
}

type expectedLabel struct {
	Vertebra string
	At       [2]float64
	Off      float64
	Near     bool
}

// Labels set on one series show at the right place on T1, T2, axial and CT: where pydicom and numpy put them, to a hundredth of a pixel.
func TestLevelsOnTheSpineData(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "testdata")
	if _, err := os.Stat(root); err != nil {
		if root = filepath.Join("..", root); !there(root) {
			t.Skip("the shared test data (../shared/testdata) is not here: levels are not checked on real series")
		}
	}
	data, err := os.ReadFile(filepath.Join("testdata", "levels.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sets []expectedLevels
	if err := json.Unmarshal(data, &sets); err != nil {
		t.Fatal(err)
	}
	worst, crosses, names, captions := 0.0, 0, 0, 0
	for _, want := range sets {
		idx, err := dicomio.Scan(t.Context(), []string{filepath.Join(root, want.Folder)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		refs := map[[2]int]annotations.ImageRef{}
		for p, se := range idx.Series() {
			for _, k := range se.Stacks {
				for i, s := range k.Slices {
					if ref, ok := (Item{Stack: k, Info: InfoOf(p.Patient, p.Study, se, k)}).Ref(i); ok && ref.Plane != nil {
						refs[[2]int{se.Number, s.Instance.InstanceNumber}] = ref
					}
				}
			}
		}
		set := annotations.Annotation{UID: "2.25.1", Kind: annotations.Levels}
		for _, l := range want.Labels {
			set = set.WithLabel(annotations.NewLabel(l.Vertebra, refs[[2]int{l.Series, l.Instance}], pixel(l.At)))
		}
		for _, im := range want.Images {
			ref, ok := refs[[2]int{im.Series, im.Instance}]
			if !ok {
				t.Fatalf("%s: series %d has no image %d", want.Folder, im.Series, im.Instance)
			}
			got := map[string]annotations.Sighting{}
			for _, s := range annotations.LabelsOn(set.Labels(), ref) {
				got[s.Label.Vertebra] = s
			}
			if len(got) != len(im.Shows) {
				t.Errorf("series %d image %d shows %d labels, want %d", im.Series, im.Instance, len(got), len(im.Shows))
			}
			for _, w := range im.Shows {
				s := got[w.Vertebra]
				off := s.At.Distance(pixel(w.At))
				worst = math.Max(worst, off)
				if off > 0.01 || math.Abs(math.Abs(s.Off)-math.Abs(w.Off)) > 0.01 || s.Near != w.Near {
					t.Errorf("series %d image %d has %s at %v, %v mm off (near %v), want %v, %v mm (%v)", im.Series, im.Instance, w.Vertebra, s.At, s.Off, s.Near, w.At, w.Off, w.Near)
				}
			}
			level, _, ok := annotations.LevelOn(set.Labels(), ref)
			if w := im.Level; ok != (w != nil) || ok && level != *w {
				t.Errorf("series %d image %d is at %q, want %v", im.Series, im.Instance, level, w)
			}
			// What is painted says the same.
			for _, s := range annotations.Shapes(set, ref, "") {
				switch s.Type {
				case "cross":
					crosses++
					if !crossed(s.Points[0], im.Shows) {
						t.Errorf("series %d image %d has a cross at %v, where no label is", im.Series, im.Instance, s.Points[0])
					}
				case "text":
					names++
				case "caption":
					captions++
					if im.Level == nil || s.Text != *im.Level {
						t.Errorf("series %d image %d has the caption %q", im.Series, im.Instance, s.Text)
					}
				}
			}
		}
	}
	t.Logf("%d crosses, %d names, %d captions; the worst label %.6f pixels off", crosses, names, captions, worst)
	if crosses != 26 || captions < 25 || names < 200 {
		t.Error("there is less to compare than there was")
	}
}

func there(path string) bool { _, err := os.Stat(path); return err == nil }

func crossed(p space.Pixel, list []expectedLabel) bool {
	for _, w := range list {
		if w.Near && p.Distance(pixel(w.At)) < 0.01 {
			return true
		}
	}
	return false
}
