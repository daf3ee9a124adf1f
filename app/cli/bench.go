package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rachis/app/bench"
)

// benchWindow is the hidden verb by which a benchmark opens a window that measures itself.
func (p *program) benchWindow() *cobra.Command {
	return &cobra.Command{
		Use: bench.HiddenVerb + " JOB", Hidden: true, Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			var w bench.Window
			if err := json.Unmarshal([]byte(args[0]), &w); err != nil {
				return usageError{err}
			}
			p.launch = &Launch{Library: p.libraryFlag(), Lang: p.explicitLanguage(), Measure: &w}
			if w.Workload == bench.WindowStart {
				p.launch.Paths = []string{w.Path}
			}
			return nil
		},
	}
}

func (p *program) bench() *cobra.Command {
	var asJSON bool
	var passes int
	var inputs string
	c := &cobra.Command{
		Use: "bench [NAME] [PATH...] [--passes N] [--json]", Short: p.text.T("bench.short"), Args: p.arguments(0, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			ctx, stop := interruptible()
			defer stop()
			if inputs != "" {
				return bench.Inputs(ctx, inputs)
			}
			name := ""
			if len(args) > 0 {
				if name = args[0]; !slices.Contains(bench.Names(), name) {
					return usageError{errors.New(p.text.T("bench.unknown", name, strings.Join(bench.Names(), ", ")))}
				}
				args = args[1:]
			}
			lines := []bench.Line{}
			err := bench.Run(ctx, name, bench.Options{Passes: passes, Paths: args, Text: p.text, Line: func(l bench.Line) {
				if lines = append(lines, l); !asJSON {
					fmt.Fprintln(p.stdout, l.Print(p.text))
				}
			}})
			if asJSON {
				if err := p.printJSON(lines); err != nil {
					return err
				}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	c.Flags().IntVar(&passes, "passes", 0, p.text.T("bench.flag.passes"))
	c.Flags().StringVar(&inputs, "inputs", "", p.text.T("bench.flag.inputs"))
	return c
}
