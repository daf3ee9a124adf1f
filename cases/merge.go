package cases

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/big"

	"rachis/annotations"
)

// Change is what a merge does to one finding.
type Change struct {
	// Before is the finding as it was here, nil when it is new.
	Before *annotations.Annotation
	After  annotations.Annotation
	// ConflictOf is the UID of the finding that After is a second version of, "" for none.
	ConflictOf string
}

// Merge says how findings from elsewhere join those that are here (bundle.md 6.4). Both include tombstones. The result is
// what must be written; merging the same again gives nothing.
//
// A finding that is not here is added. Of one author, the higher Rev wins, a tombstone like any other version. Equal Rev
// and different content are both kept, unless the one from elsewhere is a tombstone: the second gets a UID of its own,
// made from its content. When that second version comes back to where it is the first, it is known and not added. A
// finding of another author under a UID that is taken never replaces what is here: it is kept under a UID of its own, and
// another author's tombstone does nothing. The findings of here and there must each have unique UIDs.
func Merge(here, there []annotations.Annotation) ([]Change, error) {
	known := make(map[string]annotations.Annotation, len(here))
	firsts := make(map[string]annotations.Annotation, len(here)) // by the UID that they have where they are second versions
	for _, a := range here {
		known[a.UID] = a
		uid, err := conflictUID(a)
		if err != nil {
			return nil, err
		}
		firsts[uid] = a
	}
	var changes []Change
	seen := make(map[string]bool, len(there))
	for _, in := range there {
		if seen[in.UID] {
			return nil, fmt.Errorf("finding %s comes twice", in.UID)
		}
		seen[in.UID] = true
		have, ok := known[in.UID]
		if !ok {
			if first, ok := firsts[in.UID]; ok {
				as := in
				as.UID = first.UID
				same, err := sameContent(first, as)
				if err != nil {
					return nil, err
				}
				if same {
					continue
				}
			}
			changes = append(changes, Change{After: in})
			known[in.UID] = in
			continue
		}
		same, err := sameContent(have, in)
		if err != nil {
			return nil, err
		}
		switch {
		case in.Author != have.Author:
			if in.Deleted || same {
				continue
			}
		case in.Rev > have.Rev:
			before := have
			changes = append(changes, Change{Before: &before, After: in})
			known[in.UID] = in
			continue
		case in.Rev < have.Rev || same || in.Deleted:
			continue
		}
		second := in
		if second.UID, err = conflictUID(in); err != nil {
			return nil, err
		}
		if _, ok := known[second.UID]; ok {
			continue
		}
		changes = append(changes, Change{After: second, ConflictOf: in.UID})
		known[second.UID] = second
	}
	return changes, nil
}

func sameContent(a, b annotations.Annotation) (bool, error) {
	x, err := Content(a)
	if err != nil {
		return false, err
	}
	y, err := Content(b)
	return bytes.Equal(x, y), err
}

// conflictUID returns the UID of a second version: equal content gives an equal UID, in every library.
func conflictUID(a annotations.Annotation) (string, error) {
	b, err := Content(a)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte("rachis conflict\n"), b...))
	// The version and variant bits of RFC 9562, as PS3.5 B.2 asks of a UID made from a UUID.
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	return "2.25." + new(big.Int).SetBytes(sum[:16]).String(), nil
}
