package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rachis/annotations"
	"rachis/cases"
)

// content is a report in one language, before it is laid out: the PDF and the page show the same.
type content struct {
	Language string
	Title    string
	// Patient is the patient's name for the foot of each page.
	Patient string
	Person  []fact
	About   []fact

	Question fact
	// Numbering is how the levels were counted and which are labelled, Contradictions what contradicts itself in that.
	Numbering      []fact
	Contradictions []string
	Levels         []levelRow
	// DiscPlots are the disc heights over the levels, none where too few were measured.
	DiscPlots []discPlot
	Exams     []examRow
	// Unread says how many files could not be read, "" for none.
	Unread   string
	Dossier  []factGroup
	Missing  []string
	Findings []finding
	Others   []otherRow
	Pictures []picture
	// Unpictured says how many pictures were left out, "" for none.
	Unpictured string
	Signatures []signature
	Legend     []string
}

// fact is a label and what it says. Recorded is false where there is nothing to say: Text then says that.
type fact struct {
	Label, Text string
	Recorded    bool
}

type factGroup struct {
	Title string
	Facts []fact
}

// tone is how much weight a line has.
type tone string

const (
	normal tone = "normal"
	strong tone = "strong"
	muted  tone = "muted"
	small  tone = "small" // whose it is
	grey   tone = "grey"  // the grey zone: indeterminate
	gap    tone = "gap"   // an empty line between two findings of a cell
)

// said is a line of a cell.
type said struct {
	Text string
	Tone tone
}

type levelRow struct {
	Level                             string
	Modic, Height, Instability, Other []said
}

type examRow struct {
	Date, Modalities, Description string
	Undescribed                   bool
	Facts                         []string
	Series                        []string
}

type finding struct {
	UID, Level, Title              string
	Decision                       string
	Decided                        bool
	Suggestion, Alternatives, Rule string
	Values                         []valueRow
	ByImage                        imageTable
	// ImagesFirst is true where the values of the images say most.
	ImagesFirst      bool
	Criteria         []criterionRow
	Alerts, Warnings []string
	Note             string
	By               string
	// Conflict says that the finding is another version of one, "" for most.
	Conflict string
}

// imageTable holds values that each image of a finding has, side by side.
type imageTable struct {
	Images []string
	Rows   []imageRow
}

// imageRow has a number for each image.
type imageRow struct {
	Quantity            string
	Numbers             []string
	Unit, Basis, Method string
}

// otherRow is a mark without a grade: a distance, an angle, a text.
type otherRow struct {
	Title         string
	Values, Basis []string
	By, Note      string
	Conflict      string
}

type valueRow struct{ Quantity, Number, CI, Unit, Basis, Method string }

// criterionRow is a limit of a named set. Short is Limit where there is little room.
type criterionRow struct {
	Set, Limit, Short, Verdict string
	Tone                       tone
}

type picture struct {
	Data    []byte
	Title   string
	Series  string
	Notes   []string
	Caption string
	// Problem says why there is no picture, "" for most.
	Problem string
	// Show is the series and slice of the viewer, from 0; -1 where the viewer lacks it.
	Show, Slice int
}

// broken says why there is no picture, for data that is none.
func (p picture) broken(t Texts) string {
	if p.Problem != "" {
		return t.T("report.picture.problem", p.Problem)
	}
	return t.T("report.picture.broken")
}

type signature struct {
	Reviewer, Signed, State, Digest string
	Stale                           bool
}

// contentIn says in one language what in holds.
func contentIn(t Texts, in Input) content {
	c := in.Case
	latin, full := personName(c.Patient.Name)
	if latin == "" {
		latin, full = t.T("report.noname"), t.T("report.noname")
	}
	out := content{Language: t.Language(), Title: t.T("report.title"), Patient: latin}
	out.Person = []fact{
		{t.T("report.patient"), full, true},
		recorded(t, "report.patient.id", line(c.Patient.ID)),
		recorded(t, "report.patient.birth", day(c.Patient.BirthDate)),
		recorded(t, "report.patient.sex", sex(t, c.Patient.Sex)),
	}
	title := line(c.Title)
	if id := line(c.ID); id != "" {
		title = strings.TrimSpace(title + " (" + id + ")")
	}
	out.About = []fact{
		recorded(t, "report.case", title),
		{t.T("report.date"), moment(t, in.Date), true},
		recorded(t, "report.author", line(in.Author)),
		recorded(t, "report.reviewers", strings.Join(reviewers(c), " · ")),
	}
	out.Question = fact{t.T("dossier.question"), plain(c.Dossier.Question), c.Dossier.Question != ""}
	if !out.Question.Recorded {
		out.Question.Text = t.T("report.unrecorded")
	}
	findings := Order(c)
	for i, a := range findings {
		if a.Rescaled(c.Findings) {
			findings[i] = a.ScaleReplaced()
		}
	}
	out.Levels = levelTable(t, findings, len(reviewers(c)) > 1, studyDates(c))
	addChanges(t, c, out.Levels)
	out.DiscPlots = discPlots(t, c)
	out.Numbering = numbering(t, in)
	for _, code := range in.LevelProblems {
		out.Contradictions = append(out.Contradictions, warning(t, code))
	}
	out.Exams = exams(t, in)
	if in.Unread > 0 {
		out.Unread = t.T("report.exams.unread", in.Unread)
	}
	out.Dossier = dossier(t, c.Dossier)
	out.Missing = missing(t, in)
	for _, a := range findings {
		if a.Kind == annotations.Levels {
			continue // they stand with the numbering
		}
		f := describe(t, c, a)
		if kindRank(a.Kind) == unranked && a.Decision == "" && a.Suggestion == nil && !a.Rescaled(c.Findings) {
			out.Others = append(out.Others, other(f))
		} else {
			out.Findings = append(out.Findings, f)
		}
	}
	for _, p := range in.Pictures {
		out.Pictures = append(out.Pictures, pictured(t, in, p))
	}
	if in.Unpictured > 0 {
		out.Unpictured = t.T("report.pictures.more", in.Unpictured)
	}
	for _, s := range c.Signatures {
		row := signature{Reviewer: line(s.Reviewer), Signed: moment(t, s.Signed), Digest: line(s.Digest), Stale: s.Stale, State: t.T("report.signature.valid")}
		if s.Stale {
			row.State = t.T("report.signature.stale")
		}
		out.Signatures = append(out.Signatures, row)
	}
	for _, key := range legend {
		out.Legend = append(out.Legend, t.T(key))
	}
	return out
}

var legend = []string{"report.legend.ci", "report.legend.verdict", "report.legend.suggestion", "report.legend.percent", "report.legend.height", "report.legend.modic", "report.legend.blank"}

// recorded is a fact whose label is the text of key; an empty text is said to be not recorded.
func recorded(t Texts, key, text string) fact {
	if text == "" {
		return fact{t.T(key), t.T("report.unrecorded"), false}
	}
	return fact{t.T(key), text, true}
}

func sex(t Texts, s string) string {
	if s == "" {
		return ""
	}
	return known(t, "report.sex."+s, line(s))
}

// reviewers are the authors of the findings and of the signatures, in order of appearance.
func reviewers(c cases.Case) []string {
	var names []string
	add := func(s string) {
		if s = line(s); s != "" && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	for _, a := range c.Findings {
		add(a.Author)
	}
	for _, s := range c.Signatures {
		add(s.Reviewer)
	}
	return names
}

// Order returns the findings that a report shows: by level from the head down, the spine's own first, then reviewer by
// reviewer. Those without a level stand last.
func Order(c cases.Case) []annotations.Annotation {
	var list []annotations.Annotation
	for _, a := range c.Findings {
		if !a.Deleted {
			list = append(list, a)
		}
	}
	first := map[string]int{} // reviewers, in order of their first finding
	for i, a := range list {
		if _, ok := first[a.Author]; !ok {
			first[a.Author] = i
		}
	}
	slices.SortStableFunc(list, func(a, b annotations.Annotation) int {
		return cmp.Or(cmp.Compare(discRank(a.Level), discRank(b.Level)), cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)),
			cmp.Compare(first[a.Author], first[b.Author]), cmp.Compare(a.Endplate, b.Endplate), a.Created.Compare(b.Created))
	})
	return list
}

func kindRank(k annotations.Kind) int {
	switch k {
	case annotations.Modic:
		return 0
	case annotations.DiscHeight:
		return 1
	case annotations.Instability:
		return 2
	case annotations.Listhesis:
		return 3
	}
	return unranked
}

// unranked is the rank of the kinds that are not measured findings of a disc.
const unranked = 4

// discRank orders discs from the head down; what is no disc comes last.
func discRank(level string) int {
	cranial, _ := vertebrae(level)
	if len(cranial) < 2 {
		return 1000
	}
	n, err := strconv.Atoi(cranial[1:])
	region := strings.IndexByte("CTLS", cranial[0])
	if err != nil || region < 0 || n < 0 || n > 20 {
		return 1000
	}
	return region*100 + n
}

func exams(t Texts, in Input) []examRow {
	var list []Exam
	modalities := map[string][]string{}
	for _, s := range in.Case.Studies {
		i := slices.IndexFunc(in.Exams, func(e Exam) bool { return e.StudyUID == s.UID })
		if i >= 0 {
			list = append(list, in.Exams[i])
		} else {
			list = append(list, Exam{StudyUID: s.UID, Date: s.Date, Description: s.Description})
		}
		modalities[s.UID] = s.Modalities
	}
	if len(in.Case.Studies) == 0 {
		list = slices.Clone(in.Exams)
	}
	slices.SortStableFunc(list, func(a, b Exam) int { return cmp.Compare(a.Date, b.Date) })
	var rows []examRow
	for _, e := range list {
		row := examRow{Date: day(e.Date), Description: line(e.Description)}
		if row.Date == "" {
			row.Date = t.T("report.undated")
		}
		if row.Description == "" {
			row.Description, row.Undescribed = t.T("report.undescribed"), true
		}
		names := slices.Clone(modalities[e.StudyUID])
		for _, s := range e.Series {
			names = append(names, s.Modality)
		}
		row.Modalities = strings.Join(unique(names), " ")
		if e.FieldStrength > 0 {
			row.Facts = append(row.Facts, t.T("report.exam.field", t.Number(e.FieldStrength, 1)))
		}
		for _, s := range []string{line(e.Equipment), line(e.Institution)} {
			if s != "" {
				row.Facts = append(row.Facts, s)
			}
		}
		if s := line(e.Accession); s != "" {
			row.Facts = append(row.Facts, t.T("report.exam.accession", s))
		}
		for _, s := range e.Series {
			row.Series = append(row.Series, examSeries(t, s))
		}
		rows = append(rows, row)
	}
	return rows
}

func unique(names []string) []string {
	var out []string
	for _, n := range names {
		if n = line(n); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// examSeries is a series in one line: "MR · T2 sagittal · t2_tse_sag · 15 images".
func examSeries(t Texts, s ExamSeries) string {
	parts := []string{line(s.Modality), seriesWords(t, s.Weighting, s.Orientation, s.View), line(s.Description)}
	if s.Images == 1 {
		parts = append(parts, t.T("report.exam.image"))
	} else if s.Images > 1 {
		parts = append(parts, t.T("report.exam.images", s.Images))
	}
	switch s.Calibration {
	case "", "PATIENT":
	default:
		parts = append(parts, known(t, "report.calibration."+s.Calibration, s.Calibration))
	}
	for _, p := range s.Problems {
		parts = append(parts, coded(t, "problem", p))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// seriesWords says what a series is: "T2 sagittal", "flexion".
func seriesWords(t Texts, weighting, orientation, view string) string {
	words := []string{line(weighting)}
	if orientation != "" {
		words = append(words, known(t, "report.orientation."+orientation, orientation))
	}
	if view != "" {
		words = append(words, known(t, "report.view."+view, view))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// shotTitle names an image shortly: "T2 sagittal", "DX flexion".
func shotTitle(t Texts, s Shot) string {
	words := seriesWords(t, s.Weighting, s.Orientation, s.View)
	if s.Weighting == "" { // the modality says more than nothing
		words = strings.TrimSpace(line(s.Modality) + " " + words)
	}
	if words == "" {
		words = line(s.Description)
	}
	if words == "" {
		words = t.T("report.picture")
	}
	return words
}

// shotDetail is the rest of what an image is: "2026-11-02 · MR · t2_tse_sag".
func shotDetail(t Texts, s Shot) string {
	parts := []string{day(s.Date)}
	if s.Weighting != "" {
		parts = append(parts, line(s.Modality))
	}
	if d := line(s.Description); d != shotTitle(t, s) {
		parts = append(parts, d)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// dossier groups the fields as the dossier's form has them; the question stands apart.
func dossier(t Texts, d cases.Dossier) []factGroup {
	groups := []factGroup{{Title: t.T("dossier.section.history")}, {Title: t.T("dossier.section.contraindications")}, {Title: t.T("dossier.section.surgery")}, {Title: t.T("dossier.section.numbering")}}
	at := 0
	for _, f := range cases.Fields() {
		if f.Name == "question" {
			continue
		}
		switch {
		case strings.HasPrefix(f.Name, "contraindications."):
			at = 1
		case f.Name == "numbering_method":
			at = 3
		case at == 1:
			at = 2
		}
		text := plain(d.Value(f.Name))
		if text != "" {
			switch f.Kind {
			case cases.FieldChoice:
				text = known(t, "dossier.choice."+text, text)
			case cases.FieldNumber:
				if x, err := strconv.ParseFloat(text, 64); err == nil {
					digits := 0
					if x != float64(int64(x)) {
						digits = 1
					}
					text = t.Number(x, digits)
				}
			}
		}
		groups[at].Facts = append(groups[at].Facts, recorded(t, "dossier."+f.Name, text))
	}
	return groups
}

// mostTitles is how many findings a picture's title names; of more it says the number.
const mostTitles = 3

// pictured says what a picture shows.
func pictured(t Texts, in Input, p Picture) picture {
	out := picture{Data: p.Data, Caption: plain(p.Caption), Show: -1}
	if d, ok := p.ByLanguage[t.Language()]; ok {
		out.Data = d
	}
	if p.Problem != "" {
		out.Problem = coded(t, "problem", p.Problem)
	}
	series := []string{shotTitle(t, p.Shot), shotDetail(t, p.Shot)}
	if p.Number > 0 && p.Of > 1 {
		series = append(series, t.T("report.picture.number", p.Number, p.Of))
	}
	series = append(series, line(p.Author))
	out.Series = strings.Join(slices.DeleteFunc(series, func(s string) bool { return s == "" }), " · ")
	for _, n := range p.Notes {
		out.Notes = append(out.Notes, coded(t, "image", n))
	}
	var titles []string
	level := line(p.Level)
	for _, uid := range p.Findings {
		i := slices.IndexFunc(in.Case.Findings, func(a annotations.Annotation) bool { return a.UID == uid })
		if i < 0 {
			continue
		}
		title := heading(t, in.Case.Findings[i])
		if level != "" && len(titles) > 0 { // the level is said once
			title = strings.TrimPrefix(title, level+" · ")
		}
		titles = append(titles, title)
	}
	titles = unique(titles)
	if n := len(titles); n > mostTitles {
		titles = []string{t.T("report.picture.findings", n)}
	}
	out.Title = strings.Join(titles, t.T("report.picture.and"))
	if level != "" && !strings.HasPrefix(out.Title, level) {
		out.Title = strings.TrimSuffix(level+" · "+out.Title, " · ")
	}
	if out.Title == "" {
		out.Title = t.T("report.picture")
	}
	for i, s := range in.Series {
		if j := slices.IndexFunc(s.Slices, func(x Slice) bool { return x.Image.Same(p.Image) && p.Image.SOPInstanceUID != "" }); j >= 0 {
			out.Show, out.Slice = i, j
			break
		}
	}
	return out
}
