package spine

import (
	"fmt"
	"slices"
	"strings"
)

// measureInstability answers for a segment on its films.
func measureInstability(input []byte) (Motion, error) {
	var in struct {
		remarks
		Segment     string   `json:"segment"`
		PixelOrigin string   `json:"pixel_origin"`
		Sigma       *float64 `json:"sigma_mm"`
		Sets        []string `json:"criteria_sets"`
		Films       []struct {
			remarks
			viewInput
			Position  string `json:"position"`
			Vertebrae marks  `json:"vertebrae"`
		} `json:"films"`
	}
	if err := decode(input, &in); err != nil {
		return Motion{}, err
	}
	var m MotionInput
	var shift float64
	err := first(
		func() (err error) { m.Segment, err = readDisc("segment", in.Segment); return },
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { m.Sigma, err = sigma(in.Sigma); return },
	)
	if err != nil {
		return Motion{}, err
	}
	for i, s := range in.Sets {
		if SetStatus(s) == "" {
			return Motion{}, fieldError(fmt.Sprintf("criteria_sets[%d]", i), "there is no set %q: %s there are", s, strings.Join(CriteriaSets(), ", "))
		}
	}
	m.Sets = in.Sets
	if len(in.Films) == 0 {
		return Motion{}, fieldError("films", "there is none")
	}
	for i, f := range in.Films {
		field := fmt.Sprintf("films[%d]", i)
		switch f.Position {
		case Flexion, Extension, Neutral:
		case "":
			return Motion{}, fieldError(field+".position", "it is missing")
		default:
			return Motion{}, fieldError(field+".position", "%q is neither FLEXION nor EXTENSION nor NEUTRAL", f.Position)
		}
		if slices.ContainsFunc(m.Films, func(g Film) bool { return g.Position == f.Position }) {
			return Motion{}, fieldError(field+".position", "there is another film in %s", f.Position)
		}
		view, err := f.viewInput.read()
		if err != nil {
			return Motion{}, within(field, err)
		}
		v, err := f.Vertebrae.read(shift)
		if err != nil {
			return Motion{}, within(field, err)
		}
		m.Films = append(m.Films, Film{Position: f.Position, View: view, Vertebrae: v})
	}
	out, err := MeasureMotion(m)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}

// first returns the first error of the steps and does no more after it.
func first(steps ...func() error) error {
	for _, s := range steps {
		if err := s(); err != nil {
			return err
		}
	}
	return nil
}

func spokenList(codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = English(c)
	}
	return out
}
