package dicomio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"time"
)

// ScanOptions are how to index. The zero value is right.
type ScanOptions struct {
	// Progress is called every tenth of a second and at the end, from one goroutine at a time.
	Progress func(Progress)
	// Partial is called with what is known so far, four times a second at most, from the goroutine that calls Progress. Its values are
	// not changed later; instances are the same pointers in every one, patients to stacks are made anew.
	Partial func(*Index)
	// Workers is how many files are read at once; 0 means one a processor, and two at least.
	Workers int
}

// Scan indexes files, folders, ZIPs and DICOMDIRs, in parallel. progress may be nil and is called from one goroutine at a time.
// It returns what it has with ctx.Err() when cancelled.
//
// A folder is read with all below it, whatever the files are called; of a DICOMDIR in it, the files that it names and that are not there
// are listed as skipped. Of a DICOMDIR that is given itself, the files that it names are read.
func Scan(ctx context.Context, paths []string, progress func(Progress)) (*Index, error) {
	return ScanWith(ctx, paths, ScanOptions{Progress: progress})
}

// ScanWith is Scan with options.
func ScanWith(ctx context.Context, paths []string, opts ScanOptions) (*Index, error) {
	s := &scanner{ctx: ctx}
	s.wake.L = &s.mu
	s.roots(paths)
	workers := opts.Workers
	if workers <= 0 {
		workers = min(max(2, runtime.GOMAXPROCS(0)), 16)
	}
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		s.stack, s.cancelled = nil, true
		s.mu.Unlock()
		s.wake.Broadcast()
	})
	defer stop()
	ended := s.report(opts)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(s.work)
	}
	wait.Wait()
	ended()
	if ctx.Err() == nil {
		s.missing()
		s.distinguish()
	}
	x := s.index()
	if opts.Progress != nil {
		opts.Progress(Progress{Files: s.files, DICOM: len(s.records)})
	}
	return x, ctx.Err()
}

// scanner is one run of Scan.
type scanner struct {
	ctx context.Context

	mu        sync.Mutex
	wake      sync.Cond // when the stack grows, or the last job ends
	stack     []job     // last in, first out: what waits stays small
	active    int
	cancelled bool

	records     []*record
	skipped     []Skipped
	directories []directory
	files       int
	slices      int // in records
	last        string
	real        []string        // folders that are read, without links
	visited     map[string]bool // files named by a DICOMDIR or by the user
}

// job is a unit of work. One of its fields is set.
type job struct {
	folder string
	files  []string // names in folder when in is true, else paths
	in     bool
	given  bool // by the user: a DICOMDIR is followed
	zip    *archive
	first  int // of the members
	count  int
}

// chunk is how many files are one job.
const chunk = 32

// outcome is what a worker found in a job.
type outcome struct {
	records     []*record
	skipped     []Skipped
	directories []directory
	files       int
	last        string
}

func (o *outcome) skip(path, code, reason string) {
	o.skipped = append(o.skipped, Skipped{Path: path, Code: code, Reason: reason})
}

func (s *scanner) push(jobs ...job) {
	if len(jobs) == 0 {
		return
	}
	s.mu.Lock()
	if !s.cancelled {
		s.stack = append(s.stack, jobs...)
	}
	s.mu.Unlock()
	s.wake.Broadcast()
}

// work takes jobs until there are none and nobody can make more.
func (s *scanner) work() {
	x := newExtractor()
	var o outcome
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for len(s.stack) == 0 {
			if s.active == 0 || s.cancelled {
				s.wake.Broadcast()
				return
			}
			s.wake.Wait()
		}
		j := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.active++
		s.mu.Unlock()
		s.do(j, x, &o)
		s.mu.Lock()
		s.active--
		s.take(&o)
	}
}

// maxSlices is how many slices an index holds: each takes about 120 bytes.
const maxSlices = 1 << 20

func (s *scanner) take(o *outcome) {
	for _, r := range o.records {
		if s.slices+r.instance.Frames > maxSlices {
			o.skip(r.instance.Location.String(), SkipLimit, fmt.Sprintf("there are more than %d images already", maxSlices))
			continue
		}
		s.slices += r.instance.Frames
		s.records = append(s.records, r)
	}
	s.skipped = append(s.skipped, o.skipped...)
	s.directories = append(s.directories, o.directories...)
	s.files += o.files
	if o.last != "" {
		s.last = o.last
	}
	o.records, o.skipped, o.directories, o.files, o.last = o.records[:0], o.skipped[:0], nil, 0, ""
}

// report calls the observers until the function that it returns is called, which waits for them.
func (s *scanner) report(opts ScanOptions) (end func()) {
	if opts.Progress == nil && opts.Partial == nil {
		return func() {}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		shown, at := 0, time.Time{}
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			s.mu.Lock()
			p := Progress{Files: s.files, DICOM: len(s.records), Path: s.last}
			var records []*record
			if opts.Partial != nil && len(s.records) > shown && time.Since(at) >= 250*time.Millisecond {
				records = slices.Clone(s.records)
				shown, at = len(records), time.Now()
			}
			s.mu.Unlock()
			if opts.Progress != nil {
				opts.Progress(p)
			}
			if records != nil {
				x := indexOf(records)
				x.Files = p.Files
				opts.Partial(x)
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

func (s *scanner) index() *Index {
	x := indexOf(s.records)
	x.Skipped, x.Files = s.skipped, s.files
	x.sort()
	return x
}

func (s *scanner) do(j job, x *extractor, o *outcome) {
	switch {
	case j.zip != nil:
		s.members(j, x, o)
	case j.files != nil:
		for i, name := range j.files {
			if s.ctx.Err() != nil {
				return
			}
			path := name
			if j.in {
				path = below(j.folder, name)
			}
			if i == 0 {
				o.last = path
			}
			s.file(path, j.given, x, o)
		}
	default:
		s.folder(j.folder, o)
	}
}

// peeker keeps the first bytes that were read.
type peeker struct {
	io.ReaderAt
	head [4]byte
}

func (p *peeker) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.ReaderAt.ReadAt(b, off)
	if off == 0 {
		copy(p.head[:], b[:n])
	}
	return n, err
}

// maxIndexedValue is the length of a value above which it is left in the file: nothing that an index needs is as long.
const maxIndexedValue = 16 << 10

// maxScratch is how much memory for headers a worker keeps from file to file.
const maxScratch = 1 << 20

func (x *extractor) parse(ctx context.Context, r io.ReaderAt, size int64, l Location) (*File, error) {
	if cap(x.scratch.buf) > maxScratch || cap(x.scratch.entries)+cap(x.scratch.arena) > maxScratch/16 {
		x.scratch.buf, x.scratch.entries, x.scratch.arena = nil, nil, nil
	}
	return ParseHeader(r, size, l, Options{MaxValue: maxIndexedValue, Brief: true, Context: ctx, Scratch: &x.scratch})
}

// file reads one file on disk.
func (s *scanner) file(path string, given bool, x *extractor, o *outcome) {
	o.files++
	f, size, regular, err := openIndexed(path)
	if err != nil {
		code := SkipUnreadable
		if errors.Is(err, fs.ErrNotExist) {
			code = SkipMissing
		}
		o.skip(path, code, pathless(err).Error())
		return
	}
	if !regular {
		o.skip(path, SkipSpecial, "not a regular file")
		return
	}
	defer f.close()
	p := &peeker{ReaderAt: f}
	file, err := x.parse(s.ctx, p, size, Location{Path: path})
	if s.ctx.Err() != nil {
		return
	}
	if err != nil {
		if string(p.head[:]) == "PK\x03\x04" || string(p.head[:]) == "PK\x05\x06" {
			o.files--
			s.archive(path, o)
			return
		}
		o.unread(path, err)
		return
	}
	if isDICOMDIR(file) {
		s.directory(file, given, o)
		return
	}
	o.records = append(o.records, x.record(file, size))
}

// unread lists a file by the error that its header gave.
func (o *outcome) unread(path string, err error) {
	var format FormatError
	code := SkipUnreadable
	switch {
	case errors.Is(err, ErrNotDICOM):
		code = SkipNotDICOM
	case errors.Is(err, ErrTruncated):
		code = SkipTruncated
	case errors.As(err, &format):
		code = SkipBroken
	}
	o.skip(path, code, cause(err))
	o.skipped[len(o.skipped)-1].Err = err
}
