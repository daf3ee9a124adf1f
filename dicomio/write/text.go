package write

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Character sets that are written (PS3.3 C.12.1.1.2).
const (
	latin1 = "ISO_IR 100"
	utf8IR = "ISO_IR 192"
)

// plain says what typographic characters become so that a French text fits ISO 8859-1, which lacks them: readers of
// structured reports in the field decode nested text as latin1 whatever the character set says.
var plain = strings.NewReplacer("œ", "oe", "Œ", "OE", "’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "…", "...",
	"\u202f", "\u00a0", "−", "-", "•", "-")

// isText reports whether the VR's characters are in the data set's SpecificCharacterSet (PS3.5 6.1.2.2).
func isText(vr string) bool {
	switch vr {
	case "SH", "LO", "ST", "LT", "PN", "UC", "UT":
		return true
	}
	return false
}

// fitsLatin1 reports whether s, after typography is made plain, can be written in ISO_IR 100.
func fitsLatin1(s string) bool {
	for _, r := range plain.Replace(s) {
		if r > 0xff || r >= 0x7f && r < 0xa0 {
			return false
		}
	}
	return true
}

// encodeText returns s in the character set, as bytes in a string.
func encodeText(s, charset string) string {
	if charset == utf8IR {
		return s
	}
	s = plain.Replace(s)
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// longest is how many characters a value may have (PS3.5 6.2), for PN per component group; absent means no limit here.
var longest = map[string]int{
	"AE": 16, "AS": 4, "CS": 16, "DA": 8, "DS": 16, "DT": 26, "IS": 12, "LO": 64, "LT": 10240, "PN": 64, "SH": 16, "ST": 1024,
	"TM": 14, "UI": 64,
}

// oneLine reports whether the VR holds several values parted by backslashes and no line breaks.
func oneLine(vr string) bool { return vr != "ST" && vr != "LT" && vr != "UT" && vr != "UR" }

// Fit makes free text acceptable to the VR (SH, LO, PN, ST, LT, UC, UT): control characters become spaces, a
// backslash, which parts values, becomes a slash where it would do so, invalid UTF-8 becomes U+FFFD, space at the
// ends goes, and what is too long is cut. Write refuses text that does not fit; Fit is for what people have typed.
func Fit(vr, s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		switch {
		case (r == '\n' || r == '\r' || r == '\f') && !oneLine(vr):
			return r
		case unicode.IsControl(r):
			return ' '
		case r == '\\' && oneLine(vr):
			return '/'
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if n, ok := longest[vr]; ok && utf8.RuneCountInString(plain.Replace(s)) > n {
		cut := []rune(s)
		for len(cut) > 0 && utf8.RuneCountInString(plain.Replace(string(cut))) > n {
			cut = cut[:len(cut)-1]
		}
		s = strings.TrimSpace(string(cut))
	}
	return s
}

// checkString reports what is wrong with one value of a string VR, nil when nothing is.
func checkString(vr, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s value is not UTF-8", vr)
	}
	for _, r := range s {
		switch {
		case r == '\\' && oneLine(vr):
			return fmt.Errorf("%s value %q holds a backslash, which parts values", vr, s)
		case (r == '\n' || r == '\r' || r == '\f') && !oneLine(vr):
		case unicode.IsControl(r):
			return fmt.Errorf("%s value %q holds a control character", vr, s)
		case r > 0x7e && !isText(vr):
			return fmt.Errorf("%s value %q holds a character outside ASCII", vr, s)
		}
	}
	if n, ok := longest[vr]; ok {
		groups := []string{s}
		if vr == "PN" {
			groups = strings.Split(s, "=")
		}
		for _, g := range groups {
			if utf8.RuneCountInString(plain.Replace(g)) > n {
				return fmt.Errorf("%s value %q has more than %d characters", vr, g, n)
			}
		}
	}
	switch vr {
	case "UI":
		if !validUID(s) {
			return fmt.Errorf("%q is not a UID", s)
		}
	case "CS":
		if strings.IndexFunc(s, func(r rune) bool {
			return r != ' ' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
		}) >= 0 {
			return fmt.Errorf("CS value %q holds more than capitals, digits, space and underscore", s)
		}
	case "DA":
		if s != "" && (len(s) != 8 || strings.Trim(s, "0123456789") != "") {
			return fmt.Errorf("DA value %q is not YYYYMMDD", s)
		}
	case "TM":
		if hms, _, _ := strings.Cut(s, "."); s != "" && (len(hms)%2 == 1 || len(hms) < 2 || len(hms) > 6 || strings.Trim(s, "0123456789.") != "") {
			return fmt.Errorf("TM value %q is not HHMMSS.FFFFFF", s)
		}
	case "DS", "IS":
		if strings.Trim(s, "0123456789+-eE. ") != "" {
			return fmt.Errorf("%s value %q is not a number", vr, s)
		}
	}
	return nil
}

// validUID reports whether s is empty or digits in components without leading zeros (PS3.5 9.1).
func validUID(s string) bool {
	if s == "" {
		return true
	}
	for c := range strings.SplitSeq(s, ".") {
		if c == "" || strings.Trim(c, "0123456789") != "" || len(c) > 1 && c[0] == '0' {
			return false
		}
	}
	return len(s) <= 64
}
