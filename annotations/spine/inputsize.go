package spine

import (
	"math"

	"rachis/dicomio/space"
)

// sizeInput is the outline of a lesion and the four corners of the vertebral body that it lies in, on one image.
type sizeInput struct {
	remarks
	viewInput
	PixelOrigin string               `json:"pixel_origin"`
	Endplate    string               `json:"endplate"` // "inferior" or "superior": which endplate of the body the lesion is at
	Body        map[string][]float64 `json:"body"`
	Outline     [][]float64          `json:"lesion"`
}

// Size is the answer: a lesion's size in percent of its vertebral body (M 1.2).
type Size struct {
	Area        float64  `json:"area_percent"`
	Height      float64  `json:"height_percent"`
	HeightClass int      `json:"max_height_class"` // 1 below 25 %, 2 to 50 %, 3 above
	AP          float64  `json:"ap_percent"`
	Zones       []string `json:"zones"` // posterior, central, anterior
}

func (s *sizeInput) read() (*Size, error) {
	if s == nil {
		return nil, nil
	}
	shift, err := origin(s.PixelOrigin)
	if err != nil {
		return nil, err
	}
	view, err := s.viewInput.read()
	if err != nil {
		return nil, err
	}
	superior := s.Endplate == "superior"
	if !superior && s.Endplate != "inferior" {
		return nil, fieldError("endplate", "%q is neither inferior nor superior", s.Endplate)
	}
	const body = "L1" // the corners are those of one vertebra, whichever it is
	corners, err := marks{body: s.Body}.read(shift)
	if err != nil {
		return nil, fieldError("body", "%w", err)
	}
	for c := SA; c <= IA; c++ {
		if _, ok := corners[body][c]; !ok {
			return nil, fieldError("body."+c.String(), "it is missing")
		}
	}
	var outline []space.Pixel
	for i, p := range s.Outline {
		if len(p) != 2 || !(math.Abs(p[0]) <= largest) || !(math.Abs(p[1]) <= largest) {
			return nil, fieldError("lesion", "point %d is not [column, row] on an image", i)
		}
		outline = append(outline, space.Pixel{Col: p[0] + shift, Row: p[1] + shift})
	}
	settled, _ := view.settled()
	e, ok := LesionExtent(corners[body], outline, superior, settled.scale())
	if !ok {
		return nil, fieldError("lesion", "there is nothing to measure: the outline has no area, or the corners of the body are impossible")
	}
	out := &Size{Area: e.Area, Height: e.Height, HeightClass: max(HeightClass(e.Height), 1), AP: e.AP, Zones: []string{}}
	rounded(&out.Area, &out.Height, &out.AP)
	for _, z := range []struct {
		name string
		on   bool
	}{{"posterior", e.Posterior}, {"central", e.Central}, {"anterior", e.Anterior}} {
		if z.on {
			out.Zones = append(out.Zones, z.name)
		}
	}
	return out, nil
}

// remarks says in English what the size leaves open.
func (s *Size) remarks() []string {
	if s == nil || s.AP > 0 {
		return nil
	}
	return []string{English("lesion-off-endplate")}
}
