package phantom

import (
	"fmt"

	"rachis/dicomio/space"
)

// truth tells everything that is known before a pixel is painted.
func (o Options) truth(mr spine) *Truth {
	t := &Truth{Generator: "rachis phantom 1", Seed: o.Seed, Noise: o.Noise, PixelOrigin: "corner", Patient: patient}
	t.MR = MR{
		StudyInstanceUID: o.uid("MR"), FrameOfReferenceUID: o.uid("MR", "frame"), Series: map[string]*Series{},
		Vertebrae: map[string]Body{}, Discs: mr.discs(true),
		Reference: map[string]Region{}, CSF: map[string]Region{}, Fat: map[string]Region{},
	}
	for i := iT12; i <= iS1; i++ {
		t.MR.Vertebrae[shapes[i].name] = mr.body(i)
	}
	for _, q := range sequences {
		t.MR.Series[q.name] = o.series(q, mr)
	}
	regions := func(p []pt) map[string]Region {
		out := map[string]Region{}
		for _, q := range sequences {
			s := t.MR.Series[q.name]
			r := Region{SeriesInstanceUID: s.SeriesInstanceUID, SOPInstanceUID: s.Images[s.Middle].SOPInstanceUID}
			for _, x := range p {
				px, _ := q.plane(0).FromPatient(lps(x))
				r.Polygon = append(r.Polygon, Point{px})
			}
			out[q.name] = r
		}
		return out
	}
	c := mr.canal()
	l3 := mr.v[iL3]
	t.MR.Reference = regions(thin(oval(l3.at(0.55, 0.74, 1), 8, 4.2, l3.mid), 20))
	// Behind L2, in front of the roots.
	k := float64(2 * iL2)
	t.MR.CSF = regions(thin(c.band(k-0.35, k+0.35, func(k float64) float64 { return sacFront(k) + 1.4 }, func(k float64) float64 { return sacFront(k) + 4.4 }), 14))
	t.MR.Fat = regions(thin(oval(pt{skinAt(10) + 9, 10}, 4, 12, 0), 16))
	for _, l := range lesions {
		endplate := "inf_of_cranial"
		if l.superior {
			endplate = "sup_of_caudal"
		}
		polygon := l.region(mr)
		out := Lesion{Level: l.level, Vertebra: shapes[l.vertebra].name, Endplate: endplate, Type: l.kind,
			Extent: places(l.outline(mr, 0, 0, 0)), Polygon: places(polygon), Regions: regions(polygon), References: regions(l.reference(mr)),
			Ratios: map[string]float64{}}
		for _, q := range sequences {
			out.Ratios[q.name] = round(signals[lesionTissue[l.kind]][q.w] / signals[marrow][q.w])
		}
		t.MR.Lesions = append(t.MR.Lesions, out)
	}
	o.films(t)
	return t
}

func places(p []pt) []Place {
	out := make([]Place, len(p))
	for i, q := range p {
		out[i] = Place{lps(q)}
	}
	return out
}

// body returns a vertebra's corners in the patient.
func (s spine) body(i int) Body {
	b := s.v[i]
	out := Body{SA: Place{lps(b.SA)}, SP: Place{lps(b.SP)}, SM: Place{lps(b.SM())}}
	if i < iS1 {
		out.IA, out.IP, out.IM = Place{lps(b.IA)}, Place{lps(b.IP)}, Place{lps(b.IM())}
	}
	return out
}

// corners returns a vertebra's corners on a picture.
func (s spine) corners(i int, pixel func(pt) space.Pixel) Vertebra {
	b := s.v[i]
	at := func(p pt) Point { return Point{pixel(p)} }
	out := Vertebra{SA: at(b.SA), SP: at(b.SP), SM: at(b.SM())}
	if i < iS1 {
		out.IA, out.IP, out.IM = at(b.IA), at(b.IP), at(b.IM())
	}
	return out
}

func (o Options) series(q sequence, mr spine) *Series {
	s := &Series{SeriesInstanceUID: o.uid("MR", q.name), SeriesNumber: q.number, Description: q.description, Rows: q.matrix, Columns: q.matrix,
		Spacing: space.Spacing{BetweenRows: q.spacing, BetweenColumns: q.spacing}, SliceSpacing: sliceSpacing, Middle: q.slices / 2,
		Vertebrae: map[string]Vertebra{}}
	for i := range q.slices {
		s.Images = append(s.Images, Image{
			Path:           fmt.Sprintf("MR/%s/IM%06d.dcm", q.name, i+1),
			SOPInstanceUID: o.uid("MR", q.name, fmt.Sprint(i)),
			X:              round(float64(i-q.slices/2) * sliceSpacing),
		})
	}
	plane := q.plane(0)
	for i := iT12; i <= iS1; i++ {
		s.Vertebrae[shapes[i].name] = mr.corners(i, func(p pt) space.Pixel {
			px, _ := plane.FromPatient(lps(p))
			return px
		})
	}
	return s
}

func (o Options) films(t *Truth) {
	t.Films = map[string]*Film{}
	study := o.uid("DX")
	for n, r := range radiographs {
		s := r.posture.place()
		c := r.frame()
		f := &Film{Position: r.position, StudyInstanceUID: study, SeriesInstanceUID: o.uid("DX", r.position), SeriesNumber: n + 1,
			Image: Image{Path: "DX/" + r.token + "/IM000001.dcm", SOPInstanceUID: o.uid("DX", r.position, "1")},
			Rows:  filmRows, Columns: filmColumns, ImagerSpacing: space.Spacing{BetweenRows: imager, BetweenColumns: imager},
			Magnification: r.magnification, Spacing: space.Spacing{BetweenRows: r.spacing(), BetweenColumns: r.spacing()},
			Vertebrae: map[string]Vertebra{}, Discs: s.discs(false)}
		for i := iT12; i <= iS1; i++ {
			f.Vertebrae[shapes[i].name] = s.corners(i, func(p pt) space.Pixel {
				col, row := c.pixel(p)
				return space.Pixel{Col: col, Row: row}
			})
		}
		t.Films[r.position] = f
	}
	t.Instability = motions(t.Films["FLEXION"].Discs, t.Films["EXTENSION"].Discs)
}

// Known is what truth.json will hold, without the files.
func (o Options) Known() *Truth { return o.truth(supine.solved().place()) }
