package viewer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Matching windows of two MR series.
//
// The values of an MR series are on a scale of its own, so that no window means the same on two of them. What can be made alike is how bright
// and how contrasted the same piece of the patient looks on the whole. Both pictures are sampled at the same places of the patient, where both
// have a value; the matchLow-th percentile of those values in the one stands for that in the other, and so does the matchHigh-th; the window
// follows by the straight line through the two. Air, cortical bone and ligament set the dark end on T1 and on T2 alike, fat the bright one.
//
// It cannot mean that a grey is the same tissue in both: fluid is dark on T1 and bright on T2 whatever the window is, and that it is so is what
// a Modic type is read from. Nothing is measured from a window. It is refused where the two pictures do not lie in one plane at one place.
const (
	matchLow, matchHigh = 0.05, 0.95
	// leastCommon is the least number of places that both pictures have a value at.
	leastCommon = 1000
	// matchSamples is how many places are looked at, about.
	matchSamples = 1 << 16
)

// MatchProblem is why no window was matched: the end of a key of texts, "" where one was.
type MatchProblem string

// The problems. Active is the active view: no grey MR picture with a place in the patient is on it. Other: no other view shows another MR series. Place: none of these shows the same
// place in the same plane and frame of reference. Common: they overlap in too little, or one is without any contrast.
const (
	MatchActive MatchProblem = "active"
	MatchOther  MatchProblem = "other"
	MatchPlace  MatchProblem = "place"
	MatchCommon MatchProblem = "common"
)

// MatchWindows sets the windows of the other MR series on screen from that of the active view, so that the same part of the patient looks as
// bright in them. It returns how many views it has set; none for a problem.
func (g *Grid) MatchWindows() (int, MatchProblem) {
	a := g.activeCell()
	if !a.matchable() {
		return 0, MatchActive
	}
	n, problem := 0, MatchOther
	worse := func(p MatchProblem) {
		order := []MatchProblem{MatchOther, MatchPlace, MatchCommon}
		if slices.Index(order, p) > slices.Index(order, problem) {
			problem = p
		}
	}
	for _, b := range g.shown() {
		if b == a || b.series == a.series || !b.matchable() {
			continue
		}
		way, ok := g.aligned(a, b)
		if !ok || !way.whole() || !b.atPlaceOf(a, way.move) {
			worse(MatchPlace)
			continue
		}
		w, ok := matched(a, b, way.move)
		if !ok {
			worse(MatchCommon)
			continue
		}
		v := b.view
		v.Center, v.Width, v.Function, v.Preset = w.Center, w.Width, w.Function, presetMatched+":"+a.series.item.Stack.Weighting+":"+seriesNumber(a.series.item)
		g.show(b, v, false)
		n++
	}
	if n > 0 {
		return n, ""
	}
	return 0, problem
}

func seriesNumber(it Item) string {
	if it.Info.SeriesNumber == 0 {
		return ""
	}
	return strconv.Itoa(it.Info.SeriesNumber)
}

// matchable reports whether the cell shows a grey MR slice with a place in the patient.
func (c *cell) matchable() bool {
	return c.series != nil && strings.EqualFold(c.series.item.Info.Modality, "MR") && c.picture != nil && !c.picture.preview && c.picture.frame.RGB == nil &&
		c.series.plane(c.slice).Known() && c.voi().LUT == nil
}

// atPlaceOf reports whether the slice of a cell lies where that of another does, within a slice's spacing.
func (c *cell) atPlaceOf(a *cell, move space.LPS) bool {
	at, ok := a.series.centre(a.slice)
	if !ok {
		return false
	}
	_, d := c.series.plane(c.slice).FromPatient(at.Add(move))
	return math.Abs(d) <= max(a.series.item.Stack.Spacing, c.series.item.Stack.Spacing, 1)+rounding
}

// matched returns the window of b that stands for that of a.
func matched(a, b *cell, move space.LPS) (dicomio.Window, bool) {
	va, vb := common(a, b, move)
	if len(va) < leastCommon {
		return dicomio.Window{}, false
	}
	la, ha := quantile(va, matchLow), quantile(va, matchHigh)
	lb, hb := quantile(vb, matchLow), quantile(vb, matchHigh)
	if !(ha > la) || !(hb > lb) {
		return dicomio.Window{}, false
	}
	w, ok := a.window()
	if !ok {
		return dicomio.Window{}, false
	}
	k := (hb - lb) / (ha - la)
	// LINEAR shows centre-0.5 +- (width-1)/2 (PS3.3 C.11.2.1.2.1); the others centre +- width/2.
	half, less := 0.5, 1.0
	if w.Function == "LINEAR_EXACT" || w.Function == sigmoid {
		half, less = 0, 0
	}
	w.Center = lb + float64((w.Center-half-la)*k) + half
	w.Width = float64((w.Width-less)*k) + less
	w.Explanation = ""
	return w, w.Width > 0 && !math.IsInf(w.Width, 0)
}

// common returns the values of the pictures of two cells at places of the patient that both have a value at, in the same order.
func common(a, b *cell, move space.LPS) (va, vb []float64) {
	fa, fb := a.picture.frame, b.picture.frame
	pa, pb := a.series.plane(a.slice), b.series.plane(b.slice)
	step := max(int(math.Sqrt(float64(fa.Rows)*float64(fa.Columns)/matchSamples)), 1)
	for r := 0; r < fa.Rows; r += step {
		for col := 0; col < fa.Columns; col += step {
			at := space.Pixel{Col: float64(col) + 0.5, Row: float64(r) + 0.5}
			q, _ := pb.FromPatient(pa.ToPatient(at).Add(move))
			if !inside(fb, q) {
				continue
			}
			x, ok := valueAt(fa, at)
			y, also := valueAt(fb, q)
			if ok && also {
				va, vb = append(va, x), append(vb, y)
			}
		}
	}
	return va, vb
}

// quantile is the least of the values that the fraction p of them lies at or below, to the nearest whole rank. It sorts them.
func quantile(values []float64, p float64) float64 {
	slices.Sort(values)
	return values[min(max(int(math.Ceil(p*float64(len(values))))-1, 0), len(values)-1)]
}
