package cases

import (
	"testing"

	"rachis/annotations"
)

// AIM's STIR3 as its abstract has it (PMC8128743): volume >= 25 %, height > 50 %, greatest increase >= 25 %, on both sides of the disc.
func TestStirExtent(t *testing.T) {
	of := func(endplate string, mean, most, height, volume float64) annotations.Annotation {
		a := reading(annotations.Modic, "L4-L5", endplate, "A", "1.2", "1", value("percent", mean, 0, "%"), value("stir_most_percent", most, 0, "%"), value("height_percent", height, 0, "%"))
		a.Values[0].Role, a.Values[1].Role = "STIR", "STIR"
		if volume > 0 {
			a.Values = append(a.Values, value("volume_percent", volume, 0, "%"))
		}
		return a
	}
	const above, below = annotations.InferiorOfCranial, annotations.SuperiorOfCaudal
	other := of(below, 20, 30, 30, 10)
	other.Author = "B"
	before := of(below, 20, 30, 30, 10)
	before.Marks[0].Image.StudyInstanceUID = "1.1"
	healthy := reading(annotations.Modic, "L4-L5", below, "A", "1.2", "0")
	for _, c := range []struct {
		name string
		list []annotations.Annotation
		want string
	}{
		{"all of it", []annotations.Annotation{of(above, 20, 25, 50.1, 25), of(below, 12, 14, 20, 5)}, "met"},
		{"height at 50", []annotations.Annotation{of(above, 20, 25, 50, 25), of(below, 12, 14, 20, 5)}, "not met"},
		{"volume below", []annotations.Annotation{of(above, 20, 25, 60, 24.9), of(below, 12, 14, 20, 5)}, "not met"},
		{"intensity below", []annotations.Annotation{of(above, 20, 24.9, 60, 30), of(below, 12, 14, 20, 5)}, "not met"},
		{"each at another endplate", []annotations.Annotation{of(above, 20, 40, 60, 10), of(below, 20, 40, 20, 30)}, "not met"},
		{"one endplate, the other read as 0", []annotations.Annotation{of(above, 20, 40, 60, 30), healthy}, "not met"},
		{"one endplate, the other not read", []annotations.Annotation{of(above, 20, 40, 60, 30)}, "unknown"},
		{"no volume", []annotations.Annotation{of(above, 20, 40, 60, 0), of(below, 12, 14, 20, 5)}, "unknown"},
		{"no volume, but no height either", []annotations.Annotation{of(above, 20, 40, 40, 0), of(below, 12, 14, 20, 5)}, "not met"},
		{"another reviewer's other endplate", []annotations.Annotation{of(above, 20, 40, 60, 30), other}, "unknown"},
		{"another examination's", []annotations.Annotation{of(above, 20, 40, 60, 30), before}, "unknown"},
		{"no increase at all", []annotations.Annotation{of(above, 5, 8, 60, 30), of(below, 3, 5, 60, 30)}, ""},
	} {
		got, ok := StirExtent(c.list, c.list[0])
		if ok != (c.want != "") || got.Verdict != c.want {
			t.Errorf("%s: %v %+v, want %q", c.name, ok, got, c.want)
		}
	}
	if got, _ := StirExtent([]annotations.Annotation{of(above, 20, 25, 50.1, 25), of(below, 12, 44, 20, 5)}, of(above, 20, 25, 50.1, 25)); got.Volume == nil || *got.Volume != 25 || *got.Most != 44 || got.BothSides == nil || !*got.BothSides {
		t.Errorf("%+v", got)
	}
}
