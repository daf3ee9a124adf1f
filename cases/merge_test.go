package cases_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/space"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// finding returns a sound finding of an author.
func finding(uid string, rev int, author, note string) annotations.Annotation {
	return annotations.Annotation{
		UID: uid, Rev: rev, Kind: annotations.Distance, Author: author, Created: noon, Modified: noon.Add(time.Duration(rev) * time.Minute), Note: note,
		Marks: []annotations.Mark{{Image: annotations.ImageRef{SOPInstanceUID: "1.2.3", Frame: 1}, Points: []space.Pixel{{Col: 1, Row: 2}, {Col: 3, Row: 4.5}}}},
	}
}

func deleted(a annotations.Annotation) annotations.Annotation {
	a.Deleted = true
	return a
}

func list(a ...annotations.Annotation) []annotations.Annotation { return a }

// apply returns the findings after the changes.
func apply(here []annotations.Annotation, changes []cases.Change) []annotations.Annotation {
	out := slices.Clone(here)
	for _, c := range changes {
		i := slices.IndexFunc(out, func(a annotations.Annotation) bool { return a.UID == c.After.UID })
		if i < 0 {
			out = append(out, c.After)
		} else {
			out[i] = c.After
		}
	}
	return out
}

// say writes findings as "uid author/rev note", a second version as "of:...", a tombstone in brackets.
func say(changes []cases.Change) string {
	var parts []string
	for _, c := range changes {
		uid := c.After.UID
		if c.ConflictOf != "" {
			uid = "of:" + c.ConflictOf
		}
		s := fmt.Sprintf("%s %s/%d %s", uid, c.After.Author, c.After.Rev, c.After.Note)
		if c.After.Deleted {
			s = "[" + s + "]"
		}
		if c.Before != nil {
			s = fmt.Sprintf("%d>", c.Before.Rev) + s
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func TestMerge(t *testing.T) {
	for _, test := range []struct {
		name        string
		here, there []annotations.Annotation
		want        string
	}{
		{"nothing", nil, nil, ""},
		{"new", nil, list(finding("1.1", 3, "A", "x")), "1.1 A/3 x"},
		{"a new tombstone", nil, list(deleted(finding("1.1", 3, "A", "x"))), "[1.1 A/3 x]"},
		{"the same", list(finding("1.1", 1, "A", "x")), list(finding("1.1", 1, "A", "x")), ""},
		{"later there", list(finding("1.1", 1, "A", "x")), list(finding("1.1", 2, "A", "y")), "1>1.1 A/2 y"},
		{"later here", list(finding("1.1", 3, "A", "x")), list(finding("1.1", 2, "A", "y")), ""},
		{"deleted there", list(finding("1.1", 1, "A", "x")), list(deleted(finding("1.1", 2, "A", "x"))), "1>[1.1 A/2 x]"},
		{"deleted here", list(deleted(finding("1.1", 2, "A", "x"))), list(finding("1.1", 1, "A", "x")), ""},
		{"restored there", list(deleted(finding("1.1", 2, "A", "x"))), list(finding("1.1", 3, "A", "x")), "2>1.1 A/3 x"},
		{"both edited", list(finding("1.1", 2, "A", "x")), list(finding("1.1", 2, "A", "y")), "of:1.1 A/2 y"},
		{"edited here, deleted there", list(finding("1.1", 2, "A", "x")), list(deleted(finding("1.1", 2, "A", "o"))), ""},
		{"deleted here, edited there", list(deleted(finding("1.1", 2, "A", "o"))), list(finding("1.1", 2, "A", "y")), "of:1.1 A/2 y"},
		{"the same content, later", list(finding("1.1", 1, "A", "x")), list(finding("1.1", 4, "A", "x")), "1>1.1 A/4 x"},
		{"another author, later", list(finding("1.1", 1, "A", "x")), list(finding("1.1", 9, "B", "y")), "of:1.1 B/9 y"},
		{"another author, earlier", list(finding("1.1", 9, "A", "x")), list(finding("1.1", 1, "B", "y")), "of:1.1 B/1 y"},
		{"another author's tombstone", list(finding("1.1", 1, "A", "x")), list(deleted(finding("1.1", 9, "B", "x"))), ""},
		{"two of each", list(finding("1.1", 1, "A", "x"), finding("1.2", 1, "B", "z")), list(finding("1.2", 1, "B", "z"), finding("1.3", 1, "B", "w")), "1.3 B/1 w"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changes, err := cases.Merge(test.here, test.there)
			if err != nil {
				t.Fatal(err)
			}
			if got := say(changes); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			again, err := cases.Merge(apply(test.here, changes), test.there)
			if err != nil || len(again) > 0 {
				t.Errorf("once more: %q, %v", say(again), err)
			}
		})
	}
	if _, err := cases.Merge(nil, list(finding("1.1", 1, "A", ""), finding("1.1", 2, "A", ""))); err == nil {
		t.Error("one UID twice is taken")
	}
}

// A second version keeps all but its UID, has a sound one, and has the same in every library.
func TestSecondVersion(t *testing.T) {
	here, there := finding("1.1", 2, "A", "x"), finding("1.1", 2, "A", "y")
	changes, err := cases.Merge(list(here), list(there))
	if err != nil || len(changes) != 1 {
		t.Fatal(changes, err)
	}
	got := changes[0].After
	if !cases.ValidUID(got.UID) || got.UID == there.UID || !strings.HasPrefix(got.UID, "2.25.") {
		t.Errorf("UID %q", got.UID)
	}
	second := got
	second.UID = there.UID
	if !reflect.DeepEqual(second, there) {
		t.Errorf("%+v is not %+v", second, there)
	}
	// From a third library, where the same came in at another time and revision.
	later := there
	later.Rev, later.Modified = 2, noon.Add(time.Hour)
	if changes, err = cases.Merge(list(here, got), list(later)); err != nil || len(changes) > 0 {
		t.Errorf("%q, %v", say(changes), err)
	}
	// Back where it is the first, it is known; once it was edited there, it is not.
	if changes, err = cases.Merge(list(there), list(got)); err != nil || len(changes) > 0 {
		t.Errorf("back: %q, %v", say(changes), err)
	}
	got.Note, got.Rev = "z", 3
	if changes, err = cases.Merge(list(there), list(got)); err != nil || len(changes) != 1 {
		t.Errorf("back and edited: %q, %v", say(changes), err)
	}
}

// However libraries exchange, what is sent arrives, unless a later revision by the same author is there already; no finding
// changes its author; and exchanges come to rest.
func TestMergeOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		sites := make([][]annotations.Annotation, 3)
		journals := make([]map[string]bool, 3) // the notes that each site ever had
		for i := range journals {
			journals[i] = map[string]bool{}
		}
		author := map[string]string{}
		for step := range 30 {
			i := r.IntN(3)
			switch here := sites[i]; {
			case r.IntN(3) == 0 || len(here) == 0:
				who := string(rune('A' + r.IntN(2)))
				a := finding(fmt.Sprintf("1.%d.%d", round, step), 1, who, fmt.Sprint(step))
				author[a.UID] = who
				sites[i] = append(slices.Clone(here), a)
				journals[i][a.Note] = true
			case r.IntN(2) == 0:
				j := r.IntN(len(here))
				a := here[j]
				a.Rev, a.Note, a.Deleted = a.Rev+1, fmt.Sprint("edit ", step), r.IntN(4) == 0
				sites[i] = slices.Clone(here)
				sites[i][j] = a
				journals[i][a.Note] = true
			default:
				j := (i + 1 + r.IntN(2)) % 3
				changes, err := cases.Merge(sites[j], here)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					if c.Before != nil && (c.Before.Author != c.After.Author || c.Before.Rev >= c.After.Rev) {
						t.Fatalf("%+v", c)
					}
					journals[j][c.After.Note] = true
				}
				sites[j] = apply(sites[j], changes)
				for _, a := range here {
					if !a.Deleted && !journals[j][a.Note] && !overtaken(sites[j], a) {
						t.Fatalf("%s of %s, %q, did not arrive and was not overtaken", a.UID, a.Author, a.Note)
					}
				}
			}
		}
		changed := true
		for n := 0; changed; n++ {
			if n > 20 {
				t.Fatal("exchanges do not come to rest")
			}
			changed = false
			for i := range 3 {
				for j := range 3 {
					changes, err := cases.Merge(sites[j], sites[i])
					if err != nil {
						t.Fatal(err)
					}
					sites[j] = apply(sites[j], changes)
					changed = changed || len(changes) > 0
				}
			}
		}
		for _, s := range sites {
			for _, a := range s {
				if who := author[a.UID]; who != "" && who != a.Author {
					t.Fatalf("%s was of %s and is of %s", a.UID, who, a.Author)
				}
			}
		}
	}
}

// overtaken reports whether a list has a later version of a finding.
func overtaken(in []annotations.Annotation, a annotations.Annotation) bool {
	return slices.ContainsFunc(in, func(b annotations.Annotation) bool {
		return b.Author == a.Author && b.UID == a.UID && b.Rev > a.Rev
	})
}

func TestDigest(t *testing.T) {
	a, b, c := finding("1.2", 1, "A", "un"), finding("1.1", 4, "A", "é<&>"), finding("1.3", 1, "B", "trois")
	want, err := cases.Digest(list(a, b, c), "A")
	if err != nil {
		t.Fatal(err)
	}
	// The digest stands in signatures for ever: it is that of this text, and no other.
	const text = `{"uid":"1.1","rev":0,"kind":"distance","author":"A","created":"2026-01-02T12:00:00Z","modified":"0001-01-01T00:00:00Z","marks":[{"image":{"study_uid":"","series_uid":"","sop_class_uid":"","sop_instance_uid":"1.2.3","frame":1},"points":[{"col":1,"row":2},{"col":3,"row":4.5}]}],"note":"é\u003c\u0026\u003e"}
{"uid":"1.2","rev":0,"kind":"distance","author":"A","created":"2026-01-02T12:00:00Z","modified":"0001-01-01T00:00:00Z","marks":[{"image":{"study_uid":"","series_uid":"","sop_class_uid":"","sop_instance_uid":"1.2.3","frame":1},"points":[{"col":1,"row":2},{"col":3,"row":4.5}]}],"note":"un"}
`
	if pinned := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); want != pinned {
		t.Errorf("the digest of a known review is %s, not %s: signatures of earlier versions break", want, pinned)
	}
	later := a
	later.Rev, later.Modified = 17, noon.Add(time.Hour)
	zone := a
	zone.Created = a.Created.In(time.FixedZone("there", -5*3600))
	empty := a
	empty.Values = []annotations.Value{}
	for name, same := range map[string][]annotations.Annotation{
		"another order": list(b, a, c), "without the other's": list(a, b), "undone": list(later, b), "another zone": list(zone, b),
		"with a tombstone": list(a, b, deleted(finding("1.9", 1, "A", "gone"))), "an empty list": list(empty, b),
	} {
		if got, err := cases.Digest(same, "A"); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	moved := a
	moved.Marks = []annotations.Mark{a.Marks[0]}
	moved.Marks[0].Points = []space.Pixel{{Col: 1, Row: 2}, {Col: 3, Row: 4.500000000000001}}
	for name, other := range map[string][]annotations.Annotation{
		"one less": list(a), "one deleted": list(a, deleted(b)), "one moved by a hair": list(moved, b), "none": nil, "one more": list(a, b, finding("1.4", 1, "A", "")),
	} {
		if got, err := cases.Digest(other, "A"); err != nil || got == want {
			t.Errorf("%s: the digest does not tell (%v)", name, err)
		}
	}
	signatures := []cases.Signature{{Reviewer: "A", Digest: want}, {Reviewer: "B", Digest: want, Stale: false}}
	got, err := cases.MarkStale(signatures, list(a, b, c))
	if err != nil || got[0].Stale || !got[1].Stale || signatures[1].Stale {
		t.Errorf("%+v, %v, before %+v", got, err, signatures)
	}
}

// What Content leaves out and what it keeps, held to a text.
func TestContent(t *testing.T) {
	a := finding("1.2", 7, "A", "é<&>")
	got, err := cases.Content(a)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(got, &m); err != nil {
		t.Fatal(err)
	}
	if m["rev"] != 0.0 || m["modified"] != "0001-01-01T00:00:00Z" || m["created"] != "2026-01-02T12:00:00Z" || m["note"] != "é<&>" {
		t.Errorf("%s", got)
	}
	a.Marks = []annotations.Mark{}
	x, err1 := cases.Content(a)
	a.Marks = nil
	y, err2 := cases.Content(a)
	if err1 != nil || err2 != nil || string(x) != string(y) {
		t.Errorf("%s is not %s", x, y)
	}
}
