package cases

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"rachis/annotations"
)

// Signature closes one reviewer's review. It is never taken back: after an edit it stays, and is stale.
type Signature struct {
	Reviewer string    `json:"reviewer"`
	Signed   time.Time `json:"signed"`
	Digest   string    `json:"digest"` // as Digest returns it
	// Stale reports that the reviewer's findings are no longer those that were signed.
	Stale bool `json:"stale"`
}

// Digest returns the SHA-256, in hexadecimal, over what a reviewer found: the reviewer's findings that are not deleted,
// in order of UID, as JSON. Rev and Modified are left out, for an edit that was undone changes nothing that was signed.
func Digest(findings []annotations.Annotation, reviewer string) (string, error) {
	mine := []annotations.Annotation{}
	for _, a := range findings {
		if a.Author == reviewer && !a.Deleted {
			mine = append(mine, a)
		}
	}
	slices.SortFunc(mine, func(a, b annotations.Annotation) int { return cmp.Compare(a.UID, b.UID) })
	h := sha256.New()
	for _, a := range mine {
		b, err := Content(a)
		if err != nil {
			return "", err
		}
		h.Write(b)
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Content returns what a finding says, as canonical JSON: without Rev and Modified, times in UTC, an empty list as no
// list. Two findings with equal content are the same for every reader.
func Content(a annotations.Annotation) ([]byte, error) {
	a.Rev, a.Modified = 0, time.Time{}
	a.Created = a.Created.UTC().Round(0)
	if len(a.Marks) == 0 {
		a.Marks = nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", a.UID, err)
	}
	return b, nil
}

// MarkStale returns the signatures with Stale set by the findings as they are now.
func MarkStale(signatures []Signature, findings []annotations.Annotation) ([]Signature, error) {
	out := slices.Clone(signatures)
	for i, s := range out {
		d, err := Digest(findings, s.Reviewer)
		if err != nil {
			return nil, err
		}
		out[i].Stale = d != s.Digest
	}
	return out, nil
}
