package dicomio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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

// directory is a DICOMDIR in a folder or ZIP that is read whole.
type directory struct {
	path       string
	references []reference
	zip        *archive // nil on disk
}

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

// roots makes the first jobs of the paths given.
func (s *scanner) roots(paths []string) {
	s.visited = map[string]bool{}
	var o outcome
	var folders, files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			o.skip(path, SkipMissing, "no such file or folder")
		case err != nil:
			o.skip(path, SkipUnreadable, pathless(err).Error())
		case info.IsDir():
			folders = append(folders, path)
		case info.Mode().IsRegular():
			files = append(files, path)
		default:
			o.skip(path, SkipSpecial, special(info.Mode()))
		}
	}
	// A folder within another is read with that.
	slices.SortStableFunc(folders, func(a, b string) int { return len(a) - len(b) })
	for _, path := range folders {
		real := realPath(path)
		if !slices.ContainsFunc(s.real, func(r string) bool { return within(real, r) }) {
			s.real = append(s.real, real)
			s.stack = append(s.stack, job{folder: path})
		}
	}
	var list []string
	for _, path := range files {
		key := realPath(path)
		if s.visited[key] || slices.ContainsFunc(s.real, func(r string) bool { return within(key, r) }) {
			continue
		}
		s.visited[key] = true
		list = append(list, path)
	}
	for part := range slices.Chunk(list, chunk) {
		s.stack = append(s.stack, job{files: part, given: true})
	}
	s.take(&o)
}

// realPath is the path from the root without links, or at least a clean one.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// within reports whether a real path is a folder or below it.
func within(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(folder[len(folder)-1]))
}

func special(mode fs.FileMode) string {
	kind := "a device"
	switch {
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	}
	return "not a regular file: " + kind
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

// below is filepath.Join that leaves the folder as the user wrote it.
func below(folder, name string) string {
	if folder == "" || os.IsPathSeparator(folder[len(folder)-1]) {
		return folder + name
	}
	return folder + string(filepath.Separator) + name
}

// folder reads the names in a folder and makes jobs of them.
func (s *scanner) folder(path string, o *outcome) {
	o.last = path
	f, err := os.Open(path)
	if err != nil {
		o.skip(path, SkipUnreadable, pathless(err).Error())
		return
	}
	entries, err := f.ReadDir(-1)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil { // what could be read of it is used
		o.skip(path, SkipUnreadable, pathless(err).Error())
	}
	var jobs []job
	var files []string
	for _, e := range entries {
		name, mode := e.Name(), e.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(below(path, name))
			if err != nil {
				o.files++
				o.skip(below(path, name), SkipMissing, "a link that leads nowhere")
				continue
			}
			if mode = info.Mode().Type(); mode.IsDir() && !s.linked(below(path, name)) {
				o.skip(below(path, name), SkipLoop, "a link to a folder that is read already")
				continue
			}
		}
		switch {
		case mode.IsDir():
			jobs = append(jobs, job{folder: below(path, name)})
		case mode.IsRegular():
			files = append(files, name)
		default:
			o.files++
			o.skip(below(path, name), SkipSpecial, special(mode))
		}
	}
	slices.Sort(files)
	for part := range slices.Chunk(files, chunk) {
		jobs = append(jobs, job{folder: path, files: part, in: true})
	}
	slices.Reverse(jobs) // the stack gives the last first
	s.push(jobs...)
}

// linked reports whether a link to a folder is to be followed: what it leads to is not read yet.
func (s *scanner) linked(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	if real, err = filepath.Abs(real); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.real {
		if within(real, r) || within(r, real) {
			return false
		}
	}
	s.real = append(s.real, real)
	return true
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

func (x *extractor) parse(r io.ReaderAt, size int64, l Location) (*File, error) {
	if cap(x.scratch.buf) > maxScratch || cap(x.scratch.entries)+cap(x.scratch.arena) > maxScratch/16 {
		x.scratch.buf, x.scratch.entries, x.scratch.arena = nil, nil, nil
	}
	return ParseHeader(r, size, l, Options{MaxValue: maxIndexedValue, Brief: true, Scratch: &x.scratch})
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
	file, err := x.parse(p, size, Location{Path: path})
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
}

// directory takes a DICOMDIR: it is followed when it was given, and only checked when the folder around it is read anyway.
func (s *scanner) directory(f *File, given bool, o *outcome) {
	path := f.Location.Path
	references := s.usable(f, o)
	if !given {
		o.directories = append(o.directories, directory{path: path, references: references})
		return
	}
	var found []string
	missing := map[string]bool{}
	names := newNames()
	for _, ref := range references {
		at, ok := names.resolve(filepath.Dir(path), ref.components)
		if !ok {
			o.missing(path, at, ref, missing)
			continue
		}
		key := realPath(at)
		s.mu.Lock()
		if !s.visited[key] {
			s.visited[key] = true
			found = append(found, at)
		}
		s.mu.Unlock()
	}
	var jobs []job
	for part := range slices.Chunk(found, chunk) {
		jobs = append(jobs, job{files: part})
	}
	s.push(jobs...)
}

// usable returns the references of a DICOMDIR that stay in its folder; the others, and a DICOMDIR without any, are listed.
func (s *scanner) usable(f *File, o *outcome) []reference {
	path := f.Location.String()
	references := referencesOf(f.DataSet)
	damage := f.damage
	if damage == nil && recordsLost(f) {
		damage = ErrTruncated
	}
	switch {
	case damage != nil:
		o.skip(path, SkipDICOMDIR, fmt.Sprintf("the directory is damaged after %d names: %s", len(references), cause(damage)))
	case len(references) == 0:
		o.skip(path, SkipDICOMDIR, "the directory names no files")
	}
	return slices.DeleteFunc(references, func(r reference) bool {
		if r.components == nil {
			o.skip(path, SkipUnsafe, fmt.Sprintf("it names %s, which is not in its folder", quoted(r.name)))
			return true
		}
		return false
	})
}

func (o *outcome) missing(dicomdir, at string, ref reference, seen map[string]bool) {
	if key := folded(at); !seen[key] {
		seen[key] = true
		o.skip(at, SkipMissing, fmt.Sprintf("%s names it as %s, and it is not there", filepath.Base(dicomdir), ref.name))
	}
}

// names finds files on disk without minding case; each folder is read once.
type names struct{ folders map[string]folder }

func newNames() names { return names{map[string]folder{}} }

// resolve returns the path of a reference, and whether it is there.
func (n names) resolve(base string, parts []string) (string, bool) {
	at, there := base, true
	for _, c := range parts {
		if there {
			f, ok := n.folders[at]
			if !ok {
				f = newFolder(entryNames(at))
				n.folders[at] = f
			}
			var name string
			if name, there = f.find(c); there {
				c = name
			}
		}
		at = filepath.Join(at, c)
	}
	return at, there
}

// entryNames is the names in a folder, none when it cannot be read.
func entryNames(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	list, err := f.Readdirnames(-1)
	if err != nil {
		return nil
	}
	return list
}

// missing lists the files that DICOMDIRs in the folders and ZIPs name and that are not there. A file of another name with the same
// SOPInstanceUID is there.
func (s *scanner) missing() {
	if len(s.directories) == 0 {
		return
	}
	there := map[string]bool{}
	for _, r := range s.records {
		there[r.instance.SOPInstanceUID] = true
	}
	var o outcome
	n := newNames()
	seen := map[string]bool{}
	for _, d := range s.directories {
		for _, ref := range d.references {
			if ref.sop != "" && there[ref.sop] {
				continue
			}
			if d.zip != nil {
				if at, ok := d.zip.resolve(d.path, ref.components); !ok {
					o.missing(d.path, at, ref, seen)
				}
			} else if at, ok := n.resolve(filepath.Dir(d.path), ref.components); !ok {
				o.missing(d.path, at, ref, seen)
			}
		}
	}
	s.take(&o)
}
