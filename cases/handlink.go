package cases

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
)

// HandLink is the offset that a reader has set between the frames of reference of two examinations, so that their views go along: what lies at a
// point p of A lies at p + Move in B. It is no finding, and nobody's opinion of the patient; the journal of the case tells who has set it.
type HandLink struct {
	A, B string // UIDs of the frames of reference
	// Move is in millimetres, LPS. Along is the one direction in which it is known, a unit vector; zero where it is known in all.
	Move, Along [3]float64
}

// The actions of the journal that hand links are kept by: its subject is both UIDs with a blank between, its detail that of HandLink.Detail.
const (
	ActionLink   = "link"
	ActionUnlink = "unlink"
)

// farthest is the longest offset that is believed, in millimetres: two scanners' frames of reference are not further apart.
const farthest = 10_000

var errHandLink = errors.New("cases: this is no link between two frames of reference")

// Check returns an error for what cannot be a link: UIDs that are none or the same, numbers that are none, a direction that is no unit vector.
func (l HandLink) Check() error {
	if !ValidUID(l.A) || !ValidUID(l.B) || l.A == l.B {
		return errHandLink
	}
	sum := 0.0
	for i := range 3 {
		if !(math.Abs(l.Move[i]) <= farthest) || !(math.Abs(l.Along[i]) <= 1.001) {
			return errHandLink
		}
		sum += float64(l.Along[i] * l.Along[i])
	}
	if sum != 0 && math.Abs(sum-1) > 1e-3 {
		return errHandLink
	}
	return nil
}

// Subject is the link's frames as the journal names them.
func (l HandLink) Subject() string { return l.A + " " + l.B }

// Detail is the link's numbers as the journal keeps them.
func (l HandLink) Detail() string {
	b, err := json.Marshal(struct {
		Move  [3]float64 `json:"move"`
		Along [3]float64 `json:"along"`
	}{l.Move, l.Along})
	if err != nil {
		return "" // numbers that Check refuses
	}
	return string(b)
}

// HandLinks are the links that the journal of the case leaves: for two frames the one that was set last, unless it was taken away. Lines that say
// nothing that can be a link, as from a damaged bundle, are passed over.
func (c Case) HandLinks() (links []HandLink) {
	for _, e := range c.Audit {
		if e.Action != ActionLink && e.Action != ActionUnlink {
			continue
		}
		a, b, ok := strings.Cut(e.Subject, " ")
		if !ok {
			continue
		}
		l := HandLink{A: a, B: b}
		if e.Action == ActionLink {
			var detail struct{ Move, Along [3]float64 }
			if json.Unmarshal([]byte(e.Detail), &detail) != nil {
				continue
			}
			l.Move, l.Along = detail.Move, detail.Along
			if l.Check() != nil {
				continue
			}
		}
		links = slices.DeleteFunc(links, l.sameFrames)
		if e.Action == ActionLink {
			links = append(links, l)
		}
	}
	return links
}

func (l HandLink) sameFrames(o HandLink) bool {
	return l.A == o.A && l.B == o.B || l.A == o.B && l.B == o.A
}
