package dicomio_test

import (
	"testing"

	"rachis/dicomio/tag"
)

// TestProjection: lateral and frontal films are told by what the standard says first, then by words.
func TestProjection(t *testing.T) {
	for _, c := range []struct {
		name string
		film attrs
		want string
	}{
		{"left lateral", attrs{tag.ViewPosition: "LL"}, "LATERAL"},
		{"antero-posterior", attrs{tag.ViewPosition: "AP", tag.SeriesDescription: "PROFIL"}, "FRONTAL"}, // the attribute that is made for it counts
		{"words in ViewPosition", attrs{tag.ViewPosition: "LATERAL"}, "LATERAL"},
		{"rows to the back", attrs{tag.PatientOrientation: `P\F`}, "LATERAL"},
		{"rows to the front", attrs{tag.PatientOrientation: `A\F`, tag.SeriesDescription: "FACE"}, "LATERAL"},
		{"rows to the left", attrs{tag.PatientOrientation: `L\F`}, "FRONTAL"},
		{"turned by a quarter", attrs{tag.PatientOrientation: `F\A`}, "LATERAL"},
		{"from above", attrs{tag.PatientOrientation: `L\P`}, ""},
		{"oblique", attrs{tag.PatientOrientation: `LA\FL`}, ""},
		{"French", attrs{tag.SeriesDescription: "Rachis lombaire profil"}, "LATERAL"},
		{"English", attrs{tag.SeriesDescription: "L-SPINE LAT FLEXION"}, "LATERAL"},
		{"both", attrs{tag.SeriesDescription: "RACHIS FACE + PROFIL"}, ""},
		{"nothing", attrs{tag.SeriesDescription: "RACHIS"}, ""},
		{"a slice", attrs{tag.Modality: "MR", tag.ViewPosition: "LL", tag.SeriesDescription: "LAT"}, ""},
	} {
		film := attrs{tag.Modality: "DX", tag.InstanceNumber: "1", tag.PatientOrientation: "-"}.and(c.film)
		if got := writeSlices(t, film).Stacks[0].Projection; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	two := writeSlices(t, attrs{tag.Modality: "DX", tag.InstanceNumber: "1", tag.ViewPosition: "LL"}, attrs{tag.Modality: "DX", tag.InstanceNumber: "2", tag.ViewPosition: "AP"})
	if k := two.Stacks[0]; len(two.Stacks) == 1 && k.Projection != "" {
		t.Errorf("a series of both is %q", k.Projection)
	}
}
