package evaluate_test

import (
	"slices"
	"testing"

	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// Whatever a file's polarity and sign, bone is bright for registration: stored values that grow with what is shown.
func TestRegistrationFilm(t *testing.T) {
	dark, grey, bright := uint16(10), uint16(2000), uint16(4090)
	plain := dicomio.Grayscale{Slope: 1, Range: [2]int32{10, 4090}}
	inverse, negative, both := plain, plain, plain
	inverse.Inverse = true
	negative.Slope = -1
	both.Inverse, both.Slope = true, -1
	signed := dicomio.Grayscale{Slope: 1, Range: [2]int32{-2000, 2080}}
	padded := plain
	padded.Padding = &[2]int32{4090, 4095}
	padded.Range = [2]int32{10, 2000}
	stored := []uint16{dark, grey, bright, dark}
	for _, c := range []struct {
		name  string
		f     dicomio.Frame
		order []int // places from dark to bright
		equal bool  // the first and the last are alike
	}{
		{"MONOCHROME2", dicomio.Frame{Values: stored, Grayscale: plain}, []int{0, 1, 2}, true},
		{"MONOCHROME1", dicomio.Frame{Values: stored, Grayscale: inverse}, []int{2, 1, 0}, true},
		{"a negative slope", dicomio.Frame{Values: stored, Grayscale: negative}, []int{2, 1, 0}, true},
		{"a negative slope in MONOCHROME1", dicomio.Frame{Values: stored, Grayscale: both}, []int{0, 1, 2}, true},
		{"signed", dicomio.Frame{Values: []uint16{0x8000 - 2000, 0x8000, 0x8000 + 2080, 0x8000 - 2000}, Signed: true, Grayscale: signed}, []int{0, 1, 2}, true},
		{"floats", dicomio.Frame{Wide: []float32{10, 2000, 4090, 10}, Grayscale: plain}, []int{0, 1, 2}, true},
		{"colour", dicomio.Frame{RGB: []byte{1, 1, 1, 90, 90, 90, 250, 250, 250, 1, 1, 1}}, []int{0, 1, 2}, true},
		{"padding is dark", dicomio.Frame{Values: stored, Grayscale: padded}, []int{2, 1}, false},
	} {
		c.f.Rows, c.f.Columns = 2, 2
		got := evaluate.RegistrationFilm(&c.f, dicomio.Calibration{})
		if got.Rows != 2 || got.Columns != 2 || len(got.Samples) != 4 || got.Spacing.Known() {
			t.Fatalf("%s: %+v", c.name, got)
		}
		var values []uint16
		for _, i := range c.order {
			values = append(values, got.Samples[i])
		}
		if !slices.IsSorted(values) || values[0] == values[len(values)-1] || c.equal && got.Samples[0] != got.Samples[3] {
			t.Errorf("%s: %v", c.name, got.Samples)
		}
	}
	// The spacing is the detector's where the magnification is known: what it is between the films is found.
	f := dicomio.Frame{Rows: 2, Columns: 2, Values: stored, Grayscale: plain}
	got := evaluate.RegistrationFilm(&f, dicomio.Calibration{State: dicomio.CalibratedERMF, Spacing: space.Spacing{BetweenRows: 0.12, BetweenColumns: 0.12}, Magnification: 1.25})
	if d := got.Spacing.BetweenRows - 0.15; d < -1e-9 || d > 1e-9 {
		t.Errorf("0.12 mm at a magnification of 1.25 is %v on the detector", got.Spacing)
	}
}
