package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rachis/annotations/spine"
	"rachis/dicomio/phantom"
)

// mostLandmarks bounds the JSON that is read: a real file has a few KiB.
const mostLandmarks = 16 << 20

// readInput reads a small file, or standard input for "-".
func (p *program) readInput(path string) ([]byte, error) {
	var r io.Reader = p.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, mostLandmarks+1))
	if err == nil && len(data) > mostLandmarks {
		err = fmt.Errorf("%s: more than %d MiB", path, mostLandmarks>>20)
	}
	return data, err
}

func (p *program) measure() *cobra.Command {
	var landmarks string
	c := &cobra.Command{
		Use: "measure " + strings.Join(spine.Kinds, "|") + " --landmarks FILE [--json]", Short: p.text.T("cli.measure.short", strings.Join(spine.Kinds, ", ")), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(spine.Kinds, args[0]) {
				return usageError{errors.New(p.text.T("cli.measure.kind", args[0], strings.Join(spine.Kinds, ", ")))}
			}
			if landmarks == "" {
				return usageError{errors.New(p.text.T("cli.measure.landmarks"))}
			}
			data, err := p.readInput(landmarks)
			if err != nil {
				return err
			}
			answer, err := spine.Measure(args[0], data)
			if err != nil {
				return fmt.Errorf("%s: %w", landmarks, err)
			}
			_, err = fmt.Fprintf(p.stdout, "%s\n", answer)
			return err
		},
	}
	c.Flags().StringVar(&landmarks, "landmarks", "", p.text.T("cli.flag.landmarks"))
	// The answer is JSON with and without it: numbers, verdicts and warnings have no shorter form that is safe.
	c.Flags().Bool("json", false, p.text.T("cli.flag.json"))
	return c
}

func (p *program) phantom() *cobra.Command {
	var out string
	var seed int64
	var noise float64
	c := &cobra.Command{
		Use: "phantom -o DIR [--seed N] [--noise SIGMA]", Short: p.text.T("cli.phantom.short"), Args: p.arguments(0, 0),
		RunE: func(_ *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New(p.text.T("cli.output"))}
			}
			ctx, stop := interruptible()
			defer stop()
			report, end := p.progressLine("cli.phantom.progress")
			files := 0
			_, err := phantom.Write(ctx, out, phantom.Options{Seed: seed, Noise: noise, Progress: func(done, total int) {
				files = total
				report(done, total)
			}})
			end()
			if err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, p.text.T("cli.phantom.done", out, files))
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", p.text.T("cli.flag.output"))
	c.Flags().Int64Var(&seed, "seed", 1, p.text.T("cli.flag.seed"))
	c.Flags().Float64Var(&noise, "noise", phantom.DefaultNoise, p.text.T("cli.flag.noise"))
	return c
}
