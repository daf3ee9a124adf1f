package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rachis/app/describe"
	"rachis/cases"
	"rachis/cases/store"
)

func (p *program) caseShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show CASE [--json]", Short: p.text.T("cli.case.show.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.inLibrary(false, func(s *store.Store) error {
				c, err := p.findCase(s, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(shownCase{c, staleScales(c)})
				}
				p.printCase(c)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// shownCase is the JSON of a case as it is shown: with what follows from its findings, which is not stored.
type shownCase struct {
	cases.Case
	// StaleScales are the UIDs of the findings that were measured by another scale than their reviewer's calibrations give their images now: their
	// millimetres do not hold until they are measured again.
	StaleScales []string `json:"stale_scales"`
}

func staleScales(c cases.Case) []string {
	out := []string{}
	for _, a := range c.Findings {
		if !a.Deleted && a.Rescaled(c.Findings) {
			out = append(out, a.UID)
		}
	}
	return out
}

// printCase writes a case for people. Nothing here computes: values come with the findings.
func (p *program) printCase(c cases.Case) {
	t := p.text.T
	line := func(depth int, text string) {
		for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
			fmt.Fprintf(p.stdout, "%s%s\n", strings.Repeat("  ", depth), l)
		}
	}
	section := func(key string, n int) {
		if n > 0 {
			line(0, "\n"+t(key))
		}
	}
	line(0, c.ID+"  "+c.Title)
	line(0, strings.TrimSpace(fmt.Sprintf("%s  [%s]  %s %s", orDash(personName(c.Patient.Name)), c.Patient.ID, c.Patient.BirthDate, describe.Sex(p.text, c.Patient.Sex))))
	section("cli.case.studies", len(c.Studies))
	for _, st := range c.Studies {
		line(1, fmt.Sprintf("%s  %s  %s  %s", orDash(st.Date), orDash(st.Description), strings.Join(st.Modalities, " "), t("cli.case.files", len(st.Instances))))
	}
	values := c.Dossier.Values()
	section("cli.case.dossier", len(values))
	for _, f := range cases.Fields() {
		value, ok := values[f.Name]
		if !ok {
			continue
		}
		switch f.Kind {
		case cases.FieldChoice:
			value = describe.Known(p.text, "dossier.choice."+value, value)
		case cases.FieldNumber:
			if p.text.Language() == "fr" {
				value = strings.Replace(value, ".", ",", 1)
			}
		}
		line(1, t("cli.case.field", t("dossier."+f.Name), value))
	}
	section("cli.case.findings", len(c.Findings))
	for _, a := range c.Findings {
		line(1, strings.TrimSpace(fmt.Sprintf("%-7s %s", a.Level, describe.Title(p.text, a))))
		if a.Rescaled(c.Findings) {
			line(2, "⚠ "+t("report.calibration.stale"))
			a = a.ScaleReplaced()
		}
		if n := describe.NumbersOn(p.text, a); n != "" {
			line(2, n)
		}
		if s := describe.Suggestion(p.text, a); s != "" {
			line(2, s)
		}
		if a.Note != "" {
			line(2, a.Note)
		}
		line(2, a.Author+", "+moment(a.Modified)+", "+a.UID)
	}
	p.printLevels(c, line, section)
	section("cli.case.keyimages", len(c.KeyImages))
	for _, k := range c.KeyImages {
		line(1, fmt.Sprintf("%s  %s, %s", orDash(k.Caption), k.Author, t("cli.case.image", k.Image.SOPInstanceUID, k.Image.Frame)))
	}
	section("cli.case.signatures", len(c.Signatures))
	for _, sig := range c.Signatures {
		state := t("report.signature.valid")
		if sig.Stale {
			state = t("report.signature.stale")
		}
		line(1, fmt.Sprintf("%s, %s, %s", sig.Reviewer, moment(sig.Signed), state))
	}
	section("cli.case.audit", len(c.Audit))
	for _, e := range c.Audit {
		line(1, strings.TrimSpace(fmt.Sprintf("%s  %s  %s  %s  %s", moment(e.At), e.Author, describe.Known(p.text, "cli.audit."+e.Action, e.Action), e.Subject, e.Detail)))
	}
}
