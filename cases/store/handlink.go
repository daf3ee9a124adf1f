package store

import (
	"context"
	"database/sql"

	"rachis/cases"
)

// SetHandLink notes in the journal of a case that two of its frames of reference are linked by hand, or no longer are where on is false. It is on
// disk when it returns.
func (s *Store) SetHandLink(caseID, author string, l cases.HandLink, on bool) error {
	if err := l.Check(); err != nil {
		return err
	}
	ctx := context.Background()
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := s.caseUID(ctx, tx, caseID); err != nil {
			return err
		}
		e := entry{caseID: caseID, author: author, action: cases.ActionLink, subject: l.Subject(), detail: l.Detail()}
		if !on {
			e.action, e.detail = cases.ActionUnlink, ""
		}
		return s.journal(ctx, tx, e)
	})
}
