package dicomio

import "rachis/dicomio/tag"

// The projections of radiographs that Stack.Projection tells.
const (
	ProjectionLateral = "LATERAL"
	ProjectionFrontal = "FRONTAL" // antero-posterior or postero-anterior
	ProjectionOblique = "OBLIQUE"
)

// projectionOf tells from which side a radiograph was taken: by ViewPosition (PS3.3 C.8.7.1.1), the view's code, the directions of rows and
// columns, else the words of its descriptions. "" for other images, when nothing says so, and when the first attribute that does says two.
func (x *extractor) projectionOf(d *DataSet) string {
	if !projection(x.text(d, tag.Modality)) {
		return ""
	}
	switch v := x.text(d, tag.ViewPosition); v {
	case "LL", "RL": // not LLD and RLD: the patient lies on the side, and the beam may go either way
		return ProjectionLateral
	case "AP", "PA":
		return ProjectionFrontal
	case "LLO", "LAO", "LPO", "RLO", "RAO", "RPO":
		return ProjectionOblique
	}
	if p, known := projectionWords(words(x.text(d, tag.ViewPosition))); known {
		return p
	}
	for _, code := range d.Items(tag.ViewCodeSequence) {
		if p, known := projectionWords(words(x.text(code, tag.CodeMeaning))); known {
			return p
		}
	}
	if p := projectionOfSides(d.Texts(tag.PatientOrientation)); p != "" {
		return p
	}
	for _, t := range [...]tag.Tag{tag.SeriesDescription, tag.ProtocolName, tag.ImageComments, tag.AcquisitionDeviceProcessingDescription, tag.PerformedProcedureStepDescription} {
		if p, known := projectionWords(words(x.text(d, t))); known {
			return p
		}
	}
	return ""
}

// projectionOfSides tells it by PatientOrientation (PS3.3 C.7.6.1.1.1): one axis of the picture is along the body, the other across or through it.
func projectionOfSides(sides []string) string {
	if len(sides) != 2 || len(sides[0]) == 0 || len(sides[1]) == 0 {
		return ""
	}
	axis := func(side string) byte {
		switch side[0] {
		case 'A', 'P':
			return 'y'
		case 'L', 'R':
			return 'x'
		case 'H', 'F':
			return 'z'
		}
		return 0
	}
	a, b := axis(sides[0]), axis(sides[1])
	if b != 'z' {
		a, b = b, a
	}
	if b != 'z' || len(sides[0]) > 1 && len(sides[1]) > 1 { // of oblique directions nothing is concluded
		return ""
	}
	switch a {
	case 'y':
		return ProjectionLateral
	case 'x':
		return ProjectionFrontal
	}
	return ""
}

// projectionWords finds a projection among words, in English or French. Known is true where there is one, or two that contradict each other.
func projectionWords(list []string) (p string, known bool) {
	found := map[string]bool{}
	for i, w := range list {
		switch w {
		case "LAT", "LATERAL", "LATERALE", "PROFIL", "PROF", "LL", "LATFLEX", "LATEXT":
			if w == "LATERAL" && i > 0 && (list[i-1] == "BI" || list[i-1] == "UNI") {
				continue
			}
			found[ProjectionLateral] = true
		case "AP", "PA", "FACE", "FRONTAL", "FRONTALE", "ANTEROPOSTERIOR", "POSTEROANTERIOR":
			found[ProjectionFrontal] = true
		case "OBL", "OBLIQUE", "OBLIQUES":
			found[ProjectionOblique] = true
		}
	}
	if len(found) != 1 {
		return "", len(found) > 0
	}
	for p = range found {
	}
	return p, true
}
