package spine

import "slices"

// roiInput is the signal in a region.
type roiInput struct {
	Mean *float64 `json:"mean"`
	SD   *float64 `json:"sd"`
	N    int      `json:"n"`
}

// brightest bounds signals: no image stores more.
const brightest = 1e12

func (r *roiInput) read(field string, reference bool) (ROI, error) {
	switch {
	case r == nil:
		return ROI{}, fieldError(field, "it is missing")
	case r.Mean == nil:
		return ROI{}, fieldError(field+".mean", "it is missing")
	case reference && !(*r.Mean > 0):
		return ROI{}, fieldError(field+".mean", "%g: normal marrow has a signal above 0", *r.Mean)
	case *r.Mean < 0:
		return ROI{}, fieldError(field+".mean", "%g: a signal is not below 0", *r.Mean)
	case reference && r.SD == nil:
		return ROI{}, fieldError(field+".sd", "it is missing")
	case reference && !(*r.SD > 0):
		return ROI{}, fieldError(field+".sd", "%g: the contrast is in units of the marrow's own SD, which is above 0", *r.SD)
	case *r.Mean > brightest:
		return ROI{}, fieldError(field+".mean", "%g: no image has such a signal", *r.Mean)
	case r.SD != nil && *r.SD < 0:
		return ROI{}, fieldError(field+".sd", "%g: a standard deviation is not below 0", *r.SD)
	case r.N < 0:
		return ROI{}, fieldError(field+".n", "%d pixels", r.N)
	}
	out := ROI{Mean: *r.Mean, N: r.N}
	if r.SD != nil {
		out.SD = *r.SD
	}
	return out, nil
}

type signalInput struct {
	Lesion        *roiInput `json:"lesion"`
	Reference     *roiInput `json:"reference"`
	CSF           *float64  `json:"csf_mean"`
	Fat           *float64  `json:"fat_mean"`
	FatSuppressed bool      `json:"fat_suppressed"`
	High          *bool     `json:"high"` // STIR only
}

func (s *signalInput) read(field string) (*Signal, error) {
	if s == nil {
		return nil, nil
	}
	out := &Signal{CSF: s.CSF, Fat: s.Fat, FatSuppressed: s.FatSuppressed}
	for _, x := range []struct {
		name string
		v    *float64
	}{{"csf_mean", s.CSF}, {"fat_mean", s.Fat}} {
		if x.v != nil && !(*x.v >= 0) {
			return nil, fieldError(field+"."+x.name, "%g: a signal is not below 0", *x.v)
		}
	}
	var err error
	if out.Lesion, err = s.Lesion.read(field+".lesion", false); err != nil {
		return nil, err
	}
	out.Reference, err = s.Reference.read(field+".reference", true)
	return out, err
}

// measureModic answers for a lesion.
func measureModic(input []byte) (ModicResult, error) {
	var in struct {
		remarks
		T1   *signalInput `json:"t1"`
		T2   *signalInput `json:"t2"`
		STIR *signalInput `json:"stir"`
		Tau  *float64     `json:"tau"`
		K    *float64     `json:"k"`
		// Signs of an infection; all may be left out.
		Extent            *float64 `json:"oedema_percent"`
		Contour           string   `json:"endplate_contour"`
		DiscFluidBright   bool     `json:"disc_fluid_bright"`
		ParavertebralMass bool     `json:"paravertebral_mass"`
		// Voxels are values of the lesion's pixels, at the same places on each sequence.
		Voxels *struct {
			T1   []float64 `json:"t1"`
			T2   []float64 `json:"t2"`
			STIR []float64 `json:"stir"`
		} `json:"voxels"`
		// Size is the lesion's outline against its vertebral body; it may stand alone.
		Size *sizeInput `json:"size"`
	}
	if err := decode(input, &in); err != nil {
		return ModicResult{}, err
	}
	m := ModicInput{Signs: Signs{in.Extent, in.Contour, in.DiscFluidBright, in.ParavertebralMass}}
	size, err := in.Size.read()
	if err != nil {
		return ModicResult{}, within("size", err)
	}
	if size != nil && in.T1 == nil && in.T2 == nil && in.STIR == nil { // no signal: the size alone
		return ModicResult{Type: Indeterminate, Alternatives: []string{}, Flags: []string{}, Warnings: append([]string{English("no-t1")}, size.remarks()...), Size: size}, nil
	}
	if in.T1 == nil {
		return ModicResult{}, fieldError("t1", "it is missing: every type rests on T1")
	}
	for _, x := range []struct {
		name     string
		v        *float64
		to       *float64
		low, top float64
	}{{"tau", in.Tau, &m.Tau, minTau, maxTau}, {"k", in.K, &m.K, minK, maxK}} {
		if x.v == nil {
			continue
		}
		if !(*x.v >= x.low && *x.v <= x.top) {
			return ModicResult{}, fieldError(x.name, "%g: between %g and %g is possible", *x.v, x.low, x.top)
		}
		*x.to = *x.v
	}
	if in.Extent != nil && !(*in.Extent >= 0 && *in.Extent <= 100) {
		return ModicResult{}, fieldError("oedema_percent", "%g: between 0 and 100 is possible", *in.Extent)
	}
	if !slices.Contains([]string{"", "normal", "irregular", "blurred", "destructive"}, in.Contour) {
		return ModicResult{}, fieldError("endplate_contour", "%q is neither normal nor irregular nor blurred nor destructive", in.Contour)
	}
	for name, s := range map[string]*signalInput{"t1": in.T1, "t2": in.T2} {
		if s != nil && s.High != nil {
			return ModicResult{}, fieldError(name+".high", "only stir can be given so")
		}
	}
	if in.T1.FatSuppressed {
		return ModicResult{}, fieldError("t1.fat_suppressed", "a T1 without fat shows no Modic type")
	}
	if m.T1, err = in.T1.read("t1"); err != nil {
		return ModicResult{}, err
	}
	if m.T2, err = in.T2.read("t2"); err != nil {
		return ModicResult{}, err
	}
	if s := in.STIR; s != nil && s.High != nil {
		if s.Lesion != nil || s.Reference != nil {
			return ModicResult{}, fieldError("stir.high", "there are measured regions too: which of them are meant?")
		}
		m.STIRHigh = s.High
	} else if m.STIR, err = s.read("stir"); err != nil {
		return ModicResult{}, err
	}
	if v := in.Voxels; v != nil {
		switch {
		case m.T2 == nil:
			return ModicResult{}, fieldError("voxels", "there is no t2 to compare them with")
		case len(v.T1) == 0 || len(v.T2) != len(v.T1):
			return ModicResult{}, fieldError("voxels", "t1 has %d values and t2 %d: they are of the same places", len(v.T1), len(v.T2))
		case v.STIR != nil && (m.STIR == nil || len(v.STIR) != len(v.T1)):
			return ModicResult{}, fieldError("voxels.stir", "%d values, for %d places and a measured stir", len(v.STIR), len(v.T1))
		}
		m.Voxels = &Voxels{v.T1, v.T2, v.STIR}
	}
	out := Modic(m)
	out.Size = size
	out.round()
	out.Warnings = append(spokenList(out.Warnings), size.remarks()...)
	return out, nil
}
