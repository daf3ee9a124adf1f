package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"rachis/dicomio/write"
)

// applicationID marks a database as a Rachis library (PRAGMA application_id): "RCHS".
const applicationID = 0x52434853

// migrations holds, for each version of the schema, what leads to it from the one before. A released one never changes.
var migrations = []string{version1}

const version1 = `
CREATE TABLE library (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

-- One row a file, by content. Several may have one SOP instance UID: both are kept.
CREATE TABLE instances (
	sha256            TEXT PRIMARY KEY,
	size              INTEGER NOT NULL,
	sop_instance_uid  TEXT NOT NULL,
	sop_class_uid     TEXT NOT NULL,
	study_uid         TEXT NOT NULL,
	series_uid        TEXT NOT NULL,
	place             TEXT NOT NULL CHECK (place IN ('copied', 'referenced')),
	path              TEXT NOT NULL, -- of a referenced file or its ZIP; of a copied one where it came from
	member            TEXT NOT NULL,
	patient_id        TEXT NOT NULL,
	patient_name      TEXT NOT NULL,
	birth_date        TEXT NOT NULL,
	sex               TEXT NOT NULL,
	study_date        TEXT NOT NULL,
	study_description TEXT NOT NULL,
	modality          TEXT NOT NULL,
	imported          TEXT NOT NULL
) STRICT;
CREATE INDEX instances_sop ON instances (sop_instance_uid);
CREATE INDEX instances_study ON instances (study_uid, series_uid, sop_instance_uid);

CREATE TABLE cases (
	id         TEXT PRIMARY KEY,
	uid        TEXT NOT NULL UNIQUE,
	title      TEXT NOT NULL,
	created    TEXT NOT NULL,
	modified   TEXT NOT NULL,
	patient_id TEXT NOT NULL,
	name       TEXT NOT NULL,
	birth_date TEXT NOT NULL,
	sex        TEXT NOT NULL
) STRICT;

CREATE TABLE case_studies (
	case_id   TEXT NOT NULL REFERENCES cases (id),
	study_uid TEXT NOT NULL,
	position  INTEGER NOT NULL,
	PRIMARY KEY (case_id, study_uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier (
	case_id TEXT NOT NULL REFERENCES cases (id),
	field   TEXT NOT NULL,
	value   TEXT NOT NULL,
	PRIMARY KEY (case_id, field)
) STRICT, WITHOUT ROWID;

-- The findings as they are now, tombstones too. json is the whole of one.
CREATE TABLE annotations (
	case_id     TEXT NOT NULL REFERENCES cases (id),
	uid         TEXT NOT NULL,
	rev         INTEGER NOT NULL,
	author      TEXT NOT NULL,
	deleted     INTEGER NOT NULL,
	conflict_of TEXT NOT NULL,
	json        TEXT NOT NULL,
	PRIMARY KEY (case_id, uid)
) STRICT, WITHOUT ROWID;

-- What was done, in order. before and after are JSON of findings, NULL for what is none. origin_seq is the number of an
-- entry that was imported, in the library that it came from.
CREATE TABLE journal (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	case_id    TEXT NOT NULL REFERENCES cases (id),
	library    TEXT NOT NULL,
	origin_seq INTEGER,
	at         TEXT NOT NULL,
	author     TEXT NOT NULL,
	action     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	detail     TEXT NOT NULL,
	before     TEXT,
	after      TEXT
) STRICT;
CREATE INDEX journal_case ON journal (case_id, seq);
CREATE UNIQUE INDEX journal_origin ON journal (case_id, library, origin_seq) WHERE origin_seq IS NOT NULL;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;

CREATE TABLE key_images (
	case_id TEXT NOT NULL REFERENCES cases (id),
	uid     TEXT NOT NULL,
	position INTEGER NOT NULL,
	deleted INTEGER NOT NULL,
	json    TEXT NOT NULL,
	PRIMARY KEY (case_id, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE signatures (
	case_id  TEXT NOT NULL REFERENCES cases (id),
	reviewer TEXT NOT NULL,
	signed   TEXT NOT NULL,
	digest   TEXT NOT NULL,
	PRIMARY KEY (case_id, reviewer, signed, digest)
) STRICT, WITHOUT ROWID;
`

// VersionError says that a library was written by a newer Rachis than this one. Nothing was touched.
type VersionError struct {
	Path         string
	Found, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("store: %s: the library has version %d and this Rachis knows version %d: open it with a newer Rachis", e.Path, e.Found, e.Known)
}

// Migration says that a library was brought to the present version, and where the copy of it as it was lies.
type Migration struct {
	From, To int
	Backup   string
}

// migrate brings the database to the newest of the versions. Other processes wait meanwhile.
func migrate(ctx context.Context, db *sql.DB, path string, versions []string) (*Migration, error) {
	found, err := readVersion(ctx, db, path, len(versions))
	if err != nil || found == len(versions) {
		return nil, err
	}
	var backup string
	if found > 0 {
		if backup, err = backUp(ctx, db, path, found); err != nil {
			return nil, err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	// Another process may have been faster.
	var now int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	if now > len(versions) {
		return nil, &VersionError{path, now, len(versions)}
	}
	from := now
	for ; now < len(versions); now++ {
		if _, err := tx.ExecContext(ctx, versions[now]); err != nil {
			return nil, fmt.Errorf("store: %s: version %d: %w", path, now+1, err)
		}
		if now == 0 {
			if _, err := tx.ExecContext(ctx, "INSERT INTO library VALUES ('uid', ?)", write.NewUID()); err != nil {
				return nil, fmt.Errorf("store: %s: %w", path, err)
			}
		}
	}
	// PRAGMA takes no parameters; both are numbers of ours.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", len(versions), applicationID)); err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	if from == 0 || from == len(versions) {
		return nil, nil
	}
	return &Migration{From: from, To: len(versions), Backup: backup}, nil
}

// readVersion returns the version that the database has, 0 for a new one.
func readVersion(ctx context.Context, db *sql.DB, path string, known int) (int, error) {
	var version, application, tables int
	// One statement, so that all three are of one moment: another process may be making the library.
	err := db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema), (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id)`).Scan(&tables, &version, &application)
	switch {
	case err != nil:
		return 0, fmt.Errorf("store: %s: this is no library, or it is damaged: %w", path, err)
	case application != applicationID && (version != 0 || tables != 0):
		return 0, fmt.Errorf("store: %s: this is the database of another program", path)
	case version > known:
		return 0, &VersionError{path, version, known}
	}
	return version, nil
}

// backUp writes a copy of the database beside it, as it is before a migration.
func backUp(ctx context.Context, db *sql.DB, path string, version int) (_ string, err error) {
	backup := filepath.Join(filepath.Dir(path), fmt.Sprintf("library.v%d.backup", version))
	if _, err := os.Stat(backup); err == nil {
		return backup, nil // of an earlier try, or of another process just now: the older copy is the better one
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(backup)+".")
	if err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	temp := f.Name()
	defer func() { _ = os.Remove(temp) }() // renamed, it is gone
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	// Into a file that is there and empty SQLite copies as into a new one.
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", temp); err != nil {
		return "", fmt.Errorf("store: %s: copy before the change to a new version: %w", path, err)
	}
	// Another process may have migrated while this one waited: a copy of the new version must not pass for one of the old.
	copied, err := versionOf(ctx, temp)
	if err != nil || copied != version {
		return backup, err
	}
	if err := os.Rename(temp, backup); err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	return backup, nil
}

// versionOf reads the version of a database that nobody else has open.
func versionOf(ctx context.Context, path string) (version int, err error) {
	db, err := sql.Open("sqlite", dsn(path)+"&mode=ro&immutable=1")
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("store: %s: %w", path, err)
	}
	return version, nil
}
