package handover_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

var day = time.Date(2026, 11, 24, 14, 5, 0, 0, time.FixedZone("", -5*3600))

// studio is a library with the phantom's case in it, made once for all tests: they only read it.
var studio struct {
	dir   string
	truth *phantom.Truth
	store *store.Store
	id    string
}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "rachis-handover-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		studio.dir = dir
		if err := setUp(); err != nil {
			panic(err)
		}
		defer studio.store.Close()
		return m.Run()
	}())
}

const reviewer = "Dr Côté, Marie"

func setUp() error {
	ctx := context.Background()
	var err error
	files := filepath.Join(studio.dir, "phantom")
	if studio.truth, err = phantom.Write(ctx, files, phantom.Options{Seed: 1, Noise: 1}); err != nil {
		return err
	}
	if studio.store, err = store.Open(filepath.Join(studio.dir, "library")); err != nil {
		return err
	}
	s := studio.store
	s.SetClock(func() time.Time { return day.Add(-time.Hour) })
	idx, err := dicomio.Scan(ctx, []string{files}, nil)
	if err != nil {
		return err
	}
	got, err := s.Import(ctx, idx, store.ImportOptions{})
	if err != nil {
		return err
	}
	c, err := s.CreateCase(store.NewCase{Title: "Fantôme", StudyUIDs: got.Studies, Author: reviewer})
	if err != nil {
		return err
	}
	studio.id = c.ID
	for _, a := range findings(idx, studio.truth) {
		if err := s.ApplyEdit(c.ID, a.Author, annotations.Edit{After: &a}); err != nil {
			return err
		}
	}
	if err := s.SetDossier(c.ID, reviewer, map[string]string{"question": "L4-L5 est-il instable ?", "conservative_months": "11", "neurological_deficit": "no"}); err != nil {
		return err
	}
	film := studio.truth.Films["EXTENSION"]
	if _, err := s.AddKeyImage(c.ID, cases.KeyImage{UID: "2.25.900", Image: place(idx, film.Image.SOPInstanceUID), Author: reviewer, Caption: "Vue d’ensemble",
		View: annotations.View{Turn: 1, Flip: true}}); err != nil {
		return err
	}
	_, err = s.Sign(c.ID, reviewer)
	return err
}

// place names an image as a mark does.
func place(idx *dicomio.Index, sop string) annotations.ImageRef {
	p, ok := idx.Instance(sop)
	if !ok {
		panic("the phantom has no " + sop)
	}
	k, at, _ := p.Series.SliceOf(p.Instance, 0)
	r := annotations.ImageRef{StudyInstanceUID: p.Study.UID, SeriesInstanceUID: p.Series.UID, SOPClassUID: p.Instance.SOPClassUID, SOPInstanceUID: sop, Frame: 1,
		FrameOfReferenceUID: k.FrameOfReferenceUID}
	if pl := k.Slices[at].Plane; pl.Known() {
		r.Plane = &pl
	}
	return r
}

// corners are a vertebra's landmarks as a disc or a film has them.
func corners(name string, v phantom.Vertebra) (names []string, points []space.Pixel) {
	for _, c := range []struct {
		n string
		p phantom.Point
	}{{"SA", v.SA}, {"SP", v.SP}, {"IP", v.IP}, {"IA", v.IA}} {
		if c.p == (phantom.Point{}) {
			continue
		}
		names, points = append(names, name+"."+c.n), append(points, c.p.Pixel)
	}
	return names, points
}

func findings(idx *dicomio.Index, t *phantom.Truth) (out []annotations.Annotation) {
	made := day.Add(-2 * time.Hour)
	base := func(uid string, k annotations.Kind, level string) annotations.Annotation {
		return annotations.Annotation{UID: uid, Rev: 1, Kind: k, Author: reviewer, Created: made, Modified: made, Level: level}
	}
	for i, l := range t.MR.Lesions {
		a := base("2.25.10"+string(rune('0'+i)), annotations.Modic, l.Level)
		a.Endplate, a.Decision = l.Endplate, l.Type
		a.Marks = []annotations.Mark{
			{Image: place(idx, l.Regions["T1"].SOPInstanceUID), Role: annotations.RoleLesion, Points: l.Regions["T1"].Pixels()},
			{Image: place(idx, l.References["T1"].SOPInstanceUID), Role: annotations.RoleReference, Points: l.References["T1"].Pixels()},
		}
		for _, w := range []string{"T1", "T2", "STIR"} {
			a.Values = append(a.Values, annotations.Value{Name: "ratio", Value: l.Ratios[w], Unit: "{ratio}", CI95: 0.04, Role: w, Method: "ROI"})
		}
		a.Suggestion = &annotations.Suggestion{Type: l.Type, Strength: "probable", Rule: "T1 low (r 0.78)", Version: "1"}
		out = append(out, a)
	}
	disc := base("2.25.201", annotations.DiscHeight, "L4-L5")
	t2 := t.MR.Series["T2"]
	n1, p1 := corners("L4", t2.Vertebrae["L4"])
	n2, p2 := corners("L5", t2.Vertebrae["L5"])
	disc.Marks = []annotations.Mark{{Image: place(idx, t2.Images[t2.Middle].SOPInstanceUID), Role: annotations.RoleDisc, Names: append(n1, n2...), Points: append(p1, p2...)}}
	disc.Values = []annotations.Value{{Name: "loss_percent", Value: 31.89, Unit: "%", CI95: 13.6, Method: "DHI7"}}
	out = append(out, disc)
	unstable := base("2.25.301", annotations.Instability, "L4-L5")
	unstable.Decision = "indeterminate"
	for _, position := range []string{"FLEXION", "EXTENSION"} {
		f := t.Films[position]
		n1, p1 := corners("L4", f.Vertebrae["L4"])
		n2, p2 := corners("L5", f.Vertebrae["L5"])
		role := map[string]string{"FLEXION": annotations.RoleFlexion, "EXTENSION": annotations.RoleExtension}[position]
		unstable.Marks = append(unstable.Marks, annotations.Mark{Image: place(idx, f.Image.SOPInstanceUID), Role: role, Names: append(n1, n2...), Points: append(p1, p2...)})
	}
	unstable.Values = []annotations.Value{
		{Name: "translation_percent", Value: 16.04, Unit: "%", CI95: 5.6}, {Name: "translation_mm", Value: 5.6, Unit: "mm", CI95: 2, Calibration: "ERMF"},
	}
	out = append(out, unstable)
	length := base("2.25.401", annotations.Distance, "")
	length.Author = "Dr Nguyễn, Đức"
	length.Label = "canal"
	length.Marks = []annotations.Mark{{Image: place(idx, t2.Images[t2.Middle].SOPInstanceUID), Points: []space.Pixel{{Col: 240, Row: 200}, {Col: 262, Row: 204}}}}
	length.Values = []annotations.Value{{Name: "length", Value: 13.95, Unit: "mm", Calibration: "PATIENT"}}
	return append(out, length)
}
