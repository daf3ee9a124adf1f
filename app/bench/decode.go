package bench

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"rachis/dicomio"
)

// frames are a slice of the phantom in each syntax. How they were made stands in testdata/LICENCE.md.
//
//go:embed testdata/*.dcm
var frames embed.FS

// inSeries is how many frames a series of the workload has.
const inSeries = 200

// Decode measures how fast frames become ready to be shown: of the files given, else of one slice of the phantom in each syntax as a
// series of 200, and of an uncompressed series beside reading its bytes. Each on one core, then, where there are more, on all.
func Decode(ctx context.Context, o Options) error {
	if len(o.Paths) > 0 {
		return decodeFiles(ctx, o)
	}
	scratch, err := os.MkdirTemp("", "rachis-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := uncompressed(ctx, o, scratch); err != nil {
		return err
	}
	entries, err := fs.ReadDir(frames, "testdata")
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range entries {
		data, err := fs.ReadFile(frames, "testdata/"+e.Name())
		if err != nil {
			return err
		}
		path := filepath.Join(scratch, e.Name())
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
		f, err := dicomio.Open(path)
		if err != nil {
			return err
		}
		if err := series(ctx, o, strings.TrimSuffix(e.Name(), ".dcm"), f); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// series decodes one frame 200 times a pass.
func series(ctx context.Context, o Options, name string, f *dicomio.File) error {
	frame, err := f.Frame(ctx, 0)
	if err != nil {
		return err
	}
	pass := func(ctx context.Context) error {
		for range inSeries {
			if _, err := f.Frame(ctx, 0); err != nil {
				return err
			}
		}
		return nil
	}
	done := o.Text.T("bench.frames", inSeries, frame.Columns, frame.Rows, frame.Grayscale.BitsStored)
	amount := float64(inSeries) * float64(frame.Columns) * float64(frame.Rows) / 1e6
	for _, cores := range coresToMeasure() {
		err := onCores(cores, func() error {
			p, err := measure(ctx, o.passes(5), pass)
			if err == nil {
				o.Line(p[0].line(Line{Workload: "decode " + name, Done: done, Unit: "MPix/s", Frames: inSeries, Pixels: frame.Columns * frame.Rows}, amount))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func coresToMeasure() []int {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		return []int{1, n}
	}
	return []int{1}
}

// decodeFiles decodes every frame of each file given, often enough to be timed.
func decodeFiles(ctx context.Context, o Options) error {
	var failed []error
	for _, path := range o.Paths {
		f, err := dicomio.Open(path)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		frame, err := f.Frame(ctx, 0)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		pixels := frame.Columns * frame.Rows * f.Frames()
		times := max(1, 8<<20/pixels)
		pass := func(ctx context.Context) error {
			for range times {
				for i := range f.Frames() {
					if _, err := f.Frame(ctx, i); err != nil {
						return err
					}
				}
			}
			return nil
		}
		done := o.Text.T("bench.frames", times*f.Frames(), frame.Columns, frame.Rows, frame.Grayscale.BitsStored)
		for _, cores := range coresToMeasure() {
			err := onCores(cores, func() error {
				p, err := measure(ctx, o.passes(5), pass)
				if err == nil {
					o.Line(p[0].line(Line{Workload: "decode " + path, Done: done, Unit: "MPix/s", Frames: times * f.Frames(), Pixels: frame.Columns * frame.Rows}, float64(times)*float64(pixels)/1e6))
				}
				return err
			})
			if err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// uncompressed reads a series of 200 files to frames beside reading the files' bytes, and the first frame of a large multi-frame file.
func uncompressed(ctx context.Context, o Options, scratch string) error {
	paths, err := writeSeries(scratch, inSeries)
	if err != nil {
		return err
	}
	files := make([]*dicomio.File, len(paths))
	for i, path := range paths {
		if files[i], err = dicomio.Open(path); err != nil {
			return err
		}
	}
	frameOf := func(ctx context.Context) error {
		for _, f := range files {
			if _, err := f.Frame(ctx, 0); err != nil {
				return err
			}
		}
		return nil
	}
	read := func(context.Context) error {
		for _, path := range paths {
			if _, err := os.ReadFile(path); err != nil {
				return err
			}
		}
		return nil
	}
	err = onCores(1, func() error {
		p, err := measure(ctx, o.passes(9), frameOf, read)
		if err != nil {
			return err
		}
		l := p[0].line(Line{Workload: "decode uncompressed", Done: o.Text.T("bench.files", len(paths), side, side), Unit: "MPix/s"},
			float64(len(paths))*side*side/1e6)
		l.against(o.Text.T("bench.read"), p[0], p[1])
		o.Line(l)
		return nil
	})
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return firstFrame(ctx, o, scratch)
}

// firstFrame opens a file of 100 frames and decodes its first one.
func firstFrame(ctx context.Context, o Options, scratch string) error {
	path := filepath.Join(scratch, "multi-frame.dcm")
	if err := writeMultiFrame(path, 100); err != nil {
		return err
	}
	open := func(ctx context.Context) error {
		f, err := dicomio.Open(path)
		if err != nil {
			return err
		}
		_, err = f.Frame(ctx, 0)
		return err
	}
	p, err := measure(ctx, o.passes(21), open)
	if err != nil {
		return err
	}
	l := p[0].line(Line{Workload: "decode first-frame", Done: o.Text.T("bench.first", 100, side, side), Unit: "ms"}, 0)
	l.Figure = 1000 * l.Median
	o.Line(l)
	return os.Remove(path)
}
