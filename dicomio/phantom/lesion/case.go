package lesion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Kinds are the types that can be made.
var Kinds = []string{"0", "1", "2", "3", "1/2", "2/1", "2/3", "1/3"}

// Contrast is the signal of a tissue against normal marrow, before shading and noise.
type Contrast struct {
	T1, T2 float64 // ratios
	STIR   float64 // percent of the way from marrow (0) to CSF (100)
}

// Case is one lesion with its images and its truth. It is not changed after New; safe for concurrent use.
type Case struct {
	Seed  int64
	Kind  string
	Level string // of the disc
	// Superior tells at which endplate of Vertebra the lesion is.
	Vertebra string
	Superior bool
	// Parts are the tissues of the lesion, the first the dominant one; Fraction is the first one's part of what lies at least a millimetre inside
	// the lesion's rim on the drawn slice, 1 for a pure one.
	Parts    []Contrast
	Fraction float64
	// Heterogeneity is the standard deviation of normal marrow over its mean on T1 and T2, noise included.
	Heterogeneity [2]float64
	// Stacks are T1, T2 and, where it was made, STIR.
	Stacks []*dicomio.Stack
	// Drawn is the stack on which the reader draws, and Slice the one of its slices on which the lesion is seen best.
	Drawn, Slice int
	// Outline is the rim of the lesion on the drawn slice; CSF and Fat are regions beside it. Others are rims of other lesions there.
	Outline, CSF, Fat []space.Pixel
	Others            []Other
	// Corners are the corners of each vertebra on the drawn slice: SA, SP, IP, IA.
	Corners map[string]map[string]space.Pixel

	scene  scene
	series map[*dicomio.Stack]series
}

// Other is another lesion in the picture.
type Other struct {
	Vertebra string
	Superior bool
	Outline  []space.Pixel
}

// series is how a stack was acquired.
type series struct {
	weighting int // 0 T1, 1 T2, 2 STIR
	noise     float64
	thickness float64
	name      string
}

// New makes a lesion of a kind. strength goes from 0, hardly different from marrow, to 1, as different as can be.
func New(seed int64, kind string, strength float64) *Case {
	if !slices.Contains(Kinds, kind) {
		panic("lesion: there is no kind " + strconv.Quote(kind))
	}
	r := rand.New(rand.NewPCG(uint64(seed), 0x6d6f646963))
	between := func(a, b float64) float64 { return a + float64((b-a)*r.Float64()) }
	c := &Case{Seed: seed, Kind: kind, Fraction: 1, Corners: map[string]map[string]space.Pixel{}, series: map[*dicomio.Stack]series{}}
	c.parts(kind, strength, between)
	if len(c.Parts) == 2 {
		c.Fraction = between(0.52, 0.78)
	}
	c.scene = newScene(r, between, c)
	c.Vertebra, c.Superior = vertebraNames[c.scene.main.vertebra], c.scene.main.superior
	if c.Superior {
		c.Level = vertebraNames[c.scene.main.vertebra-1] + "-" + c.Vertebra
	} else {
		c.Level = c.Vertebra + "-" + vertebraNames[c.scene.main.vertebra+1]
	}
	weightings := []int{0, 1, 2}
	if r.IntN(5) == 0 && kind != "1/2" { // one exam in five has no STIR
		weightings = weightings[:2]
	}
	for _, w := range weightings {
		c.Stacks = append(c.Stacks, c.stack(w, r, between))
	}
	c.Drawn = r.IntN(len(c.Stacks))
	c.draw(r)
	if len(c.Parts) == 2 {
		c.Fraction = c.scene.main.inside(c.scene.bodies[c.scene.main.vertebra], c.across(c.Stacks[c.Drawn].Slices[c.Slice].Plane)-c.scene.main.across)
	}
	return c
}

// parts chooses the contrasts of the tissues.
func (c *Case) parts(kind string, strength float64, between func(a, b float64) float64) {
	g := strength
	pure := map[byte]func() Contrast{
		'0': func() Contrast {
			return Contrast{1 + between(-0.05, 0.05), 1 + between(-0.05, 0.05), between(-3, 4)}
		},
		'1': func() Contrast {
			return Contrast{1 - (0.06 + 0.40*g) + between(-0.02, 0.02), 1 + 0.07 + 0.70*g + between(-0.02, 0.02), 6 + 34*g + between(-1, 1)}
		},
		'2': func() Contrast {
			t2 := 1 + between(-0.02, 0.05) // fat may be as bright as marrow on T2
			if between(0, 1) < 0.6 {
				t2 = 1 + 0.05 + 0.30*g
			}
			return Contrast{1 + 0.06 + 0.60*g + between(-0.02, 0.02), t2, between(-6, 2)}
		},
		'3': func() Contrast {
			return Contrast{1 - (0.06 + 0.45*g) + between(-0.02, 0.02), 1 - (0.06 + 0.42*g) + between(-0.02, 0.02), between(-7, 0)}
		},
	}
	for i := range len(kind) {
		if kind[i] != '/' {
			c.Parts = append(c.Parts, pure[kind[i]]())
		}
	}
}

// Clear reports whether the lesion exceeds every threshold on which its type rests by a margin: of the ratio, of the contrast in units of
// marrow's heterogeneity, of the percent of STIR, and of the fraction of a second part. tau and k are those of the rule.
func (c *Case) Clear(tau, k, margin float64) bool {
	for i := range len(c.Kind) {
		if c.Kind[i] == '/' {
			continue
		}
		p := c.Parts[min(i/2, len(c.Parts)-1)]
		limit := [2]float64{max(tau, k*c.Heterogeneity[0]) + margin, max(tau, k*c.Heterogeneity[1]) + margin}
		stir := 10.0
		ok := true
		switch c.Kind[i] {
		case '0':
			ok = math.Abs(p.T1-1) <= tau-margin && math.Abs(p.T2-1) <= tau-margin && p.STIR <= stir-100*margin
		case '1':
			ok = p.T1 <= 1-limit[0] && p.T2 >= 1+limit[1] && p.STIR >= stir+100*margin
		case '2':
			ok = p.T1 >= 1+limit[0] && p.T2 >= 1-tau+margin && p.STIR <= stir-100*margin
		case '3':
			ok = p.T1 <= 1-limit[0] && p.T2 <= 1-limit[1] && p.STIR <= stir-100*margin
		}
		if !ok {
			return false
		}
	}
	return len(c.Parts) == 1 || 1-c.Fraction >= 0.20+margin && c.Fraction-0.5 >= margin
}

// stack lays out one series.
func (c *Case) stack(w int, r *rand.Rand, between func(a, b float64) float64) *dicomio.Stack {
	names := [3]string{"T1", "T2", "STIR"}
	matrix := []int{128, 160, 192, 224, 256}[r.IntN(5)]
	field := between(140, 165)
	col := field / float64(matrix)
	row := col
	if r.IntN(3) == 0 { // pixels that are not square
		row *= between(0.8, 1.25)
	}
	rows := int(math.Ceil(field / row))
	turn := between(-8, 8) * math.Pi / 180 // in the plane
	tilt := between(-3, 3) * math.Pi / 180 // of the plane about the long axis
	if w == 0 {
		tilt = 0
	}
	sin, cos := math.Sincos(turn)
	st, ct := math.Sincos(tilt)
	// Along runs to the back, down to the feet, then both are turned; the tilt turns the plane out of the sagittal one.
	back, left := space.LPS{X: st, Y: ct}, space.LPS{X: ct, Y: -st}
	along := back.Scale(cos).Add(space.LPS{Z: -1}.Scale(sin))
	down := back.Scale(-sin).Add(space.LPS{Z: -1}.Scale(cos))
	const slicesOf = 9
	thickness := between(3, 4.5)
	gap := thickness * between(1.02, 1.15)
	shift := between(-0.45, 0.45) * gap
	centre := c.scene.lps(vec{-20 + between(-3, 3), c.scene.middle.v + between(-5, 5)}, 0)
	s := &dicomio.Stack{Orientation: "SAG", Weighting: names[w], WeightingSource: "SeriesDescription", FatSuppressed: w == 2, Description: "SAG " + names[w],
		FrameOfReferenceUID: "2.25.77", Group: 1, Uniform: true, Spacing: gap,
		Calibration: dicomio.Calibration{State: dicomio.InPatient, Spacing: space.Spacing{BetweenRows: row, BetweenColumns: col}}}
	for i := range slicesOf {
		off := gap*float64(i-slicesOf/2) + shift
		at := centre.Add(left.Scale(off))
		origin := at.Add(along.Scale(-col * (float64(matrix) - 1) / 2)).Add(down.Scale(-row * (float64(rows) - 1) / 2))
		in := &dicomio.Instance{SOPInstanceUID: fmt.Sprintf("2.25.%d.%d.%d", 1000+c.Seed, w+1, i+1), Rows: rows, Columns: matrix, Frames: 1, HasPixels: true}
		s.Slices = append(s.Slices, dicomio.Slice{Instance: in, Position: off,
			Plane: space.Plane{Origin: origin, Along: along, Down: down, Spacing: space.Spacing{BetweenRows: row, BetweenColumns: col}}})
	}
	snr := [3]float64{between(20, 45), between(16, 40), between(7, 15)}[w]
	q := series{weighting: w, noise: c.scene.marrow[w] / snr, thickness: thickness, name: names[w]}
	c.series[s] = q
	if w < 2 {
		c.Heterogeneity[w] = math.Hypot(c.scene.texture*c.scene.grain[w], 1/snr)
	}
	return s
}

// draw is what the reader draws: on the slice that cuts the lesion nearest its middle.
func (c *Case) draw(r *rand.Rand) {
	k := c.Stacks[c.Drawn]
	best := math.Inf(1)
	for i, s := range k.Slices {
		_, off := s.Plane.FromPatient(c.scene.lps(c.scene.middle, c.scene.main.across))
		if math.Abs(off) < best {
			best, c.Slice = math.Abs(off), i
		}
	}
	plane := k.Slices[c.Slice].Plane
	hand := func() float64 { return 0.35 * r.NormFloat64() } // mm
	at := func(p vec, w float64, jitter bool) space.Pixel {
		if jitter {
			p = vec{p.u + hand(), p.v + hand()}
		}
		q, _ := plane.FromPatient(c.scene.lps(p, w))
		return q
	}
	rim := func(l change) (out []space.Pixel) {
		for _, p := range l.outline(c.scene.bodies[l.vertebra], c.across(plane)-l.across) {
			out = append(out, at(p, c.across(plane), true))
		}
		return out
	}
	c.Outline = rim(c.scene.main)
	for _, o := range c.scene.others {
		if list := rim(o); len(list) > 2 {
			c.Others = append(c.Others, Other{vertebraNames[o.vertebra], o.superior, list})
		}
	}
	for i, b := range c.scene.bodies {
		c.Corners[vertebraNames[i]] = map[string]space.Pixel{}
		for _, n := range []struct {
			name string
			at   vec
		}{{"SA", b.sa}, {"SP", b.sp}, {"IP", b.ip}, {"IA", b.ia}} {
			c.Corners[vertebraNames[i]][n.name] = at(n.at, c.across(plane), true)
		}
	}
	box := func(u0, u1, v0, v1 float64, place func(u, v float64) vec) (out []space.Pixel) {
		for _, p := range [][2]float64{{u0, v0}, {u1, v0}, {u1, v1}, {u0, v1}} {
			out = append(out, at(place(p[0], p[1]), c.across(plane), false))
		}
		return out
	}
	middle := c.scene.bodies[c.scene.main.vertebra]
	v := (middle.sp.v + middle.ip.v) / 2
	c.CSF = box(-5, -11, v-6, v+6, func(d, v float64) vec { return vec{c.scene.wall(v) + d, v} })
	c.Fat = box(fatFrom-3, fatFrom-9, v-7, v+7, func(u, v float64) vec { return vec{u, v} })
}

// across is where a plane lies from right to left at the middle of the scene.
func (c *Case) across(p space.Plane) float64 {
	at := c.scene.lps(c.scene.middle, 0)
	_, off := p.FromPatient(at)
	n := p.Normal()
	if n.X == 0 {
		return 0
	}
	return -off / n.X
}

// Frame paints the slice of one of the stacks.
func (c *Case) Frame(slice dicomio.Slice) (*dicomio.Frame, bool) {
	for _, k := range c.Stacks {
		if i := slices.IndexFunc(k.Slices, func(s dicomio.Slice) bool { return s.Instance == slice.Instance }); i >= 0 {
			return c.paint(c.series[k], k.Slices[i], i), true
		}
	}
	return nil, false
}
