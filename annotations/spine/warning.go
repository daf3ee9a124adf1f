package spine

import (
	"fmt"
	"slices"
	"strings"
)

// sentences are the warnings in English, by their code. Each %s is an argument. The same codes have a text in every language of the app.
var sentences = map[string]string{
	// Landmarks.
	"corner-missing":      "%s.%s is not marked.",
	"vertebra-missing":    "%s is not marked.",
	"corners-crossed":     "The outline of %s crosses itself: two of its corners bear each other’s name.",
	"corners-in-line":     "The corners of %s lie on one line.",
	"corners-opposed":     "The corners of %s and %s contradict each other: anterior and posterior, or superior and inferior, are exchanged on one of them.",
	"vertebrae-exchanged": "%s lies below %s: the names of the vertebrae are exchanged.",
	"depth-zero":          "%s.%s and %s are one point: the vertebra has no depth.",
	"anterior-exchanged":  "By the position of the image in the patient, anterior and posterior are exchanged on the landmarks.",
	// Calibration.
	"uncalibrated":                "The image has no calibrated spacing: no millimetres are given. Percent and degrees hold.",
	"pixels-not-square":           "The pixels are not square and not calibrated: neither lengths nor percent nor angles can be measured.",
	"mm-detector-plane":           "Millimetres are of the detector plane, not corrected for magnification: percent and degrees are the ones to go by.",
	"mm-unknown-plane":            "Nothing says in which plane the spacing is true: millimetres are not corrected for magnification.",
	"mm-assumed":                  "The millimetres rest on a magnification that the maker assumed.",
	"calibrations-differ":         "The films are calibrated differently (%s and %s): the translation is given in percent only.",
	"magnification-not-used":      "In %s, the spacing is corrected already (%s): the magnification was not divided out again.",
	"magnification-unknown-plane": "In %s, nothing says in which plane the spacing is true: the magnification was not divided out.",
	"magnification-missing":       "In %s, the magnification that the spacing rests on is not given: the spacing is taken as corrected by it.",
	"interval-assumes-depth":      "Without calibration, the intervals assume a body depth of %s mm.",
	"spacing-differs":             "The images of the series differ in their spacing: no millimetres are given.",
	"own-scale":                   "The millimetres rest on the reviewer’s calibration by %s (± %s %, one standard deviation).",
	"own-scale-unstated":          "The millimetres rest on the reviewer’s calibration by %s, of which nobody states the error: the intervals leave it out.",
	"scale-carried":               "The scale of one of the films was set on the other: it holds where the patient stood at the same distances.",
	"calibration-patient":         "The millimetres of this image are those of the patient: there is nothing to calibrate.",
	"calibration-no-detector":     "The file does not give the spacing on the detector: a magnification cannot be divided out. Calibrate by a known length.",
	"calibration-impossible":      "A magnification of %s is that of no film of a spine: check the length, in millimetres, and both ends.",
	"calibration-smaller":         "The film would show the object smaller than it is (magnification %s): check the length and both ends.",
	"calibration-distances":       "The patient stands between source and detector: both distances are needed, that to the detector the longer.",
	"calibration-length":          "A length is 1 to 2000 mm, and its line has two ends.",
	"calibration-spacing":         "Pixels of %s mm are those of no film: check the length, in millimetres, and both ends.",
	"calibration-method":          "“%s” is no method of calibration.",
	"calibration-disagree":        "The known lengths disagree by %s %: check them.",
	"calibration-one-endplate":    "One endplate alone: two or more are adequate, of which the median counts.",
	"calibration-plane":           "Whether the object lies in the plane of the spine is not certain: nearer to the tube it is larger, and the spine would be measured too small.",
	"calibration-unstated":        "The error of this scale is not stated: intervals of millimetres leave it out.",
	"calibration-not-carried":     "The scale cannot be carried to the other film: the two files do not state their spacing alike.",
	// Levels.
	"labels-order":   "%s and %s are exchanged: the lower lies above the upper.",
	"labels-gap":     "What lies between %s and %s has no label.",
	"labels-wide":    "%s and %s lie %s times as far apart as the other labels lead one to expect: was a vertebra passed over?",
	"labels-narrow":  "%s and %s lie at %s times the distance that the other labels lead one to expect: is one vertebra labelled twice?",
	"labels-extra":   "%s is labelled, which few people have: state the transitional vertebra and how it was counted.",
	"labels-missing": "%s has no label: was it passed over, or is it absent?",
	"labels-named":   "Where one numbering has %s the other has %s.",
	"labels-anatomy": "%s is labelled in one numbering and not in the other.",
	"labels-absent":  "%s is missing in one of the numberings.",
	// Disc height.
	"no-reference-disc":        "There is no reference disc: the loss of height is not given.",
	"no-level-ratio":           "No norm relates the height of %s to that of %s: the loss of height is not given.",
	"loss-grey-zone":           "A loss of %s % lies in the grey zone (15 to 25 %).",
	"loss-between-grades":      "The interval of the loss reaches from grade %s to grade %s.",
	"taller-than-expected":     "The disc is taller than the reference leads one to expect, by %s %: is the reference disc normal?",
	"reference-incomplete":     "The reference disc lacks corners: the loss of height is not given.",
	"reference-other-modality": "The reference disc was measured on another modality (%s and %s): heights are not to be compared across modalities.",
	"body-incomplete":          "%s lacks corners: Frobin’s height is not given.",
	"middle-assumed":           "%s.%s is not marked: the middle between the corners stands for it, and the height in the middle may be too small.",
	"lengths-only":             "Lengths alone are given: the methods of Hurxthal, Fyllos, Farfan and Frobin need landmarks.",
	"film-slip-height":         "In %s, the vertebrae are displaced by %s mm: heights from corner to corner are over-estimated.",
	"loss-perpendicular":       "Because of the slip, the loss to go by is the one at right angles to the bisectrix, of both discs: from corner to corner it comes out wrong.",
	"reference-slipped":        "The vertebrae of the reference disc %s are displaced: it is no healthy reference.",
	"slip-height":              "The vertebrae are displaced by %s mm: heights from corner to corner are over-estimated.",
	// Instability.
	"film-missing":           "There is no film in %s: nothing is compared between films.",
	"film-view":              "The film marked as %s says of itself that it is %s.",
	"same-film":              "Flexion and extension are marked on one and the same film.",
	"other-study":            "The two films are of different studies.",
	"films-mirrored":         "The two films face opposite ways: one was mirrored. If they do not, anterior and posterior are exchanged on one of them.",
	"slip-not-significant":   "In %s, an offset of %s mm is not significant (below 3 mm and 8 %).",
	"offset-not-significant": "In %s, an offset of %s % of the depth is not significant (below 8 %).",
	"caudal-two-corners":     "%s has two corners only: its rotation is that of its endplate and not of four corners, the interval is wider, and the registration has no residual.",
	"registration-scale":     "Laid over each other, the films differ in scale by the factor %s (0.93 to 1.07 is adequate): a magnification is wrong or the patient is turned.",
	"registration-residual":  "The corners of the lower vertebra do not fit between the films: %s mm (up to 1.5 mm is adequate).",
	"effort-insufficient":    "L1-S1 moves by %s° only (20° is adequate): a result below the limits does not exclude instability.",
	"effort-unknown":         "The range of L1-S1 is not known: a result below the limits does not exclude instability.",
	"effort-said":            "The reviewer finds the range of motion insufficient: a result below the limits does not exclude instability.",
	"contour-over":           "A double contour of more than 3 mm on one of the films: the vertebra is turned or tilted, and the measurement with it.",
	"contour-unknown":        "Double contour of the vertebrae not stated (up to 3 mm is adequate).",
	"film-posture-lying":     "A film of a patient who lies: a slip may be smaller than standing.",
	"film-posture-unknown":   "Position of the patient not stated.",
	"film-posture-mixed":     "The patient stood for one film and sat for the other.",
	"motion-reversed":        "The segment moves backwards: are flexion and extension exchanged?",
	"no-criteria":            "There is no criteria set for %s.",
	"no-chosen-criteria":     "None of the chosen criteria sets has criteria for %s.",
	"slip-angle-unreliable":  "Readers agree poorly on the slip angle: slip percent, Meyerding’s grade and sacral inclination are reliable.",
	"mm-compared":            "The limits in millimetres are held to the corrected translation, %s mm; uncorrected, at the detector, it is %s mm.",
	"mm-limits":              "The limits in millimetres were set on conventional, magnified films: corrected millimetres exceed them less often.",
	// Alignment.
	"posture-unstated":     "Nobody has said that the patient stands: sacral slope and pelvic tilt are not given. The incidence does not depend on it.",
	"posture-lying":        "The patient lies: sacral slope and pelvic tilt are not given, and the lordosis is not that of standing.",
	"posture-sitting":      "The patient sits: slope, tilt and lordosis are not those of standing.",
	"posture-upright":      "The file says upright, not whether the patient stands or sits.",
	"posture-contradicted": "The file says that the patient lies: is the posture right?",
	"film-bent":            "The film is one of %s: slope, tilt and lordosis are not those at rest.",
	"heads-missing":        "The femoral heads are not marked: pelvic incidence and pelvic tilt are not given.",
	"one-head":             "One femoral head is marked: its centre stands for the hip axis.",
	"heads-apart":          "The circles of the femoral heads do not touch: the film is not strictly lateral.",
	"aspect-assumed":       "Nothing says which shape the pixels have: the angles take them to be square.",
	"sacrum-exchanged":     "The hips lie behind S1: its anterior and posterior corners are exchanged.",
	"alignment-incomplete": "Neither a femoral head nor an endplate above S1 is marked.",
	// A slip on one image.
	"slip-supine": "Lying, a slip shows less often and smaller than standing (20 %, against 38 %; 5 mm, against 9 mm; Finkenstaedt 2018): it is not excluded, and one image shows no instability.",
	"slip-none":   "An offset of %s % of the depth is not significant (below 3 mm and 8 %).",
	"slip-plane":  "The image is not sagittal: a slip is measured on a sagittal one.",
	// Sides.
	"side-unstated":     "Nobody has said which side it is.",
	"side-contradicted": "By the position of the image in the patient, the mark lies on the other side.",
	"effusion-plane":    "The image does not lie across the spine: the thickness is measured on an axial one.",
	// Modic.
	"no-t1":                    "There is no T1 at this place: no type is suggested.",
	"no-t2":                    "There is neither T2 nor STIR at this place: the type stays open.",
	"fat-suppressed-only":      "There is no T2 without fat suppression: the type is possible at most.",
	"t2-fat-suppressed":        "On T2, fat is darker than marrow: it is read as fat-suppressed.",
	"stir-discordant":          "STIR is not high where T1 and T2 say oedema: check.",
	"stir-only-oedema":         "STIR alone shows oedema: type 0, to be recorded.",
	"stir-without-csf":         "Without CSF, STIR is judged by its ratio and contrast to marrow.",
	"check-failed-t1":          "T1 check failed: CSF must be darker than marrow, and fat brighter. No type is suggested.",
	"check-failed-t2":          "T2 check failed: CSF must be brighter than marrow by 30 %. No type is suggested.",
	"check-failed-stir":        "Fat suppression check failed: CSF must be brighter than marrow by 50 %, and fat no brighter. STIR is left out.",
	"reference-heterogeneous":  "%s: the reference marrow is heterogeneous (SD/mean %s, up to 0.25 is adequate).",
	"reference-flat":           "%s: all pixels of the reference are alike: contrast cannot be judged.",
	"reference-unlike":         "%s: the marrow there has %s times the signal of that of the neighbours: is it normal?",
	"reference-proposed":       "The reference region lies where the software proposed it: look whether the marrow there is normal, or move it.",
	"own-sigma":                "The interval rests on the reader’s own error: %s mm, from %s coordinates placed twice.",
	"patient-moved":            "%s: edges lie %s mm elsewhere than on the series with the region: the patient moved, place the regions on it by hand.",
	"reference-small":          "%s: the reference region has %s pixels (50 are adequate).",
	"lesion-small":             "%s: the lesion region has %s pixels (20 are adequate).",
	"no-reference-region":      "There is no reference region: no ratio can be given.",
	"no-lesion-region":         "There is no lesion region.",
	"no-slice":                 "%s: no slice within half a slice distance of the region %s.",
	"sequence-unreadable":      "%s cannot be read at this place: it is left out.",
	"reference-dark":           "%s: the reference has no signal: it is left out.",
	"region-outside":           "%s: the region %s lies outside the image.",
	"region-other-slice":       "%s is marked on another slice, %s mm off, and was read there.",
	"no-frame-of-reference":    "The image is not linked to others by a frame of reference: only its own series is read.",
	"weighting-against-timing": "%s: the description says so, and repetition and echo times contradict it.",
	"reference-near-endplate":  "%s: the reference comes as near as %s mm to an endplate (3 mm are adequate).",
	"weighting-unknown":        "How the series with the region is weighted is not known.",
	"voxels-disagree":          "Only %s % of the lesion’s pixels say so by themselves (85 are needed for a probable type): is it of two kinds?",
	"voxels-other":             "Pixels of type %s are %s % of those that have a type: below the 20 % that make a lesion mixed, and too many for a probable type.",
	"lesion-off-endplate":      "The lesion does not reach the endplate.",
	// Images.
	"image-missing":    "An image of this finding is not open: its numbers were not read anew.",
	"image-unreadable": "An image of this finding cannot be read: its numbers were not read anew.",
	"colour-image":     "The image is in colour: there are no statistics of its values.",
	"region-empty":     "No pixel lies in the region: there are no statistics.",
	"region-crossed":   "The outline crosses itself: it has no area.",
	"level-unknown":    "The level is not known: the landmarks belong to no disc.",
	"points-missing":   "The mark lacks points.",
}

// Codes are all codes of warnings, in alphabetical order.
func Codes() []string {
	var out []string
	for c := range sentences {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Arguments is how many arguments a code takes.
func Arguments(code string) int { return strings.Count(sentences[code], "%s") }

// warning makes a warning of a code and its arguments.
func warning(code string, args ...string) string {
	return strings.Join(append([]string{code}, args...), "|")
}

// spoken are arguments that are no words of English as they are.
var spoken = map[string]string{
	Flexion: "flexion", Extension: "extension", Neutral: "the neutral position", "csf": "CSF",
	"PATIENT": "in the patient", "CALIBRATED_USER": "by the reviewer", "CALIBRATED": "by a marker", "GEOMETRY": "by the maker’s geometry",
	"ERMF": "by the stated magnification", "ERMF_ASSUMED": "by an assumed magnification", "DETECTOR_PLANE": "detector plane",
	"UNKNOWN_PLANE": "unknown plane", uncalibrated: "none",
	ByRuler: "a ruler or another known object", ByBall: "a ball of known diameter", ByImplant: "a known implant", ByVertebra: "a known vertebra",
	ByMagnification: "a stated magnification", ByDistances: "the distances from the source",
}

// English says a warning in English. One that it does not know comes back with its arguments.
func English(w string) string {
	parts := strings.Split(w, "|")
	text, ok := sentences[parts[0]]
	if !ok || Arguments(parts[0]) != len(parts)-1 {
		return strings.Join(parts, " · ")
	}
	args := make([]any, 0, len(parts)-1)
	for _, a := range parts[1:] {
		if s, ok := spoken[a]; ok {
			a = s
		}
		args = append(args, a)
	}
	return fmt.Sprintf(strings.ReplaceAll(strings.ReplaceAll(text, "%", "%%"), "%%s", "%s"), args...)
}

// Problem is what makes landmarks impossible to measure. Its Code is a warning's, with arguments.
type Problem struct {
	Field string // which vertebra or landmark, "vertebrae.L4" or "vertebrae.L4.SA"
	Code  string
}

// Error says where and what.
func (p *Problem) Error() string { return p.Field + ": " + English(p.Code) }

func problem(field, code string, args ...string) error {
	return &Problem{"vertebrae." + field, warning(code, args...)}
}

// number writes a number as an argument of a warning.
func number(v float64, decimals int) string { return Shown(v, decimals) }
