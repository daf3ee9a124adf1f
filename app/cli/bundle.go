package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"rachis/app/handover"
	"rachis/cases/bundle"
	"rachis/cases/store"
	"rachis/dicomio"
)

func (p *program) bundle() *cobra.Command {
	c := p.group("bundle VERB", "cli.bundle.short")
	c.AddCommand(p.bundleExport(), p.bundleVerify(), p.bundleImport())
	return c
}

// handing returns the options of what is done with bundles, with a line of progress that end finishes.
func (p *program) handing(author string) (o handover.Options, end func()) {
	report, end := p.percentLine()
	return handover.Options{Author: author, Progress: func(_ string, done, total int) { report(done, total) }}, end
}

func (p *program) bundleExport() *cobra.Command {
	var out, author string
	later := []string{"deidentify", "encrypt", "sign"}
	c := &cobra.Command{
		Use: "export CASE -o OUT [--lang fr,en] [--author NAME]", Short: p.text.T("cli.bundle.export.short"), Args: p.arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range later {
				if c.Flags().Changed(name) {
					// A bundle that still names the patient, or that anybody can read, is worse than none.
					return usageError{errors.New(p.text.T("cli.bundle.later", "--"+name))}
				}
			}
			if out == "" {
				return usageError{errors.New(p.text.T("cli.output"))}
			}
			languages, err := p.reportLanguages()
			if err != nil {
				return err
			}
			author, err := p.reviewer(author)
			if err != nil {
				return err
			}
			if _, err := os.Lstat(out); err == nil {
				return errors.New(p.text.T("cli.bundle.exists", out))
			}
			ctx, stop := interruptible()
			defer stop()
			return p.inLibrary(false, func(s *store.Store) error {
				c, err := p.findCase(s, args[0])
				if err != nil {
					return err
				}
				o, end := p.handing(author)
				r, err := handover.Export(ctx, s, c.ID, out, languages, o)
				end()
				if err != nil {
					return err
				}
				for i, l := range r.Left {
					fmt.Fprintln(p.stderr, p.text.T("cli.bundle.left", r.LeftAt[i], l.Reason))
				}
				_, err = fmt.Fprintln(p.stdout, p.text.T("cli.bundle.exported", out, r.Files))
				return err
			})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", p.text.T("cli.flag.output"))
	c.Flags().StringVar(&author, "author", "", p.text.T("cli.flag.author"))
	c.Flags().Var(&languages{}, "lang", p.text.T("cli.flag.langs"))
	for _, name := range later {
		c.Flags().Bool(name, false, p.text.T("cli.flag."+name))
	}
	return c
}

func (p *program) bundleVerify() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "verify IN [--json]", Short: p.text.T("cli.bundle.verify.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			ctx, stop := interruptible()
			defer stop()
			o, end := p.handing("")
			v, err := handover.Verify(ctx, args[0], o)
			end()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil { // it cannot even be opened: that is a problem of it too
				v.OK, v.Problems = false, append(v.Problems, bundle.Problem{Path: args[0], Problem: p.inWords(err)})
			}
			if v.Problems == nil {
				v.Problems = []bundle.Problem{}
			}
			switch {
			case asJSON:
				if err := p.printJSON(v); err != nil {
					return err
				}
			case v.OK:
				_, err := fmt.Fprintln(p.stdout, p.text.T("cli.bundle.ok", args[0], v.Files))
				return err
			default:
				fmt.Fprintln(p.stdout, p.text.T("cli.bundle.bad", args[0], len(v.Problems)))
				for _, problem := range v.Problems {
					fmt.Fprintf(p.stdout, "  %s: %s\n", problem.Path, p.wrong(problem))
				}
			}
			if !v.OK {
				return errPartial
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// wrong says what is wrong with a file of a bundle, in the user's language.
func (p *program) wrong(problem bundle.Problem) string {
	key := "bundle.problem." + problem.Code
	if p.text.Language() == "en" || !p.text.Has(key) {
		return problem.Problem
	}
	return p.text.T(key)
}

// receivedJSON is what a bundle brought.
type receivedJSON struct {
	Case      string            `json:"case"`
	Added     int               `json:"added"`
	Updated   int               `json:"updated"`
	Conflicts int               `json:"conflicts"`
	Files     int               `json:"files"`
	Skipped   []dicomio.Skipped `json:"skipped"`
}

func (p *program) bundleImport() *cobra.Command {
	var author string
	var asJSON bool
	c := &cobra.Command{
		Use: "import IN [--author NAME] [--json]", Short: p.text.T("cli.bundle.import.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			author, err := p.reviewer(author)
			if err != nil {
				return err
			}
			if _, err := os.Stat(args[0]); err != nil {
				return err // before a library is made for it
			}
			ctx, stop := interruptible()
			defer stop()
			return p.inLibrary(true, func(s *store.Store) error { return p.receive(ctx, s, args[0], author, asJSON) })
		},
	}
	c.Flags().StringVar(&author, "author", "", p.text.T("cli.flag.author"))
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

func (p *program) receive(ctx context.Context, s *store.Store, in, author string, asJSON bool) error {
	o, end := p.handing(author)
	r, err := handover.Import(ctx, s, in, o)
	end()
	var damaged *bundle.VerificationError
	if errors.As(err, &damaged) {
		p.complain(errors.New(p.text.T("cli.bundle.refused", in, len(damaged.Problems))))
		for _, problem := range damaged.Problems {
			fmt.Fprintf(p.stderr, "  %s: %s\n", problem.Path, p.wrong(problem))
		}
		return errPartial
	}
	if err != nil {
		return err
	}
	if asJSON {
		err = p.printJSON(receivedJSON{r.CaseID, r.Added, r.Updated, r.Conflicts, r.Files, append([]dicomio.Skipped{}, r.Skipped...)})
	} else {
		_, err = fmt.Fprintln(p.stdout, p.text.T("cli.bundle.imported", r.CaseID, r.Added, r.Updated, r.Conflicts, r.Files))
	}
	for _, skipped := range r.Skipped {
		p.complain(fmt.Errorf("%s: %s", skipped.Path, p.reason(skipped)))
	}
	if err == nil && len(r.Skipped) > 0 {
		err = errPartial
	}
	return err
}
