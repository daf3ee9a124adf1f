package evaluate

import (
	"cmp"
	"math"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// mark returns the first mark, which must have so many points, with its picture.
func (e *evaluation) mark(points int) (annotations.Mark, picture, error) {
	if len(e.a.Marks) == 0 || len(e.a.Marks[0].Points) < points {
		e.warn("points-missing")
		return annotations.Mark{}, picture{}, errNothing
	}
	p, err := e.picture(e.a.Marks[0].Image)
	return e.a.Marks[0], p, err
}

// errNothing ends an evaluation whose warnings have said why.
var errNothing = absence{}

type absence struct{}

func (absence) Error() string { return "there is nothing to measure" }

// line measures a distance or an angle.
func (e *evaluation) line() error {
	points := map[annotations.Kind]int{annotations.Distance: 2, annotations.Angle: 3, annotations.Cobb: 4}[e.a.Kind]
	m, p, err := e.mark(points)
	if err != nil {
		return err
	}
	scale, at := p.scale(), m.Points
	switch e.a.Kind {
	case annotations.Distance:
		e.reservations(p)
		if v, ok := measure.Length(at[0], at[1], scale); ok {
			length := annotations.Value{Name: "length", Value: v, Unit: scale.LengthUnit(), Calibration: p.state()}
			if p.view.Source != "" { // of a reviewer's own scale: both ends along the line, and the scale
				length.CI95 = 1.96 * math.Hypot(math.Sqrt2*cmp.Or(e.hand(), spine.SigmaTranslation), p.view.Deviation*v)
			}
			e.give(length)
		}
		return nil
	case annotations.Angle:
		if v, ok := measure.Angle(at[0], at[1], at[2], scale); ok {
			e.give(annotations.Value{Name: "angle", Value: v, Unit: measure.Degree})
		}
	case annotations.Cobb:
		if v, ok := measure.Cobb(at[0], at[1], at[2], at[3], scale); ok {
			e.give(annotations.Value{Name: "angle", Value: v, Unit: measure.Degree, Method: "Cobb"})
		}
	}
	if scale.Oblong && !scale.Calibrated() {
		e.warn("pixels-not-square")
	}
	return nil
}

// region measures a region and the values in it.
func (e *evaluation) region() error {
	points := 2
	if e.a.Kind == annotations.Polygon {
		points = 3
	}
	m, p, err := e.mark(points)
	if err != nil {
		return err
	}
	frame, err := e.images.Frame(e.ctx, p.stack.Slices[p.at])
	if err != nil {
		return absentError("image-unreadable")
	}
	region := shape(e.a.Kind, m.Points)
	e.reservations(p)
	e.outline(region, p, "")
	values, unit, ok := samples(frame)
	if !ok {
		e.warn("colour-image")
		return nil
	}
	s, ok := values.Measure(region)
	if !ok {
		e.warn("region-empty")
		return nil
	}
	e.give(annotations.Value{Name: "mean", Value: s.Mean, Unit: unit})
	if sd, ok := s.SD(); ok {
		e.give(annotations.Value{Name: "sd", Value: sd, Unit: unit})
	}
	e.give(annotations.Value{Name: "min", Value: s.Min, Unit: unit})
	e.give(annotations.Value{Name: "max", Value: s.Max, Unit: unit})
	e.give(annotations.Value{Name: "n", Value: float64(s.N), Unit: "1"})
	return nil
}

func shape(kind annotations.Kind, points []space.Pixel) measure.Region {
	switch kind {
	case annotations.Rectangle:
		return measure.Box{A: points[0], B: points[1]}
	case annotations.Ellipse:
		return measure.Oval{A: points[0], B: points[1]}
	}
	return measure.Ring(points)
}

// outline gives the area and the perimeter of a region.
func (e *evaluation) outline(r measure.Region, p picture, role string) {
	scale := p.scale()
	if v, ok := r.Area(scale); ok {
		e.give(annotations.Value{Name: "area", Value: v, Unit: scale.AreaUnit(), Calibration: p.state(), Role: role})
	} else {
		e.warn("region-crossed")
	}
	if v, ok := r.Perimeter(scale); ok {
		e.give(annotations.Value{Name: "perimeter", Value: v, Unit: scale.LengthUnit(), Calibration: p.state(), Role: role})
	}
}
