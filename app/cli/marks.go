package cli

import (
	"fmt"
	"slices"

	"rachis/annotations"
	"rachis/app/describe"
	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// marksOn are the marks to burn into a frame (from 1): those of the file of findings that was named, else those of the library's cases.
func (p *program) marksOn(file *dicomio.File, frame int, from string) ([]render.StyledShape, error) {
	ref := refOf(file, frame)
	var list []annotations.Annotation
	if from != "" {
		given, err := p.submission(from, "-") // nobody's name is drawn
		if err != nil {
			return nil, err
		}
		list = given.Findings
	} else if err := p.inLibrary(false, func(s *store.Store) (err error) {
		list, err = findingsOf(s, ref.StudyInstanceUID)
		return err
	}); err != nil {
		return nil, err
	}
	shapes := describe.ShapesBy(p.text, list, list, ref, "")
	if len(shapes) == 0 {
		fmt.Fprintln(p.stderr, p.text.T("cli.render.unmarked", file.Location))
	}
	return shapes, nil
}

// findingsOf are the findings of every case that a study belongs to. A finding that two cases share, as after an import, is there once.
func findingsOf(s *store.Store, studyUID string) ([]annotations.Annotation, error) {
	list, err := s.Cases()
	if err != nil {
		return nil, err
	}
	var out []annotations.Annotation
	seen := map[string]bool{}
	for _, one := range list {
		c, err := s.Case(one.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(c.Studies, func(st cases.Study) bool { return st.UID == studyUID }) {
			continue
		}
		for _, a := range c.Findings {
			if !seen[a.UID] {
				seen[a.UID] = true
				out = append(out, a)
			}
		}
	}
	return out, nil
}
