package phantom

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"

	"rachis/dicomio/space"
)

// A pair of films by which registration is tried. It is harder than the two films of Write: the patient, the motion, the magnification, the
// exposure and all that lies over the spine differ from seed to seed and, but for the patient, from film to film.
//
// What it lacks against real films: vertebrae are turned out of the sagittal plane by a few degrees only and then show double contours, but
// no scoliosis; osteophytes are small, there is no implant, no fracture and no transitional vertebra; the texture of bone is noise and not
// a network; the beam has no heel effect and the detector no grid lines; the processing of makers (edge enhancement, equalisation) is a
// gamma curve only. Registration that holds here is therefore not proved on patients.

// PairVertebrae are the vertebrae of which a pair gives the corners, from the head down.
var PairVertebrae = []string{"L1", "L2", "L3", "L4", "L5", "S1"}

// FilmSetup is how one film of a pair is taken.
type FilmSetup struct {
	Position      string  // FLEXION or EXTENSION
	Magnification float64 // of the spine's plane
	Pitch         float64 // of the detector's elements in mm
	Rows, Columns int
	Turn          float64 // degrees by which the film is turned, counterclockwise as it is seen
	Mirrored      bool    // the patient faces right and not left
	Noise         float64 // as in Options
	Gamma         float64 // of the curve from exposure to value; 1 is straight
	Gain          float64 // of values, 1 fills 12 bits
	Inverted      bool    // bone is dark (MONOCHROME1)
	Clutter       float64 // of bowel, gas and soft tissue over the spine; 1 is plausible
	// Blades are the collimator's: left, right, top, bottom, as parts of the film's width and height.
	Blades [4]float64

	posture posture
	centre  pt // in the middle of the detector
	lumps   uint64
	tilts   [14][2]float64 // of each vertebra out of the plane: about the front axis and about its own, radians
}

// PairSetup is how a pair is taken: whose spine, and both films.
type PairSetup struct {
	Seed               int64
	Flexion, Extension FilmSetup

	anatomy anatomy
}

// PairFilm is a film with its truth.
type PairFilm struct {
	Rows, Columns int
	Samples       []uint16
	Pitch         float64 // of the detector in mm
	Magnification float64
	Inverted      bool
	// Vertebrae are the corners as they are in the plane of the spine, whether or not they are in the field: of a double contour the middle.
	Vertebrae map[string]Vertebra
	// Within tells of which vertebrae all corners are in the field, 2 mm inside the blades and more.
	Within map[string]bool
}

// Spacing is the object-plane spacing in mm.
func (f *PairFilm) Spacing() float64 { return f.Pitch / f.Magnification }

// anatomy is one patient's spine.
type anatomy struct {
	seed    uint64
	shapes  []shape
	heights [10]float64 // of the discs, against the usual, mm
	motion  float64     // of the usual flexion and extension
	bone    float64     // density
	girth   float64     // of the trunk
	crest   float64     // mm by which the iliac crests stand higher
}

// within draws a number between a and b.
func within(r *rand.Rand, a, b float64) float64 { return a + (b-a)*r.Float64() }

func newAnatomy(seed int64) anatomy {
	r := rand.New(source(seed, "anatomy"))
	a := anatomy{seed: r.Uint64(), motion: within(r, 0.35, 1.05), bone: within(r, 0.7, 1.1), girth: within(r, 0.92, 1.2), crest: within(r, -12, 14)}
	size := within(r, 0.9, 1.1)
	deep := within(r, 0.94, 1.06)
	for _, s := range shapes {
		s.depthInf *= size * deep * within(r, 0.96, 1.04)
		s.depthSup *= size * deep * within(r, 0.96, 1.04)
		s.posterior *= size * within(r, 0.95, 1.05)
		s.wedge += within(r, -2, 2)
		s.halfWidth *= size
		s.hollow *= within(r, 0.4, 1.7)
		a.shapes = append(a.shapes, s)
	}
	for i := range a.heights {
		a.heights[i] = within(r, -1.2, 1.6)
	}
	return a
}

// moved is a posture of this patient: part of the way from the middle of both films' to the usual one, and a little different everywhere.
func (a anatomy) moved(to posture, r *rand.Rand) posture {
	p := to
	p.sacral = (extension.sacral+flexion.sacral)/2 + a.motion*(to.sacral-(extension.sacral+flexion.sacral)/2) + within(r, -5, 5)
	for i := range p.joints {
		e, f := extension.joints[i], flexion.joints[i]
		part := func(e, f, to float64) float64 { return (e+f)/2 + a.motion*(to-(e+f)/2) }
		j := &p.joints[i]
		j.slip = part(e.slip, f.slip, j.slip) + within(r, -0.7, 0.7)
		j.angle = part(e.angle, f.angle, j.angle) + within(r, -1.5, 1.5)
		j.height = max(1.2, part(e.height, f.height, j.height)+a.heights[i]+within(r, -0.2, 0.2))
	}
	return p
}

// NewPair draws a pair: equal seeds give equal pairs, and each seed is another patient.
func NewPair(seed int64) *PairSetup {
	p := &PairSetup{Seed: seed, anatomy: newAnatomy(seed)}
	r := rand.New(source(seed, "pair"))
	pitches := []float64{0.139, 0.143, 0.15, 0.168, 0.2}
	pitch := pitches[r.IntN(len(pitches))]
	for _, film := range []struct {
		at      *FilmSetup
		name    string
		posture posture
	}{{&p.Flexion, "FLEXION", flexion}, {&p.Extension, "EXTENSION", extension}} {
		f := film.at
		*f = FilmSetup{
			Position: film.name, Magnification: within(r, 1.1, 1.3), Pitch: pitch, Rows: int(430 / pitch), Columns: int(350 / pitch),
			Turn: within(r, -4, 4), Noise: within(r, 0.5, 2), Gamma: within(r, 0.6, 1.7), Gain: within(r, 0.45, 1), Clutter: within(r, 0.6, 1.4),
			Blades:  [4]float64{within(r, 0, 0.06), within(r, 0.94, 1), within(r, 0, 0.04), within(r, 0.96, 1)},
			posture: p.anatomy.moved(film.posture, r), lumps: r.Uint64(),
		}
		// The whole patient is turned a little, and each vertebra by itself.
		tilt, turn := 0.02*normal(r), 0.02*normal(r)
		for i := range f.tilts {
			f.tilts[i] = [2]float64{tilt + 0.012*normal(r), turn + 0.012*normal(r)}
		}
		s := f.posture.placed(p.anatomy.shapes)
		middle := s.v[iL1].SP.to(s.v[iS1].SP, 0.5)
		f.centre = middle.add(pt{within(r, 0, 30), within(r, -16, 12)})
	}
	return p
}

// frame places the detector without making its pixels.
func (f *FilmSetup) frame() *canvas {
	c := &canvas{w: f.Columns, h: f.Rows, scale: f.Magnification / f.Pitch, mirror: -1, turn: cmplx.Rect(1, f.Turn*math.Pi/180)}
	if f.Mirrored {
		c.mirror = 1
	}
	col, row := c.pixel(f.centre)
	c.col0, c.row0 = float64(f.Columns)/2-col, float64(f.Rows)/2-row
	return c
}

// Film takes a film of the pair, &p.Flexion or &p.Extension, changed as the caller wants it. It takes about a second.
func (p *PairSetup) Film(f *FilmSetup) *PairFilm {
	s := f.posture.placed(p.anatomy.shapes)
	c := f.frame()
	out := &PairFilm{Rows: f.Rows, Columns: f.Columns, Pitch: f.Pitch, Magnification: f.Magnification, Inverted: f.Inverted,
		Vertebrae: map[string]Vertebra{}, Within: map[string]bool{}}
	blades := [4]float64{f.Blades[0] * float64(f.Columns), f.Blades[1] * float64(f.Columns), f.Blades[2] * float64(f.Rows), f.Blades[3] * float64(f.Rows)}
	margin := 2 * c.scale
	for i := iL1; i <= iS1; i++ {
		b := s.v[i]
		inside := true
		at := func(q pt) Point {
			col, row := c.pixel(q)
			inside = inside && col > blades[0]+margin && col < blades[1]-margin && row > blades[2]+margin && row < blades[3]-margin
			return Point{space.Pixel{Col: col, Row: row}}
		}
		v := Vertebra{SA: at(b.SA), SP: at(b.SP)}
		if i < iS1 {
			v.IA, v.IP = at(b.IA), at(b.IP)
		} else {
			at(b.at(0.5, 0.5, 0)) // half of S1's body is asked for
		}
		out.Vertebrae[b.name], out.Within[b.name] = v, inside
	}
	out.Samples = p.draw(f, c, s, blades)
	return out
}

// Without returns the film as if the collimator had cut it through the middle of a vertebra: half of it and all beyond is dark, towards the
// feet from L4 down and towards the head above.
func (f *PairFilm) Without(vertebra string) *PairFilm {
	v := f.Vertebrae[vertebra]
	row := (v.SA.Row + v.SP.Row + v.IA.Row + v.IP.Row) / 4
	if v.IA == (Point{}) { // the sacrum: its upper third goes
		row = (v.SA.Row+v.SP.Row)/2 + 10/f.Spacing()
	}
	out := *f
	out.Samples, out.Within = slices.Clone(f.Samples), map[string]bool{}
	at := slices.Index(PairVertebrae, vertebra)
	down := at >= slices.Index(PairVertebrae, "L4")
	dark := uint16(darkness)
	if f.Inverted {
		dark = 4095 - dark
	}
	for y := range f.Rows {
		if down == (float64(y) > row) {
			line := out.Samples[y*f.Columns : (y+1)*f.Columns]
			for x := range line {
				line[x] = dark
			}
		}
	}
	for i, name := range PairVertebrae {
		out.Within[name] = f.Within[name] && (down && i < at || !down && i > at)
	}
	return &out
}
