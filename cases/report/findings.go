package report

import (
	"slices"
	"strconv"
	"strings"

	"rachis/annotations"
	"rachis/cases"
	"rachis/cases/profile"
)

// heading names a finding: "L4-L5 · Modic, plateau inférieur de L4".
func heading(t Texts, a annotations.Annotation) string {
	title := known(t, "report.kind."+string(a.Kind), line(string(a.Kind)))
	if a.Kind == annotations.Modic {
		title += ", " + endplate(t, a.Level, a.Endplate)
	}
	if s := line(a.Attributes[annotations.AttributeSide]); s != "" {
		title += ", " + known(t, "side."+s, s)
	} else if a.Kind.Sided() {
		title += ", " + t.T("side.unstated")
	}
	if p := line(a.Attributes[annotations.AttributePosture]); p != "" {
		title += ", " + known(t, "report.posture."+p, p)
	}
	if s := line(a.Label); s != "" {
		title += " « " + s + " »"
		if t.Language() != "fr" {
			title = strings.NewReplacer(" « ", " “", " »", "”").Replace(title)
		}
	}
	if a.Repeats != "" {
		title += ", " + t.T("report.second")
	}
	if level := line(a.Level); level != "" {
		title = level + " · " + title
	}
	return title
}

// describe says all that one finding holds.
func describe(t Texts, c cases.Case, a annotations.Annotation) finding {
	f := finding{UID: a.UID, Level: line(a.Level), Title: heading(t, a), Note: plain(a.Note)}
	f.By = t.T("report.by", line(a.Author), moment(t, a.Modified))
	if a.Decision != "" {
		f.Decision, f.Decided = grade(t, a.Kind, a.Decision), true
	} else if kindRank(a.Kind) < unranked && a.Repeats != "" { // it measures the hand, and lacks no decision
		f.Decision, f.Decided = t.T("report.second.decision"), true
	} else if kindRank(a.Kind) < unranked {
		f.Decision = t.T("report.undecided")
	}
	f.Values, f.ByImage = values(t, a)
	f.ImagesFirst = a.Kind == annotations.Modic
	if a.Rescaled(c.Findings) {
		f.Warnings = append(f.Warnings, t.T("report.calibration.stale"))
	}
	if s := a.Suggestion; s != nil {
		f.Suggestion = suggested(t, a.Kind, s)
		limiting := 0
		for _, x := range s.Warnings {
			if a.LimitsVerdict(x) {
				limiting++
			}
		}
		if limiting > 0 && f.Suggestion != "" {
			f.Suggestion += " " + counted(t, "report.gates", limiting)
		}
		var others []string
		for _, o := range s.Alternatives {
			others = append(others, grade(t, a.Kind, o))
		}
		if len(others) > 0 {
			f.Alternatives = t.T("report.alternatives", strings.Join(others, t.T("report.or")))
		}
		if r := line(s.Rule); r != "" {
			f.Rule = t.T("report.rule", rule(t, r), line(s.Version))
		}
		for _, x := range s.Criteria {
			row := criterion(t, x)
			if n := criterionNumber(t, a, x); n != "" {
				row.Verdict += " (" + n + ")"
			}
			f.Criteria = append(f.Criteria, row)
		}
		for _, x := range s.Flags {
			f.Alerts = append(f.Alerts, known(t, "report.flag."+x, line(x)))
		}
		for _, x := range s.Warnings {
			f.Warnings = append(f.Warnings, warning(t, x))
		}
	}
	if i := slices.IndexFunc(c.Conflicts, func(x cases.Conflict) bool { return x.UID == a.UID }); i >= 0 {
		f.Conflict = t.T("report.conflict")
	} else if slices.ContainsFunc(c.Conflicts, func(x cases.Conflict) bool { return x.Of == a.UID }) {
		f.Conflict = t.T("report.conflict.first")
	}
	return f
}

// other brings a mark without a grade into one row.
func other(f finding) otherRow {
	row := otherRow{Title: f.Title, By: f.By, Note: f.Note, Conflict: f.Conflict}
	for _, v := range f.Values {
		text := v.Quantity + "\u00A0" + v.Number
		if strings.HasPrefix(v.CI, "±") {
			text += "\u00A0" + strings.ReplaceAll(v.CI, " ", "\u00A0")
		}
		row.Values = append(row.Values, join(text, v.Unit))
		row.Basis = append(row.Basis, strings.Join(slices.DeleteFunc([]string{v.Basis, v.Method}, func(s string) bool { return s == "—" }), " · "))
	}
	return row
}

// imageRoles are the roles of values that belong to one image of several, in the order of their columns.
var imageRoles = []string{"T1", "T2", "STIR", "PD", "FLEXION", "EXTENSION", "NEUTRAL"}

// values sorts the values of a finding: those of its images into a table with a column for each image, all others one by one. The
// order is that of the finding, save that what the suggestion rests on comes before what it was read from.
func values(t Texts, a annotations.Annotation) (plain []valueRow, byImage imageTable) {
	var roles []string
	var names []string
	cells := map[[2]string]annotations.Value{} // by name and role
	for _, v := range a.Values {
		role := strings.ToUpper(v.Role)
		if kindRank(a.Kind) == unranked || !slices.Contains(imageRoles, role) {
			plain = append(plain, valued(t, v))
			continue
		}
		if _, twice := cells[[2]string{v.Name, role}]; twice {
			plain = append(plain, valued(t, v))
			continue
		}
		cells[[2]string{v.Name, role}] = v
		roles, names = append(roles, role), append(names, v.Name)
	}
	roles, names = unique(roles), unique(names)
	slices.SortStableFunc(roles, func(a, b string) int { return slices.Index(imageRoles, a) - slices.Index(imageRoles, b) })
	slices.SortStableFunc(names, func(a, b string) int { return readFrom(a) - readFrom(b) })
	for _, role := range roles {
		byImage.Images = append(byImage.Images, known(t, "report.role."+role, role))
	}
	for _, name := range names {
		row := imageRow{Quantity: quantity(t, name)}
		for _, role := range roles {
			v, ok := cells[[2]string{name, role}]
			if !ok {
				row.Numbers = append(row.Numbers, t.T("report.ci.none"))
				continue
			}
			row.Numbers = append(row.Numbers, bare(t, v))
			row.Unit, row.Method = unit(t, v.Unit), method(t, v)
			if b := basis(t, v); row.Basis == "" {
				row.Basis = b
			} else if row.Basis != b { // films that are calibrated differently
				row.Basis += " / " + b
			}
		}
		byImage.Rows = append(byImage.Rows, row)
	}
	return plain, byImage
}

// readFrom is 1 for what other values are made from: signals as they were read; 2 for how the images were made.
func readFrom(name string) int {
	switch name {
	case "lesion_mean", "reference_mean", "reference_sd", "csf_mean", "fat_mean":
		return 1
	case "repetition_time_ms", "echo_time_ms", "inversion_time_ms", "field_strength_t":
		return 2
	}
	return 0
}

func valued(t Texts, v annotations.Value) valueRow {
	row := valueRow{Quantity: quantity(t, v.Name), Number: number(t, v), Unit: unit(t, v.Unit), Basis: basis(t, v), Method: method(t, v)}
	if v.Role != "" {
		row.Quantity += " · " + roleName(t, v.Role)
	}
	if v.CI95 > 0 {
		row.CI = "± " + t.Number(v.CI95, decimals(v))
	} else {
		row.CI = t.T("report.ci.none")
	}
	return row
}

// roleName is a role in words; of several of a kind, "known-2", its number behind them.
func roleName(t Texts, role string) string {
	if s := known(t, "report.role."+role, ""); s != "" {
		return s
	}
	base, n, _ := strings.Cut(role, "-")
	if _, err := strconv.Atoi(n); err == nil {
		return known(t, "report.role."+base, line(base)) + "\u00A0" + n
	}
	return line(role)
}

// method says how a value was measured: as the value itself says, or how its quantity always is.
func method(t Texts, v annotations.Value) string {
	if m := line(v.Method); m != "" {
		return known(t, "report.method."+m, m)
	}
	return known(t, "report.method.of."+v.Name, t.T("report.ci.none"))
}

// suggested is a suggestion in words: "Modic 1 (probable)".
func suggested(t Texts, kind annotations.Kind, s *annotations.Suggestion) string {
	text := grade(t, kind, s.Type)
	if text != "" && s.Strength != "" {
		text += " (" + known(t, "report.strength."+s.Strength, line(s.Strength)) + ")"
	}
	return text
}

// rule writes a rule, which is kept free of language in English words, in the language of t.
func rule(t Texts, r string) string {
	words := strings.Split(r, " ")
	for i, w := range words {
		core := strings.Trim(w, "(),;:")
		if core != "" {
			if s := known(t, "report.rule."+core, ""); s != "" {
				words[i] = strings.Replace(w, core, s, 1)
			}
		}
	}
	text := strings.Join(words, " ")
	if t.Language() == "fr" {
		text = commas(text)
	}
	return text
}

// commas writes the decimal points between digits as commas.
func commas(s string) string {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	b := []byte(s)
	for i := range b {
		if b[i] == '.' && digit(i-1) && digit(i+1) {
			b[i] = ','
		}
	}
	return string(b)
}

// criterion is a limit of a named set with its verdict.
func criterion(t Texts, x annotations.Criterion) criterionRow {
	row := criterionRow{Set: known(t, "report.set."+x.Set, line(x.Set)), Verdict: verdict(t, x.Verdict), Tone: normal}
	row.Short = known(t, "report.short."+x.Quantity, quantity(t, x.Quantity)) + " > " + join(limit(t, x.Limit), criterionUnit(x.Quantity))
	row.Limit = quantity(t, x.Quantity) + " > " + join(limit(t, x.Limit), criterionUnit(x.Quantity))
	switch x.Verdict {
	case "met":
		row.Tone = strong
	case "indeterminate":
		row.Tone = grey
	}
	return row
}

func limit(t Texts, x float64) string {
	for n := range 3 {
		if s := t.Number(x, n); t.Number(x, 3) == s || strings.TrimRight(strings.TrimRight(t.Number(x, 3), "0"), ".,") == s {
			return s
		}
	}
	return t.Number(x, 3)
}

// criterionUnit is the unit of a criterion's quantity, which its name ends with.
func criterionUnit(quantity string) string {
	switch {
	case strings.HasSuffix(quantity, "_mm"):
		return "mm"
	case strings.HasSuffix(quantity, "_percent"):
		return "%"
	case strings.HasSuffix(quantity, "_deg"):
		return "°"
	}
	return ""
}

// discs are the rows that every level table has.
var discs = []string{"T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"}

// levelTable sums the spine findings up by level, without second passes, which measure the reader. With several reviewers each line says whose it is, and
// where a kind was read at a level from several examinations, of when. Dates are those of the studies (YYYYMMDD) by UID.
func levelTable(t Texts, findings []annotations.Annotation, several bool, dates map[string]string) []levelRow {
	levels := slices.Clone(discs)
	for _, a := range findings {
		if l := line(a.Level); l != "" && (kindRank(a.Kind) < unranked || besideMeasured(a.Kind)) && !slices.Contains(levels, l) {
			levels = append(levels, l)
		}
	}
	slices.SortStableFunc(levels, func(a, b string) int { return discRank(a) - discRank(b) })
	rows := make([]levelRow, 0, len(levels))
	for _, l := range levels {
		row := levelRow{Level: l}
		stirOf := map[string]string{}
		said := map[annotations.Kind]string{} // whose the last line of a cell is
		for _, a := range findings {
			if line(a.Level) != l || a.Repeats != "" {
				continue
			}
			author := ""
			if by := byline(findings, a, several, dates); said[a.Kind] != by {
				author = by
				said[a.Kind] = by
			}
			switch a.Kind {
			case annotations.Modic:
				row.Modic = apart(row.Modic, modicCell(t, a, author))
				if s := StirExtent(t, findings, a); s != "" && stirOf[a.Author] != s {
					stirOf[a.Author] = s // once for both endplates
					row.Modic = append(row.Modic, mutedLine(s))
				}
			case annotations.DiscHeight:
				row.Height = apart(row.Height, heightCell(t, a, author))
			case annotations.Instability:
				row.Instability = apart(row.Instability, byScale(t, findings, a, instabilityCell(t, a, author)))
			default:
				if besideMeasured(a.Kind) {
					row.Other = apart(row.Other, byScale(t, findings, a, otherCell(t, a, author)))
				}
			}
		}
		rows = append(rows, row)
	}
	if row, ok := wholeSpine(t, findings, several, dates); ok {
		rows = append(rows, row)
	}
	return rows
}

// byline is whose a finding is, with several reviewers, and of when, where a finding of its kind at its level was read from another examination.
func byline(findings []annotations.Annotation, a annotations.Annotation, several bool, dates map[string]string) string {
	var parts []string
	if several {
		parts = append(parts, line(a.Author))
	}
	at := examinationOf(a, dates)
	if at != "" && slices.ContainsFunc(findings, func(o annotations.Annotation) bool {
		return o.Kind == a.Kind && o.Level == a.Level && o.Repeats == "" && examinationOf(o, dates) != at
	}) {
		parts = append(parts, at)
	}
	return strings.Join(parts, " · ")
}

// byScale adds to a finding's lines that its millimetres are of another scale than its reviewer's calibrations give its images now.
func byScale(t Texts, findings []annotations.Annotation, a annotations.Annotation, lines []said) []said {
	if a.Rescaled(findings) {
		lines = append(lines, said{t.T("report.cell.scale"), strong})
	}
	return lines
}

// apart puts a finding's lines below those of another, with a gap between.
func apart(above, below []said) []said {
	if len(above) > 0 {
		above = append(above, said{Tone: gap})
	}
	return append(above, below...)
}

// decided is the first lines of a cell: the reviewer's decision, then the suggestion.
func decided(t Texts, a annotations.Annotation, before, author string) []said {
	var lines []said
	if author != "" {
		lines = append(lines, said{author, small})
	}
	decision := t.T("report.undecided")
	mark := grey
	if a.Decision != "" {
		decision, mark = grade(t, a.Kind, a.Decision), strong
	}
	lines = append(lines, said{before + decision, mark})
	if a.Suggestion != nil {
		if s := suggested(t, a.Kind, a.Suggestion); s != "" {
			lines = append(lines, said{t.T("report.suggestion.short", s), muted})
		}
	}
	return lines
}

func modicCell(t Texts, a annotations.Annotation, author string) []said {
	cranial, caudal := vertebrae(line(a.Level))
	before := ""
	switch a.Endplate {
	case annotations.InferiorOfCranial:
		before = t.T("report.cell.before", t.T("report.endplate.short.inferior", cranial))
	case annotations.SuperiorOfCaudal:
		before = t.T("report.cell.before", t.T("report.endplate.short.superior", caudal))
	}
	lines := decided(t, a, before, author)
	var ratios []string
	for _, role := range []string{"T1", "T2", "STIR"} {
		if v, ok := a.Quantity("ratio", role); ok {
			ratios = append(ratios, role+"\u00A0"+amount(t, v))
		}
	}
	if len(ratios) > 0 {
		lines = append(lines, said{t.T("report.ratios", strings.Join(ratios, " · ")), normal})
	}
	return lines
}

// either returns the value of the name without a role, or of the first role that has it.
func either(a annotations.Annotation, name string, roles ...string) (annotations.Value, bool) {
	for _, role := range append([]string{""}, roles...) {
		if v, ok := a.Quantity(name, role); ok {
			return v, true
		}
	}
	return annotations.Value{}, false
}

func heightCell(t Texts, a annotations.Annotation, author string) []said {
	lines := decided(t, a, "", author)
	if v, ok := profile.Value(a, "loss_percent"); ok {
		text := t.T("report.cell.loss", amount(t, v))
		if profile.Perpendicular(v) {
			text = t.T("report.cell.perpendicular", text)
		}
		lines = append(lines, said{text, normal})
	}
	if v, ok := either(a, "dhi", annotations.RoleDisc); ok {
		lines = append(lines, said{t.T("report.cell.dhi", amount(t, v)), normal})
	}
	return lines
}

func instabilityCell(t Texts, a annotations.Annotation, author string) []said {
	lines := decided(t, a, "", author)
	if s := filmGates(t, a); s != "" { // beside the verdict that they limit
		lines = append(lines, said{s, grey})
	}
	if v, ok := either(a, "translation_percent"); ok {
		lines = append(lines, said{t.T("report.cell.translation", amount(t, v)), normal})
	}
	if v, ok := either(a, "translation_mm"); ok {
		lines = append(lines, said{t.T("report.cell.translation", amountOn(t, v)), normal})
	}
	if v, ok := either(a, "rotation_procrustes_deg"); ok {
		lines = append(lines, said{t.T("report.cell.rotation", amount(t, v)), normal})
	} else if v, ok := either(a, "rotation_deg"); ok {
		lines = append(lines, said{t.T("report.cell.rotation", amount(t, v)), normal})
	}
	if a.Suggestion != nil && len(a.Suggestion.Criteria) > 0 {
		lines = append(lines, criteriaLines(t, a.Suggestion.Criteria)...)
	}
	return lines
}

// criteriaLines tells the first criteria set, which the suggestion comes from, limit by limit, and of the others how they came out:
// a summary that listed all would hide what it sums up.
func criteriaLines(t Texts, list []annotations.Criterion) (lines []said) {
	count := map[string]int{}
	var others, verdicts []string
	for _, x := range list {
		if x.Set != list[0].Set {
			others = append(others, x.Set)
			if count[x.Verdict]++; count[x.Verdict] == 1 {
				verdicts = append(verdicts, x.Verdict)
			}
			continue
		}
		c := criterion(t, x)
		mark := muted
		if c.Tone == grey || c.Tone == strong {
			mark = c.Tone
		}
		lines = append(lines, said{t.T("report.cell.criterion", c.Set+", "+c.Short, c.Verdict), mark})
	}
	if len(others) > 0 {
		slices.Sort(verdicts)
		var came []string
		for _, v := range verdicts {
			came = append(came, t.T("report.cell.verdict", verdict(t, v), count[v]))
		}
		lines = append(lines, said{t.T("report.cell.others", len(unique(others)), strings.Join(came, " · ")), muted})
	}
	return lines
}
