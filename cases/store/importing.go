package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"rachis/dicomio"
)

// ImportOptions says how files come into the library.
type ImportOptions struct {
	// Reference leaves the files where they are and only notes where. They must then stay there: a CD must not.
	Reference bool
	// Progress is told after each file, from one goroutine at a time; nil for nobody.
	Progress func(ImportProgress)
}

// ImportProgress tells how far an import has come.
type ImportProgress struct {
	Done, Total int
	Path        string // the file that was just done
}

// ImportResult tells what an import did.
type ImportResult struct {
	// Copied and Referenced count the files that are new in the library, Already those that it held before.
	Copied, Referenced, Already int
	// Studies are the UIDs of the studies that were seen, in order.
	Studies []string
	// Differing are files that have the SOP instance UID of another file, and other content. All are kept.
	Differing []Differing
	// Skipped are files that could not be read; the others are in.
	Skipped []dicomio.Skipped
}

// Differing names files of one SOP instance UID and different content.
type Differing struct {
	SOPInstanceUID string   `json:"sop_instance_uid"`
	SHA256         []string `json:"sha256"` // all that the library holds, sorted
	Path           string   `json:"path"`   // the file that brought the last of them
}

// candidate is a file on its way in.
type candidate struct {
	patient  *dicomio.Patient
	study    *dicomio.Study
	series   *dicomio.Series
	instance *dicomio.Instance

	sha     string
	size    int64
	staged  string // where its copy is, "" when none was needed
	already bool
	err     error
}

// Import takes the files of an index into the library. Files are copied byte for byte, each is read back and compared by
// its SHA-256, and named by it. The originals are opened for reading only. Either everything that could be read is in
// the library when Import returns, or, with an error (cancelled, disk full), nothing is.
func (s *Store) Import(ctx context.Context, idx *dicomio.Index, opts ImportOptions) (ImportResult, error) {
	return s.bring(ctx, candidates(idx), opts, func(*sql.Tx) error { return nil })
}

// candidates lists the files of an index.
func candidates(idx *dicomio.Index) []*candidate {
	var list []*candidate
	for _, p := range idx.Patients {
		for _, st := range p.Studies {
			for _, se := range st.Series {
				for _, in := range se.Instances {
					list = append(list, &candidate{patient: p, study: st, series: se, instance: in})
				}
			}
		}
	}
	return list
}

// bring takes files into the library and does what else belongs to it in the same transaction, all or nothing.
func (s *Store) bring(ctx context.Context, list []*candidate, opts ImportOptions, more func(*sql.Tx) error) (ImportResult, error) {
	staging, err := os.MkdirTemp(filepath.Join(s.dir, incomingName), "import-")
	if err != nil {
		return ImportResult{}, fmt.Errorf("store: %w", err)
	}
	// What is left there is no longer needed, whether the import succeeded or not.
	defer func() { _ = os.RemoveAll(staging) }()
	if err := s.stage(ctx, staging, list, opts); err != nil {
		return ImportResult{}, err
	}
	var result ImportResult
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		var made []string
		defer func() {
			if err != nil {
				for _, path := range made {
					_ = os.Remove(path) // no row names it; it would only take room
				}
			}
		}()
		if result, err = s.admit(ctx, tx, list, opts, &made); err != nil {
			return err
		}
		return more(tx)
	})
	if err != nil {
		return ImportResult{}, err
	}
	return result, nil
}

// stage hashes every file and copies what is to be copied. It stops at the first error that is the library's own.
func (s *Store) stage(ctx context.Context, staging string, list []*candidate, opts ImportOptions) error {
	var from originals
	defer from.close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const workers = 4 // a disk that is flushed after each file waits more than it works
	queue := make(chan *candidate)
	var wait sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range workers {
		wait.Go(func() {
			for c := range queue {
				if err := s.take(ctx, &from, staging, c, opts); err != nil {
					cancel(err)
				}
				mu.Lock()
				done++
				if opts.Progress != nil && ctx.Err() == nil {
					opts.Progress(ImportProgress{done, len(list), c.instance.Location.String()})
				}
				mu.Unlock()
			}
		})
	}
	for i, c := range list {
		if ctx.Err() != nil {
			break
		}
		c.staged = filepath.Join(staging, fmt.Sprintf("%08d", i))
		queue <- c
	}
	close(queue)
	wait.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("store: import: %w", context.Cause(ctx))
	}
	return nil
}

// take hashes one file and copies it unless the library has it. An original that cannot be read is c.err; a copy that
// cannot be written is returned.
func (s *Store) take(ctx context.Context, from *originals, staging string, c *candidate, opts ImportOptions) error {
	target := c.staged
	c.staged = ""
	src, err := from.open(c.instance.Location)
	if err != nil {
		c.err = err
		return nil
	}
	defer src.Close()
	// A file whose instance is here already is likely to be the same: hash it before copying it.
	if known, err := s.knows(ctx, c.instance.SOPInstanceUID); err != nil {
		return err
	} else if known || opts.Reference {
		if c.sha, c.size, err = digest(ctx, src); err != nil {
			c.err = err
			return ctx.Err()
		}
		if c.instance.Location.Member == "" && !isOriginal(c.instance, c.instance.Location) {
			c.err = c.instance.Replaced()
			return nil
		}
		if c.already, err = s.holds(ctx, c.sha, opts.Reference); err != nil || c.already || opts.Reference {
			return err
		}
		again, err := from.open(c.instance.Location)
		if err != nil {
			c.err = err
			return nil
		}
		defer again.Close()
		src = again
	}
	sha, size, readErr, err := copyTo(ctx, target, src)
	if readErr != nil {
		c.err = readErr
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if c.sha != "" && c.sha != sha {
		c.err = errors.New("the file changed while it was read")
		return nil
	}
	if !isOriginal(c.instance, dicomio.Location{Path: target}) {
		c.err = c.instance.Replaced()
		return nil
	}
	c.sha, c.size, c.staged = sha, size, target
	return nil
}

// isOriginal reports whether a file is still what was indexed. A disc may have been changed for another patient's meanwhile, with files of the same names:
// none of them may come into this patient's case.
func isOriginal(in *dicomio.Instance, at dicomio.Location) bool {
	f, err := at.Open()
	return err == nil && in.Is(f)
}

// knows reports whether a file with the SOP instance UID is in the library.
func (s *Store) knows(ctx context.Context, uid string) (known bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM instances WHERE sop_instance_uid = ?)", uid).Scan(&known)
	return known, wrap(err)
}

// holds reports whether nothing is to be done for a file: it is here as a copy, or, where that is enough, by reference.
func (s *Store) holds(ctx context.Context, sha string, reference bool) (bool, error) {
	var place, path string
	err := s.db.QueryRowContext(ctx, "SELECT place, path FROM instances WHERE sha256 = ?", sha).Scan(&place, &path)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, wrap(err)
	}
	if place == "referenced" && !reference {
		return false, nil
	}
	if place == "copied" {
		path = s.objectPath(sha)
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular(), nil
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %w", err)
}

// digest reads all of src.
func digest(ctx context.Context, src io.Reader) (sha string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(h, &cancellable{ctx, src})
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// cancellable is a reader that ends when the context does.
type cancellable struct {
	ctx context.Context
	src io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.src.Read(p)
}

// copyTo writes src to a new file, flushes it, reads it back and compares. readErr is an error of src, err one of the copy.
func copyTo(ctx context.Context, path string, src io.Reader) (sha string, size int64, readErr, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, nil, wrap(err)
	}
	defer func() {
		if cerr := f.Close(); cerr != nil && err == nil {
			err = wrap(cerr)
		}
	}()
	h := sha256.New()
	in := &watched{src: &cancellable{ctx, src}}
	size, err = io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(f, h)}, in, make([]byte, 256<<10))
	if in.err != nil {
		return "", 0, in.err, nil
	}
	if err != nil {
		return "", 0, nil, wrap(err)
	}
	if err := f.Sync(); err != nil {
		return "", 0, nil, wrap(err)
	}
	sha = hex.EncodeToString(h.Sum(nil))
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, nil, wrap(err)
	}
	back, n, err := digest(ctx, f)
	if err != nil {
		return "", 0, nil, wrap(err)
	}
	if back != sha || n != size {
		return "", 0, nil, fmt.Errorf("store: %s: what was written is not what was read back: the disk may be failing", path)
	}
	return sha, size, nil, nil
}

// watched keeps the error of a reader apart from that of the writer.
type watched struct {
	src io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// admit gives the staged files their names and their rows. It holds the write lock, so that no other process sees or
// removes a file between its name and its row. made are the files that were not there before, also after an error.
func (s *Store) admit(ctx context.Context, tx *sql.Tx, list []*candidate, opts ImportOptions, made *[]string) (r ImportResult, err error) {
	folders := map[string]bool{}
	seen := map[string]bool{}
	differing := map[string]string{}
	for _, c := range list {
		if c.err != nil {
			r.Skipped = append(r.Skipped, dicomio.Skipped{Path: c.instance.Location.String(), Reason: c.err.Error(), Code: "unreadable"})
			continue
		}
		if !slices.Contains(r.Studies, c.study.UID) {
			r.Studies = append(r.Studies, c.study.UID)
		}
		if c.already || seen[c.sha] {
			r.Already++
			continue
		}
		seen[c.sha] = true
		if c.staged != "" {
			path := s.objectPath(c.sha)
			if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
				*made = append(*made, path)
			}
			if err := settle(c.staged, path); err != nil {
				return r, wrap(err)
			}
			folders[filepath.Dir(path)] = true
		}
		isNew, err := s.insert(ctx, tx, c, opts)
		if err != nil {
			return r, wrap(err)
		}
		switch {
		case !isNew:
			r.Already++
		case opts.Reference:
			r.Referenced++
		default:
			r.Copied++
		}
		if c.instance.SOPInstanceUID == "" {
			continue
		}
		differing[c.instance.SOPInstanceUID] = c.instance.Location.String()
	}
	for dir := range folders {
		if err := syncDir(dir); err != nil {
			return r, wrap(err)
		}
	}
	if err := syncDir(filepath.Join(s.dir, objectsName)); err != nil {
		return r, wrap(err)
	}
	for uid, path := range differing {
		shas, err := column(ctx, tx, "SELECT sha256 FROM instances WHERE sop_instance_uid = ? ORDER BY sha256", uid)
		if err != nil {
			return r, wrap(err)
		}
		if len(shas) > 1 {
			r.Differing = append(r.Differing, Differing{uid, shas, path})
		}
	}
	slices.SortFunc(r.Differing, func(a, b Differing) int { return cmp.Compare(a.SOPInstanceUID, b.SOPInstanceUID) })
	return r, nil
}

// settle moves a staged copy to its name. A file that is there under that name has that content, or is damaged: then the
// fresh copy replaces it.
func settle(staged, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Chmod(staged, 0o400); err != nil {
		return err
	}
	_ = os.Chmod(path, 0o600) // Windows does not replace a read-only file; most often there is none
	return os.Rename(staged, path)
}

// insert writes the row of a file. It reports whether the file is new in the library.
func (s *Store) insert(ctx context.Context, tx *sql.Tx, c *candidate, opts ImportOptions) (bool, error) {
	place, path := "copied", c.instance.Location.Path
	if opts.Reference {
		place = "referenced"
		abs, err := filepath.Abs(path)
		if err != nil {
			return false, err
		}
		path = abs
	}
	var was string
	switch err := tx.QueryRowContext(ctx, "SELECT place FROM instances WHERE sha256 = ?", c.sha).Scan(&was); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, err
	case was == "copied":
		return false, nil
	default: // it was referenced, and is now copied or somewhere else
		_, err := tx.ExecContext(ctx, "UPDATE instances SET place = ?, path = ?, member = ? WHERE sha256 = ?", place, path, c.instance.Location.Member, c.sha)
		return false, err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO instances (sha256, size, sop_instance_uid, sop_class_uid, study_uid, series_uid, place, path, member,
		patient_id, patient_name, birth_date, sex, study_date, study_description, modality, imported) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		c.sha, c.size, c.instance.SOPInstanceUID, c.instance.SOPClassUID, c.study.UID, c.series.UID, place, path, c.instance.Location.Member,
		c.patient.ID, c.patient.Name, c.patient.BirthDate, c.patient.Sex, c.study.Date, c.study.Description, c.series.Modality, s.stamp())
	return true, err
}

// column returns the values of a query's only column.
func column(ctx context.Context, q querier, query string, args ...any) (out []string, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
