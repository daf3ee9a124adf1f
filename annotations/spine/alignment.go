package spine

import (
	"math"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// The sagittal alignment of the lumbar spine and the pelvis on one lateral image.
//
// Pelvic incidence, pelvic tilt and sacral slope are those of Duval-Beaupère (1992, Ann Biomed Eng 20:451) and Legaye (1998, Eur Spine J 7:99). The
// hip axis is the middle between the centres of both femoral heads. The incidence is the angle between the perpendicular to the superior endplate
// of S1 at its middle and the line from there to the hip axis; the tilt is that between this line and the vertical, positive where the hip axis
// lies in front of the endplate's middle; the slope is that between the endplate and the horizontal, positive where it falls to the front. It
// follows that the incidence is the sum of tilt and slope. Lordosis is as in M 3.4. No range is given as normal: M has none.

// Postures in which a film is taken: tilt, slope and lordosis depend on them, the incidence does not.
const (
	Standing = "STANDING"
	Sitting  = "SITTING"
	Lying    = "LYING"
	// Upright is what a file says that knows no more: standing or sitting.
	Upright = "UPRIGHT"
)

// Postures are all of them.
var Postures = []string{Standing, Sitting, Lying, Upright}

// FemoralHead is a femoral head on an image: the centre of the circle round it, and a point of the circle, nil where only the centre is known.
type FemoralHead struct {
	Centre space.Pixel
	Rim    *space.Pixel
}

// AlignmentInput is one lateral image with its landmarks.
type AlignmentInput struct {
	View View
	// Vertebrae hold S1, and L1, L4 and the others as far as they are marked.
	Vertebrae map[string]Landmarks
	// Heads are one or two femoral heads, none where they are not marked.
	Heads []FemoralHead
	// Posture is one of Postures, "" where nobody said.
	Posture string
	// Sigma is a hand's error in mm; 0 means SigmaRotation.
	Sigma float64
}

// Alignment is what an image shows of the alignment, in degrees. What cannot be given is nil, and a warning says why.
type Alignment struct {
	Incidence *float64 `json:"pelvic_incidence_deg,omitempty"`
	Tilt      *float64 `json:"pelvic_tilt_deg,omitempty"`
	Slope     *float64 `json:"sacral_slope_deg,omitempty"`
	// Lordosis is from the superior endplate of L1 to that of S1, LowerLordosis from that of L4; positive for lordosis.
	Lordosis      *float64 `json:"lordosis_l1_s1_deg,omitempty"`
	LowerLordosis *float64 `json:"lordosis_l4_s1_deg,omitempty"`
	// Mismatch is the incidence less the lordosis L1-S1 (Schwab 2012, Spine 37:1077), of a patient who stands.
	Mismatch    *float64           `json:"pi_minus_ll_deg,omitempty"`
	Segments    []SegmentAngles    `json:"segments,omitempty"` // from the head down
	CI95        map[string]float64 `json:"ci95,omitempty"`     // half widths by the names of the fields, of the segments' "segment_lordosis_deg L4-L5"
	Posture     string             `json:"posture,omitempty"`
	Calibration string             `json:"calibration,omitempty"`
	Warnings    []string           `json:"warnings"`
}

// SegmentAngles are the angles of one segment in degrees, positive for lordosis.
type SegmentAngles struct {
	Segment string `json:"segment"`
	// Lordosis is from the superior endplate of the upper vertebra to the inferior one of the lower (M 3.4); at the sacrum, of which the superior
	// endplate alone is marked, to that one.
	Lordosis *float64 `json:"segment_lordosis_deg,omitempty"`
	Disc     *float64 `json:"disc_angle_deg,omitempty"`
}

// publishedSegmental is the standard deviation between observers of a segment's lordosis in degrees (M 3.9: a variance of 4.1 to 4.2).
var publishedSegmental = math.Sqrt(4.2)

// hips is the name of the body that holds the centres of the femoral heads, as SA and SP.
const hips = "hips"

// aligned is an image's landmarks in the frame of M 0.1: u to the front, v to the head, along the image's own vertical.
type aligned []body

func (a aligned) body(name string) body {
	for _, b := range a {
		if b.name == name {
			return b
		}
	}
	return body{}
}

// MeasureAlignment measures an image. The error is a *Problem about landmarks that are missing or impossible.
//
// The image's vertical is that of its edges which is nearest to the spine, or where only the sacrum is marked to the way from the hips to it: a film
// that was stored lying on its side is measured as it was taken. Angles need no millimetres, but pixels that are square or of known shape.
func MeasureAlignment(in AlignmentInput) (Alignment, error) {
	out := Alignment{Warnings: []string{}, CI95: map[string]float64{}, Posture: in.Posture}
	view, _ := in.View.settled()
	out.Calibration = view.Calibration
	list, sigma, err := in.placed(view, &out)
	if err != nil || list == nil {
		return out, err
	}
	give := func(name string, to **float64, least float64, of func(aligned) (float64, bool)) {
		v, ok := of(list)
		if !ok {
			return
		}
		*to = &v
		sd, ok := spread(list, sigma, func(b []body) (float64, bool) { return of(b) })
		if ok {
			out.CI95[name] = z95 * max(sd, least)
		}
	}
	upright := in.Posture == Standing || in.Posture == Sitting || in.Posture == Upright
	give("pelvic_incidence_deg", &out.Incidence, 0, aligned.incidence)
	if upright {
		give("pelvic_tilt_deg", &out.Tilt, 0, aligned.tilt)
		give("sacral_slope_deg", &out.Slope, 0, aligned.slope)
	}
	lordosis := func(from string) func(aligned) (float64, bool) {
		return func(a aligned) (float64, bool) { return a.between(from, SP, SA, sacrum, SP, SA) }
	}
	give("lordosis_l1_s1_deg", &out.Lordosis, 0, lordosis("L1"))
	give("lordosis_l4_s1_deg", &out.LowerLordosis, 0, lordosis("L4"))
	if upright && in.Posture != Sitting {
		give("pi_minus_ll_deg", &out.Mismatch, 0, func(a aligned) (float64, bool) {
			p, ok1 := a.incidence()
			l, ok2 := lordosis("L1")(a)
			return p - l, ok1 && ok2
		})
	}
	least := publishedSegmental
	if in.Sigma > 0 { // the reader's own error is known
		least = 0
	}
	for _, d := range list.segments() {
		s := SegmentAngles{Segment: d.String()}
		give("segment_lordosis_deg "+s.Segment, &s.Lordosis, least, func(a aligned) (float64, bool) {
			if d.Lower == sacrum {
				return a.between(d.Upper, SP, SA, sacrum, SP, SA)
			}
			return a.between(d.Upper, SP, SA, d.Lower, IP, IA)
		})
		give("disc_angle_deg "+s.Segment, &s.Disc, 0, func(a aligned) (float64, bool) { return a.between(d.Upper, IP, IA, d.Lower, SP, SA) })
		if s.Lordosis != nil || s.Disc != nil {
			out.Segments = append(out.Segments, s)
		}
	}
	if out.Incidence != nil && *out.Incidence <= 0 { // none is born so
		return out, problem(sacrum, "sacrum-exchanged")
	}
	out.gate(in, upright)
	return out, nil
}

func (m *Alignment) warn(code string) { m.Warnings = append(m.Warnings, code) }

// gate says what the posture leaves open.
func (m *Alignment) gate(in AlignmentInput, upright bool) {
	switch {
	case in.Posture == "":
		m.warn(warning("posture-unstated"))
	case in.Posture == Lying:
		m.warn(warning("posture-lying"))
	case in.Posture == Sitting:
		m.warn(warning("posture-sitting"))
	case in.Posture == Upright:
		m.warn(warning("posture-upright"))
	}
	switch len(in.Heads) {
	case 0:
		m.warn(warning("heads-missing"))
	case 1:
		m.warn(warning("one-head"))
	}
}

// placed puts the landmarks into the frame of M 0.1, the femoral heads last, with a hand's error in their unit. The list is nil where the pixels'
// shape is not known.
func (in AlignmentInput) placed(view View, out *Alignment) (aligned, float64, error) {
	scale := view.scale()
	switch {
	case view.Oblong:
		out.warn(warning("pixels-not-square"))
		return nil, 0, nil
	case !scale.Calibrated():
		out.warn(warning("aspect-assumed"))
	}
	var list aligned
	for _, name := range annotations.Vertebrae() {
		if l, ok := in.Vertebrae[name]; ok {
			list = append(list, placeBody(name, l, scale))
		}
	}
	s1 := list.body(sacrum)
	if err := (body{name: sacrum, at: s1.at, has: s1.has}).need(SA, SP); err != nil {
		return nil, 0, err
	}
	depth := s1.at[SA].distance(s1.at[SP])
	if depth == 0 {
		return nil, 0, problem(sacrum, "depth-zero", sacrum, SA.String(), SP.String())
	}
	centre := middle(s1.at[SA], s1.at[SP])
	sigma := in.Sigma
	if sigma == 0 {
		sigma = SigmaRotation
	}
	if !scale.Calibrated() {
		sigma *= depth / typicalDepths['L']
		out.warn(warning("interval-assumes-depth", number(typicalDepths['L'], 1)))
	}
	var up vec // to the head
	for _, b := range list {
		if b.name != sacrum && len(b.around()) > 0 {
			up = b.centroid().sub(centre)
			break
		}
	}
	if n := len(in.Heads); n > 0 {
		h := placeBody(hips, headLandmarks(in.Heads), scale)
		if !apart(in.Heads, scale.Spacing) {
			out.warn(warning("heads-apart"))
		}
		if up == (vec{}) {
			up = edge(centre.sub(h.hipAxis())) // an incidence may be 90 degrees, a slope is not
		}
		list = append(list, h)
	}
	if up == (vec{}) {
		return nil, 0, problem("L1", "alignment-incomplete")
	}
	front, err := list.facing(up)
	if err != nil {
		return nil, 0, err
	}
	return list.turned(up, front), sigma, nil
}

// headLandmarks are the centres of the femoral heads as the corners of the body that stands for them.
func headLandmarks(heads []FemoralHead) Landmarks {
	l := Landmarks{SA: heads[0].Centre}
	if len(heads) > 1 {
		l[SP] = heads[1].Centre
	}
	return l
}

// apart reports false where both femoral heads have circles that do not touch: the film is not strictly lateral.
func apart(heads []FemoralHead, s space.Spacing) bool {
	if len(heads) < 2 || heads[0].Rim == nil || heads[1].Rim == nil {
		return true
	}
	k := 1.0
	if s.Known() {
		k = s.BetweenRows / s.BetweenColumns
	}
	length := func(a, b space.Pixel) float64 { return math.Hypot(a.Col-b.Col, (a.Row-b.Row)*k) }
	return length(heads[0].Centre, heads[1].Centre) <= length(heads[0].Centre, *heads[0].Rim)+length(heads[1].Centre, *heads[1].Rim)
}

// edge is the direction of the image's edges that is nearest to a vector.
func edge(v vec) vec {
	if math.Abs(v.u) > math.Abs(v.v) {
		return vec{math.Copysign(1, v.u), 0}
	}
	return vec{0, math.Copysign(1, v.v)}
}

// opposed is the sine of the angle from which on an endplate that leads against the others is taken for exchanged: one that stands steeply is not.
const opposed = 0.1

// facing finds on which side of up the front is, by all endplates together: 1 for right, -1 for left. It holds the endplates to one another.
func (a aligned) facing(up vec) (float64, error) {
	type plate struct {
		name string
		side float64
	}
	var list []plate
	sum := 0.0
	for _, b := range a {
		if b.name == hips {
			continue
		}
		for _, e := range [][2]Corner{{SP, SA}, {IP, IA}} {
			if !b.all(e[0], e[1]) {
				continue
			}
			way := b.at[e[1]].sub(b.at[e[0]])
			if way == (vec{}) {
				return 0, problem(b.name, "depth-zero", b.name, e[1].String(), e[0].String())
			}
			side := way.cross(up) / (way.length() * up.length())
			list, sum = append(list, plate{b.name, side}), sum+side
		}
	}
	front := math.Copysign(1, sum)
	for _, p := range list {
		if p.side*front < -opposed {
			return 0, problem(p.name, "corners-opposed", p.name, sacrum)
		}
	}
	return front, nil
}

// turned puts the landmarks so that the image's own vertical which is nearest to up is v, and the front lies toward +u.
func (a aligned) turned(up vec, front float64) aligned {
	e := edge(up)
	out := make(aligned, len(a))
	for i, b := range a {
		out[i] = b
		for c, p := range b.at {
			out[i].at[c] = vec{front * p.cross(e), p.dot(e)} // e becomes (0, 1)
		}
	}
	return out
}

// hipAxis is the middle between the centres of the femoral heads, or the one that is marked.
func (b body) hipAxis() vec {
	if b.has[SP] {
		return middle(b.at[SA], b.at[SP])
	}
	return b.at[SA]
}

// sacralPlate is the superior endplate of S1, from back to front, and the way from its middle to the hip axis; false where that is not marked.
func (a aligned) sacralPlate() (plate, way vec, ok bool) {
	s1, h := a.body(sacrum), a.body(hips)
	plate = s1.at[SA].sub(s1.at[SP])
	if !h.has[SA] {
		return plate, vec{}, false
	}
	way = h.hipAxis().sub(middle(s1.at[SA], s1.at[SP]))
	return plate, way, way != (vec{})
}

func (a aligned) incidence() (float64, bool) {
	plate, way, ok := a.sacralPlate()
	across := vec{plate.v, -plate.u} // perpendicular, into the sacrum
	return degrees(math.Atan2(across.cross(way), across.dot(way))), ok
}

func (a aligned) tilt() (float64, bool) {
	_, way, ok := a.sacralPlate()
	return degrees(math.Atan2(way.u, -way.v)), ok
}

func (a aligned) slope() (float64, bool) {
	plate, _, _ := a.sacralPlate()
	return degrees(math.Atan2(-plate.v, plate.u)), true
}

// between is the angle from an endplate of the upper vertebra to one of the lower, positive in lordosis (M 3.4).
func (a aligned) between(upper string, p1, a1 Corner, lower string, p2, a2 Corner) (float64, bool) {
	u, l := a.body(upper), a.body(lower)
	if !u.all(p1, a1) || !l.all(p2, a2) {
		return 0, false
	}
	return degrees(u.at[p1].to(u.at[a1]) - l.at[p2].to(l.at[a2])), true
}

// segments are the discs between the marked vertebrae that are usually neighbours, or L6's.
func (a aligned) segments() []Disc {
	var out []Disc
	for i := range len(a) - 1 {
		d := Disc{a[i].name, a[i+1].name}
		if usual := annotations.NextVertebra(d.Upper, true) == d.Lower; usual || annotations.Neighbours(d.Upper, d.Lower) && (d.Upper == "L6" || d.Lower == "L6") {
			out = append(out, d)
		}
	}
	return out
}

func (m *Alignment) round() {
	rounded(m.Incidence, m.Tilt, m.Slope, m.Lordosis, m.LowerLordosis, m.Mismatch)
	for i := range m.Segments {
		rounded(m.Segments[i].Lordosis, m.Segments[i].Disc)
	}
	for name, half := range m.CI95 {
		rounded(&half)
		m.CI95[name] = half
	}
}

// IncidenceSum writes that the incidence is the sum of tilt and slope, without language, with as many decimals, one to four, as make the numbers that
// are shown add up.
func IncidenceSum(incidence, tilt, slope float64) string {
	decimals := 1
	for ; decimals < 4; decimals++ {
		k := math.Pow10(decimals)
		if math.Round(incidence*k) == math.Round(tilt*k)+math.Round(slope*k) {
			break
		}
	}
	return "PI " + number(incidence, decimals) + "° = PT " + number(tilt, decimals) + "° + SS " + number(slope, decimals) + "°"
}
