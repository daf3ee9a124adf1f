package registration

import (
	"strconv"

	"rachis/dicomio/space"
)

// enough is how many vertebrae tell a patient's film from another's. Where fewer are marked those beside them are looked for too, roughly where the next ones
// must be: nobody is told where they are, but they say whether this is the film.
const enough = 4

// companions adds to few vertebrae those above them, and below where no sacrum can be, as far as the film goes.
func (w *work) companions() {
	marked := w.bodies
	if len(marked) >= enough || marked[0].sacrum {
		return
	}
	top, bottom := marked[0], marked[len(marked)-1]
	step := middleOf(top.corner[0], top.corner[1]).Sub(middleOf(top.corner[2], top.corner[3]))
	step = space.Pixel{Col: 1.35 * step.Col, Row: 1.35 * step.Row} // with a disc
	if len(marked) > 1 && !bottom.sacrum {
		n := float64(bottom.rank - top.rank)
		d := middleOf(top.corner[0], top.corner[2]).Sub(middleOf(bottom.corner[0], bottom.corner[2]))
		step = space.Pixel{Col: d.Col / n, Row: d.Row / n}
	}
	add := func(b body, n int) bool {
		c := body{name: "beside " + strconv.Itoa(b.rank+n), rank: b.rank + n, companion: true}
		for i, at := range b.corner {
			c.corner[i] = space.Pixel{Col: at.Col - float64(n)*step.Col, Row: at.Row - float64(n)*step.Row}
			if !w.from.holds(c.corner[i]) {
				return false
			}
		}
		if n < 0 {
			w.bodies = append([]body{c}, w.bodies...)
		} else {
			w.bodies = append(w.bodies, c)
		}
		return true
	}
	for n := 1; len(w.bodies) < enough && add(top, -n); n++ {
	}
	for n := 1; len(w.bodies) < enough && bottom.rank+n <= lowestCompanion && add(bottom, n); n++ {
	}
}

// lowestCompanion is the rank of L4: what lies below L5 lies otherwise.
var lowestCompanion = rankOf("L4")

func middleOf(a, b space.Pixel) space.Pixel {
	return space.Pixel{Col: (a.Col + b.Col) / 2, Row: (a.Row + b.Row) / 2}
}
