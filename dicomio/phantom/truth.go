package phantom

import (
	"encoding/json"

	"rachis/dicomio/space"
)

// Truth is what the phantom knows about itself; truth.json holds it. Points on images have their origin at the top left
// corner of the top left pixel. Lengths are in millimetres of the patient (the object plane of a film), angles in
// degrees, signs as in methods.md section 3.
type Truth struct {
	Generator   string           `json:"generator"`
	Seed        int64            `json:"seed"`
	Noise       float64          `json:"noise"`
	PixelOrigin string           `json:"pixel_origin"` // "corner"
	Patient     Patient          `json:"patient"`
	MR          MR               `json:"mr"`
	Films       map[string]*Film `json:"films"` // "FLEXION" and "EXTENSION"
	// Instability is flexion against extension, a segment each, cranial first.
	Instability []Motion `json:"instability"`
}

// Patient is the invented patient.
type Patient struct {
	Name      string `json:"name"`
	ID        string `json:"id"`
	BirthDate string `json:"birth_date"`
	Sex       string `json:"sex"`
}

// Point is a place on an image, in JSON [column, row].
type Point struct{ space.Pixel }

// MarshalJSON writes [column, row].
func (p Point) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]float64{round(p.Col), round(p.Row)})
}

// UnmarshalJSON reads [column, row].
func (p *Point) UnmarshalJSON(b []byte) error {
	var v [2]float64
	err := json.Unmarshal(b, &v)
	p.Pixel = space.Pixel{Col: v[0], Row: v[1]}
	return err
}

// Place is a place in the patient, millimetres LPS, in JSON [x, y, z].
type Place struct{ space.LPS }

// MarshalJSON writes [x, y, z].
func (p Place) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]float64{round(p.X), round(p.Y), round(p.Z)})
}

// UnmarshalJSON reads [x, y, z].
func (p *Place) UnmarshalJSON(b []byte) error {
	var v [3]float64
	err := json.Unmarshal(b, &v)
	p.LPS = space.LPS{X: v[0], Y: v[1], Z: v[2]}
	return err
}

// Vertebra holds a vertebra's corners on one image, named as in methods.md 0.1: superior or inferior, anterior or
// posterior; SM and IM are the deepest points of the endplates. S1 has SA, SP and SM only: the others are zero and not in
// the JSON.
type Vertebra struct {
	SA Point `json:"SA"`
	SP Point `json:"SP"`
	IA Point `json:"IA,omitzero"`
	IP Point `json:"IP,omitzero"`
	SM Point `json:"SM,omitzero"`
	IM Point `json:"IM,omitzero"`
}

// Body is a Vertebra in the patient.
type Body struct {
	SA Place `json:"SA"`
	SP Place `json:"SP"`
	IA Place `json:"IA,omitzero"`
	IP Place `json:"IP,omitzero"`
	SM Place `json:"SM,omitzero"`
	IM Place `json:"IM,omitzero"`
}

// Image is one DICOM file of the phantom.
type Image struct {
	Path           string `json:"path"` // relative to truth.json, with slashes
	SOPInstanceUID string `json:"sop_instance_uid"`
	// X is where a sagittal slice lies, millimetres to the patient's left of the middle.
	X float64 `json:"x_mm"`
}

// MR is the truth of the magnetic resonance study.
type MR struct {
	StudyInstanceUID    string             `json:"study_instance_uid"`
	FrameOfReferenceUID string             `json:"frame_of_reference_uid"`
	Series              map[string]*Series `json:"series"` // "T1", "T2" and "STIR"
	// Vertebrae are the corners in the middle sagittal plane, T12 to S1.
	Vertebrae map[string]Body `json:"vertebrae_lps"`
	Discs     []Disc          `json:"discs"` // T12-L1 to L5-S1
	Lesions   []Lesion        `json:"lesions"`
	// Reference is normal marrow of L3, CSF is the thecal sac behind L2 in front of the roots, Fat is subcutaneous.
	Reference map[string]Region `json:"reference"`
	CSF       map[string]Region `json:"csf"`
	Fat       map[string]Region `json:"fat"`
}

// Series is one sagittal stack.
type Series struct {
	SeriesInstanceUID string        `json:"series_instance_uid"`
	SeriesNumber      int           `json:"series_number"`
	Description       string        `json:"description"`
	Rows              int           `json:"rows"`
	Columns           int           `json:"columns"`
	Spacing           space.Spacing `json:"spacing_mm"`
	SliceSpacing      float64       `json:"slice_spacing_mm"`
	Images            []Image       `json:"images"` // from the patient's right to the left
	// Middle is the index in Images of the mid-sagittal slice.
	Middle int `json:"middle"`
	// Vertebrae are the corners on the mid-sagittal slice.
	Vertebrae map[string]Vertebra `json:"vertebrae"`
}

// Region is a polygon on one image of one series.
type Region struct {
	SeriesInstanceUID string  `json:"series_instance_uid"`
	SOPInstanceUID    string  `json:"sop_instance_uid"`
	Polygon           []Point `json:"polygon"`
}

// Pixels returns the polygon as image points.
func (r Region) Pixels() []space.Pixel {
	out := make([]space.Pixel, len(r.Polygon))
	for i, p := range r.Polygon {
		out[i] = p.Pixel
	}
	return out
}

// Lesion is a Modic change at one endplate.
type Lesion struct {
	Level    string `json:"level"`    // the disc: "L4-L5"
	Vertebra string `json:"vertebra"` // "L4"
	Endplate string `json:"endplate"` // "inf_of_cranial" or "sup_of_caudal"
	Type     string `json:"type"`     // "1", "2", "3"
	// Extent is the painted lesion's outline in the mid-sagittal plane; its first and last points lie on the endplate.
	Extent []Place `json:"extent_lps"`
	// Polygon is the region to measure, inside the lesion and clear of the endplate.
	Polygon []Place `json:"polygon_lps"`
	// Regions is Polygon on the mid-sagittal slice of each series, References the normal marrow to compare with.
	Regions    map[string]Region `json:"regions"`
	References map[string]Region `json:"references"`
	// Ratios is the signal of the lesion over that of normal marrow before coil shading and noise.
	Ratios map[string]float64 `json:"signal_ratios"`
}

// Disc is the geometry of one disc, from its corners (methods.md 2.2, 3.3 and 3.4).
type Disc struct {
	Level           string  `json:"level"`
	HeightAnterior  float64 `json:"height_anterior_mm"`
	HeightPosterior float64 `json:"height_posterior_mm"`
	Dabbs           float64 `json:"dabbs_mm"`
	// DepthSuperior is |IA-IP| of the upper vertebra, DepthInferior |SA-SP| of the lower one.
	DepthSuperior float64 `json:"depth_superior_mm"`
	DepthInferior float64 `json:"depth_inferior_mm"`
	Farfan        float64 `json:"farfan"`
	DHI           float64 `json:"dhi"` // DHI7
	Angle         float64 `json:"disc_angle_deg"`
	Slip          float64 `json:"slip_mm"`
	SlipPercent   float64 `json:"slip_percent"`
	// Reference names the normal disc that Loss refers to; "" where none is given.
	Reference   string  `json:"reference,omitempty"`
	ExpectedDHI float64 `json:"expected_dhi,omitempty"`
	LossPercent float64 `json:"loss_percent,omitempty"`
}

// Film is one lateral radiograph.
type Film struct {
	Position          string `json:"position"` // FLEXION or EXTENSION
	StudyInstanceUID  string `json:"study_instance_uid"`
	SeriesInstanceUID string `json:"series_instance_uid"`
	SeriesNumber      int    `json:"series_number"`
	Image             Image  `json:"image"`
	Rows              int    `json:"rows"`
	Columns           int    `json:"columns"`
	// ImagerSpacing is at the detector, Spacing in the object plane: ImagerSpacing divided by Magnification.
	ImagerSpacing space.Spacing `json:"imager_spacing_mm"`
	Magnification float64       `json:"magnification"`
	Spacing       space.Spacing `json:"spacing_mm"`
	// Vertebrae are T12 to S1.
	Vertebrae map[string]Vertebra `json:"vertebrae"`
	Discs     []Disc              `json:"discs"`
}

// Motion is one segment between the two films: flexion minus extension, and for the rotation extension minus flexion
// (methods.md 3.5).
type Motion struct {
	Segment            string  `json:"segment"`
	Translation        float64 `json:"translation_mm"`
	TranslationPercent float64 `json:"translation_percent"`
	Rotation           float64 `json:"rotation_deg"`
}
