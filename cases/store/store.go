package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The files of a library.
const (
	databaseName = "library.db"
	objectsName  = "objects"
	incomingName = "incoming"
)

// ErrConflict is returned by ApplyEdit when the finding is no longer what the edit began from: another window changed it.
// Nothing was written; read the case again.
var ErrConflict = errors.New("the finding was changed elsewhere meanwhile")

// ErrNotFound is returned for a case or a file that the library does not hold.
var ErrNotFound = errors.New("not in the library")

// ErrOtherAuthor is returned for a change to a finding of another author.
var ErrOtherAuthor = errors.New("the finding is another author's")

// Store is an open library. It is safe for concurrent use, also by several processes.
type Store struct {
	dir       string
	db        *sql.DB
	uid       string
	migration *Migration
	now       func() time.Time
}

// Open opens the library in dir, or makes one. A library of a newer Rachis is a *VersionError and is left alone; one of an
// older Rachis is brought to this version after a copy was made, which Migrated tells.
func Open(dir string) (*Store, error) { return open(dir, migrations) }

func open(dir string, versions []string) (_ *Store, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	// 0700: the library holds patients' data and is nobody else's.
	for _, d := range []string{dir, filepath.Join(dir, objectsName), filepath.Join(dir, incomingName)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	path := filepath.Join(dir, databaseName)
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	s := &Store{dir: dir, db: db, now: time.Now}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	ctx := context.Background()
	if s.migration, err = migrate(ctx, db, path, versions); err != nil {
		return nil, err
	}
	if err := db.QueryRowContext(ctx, "SELECT value FROM library WHERE key = 'uid'").Scan(&s.uid); err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	s.sweep()
	return s, nil
}

// dsn names the database with what every connection needs: a write-ahead log that is flushed at every commit, so that an
// edit is durable when ApplyEdit returns; patience with another process that writes; foreign keys; and transactions
// that take the write lock at their beginning, so that none fails half way.
func dsn(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") { // C:/...
		p = "/" + p
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
	}}
	u := url.URL{Scheme: "file", Path: p, RawQuery: q.Encode()}
	return u.String()
}

// Close closes the library. Everything is on disk already.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Dir returns the library's folder.
func (s *Store) Dir() string { return s.dir }

// UID names this library wherever its journal travels.
func (s *Store) UID() string { return s.uid }

// Migrated tells that Open brought the library to this version; nil when there was nothing to do.
func (s *Store) Migrated() *Migration { return s.migration }

// SetClock sets what time it is for what is written from now on: for tests and for output that must come out the same
// again. Call it before the store is used.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// stamp is the time as it is written: UTC, which sorts as text within one precision.
func (s *Store) stamp() string { return formatTime(s.now()) }

const timeForm = "2006-01-02T15:04:05.000000000Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeForm) }

func parseTime(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }

// write runs f in one transaction that holds the write lock from its beginning.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// sweep removes what imports left that were killed. An import that still runs is younger.
func (s *Store) sweep() {
	const old = 24 * time.Hour
	entries, err := os.ReadDir(filepath.Join(s.dir, incomingName))
	if err != nil {
		return // nothing depends on it
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > old {
			_ = os.RemoveAll(filepath.Join(s.dir, incomingName, e.Name())) // tried again at the next start
		}
	}
}

// syncDir makes the names in a folder durable, where the system lets a folder be flushed.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
