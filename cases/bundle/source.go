package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rachis/dicomio"
)

// source is a bundle that is being read.
type source struct {
	// name is the folder's or the ZIP's own.
	name string
	// sizes are the lengths of the files, by path. All paths have the form of checkName.
	sizes map[string]int64
	// problems are what is wrong with the form: names, links, headers.
	problems []Problem
	open     func(name string) (io.ReadCloser, error)
	location func(name string) dicomio.Location
	// checked, of a ZIP, is told the sums of a file's bytes.
	checked func(name string, s *sums)
	close   func() error
}

func (s *source) problem(code, name, format string, args ...any) {
	s.problems = append(s.problems, Problem{Path: name, Problem: fmt.Sprintf(format, args...), Code: code})
}

// names returns the paths of the files in order.
func (s *source) names() []string {
	out := make([]string, 0, len(s.sizes))
	for name := range s.sizes {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// read returns a whole file of at most limit bytes; false when it is absent or larger, which is a problem then.
func (s *source) read(name string, limit int64) ([]byte, bool) {
	size, ok := s.sizes[name]
	if !ok {
		return nil, false // what is missing is told elsewhere
	}
	if size > limit {
		s.problem(ProblemLimit, name, "it has %d bytes: at most %d are allowed", size, limit)
		return nil, false
	}
	r, err := s.open(name)
	if err != nil {
		s.problem(ProblemUnreadable, name, "it cannot be read: %v", pathless(err))
		return nil, false
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		s.problem(ProblemUnreadable, name, "it cannot be read: %v", pathless(err))
		return nil, false
	}
	if int64(len(b)) != size {
		s.problem(ProblemChanged, name, "its length changed while it was read")
		return nil, false
	}
	return b, true
}

// pathless takes the path out of an error that stands beside it.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// openSource opens a folder or a ZIP. What is neither is a source with a problem.
func openSource(in string) (*source, error) {
	info, err := os.Stat(in)
	switch {
	case err != nil:
		return nil, fmt.Errorf("bundle: %w", err)
	case info.IsDir():
		return openFolder(in)
	case info.Mode().IsRegular():
		return openZIP(in)
	}
	return nil, fmt.Errorf("bundle: %s is not a file or a folder", in)
}

// droppings are what systems leave in every folder that they show, without being asked. They are in no manifest and are
// passed over, as are files whose name begins with "._" (macOS on a memory stick); nothing ever reads them.
var droppings = []string{".DS_Store", ".localized", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems", "Thumbs.db", "desktop.ini",
	"System Volume Information", "$RECYCLE.BIN"}

// openFolder lists a folder. Links are not followed.
func openFolder(in string) (*source, error) {
	root, err := os.OpenRoot(in)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	abs, err := filepath.Abs(in)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bundle: %w", err), root.Close())
	}
	s := &source{name: filepath.Base(abs), sizes: map[string]int64{}, close: root.Close}
	s.open = func(name string) (io.ReadCloser, error) {
		// It may have become something else since it was listed; a pipe would block.
		info, err := root.Lstat(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, errors.New("not a regular file")
		}
		return root.Open(filepath.FromSlash(name))
	}
	s.location = func(name string) dicomio.Location {
		return dicomio.Location{Path: filepath.Join(in, filepath.FromSlash(name))}
	}
	s.list(root, "")
	return s, nil
}

// list notes what is below a folder of the root.
func (s *source) list(root *os.Root, folder string) {
	f, err := root.Open(filepath.FromSlash(path.Join(".", folder)))
	if err != nil {
		s.problem(ProblemUnreadable, shown(folder), "it cannot be read: %v", pathless(err))
		return
	}
	entries, err := f.ReadDir(maxFiles + 1)
	if cerr := f.Close(); err == nil || err == io.EOF {
		err = cerr
	}
	if err != nil {
		s.problem(ProblemUnreadable, shown(path.Join(".", folder)), "it cannot be read: %v", pathless(err))
	}
	if len(entries) == 0 && folder != "" && err == nil {
		s.problem(ProblemExtra, folder, "an empty folder is not in the manifest")
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		if slices.Contains(droppings, e.Name()) || strings.HasPrefix(e.Name(), "._") {
			continue
		}
		name := path.Join(folder, e.Name())
		err := checkName(name)
		switch {
		case len(s.sizes)+len(s.problems) > maxFiles:
			s.problem(ProblemLimit, s.name, "it holds more than %d files", maxFiles)
			return
		case err != nil:
			s.problem(ProblemExtra, shown(name), "it is not of the bundle: %v", err)
		case e.IsDir():
			s.list(root, name)
		case !e.Type().IsRegular():
			s.problem(ProblemSpecial, name, "it is a link or a device, not a file")
		default:
			info, err := e.Info()
			if err != nil {
				s.problem(ProblemUnreadable, name, "it cannot be read: %v", pathless(err))
				continue
			}
			s.sizes[name] = info.Size()
		}
	}
}
