package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
)

func (p *program) cases() *cobra.Command {
	c := p.group("case VERB", "cli.case.short")
	c.AddCommand(p.caseCreate(), p.caseList(), p.caseShow(), p.caseAnnotate(), p.caseSign())
	return c
}

func (p *program) caseCreate() *cobra.Command {
	var studies []string
	var title, patient, author string
	var asJSON bool
	c := &cobra.Command{
		Use: "create [PATH...] [--study UID]... [--patient ID] [--title TEXT] [--author NAME] [--json]", Short: p.text.T("cli.case.create.short"),
		Args: p.arguments(0, -1),
		RunE: func(_ *cobra.Command, paths []string) error {
			author, err := p.reviewer(author)
			if err != nil {
				return err
			}
			for _, uid := range studies {
				if !cases.ValidUID(uid) {
					return usageError{errors.New(p.text.T("cli.case.study.form", uid))}
				}
			}
			ctx, stop := interruptible()
			defer stop()
			return p.inLibrary(len(paths) > 0, func(s *store.Store) error {
				var index *dicomio.Index
				var gaps error
				if len(paths) == 0 {
					index, err = s.Library(ctx)
				} else if index, err = p.scan(ctx, paths); err == nil {
					var result store.ImportResult
					if result, err = p.takeIn(ctx, s, index, false); err == nil {
						gaps = p.importGaps(paths, index, result)
					}
				}
				if err != nil {
					return err
				}
				who, uids, err := p.choose(index, s.Dir(), patient, studies)
				if err != nil {
					return err
				}
				n := store.NewCase{Title: strings.TrimSpace(title), StudyUIDs: uids, Author: author,
					Patient: cases.Patient{ID: who.ID, Name: who.Name, BirthDate: who.BirthDate, Sex: who.Sex}}
				for _, t := range []string{personName(who.Name), who.ID} { // as the window names it
					if n.Title == "" {
						n.Title = t
					}
				}
				made, err := s.CreateCase(n)
				if err != nil {
					return err
				}
				if asJSON {
					err = p.printJSON(made)
				} else {
					_, err = fmt.Fprintln(p.stdout, made.ID)
				}
				return errors.Join(err, gaps)
			})
		},
	}
	c.Flags().StringArrayVar(&studies, "study", nil, p.text.T("cli.flag.study"))
	c.Flags().StringVar(&patient, "patient", "", p.text.T("cli.flag.patient"))
	c.Flags().StringVar(&title, "title", "", p.text.T("cli.flag.title"))
	c.Flags().StringVar(&author, "author", "", p.text.T("cli.flag.author"))
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// choose picks the patient and the studies that a case is about: those that were named, or all of the one patient there is.
func (p *program) choose(index *dicomio.Index, library, patientID string, studies []string) (*dicomio.Patient, []string, error) {
	var who *dicomio.Patient
	var names, uids []string
	missing := slices.Clone(studies)
	for _, patient := range index.Patients {
		if patientID != "" && patient.ID != patientID {
			continue
		}
		var own []string
		for _, st := range patient.Studies {
			if st.UID != "" && (len(studies) == 0 || slices.Contains(studies, st.UID)) {
				own = append(own, st.UID)
				missing = slices.DeleteFunc(missing, func(uid string) bool { return uid == st.UID })
			}
		}
		if len(own) > 0 {
			who, uids, names = patient, append(uids, own...), append(names, orDash(patient.ID))
		}
	}
	switch {
	case len(missing) > 0 && len(index.Patients) > 0:
		return nil, nil, errors.New(p.text.T("cli.case.study.none", missing[0], library))
	case who == nil && patientID != "":
		return nil, nil, errors.New(p.text.T("cli.case.patient.unknown", patientID, library))
	case who == nil:
		return nil, nil, errors.New(p.text.T("cli.case.patient.none"))
	case len(names) > 1:
		return nil, nil, errors.New(p.text.T("cli.case.patient.choose", len(names), strings.Join(names, ", ")))
	}
	return who, uids, nil
}

func (p *program) caseList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list [--json]", Short: p.text.T("cli.case.list.short"), Args: p.arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			return p.inLibrary(false, func(s *store.Store) error {
				list, err := s.Cases()
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(struct {
						Cases []cases.Summary `json:"cases"`
					}{list})
				}
				for _, c := range list {
					fmt.Fprintf(p.stdout, "%-9s  %s  %-28s  [%s]  %s\n", c.ID, moment(c.Modified), c.Title, c.Patient.ID, p.text.T("cli.case.line", c.Studies, c.Findings))
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

func (p *program) caseSign() *cobra.Command {
	var author, reviewer string
	c := &cobra.Command{
		Use: "sign CASE [--author NAME]", Short: p.text.T("cli.case.sign.short"), Args: p.arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.either(c, "author", "reviewer"); err != nil {
				return err
			}
			who, err := p.reviewer(author + reviewer) // at most one is not empty
			if err != nil {
				return err
			}
			return p.inLibrary(false, func(s *store.Store) error {
				c, err := p.findCase(s, args[0])
				if err != nil {
					return err
				}
				signed := 0
				for _, a := range c.Findings {
					if a.Author == who {
						signed++
					}
				}
				if signed == 0 {
					return errors.New(p.text.T("cli.case.sign.none", c.ID, who, strings.Join(authors(c), ", ")))
				}
				if _, err := s.Sign(c.ID, who); err != nil {
					return err
				}
				_, err = fmt.Fprintln(p.stdout, p.text.T("cli.case.signed", who, signed))
				return err
			})
		},
	}
	c.Flags().StringVar(&author, "author", "", p.text.T("cli.flag.author"))
	c.Flags().StringVar(&reviewer, "reviewer", "", p.text.T("cli.flag.reviewer"))
	return c
}

// authors are those who have findings in the case, in order of name.
func authors(c cases.Case) []string {
	var out []string
	for _, a := range c.Findings {
		if !slices.Contains(out, a.Author) {
			out = append(out, a.Author)
		}
	}
	slices.Sort(out)
	return out
}

// moment is a time as both languages write it, in the reader's own zone.
func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
