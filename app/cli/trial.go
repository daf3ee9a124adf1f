package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"rachis/app/trial"
)

// trial writes the tables of what the suggestions and the error bars are worth on phantoms.
func (p *program) trial() *cobra.Command {
	var seed int64
	var n int
	c := &cobra.Command{
		Use: "trial modic|intervals [--seed N] [--n N]", Short: p.text.T("trial.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if n < 1 || n > 1_000_000 {
				return usageError{errors.New(p.text.T("trial.number", n))}
			}
			ctx, stop := interruptible()
			defer stop()
			report, end := p.progressLine("trial.progress")
			var table interface{ Markdown() string }
			var err error
			switch args[0] {
			case "modic":
				table, err = trial.Modic(ctx, trial.ModicOptions{Seed: seed, N: n, Progress: report})
			case "intervals":
				table, err = trial.Intervals(ctx, trial.IntervalOptions{Seed: seed, N: n, Progress: report})
			default:
				end()
				return usageError{errors.New(p.text.T("trial.kind", args[0]))}
			}
			end()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.stdout, table.Markdown())
			return err
		},
	}
	c.Flags().Int64Var(&seed, "seed", 1, p.text.T("cli.flag.seed"))
	c.Flags().IntVar(&n, "n", 200, p.text.T("trial.flag.n"))
	return c
}
