package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"rachis/app/demo"
	"rachis/dicomio/phantom"
)

func (p *program) demo() *cobra.Command {
	var dir string
	var headless bool
	c := &cobra.Command{
		Use: "demo [--headless] [-o DIR]", Short: p.text.T("cli.demo.short"), Args: p.arguments(0, 0),
		RunE: func(_ *cobra.Command, _ []string) error {
			ctx, stop := interruptible()
			defer stop()
			report, end := p.percentLine()
			o := demo.Options{Seed: 1, Noise: phantom.DefaultNoise, Text: p.text, Languages: []string{"fr", "en"}, Library: p.library, Progress: report,
				Step: func(s demo.Step) { end(); p.printStep(s) }}
			do := demo.Make
			if !headless {
				do = demo.Case
			}
			r, err := do(ctx, dir, o)
			end()
			var foreign *demo.ForeignError
			var differs *demo.DifferenceError
			switch {
			case errors.As(err, &foreign):
				return errors.New(p.text.T("cli.demo.foreign", foreign.Dir))
			case errors.As(err, &differs):
				return fmt.Errorf("%s (%w)", p.text.T("cli.demo.unequal"), err)
			case err != nil:
				return err
			}
			if !headless {
				p.launch = &Launch{Library: r.Library, CaseID: r.CaseID, Lang: p.explicitLanguage()}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&headless, "headless", false, p.text.T("cli.flag.headless"))
	c.Flags().StringVarP(&dir, "output", "o", "rachis-demo", p.text.T("cli.flag.demo.dir"))
	return c
}

// printStep says what a step of the demo gave and where that lies.
func (p *program) printStep(s demo.Step) {
	t := p.text.T
	fmt.Fprintln(p.stdout, t("cli.demo.step", t("cli.demo."+s.Name), s.Path))
	switch {
	case s.Name == "pictures":
		fmt.Fprintln(p.stdout, "  "+t("cli.case.files", s.Files))
	case s.Name == "verify":
		fmt.Fprintln(p.stdout, "  "+t("cli.demo.verified", s.Files))
	case s.Name == "second":
		fmt.Fprintln(p.stdout, "  "+t("cli.demo.equal", s.Findings))
	}
}
