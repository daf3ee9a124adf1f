package overlay

import (
	"math"
	"testing"

	"rachis/dicomio/space"
)

func lps(x, y, z float64) space.LPS { return space.LPS{X: x, Y: y, Z: z} }

func plane(along, down space.LPS) space.Plane {
	return space.Plane{Along: along, Down: down, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
}

// tilted returns a sine and a cosine.
func tilted(degrees float64) (sin, cos float64) { return math.Sincos(degrees * math.Pi / 180) }

// The planes are those of every textbook: sides are given as left, right, top, bottom.
func TestLetters(t *testing.T) {
	axial := plane(lps(1, 0, 0), lps(0, 1, 0))     // seen from the feet: the patient's right is on the left
	sagittal := plane(lps(0, 1, 0), lps(0, 0, -1)) // the face looks to the left
	coronal := plane(lps(1, 0, 0), lps(0, 0, -1))
	s30, c30 := tilted(30)
	s10, c10 := tilted(10)
	s70, c70 := tilted(70)
	for _, c := range []struct {
		name  string
		plane space.Plane
		turn  int
		flip  bool
		want  [4]string
	}{
		{"axial", axial, 0, false, [4]string{"R", "L", "A", "P"}},
		{"sagittal", sagittal, 0, false, [4]string{"A", "P", "H", "F"}},
		{"coronal", coronal, 0, false, [4]string{"R", "L", "H", "F"}},
		// A quarter turn clockwise brings the head to the right and the face up.
		{"sagittal turned", sagittal, 1, false, [4]string{"F", "H", "A", "P"}},
		{"sagittal turned twice", sagittal, 2, false, [4]string{"P", "A", "F", "H"}},
		{"sagittal turned three times", sagittal, 3, false, [4]string{"H", "F", "P", "A"}},
		{"sagittal turned back", sagittal, -1, false, [4]string{"H", "F", "P", "A"}},
		{"sagittal turned five times", sagittal, 5, false, [4]string{"F", "H", "A", "P"}},
		{"axial flipped", axial, 0, true, [4]string{"L", "R", "A", "P"}},
		{"sagittal turned, then flipped", sagittal, 1, true, [4]string{"H", "F", "A", "P"}},
		// L5-S1 slices: the columns lead backward and down.
		{"axial through a tilted disc", plane(lps(1, 0, 0), lps(0, c30, -s30)), 0, false, [4]string{"R", "L", "AH", "PF"}},
		{"nearly axial", plane(lps(1, 0, 0), lps(0, c10, -s10)), 0, false, [4]string{"R", "L", "A", "P"}},
		{"nearly coronal", plane(lps(1, 0, 0), lps(0, c70, -s70)), 0, false, [4]string{"R", "L", "HA", "FP"}},
		{"half way", plane(lps(math.Sqrt2/2, math.Sqrt2/2, 0), lps(0, 0, -1)), 0, false, [4]string{"RA", "LP", "H", "F"}},
		{"unknown", space.Plane{}, 1, true, [4]string{"?", "?", "?", "?"}},
	} {
		if got := Letters(c.plane, c.turn, c.flip); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := LettersOf(c.plane, []string{"H", "L"}, c.turn, c.flip); c.plane.Known() && got != c.want {
			t.Errorf("%s: PatientOrientation went before the plane: %q", c.name, got)
		}
	}
}

func TestLettersOfPatientOrientation(t *testing.T) {
	for _, c := range []struct {
		name  string
		value []string
		turn  int
		flip  bool
		want  [4]string
	}{
		{"lateral film", []string{"P", "F"}, 0, false, [4]string{"A", "P", "H", "F"}},
		{"lateral film, flipped", []string{"P", "F"}, 0, true, [4]string{"P", "A", "H", "F"}},
		{"frontal film", []string{"L", "F"}, 0, false, [4]string{"R", "L", "H", "F"}},
		{"frontal film, turned", []string{"L", "F"}, 1, false, [4]string{"F", "H", "R", "L"}},
		{"oblique", []string{"LPH", "FA"}, 0, false, [4]string{"RA", "LP", "HP", "FA"}},
		{"lower case", []string{" p", "f "}, 0, false, [4]string{"A", "P", "H", "F"}},
		{"rows alone", []string{"P", ""}, 0, false, [4]string{"A", "P", "?", "?"}},
		{"rows alone, turned", []string{"P", ""}, 1, false, [4]string{"?", "?", "A", "P"}},
		{"absent", nil, 0, false, [4]string{"?", "?", "?", "?"}},
		{"one value", []string{"P"}, 0, false, [4]string{"?", "?", "?", "?"}},
		{"one axis twice", []string{"P", "A"}, 0, false, [4]string{"?", "?", "?", "?"}},
		{"both ends", []string{"LR", "F"}, 0, false, [4]string{"?", "?", "H", "F"}},
		{"an animal's", []string{"CR", "D"}, 0, false, [4]string{"?", "?", "?", "?"}},
		{"nonsense", []string{"Å", "LPHF"}, 0, false, [4]string{"?", "?", "?", "?"}},
	} {
		if got := LettersOf(space.Plane{}, c.value, c.turn, c.flip); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Turned and flipped letters agree with where the geometry that paints the pixels brings the image's axes.
func TestLettersFollowThePixels(t *testing.T) {
	p := plane(lps(0, 1, 0), lps(0, 0, -1)) // right is P, down is F
	axes := map[[2]int]string{{1, 0}: "P", {-1, 0}: "A", {0, 1}: "F", {0, -1}: "H"}
	for turn := range 4 {
		for _, flip := range []bool{false, true} {
			g := geometry(40, 30, 100, 80, 1, turn, flip)
			// What one step on screen is in (column, row): a step right on screen leads where the right side lies.
			right, down := g.Screen()
			l := Letters(p, turn, flip)
			if l[Right] != axes[right] || l[Bottom] != axes[down] || l[Left] != opposite(l[Right]) || l[Top] != opposite(l[Bottom]) {
				t.Errorf("turn %d flip %v: letters %q, the pixels say %q %q", turn, flip, l, axes[right], axes[down])
			}
		}
	}
}
