package app

import (
	"testing"

	"rachis/annotations"
	"rachis/dicomio/space"
)

// The size of a body that a grown region may have is that on a sagittal image; on an axial or a coronal one a body is wider, and a region of its size no leak.
func TestOnlySagittalImagesBoundAGrownRegion(t *testing.T) {
	mm := space.Spacing{BetweenRows: 1, BetweenColumns: 1}
	for _, c := range []struct {
		plane *space.Plane
		want  bool
	}{
		{&space.Plane{Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1}, Spacing: mm}, true},
		{&space.Plane{Along: space.LPS{X: 0.3, Y: 0.9539392014169456}, Down: space.LPS{Z: -1}, Spacing: mm}, true},
		{&space.Plane{Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: mm}, false},
		{&space.Plane{Along: space.LPS{X: 1}, Down: space.LPS{Z: -1}, Spacing: mm}, false},
		{nil, false},
	} {
		if got := sagittalImage(annotations.ImageRef{Plane: c.plane}); got != c.want {
			t.Errorf("%+v: %v", c.plane, got)
		}
	}
}
