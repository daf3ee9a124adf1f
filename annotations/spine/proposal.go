package spine

import (
	"math"

	"rachis/dicomio/space"
)

// tilts are by how many degrees the way up from a body's middle to that of the vertebra above leans to the front, by the lower one: those of a moderate
// lordosis lying down, level about L3. They are a convention of the project.
var tilts = map[string]float64{sacrum: 24, "L6": 20, "L5": 14, "L4": 6, "L3": 0, "L2": -4, "L1": -6, "T12": -6}

// leaning returns the typical direction of the way up from a vertebra, of length 1: up where nothing is known of it or of the front.
func leaning(lower string, front, up space.LPS) space.LPS {
	axis := up.Unit()
	side := front.Sub(axis.Scale(front.Dot(axis)))
	angle, ok := tilts[lower]
	if !ok || !(side.Length() > 1e-9) {
		return axis
	}
	angle *= math.Pi / 180
	return axis.Scale(math.Cos(angle)).Add(side.Unit().Scale(math.Sin(angle)))
}

// bendOf is by how much the spine from one lumbar vertebra to another bows to the front, as a part of its chord: an arc that turns by three quarters of
// what the tilts at its ends differ by, so that a flat back is missed by no more than a curved one.
func bendOf(upper, lower string) float64 {
	list := Between(upper, lower)
	if len(list) < 2 {
		return 0
	}
	steps := float64(len(list) - 1)
	turn := tilts[lower] - tilts[list[1]] // of the steps' middles, one fewer than there are steps
	if steps > 1 {
		turn *= steps / (steps - 1)
	} else {
		turn = (tilts[lower] - tilts[upper]) / 2
	}
	return 0.75 * max(0, turn) * math.Pi / 180 / 8
}

// What an estimated error (95 %) of a proposal is made of, in steps from a vertebra to the next: errorBetween for each step of the gap between two labels, and
// beyond them errorTurn by which each step may turn otherwise than is typical (5 degrees as a standard deviation), errorLowTurn for the steps to what lies
// under L4, where spines differ most (10 degrees), and errorStep by which a step may be longer or shorter.
const (
	errorBetween = 0.05
	errorTurn    = 2 * 5 * math.Pi / 180
	errorLowTurn = 2 * 10 * math.Pi / 180
	errorStep    = 2 * 0.08
	// errorCarried and errorCarriedStep are those of a label that is carried from another space: with the labels in common, and with each step away from
	// them, by which a turn of 4 degrees between the two tells.
	errorCarried     = 0.1
	errorCarriedStep = 0.07
)

// lowestOfTheChain is the rank of L4: the ways to what lies under it are the least alike.
var lowestOfTheChain, _ = rank("L4")

// qualityOf is that of a proposal at place v of an order of vertebrae from the head down, of which those at the places given, in growing order, were labelled by hand: nothing
// where these are fewer than two.
func qualityOf(order []string, v int, given []int) float64 {
	if len(given) < 2 {
		return 0
	}
	first, last := given[0], given[len(given)-1]
	k := max(first-v, v-last)
	if k <= 0 {
		gap := 1
		for i := 1; i < len(given); i++ {
			if given[i-1] < v && v < given[i] {
				gap = given[i] - given[i-1]
			}
		}
		return max(0, 1-errorBetween*float64(gap))
	}
	n := float64(k)
	squares := 0.0
	for i := 1; i <= k; i++ { // a turn moves all that lies beyond it
		turn := errorTurn
		if v > last {
			if at, _ := rank(order[last+i]); at > lowestOfTheChain {
				turn = errorLowTurn
			}
		}
		squares += turn * turn * float64((k-i+1)*(k-i+1))
	}
	turn := math.Sqrt(squares)
	step := errorStep * n / math.Sqrt(float64(last-first))
	return max(0, 1-math.Hypot(turn, step))
}
