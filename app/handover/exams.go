package handover

import (
	"fmt"
	"strings"

	"rachis/cases/report"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// exams says what examinations the case has, in the case's order.
func (g *gatherer) exams() []report.Exam {
	var out []report.Exam
	for _, st := range g.c.Studies {
		e := report.Exam{StudyUID: st.UID, Date: st.Date, Description: st.Description}
		for _, p := range g.images.index.Patients {
			for _, found := range p.Studies {
				if found.UID == st.UID {
					g.describe(&e, found)
				}
			}
		}
		out = append(out, e)
	}
	return out
}

// describe adds what the files of a study say.
func (g *gatherer) describe(e *report.Exam, st *dicomio.Study) {
	e.Date, e.Description = first(st.Date, e.Date), first(st.Description, e.Description)
	e.Accession, e.Institution = first(e.Accession, st.Accession), first(e.Institution, st.Institution)
	for _, se := range st.Series {
		row := report.ExamSeries{SeriesUID: se.UID, Modality: se.Modality, Description: se.Description, Orientation: se.Orientation,
			Weighting: se.Weighting, View: se.View, Calibration: se.Calibration.State}
		var codes []string
		unshown := map[string]int{}
		for _, k := range se.Stacks {
			row.Images += len(k.Slices)
			for _, sl := range k.Slices {
				if why := sl.Instance.Problem(); why != nil {
					code := problem(why)
					if unshown[code] == 0 {
						codes = append(codes, code)
					}
					unshown[code]++
				}
			}
		}
		for _, code := range codes {
			name, rest, _ := strings.Cut(code, "|")
			row.Problems = append(row.Problems, strings.TrimSuffix(fmt.Sprintf("some-%s|%d|%s", name, unshown[code], rest), "|"))
		}
		e.Series = append(e.Series, row)
		if e.Equipment == "" && len(se.Instances) > 0 && row.Images > 0 {
			g.equipment(e, se.Instances[0])
		}
	}
}

// equipment adds what made the study; a header that cannot be read leaves it out.
func (g *gatherer) equipment(e *report.Exam, in *dicomio.Instance) {
	f, err := in.Open()
	if err != nil {
		return
	}
	maker, model := f.DataSet.Text(tag.Manufacturer), f.DataSet.Text(tag.ManufacturerModelName)
	if maker != "" && strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		maker = ""
	}
	e.Equipment = strings.TrimSpace(maker + " " + model)
	if v, ok := f.DataSet.Float(tag.MagneticFieldStrength); ok && v > 0 {
		if v > 100 { // some scanners write gauss
			v /= 10000
		}
		e.FieldStrength = v
	}
}
