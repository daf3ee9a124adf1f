package dicomio

// Listing is an index as "rachis ls --json" prints it. Its arrays are never null.
type Listing struct {
	Patients []ListedPatient `json:"patients"`
	Skipped  []ListedSkip    `json:"skipped"`
	Files    int             `json:"files"`
	Seconds  float64         `json:"seconds"`
}

// ListedPatient is a patient of a Listing.
type ListedPatient struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	BirthDate string        `json:"birth_date"`
	Sex       string        `json:"sex"`
	Studies   []ListedStudy `json:"studies"`
	Warnings  []string      `json:"warnings,omitempty"`
}

// ListedStudy is a study of a Listing.
type ListedStudy struct {
	UID         string         `json:"uid"`
	Date        string         `json:"date"`
	Description string         `json:"description"`
	Accession   string         `json:"accession"`
	Series      []ListedSeries `json:"series"`
}

// ListedSeries is a series of a Listing. Lengths are in millimetres.
type ListedSeries struct {
	UID                 string        `json:"uid"`
	Number              int           `json:"number"`
	Modality            string        `json:"modality"`
	Description         string        `json:"description"`
	BodyPart            string        `json:"body_part"`
	Instances           int           `json:"instances"`
	Frames              int           `json:"frames"`
	Rows                int           `json:"rows"`
	Columns             int           `json:"columns"`
	TransferSyntaxes    []string      `json:"transfer_syntaxes"`
	Orientation         string        `json:"orientation"`
	Weighting           string        `json:"weighting"`
	WeightingSource     string        `json:"weighting_source"`
	View                string        `json:"view"`
	ViewSource          string        `json:"view_source"`
	Spacing             []float64     `json:"spacing_mm"` // between rows, between columns; null when unknown
	SpacingSource       string        `json:"spacing_source"`
	Calibration         string        `json:"calibration"`
	SliceSpacing        *float64      `json:"slice_spacing_mm"` // null when unknown or irregular
	FrameOfReferenceUID string        `json:"frame_of_reference_uid"`
	OrientationGroups   int           `json:"orientation_groups"`
	Stacks              []ListedStack `json:"stacks"`
}

// ListedStack is a stack of a series of a Listing.
type ListedStack struct {
	Group        int      `json:"group"` // of one orientation and size, from 1
	Split        string   `json:"split"`
	Orientation  string   `json:"orientation"`
	Weighting    string   `json:"weighting"`
	View         string   `json:"view"`
	Images       int      `json:"images"`
	Rows         int      `json:"rows"`
	Columns      int      `json:"columns"`
	SliceSpacing *float64 `json:"slice_spacing_mm"` // the median; null for one slice
	Uniform      bool     `json:"uniform"`
	Note         string   `json:"note"`
	// InstanceNumbers are in order of position along the normal.
	InstanceNumbers []int `json:"instance_numbers"`
}

// ListedSkip is a file that is not shown, or not wholly.
type ListedSkip struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Code   string `json:"code"`
}

// Listing returns the index as it is printed. Instances that are listed and cannot be shown are among the skipped too, with their reason.
func (x *Index) Listing(seconds float64) Listing {
	out := Listing{Patients: []ListedPatient{}, Skipped: []ListedSkip{}, Files: x.Files, Seconds: seconds}
	for _, p := range x.Patients {
		listed := ListedPatient{ID: p.ID, Name: p.Name, BirthDate: p.BirthDate, Sex: p.Sex, Studies: []ListedStudy{}, Warnings: p.Warnings}
		for _, st := range p.Studies {
			study := ListedStudy{UID: st.UID, Date: st.Date, Description: st.Description, Accession: st.Accession, Series: []ListedSeries{}}
			for _, se := range st.Series {
				study.Series = append(study.Series, se.listing())
			}
			listed.Studies = append(listed.Studies, study)
		}
		out.Patients = append(out.Patients, listed)
	}
	for _, s := range x.Skipped {
		out.Skipped = append(out.Skipped, ListedSkip{Path: s.Path, Reason: s.Reason, Code: s.Code})
	}
	for _, se := range x.Series() {
		for _, in := range se.Instances {
			if in.Undecodable != "" {
				out.Skipped = append(out.Skipped, ListedSkip{Path: in.Location.String(), Reason: in.Undecodable, Code: SkipUnsupported})
			}
		}
	}
	return out
}

func (s *Series) listing() ListedSeries {
	out := ListedSeries{
		UID: s.UID, Number: s.Number, Modality: s.Modality, Description: s.Description, BodyPart: s.BodyPart,
		Instances: len(s.Instances), Frames: s.Frames, Rows: s.Rows, Columns: s.Columns,
		TransferSyntaxes: append([]string{}, s.TransferSyntaxes...), Orientation: s.Orientation, Weighting: s.Weighting,
		WeightingSource: s.WeightingSource, View: s.View, ViewSource: s.ViewSource, SpacingSource: s.Calibration.Source,
		Calibration: s.Calibration.State, SliceSpacing: millimetres(s.SliceSpacing), FrameOfReferenceUID: s.FrameOfReferenceUID,
		OrientationGroups: s.OrientationGroups(), Stacks: []ListedStack{},
	}
	if sp := s.Calibration.Spacing; sp.Known() {
		out.Spacing = []float64{sp.BetweenRows, sp.BetweenColumns}
	}
	for _, k := range s.Stacks {
		in := k.Slices[0].Instance
		stack := ListedStack{Group: k.Group, Split: k.Split, Orientation: k.Orientation, Weighting: k.Weighting, View: k.View,
			Images: len(k.Slices), Rows: in.Rows, Columns: in.Columns, SliceSpacing: millimetres(k.Spacing), Uniform: k.Uniform, Note: k.Note,
			InstanceNumbers: make([]int, len(k.Slices))}
		for i := range k.Slices {
			stack.InstanceNumbers[i] = k.Slices[i].Instance.InstanceNumber
		}
		out.Stacks = append(out.Stacks, stack)
	}
	return out
}

// millimetres is nil for 0, which means unknown.
func millimetres(v float64) *float64 {
	if v == 0 {
		return nil
	}
	return &v
}
