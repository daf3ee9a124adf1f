package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"rachis/annotations"
)

// known returns the text of a key, or fallback where the catalog has none: words of a later version are shown as they are.
func known(t Texts, key, fallback string, args ...any) string {
	if s := t.T(key, args...); !strings.HasPrefix(s, "⟦") {
		return s
	}
	return fallback
}

// plain is text as it may stand in a report: composed, without control and direction characters, lines ended by "\n".
func plain(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

// line is plain text on one line.
func line(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// personName reads a DICOM person name (PS3.5 6.2.1.2) for people: latin is the first of its groups that is not empty,
// "FAMILY Given Middle"; full has the other groups behind it in parentheses.
func personName(s string) (latin, full string) {
	var groups []string
	for g := range strings.SplitSeq(s, "=") {
		parts := strings.Split(g, "^")
		for len(parts) < 5 {
			parts = append(parts, "")
		}
		// family, given, middle, prefix, suffix
		name := line(parts[3] + " " + parts[0] + " " + parts[1] + " " + parts[2])
		if suffix := line(parts[4]); suffix != "" {
			name += ", " + suffix
		}
		if name != "" {
			groups = append(groups, name)
		}
	}
	if len(groups) == 0 {
		return "", ""
	}
	latin, full = groups[0], groups[0]
	if len(groups) > 1 {
		full += " (" + strings.Join(groups[1:], " · ") + ")"
	}
	return latin, full
}

// day writes a DICOM date, YYYYMMDD, as YYYY-MM-DD. What is no date is shown as it is.
func day(s string) string {
	s = line(s)
	if d, err := time.Parse("20060102", s); err == nil {
		return d.Format(time.DateOnly)
	}
	return s
}

// moment writes a time with its zone.
func moment(t Texts, at time.Time) string {
	if at.IsZero() {
		return t.T("report.unknown")
	}
	zone := at.Format("-07:00")
	if _, offset := at.Zone(); offset == 0 {
		zone = ""
	}
	return at.Format("2006-01-02 15:04") + " UTC" + strings.Replace(zone, "-", "\u2212", 1)
}

// unit writes a UCUM unit as people do.
func unit(t Texts, ucum string) string {
	switch ucum {
	case "1", "{ratio}", "":
		return ""
	case "mm2":
		return "mm²"
	case "deg":
		return "°"
	case "%/deg":
		return "%/°"
	case "%":
		return "%"
	case "[hnsf'U]":
		return t.T("report.unit.hounsfield")
	case "{pixels}", "{pixel}":
		return "px"
	case "{pixels}2", "{pixels2}", "{pixel}2":
		return "px²"
	}
	return ucum
}

// decimals is how finely a value is written: about a tenth of what a hand can place.
func decimals(v annotations.Value) int {
	switch v.Name {
	case "n", "meyerding", "repetition_time_ms":
		return 0
	case "mean", "min", "max", "lesion_mean", "reference_mean", "csf_mean", "fat_mean":
		if math.Abs(v.Value) >= 100 { // signals are hundreds or thousands
			return 0
		}
		return 1
	case "sd", "reference_sd", "contrast":
		return 1
	case "dhi", "dhi4", "dhi6", "dhi_perpendicular", "farfan", "frobin", "magnification", "translation_frobin":
		return 3
	case annotations.ValueRowSpacing, annotations.ValueColumnSpacing:
		return 4
	}
	switch v.Unit {
	case "1", "{ratio}", "":
		return 2
	case "mm2":
		return 0
	}
	return 1
}

// amount is a value with its unit, and its 95 % interval where it is known: "16,0 ± 5,6 %".
func amount(t Texts, v annotations.Value) string {
	return join(bare(t, v), unit(t, v.Unit))
}

// amountOn is amount with what its millimetres rest on: "7,0 ± 2,5 mm au détecteur (non corrigé)".
func amountOn(t Texts, v annotations.Value) string {
	b := badge(t, v)
	switch {
	case b == "":
		return amount(t, v)
	case slices.Contains(strings.Fields(b), v.Unit): // the badge says it
		return join(bare(t, v), b)
	}
	return amount(t, v) + " (" + b + ")"
}

// bare is amount without the unit.
func bare(t Texts, v annotations.Value) string {
	s := number(t, v)
	if v.CI95 > 0 {
		s += "\u00A0±\u00A0" + t.Number(v.CI95, decimals(v)) // never parted by the end of a line
	}
	return s
}

func number(t Texts, v annotations.Value) string {
	x := v.Value
	if n := decimals(v); math.Abs(x) < 0.5*math.Pow10(-n) {
		x = 0 // and not "-0.0"
	}
	return t.Number(x, decimals(v))
}

// join puts a unit behind a number: a degree sign without a space, all else with one that does not break.
func join(s, u string) string {
	switch u {
	case "":
		return s
	case "°":
		if !strings.Contains(s, "±") {
			return s + u
		}
	}
	return s + "\u00A0" + u
}

// basis says what a value rests on: badge, or that its scale does not matter.
func basis(t Texts, v annotations.Value) string {
	if b := badge(t, v); b != "" {
		return b
	}
	switch v.Unit {
	case "%", "deg", "%/deg", "{ratio}":
		return t.T("report.calibration.independent")
	case "1", "":
		switch v.Name {
		case "dhi", "dhi4", "dhi6", "dhi_perpendicular", "farfan", "frobin", "meyerding", "translation_frobin", "contrast", "scale", "registration_scale":
			return t.T("report.calibration.independent")
		}
	}
	return t.T("report.ci.none")
}

// badge says what the millimetres of a value rest on; "" for values that do not rest on a calibration.
func badge(t Texts, v annotations.Value) string {
	switch v.Unit {
	case "mm", "mm2":
	case "{pixels}", "{pixel}", "{pixels}2", "{pixels2}", "{pixel}2":
		return t.T("report.calibration.UNCALIBRATED")
	default:
		return ""
	}
	if v.Calibration == "" {
		return t.T("report.calibration.unstated")
	}
	return known(t, "report.calibration."+v.Calibration, v.Calibration)
}

// vertebrae returns both vertebrae of a disc, "L4" and "L5" of "L4-L5".
func vertebrae(level string) (cranial, caudal string) {
	cranial, caudal, _ = strings.Cut(level, "-")
	return cranial, caudal
}

// endplate names the endplate of a disc: "plateau inférieur de L4".
func endplate(t Texts, level, which string) string {
	cranial, caudal := vertebrae(line(level))
	switch {
	case which == annotations.InferiorOfCranial && cranial != "":
		return t.T("report.endplate.inferior", cranial)
	case which == annotations.SuperiorOfCaudal && caudal != "":
		return t.T("report.endplate.superior", caudal)
	}
	return t.T("report.endplate.unstated")
}

// grade is a decision or a suggestion in words.
func grade(t Texts, kind annotations.Kind, value string) string {
	value = line(value)
	if value == "" {
		return ""
	}
	key := strings.ReplaceAll(value, " ", "-")
	switch kind {
	case annotations.Modic:
		if value == "indeterminate" {
			return t.T("report.verdict.indeterminate")
		}
		return t.T("report.modic.type", value)
	case annotations.DiscHeight:
		return known(t, "report.loss."+key, value)
	case annotations.Instability:
		return known(t, "report.verdict."+key, value)
	case annotations.Pfirrmann, annotations.Schizas, annotations.Lee, annotations.LeeCentral, annotations.Listhesis:
		return known(t, "grade."+string(kind)+"."+key, value)
	}
	return value
}

// verdict is a criterion's verdict in words.
func verdict(t Texts, v string) string {
	return known(t, "report.criterion."+strings.ReplaceAll(v, " ", "-"), line(v))
}

// quantity names what a value measures: "translation (%)".
func quantity(t Texts, name string) string { return known(t, "report.value."+name, name) }

// warning is a warning's code and arguments, "code|a|b", as a sentence.
func warning(t Texts, w string) string { return coded(t, "warning", w) }

// coded is a code with arguments, "code|a|b", said by the text "report.<area>.<code>"; one without a text is shown as it is.
func coded(t Texts, area, w string) string {
	parts := strings.Split(w, "|")
	args := make([]any, 0, len(parts)-1)
	for _, a := range parts[1:] {
		text := known(t, "report.word."+a, line(a))
		if _, err := strconv.ParseFloat(text, 64); err == nil && t.Language() == "fr" {
			text = commas(text)
		}
		args = append(args, text)
	}
	s := known(t, "report."+area+"."+parts[0], "", args...)
	// A text with other arguments than the code has is worse than the bare code.
	if s == "" || strings.Contains(s, "%!") {
		return line(strings.Join(parts, " · "))
	}
	return s
}
