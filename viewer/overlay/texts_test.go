package overlay

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

const (
	sliceThickness = tag.SliceThickness
	repetitionTime = tag.RepetitionTime
	echoTime       = tag.EchoTime
	inversionTime  = tag.InversionTime
	fieldStrength  = tag.MagneticFieldStrength
)

// number is an element of VR DS.
func number(t tag.Tag, value string) dicomio.Element {
	if len(value)%2 == 1 {
		value += " "
	}
	return dicomio.Element{Tag: t, VR: "DS", Value: []byte(value), Length: int64(len(value))}
}

// double is an element of VR FD.
func double(t tag.Tag, v float64) dicomio.Element {
	bits := math.Float64bits(v)
	value := make([]byte, 8)
	for i := range value {
		value[i] = byte(bits >> (8 * i))
	}
	return dicomio.Element{Tag: t, VR: "FD", Value: value, Length: 8}
}

func sequence(t tag.Tag, items ...*dicomio.DataSet) dicomio.Element {
	return dicomio.Element{Tag: t, VR: "SQ", Items: items}
}

func join(lines []Line) string {
	var out []string
	for _, l := range lines {
		s := l.Text
		if l.Warn {
			s += "!"
		}
		out = append(out, fmt.Sprint(s, strings.Repeat("*", int(l.Until))))
	}
	return strings.Join(out, " | ")
}

// Stars say until which level a line stays, exclamation marks that it is a flag.
func TestCorners(t *testing.T) {
	en, fr := texts("en"), texts("fr")
	sagittal := plane(lps(0, 1, 0), lps(0, 0, -1)) // its normal looks to the right
	sagittal.Origin = lps(-12.34, -100, 200)
	axial := plane(lps(1, 0, 0), lps(0, 1, 0))
	axial.Origin = lps(0, 0, 7)
	mr := dicomio.NewDataSet(number(sliceThickness, "4.00"), number(repetitionTime, "3500"), number(echoTime, "102.44"), number(inversionTime, "150"), number(fieldStrength, "1.494"))
	for _, c := range []struct {
		name  string
		lines []Line
		want  string
	}{
		{"identity", en.Identity(Subject{PatientName: "DOE^Jane^Ann^Dr", PatientID: "123", BirthDate: "19700102", Sex: "F"}), "DOE, Jane Ann** | ID 123* | born 1970-01-02  F*"},
		{"identity in French", fr.Identity(Subject{PatientName: "=SPÉCIMEN^", PatientID: "123", BirthDate: "1970", Sex: "O"}), "SPÉCIMEN** | ID 123* | né(e) le 1970  autre sexe*"},
		{"no name", en.Identity(Subject{PatientID: "123", Sex: "x"}), "ID 123** | X*"},
		{"nobody", en.Identity(Subject{}), ""},
		{"de-identified", en.Identity(Subject{PatientName: "DOE^Jane", PatientID: "123", BirthDate: "19700102", Sex: "F", Code: "CASE-7"}), "CASE-7**"},
		{"study", en.Study(Subject{StudyDate: "20260115", StudyDescription: "MR\nL-SPINE", Institution: "Clinic"}, State{}), "2026-01-15 | MR L-SPINE | Clinic"},
		{"study of a hidden patient", en.Study(Subject{StudyDate: "20260115", Institution: "Clinic", Code: "C-7K3M2Q"}, State{}), "2026-01-15"},
		{"flags", en.Study(Subject{}, State{Image: 1, Images: 41, Expected: 44, Irregular: true, Lossy: "JPEG 10:1", Flip: true, Turn: 3}),
			"Incomplete: 41 of 44!** | Irregular spacing!** | Lossy compression: JPEG 10:1!** | Turned by 270°!** | Flipped left-right!**"},
		{"flags in French", fr.Study(Subject{}, State{Images: 41, Expected: 44, Flip: true}), "Incomplète : 41 sur 44!** | Retournée gauche-droite!**"},
		{"whole", en.Study(Subject{}, State{Images: 44, Expected: 44, Turn: 4}), ""},
		{"image", en.Image(State{Image: 3, Images: 11, Zoom: 1.256, Window: dicomio.Window{Center: 40, Width: 400}, Preset: "soft tissue", Cursor: "here"}),
			"here | Zoom 126%  interpolated | Window 400 / 40  soft tissue | Image 3 / 11*"},
		{"image in French", fr.Image(State{Image: 3, Images: 11, Zoom: 1, Window: dicomio.Window{Center: 0.5, Width: 1}}), "Zoom 100\u00a0%  1:1 | Fenêtre 1,00 / 0,50 | Image 3 / 11*"},
		{"true size, sigmoid", en.Image(State{Zoom: 0.5, TrueSize: true, Window: dicomio.Window{Center: 40, Width: 400, Function: "SIGMOID"}}), "Zoom 50%  true size on the measured screen* | Window 400 / 40  sigmoid"},
		{"enlarged squares in French", fr.Image(State{Zoom: 2, Nearest: true, TrueSize: true}), "Zoom 200\u00a0%  taille réelle sur l’écran mesuré*"},
		{"matched", en.Image(State{Matched: "Window matched to T1", Window: dicomio.Window{Center: 40, Width: 400}}), "Window matched to T1* | Window 400 / 40"},
		{"a VOI LUT", en.Image(State{Preset: "BONE"}), "BONE"},
		{"not loaded", en.Image(State{}), ""},
		{"series", en.Series(Subject{SeriesDescription: "SAG T2", SeriesNumber: 3}, State{Plane: sagittal}, mr), "3: SAG T2 | 4 mm thick · R 12.3 mm | TR 3500 TE 102.4 TI 150 ms | 1.49 T"},
		{"series in French", fr.Series(Subject{SeriesNumber: 3, Split: "TE 20"}, State{Plane: axial}, mr), "3: TE 20 | ép. 4 mm · H 7,0 mm | TR 3500 TE 102,4 TI 150 ms | 1,49 T"},
		{"film", en.Series(Subject{SeriesNumber: 1, View: "FLEXION"}, State{}, nil), "Series 1 | Flexion"},
		{"header not read", en.Series(Subject{SeriesDescription: "X"}, State{}, nil), "X"},
		{"gauss, no inversion", en.Series(Subject{}, State{}, dicomio.NewDataSet(number(inversionTime, "0"), number(fieldStrength, "15000"))), "1.5 T"},
	} {
		if got := join(c.lines); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// An enhanced MR image has its times in the functional groups: shared, or of the frame.
func TestEnhanced(t *testing.T) {
	frame := func(te float64) *dicomio.DataSet {
		return dicomio.NewDataSet(sequence(tag.MREchoSequence, dicomio.NewDataSet(double(tag.EffectiveEchoTime, te))),
			sequence(tag.PixelMeasuresSequence, dicomio.NewDataSet(number(sliceThickness, fmt.Sprint(te/10)))))
	}
	header := dicomio.NewDataSet(
		sequence(tag.SharedFunctionalGroupsSequence, dicomio.NewDataSet(
			sequence(tag.MRTimingAndRelatedParametersSequence, dicomio.NewDataSet(number(repetitionTime, "2000"))),
			sequence(tag.MRModifierSequence, dicomio.NewDataSet(double(tag.InversionTimes, 160))))),
		sequence(tag.PerFrameFunctionalGroupsSequence, frame(20), frame(80)))
	for i, want := range []string{"2 mm thick | TR 2000 TE 20 TI 160 ms", "8 mm thick | TR 2000 TE 80 TI 160 ms"} {
		if got := join(texts("en").Series(Subject{}, State{Frame: i}, header)); got != want {
			t.Errorf("frame %d: %s, want %s", i, got, want)
		}
	}
}

func TestCursor(t *testing.T) {
	at := space.Pixel{Col: 12.99, Row: 0.2}
	for _, c := range []struct{ got, want string }{
		{texts("en").Cursor(at, -123.456, true, "HU"), "-123.46 HU  (12, 0)"},
		{texts("fr").Cursor(at, 0.5, true, "US"), "0,5  (12, 0)"},
		{texts("en").Cursor(at, 7, false, "HU"), "(12, 0)"},
		{texts("en").Cursor(at, math.NaN(), true, ""), "(12, 0)"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Every text comes from the catalogue: none is shown as a key.
func TestNoKeyIsSeen(t *testing.T) {
	for _, l := range []string{"en", "fr"} {
		tx := texts(l)
		o := crowded(tx, 640, 480)
		for _, line := range append(append(append(o.Identity, o.Study...), o.Image...), o.Series...) {
			if strings.Contains(line.Text, "viewer.") || strings.Contains(line.Text, "%!") {
				t.Errorf("%s: %q", l, line.Text)
			}
		}
		for _, view := range []string{"FLEXION", "EXTENSION", "NEUTRAL"} {
			if got := join(tx.Series(Subject{View: view}, State{}, nil)); strings.Contains(got, "viewer.") {
				t.Errorf("%s: %q", l, got)
			}
		}
		for _, sex := range []string{"M", "F", "O"} {
			if got := join(tx.Identity(Subject{Sex: sex})); strings.Contains(got, "viewer.") {
				t.Errorf("%s: %q", l, got)
			}
		}
	}
	if got := join(Texts{}.Image(State{Image: 1, Images: 2})); got != "viewer.overlay.image*" {
		t.Errorf("without a catalogue: %q", got)
	}
}

// Also where there is little room a true size is said to be that of the screen that was measured: the window may stand on another one.
func TestTrueSizeIsOfTheMeasuredScreen(t *testing.T) {
	for lang, want := range map[string]string{"en": "measured screen", "fr": "écran mesuré"} {
		line := texts(lang).Image(State{Zoom: 2, TrueSize: true})[0]
		for _, s := range append(line.Short, line.Text) {
			if !strings.Contains(s, want) {
				t.Errorf("%s: %q", lang, s)
			}
		}
	}
}

// The group of a name that can be read on a picture comes before one that can be painted as boxes only; of a name without any its own is kept.
func TestTheGroupOfANameThatCanBeReadIsTaken(t *testing.T) {
	for name, want := range map[string]string{
		"Yamada^Tarou=山田^太郎=やまだ^たろう": "Yamada, Tarou",
		"山田^太郎=Yamada^Tarou":         "Yamada, Tarou",
		"=山田^太郎=やまだ^たろう":             "山田, 太郎",
		"Иванов^Иван":                "Иванов, Иван",
		"DOE":                        "DOE",
		"^Jane":                      "Jane",
		"^^=":                        "",
	} {
		if got := personName(name); got != want {
			t.Errorf("%q is written %q, want %q", name, got, want)
		}
	}
}

// A name of boxes tells nobody apart: the number comes before it, and stays at every level.
func TestANameOfBoxesComesAfterTheNumber(t *testing.T) {
	var texts Texts
	for _, c := range []struct {
		s    Subject
		want string // each line with the level until which it stays
	}{
		{Subject{PatientName: "山田^太郎", PatientID: "77"}, fmt.Sprintf("%s %d, 山田, 太郎 %d", texts.text("viewer.overlay.id", "77"), Off, Minimal)},
		{Subject{PatientName: "山田^太郎"}, fmt.Sprintf("山田, 太郎 %d", Off)},
		{Subject{PatientName: "Yamada^Tarou=山田^太郎", PatientID: "77"}, fmt.Sprintf("Yamada, Tarou %d, %s %d", Off, texts.text("viewer.overlay.id", "77"), Minimal)},
	} {
		var got []string
		for _, l := range texts.Identity(c.s) {
			got = append(got, fmt.Sprintf("%s %d", l.Text, l.Until))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q, want %q", strings.Join(got, ", "), c.want)
		}
	}
}
