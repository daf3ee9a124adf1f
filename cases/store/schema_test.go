package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rachis/annotations"
)

const author = "Anne"

// aged makes a library of version 1 with a case and a finding, and returns its folder and the case's ID.
func aged(t *testing.T) (dir, id string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "library")
	s, err := open(dir, migrations[:1])
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.CreateCase(NewCase{Title: "old", Author: author})
	if err != nil {
		t.Fatal(err)
	}
	a := annotations.Annotation{UID: "1.2", Rev: 1, Kind: annotations.Text, Author: author, Note: "kept"}
	if err := s.ApplyEdit(c.ID, author, annotations.Edit{After: &a}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, c.ID
}

func intact(t *testing.T, dir, id string, versions []string) {
	t.Helper()
	s, err := open(dir, versions)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.Case(id)
	if err != nil || len(c.Findings) != 1 || c.Findings[0].Note != "kept" {
		t.Errorf("%+v, %v", c, err)
	}
}

// next are the versions with one more, which the schema does not have yet.
func next(more string) []string { return append(append([]string{}, migrations...), more) }

const addition = `ALTER TABLE cases ADD COLUMN hospital TEXT NOT NULL DEFAULT ''; CREATE TABLE later (x TEXT) STRICT;`

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

// A library of a newer Rachis is refused by its version, and not a byte of it changes.
func TestNewerVersion(t *testing.T) {
	dir, id := aged(t)
	s, err := open(dir, next(addition))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, databaseName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir)
	var version *VersionError
	if !errors.As(err, &version) || version.Found != len(migrations)+1 || version.Known != len(migrations) || version.Path != path {
		t.Fatalf("%v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the library changed (%v)", err)
	}
	intact(t, dir, id, next(addition))
}

// A library of an older Rachis is brought to the present version after a copy was made, which the older Rachis opens.
func TestOlderVersion(t *testing.T) {
	dir, id := aged(t)
	s, err := open(dir, next(addition))
	if err != nil {
		t.Fatal(err)
	}
	m := s.Migrated()
	if m == nil || m.From != 1 || m.To != len(migrations)+1 {
		t.Fatalf("%+v", m)
	}
	var hospital string
	if err := s.db.QueryRow("SELECT hospital FROM cases").Scan(&hospital); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	intact(t, dir, id, next(addition))
	// Once is enough.
	if s, err = open(dir, next(addition)); err != nil || s.Migrated() != nil {
		t.Errorf("%+v, %v", s.Migrated(), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "incoming library.db library.v1.backup objects" {
		t.Errorf("in the library: %s", got)
	}
	b, err := os.ReadFile(m.Backup)
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "old")
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, databaseName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	intact(t, old, id, migrations[:1])
}

// A migration that fails leaves the library as it was.
func TestFailingMigration(t *testing.T) {
	dir, id := aged(t)
	for _, bad := range []string{addition + " nonsense;", "ALTER TABLE nowhere ADD COLUMN x TEXT;", "UPDATE journal SET author = 'x';", "DELETE FROM journal;"} {
		s, err := open(dir, next(bad))
		if err == nil {
			t.Errorf("%s: migrated", bad)
			_ = s.Close()
		}
		intact(t, dir, id, migrations)
	}
	if got := names(t, dir); strings.Contains(got, "backup.") {
		t.Errorf("left behind: %s", got)
	}
}

// Several windows that are started at once after an update migrate once.
func TestMigrationAtOnce(t *testing.T) {
	dir, id := aged(t)
	var wait sync.WaitGroup
	var mu sync.Mutex
	told := 0
	for range 4 {
		wait.Go(func() {
			s, err := open(dir, next(addition))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			if s.Migrated() != nil {
				told++
			}
			mu.Unlock()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if told != 1 {
		t.Errorf("%d stores migrated", told)
	}
	intact(t, dir, id, next(addition))
}

// What is no library is refused and left alone.
func TestNoLibrary(t *testing.T) {
	for name, fill := range map[string]func(path string) error{
		"another program's": func(path string) error {
			db, err := sql.Open("sqlite", dsn(path))
			if err != nil {
				return err
			}
			_, err = db.Exec("CREATE TABLE addresses (x TEXT); INSERT INTO addresses VALUES ('mine')")
			return errors.Join(err, db.Close())
		},
		"text": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600)
		},
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"cut off": func(path string) error {
			s, err := Open(filepath.Join(filepath.Dir(path), "good"))
			if err != nil {
				return err
			}
			if err := s.Close(); err != nil {
				return err
			}
			b, err := os.ReadFile(filepath.Join(filepath.Dir(path), "good", databaseName))
			if err != nil {
				return err
			}
			return os.WriteFile(path, b[:5000], 0o600)
		},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, databaseName)
		if err := fill(path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		s, err := Open(dir)
		if err == nil {
			t.Errorf("%s: opened", name)
			_ = s.Close()
			continue
		}
		if !strings.Contains(err.Error(), databaseName) {
			t.Errorf("%s: the error does not name the file: %v", name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Errorf("%s: changed", name)
		}
	}
	if _, err := Open(filepath.Join(os.DevNull, "x")); err == nil {
		t.Error("a library below a device")
	}
}

// The journal cannot be changed, not even by a fault of ours.
func TestJournalStays(t *testing.T) {
	dir, _ := aged(t)
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, statement := range []string{"DELETE FROM journal", "UPDATE journal SET author = 'x'"} {
		if _, err := s.db.Exec(statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

// What a killed import left is swept away once it is old, and one that may still run is not.
func TestSweep(t *testing.T) {
	dir, _ := aged(t)
	for name, age := range map[string]time.Duration{"import-old": 48 * time.Hour, "import-new": time.Minute} {
		path := filepath.Join(dir, incomingName, name)
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "00000000"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := names(t, filepath.Join(dir, incomingName)); got != "import-new" {
		t.Errorf("left: %s", got)
	}
}
