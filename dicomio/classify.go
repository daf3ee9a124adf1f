package dicomio

import (
	"strings"

	"rachis/dicomio/tag"
)

// What an image shows, as its header tells: weighting of MR, and flexion or extension. Every answer says which attribute gave it.

// words splits a description into upper-case words of letters and digits; accents are taken off. A star stays, for T2*.
func words(text string) []string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range strings.ToUpper(text) {
		switch {
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '*':
			b.WriteRune(r)
		case r < 0x80:
			b.WriteByte(' ')
		default:
			b.WriteString(plainLetter(r))
		}
	}
	return strings.Fields(b.String())
}

func plainLetter(r rune) string {
	switch r {
	case 'À', 'Á', 'Â', 'Ä', 'Ã', 'Å':
		return "A"
	case 'È', 'É', 'Ê', 'Ë':
		return "E"
	case 'Ì', 'Í', 'Î', 'Ï':
		return "I"
	case 'Ò', 'Ó', 'Ô', 'Ö', 'Õ':
		return "O"
	case 'Ù', 'Ú', 'Û', 'Ü':
		return "U"
	case 'Ç':
		return "C"
	case 'Œ':
		return "OE"
	case 0x301, 0x300, 0x302, 0x308, 0x327: // accents that follow their letter
		return ""
	}
	return " "
}

// weighted is how an MR image is weighted.
type weighted struct {
	weighting string // T1, T2, STIR, PD, ""
	source    string
	fat       bool // fat is suppressed
}

// reading is what the words of one text say.
type reading struct {
	weighting string
	isMap     bool // the values are times or differences, not a weighting
	fat       bool // fat is suppressed
	view      string
	viewShort string // with the abbreviations that only radiographs have
}

func read(text string) reading {
	var r reading
	list := words(text)
	r.weighting, r.isMap = weightingWords(list)
	r.fat = fatWords(list)
	r.view, r.viewShort = viewWords(list, false), viewWords(list, true)
	return r
}

// read reads the words of an attribute, each text once.
func (x *extractor) read(d *DataSet, t tag.Tag) reading {
	text := x.text(d, t)
	if text == "" {
		return reading{}
	}
	r, ok := x.readings[text]
	if !ok {
		r = read(text)
		if len(x.readings) >= maxInterned {
			clear(x.readings)
		}
		x.readings[text] = r
	}
	return r
}

// weightingOf tells the weighting of an MR frame: by the words of its descriptions, else by its contrast attribute, else by its timing.
func (x *extractor) weightingOf(d *DataSet, frame int) (w weighted) {
	if x.text(d, tag.Modality) != "MR" {
		return weighted{}
	}
	for _, o := range d.Texts(tag.ScanOptions) {
		w.fat = w.fat || o == "FS"
	}
	mapped := false
	for _, t := range [...]tag.Tag{tag.SeriesDescription, tag.ProtocolName} {
		r := x.read(d, t)
		mapped = mapped || r.isMap
		w.fat = w.fat || r.fat
		if r.weighting != "" && w.weighting == "" {
			w.weighting, w.source = r.weighting, tag.Keyword(t)
		}
	}
	if mapped {
		return weighted{fat: w.fat}
	}
	defer func() { w.fat = w.fat || w.weighting == "STIR" }()
	timing := weightingTiming(d, frame)
	if w.weighting != "" {
		if timing != "" && timing != w.weighting && (w.weighting == "T1" || w.weighting == "T2") && (timing == "T1" || timing == "T2") {
			w.source += ", against TR/TE"
		}
		return w
	}
	if contrast := weightingContrast(d, frame); contrast != "" {
		w.weighting, w.source = contrast, "AcquisitionContrast"
		return w
	}
	if timing != "" {
		w.weighting, w.source = timing, "TR/TE"
		if timing == "STIR" {
			w.source = "ScanningSequence/InversionTime"
		}
	}
	return w
}

// joinedBefore are words that are written in one with the weighting that follows them: "SAGT2", "FSET1".
var joinedBefore = map[string]bool{
	"": true, "S": true, "SAG": true, "SAGITTAL": true, "AX": true, "AXI": true, "AXIAL": true, "TRA": true, "TRANS": true, "COR": true,
	"CORO": true, "CORONAL": true, "TSE": true, "FSE": true, "SE": true, "FRFSE": true, "FFE": true, "TFE": true, "IR": true, "FS": true,
	"W": true, "DIXON": true, "MDIXON": true, "WIP": true, "E": true, "MV": true, "CS": true, "SPACE": true, "CUBE": true, "VISTA": true,
	"LOMB": true, "RACHIS": true, "LSPINE": true, "SPINE": true,
}

// weightingWords finds the weighting in the words of a description. isMap is true for images of which the values are times or
// differences, not a weighting: T2 maps, T2*, diffusion, subtraction.
func weightingWords(list []string) (weighting string, isMap bool) {
	found := map[string]bool{}
	stir := false
	for i, w := range list {
		next := ""
		if i+1 < len(list) {
			next = list[i+1]
		}
		switch {
		case w == "ADC", w == "DWI", w == "DTI", w == "TRACEW", w == "SUB", w == "PHASE" && next == "MAP":
			isMap = true
		case strings.Contains(w, "STIR"), strings.HasPrefix(w, "TIRM"), strings.HasSuffix(w, "TIRM"):
			stir = true
		case protonDensity(w), w == "DENSITE" && (next == "DE" || next == "PROTONS" || next == "PROTONIQUE"), w == "PROTON" && next == "DENSITY":
			found["PD"] = true
		}
		for _, name := range []string{"T1", "T2"} {
			at := strings.Index(w, name)
			if at < 0 {
				continue
			}
			before, after := w[:at], w[at+len(name):]
			if after != "" && after[0] >= '0' && after[0] <= '9' { // T12 is a vertebra
				continue
			}
			if w == name && (thoracic(next) || i > 0 && list[i-1] == "C7") { // and so is T1 in "T1-T12" and "C7-T1"
				continue
			}
			if strings.HasPrefix(after, "*") || strings.HasPrefix(after, "STAR") || strings.HasPrefix(after, "MAP") ||
				after == "" && (strings.HasPrefix(next, "STAR") || strings.HasPrefix(next, "MAP") || next == "*") ||
				before == "Q" || before == "R" {
				isMap = true
				continue
			}
			if joinedBefore[before] || before != "" && before[len(before)-1] >= '0' && before[len(before)-1] <= '9' {
				found[name] = true
			}
		}
	}
	switch {
	case isMap:
		return "", true
	case stir:
		return "STIR", false
	case len(found) != 1: // "T1 T2" may be two vertebrae, or a double echo
		return "", false
	}
	for name := range found {
		weighting = name
	}
	return weighting, false
}

// thoracic reports whether a word is a thoracic vertebra that is no weighting.
func thoracic(w string) bool {
	return len(w) > 1 && w[0] == 'T' && strings.Trim(w[1:], "0123456789") == "" && w != "T1" && w != "T2"
}

// protonDensity reports whether a word means proton density: PD, or DP in French, with what is written in one with it.
func protonDensity(w string) bool {
	for _, p := range []string{"PD", "DP"} {
		rest, ok := strings.CutPrefix(w, p)
		if !ok {
			for _, before := range []string{"SAG", "AX", "COR", "TRA", "TSE", "FSE"} {
				if w == before+p {
					return true
				}
			}
			continue
		}
		switch rest {
		case "", "W", "WI", "FS", "WFS", "FATSAT", "SPAIR", "SPIR", "TSE", "FSE", "SAG", "AX", "COR", "TRA":
			return true
		}
	}
	return false
}

// fatWords reports whether words say that fat is suppressed.
func fatWords(list []string) bool {
	for i, w := range list {
		next := ""
		if i+1 < len(list) {
			next = list[i+1]
		}
		switch w {
		case "FS", "FATSAT", "FATSUP", "SPIR", "SPAIR", "STIR", "TIRM", "CHESS", "PDFS", "DPFS", "T1FS", "T2FS", "WFS", "SFS":
			return true
		case "FAT", "SAT":
			switch next {
			case "SAT", "SUP", "SUPP", "FAT", "GRAISSE", "SUPPRESSED", "SUPPRESSION":
				return true
			}
		case "SUPPRESSION":
			if next == "DE" || next == "GRAISSE" {
				return true
			}
		case "DIXON", "MDIXON":
			if next == "W" || next == "WATER" || next == "EAU" {
				return true
			}
		}
	}
	return false
}

// weightingContrast reads AcquisitionContrast of an enhanced image (PS3.3 C.8.13.3.1).
func weightingContrast(d *DataSet, frame int) string {
	switch contrast := d.InFrame(frame, tag.MRImageFrameTypeSequence).Text(tag.AcquisitionContrast); contrast {
	case "T1", "T2", "STIR":
		return contrast
	case "PROTON_DENSITY":
		return "PD"
	}
	return ""
}

// Timing by methods.md 1.3 step A, in milliseconds.
const (
	t1MinTR, t1MaxTR, t1MaxTE = 300, 1200, 30
	t2MinTR, t2MinTE          = 2000, 70
	stirMinTI, stirMaxTI      = 120, 250
	protonMinTR, protonMaxTE  = 2000, 45
)

// weightingTiming tells the weighting by the pulse sequence's times. Gradient echoes and echo planar images are left open.
func weightingTiming(d *DataSet, frame int) string {
	sequence := d.Texts(tag.ScanningSequence)
	has := func(name string) bool {
		for _, s := range sequence {
			if s == name {
				return true
			}
		}
		return false
	}
	if name := d.Text(tag.EchoPulseSequence); name == "GRADIENT" || name == "BOTH" || has("GR") || has("EP") {
		return ""
	}
	tr, okTR := d.InFrame(frame, tag.MRTimingAndRelatedParametersSequence).Float(tag.RepetitionTime)
	echo := d.InFrame(frame, tag.MREchoSequence)
	te, okTE := echo.Float(tag.EffectiveEchoTime)
	if !okTE {
		te, okTE = echo.Float(tag.EchoTime)
	}
	ti, okTI := d.Float(tag.InversionTime)
	modifier := d.InFrame(frame, tag.MRModifierSequence)
	if v := modifier.Floats(tag.InversionTimes); len(v) > 0 {
		ti, okTI = v[0], true
	}
	if inverted := has("IR") || modifier.Text(tag.InversionRecovery) == "YES"; inverted {
		if okTI && ti >= stirMinTI && ti <= stirMaxTI {
			return "STIR"
		}
		return ""
	}
	switch {
	case !okTR || !okTE || te <= 0:
		return ""
	case tr >= t1MinTR && tr <= t1MaxTR && te <= t1MaxTE:
		return "T1"
	case tr >= t2MinTR && te >= t2MinTE:
		return "T2"
	case tr >= protonMinTR && te <= protonMaxTE:
		return "PD"
	}
	return ""
}

// viewOf tells whether an image was taken in FLEXION, EXTENSION or NEUTRAL position, and by which attribute; "" when nothing says so or
// when an attribute says two of them.
func (x *extractor) viewOf(d *DataSet) (view, source string) {
	modality := x.text(d, tag.Modality)
	abbreviated := projection(modality) || modality == "OT" || modality == "SC" || modality == ""
	of := func(r reading) string {
		if abbreviated {
			return r.viewShort
		}
		return r.view
	}
	if v := of(x.read(d, tag.ViewPosition)); v != "" {
		return v, "ViewPosition"
	}
	for _, code := range d.Items(tag.ViewCodeSequence) {
		if v := of(x.read(code, tag.CodeMeaning)); v != "" {
			return v, "ViewCodeSequence"
		}
		for _, modifier := range code.Items(tag.ViewModifierCodeSequence) {
			if v := of(x.read(modifier, tag.CodeMeaning)); v != "" {
				return v, "ViewModifierCodeSequence"
			}
		}
	}
	for _, t := range [...]tag.Tag{tag.SeriesDescription, tag.ProtocolName, tag.ImageComments, tag.AcquisitionDeviceProcessingDescription, tag.PerformedProcedureStepDescription} {
		if v := of(x.read(d, t)); v != "" {
			return v, tag.Keyword(t)
		}
	}
	return "", ""
}

// beside are the words that abbreviations of the view are written in one with: "LATFLEX", "EXTPROFIL".
var beside = []string{"LAT", "LATERAL", "LL", "PROFIL", "PROF", "RACHIS", "SPINE", "LSPINE", "LOMB", "LOMBAIRE", "LUMBAR", "LS", "HYPER", "MAX"}

// viewWords finds flexion or extension among words, in English or French. Abbreviations are for radiographs: in MR, FLEX is a coil.
func viewWords(list []string, abbreviated bool) string {
	found := map[string]bool{}
	turned := false // external or internal rotation of a limb
	for _, w := range list {
		if strings.HasPrefix(w, "ROT") || w == "INT" || w == "INTERNE" || w == "INTERNAL" {
			turned = true
		}
	}
	for _, w := range list {
		for _, v := range []struct{ view, long, short string }{{"FLEXION", "FLEXION", "FLEX"}, {"EXTENSION", "EXTENSION", "EXT"}} {
			switch {
			case strings.Contains(w, "DORSIFLEX"), strings.Contains(w, "PLANTARFLEX"), w == "PLANTAR":
			case strings.Contains(w, "RETROFLEX"):
				found["EXTENSION"] = true
			case strings.Contains(w, v.long):
				found[v.view] = true
			case abbreviated && short(w, v.short) && !(v.short == "EXT" && turned):
				found[v.view] = true
			}
		}
		switch w {
		case "FLEXED", "ANTEFLEX":
			found["FLEXION"] = true
		case "EXTENDED", "HYPEREXT":
			found["EXTENSION"] = true
		case "NEUTRAL", "NEUTRE", "NEUTR":
			found["NEUTRAL"] = true
		}
	}
	if len(found) != 1 {
		return ""
	}
	for view := range found {
		return view
	}
	return ""
}

// short reports whether a word is an abbreviation, alone or in one with a word that usually stands beside it.
func short(w, abbreviation string) bool {
	if w == abbreviation || abbreviation == "FLEX" && (w == "FLX" || w == "FLEXI") || abbreviation == "EXT" && (w == "EXTN" || w == "EXTEN" || w == "EXTENS") {
		return true
	}
	for _, b := range beside {
		if w == b+abbreviation || w == abbreviation+b {
			return true
		}
	}
	return false
}
