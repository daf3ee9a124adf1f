package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/write"
)

// entry is a line of the journal that is to be written.
type entry struct {
	caseID, author, action, subject, detail string
	before, after                           []byte // JSON of findings, nil for none
}

// journal adds a line, and notes that the case was changed.
func (s *Store) journal(ctx context.Context, tx *sql.Tx, e entry) error {
	now := s.stamp()
	_, err := tx.ExecContext(ctx, "INSERT INTO journal (case_id, library, at, author, action, subject, detail, before, after) VALUES (?,?,?,?,?,?,?,?,?)",
		e.caseID, s.uid, now, e.author, e.action, e.subject, e.detail, nullable(e.before), nullable(e.after))
	if err != nil {
		return wrap(err)
	}
	_, err = tx.ExecContext(ctx, "UPDATE cases SET modified = ? WHERE id = ?", now, e.caseID)
	return wrap(err)
}

func nullable(b []byte) any {
	if b == nil {
		return nil
	}
	return string(b)
}

// ApplyEdit makes one edit, in one transaction that is on disk when it returns. The author is the reviewer who works; a
// finding of another author is never changed (ErrOtherAuthor). When the finding is no longer what Before says, because
// another window changed it, nothing is written and the error is ErrConflict. An edit that adds what was deleted (the
// undo of a deletion) restores it.
//
// Every edit raises the finding's Rev, also one that undoes another: Rev is at least one more than before, and may be
// more than After has. The findings of Case have it.
func (s *Store) ApplyEdit(caseID, author string, e annotations.Edit) error {
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error { return s.applyEdit(ctx, tx, caseID, author, e) })
}

// ApplyEdits makes several edits, all or none.
func (s *Store) ApplyEdits(caseID, author string, edits []annotations.Edit) error {
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, e := range edits {
			if err := s.applyEdit(ctx, tx, caseID, author, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) applyEdit(ctx context.Context, tx *sql.Tx, caseID, author string, e annotations.Edit) error {
	if _, err := s.caseUID(ctx, tx, caseID); err != nil {
		return err
	}
	before, after := e.Before, e.After
	if before != nil && before.Deleted {
		before = nil
	}
	if after != nil && after.Deleted {
		after = nil
	}
	var uid string
	switch {
	case before == nil && after == nil:
		return fmt.Errorf("store: an edit of nothing")
	case before == nil:
		uid = after.UID
	case after == nil:
		uid = before.UID
	case before.UID != after.UID:
		return fmt.Errorf("store: an edit from finding %s to another, %s", before.UID, after.UID)
	default:
		uid = before.UID
	}
	have, err := s.finding(ctx, tx, caseID, uid)
	if err != nil {
		return err
	}
	conflict := fmt.Errorf("store: case %s: finding %s: %w", caseID, uid, ErrConflict)
	live := have != nil && !have.Deleted
	if (before == nil) == live {
		return conflict
	}
	if have != nil && have.Author != author || after != nil && after.Author != "" && after.Author != author {
		return fmt.Errorf("store: case %s: finding %s: %w", caseID, uid, ErrOtherAuthor)
	}
	if before != nil {
		same, err := equal(*have, *before)
		if err != nil {
			return wrap(err)
		}
		if !same {
			return conflict
		}
	}
	action, next := "delete", annotations.Annotation{}
	switch {
	case after == nil:
		next = *have
		next.Deleted, next.Modified = true, s.now().UTC()
	case have == nil:
		action, next = "add", *after
	case !live:
		action, next = "restore", *after
	default:
		action, next = "edit", *after
	}
	next.Author = author
	next.Rev = max(next.Rev, 1)
	if have != nil {
		next.Rev = max(next.Rev, have.Rev+1)
	}
	if err := cases.CheckFinding(next); err != nil {
		return wrap(err)
	}
	return s.put(ctx, tx, caseID, author, action, "", have, next, "")
}

// equal reports whether two findings say the same.
func equal(a, b annotations.Annotation) (bool, error) {
	x, err := cases.Content(a)
	if err != nil {
		return false, err
	}
	y, err := cases.Content(b)
	return bytes.Equal(x, y), err
}

// finding returns a finding of the case, also a tombstone; nil when there is none.
func (s *Store) finding(ctx context.Context, q querier, caseID, uid string) (*annotations.Annotation, error) {
	var text string
	err := q.QueryRowContext(ctx, "SELECT json FROM annotations WHERE case_id = ? AND uid = ?", caseID, uid).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err)
	}
	var a annotations.Annotation
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, fmt.Errorf("store: case %s: finding %s: %w", caseID, uid, err)
	}
	return &a, nil
}

// put writes a finding and its line in the journal. conflictOf is kept when it is "".
func (s *Store) put(ctx context.Context, tx *sql.Tx, caseID, author, action, detail string, before *annotations.Annotation, a annotations.Annotation, conflictOf string) error {
	after, err := json.Marshal(a)
	if err != nil {
		return wrap(err)
	}
	var was []byte
	if before != nil {
		if was, err = json.Marshal(*before); err != nil {
			return wrap(err)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO annotations (case_id, uid, rev, author, deleted, conflict_of, json) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (case_id, uid) DO UPDATE SET rev = excluded.rev, author = excluded.author, deleted = excluded.deleted, json = excluded.json`,
		caseID, a.UID, a.Rev, a.Author, a.Deleted, conflictOf, string(after))
	if err != nil {
		return wrap(err)
	}
	return s.journal(ctx, tx, entry{caseID, author, action, a.UID, detail, was, after})
}

// SetDossier changes fields of the dossier, by the names and with the values of cases.Fields; "" clears one. Only what
// differs is written, and other fields stay, so that two windows can fill one dossier.
func (s *Store) SetDossier(caseID, author string, changes map[string]string) error {
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := s.caseUID(ctx, tx, caseID); err != nil {
			return err
		}
		for _, f := range cases.Fields() {
			if value, ok := changes[f.Name]; ok {
				if err := s.setField(ctx, tx, caseID, author, f.Name, value); err != nil {
					return err
				}
			}
		}
		for name, value := range changes { // a name that is no field
			if _, err := cases.CheckField(name, value); err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

func (s *Store) setField(ctx context.Context, tx *sql.Tx, caseID, author, name, value string) error {
	value, err := cases.CheckField(name, value)
	if err != nil {
		return wrap(err)
	}
	var have string
	err = tx.QueryRowContext(ctx, "SELECT value FROM dossier WHERE case_id = ? AND field = ?", caseID, name).Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrap(err)
	}
	if have == value {
		return nil
	}
	if value == "" {
		_, err = tx.ExecContext(ctx, "DELETE FROM dossier WHERE case_id = ? AND field = ?", caseID, name)
	} else {
		_, err = tx.ExecContext(ctx, `INSERT INTO dossier (case_id, field, value) VALUES (?, ?, ?)
			ON CONFLICT (case_id, field) DO UPDATE SET value = excluded.value`, caseID, name, value)
	}
	if err != nil {
		return wrap(err)
	}
	return s.journal(ctx, tx, entry{caseID: caseID, author: author, action: "dossier", subject: name, detail: value})
}

// AddKeyImage adds a key image, or replaces the one of the same UID and author, and returns it with its UID.
func (s *Store) AddKeyImage(caseID string, k cases.KeyImage) (cases.KeyImage, error) {
	if k.UID == "" {
		k.UID = write.NewUID()
	}
	if err := cases.CheckKeyImage(k); err != nil {
		return k, wrap(err)
	}
	ctx := context.Background()
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := s.caseUID(ctx, tx, caseID); err != nil {
			return err
		}
		_, err := s.putKeyImage(ctx, tx, caseID, k, "")
		return err
	})
	return k, err
}

// putKeyImage writes a key image unless it is there as it is, and reports whether it did.
func (s *Store) putKeyImage(ctx context.Context, tx *sql.Tx, caseID string, k cases.KeyImage, detail string) (bool, error) {
	text, err := json.Marshal(k)
	if err != nil {
		return false, wrap(err)
	}
	var have string
	var deleted bool
	err = tx.QueryRowContext(ctx, "SELECT json, deleted FROM key_images WHERE case_id = ? AND uid = ?", caseID, k.UID).Scan(&have, &deleted)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, wrap(err)
	case have == string(text) && !deleted:
		return false, nil
	default:
		var old cases.KeyImage
		if err := json.Unmarshal([]byte(have), &old); err != nil {
			return false, wrap(err)
		}
		if old.Author != k.Author {
			return false, fmt.Errorf("store: case %s: key image %s: %w", caseID, k.UID, ErrOtherAuthor)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO key_images (case_id, uid, position, deleted, json)
		VALUES (?, ?, (SELECT count(*) FROM key_images WHERE case_id = ?), FALSE, ?)
		ON CONFLICT (case_id, uid) DO UPDATE SET json = excluded.json, deleted = FALSE`, caseID, k.UID, caseID, string(text))
	if err != nil {
		return false, wrap(err)
	}
	return true, s.journal(ctx, tx, entry{caseID: caseID, author: k.Author, action: "key-image", subject: k.UID, detail: cmp.Or(detail, k.Caption)})
}

// RemoveKeyImage takes a key image of the author out of the case. Its row stays.
func (s *Store) RemoveKeyImage(caseID, author, uid string) error {
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error {
		c, err := s.readCase(ctx, tx, caseID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.KeyImages, func(k cases.KeyImage) bool { return k.UID == uid })
		if i < 0 {
			return fmt.Errorf("store: case %s: key image %.64s: %w", caseID, uid, ErrNotFound)
		}
		if c.KeyImages[i].Author != author {
			return fmt.Errorf("store: case %s: key image %s: %w", caseID, uid, ErrOtherAuthor)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE key_images SET deleted = TRUE WHERE case_id = ? AND uid = ?", caseID, uid); err != nil {
			return wrap(err)
		}
		return s.journal(ctx, tx, entry{caseID: caseID, author: author, action: "delete", subject: uid})
	})
}

// Sign closes the review of a reviewer as it is now. A later edit makes the signature stale and does not remove it.
func (s *Store) Sign(caseID, reviewer string) (cases.Signature, error) {
	sig := cases.Signature{Reviewer: reviewer, Signed: s.now().UTC()}
	if reviewer == "" {
		return sig, fmt.Errorf("store: who signs has no name")
	}
	ctx := context.Background()
	err := s.write(ctx, func(tx *sql.Tx) error {
		c, err := s.readCase(ctx, tx, caseID)
		if err != nil {
			return err
		}
		if sig.Digest, err = cases.Digest(c.Findings, reviewer); err != nil {
			return wrap(err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO signatures (case_id, reviewer, signed, digest) VALUES (?,?,?,?)",
			caseID, reviewer, formatTime(sig.Signed), sig.Digest); err != nil {
			return wrap(err)
		}
		return s.journal(ctx, tx, entry{caseID: caseID, author: reviewer, action: "sign", subject: reviewer, detail: sig.Digest})
	})
	return sig, err
}

// Audit returns the journal of a case, in order.
func (s *Store) Audit(caseID string) ([]cases.AuditEntry, error) {
	return s.audit(context.Background(), s.db, caseID)
}

func (s *Store) audit(ctx context.Context, q querier, caseID string) ([]cases.AuditEntry, error) {
	out := []cases.AuditEntry{}
	err := each(ctx, q, func(scan func(...any) error) error {
		var a cases.AuditEntry
		var at string
		if err := scan(&a.Seq, &a.Library, &at, &a.Author, &a.Action, &a.Subject, &a.Detail); err != nil {
			return err
		}
		var err error
		a.At, err = parseTime(at)
		out = append(out, a)
		return err
	}, "SELECT coalesce(origin_seq, seq), library, at, author, action, subject, detail FROM journal WHERE case_id = ? ORDER BY at, coalesce(origin_seq, seq), library", caseID)
	return out, wrap(err)
}

// Step is a line of the journal with the edit that it records; the edit is empty for what is no edit of a finding.
type Step struct {
	cases.AuditEntry
	Edit annotations.Edit
}

// Journal returns every step that was made in this library on a case, in order: replayed, they give its findings.
func (s *Store) Journal(caseID string) ([]Step, error) {
	var out []Step
	err := each(context.Background(), s.db, func(scan func(...any) error) error {
		var st Step
		var at string
		var before, after sql.NullString
		if err := scan(&st.Seq, &st.Library, &at, &st.Author, &st.Action, &st.Subject, &st.Detail, &before, &after); err != nil {
			return err
		}
		var err error
		if st.At, err = parseTime(at); err != nil {
			return err
		}
		if st.Edit.Before, err = decode(before); err != nil {
			return err
		}
		st.Edit.After, err = decode(after)
		out = append(out, st)
		return err
	}, "SELECT seq, library, at, author, action, subject, detail, before, after FROM journal WHERE case_id = ? AND origin_seq IS NULL ORDER BY seq", caseID)
	return out, wrap(err)
}

func decode(text sql.NullString) (*annotations.Annotation, error) {
	if !text.Valid {
		return nil, nil
	}
	var a annotations.Annotation
	if err := json.Unmarshal([]byte(text.String), &a); err != nil {
		return nil, err
	}
	return &a, nil
}
