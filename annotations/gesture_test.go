package annotations

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

// play lets a tool answer a script of gestures, and returns its last step and what it committed. The words of a script:
//
//	p0,0  press     m5,5  move     r10,0  release     c5,5  click: press and release
//	p0,0+ with Shift               @2     go on on image 2 (image 1 at first)
//	f     Finish    b     Retract  x      Cancel
//
// The images are 100 columns wide and 80 rows high, the reach is 3 pixels.
func play(t testing.TB, tool Tool, script string) (Step, *Edit) {
	t.Helper()
	image := picture(1)
	var last Step
	var commit *Edit
	for _, word := range strings.Fields(script) {
		p := Pointer{Image: image, Reach: 3, Columns: 100, Rows: 80}
		rest := word[1:]
		if r, ok := strings.CutSuffix(rest, "+"); ok {
			p.Shift, rest = true, r
		}
		if strings.Contains(rest, ",") {
			p.At = points(t, rest)[0]
		}
		var steps []Step
		switch word[0] {
		case 'p':
			steps = []Step{tool.Press(p)}
		case 'm':
			steps = []Step{tool.Move(p)}
		case 'r':
			steps = []Step{tool.Release(p)}
		case 'c':
			steps = []Step{tool.Press(p), tool.Release(p)}
		case 'f':
			f, ok := tool.(Finisher)
			if !ok {
				t.Fatalf("%s: the tool cannot finish", script)
			}
			steps = []Step{f.Finish()}
		case 'b':
			steps = []Step{tool.(Retracter).Retract()}
		case 'x':
			steps = []Step{tool.Cancel()}
		case '@':
			n, err := strconv.Atoi(rest)
			if err != nil {
				t.Fatal(err)
			}
			image = picture(n)
			continue
		default:
			t.Fatalf("%s: no word %q", script, word)
		}
		for _, s := range steps {
			if s.Commit != nil {
				if commit != nil {
					t.Fatalf("%s: committed twice", script)
				}
				commit = s.Commit
				if !s.Done || s.Draft != nil {
					t.Errorf("%s: a step that commits is Done %v, with a draft %v", script, s.Done, s.Draft != nil)
				}
			}
			last = s
		}
	}
	return last, commit
}

// picture is image n of a series in a frame of reference, without a place.
func picture(n int) ImageRef {
	return ImageRef{StudyInstanceUID: "1.2.1", SeriesInstanceUID: "1.2.1.1", SOPClassUID: "1.2.840.10008.5.1.4.1.1.4",
		SOPInstanceUID: fmt.Sprintf("1.2.1.1.%d", n), Frame: 1, FrameOfReferenceUID: "1.2.9"}
}

// points reads "0,0 10,5.5".
func points(t testing.TB, s string) []space.Pixel {
	t.Helper()
	var out []space.Pixel
	for _, word := range strings.Fields(s) {
		c, r, ok := strings.Cut(word, ",")
		col, err1 := strconv.ParseFloat(c, 64)
		row, err2 := strconv.ParseFloat(r, 64)
		if !ok || err1 != nil || err2 != nil {
			t.Fatalf("no point: %q", word)
		}
		out = append(out, space.Pixel{Col: col, Row: row})
	}
	return out
}

// written is the reverse of points, rounded to a thousandth.
func written(list []space.Pixel) string {
	var words []string
	for _, p := range list {
		words = append(words, fmt.Sprintf("%s,%s", short(p.Col), short(p.Row)))
	}
	return strings.Join(words, " ")
}

func short(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
