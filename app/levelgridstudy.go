package app

import (
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/cases"
	"rachis/viewer"
)

// The level grid shows the readings of every examination of a case; what is typed into it is of one. This file settles of which.

// readOn reports whether findings of a kind are read on images of a modality.
func readOn(kind annotations.Kind, modality string) bool {
	switch kind {
	case annotations.Modic, annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral, annotations.FacetEffusion:
		return modality == "MR"
	case annotations.Instability, annotations.Alignment:
		return filmModality(modality)
	}
	return modality == "MR" || modality == "CT" || filmModality(modality)
}

// studyOf is the examination that a decision of a kind is of: that in the active view if the kind is read on its images, or else the newest one of
// the case that is. It is "" where none is open.
func (v *levelGridView) studyOf(kind annotations.Kind) string {
	active, has := v.w.grid.Item(v.w.grid.Active())
	if has && readOn(kind, active.Info.Modality) {
		return active.Info.StudyUID
	}
	c, dates := v.w.activeCase(), v.dates()
	study := ""
	for _, it := range v.w.session.items {
		ofCase := c != nil && c.studies[it.Info.StudyUID] || c == nil && has && it.Info.StudyUID == active.Info.StudyUID
		if ofCase && readOn(kind, it.Info.Modality) && (study == "" || dates[it.Info.StudyUID] > dates[study]) {
			study = it.Info.StudyUID
		}
	}
	return study
}

// studyAt is the examination that a decision of a kind in a cell is of: that of studyOf, unless the cell has no reading of it and the reviewer has
// measured the level on images of another modality, in the newest examination of that. A film in the active view is no second reading of a disc that
// is measured on the MRI; an older examination of the same modality is one, and stays as it is.
func (v *levelGridView) studyAt(row, col int, kind annotations.Kind, side string) string {
	study := v.studyOf(kind)
	if _, ok := v.ownOf(row, col, kind, side, study); ok {
		return study
	}
	dates := v.dates()
	for _, e := range slices.Backward(v.grid.Rows[row].Cells[col].Entries) {
		a := e.Finding
		if !v.w.mine(a) || a.Kind != kind || a.Attributes[annotations.AttributeSide] != side || len(a.Values) == 0 || len(a.Marks) == 0 {
			continue
		}
		of := a.Marks[0].Image.StudyInstanceUID
		it, _, ok := v.w.session.find(a.Marks[0].Image)
		if ok && !slices.ContainsFunc(v.w.session.items, func(o viewer.Item) bool {
			return o.Info.Modality == it.Info.Modality && (o.Info.StudyUID == study || dates[o.Info.StudyUID] > dates[of])
		}) {
			return of
		}
	}
	return study
}

// ownOf is the reviewer's own finding of a kind in a cell, the last one that was made on images of the examination.
func (v *levelGridView) ownOf(row, col int, kind annotations.Kind, side, study string) (annotations.Annotation, bool) {
	for _, e := range slices.Backward(v.grid.Rows[row].Cells[col].Entries) {
		if v.w.mine(e.Finding) && e.Finding.Kind == kind && e.Finding.Attributes[annotations.AttributeSide] == side && study != "" && ofStudy(e.Finding, study) {
			return e.Finding, true
		}
	}
	return annotations.Annotation{}, false
}

// ofStudy reports whether a finding has a mark on an image of a study.
func ofStudy(a annotations.Annotation, study string) bool {
	return slices.ContainsFunc(a.Marks, func(m annotations.Mark) bool { return m.Image.StudyInstanceUID == study })
}

// kindTakenBack is the kind and the side of the reviewer's own grade in the column of all else that Delete takes back, "" for none.
func (v *levelGridView) kindTakenBack(row int) (kind annotations.Kind, side string) {
	for _, kind := range slices.Backward(gradedByEye) {
		for _, side := range slices.Backward(sidesOf(kind)) {
			if a, ok := v.ownOf(row, int(cases.GridOther), kind, side, v.studyOf(kind)); ok && a.Decision != "" {
				return kind, side
			}
		}
	}
	return "", ""
}

// anchor is the image of an examination that a reading without a region is of: that of the reviewer's own label at the level, or else that of the
// active view if it is of the examination and the kind is read on it. It is false where there is neither.
func (v *levelGridView) anchor(level string, kind annotations.Kind, study string) (annotations.ImageRef, bool) {
	if l, ok := v.w.levels.labelAt(level, func(a annotations.Annotation, l annotations.Label) bool {
		return v.w.mine(a) && l.Image.StudyInstanceUID == study && v.readable(l.Image, kind)
	}); ok {
		return l.Image, true
	}
	cell := v.w.grid.Active()
	it, has := v.w.grid.Item(cell)
	ref, ok := v.w.grid.Ref(cell)
	return ref, has && ok && ref.StudyInstanceUID == study && readOn(kind, it.Info.Modality) && !isMade(ref.SOPInstanceUID)
}

// readable reports whether an image is open, and of a modality that a kind is read on.
func (v *levelGridView) readable(ref annotations.ImageRef, kind annotations.Kind) bool {
	return slices.ContainsFunc(v.w.session.items, func(it viewer.Item) bool {
		return it.Info.StudyUID == ref.StudyInstanceUID && it.Info.SeriesUID == ref.SeriesInstanceUID && readOn(kind, it.Info.Modality)
	})
}

// examination names an examination by its date.
func (v *levelGridView) examination(study string) string {
	if d := date(v.dates()[study]); d != "" {
		return d
	}
	return v.w.text.T("hanging.undated")
}

// showLevel brings the slice of a level's labels on screen: of the examination in the active view before another, and the reviewer's own before
// another's.
func (w *window) showLevel(level string) {
	it, _ := w.grid.Item(w.grid.Active())
	here := func(l annotations.Label) bool { return l.Image.StudyInstanceUID == it.Info.StudyUID }
	for _, fits := range []func(annotations.Annotation, annotations.Label) bool{
		func(a annotations.Annotation, l annotations.Label) bool { return here(l) && w.mine(a) },
		func(_ annotations.Annotation, l annotations.Label) bool { return here(l) },
		func(a annotations.Annotation, _ annotations.Label) bool { return w.mine(a) },
		func(annotations.Annotation, annotations.Label) bool { return true },
	} {
		if l, ok := w.levels.labelAt(level, fits); ok {
			w.grid.ShowImage(l.Image)
			return
		}
	}
}

// labelAt is a confirmed label at a level, of the active case, that fits: that of the vertebra above the disc, or else below it.
func (l *levelling) labelAt(level string, fits func(annotations.Annotation, annotations.Label) bool) (annotations.Label, bool) {
	c := l.w.activeCase()
	if c == nil {
		return annotations.Label{}, false
	}
	upper, lower, _ := strings.Cut(level, "-")
	for _, name := range []string{upper, lower} {
		for _, a := range l.w.inSight(c) {
			if a.Kind != annotations.Levels {
				continue
			}
			if label, ok := a.LabelOf(name); ok && !label.Proposed && fits(a, label) {
				return label, true
			}
		}
	}
	return annotations.Label{}, false
}
