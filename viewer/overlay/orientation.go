package overlay

import (
	"math"
	"strings"

	"rachis/dicomio/space"
)

// The sides of the screen, in the order in which Letters answers.
const (
	Left = iota
	Right
	Top
	Bottom
)

// unknown is what a side is called where the file does not say.
const unknown = "?"

// secondLetter is how large the second component of a direction is, at least, for its letter to be shown: the sine of 15
// degrees. Lumbar slices are often tilted by a few degrees with the spine; a second letter on each of them would say nothing.
const secondLetter = 0.2588

// Letters returns where in the patient the left, right, top and bottom of the screen lie, for an image turned clockwise by
// quarter turns and then flipped left to right: "L", "R", "A", "P", "H" or "F", with the letter of the next direction behind it
// on oblique planes ("PF"). They are "?" when the plane is not known.
func Letters(plane space.Plane, turn int, flip bool) [4]string {
	if !plane.Known() {
		return [4]string{unknown, unknown, unknown, unknown}
	}
	return onScreen([4]string{
		Left: direction(plane.Along.Scale(-1)), Right: direction(plane.Along),
		Top: direction(plane.Down.Scale(-1)), Bottom: direction(plane.Down),
	}, turn, flip)
}

// LettersOf is Letters for an image that may have no plane: then the values of its PatientOrientation (0020,0020) tell where
// the rows and the columns lead, as on radiographs. What is missing or makes no sense is "?".
func LettersOf(plane space.Plane, patientOrientation []string, turn int, flip bool) [4]string {
	if plane.Known() {
		return Letters(plane, turn, flip)
	}
	right, bottom := unknown, unknown
	if len(patientOrientation) == 2 {
		right, bottom = stated(patientOrientation[0]), stated(patientOrientation[1])
		if axis(right) == axis(bottom) { // rows and columns cannot lead the same way
			right, bottom = unknown, unknown
		}
	}
	return onScreen([4]string{Left: opposite(right), Right: right, Top: opposite(bottom), Bottom: bottom}, turn, flip)
}

// onScreen turns the letters of the image's sides with it.
func onScreen(l [4]string, turn int, flip bool) [4]string {
	for range turn & 3 {
		l = [4]string{Left: l[Bottom], Top: l[Left], Right: l[Top], Bottom: l[Right]}
	}
	if flip {
		l[Left], l[Right] = l[Right], l[Left]
	}
	return l
}

// direction names a direction in the patient (PS3.3 C.7.6.2.1.1: x to the left, y to the back, z to the head) with one
// letter, or two.
func direction(v space.LPS) string {
	v = v.Unit()
	size := [3]float64{math.Abs(v.X), math.Abs(v.Y), math.Abs(v.Z)}
	first, second := -1, -1
	for i, s := range size { // of equals the earlier axis comes first
		switch {
		case first < 0 || s > size[first]+1e-9:
			first, second = i, first
		case second < 0 || s > size[second]+1e-9:
			second = i
		}
	}
	letter := func(i int) string {
		return [3][2]string{{"L", "R"}, {"P", "A"}, {"H", "F"}}[i][negative([3]float64{v.X, v.Y, v.Z}[i])]
	}
	if size[second] < secondLetter {
		return letter(first)
	}
	return letter(first) + letter(second)
}

func negative(x float64) int {
	if x < 0 {
		return 1
	}
	return 0
}

// stated reads one value of PatientOrientation: up to three of the letters, the main direction first (PS3.3 C.7.6.1.1.1). Two
// are kept, as Letters shows. Anything else, such as the directions of animals, is unknown.
func stated(value string) string {
	value = strings.ToUpper(strings.TrimSpace(value))
	if value == "" || len(value) > 3 {
		return unknown
	}
	seen := ""
	for _, r := range value {
		a := axis(string(r))
		if a == "" || strings.Contains(seen, a) {
			return unknown
		}
		seen += a
	}
	return value[:min(len(value), 2)]
}

// axis names the axis of the first letter, "" for none.
func axis(letters string) string {
	if letters == "" {
		return ""
	}
	switch letters[0] {
	case 'L', 'R':
		return "x"
	case 'P', 'A':
		return "y"
	case 'H', 'F':
		return "z"
	}
	return ""
}

// opposite names the other end of a direction.
func opposite(letters string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'L':
			return 'R'
		case 'R':
			return 'L'
		case 'P':
			return 'A'
		case 'A':
			return 'P'
		case 'H':
			return 'F'
		case 'F':
			return 'H'
		}
		return r
	}, letters)
}
