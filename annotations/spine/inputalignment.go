package spine

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"rachis/dicomio/space"
)

// measureAlignment answers for the sagittal alignment of one lateral image.
func measureAlignment(input []byte) (Alignment, error) {
	var in struct {
		remarks
		viewInput
		PixelOrigin string   `json:"pixel_origin"`
		Sigma       *float64 `json:"sigma_mm"`
		Posture     string   `json:"posture"`
		Vertebrae   marks    `json:"vertebrae"`
		Heads       []struct {
			Centre []float64 `json:"centre"`
			Rim    []float64 `json:"rim"`
		} `json:"femoral_heads"`
	}
	if err := decode(input, &in); err != nil {
		return Alignment{}, err
	}
	a := AlignmentInput{Posture: in.Posture}
	var shift float64
	err := first(
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { a.Sigma, err = sigma(in.Sigma); return },
		func() (err error) { a.View, err = in.viewInput.read(); return },
		func() (err error) { a.Vertebrae, err = in.Vertebrae.read(shift); return },
	)
	if err != nil {
		return Alignment{}, err
	}
	if a.Posture != "" && !slices.Contains(Postures, a.Posture) {
		return Alignment{}, fieldError("posture", "%q is none: %s are", a.Posture, strings.Join(Postures, ", "))
	}
	if len(in.Heads) > 2 {
		return Alignment{}, fieldError("femoral_heads", "there are %d", len(in.Heads))
	}
	for i, h := range in.Heads {
		field := fmt.Sprintf("femoral_heads[%d].", i)
		var head FemoralHead
		if head.Centre, err = readPoint(field+"centre", h.Centre, shift); err != nil {
			return Alignment{}, err
		}
		if h.Rim != nil {
			rim, err := readPoint(field+"rim", h.Rim, shift)
			if err != nil {
				return Alignment{}, err
			}
			head.Rim = &rim
		}
		a.Heads = append(a.Heads, head)
	}
	out, err := MeasureAlignment(a)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}

// readPoint checks one point; shift is added to its coordinates.
func readPoint(field string, p []float64, shift float64) (space.Pixel, error) {
	if len(p) != 2 {
		return space.Pixel{}, fieldError(field, "a point is [column, row], two numbers: %d stand there", len(p))
	}
	for _, x := range p {
		if !(math.Abs(x) <= largest) {
			return space.Pixel{}, fieldError(field, "%g lies on no image", x)
		}
	}
	return space.Pixel{Col: p[0] + shift, Row: p[1] + shift}, nil
}
