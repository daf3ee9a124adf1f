package trial

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"rachis/annotations/spine"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// IntervalOptions say how the landmarks of the phantom are placed again and again.
type IntervalOptions struct {
	Seed int64
	N    int     // repetitions
	Hand float64 // standard deviation of each coordinate of each landmark, mm of the patient; 0 for 0.5
	Told float64 // what the intervals are told of it; 0 for the same
	// Progress, when not nil, is told how many are done.
	Progress func(done, total int)
}

// Coverage is how often the true value lay within the printed 95 % interval.
type Coverage struct {
	What      string // the name of the value, as in Suggestion.Criteria
	Where     string // the disc, and on what it was measured
	Truth     float64
	N, Inside int
	half      float64 // sum of the printed half widths
	squares   float64 // of the errors
}

// Half is the mean of the printed half widths; Spread is 1.96 times the root mean square of the errors: what it should have been.
func (c Coverage) Half() float64   { return c.half / float64(c.N) }
func (c Coverage) Spread() float64 { return 1.96 * math.Sqrt(c.squares/float64(c.N)) }

// Part is the fraction of the repetitions within the interval.
func (c Coverage) Part() float64 { return float64(c.Inside) / float64(c.N) }

func (c *Coverage) add(value, half float64) {
	d := value - c.Truth
	c.N++
	if math.Abs(d) <= half {
		c.Inside++
	}
	c.half += half
	c.squares += float64(d * d)
}

// IntervalTable is what came out.
type IntervalTable struct {
	Options IntervalOptions
	Rows    []*Coverage
}

// Intervals places the phantom's corners with an error in each coordinate, N times, and measures disc heights and segments: loss of height on
// the T2 of the lower two discs, translation and rotation of every segment on the films.
func Intervals(ctx context.Context, o IntervalOptions) (IntervalTable, error) {
	if o.Hand == 0 {
		o.Hand = spine.SigmaHeight
	}
	if o.Told == 0 {
		o.Told = o.Hand
	}
	t := IntervalTable{Options: o}
	truth := phantom.Options{}.Known()
	r := rand.New(rand.NewPCG(uint64(o.Seed), 0x68616e64))
	rows := map[string]*Coverage{}
	row := func(what, where string, value float64) *Coverage {
		key := what + " " + where
		if rows[key] == nil {
			rows[key] = &Coverage{What: what, Where: where, Truth: value}
			t.Rows = append(t.Rows, rows[key])
		}
		return rows[key]
	}
	mr := truth.MR.Series["T2"]
	for i := range o.N {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		placed := placeAll(r, mr.Vertebrae, o.Hand, mr.Spacing)
		view := spine.View{Spacing: mr.Spacing, Calibration: "PATIENT"}
		for _, d := range truth.MR.Discs {
			if d.Reference == "" {
				continue
			}
			h, err := spine.MeasureHeight(spine.HeightInput{Target: discOf(d.Level, view, placed), Reference: ptr(discOf(d.Reference, view, placed)), Sigma: o.Told})
			if err != nil {
				return t, err
			}
			row("loss_percent", d.Level+", T2", d.LossPercent).add(*h.Loss, *h.CI95.Loss)
			row("dhi", d.Level+", T2", d.DHI).add(*h.DHI, h.Half["dhi"])
			row("height_anterior_mm", d.Level+", T2", d.HeightAnterior).add(*h.Anterior, h.Half["height_anterior_mm"])
		}
		var films []spine.Film
		for _, position := range []string{spine.Flexion, spine.Extension} {
			f := truth.Films[position]
			films = append(films, spine.Film{Position: position, View: spine.View{Spacing: f.ImagerSpacing, Magnification: f.Magnification, Calibration: "ERMF"},
				Vertebrae: placeAll(r, f.Vertebrae, o.Hand, f.Spacing)})
		}
		for _, m := range truth.Instability {
			d, _ := spine.ParseDisc(m.Segment)
			got, err := spine.MeasureMotion(spine.MotionInput{Segment: d, Films: films, Sigma: o.Told})
			if err != nil {
				return t, err
			}
			where := m.Segment + ", films"
			row("translation_mm", where, m.Translation).add(*got.Translation, *got.CI95.Translation)
			row("translation_percent", where, m.TranslationPercent).add(*got.TranslationOf, *got.CI95.TranslationOf)
			row("rotation_procrustes_deg", where, m.Rotation).add(*got.RotationFitted, *got.CI95.RotationFitted)
			row("rotation_deg", where, m.Rotation).add(*got.Rotation, *got.CI95.Rotation)
		}
		if o.Progress != nil {
			o.Progress(i+1, o.N)
		}
	}
	return t, nil
}

func ptr[T any](v T) *T { return &v }

func discOf(level string, view spine.View, placed map[string]spine.Landmarks) spine.DiscMarks {
	d, _ := spine.ParseDisc(level)
	return spine.DiscMarks{Disc: d, View: view, Upper: placed[d.Upper], Lower: placed[d.Lower]}
}

// placeAll is a hand that places every corner. Vertebrae come in one order, so that equal seeds are equal hands.
func placeAll(r *rand.Rand, vertebrae map[string]phantom.Vertebra, hand float64, spacing space.Spacing) map[string]spine.Landmarks {
	out := map[string]spine.Landmarks{}
	for _, name := range []string{"T12", "L1", "L2", "L3", "L4", "L5", "S1"} {
		v := vertebrae[name]
		l := spine.Landmarks{}
		for _, c := range []struct {
			corner spine.Corner
			at     phantom.Point
		}{{spine.SA, v.SA}, {spine.SP, v.SP}, {spine.IP, v.IP}, {spine.IA, v.IA}} {
			if c.at == (phantom.Point{}) {
				continue
			}
			l[c.corner] = space.Pixel{Col: c.at.Col + hand*r.NormFloat64()/spacing.BetweenColumns, Row: c.at.Row + hand*r.NormFloat64()/spacing.BetweenRows}
		}
		out[name] = l
	}
	return out
}

// Quantities are the values that were tried, in their order.
func (t IntervalTable) Quantities() (out []string) {
	for _, c := range t.Rows {
		if !slices.Contains(out, c.What) {
			out = append(out, c.What)
		}
	}
	return out
}

// Pooled counts a value over all places.
func (t IntervalTable) Pooled(what string) (y Coverage) {
	y.What = what
	for _, c := range t.Rows {
		if c.What == what {
			y.N, y.Inside = y.N+c.N, y.Inside+c.Inside
		}
	}
	return y
}

// Markdown writes the table.
func (t IntervalTable) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Honest error bars: %d repetitions of the phantom's landmarks\n\n", t.Options.N)
	fmt.Fprintf(&b, "Made by `rachis trial intervals --seed %d --n %d`. Every corner is placed anew each time, with an independent error of %.2f mm (standard\ndeviation) in each coordinate, which is also the error that the intervals are told of. \"Should be\" is 1.96 times the root mean square error.\n\n", t.Options.Seed, t.Options.N, t.Options.Hand)
	b.WriteString("| value | within the 95 % interval, all places together |\n|---|---|\n")
	for _, what := range t.Quantities() {
		y := t.Pooled(what)
		fmt.Fprintf(&b, "| %s | %d of %d (%.1f %%) |\n", what, y.Inside, y.N, 100*y.Part())
	}
	fmt.Fprintf(&b, "\nBy chance alone, %d repetitions at one place come out up to %.1f points beside 95 %%.\n\n", t.Options.N, 196*math.Sqrt(0.95*0.05/float64(t.Options.N)))
	b.WriteString("| value | where | true | within the 95 % interval | half width printed | should be |\n|---|---|---|---|---|---|\n")
	for _, c := range t.Rows {
		fmt.Fprintf(&b, "| %s | %s | %.3f | %d of %d (%.1f %%) | %.3f | %.3f |\n", c.What, c.Where, c.Truth, c.Inside, c.N, 100*c.Part(), c.Half(), c.Spread())
	}
	return b.String()
}
