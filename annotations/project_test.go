package annotations

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio/space"
)

// t1 is a sagittal image of 512 x 512 pixels of 0.5 mm at X = 10: columns grow to the back (Y), rows to the feet (-Z).
func t1() ImageRef {
	r := picture(1)
	r.SeriesInstanceUID = "1.2.1.1"
	r.Plane = &space.Plane{Origin: space.LPS{X: 10, Y: -100, Z: 150}, Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1},
		Spacing: space.Spacing{BetweenRows: 0.5, BetweenColumns: 0.5}}
	return r
}

// t2 is another of 320 x 448 pixels of 0.625 mm width and 0.8 mm height, 1 mm further to the left of the patient.
func t2() ImageRef {
	r := picture(2)
	r.SeriesInstanceUID = "1.2.1.2"
	r.Plane = &space.Plane{Origin: space.LPS{X: 11, Y: -90, Z: 120}, Along: space.LPS{Y: 1}, Down: space.LPS{Z: -1},
		Spacing: space.Spacing{BetweenRows: 0.8, BetweenColumns: 0.625}}
	return r
}

// lesionOnT1 has its corners at the centres of T1's pixels (100, 200), (120, 200) and (120, 216), columns first. By hand:
//
//	patient Y = -100 + 0.5 c, Z = 150 - 0.5 r:   (-50, 50)  (-40, 50)  (-40, 42)
//	T2 pixel  (Y + 90) / 0.625, (120 - Z) / 0.8:  (64, 87.5) (80, 87.5) (80, 97.5)
//	and half a pixel more, from the centre to the corner that is counted from.
func lesionOnT1() Annotation {
	return Annotation{UID: "2.25.1", Kind: Modic, Level: "L4-L5", Marks: []Mark{{Image: t1(), Role: RoleLesion,
		Points: []space.Pixel{{Col: 100.5, Row: 200.5}, {Col: 120.5, Row: 200.5}, {Col: 120.5, Row: 216.5}}}}}
}

const onT2 = "64.5,88 80.5,88 80.5,98"

func TestModicOnTheOtherSeries(t *testing.T) {
	got := said(Shapes(lesionOnT1(), t2(), "Modic 1"))
	want := []string{"polygon- " + onT2, "text 80.5,93 >1,0 Modic 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	got = said(Shapes(lesionOnT1(), t1(), ""))
	want = []string{"polygon 100.5,200.5 120.5,200.5 120.5,216.5", "handle 100.5,200.5 120.5,200.5 120.5,216.5"}
	if !slices.Equal(got, want) {
		t.Errorf("at home: got\n\t%s", strings.Join(got, "\n\t"))
	}
}

// The picture of a series whose rows run to the front and whose columns run to the head is the same place turned by half.
func TestModicOnATurnedSeries(t *testing.T) {
	image := t2()
	image.Plane = &space.Plane{Origin: space.LPS{X: 11, Y: 110, Z: -80}, Along: space.LPS{Y: -1}, Down: space.LPS{Z: 1},
		Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 2}}
	// (110 - Y) / 2 and (Z + 80) / 1: (80, 130) (75, 130) (75, 122), and half a pixel.
	got, ok := Project(lesionOnT1().Marks[0], image)
	if want := "80.5,130.5 75.5,130.5 75.5,122.5"; !ok || written(got) != want {
		t.Errorf("%v %s, want %s", ok, written(got), want)
	}
	// Seen from the other side: the normal is reversed, and left is right.
	image.Plane = &space.Plane{Origin: space.LPS{X: 11, Y: 110, Z: 150}, Along: space.LPS{Y: -1}, Down: space.LPS{Z: -1},
		Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 2}}
	got, ok = Project(lesionOnT1().Marks[0], image) // (110 - Y) / 2, 150 - Z
	if want := "80.5,100.5 75.5,100.5 75.5,108.5"; !ok || written(got) != want {
		t.Errorf("mirrored: %v %s, want %s", ok, written(got), want)
	}
}

func TestWhereMarksAreProjected(t *testing.T) {
	at := func(x, spacing float64) func(*ImageRef) {
		return func(r *ImageRef) { p := *r.Plane; p.Origin.X = x; r.Plane, r.SliceSpacing = &p, spacing }
	}
	turned := func(degrees float64, vertical bool) func(*ImageRef) {
		return func(r *ImageRef) {
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			p := *r.Plane
			// Turned about the middle of the lesion, (Y, Z) = (-42, 46), so that only the angle tells.
			middle := space.LPS{X: 10, Y: -42, Z: 46}
			if vertical {
				p.Along = space.LPS{X: sin, Y: cos}
			} else { // about the normal
				p.Along, p.Down = space.LPS{Y: cos, Z: sin}, space.LPS{Y: sin, Z: -cos}
			}
			p.Origin = middle.Sub(p.Along.Scale(40)).Sub(p.Down.Scale(80))
			r.Plane = &p
		}
	}
	for _, c := range []struct {
		name   string
		change func(*ImageRef)
		want   bool
	}{
		{"as it is", func(*ImageRef) {}, true},
		{"another frame of reference", func(r *ImageRef) { r.FrameOfReferenceUID = "1.2.8" }, false},
		{"no frame of reference", func(r *ImageRef) { r.FrameOfReferenceUID = "" }, false},
		{"no place", func(r *ImageRef) { r.Plane = nil }, false},
		{"a place that is none", func(r *ImageRef) { r.Plane = &space.Plane{} }, false},
		{"at 3 mm, spacing unknown", at(13, 0), true},
		{"at 3 mm on the other side", at(7, 0), true},
		{"beyond 3 mm", at(13.01, 0), false},
		{"within half a spacing", at(12.2, 4.4), true},
		{"beyond half a spacing", at(12.21, 4.4), false},
		{"thin slices", at(11, 1), false},
		{"thin slices, the one", at(10.5, 1), true},
		{"thick slices", at(13.01, 10), false},
		{"the neighbour in its own series", func(r *ImageRef) { at(13, 3)(r); r.SeriesInstanceUID = t1().SeriesInstanceUID }, false},
		{"the neighbour in its own series, spacing unknown", func(r *ImageRef) { at(11, 0)(r); r.SeriesInstanceUID = t1().SeriesInstanceUID }, false},
		{"another echo in its own series", func(r *ImageRef) { at(10, 0)(r); r.SeriesInstanceUID = t1().SeriesInstanceUID }, true},
		{"turned in its own plane", turned(20, false), true},
		{"nearly parallel", turned(2.5, true), true},
		{"oblique", turned(3.5, true), false},
		{"axial", func(r *ImageRef) {
			r.Plane = &space.Plane{Origin: space.LPS{X: -50, Y: -90, Z: 46}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: r.Plane.Spacing}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			image := t2()
			c.change(&image)
			shapes := Shapes(lesionOnT1(), image, "")
			if got := len(shapes) == 1; got != c.want {
				t.Errorf("shown %v, want %v", got, c.want)
			}
			for _, s := range shapes {
				if !s.Dashed || s.Type != "polygon" {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

func TestWhatIsProjected(t *testing.T) {
	for kind := range forms {
		a := lesionOnT1()
		a.Kind = kind
		a.Marks[0].Points = append(a.Marks[0].Points, space.Pixel{Col: 100.5, Row: 216.5})
		if kind.Landmarks() {
			a.Marks[0].Names = []string{"L4.IA", "L4.IP", "L5.SP", "L5.SA"}
		}
		shapes := Shapes(a, t2(), "x")
		if got, want := len(shapes) > 0, kind == Modic || kind.Landmarks(); got != want {
			t.Errorf("%s: shown %v", kind, got)
		}
		for _, s := range shapes {
			if s.Type == "handle" || s.Type == "cross" || s.Type != "text" && !s.Dashed || s.Type == "text" && s.Text != "x" {
				t.Errorf("%s: %+v", kind, s)
			}
		}
	}
	// A role that has a mark of its own on the image is not drawn twice.
	a := lesionOnT1().WithMark(Mark{Image: t2(), Role: RoleReference, Points: points(t, "1,1 9,1 9,9")})
	a.Marks = append(a.Marks, Mark{Image: t2(), Role: RoleLesion, Points: points(t, "11,1 19,1 19,9")})
	got := said(Shapes(a, t2(), ""))
	want := []string{"polygon 1,1 9,1 9,9", "handle 1,1 9,1 9,9", "polygon 11,1 19,1 19,9", "handle 11,1 19,1 19,9"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s", strings.Join(got, "\n\t"))
	}
}

// There and back is where it began, whatever the planes of two parallel series are.
func TestProjectBack(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		from, to := t1(), t2()
		u := space.LPS{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Unit()
		v := u.Cross(space.LPS{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}).Unit()
		angle := r.Float64() * 2 * math.Pi
		sin, cos := math.Sincos(angle)
		spacing := func() space.Spacing {
			return space.Spacing{BetweenRows: 0.2 + r.Float64(), BetweenColumns: 0.2 + r.Float64()}
		}
		from.Plane = &space.Plane{Origin: space.LPS{X: 7, Y: -80, Z: 400}, Along: u, Down: v, Spacing: spacing()}
		to.Plane = &space.Plane{Along: u.Scale(cos).Add(v.Scale(sin)), Down: v.Scale(cos).Sub(u.Scale(sin)), Spacing: spacing()}
		to.Plane.Origin = from.Plane.Origin.Add(u.Scale(r.NormFloat64() * 50)).Add(v.Scale(r.NormFloat64() * 50)).Add(u.Cross(v).Scale(r.Float64()*4 - 2))
		m := Mark{Image: from}
		for range 5 {
			m.Points = append(m.Points, space.Pixel{Col: r.Float64() * 512, Row: r.Float64() * 512})
		}
		there, ok := Project(m, to)
		if !ok {
			t.Fatal("not projected")
		}
		back, ok := Project(Mark{Image: to, Points: there}, from)
		if !ok {
			t.Fatal("not projected back")
		}
		for i := range back {
			if back[i].Distance(m.Points[i]) > 1e-6 {
				t.Fatalf("%v came back as %v", m.Points[i], back[i])
			}
			// Lengths in millimetres stay.
			a, b := from.Plane.ToPatient(m.Points[i]).Sub(from.Plane.ToPatient(m.Points[0])).Length(), to.Plane.ToPatient(there[i]).Sub(to.Plane.ToPatient(there[0])).Length()
			if math.Abs(a-b) > 1e-6 {
				t.Fatalf("%v mm became %v mm", a, b)
			}
		}
	}
}
