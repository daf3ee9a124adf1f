package spine

import "maps"

// discInput is a disc, by landmarks or by lengths.
type discInput struct {
	Vertebrae marks `json:"vertebrae"`
	lengthsInput
}

type lengthsInput struct {
	Anterior   *float64 `json:"height_anterior_mm"`
	Posterior  *float64 `json:"height_posterior_mm"`
	DepthAbove *float64 `json:"depth_superior_mm"`
	DepthBelow *float64 `json:"depth_inferior_mm"`
}

func (l lengthsInput) given() bool {
	return l.Anterior != nil || l.Posterior != nil || l.DepthAbove != nil || l.DepthBelow != nil
}

func (l lengthsInput) read() (*DiscLengths, error) {
	var out DiscLengths
	for _, f := range []struct {
		name     string
		v        *float64
		to       *float64
		positive bool
	}{
		{"height_anterior_mm", l.Anterior, &out.Anterior, false}, {"height_posterior_mm", l.Posterior, &out.Posterior, false},
		{"depth_superior_mm", l.DepthAbove, &out.DepthAbove, true}, {"depth_inferior_mm", l.DepthBelow, &out.DepthBelow, true},
	} {
		switch {
		case f.v == nil:
			return nil, fieldError(f.name, "it is missing")
		case *f.v < 0 || *f.v > 1000 || f.positive && *f.v == 0:
			return nil, fieldError(f.name, "%g mm is no length of a spine", *f.v)
		}
		*f.to = *f.v
	}
	return &out, nil
}

// measureDiscHeight answers for a disc.
func measureDiscHeight(input []byte) (Height, error) {
	var in struct {
		remarks
		viewInput
		Disc        string        `json:"disc"`
		PixelOrigin string        `json:"pixel_origin"`
		Sigma       *float64      `json:"sigma_mm"`
		Vertebrae   marks         `json:"vertebrae"`
		Target      *lengthsInput `json:"target"`
		Reference   *struct {
			remarks
			viewInput
			discInput
			Disc string `json:"disc"`
		} `json:"reference"`
	}
	if err := decode(input, &in); err != nil {
		return Height{}, err
	}
	var h HeightInput
	var shift float64
	err := first(
		func() (err error) { h.Target.Disc, err = readDisc("disc", in.Disc); return },
		func() (err error) { shift, err = origin(in.PixelOrigin); return },
		func() (err error) { h.Sigma, err = sigma(in.Sigma); return },
		func() (err error) { h.Target.View, err = in.viewInput.read(); return },
	)
	if err != nil {
		return Height{}, err
	}
	switch {
	case in.Target != nil && in.Vertebrae != nil:
		return Height{}, fieldError("target", "there are vertebrae too: which of them is meant?")
	case in.Target != nil:
		if h.Target.Lengths, err = in.Target.read(); err != nil {
			return Height{}, within("target", err)
		}
	default:
		v, err := in.Vertebrae.read(shift)
		if err != nil {
			return Height{}, err
		}
		if err := h.Target.take(v); err != nil {
			return Height{}, err
		}
	}
	if r := in.Reference; r != nil {
		reference := DiscMarks{View: h.Target.View}
		if reference.Disc, err = readDisc("disc", r.Disc); err != nil {
			return Height{}, within("reference", err)
		}
		own := r.viewInput.stated() // it is on another image
		if own {
			if reference.View, err = r.viewInput.read(); err != nil {
				return Height{}, within("reference", err)
			}
		}
		switch {
		case r.Vertebrae != nil && r.given():
			return Height{}, fieldError("reference", "there are vertebrae and lengths: which of them are meant?")
		case r.given():
			if reference.Lengths, err = r.lengthsInput.read(); err != nil {
				return Height{}, within("reference", err)
			}
		default:
			v, err := r.Vertebrae.read(shift)
			if err != nil {
				return Height{}, within("reference", err)
			}
			if !own && reference.Disc != h.Target.Disc && in.Vertebrae != nil {
				if v, err = in.Vertebrae.behind(v, shift); err != nil {
					return Height{}, err
				}
			}
			if err := reference.take(v); err != nil {
				return Height{}, within("reference", err)
			}
		}
		h.Reference = &reference
	}
	out, err := MeasureHeight(h)
	if err != nil {
		return out, err
	}
	out.round()
	out.Warnings = spokenList(out.Warnings)
	return out, nil
}

// behind returns the landmarks in front with those of m where they lack any: what two discs of one image share is marked once.
func (m marks) behind(front map[string]Landmarks, shift float64) (map[string]Landmarks, error) {
	back, err := m.read(shift)
	if err != nil {
		return nil, err
	}
	for name, l := range front {
		if back[name] == nil {
			back[name] = Landmarks{}
		}
		maps.Copy(back[name], l)
	}
	return back, nil
}

// take gives the disc its two vertebrae.
func (d *DiscMarks) take(v map[string]Landmarks) error {
	d.Upper, d.Lower = v[d.Disc.Upper], v[d.Disc.Lower]
	for _, name := range []string{d.Disc.Upper, d.Disc.Lower} {
		if len(v[name]) == 0 {
			return problem(name, "vertebra-missing", name)
		}
	}
	return nil
}
