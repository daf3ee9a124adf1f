package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// interruptible returns a context that ends with Ctrl+C, so that a verb stops cleanly.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}

// progressLine returns a function that writes how far a long operation is, at most a few times a second, and one that ends its line.
func (p *program) progressLine(key string) (report func(done, total int), end func()) {
	var last time.Time
	shown := false
	report = func(done, total int) {
		if time.Since(last) < 200*time.Millisecond && done != total {
			return
		}
		last, shown = time.Now(), true
		fmt.Fprintf(p.stderr, "\r%s", p.text.T(key, done, total))
	}
	end = func() {
		if shown {
			fmt.Fprintln(p.stderr)
		}
		last, shown = time.Time{}, false // the next step begins anew
	}
	return report, end
}

// percentLine is progressLine for what is counted in nothing that people count.
func (p *program) percentLine() (report func(done, total int), end func()) {
	line, end := p.progressLine("cli.progress")
	return func(done, total int) {
		if total > 0 {
			line(int(100*int64(done)/int64(total)), 100)
		}
	}, end
}

// printJSON writes one document, indented, with characters as they are.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (p *program) ls() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "ls PATH... [--json]", Short: p.text.T("cli.ls.short"), Args: p.arguments(1, -1),
		RunE: func(_ *cobra.Command, paths []string) error {
			ctx, stop := interruptible()
			defer stop()
			begin := time.Now()
			index, err := dicomio.Scan(ctx, paths, nil)
			if err != nil {
				return err
			}
			if asJSON {
				if err := p.printJSON(index.Listing(time.Since(begin).Seconds())); err != nil {
					return err
				}
			} else {
				p.printTree(index)
			}
			return p.unreachable(index, paths)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// unreachable answers errPartial when a path that was named itself could not be opened.
func (p *program) unreachable(index *dicomio.Index, paths []string) error {
	failed := false
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			p.complain(err)
			failed = true
			continue
		}
		for _, s := range index.Skipped {
			if s.Path == path {
				p.complain(fmt.Errorf("%s: %s", s.Path, p.reason(s)))
				failed = true
			}
		}
	}
	if failed {
		return errPartial
	}
	return nil
}

// printTree writes the index for people.
func (p *program) printTree(index *dicomio.Index) {
	t := p.text.T
	for _, patient := range index.Patients {
		fmt.Fprintf(p.stdout, "%s  [%s]  %s %s\n", orDash(personName(patient.Name)), patient.ID, patient.BirthDate, patient.Sex)
		for _, study := range patient.Studies {
			fmt.Fprintf(p.stdout, "  %s  %s\n", orDash(study.Date), orDash(study.Description))
			for _, s := range study.Series {
				notes := []string{}
				for _, n := range []string{s.Orientation, s.Weighting, s.View} {
					if n != "" {
						notes = append(notes, n)
					}
				}
				fmt.Fprintf(p.stdout, "    %4d  %-3s %-8s %-32s %s", s.Number, s.Modality, strings.Join(notes, " "), orDash(s.Description), t("cli.ls.images", len(s.Instances), s.Frames))
				if s.Calibration.Spacing.Known() {
					fmt.Fprintf(p.stdout, "  %s x %s mm (%s: %s)", p.text.Number(s.Calibration.Spacing.BetweenRows, 3), p.text.Number(s.Calibration.Spacing.BetweenColumns, 3), s.Calibration.Source, t("report.word."+s.Calibration.State))
				}
				fmt.Fprintln(p.stdout)
				p.printOddities(s)
			}
		}
	}
	if len(index.Skipped) > 0 {
		fmt.Fprintf(p.stdout, "%s\n", t("cli.ls.skipped", len(index.Skipped)))
		for _, s := range index.Skipped {
			fmt.Fprintf(p.stdout, "  %s: %s\n", s.Path, p.reason(s))
		}
	}
}

// printOddities says of a series what cannot be shown and what is odd about its files, each thing once, with the first file that has it.
func (p *program) printOddities(s *dicomio.Series) {
	said := map[string]bool{}
	for _, in := range s.Instances {
		for _, text := range append([]string{in.Undecodable}, in.Warnings...) {
			if text != "" && !said[text] {
				said[text] = true
				fmt.Fprintf(p.stdout, "          ! %s: %s\n", in.Location, text)
			}
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// personName writes DICOM's "FAMILY^Given" as people do.
func personName(n string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(n, "^", " ")), " ")
}

// pixelRow is one frame's line; the names are those of the command line's contract.
type pixelRow struct {
	Path           string  `json:"path"`
	Frame          int     `json:"frame"`
	Rows           int     `json:"rows"`
	Columns        int     `json:"cols"`
	Samples        int     `json:"samples"`
	BitsAllocated  int     `json:"bits_allocated"`
	BitsStored     int     `json:"bits_stored"`
	Signed         bool    `json:"signed"`
	Photometric    string  `json:"photometric"`
	TransferSyntax string  `json:"transfer_syntax"`
	Min            int64   `json:"min"`
	Max            int64   `json:"max"`
	Mean           float64 `json:"mean"`
	SHA256         string  `json:"sha256"`
}

var pixelColumns = []string{"path", "frame", "rows", "cols", "samples", "bits_allocated", "bits_stored", "signed", "photometric",
	"transfer_syntax", "min", "max", "mean", "sha256"}

func (r pixelRow) record() []string {
	return []string{r.Path, strconv.Itoa(r.Frame), strconv.Itoa(r.Rows), strconv.Itoa(r.Columns), strconv.Itoa(r.Samples),
		strconv.Itoa(r.BitsAllocated), strconv.Itoa(r.BitsStored), strconv.FormatBool(r.Signed), r.Photometric, r.TransferSyntax,
		strconv.FormatInt(r.Min, 10), strconv.FormatInt(r.Max, 10), strconv.FormatFloat(r.Mean, 'f', 6, 64), r.SHA256}
}

func (p *program) pixels() *cobra.Command {
	var asJSON, asCSV bool
	var only int
	c := &cobra.Command{
		Use: "pixels FILE... [--frame N] [--json|--csv]", Short: p.text.T("cli.pixels.short"), Args: p.arguments(1, -1),
		RunE: func(c *cobra.Command, paths []string) error {
			if err := p.either(c, "json", "csv"); err != nil {
				return err
			}
			if c.Flags().Changed("frame") && only < 1 {
				return usageError{errors.New(p.text.T("cli.pixels.frame", only))}
			}
			ctx, stop := interruptible()
			defer stop()
			var rows []pixelRow
			emit := func(r pixelRow) error { rows = append(rows, r); return nil }
			flush := func() error {
				return p.printJSON(struct {
					Frames []pixelRow `json:"frames"`
				}{append([]pixelRow{}, rows...)})
			}
			if !asJSON {
				out := csv.NewWriter(p.stdout)
				if err := out.Write(pixelColumns); err != nil {
					return err
				}
				emit = func(r pixelRow) error {
					err := out.Write(r.record())
					out.Flush()
					return errors.Join(err, out.Error())
				}
				flush = func() error { out.Flush(); return out.Error() }
			}
			failed := false
			for _, path := range paths {
				err := eachFile(path, func(file string) error {
					if err := p.filePixels(ctx, file, only, emit); err != nil {
						if ctx.Err() != nil {
							return ctx.Err()
						}
						failed = true
						p.complain(err)
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			if err := flush(); err != nil {
				return err
			}
			if failed {
				return errPartial
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	c.Flags().BoolVar(&asCSV, "csv", false, p.text.T("cli.flag.csv"))
	c.Flags().IntVar(&only, "frame", 0, p.text.T("cli.flag.frame"))
	return c
}

// eachFile calls f for a file, or for every regular file below a folder in the order of their names.
func eachFile(path string, f func(file string) error) error {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return f(path) // opening it says what is wrong with it
	}
	return filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return f(file)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return f(file)
	})
}

// filePixels emits a row for each frame of one file, and returns an error naming those that could not be decoded.
func (p *program) filePixels(ctx context.Context, path string, only int, emit func(pixelRow) error) error {
	file, err := dicomio.Open(path)
	if err != nil {
		return err
	}
	n := file.Frames()
	if n == 0 {
		return p.noPixels(file)
	}
	first, last := 1, n
	if only > 0 {
		if only > n {
			return errors.New(p.text.T("cli.pixels.beyond", path, only, n))
		}
		first, last = only, only
	}
	var failures []error
	var unsupported dicomio.UnsupportedError
	alike := 0
	for i := first; i <= last; i++ {
		stored, err := file.Stored(ctx, i-1)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.As(err, &unsupported) {
				if alike++; alike > 1 { // a transfer syntax is that of every frame
					continue
				}
			}
			failures = append(failures, err)
			continue
		}
		r := pixelRow{Path: path, Frame: i, Rows: stored.Rows, Columns: stored.Columns, Samples: stored.Samples,
			BitsAllocated: stored.BitsAllocated, BitsStored: stored.BitsStored, Signed: stored.Signed,
			Photometric: file.DataSet.Text(tag.PhotometricInterpretation), TransferSyntax: file.TransferSyntax}
		r.SHA256, r.Min, r.Max, r.Mean = stored.Digest()
		if err := emit(r); err != nil {
			return err
		}
	}
	if alike > 1 {
		failures = append(failures, errors.New(p.text.T("cli.pixels.alike", path, alike-1)))
	}
	return errors.Join(failures...)
}

// noPixels says that a file holds no image, and what is odd about it, which may be why.
func (p *program) noPixels(file *dicomio.File) error {
	text := p.text.T("cli.pixels.none", file.Location)
	if len(file.Warnings) > 0 {
		text += " (" + strings.Join(file.Warnings, "; ") + ")"
	}
	return errors.New(text)
}
