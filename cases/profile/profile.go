// Package profile lays the heights of the lumbar discs out over their levels: one reviewer's readings of one examination, the examination
// before, other reviewers', and what was published. The window, the PDF and the page draw what it lays out. It measures nothing and grades nothing.
package profile

import (
	"cmp"
	"slices"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/cases"
)

// Quantities are what can be shown over the levels, by the names of values, the one that is shown first in front.
var Quantities = []string{"dhi", "loss_percent", "dabbs_mm", "height_anterior_mm", "hurxthal_mm", "height_posterior_mm"}

// Series is what one reviewer measured on one examination.
type Series struct {
	Author, Study string
	Date          string // YYYYMMDD, "" where unknown
	// Kind is the kind of image: "MR", "CT", "XR", "" where unknown. Heights of two kinds are not compared.
	Kind string
	// Discs are the readings by level, the last one where there are several.
	Discs map[string]annotations.Annotation
}

// kinds are the kinds of image by their SOP class.
var kinds = map[string]string{
	"1.2.840.10008.5.1.4.1.1.4": "MR", "1.2.840.10008.5.1.4.1.1.4.1": "MR", "1.2.840.10008.5.1.4.1.1.4.4": "MR",
	"1.2.840.10008.5.1.4.1.1.2": "CT", "1.2.840.10008.5.1.4.1.1.2.1": "CT", "1.2.840.10008.5.1.4.1.1.2.2": "CT",
	"1.2.840.10008.5.1.4.1.1.1": "XR", "1.2.840.10008.5.1.4.1.1.1.1": "XR", "1.2.840.10008.5.1.4.1.1.1.1.1": "XR",
	"1.2.840.10008.5.1.4.1.1.12.1": "XR", "1.2.840.10008.5.1.4.1.1.12.2": "XR",
}

// All are the series of a case, the latest examination first, of one examination the reviewer with the most discs first. Second passes of a
// reader, which measure the reader, and readings without landmarks are left out. Dates are those of the studies (YYYYMMDD) by UID.
func All(findings []annotations.Annotation, dates map[string]string) []Series {
	var out []Series
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(a, b annotations.Annotation) int { return a.Created.Compare(b.Created) })
	for _, a := range findings {
		disc, ok := a.Mark(annotations.RoleDisc)
		if a.Kind != annotations.DiscHeight || a.Deleted || a.Repeats != "" || a.Level == "" || !ok {
			continue
		}
		study, kind := disc.Image.StudyInstanceUID, kinds[disc.Image.SOPClassUID]
		at := slices.IndexFunc(out, func(s Series) bool { return s.Author == a.Author && s.Study == study && s.Kind == kind })
		if at < 0 {
			at = len(out)
			out = append(out, Series{Author: a.Author, Study: study, Date: dates[study], Kind: kind, Discs: map[string]annotations.Annotation{}})
		}
		out[at].Discs[a.Level] = a
	}
	slices.SortStableFunc(out, func(a, b Series) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(len(b.Discs), len(a.Discs)))
	})
	return out
}

// Prior is the latest series of the same reviewer on the same kind of image of an earlier date.
func Prior(all []Series, of Series) (Series, bool) {
	for _, s := range all { // the latest first
		if s.Author == of.Author && s.Kind == of.Kind && s.Date != "" && s.Date < of.Date && s.Study != of.Study {
			return s, true
		}
	}
	return Series{}, false
}

// Others are what other reviewers measured on the same examination and kind of image.
func Others(all []Series, of Series) []Series {
	var out []Series
	for _, s := range all {
		if s.Author != of.Author && s.Study == of.Study && s.Kind == of.Kind {
			out = append(out, s)
		}
	}
	return out
}

// Levels are the discs that a profile has columns for: the lumbar ones, and whatever else was measured.
func Levels(series ...Series) []string {
	levels := []string{"L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"}
	for _, s := range series {
		for l := range s.Discs {
			levels = append(levels, l)
		}
	}
	slices.SortStableFunc(levels, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return slices.Compact(levels)
}

// place orders discs from the head down, by their two vertebrae: L5-L6 comes before L5-S1.
func place(level string) int {
	d, ok := spine.ParseDisc(level)
	if !ok {
		return 1 << 20
	}
	i, _ := annotations.VertebraRank(d.Upper)
	j, _ := annotations.VertebraRank(d.Lower)
	return i*100 + j
}

// Reference is the disc that a finding's loss is against: its level, and whether it is on another image (an earlier examination). It is false
// where there is none.
func Reference(a annotations.Annotation) (level string, elsewhere, ok bool) {
	disc, have := a.Mark(annotations.RoleDisc)
	ref, have2 := a.Mark(annotations.RoleReferenceDisc)
	if !have || !have2 {
		return "", false, false
	}
	elsewhere = !ref.Image.Same(disc.Image)
	vertebrae := map[string]bool{}
	for _, n := range ref.Names {
		for i := range n {
			if n[i] == '.' {
				vertebrae[n[:i]] = true
			}
		}
	}
	var list []string
	for upper := range vertebrae {
		for lower := range vertebrae {
			if d, parsed := spine.ParseDisc(upper + "-" + lower); parsed && (elsewhere || d.String() != a.Level) {
				list = append(list, d.String())
			}
		}
	}
	if elsewhere && slices.Contains(list, a.Level) {
		return a.Level, true, true
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	if len(list) == 0 {
		return "", elsewhere, false
	}
	return list[0], elsewhere, true
}

// perpendicular are the quantities that have one by the height at right angles beside them where a vertebra has slipped (methods.md 2.2).
var perpendicular = map[string]string{"dhi": "dhi_perpendicular", "loss_percent": "loss_perpendicular_percent"}

// Perpendicular reports whether a value is one by the height at right angles. Until it had a name of its own, the loss had but its method.
func Perpendicular(v annotations.Value) bool {
	return v.Name == "dhi_perpendicular" || v.Name == "loss_perpendicular_percent" || v.Method == spine.PerpendicularIndex
}

// Value is a finding's value of a quantity; of DHI7 and of the loss that by the height at right angles where there is one, because of a slip: it is
// what a grade is to rest on.
func Value(a annotations.Annotation, quantity string) (annotations.Value, bool) {
	if name, ok := perpendicular[quantity]; ok {
		if v, ok := a.Quantity(name, ""); ok {
			return v, true
		}
	}
	if v, ok := a.Quantity(quantity, ""); ok {
		return v, true
	}
	return a.Quantity(quantity, annotations.RoleDisc)
}

// Changes are the changes beyond the limits of agreement (more than 2 mm and more than 20 %) by the UID of the later finding.
func Changes(findings []annotations.Annotation, dates map[string]string) map[string]cases.GridChange {
	out := map[string]cases.GridChange{}
	for _, row := range cases.MakeLevelGrid(findings, dates, cases.Dossier{}, "", false).Rows {
		for _, c := range row.Cells[cases.GridHeight].Changes {
			out[c.To.Finding.UID] = c
		}
	}
	return out
}
