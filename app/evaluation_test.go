package app

import (
	"reflect"
	"testing"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
)

// A finding whose image is not on screen is shown as it is read; one that is on screen leaves the layout as it is.
func TestAFindingComesUpInItsLayout(t *testing.T) {
	dir, _ := phantomStudy(t)
	w, settle := openedWindow(t, "en")
	w.open([]string{dir})
	settle()
	mark := func(role string, want func(*dicomio.Stack) bool) annotations.Mark {
		for _, it := range w.session.items {
			if want(it.Stack) {
				ref, _ := it.Ref(0)
				return annotations.Mark{Role: role, Image: ref, Points: []space.Pixel{{Col: 1, Row: 1}, {Col: 5, Row: 1}, {Col: 1, Row: 5}}}
			}
		}
		t.Fatalf("no series for the %s", role)
		return annotations.Mark{}
	}
	view := func(v string) func(*dicomio.Stack) bool { return func(k *dicomio.Stack) bool { return k.View == v } }
	t2 := mark(annotations.RoleLesion, func(k *dicomio.Stack) bool { return k.Weighting == "T2" && !k.FatSuppressed })
	modic := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Modic, Author: "Dr Test", Level: "L4-L5", Marks: []annotations.Mark{t2}}
	films := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Instability, Author: "Dr Test", Level: "L4-L5",
		Marks: []annotations.Mark{mark(annotations.RoleFlexion, view("FLEXION")), mark(annotations.RoleExtension, view("EXTENSION"))}}
	line := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Distance, Author: "Dr Test", Marks: []annotations.Mark{{Image: t2.Image, Points: t2.Points[:2]}}}
	c, err := w.ensureCase(t2.Image.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []annotations.Annotation{modic, films, line} {
		if !w.apply(c, annotations.Edit{After: &a}) {
			t.Fatal("the finding was not kept")
		}
	}
	shows := func() (out string) {
		for i := range w.grid.Cells() {
			if it, ok := w.grid.Item(i); ok {
				out += it.Stack.View + it.Stack.Weighting + " "
			}
		}
		return out
	}
	w.grid.SetLayout(viewer.Layout1x1)
	for _, step := range []struct {
		uid, want string
	}{
		{films.UID, "FLEXION EXTENSION "},
		{line.UID, "T2 EXTENSION "}, // a plain mark takes the active view
		{films.UID, "FLEXION EXTENSION "},
		{modic.UID, "T1 T2 STIR "},
		{line.UID, "T1 T2 STIR "},
	} {
		w.goTo(step.uid)
		settle()
		if got := shows(); got != step.want {
			t.Errorf("the views show %q, want %q", got, step.want)
		}
	}
}

// The window reads the same numbers from the images that are open as the command line does from their files.
func TestTheWindowReadsFindingsFromItsImages(t *testing.T) {
	dir, truth := phantomStudy(t)
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
