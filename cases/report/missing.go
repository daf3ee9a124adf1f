package report

import (
	"slices"
	"time"

	"rachis/annotations"
	"rachis/cases"
)

// Ages of an MR of the lumbar spine (methods.md 6.2, 1): a convention of the project.
const (
	agingMonths = 6
	oldMonths   = 12
)

// missing says what the dossier still lacks (methods.md 6.2), as far as it can be told from in.
func missing(t Texts, in Input) []string {
	var out []string
	say := func(key string, args ...any) { out = append(out, t.T(key, args...)) }
	examsLack(in, say)
	d := in.Case.Dossier
	if d.Question == "" {
		say("report.missing.question")
	}
	switch {
	case d.ConservativeMonths == nil:
		say("report.missing.conservative")
	case *d.ConservativeMonths < 3 && d.Deficit != "yes":
		say("report.missing.conservative.short", t.Number(*d.ConservativeMonths, 0))
	}
	if d.PainBack == nil || d.PainLeg == nil {
		say("report.missing.pain")
	}
	if d.Deficit == "" {
		say("report.missing.deficit")
	}
	var unknown []string
	for _, name := range cases.ContraindicationNames {
		if v := d.Contraindications[name]; v != "yes" && v != "no" {
			unknown = append(unknown, t.T("dossier.contraindications."+name))
		}
	}
	if len(unknown) > 0 {
		say("report.missing.contraindications", enumerate(unknown))
	}
	if d.PlannedSurgery == "" {
		say("report.missing.surgery")
	}
	if d.Numbering == "" {
		say("report.missing.numbering")
	}
	undecided := 0
	var authors []string
	for _, a := range in.Case.Findings {
		if a.Deleted {
			continue
		}
		if kindRank(a.Kind) < 3 && a.Decision == "" && a.Repeats == "" {
			undecided++
		}
		if kindRank(a.Kind) < 3 {
			authors = append(authors, a.Author)
		}
	}
	if undecided > 0 {
		say("report.missing.decisions", undecided)
	}
	for _, author := range unique(authors) {
		if !slices.ContainsFunc(in.Case.Signatures, func(s cases.Signature) bool { return line(s.Reviewer) == author && !s.Stale }) {
			say("report.missing.signature", author)
		}
	}
	if len(in.Case.Findings) == 0 {
		say("report.missing.findings")
	}
	return out
}

func enumerate(words []string) string {
	s := ""
	for i, w := range words {
		if i > 0 {
			s += ", "
		}
		s += w
	}
	return s
}

// examsLack says which examinations are missing.
func examsLack(in Input, say func(key string, args ...any)) {
	type shot struct {
		modality, orientation, weighting, view, date string
	}
	var have []shot
	detailed := len(in.Exams) > 0
	for _, e := range in.Exams {
		for _, s := range e.Series {
			have = append(have, shot{s.Modality, s.Orientation, s.Weighting, s.View, e.Date})
		}
	}
	for _, s := range in.Case.Studies {
		if !slices.ContainsFunc(in.Exams, func(e Exam) bool { return e.StudyUID == s.UID && len(e.Series) > 0 }) {
			detailed = false
			for _, m := range s.Modalities {
				have = append(have, shot{modality: m, date: s.Date})
			}
		}
	}
	any := func(is func(shot) bool) bool { return slices.ContainsFunc(have, is) }
	mr := func(s shot) bool { return s.modality == "MR" }
	if !any(mr) {
		say("report.missing.mr")
	} else {
		newest := ""
		for _, s := range have {
			if mr(s) {
				newest = max(newest, s.date)
			}
		}
		if at, err := time.Parse("20060102", newest); err == nil {
			switch {
			case at.AddDate(0, oldMonths, 0).Before(in.Date):
				say("report.missing.mr.old", day(newest), oldMonths)
			case at.AddDate(0, agingMonths, 0).Before(in.Date):
				say("report.missing.mr.old", day(newest), agingMonths)
			}
		}
		if detailed {
			for _, want := range []struct{ weighting, orientation, key string }{
				{"T1", "SAG", "report.missing.t1"}, {"T2", "SAG", "report.missing.t2"},
				{"STIR", "SAG", "report.missing.stir"}, {"T2", "AX", "report.missing.axial"},
			} {
				if !any(func(s shot) bool { return mr(s) && s.weighting == want.weighting && s.orientation == want.orientation }) {
					say(want.key)
				}
			}
		}
	}
	film := func(view string) bool { return any(func(s shot) bool { return s.view == view || s.view == "BOTH" }) }
	if detailed || len(have) == 0 {
		// A marked pair of films is a pair, also where nothing in the files says so.
		marked := slices.ContainsFunc(in.Case.Findings, func(a annotations.Annotation) bool {
			_, f := a.Mark(annotations.RoleFlexion)
			_, e := a.Mark(annotations.RoleExtension)
			return f && e
		})
		switch flexion, extension := film("FLEXION"), film("EXTENSION"); {
		case marked || flexion && extension:
		case flexion:
			say("report.missing.extension")
		case extension:
			say("report.missing.flexion")
		default:
			say("report.missing.dynamic")
		}
	}
	if any(func(s shot) bool { return s.modality == "CT" }) && in.Case.Dossier.CTReason == "" {
		say("report.missing.ct")
	}
}
