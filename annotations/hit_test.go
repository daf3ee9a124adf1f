package annotations

import (
	"fmt"
	"math"
	"testing"
)

func TestHit(t *testing.T) {
	named := func(uid string, a Annotation) Annotation { a.UID = uid; return a }
	line := named("line", marked(t, Distance, "10,10 40,10"))
	crossing := named("crossing", marked(t, Distance, "25,0 25,40"))
	box := named("box", marked(t, Rectangle, "50,10 90,30"))
	small := named("small", marked(t, Ellipse, "60,12 80,28"))
	big := named("big", marked(t, Polygon, "0,0 100,0 100,80 0,80"))
	deleted := named("deleted", line)
	deleted.Deleted = true
	elsewhere := named("elsewhere", line)
	elsewhere.Marks = []Mark{{Image: picture(2), Points: line.Marks[0].Points}}
	frame2 := named("frame 2", line)
	frame2.Marks = []Mark{{Image: picture(1), Points: line.Marks[0].Points}}
	frame2.Marks[0].Image.Frame = 2

	for _, c := range []struct {
		name string
		list []Annotation
		at   string
		want string // "uid handle"
	}{
		{"an end", []Annotation{line}, "11,11", "line 0"},
		{"the other end", []Annotation{line}, "38,11", "line 1"},
		{"the line", []Annotation{line}, "20,12", "line -1"},
		{"at the reach", []Annotation{line}, "20,13", "line -1"},
		{"beyond the reach", []Annotation{line}, "20,13.01", ""},
		{"beyond the end", []Annotation{line}, "43.1,10", ""},
		{"a handle before a line that is nearer", []Annotation{line, named("under", marked(t, Distance, "12,0 12,30"))}, "12,10", "line 0"},
		{"the nearest line", []Annotation{line, crossing}, "23,11.5", "line -1"},
		{"the other nearest line", []Annotation{line, crossing}, "26,12.5", "crossing -1"},
		{"of equals the last", []Annotation{line, crossing}, "25,10", "crossing -1"},
		{"of equals the last, turned round", []Annotation{crossing, line}, "25,10", "line -1"},
		{"the nearest handle", []Annotation{line, named("near", marked(t, Distance, "12,10 12,40"))}, "11.5,10", "near 0"},
		{"a deleted one", []Annotation{deleted}, "10,10", ""},
		{"another image", []Annotation{elsewhere}, "10,10", ""},
		{"another frame", []Annotation{frame2}, "10,10", ""},
		{"nothing", nil, "10,10", ""},

		{"the first corner of a box", []Annotation{box}, "51,11", "box 0"},
		{"the second", []Annotation{box}, "89,29", "box 1"},
		{"the upper right", []Annotation{box}, "90,10", "box 2"},
		{"the lower left", []Annotation{box}, "50,30", "box 3"},
		{"a side of a box", []Annotation{box}, "70,9", "box -1"},
		{"in a box", []Annotation{box}, "70,20", "box -1"},
		{"beside a box", []Annotation{box}, "70,34", ""},
		{"the smaller of two that hold it", []Annotation{small, box}, "70,20", "small -1"},
		{"whichever comes first", []Annotation{box, small}, "70,20", "small -1"},
		{"on the line of an ellipse", []Annotation{small}, "70,11", "small -1"},
		{"in the corner of an ellipse's box, outside of it", []Annotation{named("round", marked(t, Ellipse, "50,10 90,50"))}, "53.3,13.3", ""},
		{"in a region that fills the picture", []Annotation{big}, "50,40", ""},
		{"on its edge", []Annotation{big}, "50,2", "big -1"},
		{"a line within a region", []Annotation{named("line", marked(t, Distance, "55,20 85,20")), box}, "70,22", "line -1"},

		{"an arrow's shaft", []Annotation{named("arrow", marked(t, Arrow, "10,10 40,40"))}, "25,26", "arrow -1"},
		{"the second line of cobb", []Annotation{named("cobb", marked(t, Cobb, "10,10 30,10 10,50 30,50"))}, "15,51", "cobb -1"},
		{"the second arm of an angle", []Annotation{named("angle", marked(t, Angle, "0,10 10,10 10,30"))}, "11,20", "angle -1"},
		{"between the arms", []Annotation{named("angle", marked(t, Angle, "0,10 10,10 10,30"))}, "4,16", ""},
		{"the last corner to the first of a polygon", []Annotation{named("p", marked(t, Polygon, "0,0 90,0 90,70"))}, "45,35", "p -1"},
		{"a text", []Annotation{named("text", marked(t, Text, "10,10"))}, "11,10", "text 0"},
		{"beside a text", []Annotation{named("text", marked(t, Text, "10,10"))}, "18,12", "text -1"},
		{"a landmark", []Annotation{discs(t)}, "21,45", "2.25.1 3"},
		{"the front of a disc", []Annotation{discs(t)}, "20,50", "2.25.1 -1"},
		{"no number", []Annotation{big}, "NaN,0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Pointer{Image: picture(1), Reach: 3}
			p.At = points(t, c.at)[0]
			a, handle, ok := Hit(c.list, p)
			got := ""
			if ok {
				got = fmt.Sprint(a.UID, " ", handle)
			}
			if got != c.want {
				t.Errorf("at %s: %q, want %q", c.at, got, c.want)
			}
		})
	}
}

// The distance to an ellipse that Hit takes is that to its outline.
func TestEllipsePath(t *testing.T) {
	s := figure(Ellipse, marked(t, Ellipse, "10,20 70,60").Marks[0])[0]
	line, closed := path(s)
	if !closed {
		t.Fatal("open")
	}
	for _, p := range line {
		x, y := (p.Col-40)/30, (p.Row-40)/20
		if r := math.Hypot(x, y); math.Abs(r-1) > 1e-9 {
			t.Errorf("%v is off by %v", p, r-1)
		}
	}
	if w, h := size(line); math.Abs(w-60) > 1e-9 || math.Abs(h-40) > 1e-9 {
		t.Errorf("%v by %v", w, h)
	}
}
