package hanging

import (
	"cmp"
	"slices"
	"strings"
)

// Series is what the rules look at: a stack of images that can be shown, of one patient.
type Series struct {
	Study      string // what tells studies apart
	Date, Time string // of the study, as DICOM has them; "" where it does not say
	Modality   string
	Plane      string // SAG, COR, AX, OBL or ""
	Weighting  string // T1, T2, STIR, PD or ""
	Fat        bool   // fat is suppressed
	Position   string // FLEXION, EXTENSION, NEUTRAL or ""
	Projection string // LATERAL, FRONTAL, OBLIQUE or ""
	// Description is that of the series; BodyPart and About, the description of the study, tell which part of the spine it is where it does not.
	Description, BodyPart, About string
	Images, Number               int
	// Part is true for one of several stacks of a series, such as its second echo.
	Part bool
	// Broken is true where its images cannot be decoded.
	Broken bool
}

// Attribute is what a series and a rule have in common or not.
type Attribute string

// The attributes, in the order in which they count.
const (
	Modality    Attribute = "modality"
	Position    Attribute = "position"
	Projection  Attribute = "projection"
	Weighting   Attribute = "weighting"
	Plane       Attribute = "plane"
	Fat         Attribute = "fat"
	Description Attribute = "description"
	Images      Attribute = "images"
	Broken      Attribute = "broken"
	Region      Attribute = "region"
)

// weights is how much an attribute counts for a series to come near to a rule.
var weights = map[Attribute]int{Modality: 4, Position: 8, Projection: 4, Weighting: 8, Plane: 7, Fat: 2, Description: 3, Images: 1, Broken: 1, Region: 2}

// compare says in what the i-th series is what a rule asks for and in what not.
func (m *matcher) compare(r Rule, i int) (hits, misses []Attribute) {
	s := &m.list[i]
	note := func(a Attribute, ok bool) {
		if ok {
			hits = append(hits, a)
		} else {
			misses = append(misses, a)
		}
	}
	any := func(a Attribute, want []string, have string) {
		if len(want) > 0 {
			note(a, slices.Contains(want, have))
		}
	}
	any(Modality, r.Modality, s.Modality)
	position := s.Position
	if position == "" {
		position = Unstated
	}
	any(Position, r.Position, position)
	any(Projection, r.Projection, s.Projection)
	any(Weighting, r.Weighting, s.Weighting)
	any(Plane, r.Plane, s.Plane)
	if r.Fat != "" {
		note(Fat, s.Fat == (r.Fat == "suppressed"))
	}
	if len(r.Description) > 0 {
		note(Description, slices.ContainsFunc(r.Description, func(text string) bool { return says(m.read[i].words, m.words(text)) }))
	}
	if n := r.Images; n != nil {
		note(Images, s.Images >= n.Min && (n.Max == 0 || s.Images <= n.Max))
	}
	if s.Broken {
		misses = append(misses, Broken)
	}
	if own := m.read[i].region; m.region != "" && own != "" && own != m.region {
		misses = append(misses, Region)
	}
	return hits, misses
}

// Cause is why a view shows nothing.
type Cause string

// The causes. Fine is none: the view shows a series, or is meant to be empty.
const (
	Fine     Cause = ""
	NoStudy  Cause = "study"   // the patient has no images of that modality
	NoPrior  Cause = "prior"   // there is no earlier study of that modality
	NoSeries Cause = "series"  // the study has no such series
	NoOlder  Cause = "earlier" // there are earlier studies, and none has such a series, or not so many of them
	Taken    Cause = "taken"   // the only such series is in another view
)

// Found is what a view of a protocol gets.
type Found struct {
	Series int // in the list that was given, -1 for none
	Rule   int // which of the view's rules it is, the first that asks for anything where none is
	Prior  int
	Date   string // of the study that it is from, or that was looked through
	Cause  Cause
	// Near is the series that comes nearest to the rule, -1 for none, with what it is and what it is not.
	Near         int
	Hits, Misses []Attribute
	// Elsewhere is the newest series of an earlier study that is what the rule asks for where the current one has none, -1 for none.
	Elsewhere int
}

// Result is what a protocol makes of a patient's series.
type Result struct {
	Protocol Protocol
	Views    []Found
}

// Fires reports whether every view that is required, and at least one, has its series.
func (r Result) Fires() bool {
	for i, f := range r.Views {
		if f.Series < 0 && r.Protocol.Views[i].Required {
			return false
		}
	}
	return r.Shown() > 0
}

// Shown is how many views have a series.
func (r Result) Shown() (n int) {
	for _, f := range r.Views {
		if f.Series >= 0 {
			n++
		}
	}
	return n
}

// Missing are the views that have none and should, by number.
func (r Result) Missing() (list []int) {
	for i, f := range r.Views {
		if f.Cause != Fine {
			list = append(list, i)
		}
	}
	return list
}

// Match chooses the series of one patient for a protocol. Active is the one that the reader looks at, -1 for none: where a patient has images of
// several parts of the spine, its part is taken before others that fit as well. The views of one protocol are of one part.
func Match(p Protocol, list []Series, active int) Result {
	m := newMatcher(list)
	regions := []string{""}
	if active >= 0 && active < len(list) {
		if r := m.read[active].region; r != "" {
			regions = append(regions, r)
		}
	}
	for _, r := range []string{lumbar, cervical, thoracic} {
		if !slices.Contains(regions, r) && slices.ContainsFunc(m.read, func(w wording) bool { return w.region == r }) {
			regions = append(regions, r)
		}
	}
	if len(regions) > 1 {
		regions = regions[1:]
	}
	var best Result
	score := func(r Result) (n int) {
		for i, f := range r.Views {
			if f.Series >= 0 {
				n++
				if p.Views[i].Required {
					n += MostViews
				}
			}
		}
		return n
	}
	for i, region := range regions {
		m.region, m.taken = region, nil
		if r := m.match(p); i == 0 || score(r) > score(best) {
			best = r
		}
	}
	return best
}

// matcher chooses among the series of one patient.
type matcher struct {
	list   []Series
	read   []wording           // of each series
	split  map[string][]string // the words of each text: rules are held against every series many times over
	region string
	taken  []int
}

// wording is what the texts of a series say.
type wording struct {
	words  []string // of its description
	region string
}

func newMatcher(list []Series) *matcher {
	m := &matcher{list: list, read: make([]wording, len(list)), split: map[string][]string{}}
	for i, s := range list {
		words := m.words(s.Description)
		m.read[i] = wording{words, regionOf(words, m.words(s.BodyPart), m.words(s.About))}
	}
	return m
}

// words are those of a text, which is split once.
func (m *matcher) words(text string) []string {
	words, ok := m.split[text]
	if !ok {
		words = wordsOf(text)
		m.split[text] = words
	}
	return words
}

func (m *matcher) match(p Protocol) Result {
	r := Result{Protocol: p, Views: make([]Found, len(p.Views))}
	// Views for which few series will do choose first, so that a general rule does not take what a particular one needs.
	order := make([]int, len(p.Views))
	choices := make([]int, len(p.Views))
	for i, v := range p.Views {
		order[i] = i
		for j := range m.list {
			if slices.ContainsFunc(v.Series, func(rule Rule) bool { return m.fits(rule, j) }) {
				choices[i]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(choices[a], choices[b]) })
	for _, i := range order {
		r.Views[i] = m.find(p.Views[i])
		if at := r.Views[i].Series; at >= 0 {
			m.taken = append(m.taken, at)
		}
	}
	return r
}

func (m *matcher) fits(r Rule, i int) bool {
	_, misses := m.compare(r, i)
	return len(misses) == 0
}

// visits are the dates on which there are images that a rule's modality allows, the newest first.
func (m *matcher) visits(r Rule) (dates []string) {
	for _, s := range m.list {
		if (len(r.Modality) == 0 || slices.Contains(r.Modality, s.Modality)) && !slices.Contains(dates, s.Date) {
			dates = append(dates, s.Date)
		}
	}
	slices.SortFunc(dates, func(a, b string) int { return strings.Compare(b, a) })
	return dates
}

// find chooses the series of a view, or says why there is none.
func (m *matcher) find(v View) Found {
	none := Found{Series: -1, Near: -1, Elsewhere: -1, Prior: v.Prior}
	if len(v.Series) == 0 {
		return none
	}
	taken := false
	for i, rule := range v.Series {
		dates := m.visits(rule)
		if len(dates) == 0 {
			continue
		}
		if v.Prior > 0 { // of the earlier visits, those that have it
			dates = slices.DeleteFunc(dates[1:], func(d string) bool { return !m.has(rule, d) })
			if len(dates) < v.Prior {
				continue
			}
		}
		date := dates[max(v.Prior-1, 0)]
		if at := m.best(rule, date); at >= 0 {
			return Found{Series: at, Rule: i, Prior: v.Prior, Date: date, Near: -1, Elsewhere: -1}
		}
		taken = taken || m.has(rule, date)
	}
	rule := v.Series[0]
	dates := m.visits(rule)
	switch {
	case len(dates) == 0:
		none.Cause = NoStudy
		return none
	case taken:
		none.Cause = Taken
	case v.Prior > 0 && len(dates) == 1:
		none.Cause = NoPrior
		return none
	case v.Prior > 0:
		none.Cause = NoOlder
	default:
		none.Cause = NoSeries
	}
	none.Date = dates[0]
	most := 0
	for i, s := range m.list {
		if older := s.Date != dates[0]; older != (v.Prior > 0) {
			if e := none.Elsewhere; v.Prior == 0 && m.fits(rule, i) && (e < 0 || m.list[e].Date < s.Date) {
				none.Elsewhere = i
			}
			continue
		}
		hits, misses := m.compare(rule, i)
		score := 0
		for _, h := range hits {
			score += weights[h]
		}
		// A series of another modality, weighting or position is not near, nor one that has only the modality in common.
		far := slices.ContainsFunc(misses, func(a Attribute) bool { return a == Modality || a == Weighting || a == Position })
		if !far && score > max(most, weights[Modality]) && len(misses) > 0 {
			most = score
			none.Near, none.Hits, none.Misses = i, hits, misses
		}
	}
	return none
}

// has reports whether a visit has what a rule asks for, be it taken or not.
func (m *matcher) has(r Rule, date string) bool {
	for i, s := range m.list {
		if s.Date == date && m.fits(r, i) {
			return true
		}
	}
	return false
}

// best is the series of a visit that is what a rule asks for and is not shown yet, -1 for none: of a study that another view shows, then the one with
// most images, a whole series before a part of one, then by number.
func (m *matcher) best(r Rule, date string) int {
	at := -1
	beside := func(i int) bool {
		return slices.ContainsFunc(m.taken, func(j int) bool { return m.list[j].Study == m.list[i].Study })
	}
	rank := func(i, j int) int { // below 0 where i is to be preferred
		a, b := m.list[i], m.list[j]
		return cmp.Or(-compareBool(beside(i), beside(j)), cmp.Compare(b.Images, a.Images), compareBool(a.Part, b.Part), cmp.Compare(a.Number, b.Number))
	}
	for i, s := range m.list {
		if s.Date == date && m.fits(r, i) && !slices.Contains(m.taken, i) && (at < 0 || rank(i, at) < 0) {
			at = i
		}
	}
	return at
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
