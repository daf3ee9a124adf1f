package cases

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"

	"rachis/annotations"
)

// Limits of one finding. The largest that a hand draws has some hundred points.
const (
	maxMarks  = 64
	maxPoints = 100_000
	maxText   = 1 << 16 // bytes
	maxFrame  = 1 << 24
	// maxAttributes is how many things a reviewer may have said beside the grade.
	maxAttributes = 64
)

var uidForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`)

// ValidUID reports whether s has the form of a UID: numbers joined by points, at most 64 characters (PS3.5 9.1).
func ValidUID(s string) bool { return len(s) <= 64 && uidForm.MatchString(s) }

var kinds = []annotations.Kind{
	annotations.Distance, annotations.Angle, annotations.Cobb, annotations.Rectangle, annotations.Ellipse, annotations.Polygon,
	annotations.Arrow, annotations.Text, annotations.Modic, annotations.DiscHeight, annotations.Instability,
	annotations.Levels, annotations.Pfirrmann, annotations.Schizas, annotations.Alignment, annotations.Calibration,
	annotations.Lee, annotations.LeeCentral, annotations.FacetEffusion, annotations.Listhesis,
}

// kindForm is what a kind looks like, also one of a later version, which is kept and passed on.
var kindForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// CheckFinding holds a finding that came from outside to what every part of Rachis relies on: a UID, an author, a kind,
// marks on named images, finite numbers. It says what is wrong and where. It does not judge what the finding says.
func CheckFinding(a annotations.Annotation) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("finding %.64q: %w", a.UID, fmt.Errorf(format, args...))
	}
	switch {
	case !ValidUID(a.UID):
		return fail("uid is not a UID")
	case a.Rev < 1 || a.Rev > math.MaxInt32:
		return fail("rev is %d: it counts from 1", a.Rev)
	case a.Author == "":
		return fail("author is missing")
	case !kindForm.MatchString(string(a.Kind)):
		return fail("kind %.40q is not a word", a.Kind)
	case len(a.Marks) > maxMarks:
		return fail("%d marks: at most %d are allowed", len(a.Marks), maxMarks)
	case len(a.Attributes) > maxAttributes:
		return fail("%d attributes: at most %d are allowed", len(a.Attributes), maxAttributes)
	case a.Repeats != "" && !ValidUID(a.Repeats):
		return fail("repeats is not a UID")
	}
	texts := []string{a.Author, a.Label, a.Level, a.Endplate, a.Decision, a.Note}
	for name, value := range a.Attributes {
		texts = append(texts, name, value)
	}
	for _, s := range texts {
		if len(s) > maxText || !utf8.ValidString(s) {
			return fail("a text of it is not UTF-8 or longer than %d bytes", maxText)
		}
	}
	for i, m := range a.Marks {
		switch {
		case !ValidUID(m.Image.SOPInstanceUID):
			return fail("marks[%d]: image has no sop_instance_uid", i)
		case m.Image.Frame < 1 || m.Image.Frame > maxFrame:
			return fail("marks[%d]: frame is %d: it counts from 1", i, m.Image.Frame)
		case len(m.Points) > maxPoints:
			return fail("marks[%d]: %d points: at most %d are allowed", i, len(m.Points), maxPoints)
		case m.Names != nil && len(m.Names) != len(m.Points):
			return fail("marks[%d]: %d names for %d points", i, len(m.Names), len(m.Points))
		case m.Proposal != nil && (len(m.Proposal.Points) > len(m.Points) || len(m.Proposal.Quality) > len(m.Proposal.Points)):
			return fail("marks[%d]: %d proposed points for %d points", i, len(m.Proposal.Points), len(m.Points))
		case m.Proposal != nil && (len(m.Proposal.Method) > maxText || !utf8.ValidString(m.Proposal.Method)):
			return fail("marks[%d].proposal.method is not UTF-8 or longer than %d bytes", i, maxText)
		}
		for j, p := range m.Points {
			if !finite(p.Col) || !finite(p.Row) {
				return fail("marks[%d].points[%d] is not finite", i, j)
			}
		}
	}
	for _, v := range a.Values {
		if v.Name == "" || !finite(v.Value) || !finite(v.CI95) {
			return fail("value %.40q is not a finite number with a name", v.Name)
		}
	}
	if len(a.Scales) > maxMarks {
		return fail("%d scales: at most %d are allowed", len(a.Scales), maxMarks)
	}
	for i, s := range a.Scales {
		if !ValidUID(s.SOPInstanceUID) || !ValidUID(s.Calibration) || s.Frame < 1 || s.Frame > maxFrame || !finite(s.Deviation) || !finite(s.RowSpacing) || !finite(s.ColumnSpacing) || len(s.Method) > maxText || !utf8.ValidString(s.Method) {
			return fail("scales[%d] names no image and calibration, or is not finite", i)
		}
	}
	// What cannot be written as JSON cannot be kept: an infinite number in a plane or a criterion.
	if _, err := json.Marshal(a); err != nil {
		return fail("%w", err)
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Submission is what `rachis case annotate --from` takes: the form of `case show --json`, or the parts of it that are
// to be added.
type Submission struct {
	Findings []annotations.Annotation
	// Dossier holds changes by field name, as ParseDossier returns them.
	Dossier   map[string]string
	KeyImages []KeyImage
}

// ParseSubmission reads a submission: an object with "findings", "dossier" and "key_images", each optional and all other
// names ignored, or a bare list of findings. A finding without a rev gets 1, one without an author gets author; each is
// held to CheckFinding and must be of a kind that is known here. A finding without uid is given one by newUID.
func ParseSubmission(data []byte, author string, newUID func() string) (Submission, error) {
	var doc struct {
		Findings  []annotations.Annotation `json:"findings"`
		Dossier   json.RawMessage          `json:"dossier"`
		KeyImages []KeyImage               `json:"key_images"`
	}
	if err := json.Unmarshal(data, &doc.Findings); err != nil {
		doc.Findings = nil
		if err := json.Unmarshal(data, &doc); err != nil {
			return Submission{}, fmt.Errorf("findings: %w", err)
		}
	}
	s := Submission{Findings: doc.Findings, KeyImages: doc.KeyImages}
	for i := range s.Findings {
		a := &s.Findings[i]
		if a.UID == "" {
			a.UID = newUID()
		}
		if a.Rev == 0 {
			a.Rev = 1
		}
		if a.Author == "" {
			a.Author = author
		}
		if err := CheckFinding(*a); err != nil {
			return Submission{}, fmt.Errorf("findings[%d]: %w", i, err)
		}
		if !slices.Contains(kinds, a.Kind) {
			return Submission{}, fmt.Errorf("findings[%d]: kind %q is not known: give one of %v", i, a.Kind, kinds)
		}
	}
	for i := range s.KeyImages {
		k := &s.KeyImages[i]
		if k.Author == "" {
			k.Author = author
		}
		if err := CheckKeyImage(*k); err != nil {
			return Submission{}, fmt.Errorf("key_images[%d]: %w", i, err)
		}
	}
	if len(doc.Dossier) > 0 && string(doc.Dossier) != "null" {
		var err error
		if s.Dossier, err = ParseDossier(doc.Dossier); err != nil {
			return Submission{}, err
		}
	}
	return s, nil
}

// CheckKeyImage holds a key image that came from outside to its form.
func CheckKeyImage(k KeyImage) error {
	switch {
	case k.UID != "" && !ValidUID(k.UID):
		return fmt.Errorf("key image: uid %.64q is not a UID", k.UID)
	case !ValidUID(k.Image.SOPInstanceUID):
		return fmt.Errorf("key image: image has no sop_instance_uid")
	case k.Image.Frame < 1 || k.Image.Frame > maxFrame:
		return fmt.Errorf("key image: frame is %d: it counts from 1", k.Image.Frame)
	case k.Author == "" || len(k.Author) > maxText || len(k.Caption) > maxText:
		return fmt.Errorf("key image: author is missing or a text is too long")
	}
	if _, err := json.Marshal(k); err != nil {
		return fmt.Errorf("key image: %w", err)
	}
	return nil
}
