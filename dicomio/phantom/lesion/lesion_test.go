package lesion

import (
	"math"
	"testing"
)

// What is painted is what the truth says: without noise and shading, well inside each part and in marrow beside it.
func TestPaintedAsItSays(t *testing.T) {
	for i, kind := range Kinds {
		c := New(int64(100+i), kind, 0.8)
		s := &c.scene
		s.texture = 0
		for w := range 3 {
			s.shadeBack[w], s.shadeUp[w] = 0, 0
		}
		for _, k := range c.Stacks {
			q := c.series[k]
			q.noise = 0
			best, off := 0, math.Inf(1)
			for n, sl := range k.Slices {
				if d := math.Abs(c.across(sl.Plane) - s.main.across); d < off {
					best, off = n, d
				}
			}
			f := c.paint(q, k.Slices[best], best)
			sums, counts := make([]float64, len(c.Parts)), make([]float64, len(c.Parts))
			b := s.bodies[s.main.vertebra]
			for row := range f.Rows {
				for col := range f.Columns {
					pt, w := s.place(k.Slices[best].Plane.ToPatient(centreOf(col, row)))
					x, y := b.local(pt)
					deep := y * b.height()
					if s.main.superior {
						deep = (1 - y) * b.height()
					}
					if deep < endplate+1.5 {
						continue
					}
					part := s.main.part(x, deep, w-s.main.across)
					if part < 0 || s.main.part(x-0.06, deep, w-s.main.across) != part || s.main.part(x+0.06, deep, w-s.main.across) != part ||
						s.main.part(x, deep+2, w-s.main.across) != part || s.main.part(x, max(deep-2, 0), w-s.main.across) != part {
						continue
					}
					sums[part] += float64(f.Values[row*f.Columns+col])
					counts[part]++
				}
			}
			for p := range c.Parts {
				if counts[p] < 5 {
					continue
				}
				m := s.marrow[q.weighting]
				want := map[int]float64{0: m * c.Parts[p].T1, 1: m * c.Parts[p].T2, 2: m + c.Parts[p].STIR/100*(s.csf-m)}[q.weighting]
				if got := sums[p] / counts[p]; math.Abs(got-want) > 0.02*want+2 {
					t.Errorf("%s on %s, part %d: %v, want %v (%v pixels)", kind, q.name, p, got, want, counts[p])
				}
			}
		}
	}
}

// The texture has the spread that Heterogeneity rests on, and equal seeds are equal images.
func TestTexture(t *testing.T) {
	s := New(1, "1", 0.5).scene
	sum, squares, n := 0.0, 0.0, 0.0
	for x := range 200 {
		for y := range 200 {
			v := s.noise(vec{float64(x) * 0.7, float64(y) * 0.7}, 0)
			sum, squares, n = sum+v, squares+v*v, n+1
		}
	}
	if sd := math.Sqrt(squares/n - sum*sum/n/n); math.Abs(sd-1) > 0.15 {
		t.Errorf("standard deviation %v", sd)
	}
	a, b := New(7, "2/3", 0.4), New(7, "2/3", 0.4)
	f, _ := a.Frame(a.Stacks[a.Drawn].Slices[a.Slice])
	g, _ := b.Frame(b.Stacks[b.Drawn].Slices[b.Slice])
	for i := range f.Values {
		if f.Values[i] != g.Values[i] {
			t.Fatal("equal seeds give different images")
		}
	}
	if _, ok := a.Frame(b.Stacks[0].Slices[0]); ok {
		t.Error("a frame of another case")
	}
}
