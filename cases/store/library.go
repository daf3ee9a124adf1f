package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rachis/dicomio"
)

// Library returns what the library holds, as an index whose locations point into it. The headers are read anew. Files
// that were referenced and are no longer there are among Skipped.
func (s *Store) Library(ctx context.Context) (*dicomio.Index, error) {
	return s.index(ctx, "SELECT sha256, place, path, member FROM instances ORDER BY study_uid, series_uid, sop_instance_uid, sha256")
}

// CaseIndex returns the studies of one case as Library does for all.
func (s *Store) CaseIndex(ctx context.Context, caseID string) (*dicomio.Index, error) {
	if _, err := s.caseUID(ctx, s.db, caseID); err != nil {
		return nil, err
	}
	return s.index(ctx, `SELECT sha256, place, path, member FROM instances
		WHERE study_uid IN (SELECT study_uid FROM case_studies WHERE case_id = ?) ORDER BY study_uid, series_uid, sop_instance_uid, sha256`, caseID)
}

// PatientIndex returns the studies of one patient, by Patient ID, as Library does for all: those whose Study Instance UIDs are not among the ones
// given. Patients of one ID are not always one person: whoever asks compares the names and dates of birth of what comes.
func (s *Store) PatientIndex(ctx context.Context, patientID string, without ...string) (*dicomio.Index, error) {
	if patientID == "" {
		return &dicomio.Index{}, nil
	}
	query := "SELECT sha256, place, path, member FROM instances WHERE patient_id = ?"
	args := []any{patientID}
	if len(without) > 0 {
		query += " AND study_uid NOT IN (?" + strings.Repeat(", ?", len(without)-1) + ")"
		for _, uid := range without {
			args = append(args, uid)
		}
	}
	return s.index(ctx, query+" ORDER BY study_uid, series_uid, sop_instance_uid, sha256", args...)
}

func (s *Store) index(ctx context.Context, query string, args ...any) (_ *dicomio.Index, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, wrap(err)
	}
	var paths []string
	listed := map[string]bool{}
	wanted := map[dicomio.Location]bool{}
	members := false
	for rows.Next() {
		var sha, place, path, member string
		if err := rows.Scan(&sha, &place, &path, &member); err != nil {
			return nil, wrap(errors.Join(err, rows.Close()))
		}
		l := dicomio.Location{Path: path, Member: member}
		if place == "copied" {
			l = dicomio.Location{Path: s.objectPath(sha)}
		}
		members = members || l.Member != ""
		wanted[l] = true
		if !listed[l.Path] {
			listed[l.Path] = true
			paths = append(paths, l.Path)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, wrap(err)
	}
	if len(paths) == 0 {
		return &dicomio.Index{}, nil
	}
	idx, err := dicomio.Scan(ctx, paths, nil)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if members { // of a ZIP only some members may be in the library
		keep(idx, wanted)
	}
	return idx, nil
}

// keep removes from the index what is not wanted.
func keep(idx *dicomio.Index, wanted map[dicomio.Location]bool) {
	unwanted := func(in *dicomio.Instance) bool { return !wanted[in.Location] }
	for _, p := range idx.Patients {
		for _, st := range p.Studies {
			for _, se := range st.Series {
				se.Instances = slices.DeleteFunc(se.Instances, unwanted)
				for _, k := range se.Stacks {
					k.Slices = slices.DeleteFunc(k.Slices, func(sl dicomio.Slice) bool { return unwanted(sl.Instance) })
				}
				se.Stacks = slices.DeleteFunc(se.Stacks, func(k *dicomio.Stack) bool { return len(k.Slices) == 0 })
			}
			st.Series = slices.DeleteFunc(st.Series, func(se *dicomio.Series) bool { return len(se.Instances) == 0 })
		}
		p.Studies = slices.DeleteFunc(p.Studies, func(st *dicomio.Study) bool { return len(st.Series) == 0 })
	}
	idx.Patients = slices.DeleteFunc(idx.Patients, func(p *dicomio.Patient) bool { return len(p.Studies) == 0 })
}
