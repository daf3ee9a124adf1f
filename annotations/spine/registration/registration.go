package registration

import (
	"context"
	"errors"
	"fmt"
	"math"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// Version names the method, for the record of what it found.
const Version = "registration 3"

// Film is a lateral radiograph. Samples are row by row and grow with what they show: bone brighter than what surrounds it.
type Film struct {
	Rows, Columns int
	Samples       []uint16
	// Spacing is that of the pixels in one plane on both films, in mm; not Known where nothing says. That of the detector will do: what the
	// magnification adds is found. Where it is known of one film only it is not used.
	Spacing space.Spacing
}

// Progress is told how much of how much is done, from one goroutine at a time.
type Progress func(done, total int)

// Reasons of a refusal. Each has a text in every language of the app.
const (
	ReasonOff        = "off-template"  // the vertebra is not whole on the first film
	ReasonNotFound   = "not-found"     // nothing on the second film resembles it
	ReasonOutside    = "outside-field" // where it should be is not in the second film's field
	ReasonPoor       = "poor-match"    // it resembles too little
	ReasonAmbiguous  = "ambiguous"     // another place resembles as much
	ReasonParts      = "parts-differ"  // its parts would each move otherwise
	ReasonReturn     = "no-return"     // found from the second film, the place on the first is another
	ReasonShape      = "other-shape"   // what is there has another shape: another vertebra or another patient
	ReasonImpossible = "impossible"    // its corners cannot be those of a vertebra
)

// Reasons are all of them.
var Reasons = []string{ReasonOff, ReasonNotFound, ReasonOutside, ReasonPoor, ReasonAmbiguous, ReasonParts, ReasonReturn, ReasonShape, ReasonImpossible}

// Found is one vertebra on the second film.
type Found struct {
	Vertebra string
	// Refused is the reason why there are no corners; "" where there are.
	Refused string
	Corners spine.Landmarks
	// Quality is from 0, worthless, to 1, beyond doubt. Below 0.5 is refused.
	Quality float64
	// Rotation is from the first film to the second in degrees as methods.md 0.1 has it: counterclockwise seen with the front to the right.
	Rotation float64
	// Scale is how much larger the vertebra is on the second film, in pixels.
	Scale float64
	// Translation is that of the vertebra's middle in pixels of each film, column and row.
	Translation space.Pixel
	// From is that middle on the first film, and ReturnRMS by how much, in pixels there, the way back from the second film misses the corners
	// that were given.
	From      space.Pixel
	ReturnRMS float64
	// What speaks for it. Lengths are parts of the vertebra's depth.
	Evidence Evidence

	proposed spine.Landmarks // Corners, of one that is refused too
}

// Evidence is what a match rests on.
type Evidence struct {
	Correlation float64 // of the vertebra's picture on both films, 1 where they are equal
	Runner      float64 // the same for the best other place
	Sharp       float64 // of edges and grain alone
	SharpRunner float64 // the same for the best other place
	Shape       float64 // how far its corners would have to move for the picture to fit better
	Weakest     float64 // of the parts: the weakest third of a third
	Parts       float64 // how far apart its halves would put it
	Return      float64 // how far off the first film's corners it comes back
	ReturnTurn  float64 // degrees
	Link        float64 // the cost of the motion to its neighbours
	Seen        float64 // the part of it that is on the second film
	Likeness    float64 // what the picture, its edges and its shape say together, a logarithm of odds
	Film        float64 // the same of all vertebrae, the better half counting more: is it this patient's film?
	Astray      float64 // how far off it may be: 1 for 1.5 degrees or 1 mm
}

// Result is what was found, vertebrae from the head down.
type Result struct {
	Vertebrae []Found
	// Mirrored tells that the patient faces the other way on the second film.
	Mirrored bool
}

// largestFilm bounds the samples of a film: no detector has more.
const largestFilm = 1 << 28

func (f Film) check(name string) error {
	if f.Rows < 1 || f.Columns < 1 || f.Rows > largestFilm/f.Columns {
		return fmt.Errorf("registration: the %s film has %d rows of %d columns", name, f.Rows, f.Columns)
	}
	if len(f.Samples) != f.Rows*f.Columns {
		return fmt.Errorf("registration: the %s film has %d samples, not %d x %d", name, len(f.Samples), f.Rows, f.Columns)
	}
	return nil
}

// Find looks for vertebrae on the film to whose corners are known on the film from: all four of each, two of the sacrum. The more of them
// are given the surer is each. An error is about films or corners that cannot be worked with, or the context's; a vertebra that is not
// found is no error but refused. Which way the patient faces on each film does not matter. progress may be nil.
func Find(ctx context.Context, from, to Film, vertebrae map[string]spine.Landmarks, progress Progress) (Result, error) {
	if err := errors.Join(from.check("first"), to.check("second")); err != nil {
		return Result{}, err
	}
	bodies, refused, err := read(vertebrae, from)
	if err != nil {
		return Result{}, err
	}
	w := &work{ctx: ctx, from: from, to: to, bodies: bodies, refused: refused, progress: progress}
	if len(bodies) == 0 {
		return w.result(), nil
	}
	w.measure()
	w.companions()
	return w.find()
}

func rankOf(name string) int {
	rank, _ := annotations.VertebraRank(name)
	return rank
}

// body is a vertebra with the corners on the first film, in its pixels.
type body struct {
	name   string
	rank   int
	corner [4]space.Pixel // SA, SP, IP, IA
	marks  spine.Landmarks
	sacrum bool
	// companion is of one that nobody marked.
	companion bool
}

var order = [4]spine.Corner{spine.SA, spine.SP, spine.IP, spine.IA}

// read checks the corners.
func read(vertebrae map[string]spine.Landmarks, film Film) (out []body, refused map[string]string, err error) {
	refused = map[string]string{}
	for _, name := range annotations.Vertebrae() {
		l, ok := vertebrae[name]
		if !ok {
			continue
		}
		b := body{name: name, rank: len(out), marks: l}
		rank, _ := annotations.VertebraRank(name)
		b.rank = rank
		have := 0
		for i, c := range order {
			p, ok := l[c]
			if !ok {
				continue
			}
			if !(math.Abs(p.Col) <= 1e6) || !(math.Abs(p.Row) <= 1e6) {
				return nil, nil, fmt.Errorf("registration: %s.%s: %g, %g lies on no image", name, c, p.Col, p.Row)
			}
			b.corner[i] = p
			have++
		}
		_, sa := l[spine.SA]
		_, sp := l[spine.SP]
		if have < 4 && name == "S1" && sa && sp {
			b.sacrum = true
			out = append(out, b)
			continue
		}
		if have < 4 {
			return nil, nil, fmt.Errorf("registration: %s has %d corners: all four are needed, and SA and SP of S1", name, have)
		}
		out = append(out, b)
	}
	for name := range vertebrae {
		if _, ok := annotations.VertebraRank(name); !ok {
			return nil, nil, fmt.Errorf("registration: there is no vertebra %q", name)
		}
	}
	if len(out) == 0 {
		return nil, nil, errors.New("registration: there is no vertebra")
	}
	// Which way round the corners go, and where the feet are, is the same for all.
	kept := out[:0]
	turn := 0.0
	for _, b := range out {
		if b.sacrum {
			kept = append(kept, b)
			continue
		}
		area := signed(b.corner)
		if crossed(b.corner) || math.Abs(area) < 16 || turn*area < 0 {
			refused[b.name] = ReasonImpossible
			continue
		}
		turn = area
		kept = append(kept, b)
	}
	return completed(kept, turn, film), refused, nil
}

// signed is the area of the corners, positive when they go round clockwise as seen.
func signed(c [4]space.Pixel) float64 {
	sum := 0.0
	for i := range c {
		a, b := c[i], c[(i+1)%4]
		sum += a.Col*b.Row - b.Col*a.Row
	}
	return sum / 2
}

func crossed(c [4]space.Pixel) bool {
	side := func(a, b, p space.Pixel) float64 {
		return (b.Col-a.Col)*(p.Row-a.Row) - (b.Row-a.Row)*(p.Col-a.Col)
	}
	cross := func(a, b, p, q space.Pixel) bool {
		return side(a, b, p)*side(a, b, q) < 0 && side(p, q, a)*side(p, q, b) < 0
	}
	return cross(c[0], c[1], c[2], c[3]) || cross(c[1], c[2], c[3], c[0])
}

// Heights, in parts of its depth, of what is taken for a sacrum of which only the endplate is marked. The segment below is one bone with it and is taken too
// where the film has it: the taller the picture, the surer its turn.
var sacrumHeights = []float64{1.1, 0.85, 0.62}

// completed makes up the inferior corners of a sacrum of which only the endplate is marked: on the side away from the lumbar spine, or to the
// feet of the picture where nothing else is marked. They say where to look and are never given back.
func completed(bodies []body, turn float64, film Film) []body {
	for i := range bodies {
		b := &bodies[i]
		if !b.sacrum {
			continue
		}
		sa, sp := b.corner[0], b.corner[1]
		d := sa.Sub(sp)
		down := space.Pixel{Col: -d.Row, Row: d.Col} // d turned clockwise as seen
		if turn != 0 && turn > 0 || turn == 0 && down.Row < 0 {
			down = space.Pixel{Col: d.Row, Row: -d.Col}
		}
		for _, height := range sacrumHeights {
			b.corner[3] = sa.Add(space.Pixel{Col: down.Col*height - d.Col*0.15, Row: down.Row*height - d.Row*0.15})
			b.corner[2] = sp.Add(space.Pixel{Col: down.Col*height + d.Col*0.05, Row: down.Row*height + d.Row*0.05})
			if film.holds(b.corner[3]) && film.holds(b.corner[2]) {
				break
			}
		}
	}
	return bodies
}

// holds reports whether a place lies on the film.
func (f Film) holds(p space.Pixel) bool {
	return p.Col >= 0 && p.Row >= 0 && p.Col <= float64(f.Columns) && p.Row <= float64(f.Rows)
}
