package header

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// cover says what tells who the patient is: names of persons, the attributes below, whatever a manufacturer has written as text, and any
// other value in which a name, number or date of the patient occurs. A nil cover covers nothing.
type cover struct {
	words []string // folded; four characters and more
	brief []string // folded; shorter ones, which count as whole words only
}

// telling are attributes outside of group 0010 that PS3.15 Table E.1-1 has removed or replaced because they lead to the patient, and that
// are no names of persons.
var telling = map[tag.Tag]bool{
	0x00080050: true, // AccessionNumber
	0x00080080: true, // InstitutionName
	0x00080081: true, // InstitutionAddress
	0x00080082: true, // InstitutionCodeSequence
	0x00080092: true, // ReferringPhysicianAddress
	0x00080094: true, // ReferringPhysicianTelephoneNumbers
	0x00081040: true, // InstitutionalDepartmentName
	0x00081080: true, // AdmittingDiagnosesDescription
	0x00120040: true, // ClinicalTrialSubjectID
	0x00120042: true, // ClinicalTrialSubjectReadingID
	0x00200010: true, // StudyID
	0x00401001: true, // RequestedProcedureID
	0x00401102: true, // PersonAddress
	0x00401103: true, // PersonTelephoneNumbers
	0x00401104: true, // PersonTelecomInformation
	0x00401400: true, // RequestedProcedureComments
	0x00402016: true, // PlacerOrderNumberImagingServiceRequest
	0x00402017: true, // FillerOrderNumberImagingServiceRequest
	0x00402400: true, // ImagingServiceRequestComments
	0x00324000: true, // StudyComments
}

// within are sequences whose whole content leads to a person or a place.
var within = map[tag.Tag]bool{
	0x00080051: true, // IssuerOfAccessionNumberSequence
	0x00080096: true, // ReferringPhysicianIdentificationSequence
	0x00401101: true, // PersonIdentificationCodeSequence
	0x04000561: true, // OriginalAttributesSequence
}

// newCover reads from a data set who the patient is.
func newCover(d *dicomio.DataSet) *cover {
	c := &cover{}
	c.learn(d, 0)
	return c
}

// learn takes the words of a data set and of the sequences in group 0010, as other names and numbers are.
func (c *cover) learn(d *dicomio.DataSet, depth int) {
	for e := range d.All() {
		if e.Tag.Group() == 0x0010 && depth < 8 {
			for _, item := range e.Items {
				c.learn(item, depth+1)
			}
		}
	}
	for _, t := range []tag.Tag{tag.PatientName, tag.PatientID, tag.PatientBirthDate, tag.AccessionNumber, 0x00101000, 0x00101001, 0x00101005, 0x00101060, 0x00102154} {
		for _, value := range d.Texts(t) {
			value = folded(value)
			parts := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("^= ,;", r) })
			for _, word := range append(parts, value) {
				switch n := len([]rune(word)); {
				case n >= 4:
					c.words = append(c.words, word)
				case n >= 2:
					c.brief = append(c.brief, word)
				}
			}
		}
	}
}

// covers reports whether the value of an element is not to be told.
func (c *cover) covers(d *dicomio.DataSet, e dicomio.Element) bool {
	if c == nil || len(e.Value) == 0 && e.Length == 0 {
		return false
	}
	group := e.Tag.Group()
	switch {
	case e.VR == "PN", group == 0x0010, group == 0x0038, telling[e.Tag]:
		return true
	case e.Tag.Private():
		switch e.VR {
		case "US", "SS", "UL", "SL", "FL", "FD", "IS", "DS":
			return false
		}
		return true // PS3.15 has all of it removed: only its maker knows what it says
	}
	switch e.VR {
	case "OB", "UN":
		return group != 0x0002
	case "US", "SS", "UL", "SL", "FL", "FD", "OW", "OF", "OD", "OL", "OV", "SV", "UV", "AT":
		return false
	}
	return e.Value == nil || c.tells(text(d, e, 0))
}

// tells reports whether a text has a word in it that tells who the patient is.
func (c *cover) tells(s string) bool {
	if c == nil || s == "" {
		return false
	}
	s = folded(s)
	for _, w := range c.words {
		if strings.Contains(s, w) {
			return true
		}
	}
	if len(c.brief) == 0 {
		return false
	}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }) {
		for _, w := range c.brief {
			if part == w {
				return true
			}
		}
	}
	return false
}

func isWord(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 0x7F }

// folded is a text as it is searched: in small letters, without accents.
func folded(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	s = norm.NFD.String(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36F {
			return -1
		}
		return r
	}, s)
}
