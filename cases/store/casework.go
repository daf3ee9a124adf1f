package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/write"
)

// NewCase is what a case begins with.
type NewCase struct {
	Title string
	// Patient is that of the first study when it is the zero value.
	Patient   cases.Patient
	StudyUIDs []string
	Author    string // who makes it, for the journal
}

// CreateCase makes a case. The studies need not be in the library yet.
func (s *Store) CreateCase(n NewCase) (cases.Case, error) {
	ctx := context.Background()
	var id string
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, uid := range n.StudyUIDs {
			if !cases.ValidUID(uid) {
				return fmt.Errorf("store: %.64q is not the UID of a study", uid)
			}
		}
		patient := n.Patient
		if patient == (cases.Patient{}) && len(n.StudyUIDs) > 0 {
			err := tx.QueryRowContext(ctx, "SELECT patient_id, patient_name, birth_date, sex FROM instances WHERE study_uid = ? LIMIT 1", n.StudyUIDs[0]).
				Scan(&patient.ID, &patient.Name, &patient.BirthDate, &patient.Sex)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return wrap(err)
			}
		}
		var err error
		if id, err = s.insertCase(ctx, tx, "", write.NewUID(), n.Title, s.stamp(), patient); err != nil {
			return err
		}
		if err := s.journal(ctx, tx, entry{caseID: id, author: n.Author, action: "create", subject: id}); err != nil {
			return err
		}
		_, err = s.addStudies(ctx, tx, id, n.Author, n.StudyUIDs)
		return err
	})
	if err != nil {
		return cases.Case{}, err
	}
	return s.Case(id)
}

// insertCase writes the row of a case under the ID that is wanted, where that is one and free here, or else under a new one. It returns the ID.
func (s *Store) insertCase(ctx context.Context, tx *sql.Tx, wanted, uid, title, created string, p cases.Patient) (string, error) {
	for first := true; ; first = false {
		id := newID()
		if first && validID(wanted) {
			id = wanted
		}
		var taken bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM cases WHERE id = ?)", id).Scan(&taken); err != nil {
			return "", wrap(err)
		}
		if taken {
			continue
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO cases (id, uid, title, created, modified, patient_id, name, birth_date, sex) VALUES (?,?,?,?,?,?,?,?,?)",
			id, uid, title, created, s.stamp(), p.ID, p.Name, p.BirthDate, p.Sex)
		return id, wrap(err)
	}
}

// newID returns a case ID: "C-" and 30 random bits in base 32, which has no 0, 1, 8 or 9 to be misread.
func newID() string {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("store: no random numbers: " + err.Error()) // crypto/rand promises never to fail
	}
	return "C-" + base32.StdEncoding.EncodeToString(b[:])[:6]
}

// validID reports whether a text is such an ID.
func validID(id string) bool {
	digits, ok := strings.CutPrefix(id, "C-")
	return ok && len(digits) == 6 && strings.Trim(digits, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// AddStudies adds studies to a case. Those that it has already stay as they are.
func (s *Store) AddStudies(caseID, author string, studyUIDs ...string) error {
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := s.caseUID(ctx, tx, caseID); err != nil {
			return err
		}
		for _, uid := range studyUIDs {
			if !cases.ValidUID(uid) {
				return fmt.Errorf("store: %.64q is not the UID of a study", uid)
			}
		}
		_, err := s.addStudies(ctx, tx, caseID, author, studyUIDs)
		return err
	})
}

// addStudies returns how many were not in the case.
func (s *Store) addStudies(ctx context.Context, tx *sql.Tx, caseID, author string, uids []string) (added int64, err error) {
	for _, uid := range uids {
		r, err := tx.ExecContext(ctx, `INSERT INTO case_studies (case_id, study_uid, position)
			VALUES (?, ?, (SELECT count(*) FROM case_studies WHERE case_id = ?)) ON CONFLICT DO NOTHING`, caseID, uid, caseID)
		if err != nil {
			return added, wrap(err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return added, wrap(err)
		}
		if n == 0 {
			continue
		}
		added += n
		if err := s.journal(ctx, tx, entry{caseID: caseID, author: author, action: "study", subject: uid}); err != nil {
			return added, err
		}
	}
	return added, nil
}

// caseUID returns the UID of a case, or ErrNotFound.
func (s *Store) caseUID(ctx context.Context, q querier, id string) (uid string, err error) {
	err = q.QueryRowContext(ctx, "SELECT uid FROM cases WHERE id = ?", id).Scan(&uid)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: case %.64q: %w", id, ErrNotFound)
	}
	return uid, wrap(err)
}

// Cases lists the cases, the one that was changed last first.
func (s *Store) Cases() (out []cases.Summary, err error) {
	rows, err := s.db.QueryContext(context.Background(), `SELECT id, uid, title, created, modified, patient_id, name, birth_date, sex,
		(SELECT count(*) FROM case_studies WHERE case_id = id), (SELECT count(*) FROM annotations WHERE case_id = id AND NOT deleted)
		FROM cases ORDER BY modified DESC, id`)
	if err != nil {
		return nil, wrap(err)
	}
	defer func() { err = errors.Join(err, wrap(rows.Close())) }()
	out = []cases.Summary{}
	for rows.Next() {
		var c cases.Summary
		var created, modified string
		if err := rows.Scan(&c.ID, &c.UID, &c.Title, &created, &modified, &c.Patient.ID, &c.Patient.Name, &c.Patient.BirthDate, &c.Patient.Sex, &c.Studies, &c.Findings); err != nil {
			return nil, wrap(err)
		}
		if c.Created, err = parseTime(created); err != nil {
			return nil, wrap(err)
		}
		if c.Modified, err = parseTime(modified); err != nil {
			return nil, wrap(err)
		}
		out = append(out, c)
	}
	return out, wrap(rows.Err())
}

// Case returns the whole of a case. The ID may be given in lower case.
func (s *Store) Case(id string) (cases.Case, error) {
	ctx := context.Background()
	// One transaction, so that everything is of one moment; read-only ones do not wait for writers.
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return cases.Case{}, wrap(err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	return s.readCase(ctx, tx, strings.ToUpper(id))
}

func (s *Store) readCase(ctx context.Context, q querier, id string) (c cases.Case, err error) {
	var created, modified string
	err = q.QueryRowContext(ctx, "SELECT id, uid, title, created, modified, patient_id, name, birth_date, sex FROM cases WHERE id = ?", id).
		Scan(&c.ID, &c.UID, &c.Title, &created, &modified, &c.Patient.ID, &c.Patient.Name, &c.Patient.BirthDate, &c.Patient.Sex)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("store: case %.64q: %w", id, ErrNotFound)
	}
	if err != nil {
		return c, wrap(err)
	}
	if c.Created, err = parseTime(created); err != nil {
		return c, wrap(err)
	}
	if c.Modified, err = parseTime(modified); err != nil {
		return c, wrap(err)
	}
	for _, read := range []func(context.Context, querier, *cases.Case) error{s.readDossier, s.readStudies, s.readFindings, s.readKeyImages, s.readSignatures, s.readAudit} {
		if err := read(ctx, q, &c); err != nil {
			return c, fmt.Errorf("store: case %s: %w", id, err)
		}
	}
	return c, nil
}

// each runs a query and calls f for every row.
func each(ctx context.Context, q querier, f func(scan func(...any) error) error, query string, args ...any) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *Store) readDossier(ctx context.Context, q querier, c *cases.Case) error {
	c.Dossier.Contraindications = map[string]string{}
	return each(ctx, q, func(scan func(...any) error) error {
		var field, value string
		if err := scan(&field, &value); err != nil {
			return err
		}
		d, err := c.Dossier.With(field, value)
		c.Dossier = d
		return err
	}, "SELECT field, value FROM dossier WHERE case_id = ?", c.ID)
}

func (s *Store) readStudies(ctx context.Context, q querier, c *cases.Case) error {
	c.Studies = []cases.Study{}
	at := map[string]int{}
	err := each(ctx, q, func(scan func(...any) error) error {
		st := cases.Study{Modalities: []string{}, Instances: []cases.InstanceRef{}}
		if err := scan(&st.UID); err != nil {
			return err
		}
		at[st.UID] = len(c.Studies)
		c.Studies = append(c.Studies, st)
		return nil
	}, "SELECT study_uid FROM case_studies WHERE case_id = ? ORDER BY position, study_uid", c.ID)
	if err != nil {
		return err
	}
	return each(ctx, q, func(scan func(...any) error) error {
		var study, date, description, modality string
		var in cases.InstanceRef
		if err := scan(&study, &date, &description, &modality, &in.SeriesUID, &in.SOPClassUID, &in.SOPInstanceUID, &in.SHA256, &in.Size); err != nil {
			return err
		}
		st := &c.Studies[at[study]]
		st.Date, st.Description = cmp.Or(st.Date, date), cmp.Or(st.Description, description)
		if modality != "" && !slices.Contains(st.Modalities, modality) {
			st.Modalities = append(st.Modalities, modality)
			slices.Sort(st.Modalities)
		}
		st.Instances = append(st.Instances, in)
		return nil
	}, `SELECT study_uid, study_date, study_description, modality, series_uid, sop_class_uid, sop_instance_uid, sha256, size FROM instances
		WHERE study_uid IN (SELECT study_uid FROM case_studies WHERE case_id = ?) ORDER BY study_uid, series_uid, sop_instance_uid, sha256`, c.ID)
}

func (s *Store) readFindings(ctx context.Context, q querier, c *cases.Case) error {
	c.Findings = []annotations.Annotation{}
	err := each(ctx, q, func(scan func(...any) error) error {
		var uid, of, text string
		if err := scan(&uid, &of, &text); err != nil {
			return err
		}
		var a annotations.Annotation
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return fmt.Errorf("finding %s: %w", uid, err)
		}
		if a.Deleted {
			c.Tombstones = append(c.Tombstones, a)
		} else {
			c.Findings = append(c.Findings, a)
		}
		if of != "" {
			c.Conflicts = append(c.Conflicts, cases.Conflict{UID: uid, Of: of})
		}
		return nil
	}, "SELECT uid, conflict_of, json FROM annotations WHERE case_id = ? ORDER BY uid", c.ID)
	byCreation := func(a, b annotations.Annotation) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.UID, b.UID))
	}
	slices.SortStableFunc(c.Findings, byCreation)
	slices.SortStableFunc(c.Tombstones, byCreation)
	return err
}

func (s *Store) readKeyImages(ctx context.Context, q querier, c *cases.Case) error {
	c.KeyImages = []cases.KeyImage{}
	return each(ctx, q, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		var k cases.KeyImage
		if err := json.Unmarshal([]byte(text), &k); err != nil {
			return fmt.Errorf("key image: %w", err)
		}
		c.KeyImages = append(c.KeyImages, k)
		return nil
	}, "SELECT json FROM key_images WHERE case_id = ? AND NOT deleted ORDER BY position, uid", c.ID)
}

func (s *Store) readSignatures(ctx context.Context, q querier, c *cases.Case) error {
	c.Signatures = []cases.Signature{}
	err := each(ctx, q, func(scan func(...any) error) error {
		var sig cases.Signature
		var signed string
		if err := scan(&sig.Reviewer, &signed, &sig.Digest); err != nil {
			return err
		}
		var err error
		sig.Signed, err = parseTime(signed)
		c.Signatures = append(c.Signatures, sig)
		return err
	}, "SELECT reviewer, signed, digest FROM signatures WHERE case_id = ? ORDER BY signed, reviewer, digest", c.ID)
	if err != nil {
		return err
	}
	c.Signatures, err = cases.MarkStale(c.Signatures, c.Findings)
	return err
}

func (s *Store) readAudit(ctx context.Context, q querier, c *cases.Case) (err error) {
	c.Audit, err = s.audit(ctx, q, c.ID)
	return err
}
