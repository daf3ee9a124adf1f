package dicomio

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// directory is a DICOMDIR in a folder or ZIP that is read whole.
type directory struct {
	path       string
	references []reference
	zip        *archive // nil on disk
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
		o.skip(at, SkipMissing, fmt.Sprintf("%s names it as %s, and it is not there", filepath.Base(dicomdir), printable(ref.name, false)))
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
