package dicomio_test

import (
	"math"
	"path/filepath"
	"strconv"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// seriesWith is the series of one file with the given attributes.
func seriesWith(t *testing.T, a attrs, sequences ...[]byte) *dicomio.Series {
	t.Helper()
	path := filepath.Join(t.TempDir(), "IM1")
	put(t, path, sample.and(a).file(sequences...))
	return only(t, scan(t, path))
}

func TestWeighting(t *testing.T) {
	timing := func(sequence, tr, te, ti string) attrs {
		a := attrs{tag.ScanningSequence: sequence, tag.RepetitionTime: tr, tag.EchoTime: te}
		if ti != "" {
			a[tag.InversionTime] = ti
		}
		return a
	}
	t1, t2 := timing("SE", "500", "12", ""), timing("SE", "3500", "110", "")
	for _, c := range []struct {
		description  string
		more         attrs
		want, source string
		fat          bool
	}{
		// As scanners of several makers and French and Canadian centres write them.
		{"T2 SAG", nil, "T2", "SeriesDescription", false},
		{"t2_tse_sag_384", nil, "T2", "SeriesDescription", false},
		{"SAGT2", nil, "T2", "SeriesDescription", false},
		{"Sag T1 FSE", nil, "T1", "SeriesDescription", false},
		{"T1W_TSE", nil, "T1", "SeriesDescription", false},
		{"sT2W_TSE", nil, "T2", "SeriesDescription", false},
		{"FSET2", nil, "T2", "SeriesDescription", false},
		{"Rachis lombaire SAG T2 DIXON_W", nil, "T2", "SeriesDescription", true},
		{"T2 SAG FS", nil, "T2", "SeriesDescription", true},
		{"sag T2 fat sat", nil, "T2", "SeriesDescription", true},
		{"SAG T1 FS GADO", nil, "T1", "SeriesDescription", true},
		{"pondération T1 sagittale", nil, "T1", "SeriesDescription", false},
		{"STIR SAG", nil, "STIR", "SeriesDescription", true},
		{"T2 STIR sag", nil, "STIR", "SeriesDescription", true},
		{"t2_tirm_sag", nil, "STIR", "SeriesDescription", true},
		{"SagSTIR", nil, "STIR", "SeriesDescription", true},
		{"PD TSE FS AX", nil, "PD", "SeriesDescription", true},
		{"SAG DP", nil, "PD", "SeriesDescription", false},
		{"Densité de protons sag", nil, "PD", "SeriesDescription", false},
		// What only looks like a weighting.
		{"Rachis T12-S1 sag", nil, "", "", false},
		{"T1-T12 sag", t2, "T2", "TR/TE", false},
		{"C7-T1 AX", t2, "T2", "TR/TE", false},
		{"AX T2 L4-S1", nil, "T2", "SeriesDescription", false},
		{"T1-T2 level", t2, "T2", "TR/TE", false},
		{"T2* AX MEDIC", t2, "", "", false},
		{"T2 STAR", nil, "", "", false},
		{"T2 map", t2, "", "", false},
		{"2D 16Echo qT2", t2, "", "", false},
		{"ADC (T2)", nil, "", "", false},
		{"localizer", nil, "", "", false},
		{"FAST LOCALIZER", timing("GR", "10", "3.7", ""), "", "", false},
		// By times alone.
		{"sag", t1, "T1", "TR/TE", false},
		{"sag", t2, "T2", "TR/TE", false},
		{"sag", timing("SE", "1000", "12", ""), "T1", "TR/TE", false},
		{"sag", timing("SE", "2500", "20", ""), "PD", "TR/TE", false},
		{"sag", timing("SE", "1600", "60", ""), "", "", false},
		{"sag", timing(`SE\IR`, "4400", "60", "150"), "STIR", "ScanningSequence/InversionTime", true},
		{"sag", timing("IR", "9000", "100", "2500"), "", "", false},
		{"ep2d", timing("EP", "3000", "30", ""), "", "", false},
		{"", timing("SE", "0", "0", ""), "", "", false},
		// The description is believed, and the doubt is said.
		{"T1 SAG", t2, "T1", "SeriesDescription, against TR/TE", false},
		// The protocol's name comes next.
		{"sag", t1.and(attrs{tag.ProtocolName: "T2 SAG LOMBAIRE"}), "T2", "ProtocolName, against TR/TE", false},
		{"sag", attrs{tag.ScanOptions: `SP\FS`, tag.ProtocolName: "T2"}, "T2", "ProtocolName", true},
		// CT has no weighting, whatever it is called.
		{"T1 vertebra", attrs{tag.Modality: "CT"}, "", "", false},
	} {
		se := seriesWith(t, attrs{tag.SeriesDescription: c.description, tag.SpecificCharacterSet: "ISO_IR 192"}.and(c.more))
		if se.Weighting != c.want || se.WeightingSource != c.source {
			t.Errorf("%q %v: %q by %q, want %q by %q", c.description, c.more, se.Weighting, se.WeightingSource, c.want, c.source)
		}
		if c.want != "" && c.fat != se.FatSuppressed {
			t.Errorf("%q: fat suppressed is %v", c.description, se.FatSuppressed)
		}
	}
}

func TestView(t *testing.T) {
	film := attrs{tag.Modality: "DX"}
	code := func(meaning string) []byte {
		inner := join(text(tag.CodeValue, "SH", "1"), text(tag.CodeMeaning, "LO", meaning))
		whole := join(item(tag.Item, uint32(len(inner))), inner)
		return join(headOf(tag.ViewCodeSequence, "SQ", uint32(len(whole))), whole)
	}
	for _, c := range []struct {
		a            attrs
		sequence     []byte
		want, source string
	}{
		{attrs{tag.SeriesDescription: "L-SPINE FLEXION"}, nil, "FLEXION", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "Rachis lombaire profil extension"}, nil, "EXTENSION", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "LAT FLEX"}, nil, "FLEXION", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "LS LATEXT"}, nil, "EXTENSION", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "Lombaire profil neutre"}, nil, "NEUTRAL", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "Neutral lateral"}, nil, "NEUTRAL", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "hyperflexion"}, nil, "FLEXION", "SeriesDescription"},
		{attrs{tag.SeriesDescription: "Clichés dynamiques", tag.ImageComments: "en flexion"}, nil, "FLEXION", "ImageComments"},
		{attrs{tag.ViewPosition: "FLEX"}, nil, "FLEXION", "ViewPosition"},
		{attrs{tag.ViewPosition: "LL", tag.ProtocolName: "L SPINE EXT"}, nil, "EXTENSION", "ProtocolName"},
		{attrs{tag.SeriesDescription: "Lateral"}, code("Extension lateral projection"), "EXTENSION", "ViewCodeSequence"},
		// Both: the next attribute decides, or nothing.
		{attrs{tag.SeriesDescription: "flexion/extension", tag.ImageComments: "EXT"}, nil, "EXTENSION", "ImageComments"},
		{attrs{tag.SeriesDescription: "FLEX EXT"}, nil, "", ""},
		// What only looks like it.
		{attrs{tag.SeriesDescription: "Lower extremity"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "rotation externe"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "SHOULDER EXT ROT"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "ROT INT EXT"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "external"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "cheville dorsiflexion"}, nil, "", ""},
		{attrs{tag.SeriesDescription: "lateral"}, nil, "", ""},
		// In MR, FLEX is a coil; the whole word is not.
		{attrs{tag.Modality: "MR", tag.SeriesDescription: "T2 SAG FLEX L"}, nil, "", ""},
		{attrs{tag.Modality: "MR", tag.SeriesDescription: "T2 SAG FLEXION"}, nil, "FLEXION", "SeriesDescription"},
	} {
		se := seriesWith(t, film.and(attrs{tag.SpecificCharacterSet: "ISO_IR 192"}, c.a), c.sequence)
		if se.View != c.want || se.ViewSource != c.source {
			t.Errorf("%v: %q by %q, want %q by %q", c.a, se.View, se.ViewSource, c.want, c.source)
		}
	}
}

// TestPlaneNames tilts planes away from the axes of the patient.
func TestPlaneNames(t *testing.T) {
	deg := math.Pi / 180
	sag := [2]space.LPS{{Y: 1}, {Z: -1}}
	cor := [2]space.LPS{{X: 1}, {Z: -1}}
	ax := [2]space.LPS{{X: 1}, {Y: 1}}
	turn := func(v space.LPS, axis string, angle float64) space.LPS {
		c, s := math.Cos(angle*deg), math.Sin(angle*deg)
		switch axis {
		case "x":
			return space.LPS{X: v.X, Y: c*v.Y - s*v.Z, Z: s*v.Y + c*v.Z}
		case "y":
			return space.LPS{X: c*v.X + s*v.Z, Y: v.Y, Z: -s*v.X + c*v.Z}
		}
		return space.LPS{X: c*v.X - s*v.Y, Y: s*v.X + c*v.Y, Z: v.Z}
	}
	for _, c := range []struct {
		plane [2]space.LPS
		axis  string
		angle float64
		want  string
	}{
		{sag, "x", 0, "SAG"}, {cor, "x", 0, "COR"}, {ax, "x", 0, "AX"},
		{sag, "z", 15, "SAG"}, {sag, "y", 20, "SAG"}, {sag, "x", 80, "SAG"},
		{cor, "x", 12, "COR"}, {cor, "z", 30, "COR"},
		{ax, "x", 20, "AX"}, {ax, "x", -20, "AX"}, {ax, "x", 40, "AX"}, {ax, "x", -38, "AX"}, // along the disc L5-S1
		{ax, "y", 30, "AX"},
		{ax, "y", 45, "OBL"}, {ax, "x", 45, "OBL"}, {sag, "z", 45, "OBL"}, {cor, "z", 45, "OBL"}, {ax, "y", 40, "OBL"},
	} {
		var iop string
		for i, v := range []float64{turn(c.plane[0], c.axis, c.angle).X, turn(c.plane[0], c.axis, c.angle).Y, turn(c.plane[0], c.axis, c.angle).Z,
			turn(c.plane[1], c.axis, c.angle).X, turn(c.plane[1], c.axis, c.angle).Y, turn(c.plane[1], c.axis, c.angle).Z} {
			if i > 0 {
				iop += `\`
			}
			iop += strconv.FormatFloat(v, 'f', 6, 64)
		}
		se := seriesWith(t, at(1, 4).and(attrs{tag.ImageOrientationPatient: iop}))
		if se.Orientation != c.want {
			t.Errorf("%v turned about %s by %v degrees is %q, want %q", c.plane, c.axis, c.angle, se.Orientation, c.want)
		}
	}
}
