package spine

import (
	"errors"
	"fmt"
)

// MarkedFilm is a film with the corners that are known on it, as `rachis register` reads it.
type MarkedFilm struct {
	Position  string // Flexion or Extension
	Vertebrae map[string]Landmarks
	// Shift is what was added to the input's coordinates: 0.5 where its origin is a pixel's centre, 0 where it is a pixel's corner.
	Shift float64
	// Others tells that the input has corners on another film too, which are not used.
	Others bool
}

// ReadMarkedFilm reads the landmarks of one film: the input of `rachis measure instability` with one film that has vertebrae, or such a
// film by itself with its pixel_origin. Of several films with vertebrae the first is taken. Input that makes no sense gives an error that names
// the field.
func ReadMarkedFilm(input []byte) (MarkedFilm, error) {
	type film struct {
		remarks
		viewInput
		Position  string `json:"position"`
		Vertebrae marks  `json:"vertebrae"`
	}
	var in struct {
		film
		Segment     string   `json:"segment"`
		PixelOrigin string   `json:"pixel_origin"`
		Sigma       *float64 `json:"sigma_mm"`
		Films       []film   `json:"films"`
	}
	if err := decode(input, &in); err != nil {
		return MarkedFilm{}, err
	}
	shift, err := origin(in.PixelOrigin)
	if err != nil {
		return MarkedFilm{}, err
	}
	out := MarkedFilm{Shift: shift}
	list, name := in.Films, func(i int) string { return fmt.Sprintf("films[%d].", i) }
	if len(list) == 0 {
		list, name = []film{in.film}, func(int) string { return "" }
	} else if len(in.film.Vertebrae) > 0 {
		return out, errors.New("vertebrae: there are films too: which ones are meant?")
	}
	for i, f := range list {
		if len(f.Vertebrae) == 0 {
			continue
		}
		if out.Vertebrae != nil {
			out.Others = true
			continue
		}
		switch f.Position {
		case Flexion, Extension:
		case "":
			return out, fieldError(name(i)+"position", "it is missing: FLEXION or EXTENSION")
		default:
			return out, fieldError(name(i)+"position", "%q is neither FLEXION nor EXTENSION", f.Position)
		}
		if out.Vertebrae, err = f.Vertebrae.read(shift); err != nil {
			return out, fmt.Errorf("%s%w", name(i), err)
		}
		out.Position = f.Position
	}
	if out.Vertebrae == nil {
		return out, fieldError("vertebrae", "there is none")
	}
	return out, nil
}
