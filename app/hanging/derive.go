package hanging

import "slices"

// Films are the modalities of radiographs, which a rule for one of them takes all of: the same room may send either.
var Films = []string{"CR", "DX", "RF", "RG"}

// Shown is what a view on screen shows: a series of the list, -1 for none.
type Shown = int

// Derive makes a protocol of what is on screen. Each view's rule says modality, plane, weighting, fat, position and projection of its series, and how
// many studies earlier it is; its description, and then its number of images, are added only where the rest would choose another series. The views
// that show something are required. A protocol is handed to others: a description that tells who the patient is does not come into it, and the number
// of images stands for it.
func Derive(id string, name Name, layout Layout, shown []Shown, list []Series, tells func(description string) bool) Protocol {
	p := Protocol{Version: Version, ID: id, Name: name, Layout: layout}
	for _, at := range shown {
		v := View{Series: []Rule{}}
		if at >= 0 && at < len(list) {
			v.Series, v.Required = []Rule{ruleOf(list[at], list)}, true
		}
		p.Views = append(p.Views, v)
	}
	active := -1
	if i := slices.IndexFunc(shown, func(at Shown) bool { return at >= 0 }); i >= 0 {
		active = shown[i]
	}
	p.date(shown, list, active)
	for _, more := range []func(*Rule, Series){
		func(r *Rule, s Series) {
			if d := clipped(s.Description); len(wordsOf(d)) > 0 && !tells(s.Description) {
				r.Description = []string{d}
			}
		},
		func(r *Rule, s Series) { r.Images = &Range{Min: s.Images, Max: s.Images} },
	} {
		result := Match(p, list, active)
		wrong := false
		for i, at := range shown {
			if at >= 0 && result.Views[i].Series != at {
				wrong = true
				more(&p.Views[i].Series[0], list[at])
			}
		}
		if !wrong {
			break
		}
		p.date(shown, list, active)
	}
	return p
}

// date says how many studies earlier each view's series is.
func (p *Protocol) date(shown []Shown, list []Series, active int) {
	m := newMatcher(list)
	if active >= 0 {
		m.region = m.read[active].region
	}
	for i, at := range shown {
		if at < 0 || at >= len(list) {
			continue
		}
		v := &p.Views[i]
		v.Prior = 0
		for j, d := range m.visits(v.Series[0]) {
			if j > 0 && m.has(v.Series[0], d) {
				v.Prior = min(v.Prior+1, mostPriors)
			}
			if d == list[at].Date {
				break
			}
		}
	}
}

func ruleOf(s Series, list []Series) Rule {
	some := func(v string) []string {
		if v == "" {
			return nil
		}
		return []string{v}
	}
	r := Rule{Modality: some(s.Modality), Plane: some(s.Plane), Weighting: some(s.Weighting), Position: some(s.Position), Projection: some(s.Projection)}
	if codes("modality", r.Modality) != nil || s.Plane != "" && !slices.Contains(planes, s.Plane) {
		r.Modality, r.Plane = nil, nil // what no file of a protocol may say
	}
	if slices.Contains(Films, s.Modality) {
		r.Modality = slices.Clone(Films)
		if s.Position == "" && slices.ContainsFunc(list, func(other Series) bool { return other.Position != "" }) {
			r.Position = []string{Unstated}
		}
	}
	switch {
	case s.Weighting == "" || s.Weighting == "STIR":
	case s.Fat:
		r.Fat = "suppressed"
	default:
		r.Fat = "kept"
	}
	return r
}

// clipped is a description as a protocol may have it.
func clipped(s string) string {
	out := ""
	for i, w := range wordsOf(s) {
		if i > 0 {
			w = " " + w
		}
		if len([]rune(out+w)) > mostText {
			break
		}
		out += w
	}
	return out
}
