package dicomio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

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
