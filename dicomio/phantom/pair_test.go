package phantom_test

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"rachis/dicomio/phantom"
)

// corners of a vertebra as complex numbers in mm of the spine's plane, from their middle; mirrored when the patient faces right.
func corners(f *phantom.PairFilm, name string, mirrored bool) []complex128 {
	v := f.Vertebrae[name]
	var out []complex128
	var sum complex128
	for _, p := range []phantom.Point{v.SA, v.SP, v.IP, v.IA} {
		z := complex(p.Col, -p.Row) * complex(f.Spacing(), 0)
		if mirrored {
			z = complex(-real(z), imag(z))
		}
		out = append(out, z)
		sum += z
	}
	for i := range out {
		out[i] -= sum / 4
	}
	return out
}

// A vertebra is one rigid body: its corners on both films differ by a turn alone once the magnification is divided out.
func TestPairIsRigid(t *testing.T) {
	p := phantom.NewPair(3)
	p.Extension.Mirrored, p.Extension.Turn = true, 30
	for _, f := range []*phantom.FilmSetup{&p.Flexion, &p.Extension} {
		f.Pitch, f.Rows, f.Columns = 0.5, 860, 700 // coarse and quick
	}
	f, e := p.Film(&p.Flexion), p.Film(&p.Extension)
	turns := map[string]float64{}
	for _, name := range phantom.PairVertebrae[:5] {
		a, b := corners(f, name, false), corners(e, name, true)
		var sum complex128
		for i := range a {
			sum += cmplx.Conj(a[i]) * b[i]
		}
		turn := cmplx.Rect(1, cmplx.Phase(sum))
		for i := range a {
			if d := cmplx.Abs(turn*a[i] - b[i]); d > 1e-6 {
				t.Errorf("%s: corner %d is %g mm off a rigid motion", name, i, d)
			}
		}
		turns[name] = cmplx.Phase(sum) * 180 / math.Pi
	}
	if math.Abs(turns["L1"]-turns["L5"]) < 5 {
		t.Errorf("the spine does not bend between flexion and extension: %v", turns)
	}
	for _, name := range phantom.PairVertebrae {
		if !f.Within[name] {
			t.Errorf("%s is out of the field of a film that was not cut", name)
		}
	}
	cut := f.Without("L4")
	at := f.Vertebrae["L5"]
	k := int((at.IA.Row+at.SP.Row)/2)*cut.Columns + int((at.IA.Col+at.SP.Col)/2)
	if cut.Within["L4"] || cut.Within["S1"] || !cut.Within["L3"] || cut.Samples[k] > 30 || f.Samples[k] < 100 || len(cut.Samples) != len(f.Samples) {
		t.Errorf("a film cut at L4: %v, L5 is %d and was %d", cut.Within, cut.Samples[k], f.Samples[k])
	}
}

func TestPairDependsOnItsSeed(t *testing.T) {
	film := func(seed int64) *phantom.PairFilm {
		p := phantom.NewPair(seed)
		p.Flexion.Pitch, p.Flexion.Rows, p.Flexion.Columns = 0.5, 860, 700 // coarse and quick
		return p.Film(&p.Flexion)
	}
	a, again, b := film(7), film(7), film(8)
	if !slices.Equal(a.Samples, again.Samples) {
		t.Error("one seed gives two films")
	}
	proportion := func(f *phantom.PairFilm) float64 {
		v := corners(f, "L3", false)
		return cmplx.Abs(v[0]-v[1]) / cmplx.Abs(v[1]-v[2])
	}
	if slices.Equal(a.Samples, b.Samples) || math.Abs(proportion(a)-proportion(b)) < 1e-3 {
		t.Error("two seeds have one spine")
	}
}
