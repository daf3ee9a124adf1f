package cli

import (
	"bufio"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

func (p *program) render() *cobra.Command {
	var out, window, size, from, interpolation string
	var frame int
	var marks bool
	c := &cobra.Command{
		Use: "render FILE -o OUT.png [--frame N] [--window C,W] [--size WxH] [--interpolation HOW] [--annotations] [--from FINDINGS.json]", Short: p.text.T("cli.render.short"), Args: p.arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return usageError{errors.New(p.text.T("cli.render.output"))}
			}
			view := annotations.View{Interpolation: annotations.Interpolation(interpolation)}
			if !slices.Contains(annotations.Interpolations(), view.Interpolation) {
				return usageError{errors.New(p.text.T("cli.render.interpolation", interpolation))}
			}
			if window != "" {
				center, width, ok := pair(window, ",")
				if !ok || !(width > 0) {
					return usageError{errors.New(p.text.T("cli.render.window", window))}
				}
				view.Center, view.Width = center, width
			}
			var w, h float64
			if size != "" {
				var ok bool
				if w, h, ok = pair(strings.ToLower(size), "x"); !ok || w < 1 || h < 1 || w > 16384 || h > 16384 || w != float64(int(w)) || h != float64(int(h)) {
					return usageError{errors.New(p.text.T("cli.render.size", size))}
				}
			}
			if frame < 1 {
				return usageError{errors.New(p.text.T("cli.pixels.frame", frame))}
			}
			ctx, stop := interruptible()
			defer stop()
			file, err := dicomio.Open(args[0])
			if err != nil {
				return err
			}
			if n := file.Frames(); n == 0 {
				return p.noPixels(file)
			} else if frame > n {
				return errors.New(p.text.T("cli.pixels.beyond", args[0], frame, n))
			}
			pixels, err := file.Frame(ctx, frame-1)
			if err != nil {
				return err
			}
			o := render.Options{}
			if s := dicomio.CalibrationOf(file.DataSet, frame-1).Spacing; s.Known() && size != "" {
				o.Aspect = s.BetweenRows / s.BetweenColumns
			}
			if marks || from != "" {
				if o.Shapes, err = p.marksOn(file, frame, from); err != nil {
					return err
				}
			}
			return writeFile(out, func(f *os.File) error {
				b := bufio.NewWriterSize(f, 1<<20)
				if err := png.Encode(b, render.Image(pixels, view, int(w), int(h), o)); err != nil {
					return err
				}
				return b.Flush()
			})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", p.text.T("cli.flag.output"))
	c.Flags().IntVar(&frame, "frame", 1, p.text.T("cli.flag.frame"))
	c.Flags().StringVar(&window, "window", "", p.text.T("cli.flag.window"))
	c.Flags().StringVar(&size, "size", "", p.text.T("cli.flag.size"))
	c.Flags().StringVar(&interpolation, "interpolation", string(annotations.Bilinear), p.text.T("cli.flag.interpolation"))
	c.Flags().StringVar(&from, "from", "", p.text.T("cli.flag.marks"))
	c.Flags().BoolVar(&marks, "annotations", false, p.text.T("cli.flag.annotations"))
	return c
}

// pair reads two numbers.
func pair(s, separator string) (a, b float64, ok bool) {
	left, right, found := strings.Cut(s, separator)
	a, errA := strconv.ParseFloat(strings.TrimSpace(left), 64)
	b, errB := strconv.ParseFloat(strings.TrimSpace(right), 64)
	return a, b, found && errA == nil && errB == nil
}

// writeFile writes to a temporary file beside path, and gives it its name only when it is whole.
func writeFile(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".rachis-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
