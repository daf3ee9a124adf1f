package evaluate_test

import (
	"context"
	"math"
	"testing"

	"rachis/annotations/measure"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// From seeds all over the bodies of L2 to L5 of a real lumbar spine (0.3 T), T1 and T2, near both endplates and in the middle, a region stays in its body
// or is refused: it does not run through a basivertebral vein or an endplate into a disc, CSF or fat, also where the tolerance is dragged to half as much
// again. The corners of the bodies were placed by eye on the sixth slice, to some 2 mm.
func TestAGrownRegionStaysInARealBody(t *testing.T) {
	index, err := dicomio.Scan(context.Background(), []string{testData(t, "01_spine_mr_fileset")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string][4]space.Pixel{
		"L2": {{Col: 203, Row: 188}, {Col: 249, Row: 188}, {Col: 250, Row: 227}, {Col: 203, Row: 227}},
		"L3": {{Col: 201, Row: 243}, {Col: 249, Row: 238}, {Col: 252, Row: 277}, {Col: 203, Row: 281}},
		"L4": {{Col: 204, Row: 295}, {Col: 256, Row: 291}, {Col: 263, Row: 328}, {Col: 206, Row: 334}},
		"L5": {{Col: 212, Row: 348}, {Col: 264, Row: 338}, {Col: 269, Row: 373}, {Col: 220, Row: 386}},
	}
	images := evaluate.FromIndex(index)
	seen := 0
	for _, series := range index.Series() {
		for _, stack := range series.Stacks {
			if stack.Orientation != "SAG" || stack.Weighting != "T1" && stack.Weighting != "T2" {
				continue
			}
			for _, slice := range stack.Slices {
				if slice.Plane.Origin.X <= -16.5 || slice.Plane.Origin.X >= -15.5 {
					continue
				}
				f, err := images.Frame(t.Context(), slice)
				if err != nil {
					t.Fatal(err)
				}
				values, scale, ok := evaluate.Hand(f, slice.Plane)
				if !ok || !scale.Calibrated() {
					t.Fatal("no values in millimetres")
				}
				seen++
				for name, body := range bodies {
					marrow, _ := values.MeasurePixels(measure.Inside(measure.Ring(body[:]), values.Rows, values.Columns))
					for _, y := range []float64{0.12, 0.5, 0.88} {
						for _, x := range []float64{0.15, 0.5, 0.85} {
							at := func(of func(space.Pixel) float64) float64 {
								return (1-y)*((1-x)*of(body[0])+x*of(body[1])) + y*((1-x)*of(body[3])+x*of(body[2]))
							}
							seed := space.Pixel{Col: at(func(p space.Pixel) float64 { return p.Col }), Row: at(func(p space.Pixel) float64 { return p.Row })}
							tolerance, ok := values.Tolerance(seed)
							if !ok {
								t.Fatalf("%s: no tolerance at %v", name, seed)
							}
							if x, _ := values.Median(int(seed.Row)*values.Columns + int(seed.Col)); x < 0.6*marrow.Mean {
								continue // the seed lies in the endplate itself
							}
							for _, more := range []float64{1, 1.5} {
								p, leaks, ok := values.Grow(seed, measure.Growth{Tolerance: more * tolerance, Most: 25, Wide: 45, Tall: 35, Scale: scale})
								if !ok {
									if more == 1 || !leaks {
										t.Errorf("%s %s: nothing from %v at %v times the tolerance", stack.Weighting, name, seed, more)
									}
									continue
								}
								within := measure.Inside(measure.Ring(p), values.Rows, values.Columns)
								beyond := 0
								for _, i := range within.At {
									if outside(measure.Ring(body[:]), space.Pixel{Col: float64(i%values.Columns) + 0.5, Row: float64(i/values.Columns) + 0.5}) {
										beyond++
									}
								}
								if beyond > 40 {
									t.Errorf("%s %s: from %v at %v times the tolerance %d of %d pixels lie beyond the body", stack.Weighting, name, seed, more, beyond, len(within.At))
								}
							}
						}
					}
				}
			}
		}
	}
	if seen < 2 {
		t.Fatalf("%d images, not a T1 and a T2", seen)
	}
}

// outside says that a place is more than 3 pixels, 2 mm, from a body.
func outside(body measure.Ring, p space.Pixel) bool {
	for k := range 9 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 4)
		if k == 8 {
			sin, cos = 0, 0
		}
		if body.Contains(space.Pixel{Col: p.Col + 3*cos, Row: p.Row + 3*sin}) {
			return false
		}
	}
	return true
}
