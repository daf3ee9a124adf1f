package app

import (
	"reflect"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
)

// The window reads the same numbers from the images that are open as the command line does from their files.
func TestTheWindowReadsFindingsFromItsImages(t *testing.T) {
	dir := t.TempDir()
	truth, err := phantom.Write(t.Context(), dir, phantom.Options{Seed: 2, Noise: 1})
	if err != nil {
		t.Fatal(err)
	}
	index, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := openedWindow(t, "en")
	w.session.add(source{paths: []string{dir}, index: index})
	images := evaluate.FromIndex(index)
	for _, l := range truth.MR.Lesions {
		a := annotations.Annotation{UID: "2.25.1", Kind: annotations.Modic, Level: l.Level, Endplate: l.Endplate, Decision: "3", Note: "kept"}
		for role, r := range map[string]phantom.Region{"lesion": l.Regions["T2"], "reference": l.References["T2"], "csf": truth.MR.CSF["T2"]} {
			for _, it := range w.session.items {
				for i, s := range it.Stack.Slices {
					if s.Instance.SOPInstanceUID == r.SOPInstanceUID {
						ref, _ := it.Ref(i)
						a = a.WithMark(annotations.Mark{Image: ref, Role: role, Points: r.Pixels()})
					}
				}
			}
		}
		got := w.evaluate(a)
		if got.Suggestion == nil || got.Suggestion.Type != l.Type || len(got.Suggestion.Warnings) > 0 || got.Decision != "3" || got.Note != "kept" {
			t.Errorf("%s %s: %+v", l.Level, l.Endplate, got.Suggestion)
		}
		if want := evaluate.Evaluate(t.Context(), images, a); !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s: %+v, from the files %+v", l.Level, l.Endplate, got, want)
		}
	}
}
