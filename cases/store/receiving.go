package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"rachis/cases"
	"rachis/dicomio"
	"rachis/dicomio/write"
)

// Reception is a case that comes from another library, with its files.
type Reception struct {
	// Case is as Store.Case returns it there. Its ID is of that library and is not kept.
	Case cases.Case
	// Index has the files of the case and no others; nil when they do not come along.
	Index *dicomio.Index
	// Author is who takes it in, and Source what it came in: both for the journal.
	Author, Source string
	// Progress is told after each file; nil for nobody.
	Progress func(ImportProgress)
}

// Receipt tells what a reception did.
type Receipt struct {
	CaseID string // here
	// Added, Updated and Conflicts count findings that were not here, that came in a later version, and that are kept beside
	// another version. Conflicts has also the dossier fields and key images that differ.
	Added, Updated, Conflicts int
	// Files are those that are new in this library.
	Files int
}

// Receive takes in a case from another library, in one transaction: its files, as Import does, and everything that was
// said in it. A case that is not here is made, under the ID that it has there, by which both sides call it, unless another case here has that; into one that
// is here, by UID, the other is
// merged: findings as cases.Merge says, signatures, key images, dossier and journal. Nothing that is here is lost or
// given to another author, and what was received once changes nothing when it comes again.
//
// A dossier field that is set here and differs there stays as it is here, and the other value goes into the journal. A
// key image that differs is kept beside that of here; one that was removed here stays removed.
func (s *Store) Receive(ctx context.Context, r Reception) (Receipt, error) {
	if !cases.ValidUID(r.Case.UID) {
		return Receipt{}, fmt.Errorf("store: receive: %.64q is not the UID of a case", r.Case.UID)
	}
	var list []*candidate
	if r.Index != nil {
		list = candidates(r.Index)
	}
	expected := map[string]bool{}
	for _, st := range r.Case.Studies {
		for _, in := range st.Instances {
			expected[in.SHA256] = true
		}
	}
	m := &merger{s: s, in: r.Case, author: r.Author, source: r.Source}
	result, err := s.bring(ctx, list, ImportOptions{Progress: r.Progress}, func(tx *sql.Tx) error {
		for _, c := range list {
			if c.err != nil {
				return fmt.Errorf("store: receive: %s: %w", c.instance.Location, c.err)
			}
			if !expected[c.sha] {
				return fmt.Errorf("store: receive: %s: the file is not of the case, or changed meanwhile", c.instance.Location)
			}
		}
		return m.merge(ctx, tx)
	})
	if err != nil {
		return Receipt{}, err
	}
	m.receipt.Files = result.Copied
	return m.receipt, nil
}

// merger joins a case from elsewhere with what is here.
type merger struct {
	s              *Store
	in             cases.Case
	author, source string

	id      string // of the case here
	changed bool   // more than the journal
	receipt Receipt
}

func (m *merger) merge(ctx context.Context, tx *sql.Tx) error {
	err := tx.QueryRowContext(ctx, "SELECT id FROM cases WHERE uid = ?", m.in.UID).Scan(&m.id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if m.id, err = m.s.insertCase(ctx, tx, m.in.ID, m.in.UID, m.in.Title, formatTime(m.in.Created), m.in.Patient); err != nil {
			return err
		}
		m.changed = true
	case err != nil:
		return wrap(err)
	}
	m.receipt.CaseID = m.id
	// The journal first, so that what is done here stands after it.
	for _, part := range []func(context.Context, *sql.Tx) error{m.journal, m.studies, m.findings, m.keyImages, m.signatures, m.dossier} {
		if err := part(ctx, tx); err != nil {
			return fmt.Errorf("store: receive: case %s: %w", m.id, err)
		}
	}
	if !m.changed {
		return nil
	}
	return m.s.journal(ctx, tx, entry{caseID: m.id, author: m.author, action: "import", subject: m.in.UID, detail: m.source})
}

// journal adds the lines that are not here, under the library and number that they have for life. They alone are no change
// that has a line of its own: else two libraries that hand a case to and fro would never come to rest.
func (m *merger) journal(ctx context.Context, tx *sql.Tx) error {
	for _, a := range m.in.Audit {
		if !cases.ValidUID(a.Library) || a.Seq < 1 {
			return fmt.Errorf("line %d of the journal names no library", a.Seq)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO journal (case_id, library, origin_seq, at, author, action, subject, detail)
			SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM journal WHERE case_id = ? AND library = ? AND coalesce(origin_seq, seq) = ?)`,
			m.id, a.Library, a.Seq, formatTime(a.At), a.Author, a.Action, a.Subject, a.Detail, m.id, a.Library, a.Seq)
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) studies(ctx context.Context, tx *sql.Tx) error {
	for _, st := range m.in.Studies {
		if !cases.ValidUID(st.UID) {
			return fmt.Errorf("%.64q is not the UID of a study", st.UID)
		}
		added, err := m.s.addStudies(ctx, tx, m.id, m.author, []string{st.UID})
		if err != nil {
			return err
		}
		m.changed = m.changed || added > 0
	}
	return nil
}

func (m *merger) findings(ctx context.Context, tx *sql.Tx) error {
	var here cases.Case
	here.ID = m.id
	if err := m.s.readFindings(ctx, tx, &here); err != nil {
		return err
	}
	there := slices.Concat(m.in.Findings, m.in.Tombstones)
	for _, a := range there {
		if err := cases.CheckFinding(a); err != nil {
			return err
		}
	}
	changes, err := cases.Merge(slices.Concat(here.Findings, here.Tombstones), there)
	if err != nil {
		return err
	}
	of := map[string]string{} // as it was said there
	for _, c := range m.in.Conflicts {
		of[c.UID] = c.Of
	}
	for _, c := range changes {
		action := "import"
		switch {
		case c.ConflictOf != "":
			action = "conflict"
			m.receipt.Conflicts++
		case c.Before != nil:
			m.receipt.Updated++
		case !c.After.Deleted:
			m.receipt.Added++
		}
		if err := m.s.put(ctx, tx, m.id, m.author, action, m.source, c.Before, c.After, cmp.Or(c.ConflictOf, of[c.After.UID])); err != nil {
			return err
		}
		m.changed = true
	}
	return nil
}

func (m *merger) keyImages(ctx context.Context, tx *sql.Tx) error {
	for _, k := range m.in.KeyImages {
		if err := cases.CheckKeyImage(k); err != nil {
			return err
		}
		if k.UID == "" {
			return errors.New("a key image has no UID")
		}
		text, err := json.Marshal(k)
		if err != nil {
			return err
		}
		var have string
		var deleted bool
		err = tx.QueryRowContext(ctx, "SELECT json, deleted FROM key_images WHERE case_id = ? AND uid = ?", m.id, k.UID).Scan(&have, &deleted)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case deleted || have == string(text):
			continue
		default:
			// Equal content gives an equal UID, so that it is kept once however often it comes.
			k.UID = write.SeededUID("rachis key image", string(text))
			var known bool
			if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM key_images WHERE case_id = ? AND uid = ?)", m.id, k.UID).Scan(&known); err != nil {
				return err
			}
			if known {
				continue
			}
			m.receipt.Conflicts++
		}
		added, err := m.s.putKeyImage(ctx, tx, m.id, k, m.source)
		if err != nil {
			return err
		}
		m.changed = m.changed || added
	}
	return nil
}

func (m *merger) signatures(ctx context.Context, tx *sql.Tx) error {
	for _, sig := range m.in.Signatures {
		if sig.Reviewer == "" || sig.Digest == "" {
			return errors.New("a signature has no reviewer or no digest")
		}
		r, err := tx.ExecContext(ctx, "INSERT INTO signatures (case_id, reviewer, signed, digest) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
			m.id, sig.Reviewer, formatTime(sig.Signed), sig.Digest)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if err != nil {
			return err
		}
		m.changed = m.changed || n > 0
	}
	return nil
}

// dossier takes over the fields that are empty here. A value that differs goes into the journal, once, and not when it is
// one that was given up here.
func (m *merger) dossier(ctx context.Context, tx *sql.Tx) error {
	here := cases.Case{ID: m.id}
	if err := m.s.readDossier(ctx, tx, &here); err != nil {
		return err
	}
	for _, f := range cases.Fields() {
		there, err := cases.CheckField(f.Name, m.in.Dossier.Value(f.Name))
		if err != nil {
			return err
		}
		have := here.Dossier.Value(f.Name)
		if there == "" || there == have {
			continue
		}
		var known bool
		err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM journal WHERE case_id = ? AND subject = ? AND detail = ?
			AND (action = 'conflict' OR action = 'dossier' AND origin_seq IS NULL))`, m.id, f.Name, there).Scan(&known)
		if err != nil {
			return err
		}
		switch {
		case known:
			continue
		case have == "":
			err = m.s.setField(ctx, tx, m.id, m.author, f.Name, there)
		default:
			m.receipt.Conflicts++
			err = m.s.journal(ctx, tx, entry{caseID: m.id, author: m.author, action: "conflict", subject: f.Name, detail: there})
		}
		if err != nil {
			return err
		}
		m.changed = true
	}
	return nil
}
