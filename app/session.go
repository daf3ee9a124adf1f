package app

import (
	"cmp"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio"
	"rachis/viewer"
)

// session is what is open: studies shown in place or from the library, and the cases that they belong to. It belongs to Fyne's
// goroutine; what it refers to is not changed once it is in.
type session struct {
	sources  []source
	patients []*dicomio.Patient
	items    []viewer.Item // every stack, in the order of the tree
	cases    []*casework
}

// source is what was opened at once: paths of the user's, or a case of the library.
type source struct {
	paths  []string // nil for a case
	caseID string
	index  *dicomio.Index
}

// casework is a case that is open.
type casework struct {
	id, title string
	studies   map[string]bool // by UID
	doc       *annotations.Document
	// incomplete reports that files of its studies are not in the library yet.
	incomplete bool
	importing  bool
	more       bool // files came while others were being taken in
	keyImages  []cases.KeyImage
	signedBy   []string         // the reviewers who have signed it
	links      []cases.HandLink // by hand, that are in its journal
}

// add takes a source in. A study that is open already, from another source, stays as it is unless the new one has more of it.
func (s *session) add(src source) {
	s.sources = append(s.sources, src)
	s.rebuild()
}

// rebuild joins the sources to one list of patients and one of items.
func (s *session) rebuild() {
	type studyOf struct {
		patient *dicomio.Patient
		study   *dicomio.Study
	}
	var all []studyOf
	at := map[string]int{}
	for _, src := range s.sources {
		for _, p := range src.index.Patients {
			for _, st := range p.Studies {
				if i, ok := at[st.UID]; ok && st.UID != "" {
					if instances(st) > instances(all[i].study) {
						all[i] = studyOf{p, st}
					}
					continue
				}
				at[st.UID] = len(all)
				all = append(all, studyOf{p, st})
			}
		}
	}
	s.patients = nil
	for _, one := range all {
		i := slices.IndexFunc(s.patients, func(p *dicomio.Patient) bool { return samePatient(p, one.patient) })
		if i < 0 {
			p := *one.patient
			p.Studies = nil
			s.patients = append(s.patients, &p)
			i = len(s.patients) - 1
		}
		s.patients[i].Studies = append(s.patients[i].Studies, one.study)
	}
	old := map[*dicomio.Stack]viewer.Item{}
	for _, it := range s.items {
		old[it.Stack] = it
	}
	s.items = nil
	for _, p := range s.patients {
		slices.SortStableFunc(p.Studies, func(a, b *dicomio.Study) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Time, b.Time))
		})
		for _, st := range p.Studies {
			for _, se := range st.Series {
				for _, k := range se.Stacks {
					it, ok := old[k]
					if !ok {
						it = viewer.Item{Stack: k, Info: viewer.InfoOf(p, st, se, k)}
						it.Info.Expected = k.Expected
					}
					s.items = append(s.items, it)
				}
			}
		}
	}
}

func instances(st *dicomio.Study) (n int) {
	for _, se := range st.Series {
		n += len(se.Instances)
	}
	return n
}

// samePatient reports whether two sources are of one patient: all that identifies is equal. One without a name is not the one who has it.
func samePatient(a, b *dicomio.Patient) bool { return personKey(a) == personKey(b) }

// skipped are all files that could not be shown: those that the index has passed over, those that it says cannot be decoded, and those of which
// decoding has shown it.
func (s *session) skipped(failure func(*dicomio.Instance) error) (out []dicomio.Skipped) {
	for _, src := range s.sources {
		out = append(out, src.index.Skipped...)
	}
	for _, it := range s.items {
		seen := map[*dicomio.Instance]bool{}
		for _, sl := range it.Stack.Slices {
			in := sl.Instance
			if in == nil || seen[in] {
				continue
			}
			seen[in] = true
			if in.Undecodable != "" {
				out = append(out, dicomio.Skipped{Path: in.Location.String(), Reason: in.Undecodable, Code: dicomio.SkipUnsupported, Err: in.Problem()})
			} else if why := failure(in); why != nil {
				out = append(out, dicomio.Skipped{Path: in.Location.String(), Reason: why.Error(), Code: dicomio.SkipBroken, Err: why})
			}
		}
	}
	return out
}

// named reports whether the user has named a path, rather than a DICOMDIR.
func (s *session) named(path string) bool {
	return slices.ContainsFunc(s.sources, func(src source) bool { return slices.Contains(src.paths, path) })
}

// overlapping returns the paths of sources that hold a study of the index, which are then to be scanned together with it: one
// series whose files come one by one is one stack.
func (s *session) overlapping(idx *dicomio.Index) (paths []string) {
	uids := map[string]bool{}
	for _, p := range idx.Patients {
		for _, st := range p.Studies {
			uids[st.UID] = true
		}
	}
	for _, src := range s.sources {
		if src.paths == nil {
			continue
		}
		for _, p := range src.index.Patients {
			if slices.ContainsFunc(p.Studies, func(st *dicomio.Study) bool { return uids[st.UID] }) {
				paths = append(paths, src.paths...)
				break
			}
		}
	}
	return paths
}

// replace takes a source in instead of those whose paths it has too.
func (s *session) replace(src source) {
	s.sources = slices.DeleteFunc(s.sources, func(old source) bool {
		return old.paths != nil && !slices.ContainsFunc(old.paths, func(p string) bool { return !slices.Contains(src.paths, p) })
	})
	s.add(src)
}

// drop takes out the source of exactly these paths, and reports whether there was one.
func (s *session) drop(paths []string) bool {
	n := len(s.sources)
	s.sources = slices.DeleteFunc(s.sources, func(src source) bool { return src.paths != nil && slices.Equal(src.paths, paths) })
	if len(s.sources) == n {
		return false
	}
	s.rebuild()
	return true
}

// caseOf returns the case that a study belongs to, nil when it is in none that is open.
func (s *session) caseOf(studyUID string) *casework {
	for _, c := range s.cases {
		if c.studies[studyUID] {
			return c
		}
	}
	return nil
}

// caseByID returns the open case of the ID, nil for none.
func (s *session) caseByID(id string) *casework {
	for _, c := range s.cases {
		if strings.EqualFold(c.id, id) {
			return c
		}
	}
	return nil
}

// patientOf returns the patient of a study, nil when it is not open.
func (s *session) patientOf(studyUID string) *dicomio.Patient {
	for _, p := range s.patients {
		for _, st := range p.Studies {
			if st.UID == studyUID {
				return p
			}
		}
	}
	return nil
}

// indexOf returns the patient's studies as an index, to be imported.
func (s *session) indexOf(studies map[string]bool) *dicomio.Index {
	out := &dicomio.Index{}
	for _, p := range s.patients {
		q := *p
		q.Studies = nil
		for _, st := range p.Studies {
			if studies[st.UID] {
				q.Studies = append(q.Studies, st)
				out.Files += instances(st)
			}
		}
		if len(q.Studies) > 0 {
			out.Patients = append(out.Patients, &q)
		}
	}
	return out
}

// find returns the item and slice that show an image: of its own study where images of several bear one UID, as some that were made anonymous do.
func (s *session) find(ref annotations.ImageRef) (of viewer.Item, slice int, found bool) {
	for _, it := range s.items {
		own := it.Info.StudyUID == ref.StudyInstanceUID
		if found && !own {
			continue
		}
		for i, sl := range it.Stack.Slices {
			if sl.Instance != nil && sl.Instance.SOPInstanceUID == ref.SOPInstanceUID && sl.Frame+1 == ref.Frame {
				if own {
					return it, i, true
				}
				of, slice, found = it, i, true
				break
			}
		}
	}
	return of, slice, found
}

// personName writes a DICOM person name for people: "FAMILY^Given^Middle" is "FAMILY, Given Middle". Of several groups the
// first that says something is taken.
func personName(dicom string) string {
	for _, group := range strings.Split(dicom, "=") {
		parts := strings.Split(group, "^")
		family := strings.TrimSpace(parts[0])
		given := strings.Join(strings.Fields(strings.Join(parts[1:min(len(parts), 3)], " ")), " ")
		switch {
		case family != "" && given != "":
			return family + ", " + given
		case family+given != "":
			return family + given
		}
	}
	return ""
}

// date writes a DICOM date as 2026-11-24; what is no date stays as it is.
func date(dicom string) string {
	if len(dicom) == 8 && strings.Trim(dicom, "0123456789") == "" {
		return dicom[:4] + "-" + dicom[4:6] + "-" + dicom[6:]
	}
	return dicom
}
