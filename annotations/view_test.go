package annotations

import (
	"encoding/json"
	"testing"
)

// Views that were kept before there was a choice are shown as they were; those of now say how, or leave it to who looks.
func TestViewInterpolation(t *testing.T) {
	for kept, want := range map[string]Interpolation{
		`{"slice":3,"zoom":1}`:                               Bicubic, // the reader's choice
		`{"slice":3,"zoom":1,"no_interpolation":true}`:       Nearest,
		`{"slice":3,"zoom":1,"interpolation":"nearest"}`:     Nearest,
		`{"slice":3,"zoom":1,"interpolation":"bilinear"}`:    Bilinear,
		`{"slice":3,"zoom":1,"interpolation":"of tomorrow"}`: Bicubic,
	} {
		var v View
		if err := json.Unmarshal([]byte(kept), &v); err != nil {
			t.Fatal(err)
		}
		if got := v.Interpolated(Bicubic); got != want {
			t.Errorf("%s is shown %s, want %s", kept, got, want)
		}
	}
	if got := (View{}).Interpolated("none such"); got != Bilinear {
		t.Errorf("without any choice: %s", got)
	}
	if text, err := json.Marshal(View{Slice: 3}); err != nil || string(text) != `{"slice":3,"center":0,"width":0,"zoom":0,"pan_x":0,"pan_y":0,"turn":0,"flip":false,"invert":false}` {
		t.Errorf("%s, %v: a view that leaves it open is kept as it was before", text, err)
	}
}
