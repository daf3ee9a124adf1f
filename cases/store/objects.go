package store

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"rachis/dicomio"
)

// objectPath is where a copied file lies: objects/ab/cdef..., by its SHA-256.
func (s *Store) objectPath(sha string) string {
	return filepath.Join(s.dir, objectsName, sha[:2], sha[2:])
}

// Location returns where the file with this SHA-256 is: in the library, or where it was left.
func (s *Store) Location(sha string) (dicomio.Location, error) {
	var place, path, member string
	err := s.db.QueryRowContext(context.Background(), "SELECT place, path, member FROM instances WHERE sha256 = ?", sha).Scan(&place, &path, &member)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return dicomio.Location{}, fmt.Errorf("store: file %.64s: %w", sha, ErrNotFound)
	case err != nil:
		return dicomio.Location{}, fmt.Errorf("store: %w", err)
	case place == "copied":
		return dicomio.Location{Path: s.objectPath(sha)}, nil
	}
	return dicomio.Location{Path: path, Member: member}, nil
}

// Object opens the file with this SHA-256 for reading, from its first byte. Its content is not checked here.
func (s *Store) Object(sha string) (io.ReadCloser, error) {
	l, err := s.Location(sha)
	if err != nil {
		return nil, err
	}
	src, size, closer, err := l.Bytes()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(src, 0, size), closer}, nil
}

// Header parses the header of the file with this SHA-256.
func (s *Store) Header(sha string) (*dicomio.File, error) {
	l, err := s.Location(sha)
	if err != nil {
		return nil, err
	}
	f, err := l.Open()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return f, nil
}

// originals opens files to be imported, read-only. A ZIP stays open, for its directory would be read once a member.
type originals struct {
	mu   sync.Mutex
	zips map[string]*archive
}

type archive struct {
	reader  *zip.ReadCloser
	members map[string]*zip.File
}

func (o *originals) open(l dicomio.Location) (io.ReadCloser, error) {
	if l.Member == "" {
		info, err := os.Stat(l.Path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file", l.Path)
		}
		return os.Open(l.Path)
	}
	a, err := o.archive(l.Path)
	if err != nil {
		return nil, err
	}
	m := a.members[l.Member]
	if m == nil {
		return nil, fmt.Errorf("%s: %w", l, os.ErrNotExist)
	}
	// The reader ends with an error where the member is longer or shorter than the ZIP says, or its CRC differs.
	return m.Open()
}

func (o *originals) archive(path string) (*archive, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.zips[path]; a != nil {
		return a, nil
	}
	r, err := zip.OpenReader(path)
	if err != nil && (r == nil || !errors.Is(err, zip.ErrInsecurePath)) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	a := &archive{r, make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		if a.members[f.Name] == nil { // of two with one name the first, as dicomio has it
			a.members[f.Name] = f
		}
	}
	if o.zips == nil {
		o.zips = map[string]*archive{}
	}
	o.zips[path] = a
	return a, nil
}

func (o *originals) close() {
	for _, a := range o.zips {
		_ = a.reader.Close() // only read from
	}
}
