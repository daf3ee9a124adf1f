package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"rachis/app/handover"
	"rachis/cases/store"
	"rachis/dicomio"
)

func (p *program) importing() *cobra.Command {
	var reference, asJSON bool
	c := &cobra.Command{
		Use: "import PATH... [--reference] [--json]", Short: p.text.T("cli.import.short"), Args: p.arguments(1, -1),
		RunE: func(_ *cobra.Command, paths []string) error {
			ctx, stop := interruptible()
			defer stop()
			index, err := p.scan(ctx, paths)
			if err != nil {
				return err
			}
			return p.inLibrary(true, func(s *store.Store) error {
				result, err := p.takeIn(ctx, s, index, reference)
				if err != nil {
					return err
				}
				if asJSON {
					if err := p.printJSON(imported(index, result)); err != nil {
						return err
					}
				} else {
					p.printImport(index, result)
				}
				return p.importGaps(paths, index, result)
			})
		},
	}
	c.Flags().BoolVar(&reference, "reference", false, p.text.T("cli.flag.reference"))
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// scan indexes paths and says how far it is.
func (p *program) scan(ctx context.Context, paths []string) (*dicomio.Index, error) {
	report, end := p.progressLine("cli.scan.progress")
	defer end()
	return dicomio.Scan(ctx, paths, func(at dicomio.Progress) { report(at.DICOM, at.Files) })
}

// takeIn copies what an index holds into the library, or notes where it is, and says how far it is.
func (p *program) takeIn(ctx context.Context, s *store.Store, index *dicomio.Index, reference bool) (store.ImportResult, error) {
	report, end := p.progressLine("cli.import.progress")
	defer end()
	return s.Import(ctx, index, store.ImportOptions{Reference: reference, Progress: func(at store.ImportProgress) { report(at.Done, at.Total) }})
}

// importedJSON is what an import did; Skipped are all files that are not in the library now.
type importedJSON struct {
	Copied     int               `json:"copied"`
	Referenced int               `json:"referenced"`
	Already    int               `json:"already"`
	Studies    []string          `json:"studies"`
	Differing  []store.Differing `json:"differing"`
	Skipped    []dicomio.Skipped `json:"skipped"`
}

func imported(index *dicomio.Index, r store.ImportResult) importedJSON {
	return importedJSON{r.Copied, r.Referenced, r.Already, append([]string{}, r.Studies...), append([]store.Differing{}, r.Differing...),
		slices.Concat([]dicomio.Skipped{}, index.Skipped, r.Skipped)}
}

func (p *program) printImport(index *dicomio.Index, r store.ImportResult) {
	t := p.text.T
	skipped := slices.Concat(index.Skipped, r.Skipped)
	fmt.Fprintln(p.stdout, t("cli.import.done", r.Copied+r.Referenced, r.Already, len(skipped)))
	for _, s := range skipped {
		fmt.Fprintf(p.stdout, "  %s: %s\n", s.Path, p.reason(s))
	}
	if len(r.Differing) > 0 {
		fmt.Fprintln(p.stdout, t("cli.import.differing", len(r.Differing)))
		for _, d := range r.Differing {
			fmt.Fprintf(p.stdout, "  %s  %s\n", d.SOPInstanceUID, d.Path)
			for _, sha := range d.SHA256 {
				fmt.Fprintf(p.stdout, "    %s\n", sha)
			}
		}
	}
}

// importGaps answers errPartial when something that was asked for is not in the library now. What lies beside the images on a
// CD was not asked for; a file that was named itself was.
func (p *program) importGaps(paths []string, index *dicomio.Index, r store.ImportResult) error {
	for _, path := range paths {
		if handover.IsBundle(path) {
			fmt.Fprintln(p.stderr, p.text.T("cli.import.bundle", path))
		}
	}
	if r.Copied+r.Referenced+r.Already == 0 {
		err := p.unreachable(index, paths)
		p.complain(errors.New(p.text.T("cli.import.nothing")))
		return errors.Join(errPartial, err)
	}
	gap := len(r.Skipped) > 0
	for _, s := range index.Skipped {
		switch s.Code {
		case dicomio.SkipNotDICOM, dicomio.SkipSpecial, dicomio.SkipLoop:
			gap = gap || slices.Contains(paths, s.Path)
		default:
			gap = true
		}
	}
	if gap {
		p.complain(errors.New(p.text.T("cli.import.gaps")))
		return errPartial
	}
	return nil
}
