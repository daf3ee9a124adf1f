package report_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/cases"
	"rachis/cases/report"
	"rachis/dicomio/space"
)

func ptr(x float64) *float64 { return &x }

var day = time.Date(2026, 11, 24, 14, 5, 0, 0, time.FixedZone("", -5*3600))

func ref(series, instance string) annotations.ImageRef {
	return annotations.ImageRef{StudyInstanceUID: "1.2.3", SeriesInstanceUID: series, SOPInstanceUID: instance, Frame: 1}
}

// picture draws something that has a left and a right, a top and a bottom.
func picture(t testing.TB, w, h int, hue uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(40 + 120*(0.5+0.5*math.Sin(float64(y)/17)*math.Cos(float64(x)/23)))
			c := color.RGBA{v, v, v, 255}
			if (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < 900 && (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) > 700 {
				c = color.RGBA{255, hue, 60, 255}
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func shot(weighting string) report.Shot {
	return report.Shot{Modality: "MR", Weighting: weighting, Orientation: "SAG", Date: "20261102", Description: strings.ToLower(weighting) + "_tse_sag"}
}

// stack is a wedge: slice s has the value 100*s + column at each row.
func stack(weighting string, rows, columns, slices int) report.Series {
	s := report.Series{SeriesUID: "1.2.3." + weighting, Shot: shot(weighting), Rows: rows, Columns: columns, PixelHeight: 1, PixelWidth: 1,
		Letters: [4]string{"A", "P", "H", "F"}, Windows: []report.Window{{Name: "1", Center: 400, Width: 800}}}
	for i := range slices {
		v := make([]uint16, rows*columns)
		for y := range rows {
			for x := range columns {
				v[y*columns+x] = uint16(100*i + x + y/4)
			}
		}
		s.Slices = append(s.Slices, report.Slice{Image: ref(s.SeriesUID, s.SeriesUID+"."+string(rune('1'+i))), Label: string(rune('1' + i)), Values: v, Slope: 1,
			Position: float64(i) * 4, PositionOK: true})
	}
	return s
}

// full is a case with everything in it, and with what makes a page break: long names and notes, several reviewers, a name
// in three scripts.
func full(t testing.TB) report.Input {
	made := day.Add(-24 * time.Hour)
	long := strings.Repeat("Lombalgie mécanique chronique évoluant par poussées, aggravée en flexion et à la station debout prolongée ; échec de la kinésithérapie. ", 6)
	modic := func(uid, author, plate, decision, suggestion string) annotations.Annotation {
		return annotations.Annotation{UID: uid, Rev: 1, Kind: annotations.Modic, Author: author, Created: made, Modified: made, Level: "L4-L5", Endplate: plate, Decision: decision,
			Values: []annotations.Value{
				{Name: "ratio", Value: 0.775, Unit: "{ratio}", CI95: 0.04, Role: "T1", Method: "ROI"}, {Name: "contrast", Value: -2.5, Unit: "1", Role: "T1"},
				{Name: "ratio", Value: 1.444, Unit: "{ratio}", CI95: 0.06, Role: "T2"}, {Name: "ratio", Value: 1.9, Unit: "{ratio}", Role: "STIR"},
			},
			Suggestion: &annotations.Suggestion{Type: suggestion, Strength: "probable", Rule: "T1 low (r 0.78) · T2 high (r 1.44) · STIR high", Version: "1", Flags: []string{"infection"}},
			Note:       long}
	}
	c := cases.Case{
		ID: "C-7K3M2Q", UID: "2.25.1", Title: "Revue lombaire avant avis chirurgical", Created: made, Modified: made,
		Patient: cases.Patient{ID: "DOS-0042", Name: "LAFRENIÈRE-TREMBLAY^Élise Françoise^^Mme=山田^花子=やまだ^はなこ", BirthDate: "19710314", Sex: "F"},
		Dossier: cases.Dossier{
			History: long, ConservativeMonths: ptr(11), ConservativeCare: "Kinésithérapie, anti-inflammatoires, renforcement du tronc", PainBack: ptr(62), Deficit: "no",
			Contraindications: map[string]string{"pacemaker": "no", "clips": "unknown", "claustrophobia": "yes"}, PlannedSurgery: "fusion",
			Question: "L4-L5 est-il instable, et le signal Modic 1 de ses plateaux explique-t-il la douleur ? <script>alert(1)</script>", Numbering: "counted_from_sacrum"},
		Studies: []cases.Study{
			{UID: "1.2.3", Date: "20261102", Description: "IRM LOMBAIRE", Modalities: []string{"MR"}},
			{UID: "1.2.4", Date: "20260915", Description: "", Modalities: []string{"DX"}},
		},
		Findings: []annotations.Annotation{
			modic("2.25.10", "Dr Côté, Marie", annotations.InferiorOfCranial, "1", "1"),
			modic("2.25.11", "Dr Côté, Marie", annotations.SuperiorOfCaudal, "", "1/2"),
			{UID: "2.25.12", Rev: 2, Kind: annotations.DiscHeight, Author: "Dr Côté, Marie", Created: made, Modified: made, Level: "L4-L5", Decision: "1",
				Values: []annotations.Value{
					{Name: "height_anterior_mm", Value: 8, Unit: "mm", CI95: 1.4, Calibration: "PATIENT"}, {Name: "dhi", Value: 0.18841, Unit: "1", CI95: 0.029, Method: "DHI7"},
					{Name: "loss_percent", Value: 31.89, Unit: "%", CI95: 13.6, Method: "DHI7"},
				},
				Suggestion: &annotations.Suggestion{Type: "1", Rule: "loss 31.9 % >= 25 %", Version: "1"}},
			{UID: "2.25.13", Rev: 1, Kind: annotations.Instability, Author: "Dr Côté, Marie", Created: made, Modified: made, Level: "L4-L5", Decision: "indeterminate",
				Values: []annotations.Value{
					{Name: "translation_percent", Value: 16, Unit: "%", CI95: 5.6}, {Name: "translation_mm", Value: 7.05, Unit: "mm", CI95: 2.45, Calibration: "DETECTOR_PLANE"},
					{Name: "rotation_procrustes_deg", Value: 18, Unit: "deg", CI95: 2.5, Method: "Procrustes"},
					{Name: "slip_mm", Value: 8.25, Unit: "mm", CI95: 1.4, Calibration: "DETECTOR_PLANE", Role: "flexion"},
				},
				Suggestion: &annotations.Suggestion{Type: "indeterminate", Rule: "T% 16.0 +/- 5.6", Version: "1", Criteria: []annotations.Criterion{
					{Set: "White & Panjabi", Quantity: "translation_percent", Limit: 15, Verdict: "indeterminate"},
					{Set: "White & Panjabi", Quantity: "rotation_procrustes_deg", Limit: 20, Verdict: "indeterminate"},
					{Set: "Iguchi 2004", Quantity: "translation_mm", Limit: 3, Verdict: "met"},
					{Set: "Hanley 1995", Quantity: "rotation_procrustes_deg", Limit: 10, Verdict: "not met"},
				}, Warnings: []string{"some-new-warning|EXTENSION|1.0"}}},
			{UID: "2.25.14", Rev: 1, Kind: annotations.Instability, Author: "Dr Nguyễn, Đức", Created: made, Modified: made, Level: "L5-S1", Decision: "not met"},
			{UID: "2.25.15", Rev: 1, Kind: annotations.Distance, Author: "Dr Côté, Marie", Created: made, Modified: made, Label: "canal", Values: []annotations.Value{{Name: "length", Value: 11.26, Unit: "mm", Calibration: "PATIENT"}}},
		},
		Signatures: []cases.Signature{{Reviewer: "Dr Côté, Marie", Signed: made, Digest: strings.Repeat("a1b2", 16)}, {Reviewer: "Dr Nguyễn, Đức", Signed: made, Digest: strings.Repeat("c3d4", 16), Stale: true}},
	}
	t1, t2 := stack("T1", 96, 80, 5), stack("T2", 96, 80, 5)
	return report.Input{
		Case: c, Author: "Clinique du rachis, Québec", Date: day, Product: "Rachis 0.1.0",
		Languages: []report.Texts{lang.In("fr"), lang.In("en")},
		Exams: []report.Exam{{StudyUID: "1.2.3", Date: "20261102", Description: "IRM LOMBAIRE", Institution: "Hôpital <b>X</b>", Equipment: "SIEMENS Aera", FieldStrength: 1.5, Accession: "A77",
			Series: []report.ExamSeries{{Modality: "MR", Description: "t1_tse_sag", Orientation: "SAG", Weighting: "T1", Images: 15, Calibration: "PATIENT"}, {Modality: "MR", Description: "t2_tse_sag", Orientation: "SAG", Weighting: "T2", Images: 15}}},
			{StudyUID: "1.2.4", Date: "20260915", Series: []report.ExamSeries{{Modality: "DX", View: "FLEXION", Images: 1, Calibration: "DETECTOR_PLANE"}, {Modality: "DX", View: "EXTENSION", Images: 1, Calibration: "DETECTOR_PLANE"}}}},
		Pictures: []report.Picture{
			{Data: picture(t, 300, 320, 200), Level: "L4-L5", Findings: []string{"2.25.10", "2.25.11"}, Image: t1.Slices[2].Image, Author: "Dr Côté, Marie", Shot: shot("T1"), Number: 8, Of: 15},
			{Data: picture(t, 300, 320, 120), Level: "L4-L5", Findings: []string{"2.25.12"}, Image: t2.Slices[2].Image, Shot: shot("T2"), Number: 8, Of: 15, Caption: long},
			{Data: picture(t, 400, 500, 20), Level: "L4-L5", Findings: []string{"2.25.13"}, Shot: report.Shot{Modality: "DX", View: "FLEXION", Date: "20260915"}, Notes: []string{"lossy|JPEG 12:1"}},
			{Data: []byte("no picture"), Caption: "cassée"},
			{Problem: "format|JPEG XL", Level: "L5-S1"},
		},
		Series: []report.Series{t1, t2}, PDF: "REPORT/REPORT.PDF",
	}
}

// bare is a case in which nothing is known.
func bare() report.Input {
	return report.Input{Date: day, Product: "Rachis 0.1.0", Languages: []report.Texts{lang.In("en")}}
}

// pixels are points from their columns and rows in turn.
func pixels(v ...float64) (out []space.Pixel) {
	for i := 0; i+1 < len(v); i += 2 {
		out = append(out, space.Pixel{Col: v[i], Row: v[i+1]})
	}
	return out
}
