package spine_test

import (
	"slices"
	"testing"

	"rachis/annotations/measure"
	"rachis/annotations/spine"
)

// A box of 30 x 25 x 40 mm with a lesion of 30 x 5 mm in its left third, by hand.
func TestLesionVolume(t *testing.T) {
	body := func(at float64) spine.Slice { return spine.Slice{At: at, Area: 750, Endplate: 30} }
	lesion := func(at float64) spine.Slice { return spine.Slice{At: at, Area: 150, Endplate: 30} }
	in := spine.VolumeInput{Spacing: 4, LeftUp: true, Bodies: []spine.Slice{body(36), body(0)}, Lesions: []spine.Slice{lesion(32), lesion(28), lesion(36)}}
	v, ok := spine.LesionVolume(in)
	if !ok {
		t.Fatal("no volume")
	}
	near(t, "volume", v.Percent, 100*3*150/(10*750.0), 1e-9)
	near(t, "endplate", v.Endplate, 30, 1e-9)
	if !slices.Equal(v.Sides, []string{"left"}) {
		t.Errorf("sides %v", v.Sides)
	}
	in.LeftUp = false
	if v, _ = spine.LesionVolume(in); !slices.Equal(v.Sides, []string{"right"}) {
		t.Errorf("seen from the other side: %v", v.Sides)
	}
	// A body that grows from one side to the other: 500 to 1000 mm², a mean of 750.
	in.Bodies = []spine.Slice{{At: 0, Area: 500, Endplate: 20}, {At: 36, Area: 1000, Endplate: 40}}
	v, _ = spine.LesionVolume(in)
	near(t, "interpolated", v.Percent, 6, 1e-9)
	near(t, "endplate, interpolated", v.Endplate, 30, 1e-9)
	for _, bad := range []func(*spine.VolumeInput){
		func(i *spine.VolumeInput) { i.Bodies = i.Bodies[:1] }, func(i *spine.VolumeInput) { i.Lesions = nil }, func(i *spine.VolumeInput) { i.Spacing = 0 },
		func(i *spine.VolumeInput) { i.Bodies = []spine.Slice{body(0), body(0)} }, func(i *spine.VolumeInput) { i.Bodies = []spine.Slice{body(0), body(1e9)} },
	} {
		i := in
		if bad(&i); true {
			if _, ok := spine.LesionVolume(i); ok {
				t.Errorf("a volume of %+v", i)
			}
		}
	}
	s, ok := spine.BodySlice(quad(34, 0, 0, 0, 34, 28, 0, 28), false, measure.Scale{Spacing: mm(1)})
	if !ok || s.Area != 34*28 || s.Endplate != 34 {
		t.Errorf("%+v %v", s, ok)
	}
}

// Limits of the classes, methods.md 1.2.
func TestSizeClasses(t *testing.T) {
	for _, c := range []struct {
		percent                  float64
		height, volume, endplate int
	}{{0, 0, 0, 0}, {5, 1, 1, 1}, {10, 1, 2, 1}, {24.99, 1, 2, 1}, {25, 2, 3, 2}, {33.01, 2, 3, 2}, {50, 2, 3, 2}, {50.01, 3, 4, 3}, {75, 3, 4, 3}, {75.01, 3, 4, 4}, {100, 3, 4, 4}} {
		if h, v, e := spine.HeightClass(c.percent), spine.VolumeClass(c.percent), spine.EndplateClass(c.percent); h != c.height || v != c.volume || e != c.endplate {
			t.Errorf("%v %%: %d %d %d, want %d %d %d", c.percent, h, v, e, c.height, c.volume, c.endplate)
		}
	}
}
