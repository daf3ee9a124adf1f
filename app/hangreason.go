package app

import (
	"slices"
	"strings"

	"rachis/app/hanging"
)

// What a protocol looks for, and why it does not find it, in the reader's words.

// joined puts words side by side that are there.
func joined(words ...string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// listed joins words as in "a, b or c".
func (w *window) listed(key string, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return w.text.T("hanging.list."+key, strings.Join(words[:last], ", "), words[last])
}

// valuesText are the names of an attribute's values.
func (w *window) valuesText(attribute string, values []string) string {
	var out []string
	for _, v := range values {
		if name := "hanging." + attribute + "." + v; w.text.Has(name) {
			v = w.text.T(name)
		}
		out = append(out, v)
	}
	return w.listed("or", out)
}

// ruleText is what a rule asks for: "sagittal T2", "lateral film in flexion".
func (w *window) ruleText(r hanging.Rule) string {
	t := w.text.T
	fat := ""
	if r.Fat == "suppressed" { // the other is what everybody expects
		fat = t("hanging.fat.suppressed")
	}
	films := len(r.Modality) > 0 && !slices.ContainsFunc(r.Modality, func(m string) bool { return !slices.Contains(hanging.Films, m) })
	stated := slices.DeleteFunc(slices.Clone(r.Position), func(p string) bool { return p == hanging.Unstated })
	position := w.valuesText("position", stated)
	var text string
	switch {
	case films || len(r.Modality) == 0 && len(r.Position)+len(r.Projection) > 0:
		text = t("hanging.rule.film", w.valuesText("projection", r.Projection), position)
	case len(r.Weighting) > 0:
		text = t("hanging.rule.slices", w.listed("or", r.Weighting), w.valuesText("plane", r.Plane), fat) + " " + position
	default:
		text = t("hanging.rule.series", w.listed("or", r.Modality), w.valuesText("plane", r.Plane)) + " " + position
	}
	if len(r.Description) > 0 {
		var quoted []string
		for _, d := range r.Description {
			quoted = append(quoted, t("hanging.quoted", d))
		}
		text += " " + t("hanging.rule.described", w.listed("or", quoted))
	}
	if n := r.Images; n != nil {
		switch {
		case n.Min == n.Max:
			text += " " + t("hanging.rule.images", n.Min)
		case n.Max == 0:
			text += " " + t("hanging.rule.images.least", n.Min)
		case n.Min == 0:
			text += " " + t("hanging.rule.images.most", n.Max)
		default:
			text += " " + t("hanging.rule.images.range", n.Min, n.Max)
		}
	}
	return joined(text)
}

// rulesText is what rules in order of preference ask for together: of a rule and one that asks for less, the one that asks for less.
func (w *window) rulesText(rules []hanging.Rule) string {
	var all, general []string
	for _, r := range rules {
		if text := w.ruleText(r); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, text := range all {
		if !slices.ContainsFunc(all, func(other string) bool { return other != text && strings.HasPrefix(text, other) }) {
			general = append(general, text)
		}
	}
	return w.listed("or", general)
}

// viewText is what a view of a protocol shows.
func (w *window) viewText(v hanging.View) string {
	if len(v.Series) == 0 {
		return w.text.T("hanging.view.empty")
	}
	text := w.rulesText(v.Series)
	if v.Prior > 0 {
		text = w.text.T("hanging.view.prior", text, v.Prior)
	}
	return text
}

// reason says why a view has nothing: what was looked for, where, and which series comes nearest.
func (w *window) reason(r hanging.Result, list []hanging.Series, view int) string {
	t := w.text.T
	f, v := r.Views[view], r.Protocol.Views[view]
	if f.Cause == hanging.Fine || len(v.Series) == 0 {
		return ""
	}
	what := w.rulesText(v.Series)
	when := date(f.Date)
	if when == "" {
		when = t("hanging.undated")
	}
	var text string
	switch f.Cause {
	case hanging.NoStudy:
		text = t("hanging.why.study", what)
	case hanging.NoPrior:
		text = t("hanging.why.prior", what)
	case hanging.NoOlder:
		text = t("hanging.why.earlier", what)
	case hanging.Taken:
		text = t("hanging.why.taken", what)
	default:
		text = t("hanging.why.series", what, when)
	}
	if f.Near >= 0 {
		s := list[f.Near]
		name := s.Description
		if strings.TrimSpace(name) == "" {
			name = t("tree.series", s.Number)
		}
		var misses []string
		for _, a := range f.Misses {
			misses = append(misses, w.missText(a, s))
		}
		if hits := w.hitsText(f.Hits, s); hits != "" {
			text += " " + t("hanging.near", t("hanging.quoted", joined(name)), hits, w.listed("and", misses))
		} else {
			text += " " + t("hanging.near.only", t("hanging.quoted", joined(name)), w.listed("and", misses))
		}
	}
	if f.Elsewhere >= 0 {
		text += " " + t("hanging.elsewhere", date(list[f.Elsewhere].Date))
	}
	return text
}

// hitsText is in what a series is what was looked for.
func (w *window) hitsText(hits []hanging.Attribute, s hanging.Series) string {
	var words []string
	for _, a := range hits {
		switch a {
		case hanging.Weighting:
			words = append(words, s.Weighting)
		case hanging.Plane:
			words = append(words, w.valuesText("plane", []string{s.Plane}))
		case hanging.Position:
			if s.Position != "" {
				words = append(words, w.valuesText("position", []string{s.Position}))
			}
		case hanging.Projection:
			words = append(words, w.valuesText("projection.of", []string{s.Projection}))
		}
	}
	return w.listed("and", words)
}

// missText is in what it is not.
func (w *window) missText(a hanging.Attribute, s hanging.Series) string {
	t := w.text.T
	value := func(attribute, v string) string {
		if v == "" {
			return t("hanging.unknown." + string(a))
		}
		return w.valuesText(attribute, []string{v})
	}
	switch a {
	case hanging.Modality:
		return value("modality", s.Modality)
	case hanging.Weighting:
		return value("weighting", s.Weighting)
	case hanging.Plane:
		return value("plane", s.Plane)
	case hanging.Position:
		return value("position", s.Position)
	case hanging.Projection:
		return value("projection.of", s.Projection)
	case hanging.Fat:
		if s.Fat {
			return t("hanging.fat.suppressed")
		}
		return t("hanging.fat.kept")
	case hanging.Images:
		return t("hanging.miss.images", s.Images)
	}
	return t("hanging.miss." + string(a))
}

// whyNot says it for all views of a protocol.
func (w *window) whyNot(r hanging.Result, list []hanging.Series) string {
	lines := []string{w.text.T("hanging.none", r.Protocol.Name.In(w.text.Language()))}
	for i := range r.Views {
		if why := w.reason(r, list, i); why != "" {
			lines = append(lines, w.text.T("hanging.none.view", i+1, why))
		}
	}
	return strings.Join(lines, "\n\n")
}
