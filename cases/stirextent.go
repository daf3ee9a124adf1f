package cases

import (
	"slices"

	"rachis/annotations"
)

// Limits of AIM's composite STIR3 (Kristoffersen 2021): abundant oedema at a disc. It describes; it grades nothing and decides no treatment.
const (
	stir3Volume    = 25.0 // percent of the body, at least
	stir3Height    = 50.0 // percent of the body, more than
	stir3Intensity = 25.0 // percent of the way from marrow to CSF, at least
	stirIncreased  = 10.0 // from which on an endplate counts as increased (methods.md 1.3 C)
)

// STIRExtent is what one reviewer's Modic findings of one examination tell of the oedema at a disc.
type STIRExtent struct {
	// Verdict is "met", "not met", or "unknown" where what is not measured would decide.
	Verdict string
	// Volume, Height and Most are those of the endplate that has the most, in percent; nil where not measured.
	Volume, Height, Most *float64
	// BothSides reports whether STIR is increased at both endplates; nil where only one was read.
	BothSides *bool
}

// three is a truth that may be unknown.
type three int

const (
	no three = iota
	unknown
	yes
)

// measured is the truth of a statement on a number, unknown where it was not measured.
func measured(v *float64, holds func(float64) bool) three {
	switch {
	case v == nil:
		return unknown
	case holds(*v):
		return yes
	}
	return no
}

// StirExtent reads AIM's composite from the findings at the level of a finding, by the same reviewer on the same examination: at one endplate a volume
// of 25 % of the body and a height above 50 % of it and a greatest increase of 25 %, and an increase at both. It is false where STIR is increased at
// neither, and for what is no Modic finding.
func StirExtent(findings []annotations.Annotation, a annotations.Annotation) (STIRExtent, bool) {
	if a.Kind != annotations.Modic || a.Level == "" || len(a.Marks) == 0 {
		return STIRExtent{}, false
	}
	study := a.Marks[0].Image.StudyInstanceUID
	var out STIRExtent
	one, increased := no, map[string]three{}
	for _, f := range findings {
		if f.Kind != annotations.Modic || f.Level != a.Level || f.Author != a.Author || f.Deleted || f.Repeats != "" || f.Endplate == "" || len(f.Marks) == 0 || f.Marks[0].Image.StudyInstanceUID != study {
			continue
		}
		of := func(name, role string, most **float64) *float64 {
			v, ok := f.Quantity(name, role)
			if !ok {
				return nil
			}
			if *most == nil || v.Value > **most {
				*most = &v.Value
			}
			return &v.Value
		}
		mean, ok := f.Quantity("percent", "STIR")
		up := unknown
		switch {
		case ok && mean.Value >= stirIncreased:
			up = yes
		case ok || f.Decision == "0":
			up = no
		}
		increased[f.Endplate] = max(increased[f.Endplate], up)
		if up == no {
			continue
		}
		all := slices.Min([]three{
			measured(of("volume_percent", "", &out.Volume), func(v float64) bool { return v >= stir3Volume }),
			measured(of("height_percent", "", &out.Height), func(v float64) bool { return v > stir3Height }),
			measured(of("stir_most_percent", "STIR", &out.Most), func(v float64) bool { return v >= stir3Intensity }),
		})
		one = max(one, all)
	}
	if !slices.Contains([]three{increased[annotations.InferiorOfCranial], increased[annotations.SuperiorOfCaudal]}, yes) {
		return STIRExtent{}, false
	}
	both := unknown // the other endplate was not read
	if len(increased) == 2 {
		both = min(increased[annotations.InferiorOfCranial], increased[annotations.SuperiorOfCaudal])
		if both != unknown {
			on := both == yes
			out.BothSides = &on
		}
	}
	out.Verdict = map[three]string{no: "not met", unknown: "unknown", yes: "met"}[min(one, both)]
	return out, true
}
