package space_test

import (
	"encoding/json"
	"testing"

	"rachis/dicomio/space"
)

// A coordinate that is missing must not become 0.
func TestAPointHasAllItsCoordinates(t *testing.T) {
	var pixels []space.Pixel
	var places []space.LPS
	for _, bad := range []string{`[{"col":1}]`, `[{"row":1}]`, `[{}]`, `[null]`, `[{"col":1,"row":null}]`, `[{"col":"1","row":2}]`, `[3]`} {
		if json.Unmarshal([]byte(bad), &pixels) == nil {
			t.Errorf("%s is read as %v", bad, pixels)
		}
	}
	for _, bad := range []string{`[{"x":1,"y":2}]`, `[{"x":1,"z":2}]`, `[{}]`, `[null]`, `[{"x":1,"y":2,"z":null}]`} {
		if json.Unmarshal([]byte(bad), &places) == nil {
			t.Errorf("%s is read as %v", bad, places)
		}
	}
	p, l := space.Pixel{Col: 0, Row: -1.25}, space.LPS{X: 1, Y: 0, Z: -3}
	for _, v := range []any{p, l, &p, map[string]space.Pixel{"a": p}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		switch v.(type) {
		case space.LPS:
			var got space.LPS
			if err := json.Unmarshal(b, &got); err != nil || got != l {
				t.Errorf("%s comes back as %v, %v", b, got, err)
			}
		case space.Pixel:
			var got space.Pixel
			if err := json.Unmarshal(b, &got); err != nil || got != p {
				t.Errorf("%s comes back as %v, %v", b, got, err)
			}
		}
	}
}
