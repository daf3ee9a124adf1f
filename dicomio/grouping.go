package dicomio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// indexOf sorts records to patients, studies, series and stacks. The order of the records does not matter.
func indexOf(records []*record) *Index {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.instance.InstanceNumber, b.instance.InstanceNumber),
			cmp.Compare(a.instance.Location.Path, b.instance.Location.Path), cmp.Compare(a.instance.Location.Member, b.instance.Location.Member))
	})
	x := &Index{}
	type ids struct{ id, issuer string }
	type studyKey struct {
		person *person
		uid    string
	}
	type seriesKey struct {
		study *Study
		uid   string
		other string // what tells series without UID apart
	}
	studies := map[studyKey]*Study{}
	bySeries := map[seriesKey][]*record{}
	var order []seriesKey
	byID := map[ids][]identity{}
	of := map[identity]*person{}
	for _, r := range records {
		if _, seen := of[r.patient]; !seen {
			k := ids{r.patient.id, r.patient.issuer}
			byID[k] = append(byID[k], r.patient)
			of[r.patient] = nil
		}
	}
	for _, list := range byID {
		people := persons(list)
		for _, p := range people {
			p.namesakes = len(people) - 1
			for _, id := range p.identities {
				of[id] = p
			}
		}
	}
	ofStudy := map[string]*person{} // to find one study of two patients
	ofSeries := map[string]string{} // and one series of two studies
	for _, r := range records {
		who := of[r.patient]
		if who.patient == nil {
			who.patient = who.describe()
			x.Patients = append(x.Patients, who.patient)
		}
		sk := studyKey{who, r.study.UID}
		st := studies[sk]
		if st == nil {
			st = &Study{UID: r.study.UID}
			studies[sk] = st
			who.patient.Studies = append(who.patient.Studies, st)
			if other := ofStudy[st.UID]; other != nil && st.UID != "" {
				other.warn("the study %s is also that of another patient, %s", st.UID, who.patient.ID)
				who.warn("the study %s is also that of another patient, %s", st.UID, other.patient.ID)
			} else {
				ofStudy[st.UID] = who
			}
		}
		st.fill(&r.study)
		key := seriesKey{study: st, uid: r.series.uid}
		if key.uid == "" {
			key.other = fmt.Sprintf("%s %d %s", r.series.modality, r.series.number, r.series.description)
		}
		if bySeries[key] == nil {
			order = append(order, key)
			if other, ok := ofSeries[key.uid]; ok && key.uid != "" && other != st.UID {
				who.warn("the series %s is in the studies %s and %s", key.uid, min(other, st.UID), max(other, st.UID))
			}
			ofSeries[key.uid] = st.UID
		}
		bySeries[key] = append(bySeries[key], r)
	}
	for _, key := range order {
		key.study.Series = append(key.study.Series, seriesOf(bySeries[key]))
	}
	x.sort()
	return x
}

// person is one patient with the names that the files give.
type person struct {
	identities []identity
	keys       []string // of their names
	namesakes  int      // others with the same PatientID
	patient    *Patient
}

// persons tells the identities of one PatientID apart: those are of one person whose names or whose birth dates agree.
func persons(list []identity) []*person {
	slices.SortFunc(list, func(a, b identity) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.birth, b.birth), cmp.Compare(a.sex, b.sex))
	})
	var out []*person
	for _, id := range list {
		key := nameKey(id.name)
		joined := &person{identities: []identity{id}, keys: []string{key}}
		// An identity that agrees with two persons makes them one.
		out = slices.DeleteFunc(out, func(p *person) bool {
			for i, other := range p.identities {
				if agree(id, other, key, p.keys[i]) {
					joined.identities = append(p.identities, joined.identities...)
					joined.keys = append(p.keys, joined.keys...)
					return true
				}
			}
			return false
		})
		out = append(out, joined)
	}
	return out
}

// agree reports whether two identities with one PatientID may be of one person, of whose names the keys are given. Without an ID it
// takes the same name.
func agree(a, b identity, na, nb string) bool {
	birthsDiffer := a.birth != b.birth && a.birth != "" && b.birth != ""
	if a.id == "" {
		return na == nb && !birthsDiffer
	}
	if na == "" || nb == "" {
		return !birthsDiffer
	}
	if na == nb || strings.HasPrefix(na, nb) || strings.HasPrefix(nb, na) {
		return true // a date may be mistyped, and a second given name left out
	}
	return a.birth == b.birth && a.birth != ""
}

// nameKey is a name's letters, so that "DOE^JANE" and "Doe Jane" are equal.
func nameKey(name string) string {
	if i := strings.IndexByte(name, '='); i > 0 {
		name = name[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, name)
}

func (p *person) describe() *Patient {
	out := &Patient{ID: p.identities[0].id, Issuer: p.identities[0].issuer}
	names := map[string]bool{}
	births := map[string]bool{}
	for _, id := range p.identities {
		if len(nameKey(id.name)) > len(nameKey(out.Name)) || len(p.identities) == 1 {
			out.Name = id.name // the fullest
		}
		if out.BirthDate == "" {
			out.BirthDate = id.birth
		}
		if out.Sex == "" {
			out.Sex = id.sex
		}
		if k := nameKey(id.name); k != "" {
			names[k] = true
		}
		if id.birth != "" {
			births[id.birth] = true
		}
	}
	p.patient = out
	if p.namesakes > 0 && out.ID != "" {
		p.warn("another patient, with another name and birth date, has this patient ID")
	}
	if len(names) > 1 {
		p.warn("%d different names have this patient ID", len(names))
	}
	if len(births) > 1 {
		p.warn("%d different birth dates have this patient ID", len(births))
	}
	return out
}

func (p *person) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(p.patient.Warnings, text) {
		p.patient.Warnings = append(p.patient.Warnings, text)
	}
}

// fill takes what the study does not have yet.
func (s *Study) fill(from *Study) {
	take(&s.Date, from.Date)
	take(&s.Time, from.Time)
	take(&s.Description, from.Description)
	take(&s.Accession, from.Accession)
	take(&s.Institution, from.Institution)
	take(&s.ReferringPhysician, from.ReferringPhysician)
}

func take(to *string, from string) {
	if *to == "" {
		*to = from
	}
}

// seriesOf describes a series by its records, which are in order of InstanceNumber.
func seriesOf(records []*record) *Series {
	lead := &records[0].series
	s := &Series{UID: lead.uid, Number: lead.number}
	descriptions := map[string]int{}
	for _, r := range records {
		s.Instances = append(s.Instances, r.instance)
		s.Frames += r.instance.Frames
		take(&s.Modality, r.series.modality)
		take(&s.BodyPart, r.series.bodyPart)
		take(&s.Laterality, r.series.laterality)
		take(&s.FrameOfReferenceUID, r.series.frameOfReference)
		take(&s.ProtocolName, r.series.protocol)
		if ts := r.instance.TransferSyntax; !slices.Contains(s.TransferSyntaxes, ts) && ts != "" {
			s.TransferSyntaxes = append(s.TransferSyntaxes, ts)
		}
		if r.series.description != "" {
			descriptions[r.series.description]++
		}
	}
	slices.Sort(s.TransferSyntaxes)
	for _, r := range records { // the description that most images have, the first of several
		if d := r.series.description; descriptions[d] > descriptions[s.Description] {
			s.Description = d
		}
	}
	originals, copies := withoutCopies(records)
	s.Stacks = stacksOf(originals)
	noteCopies(s.Stacks, copies)
	noteNamesakes(s.Stacks, originals)
	noteModalities(s.Stacks, originals)
	s.Calibration = Calibration{State: Uncalibrated, Source: "none"}
	if k := s.Largest(); k != nil {
		in := k.Slices[0].Instance
		s.Rows, s.Columns = in.Rows, in.Columns
		s.Orientation, s.Weighting, s.View = k.Orientation, k.Weighting, k.View
		s.WeightingSource, s.ViewSource, s.FatSuppressed = k.WeightingSource, k.ViewSource, k.FatSuppressed
		s.FrameOfReferenceUID, s.Calibration = k.FrameOfReferenceUID, k.Calibration
		for _, other := range s.Stacks {
			if other.View != "" && s.View != "" && other.View != s.View {
				s.View, s.ViewSource = "", "" // a series of both films is neither; its stacks tell
			}
		}
		if k.regular {
			s.SliceSpacing = k.Spacing
		}
	}
	return s
}

func (x *Index) sort() {
	slices.SortStableFunc(x.Patients, func(a, b *Patient) int {
		return cmp.Or(cmp.Compare(nameKey(a.Name), nameKey(b.Name)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.BirthDate, b.BirthDate))
	})
	for _, p := range x.Patients {
		slices.SortStableFunc(p.Studies, func(a, b *Study) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Time, b.Time), cmp.Compare(a.UID, b.UID))
		})
		for _, st := range p.Studies {
			slices.SortStableFunc(st.Series, func(a, b *Series) int {
				return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.UID, b.UID), cmp.Compare(a.Modality, b.Modality), cmp.Compare(a.Description, b.Description))
			})
		}
	}
	slices.SortStableFunc(x.Skipped, func(a, b Skipped) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason)) })
}
