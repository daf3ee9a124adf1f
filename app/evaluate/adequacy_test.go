package evaluate_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/describe"
	"rachis/app/evaluate"
	"rachis/app/lang"
	"rachis/dicomio/space"
)

// neighbours are images with what else was marked on them.
type neighbours struct {
	evaluate.Images
	list []annotations.Annotation
}

func (n neighbours) OnImage(ref annotations.ImageRef) (out []annotations.Annotation) {
	for _, a := range n.list {
		if slices.ContainsFunc(a.Marks, func(m annotations.Mark) bool { return m.Image.Same(ref) }) {
			out = append(out, a)
		}
	}
	return out
}

// What software cannot know is asked, and what limits a verdict is said beside it.
func TestFilmsLimitTheVerdict(t *testing.T) {
	s := load(t)
	read := func(attributes map[string]string) annotations.Annotation {
		a := s.segment(t, "L4-L5")
		a.Attributes = attributes
		return evaluate.Evaluate(t.Context(), s.images, a)
	}
	for _, c := range []struct {
		attributes map[string]string
		want, none string
	}{
		{nil, "contour-unknown film-posture-unknown", "contour-over film-posture-lying effort-said"},
		{map[string]string{"double_contour": "over-3mm", "posture": spine.Lying, "effort": "insufficient"}, "contour-over film-posture-lying effort-said", "contour-unknown film-posture-unknown"},
		{map[string]string{"double_contour": "up-to-3mm", "posture": spine.Standing, "effort": "adequate"}, "", "contour-unknown contour-over film-posture-unknown film-posture-lying effort-said"},
		{map[string]string{"double_contour": "none", "posture": spine.Sitting}, "", "contour-unknown film-posture-unknown effort-said"},
	} {
		a := read(c.attributes)
		for _, code := range strings.Fields(c.want) {
			if !warned(a, code) {
				t.Errorf("%v: no %s in %v", c.attributes, code, warnings(a))
			}
		}
		for _, code := range strings.Fields(c.none) {
			if warned(a, code) {
				t.Errorf("%v: %s", c.attributes, code)
			}
		}
		if a.Suggestion.Type != "indeterminate" || a.Decision != "" {
			t.Errorf("%v: the verdict is %q, decided %q: a gate is no verdict", c.attributes, a.Suggestion.Type, a.Decision)
		}
	}
	// In both languages the limits stand right behind the verdict.
	a := read(map[string]string{"double_contour": "over-3mm"})
	for _, language := range lang.Languages {
		lines := strings.Split(describe.Suggestion(lang.In(language), a), "\n")
		if len(lines) < 3 || !strings.HasPrefix(lines[1], "⚠ ") || !strings.Contains(strings.Join(lines[1:4], " "), "3 mm") {
			t.Errorf("%s: %q", language, lines)
		}
	}
}

// The range of the lumbar spine is measured between the findings of its ends, where the same reviewer has marked them on the same films.
func TestTheRangeOfTheLumbarSpine(t *testing.T) {
	s := load(t)
	top, bottom := s.segment(t, "L1-L2"), s.segment(t, "L5-S1")
	top.UID, bottom.UID = "2.25.11", "2.25.12"
	for _, a := range []*annotations.Annotation{&top, &bottom} {
		a.Author = "A"
	}
	read := func(author string, list ...annotations.Annotation) annotations.Annotation {
		a := s.segment(t, "L3-L4")
		a.UID, a.Author = "2.25.10", author
		return evaluate.Evaluate(t.Context(), neighbours{s.images, list}, a)
	}
	a := read("A", top, bottom)
	// The lordosis by the truth of the phantom, computed here: L1's superior endplate against the sacrum's.
	want := 0.0
	for position, sign := range map[string]float64{"EXTENSION": 1, "FLEXION": -1} {
		v := s.truth.Films[position].Vertebrae
		want += sign * lordosis(v["L1"].SA.Pixel, v["L1"].SP.Pixel, v["S1"].SA.Pixel, v["S1"].SP.Pixel)
	}
	near(t, "range", value(t, a, "lumbar_range_deg", "").Value, want, 1e-6)
	if warned(a, "effort-unknown") {
		t.Error("the range is measured and said to be unknown")
	}
	for name, b := range map[string]annotations.Annotation{"another reviewer's": read("B", top, bottom), "one end": read("A", top)} {
		if _, ok := b.Quantity("lumbar_range_deg", ""); ok {
			t.Errorf("%s: a range", name)
		}
	}
}

// lordosis is the angle in degrees between two endplates by their anterior and posterior ends, + where they open to the front, whichever way the patient
// faces.
func lordosis(topFront, topBack, bottomFront, bottomBack space.Pixel) float64 {
	facing := 1.0
	if bottomFront.Col < bottomBack.Col {
		facing = -1
	}
	angle := func(back, front space.Pixel) float64 {
		return math.Atan2(back.Row-front.Row, facing*(front.Col-back.Col)) * 180 / math.Pi
	}
	return angle(topBack, topFront) - angle(bottomBack, bottomFront)
}
