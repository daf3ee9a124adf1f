package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rachis/annotations"
	"rachis/app/evaluate"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// review does what the demo reviewer does: marks where the truth says that things are, numbers read from the pictures, decisions,
// notes, the dossier, key images, a signature.
func review(ctx context.Context, s *store.Store, caseID string, truth *phantom.Truth, o Options) error {
	index, err := s.CaseIndex(ctx, caseID)
	if err != nil {
		return err
	}
	d := draft{index: index, truth: truth, text: o.Text, now: time.Now().UTC()}
	findings, err := d.findings()
	if err != nil {
		return err
	}
	images := evaluate.FromIndex(index)
	var edits []annotations.Edit
	for i, a := range findings {
		read := evaluate.Evaluate(ctx, images, a)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if a.Kind != annotations.Levels && len(read.Values) == 0 {
			return fmt.Errorf("demo: finding %s %s: no number could be read from its images", a.Kind, a.Level)
		}
		edits = append(edits, annotations.Edit{After: &read})
		o.progress(i+1, len(findings))
	}
	if err := s.ApplyEdits(caseID, Reviewer, edits); err != nil {
		return err
	}
	if err := s.SetDossier(caseID, Reviewer, dossier(o.Text)); err != nil {
		return err
	}
	keys, err := d.keyImages()
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := s.AddKeyImage(caseID, k); err != nil {
			return err
		}
	}
	_, err = s.Sign(caseID, Reviewer)
	return err
}

// dossier is what is known of a patient who does not exist.
func dossier(t lang.Catalog) map[string]string {
	fields := map[string]string{
		"history": t.T("cli.demo.history"), "conservative_months": "11", "conservative_care": t.T("cli.demo.care"), "pain_back": "62", "pain_leg": "18",
		"neurological_deficit": "no", "planned_surgery": "fusion", "question": t.T("cli.demo.question"), "numbering_method": "counted_from_sacrum",
		"transitional_vertebra": "none",
	}
	for _, name := range cases.ContraindicationNames {
		fields["contraindications."+name] = "no"
	}
	return fields
}

// draft makes findings from the truth.
type draft struct {
	index *dicomio.Index
	truth *phantom.Truth
	text  lang.Catalog
	now   time.Time
	made  int
}

// findings are those of the phantom, its levels first. Nothing is measured here: they hold marks, decisions and notes.
func (d *draft) findings() ([]annotations.Annotation, error) {
	mr := d.truth.MR
	t2 := mr.Series["T2"]
	film := map[string]*phantom.Film{annotations.RoleFlexion: d.truth.Films["FLEXION"], annotations.RoleExtension: d.truth.Films["EXTENSION"]}
	if t2 == nil || film[annotations.RoleFlexion] == nil || film[annotations.RoleExtension] == nil {
		return nil, fmt.Errorf("demo: the phantom lacks its T2 series or a film")
	}
	middle, err := d.image(t2.Images[t2.Middle].SOPInstanceUID)
	if err != nil {
		return nil, err
	}
	var out []annotations.Annotation
	out = append(out, d.levels(middle, t2.Vertebrae))
	for _, role := range []string{annotations.RoleFlexion, annotations.RoleExtension} {
		ref, err := d.image(film[role].Image.SOPInstanceUID)
		if err != nil {
			return nil, err
		}
		out = append(out, d.levels(ref, film[role].Vertebrae))
	}
	for _, l := range mr.Lesions {
		marks := []annotations.Mark{
			{Image: middle, Role: annotations.RoleLesion, Points: l.Regions["T2"].Pixels()},
			{Image: middle, Role: annotations.RoleReference, Points: l.References["T2"].Pixels()},
			{Image: middle, Role: annotations.RoleCSF, Points: mr.CSF["T2"].Pixels()},
		}
		a := d.finding(annotations.Modic, l.Level, marks...)
		a.Endplate, a.Decision = l.Endplate, l.Type
		out = append(out, a)
	}
	for _, disc := range mr.Discs {
		if disc.Reference == "" {
			continue
		}
		a := d.finding(annotations.DiscHeight, disc.Level,
			landmarks(middle, annotations.RoleDisc, disc.Level, t2.Vertebrae), landmarks(middle, annotations.RoleReferenceDisc, disc.Reference, t2.Vertebrae))
		a.Decision = lossGrade(disc.LossPercent)
		out = append(out, a)
	}
	worst := slices.MaxFunc(d.truth.Instability, func(a, b phantom.Motion) int { return int(1000 * (a.TranslationPercent - b.TranslationPercent)) })
	var films []annotations.Mark
	for _, role := range []string{annotations.RoleFlexion, annotations.RoleExtension} {
		ref, err := d.image(film[role].Image.SOPInstanceUID)
		if err != nil {
			return nil, err
		}
		films = append(films, landmarks(ref, role, worst.Segment, film[role].Vertebrae))
	}
	a := d.finding(annotations.Instability, worst.Segment, films...)
	a.Decision = "met" // the truth has no error bar, the films have
	a.Note = d.text.T("cli.demo.note.instability", d.text.Number(worst.Translation, 1), d.text.Number(worst.TranslationPercent, 0))
	out = append(out, a)
	l3 := t2.Vertebrae["L3"]
	a = d.finding(annotations.Distance, "", annotations.Mark{Image: middle, Points: []space.Pixel{l3.SA.Pixel, l3.SP.Pixel}})
	a.Label = d.text.T("cli.demo.distance")
	return append(out, a), nil
}

// levels are the labels of the vertebrae on one image.
func (d *draft) levels(image annotations.ImageRef, vertebrae map[string]phantom.Vertebra) annotations.Annotation {
	a := d.finding(annotations.Levels, "")
	a.Note = ""
	for _, name := range []string{"T12", "L1", "L2", "L3", "L4", "L5", "S1"} {
		at := centre(vertebrae[name])
		if name == "S1" { // of which the truth has the endplate alone: the label stands in what looks like a body below it
			down := at.Sub(centre(vertebrae["L5"]))
			at = at.Add(space.Pixel{Col: down.Col * 0.45, Row: down.Row * 0.45})
		}
		a = a.WithLabel(annotations.NewLabel(name, image, at))
	}
	return a
}

// finding is one of the demo reviewer's. They are made a moment apart: the order of a list is that of creation.
func (d *draft) finding(kind annotations.Kind, level string, marks ...annotations.Mark) annotations.Annotation {
	at := d.now.Add(time.Duration(d.made) * time.Millisecond)
	d.made++
	return annotations.Annotation{UID: annotations.NewUID(), Rev: 1, Kind: kind, Author: Reviewer, Created: at, Modified: at, Level: level, Marks: marks,
		Note: d.text.T("cli.demo.note")}
}

// image is the reference to a single-frame image of the index.
func (d *draft) image(sopInstanceUID string) (annotations.ImageRef, error) {
	at, ok := d.index.Instance(sopInstanceUID)
	if !ok {
		return annotations.ImageRef{}, fmt.Errorf("demo: image %s is not in the library", sopInstanceUID)
	}
	ref := annotations.ImageRef{StudyInstanceUID: at.Study.UID, SeriesInstanceUID: at.Series.UID, SOPClassUID: at.Instance.SOPClassUID,
		SOPInstanceUID: sopInstanceUID, Frame: 1, FrameOfReferenceUID: at.Series.FrameOfReferenceUID}
	if k, i, ok := at.Series.SliceOf(at.Instance, 0); ok && k.Slices[i].Plane.Known() {
		plane := k.Slices[i].Plane
		ref.Plane = &plane
	}
	return ref, nil
}

// landmarks are the corners of both vertebrae of a disc on one image, in the order in which a hand goes round them.
func landmarks(ref annotations.ImageRef, role, disc string, vertebrae map[string]phantom.Vertebra) annotations.Mark {
	m := annotations.Mark{Image: ref, Role: role}
	for _, name := range strings.Split(disc, "-") {
		v := vertebrae[name]
		for _, corner := range []struct {
			name string
			at   phantom.Point
		}{{"SA", v.SA}, {"SP", v.SP}, {"IP", v.IP}, {"IA", v.IA}} {
			if corner.at != (phantom.Point{}) { // S1 has two
				m.Names, m.Points = append(m.Names, name+"."+corner.name), append(m.Points, corner.at.Pixel)
			}
		}
	}
	return m
}

// centre is the middle of a vertebra's corners.
func centre(v phantom.Vertebra) space.Pixel {
	var sum space.Pixel
	n := 0.0
	for _, p := range []phantom.Point{v.SA, v.SP, v.IP, v.IA} {
		if p != (phantom.Point{}) {
			sum, n = sum.Add(p.Pixel), n+1
		}
	}
	return space.Pixel{Col: sum.Col / n, Row: sum.Row / n}
}

// lossGrade is the grade of a disc's loss of height (methods.md 2.4).
func lossGrade(percent float64) string {
	switch {
	case percent < 25:
		return "0"
	case percent < 50:
		return "1"
	case percent < 75:
		return "2"
	}
	return "3"
}

// keyImages are the mid-sagittal slices and both films, as they are shown at first.
func (d *draft) keyImages() ([]cases.KeyImage, error) {
	var uids []string
	for _, name := range []string{"T1", "T2", "STIR"} {
		if s := d.truth.MR.Series[name]; s != nil {
			uids = append(uids, s.Images[s.Middle].SOPInstanceUID)
		}
	}
	for _, name := range []string{"FLEXION", "EXTENSION"} {
		uids = append(uids, d.truth.Films[name].Image.SOPInstanceUID)
	}
	var out []cases.KeyImage
	for _, uid := range uids {
		ref, err := d.image(uid)
		if err != nil {
			return nil, err
		}
		at, _ := d.index.Instance(uid)
		k, slice, _ := at.Series.SliceOf(at.Instance, 0)
		out = append(out, cases.KeyImage{Image: ref, View: annotations.View{Slice: slice}, Author: Reviewer, Caption: k.Description})
	}
	return out, nil
}
