package reslice

import (
	"context"
	"math"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// spine is the volume of the phantom's T2, without noise, and what is true of it.
func spine(t *testing.T) (*Volume, *dicomio.Stack, *phantom.Truth) {
	t.Helper()
	if testing.Short() {
		t.Skip("making a phantom takes seconds")
	}
	dir := t.TempDir()
	truth, err := phantom.Write(t.Context(), dir, phantom.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	idx, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, se := range idx.Series() {
		if se.UID != truth.MR.Series["T2"].SeriesInstanceUID {
			continue
		}
		stack := se.Stacks[0]
		v, err := New(t.Context(), stack, func(ctx context.Context, i int) (*dicomio.Frame, error) {
			f, err := stack.Slices[i].Instance.Location.Open()
			if err != nil {
				return nil, err
			}
			return f.Frame(ctx, stack.Slices[i].Frame)
		})
		if err != nil {
			t.Fatal(err)
		}
		return v, stack, truth
	}
	t.Fatal("the phantom has no T2")
	return nil, nil, nil
}

// seen reads a place of the patient from the pictures of planes, as a reader does who scrolls to it.
func seen(frames []*dicomio.Frame, p Planes, at space.LPS) float64 {
	_, d := p.Planes[0].FromPatient(at)
	k := math.Floor(d/p.Step + 1e-9)
	wk := d/p.Step - k
	value := 0.0
	for _, n := range []struct {
		i int
		w float64
	}{{int(k), 1 - wk}, {int(k) + 1, wk}} {
		if n.w < 1e-6 {
			continue
		}
		q, _ := p.Planes[n.i].FromPatient(at)
		x, y := q.Col-0.5, q.Row-0.5
		c, r := math.Floor(x), math.Floor(y)
		for _, e := range []struct{ c, r, w float64 }{{c, r, (c + 1 - x) * (r + 1 - y)}, {c + 1, r, (x - c) * (r + 1 - y)}, {c, r + 1, (c + 1 - x) * (y - r)}, {c + 1, r + 1, (x - c) * (y - r)}} {
			if e.w > 0 {
				value += n.w * e.w * float64(frames[n.i].Values[int(e.r)*p.Columns+int(e.c)])
			}
		}
	}
	return value
}

// edge returns how far from an endplate, in mm towards the marrow, its black line goes over into marrow: where the signal is half way between
// the two, on the mean of a short stretch along the endplate.
func edge(value func(space.LPS) float64, at, inward, along space.LPS) float64 {
	mean := func(k float64) float64 {
		sum := 0.0
		for w := -2.0; w <= 2; w += 0.5 {
			sum += value(at.Add(inward.Scale(k)).Add(along.Scale(w))) / 9
		}
		return sum
	}
	black, marrow := math.Inf(1), 0.0
	darkest := 0.0
	for k := -1.0; k <= 1; k += 0.02 {
		if s := mean(k); s < black {
			black, darkest = s, k
		}
	}
	for k := 2.0; k <= 3; k += 0.25 {
		marrow += mean(k) / 5
	}
	for k := darkest; k <= 3; k += 0.02 {
		if mean(k) > (black+marrow)/2 {
			return k
		}
	}
	return math.NaN()
}

// Landmarks of the phantom are found where truth.json has them in every kind of plane through its volume, within 0.3 mm: the middles of the
// endplates, on the pictures of the reconstruction alone.
func TestLandmarksAreFoundAgain(t *testing.T) {
	v, stack, truth := spine(t)
	l4 := truth.MR.Vertebrae["L4"]
	disc := l4.IP.Sub(l4.IA.LPS)
	tilted, ok := Upright(disc, space.LPS{X: 1})
	if !ok {
		t.Fatal("a disc has no plane")
	}
	twisted, _ := Upright(space.LPS{X: 0.8, Y: 0.5, Z: 0.3}, space.LPS{X: -0.3, Y: 0.9, Z: -0.4})
	// What the acquired slices themselves show, read by their own planes: the edges that the phantom paints are blurred by its pixels.
	acquired := Planes{Columns: v.Columns, Rows: v.Rows, Step: stack.Spacing}
	var slices []*dicomio.Frame
	for _, sl := range stack.Slices {
		f, err := sl.Instance.Location.Open()
		if err != nil {
			t.Fatal(err)
		}
		frame, err := f.Frame(t.Context(), sl.Frame)
		if err != nil {
			t.Fatal(err)
		}
		acquired.Planes, slices = append(acquired.Planes, sl.Plane), append(slices, frame)
	}
	for name, axes := range map[string]Axes{"axial": Axial, "coronal": Coronal, "sagittal": Sagittal, "along the disc": tilted, "twisted": twisted} {
		t.Run(name, func(t *testing.T) {
			p := v.Through(axes, l4.IM.LPS)
			frames := make([]*dicomio.Frame, len(p.Planes))
			for i := range p.Planes {
				// Only the planes that the landmarks' surroundings lie on.
				near := false
				for _, vertebra := range []string{"L2", "L3", "L4"} {
					for _, m := range []phantom.Place{truth.MR.Vertebrae[vertebra].SM, truth.MR.Vertebrae[vertebra].IM} {
						_, d := p.Planes[i].FromPatient(m.LPS)
						near = near || math.Abs(d) < 5
					}
				}
				if near {
					frames[i] = v.Frame(nil, p.Planes[i], p.Columns, p.Rows, Slab{})
				}
			}
			for _, vertebra := range []string{"L2", "L3", "L4"} {
				b := truth.MR.Vertebrae[vertebra]
				centre := b.SM.Add(b.IM.LPS).Scale(0.5)
				// The phantom paints endplates as lines 1.15 and 1.45 mm wide on the true place.
				for which, m := range map[string]struct {
					at, along space.LPS
					half      float64
				}{"superior": {b.SM.LPS, b.SP.Sub(b.SA.LPS), 1.15 / 2}, "inferior": {b.IM.LPS, b.IP.Sub(b.IA.LPS), 1.45 / 2}} {
					along := m.along.Unit()
					inward := centre.Sub(m.at)
					inward = inward.Sub(along.Scale(inward.Dot(along))).Unit()
					off := edge(func(at space.LPS) float64 { return seen(frames, p, at) }, m.at, inward, along) - m.half
					if !(math.Abs(off) <= 0.3) {
						t.Errorf("the %s endplate of %s is seen %.2f mm from its place", which, vertebra, off)
					}
					if own := edge(func(at space.LPS) float64 { return seen(slices, acquired, at) }, m.at, inward, along) - m.half; !(math.Abs(off-own) <= 0.1) {
						t.Errorf("the %s endplate of %s is seen %.2f mm from its place, on the acquired slices %.2f mm", which, vertebra, off, own)
					}
				}
			}
		})
	}
}

// Planes cover the volume, one of them passes through the point, and their normal is the order in which they come.
func TestThroughCoversTheVolume(t *testing.T) {
	v := block(t, 40, 30, 12, space.LPS{X: 0.5, Y: 0.1}, space.LPS{X: -0.1, Y: 0.5}, space.LPS{X: 0.3, Z: 3}, func(x, y, z float64) float64 { return 1000 })
	for name, axes := range map[string]Axes{"axial": Axial, "coronal": Coronal, "sagittal": Sagittal} {
		at := v.ToPatient(13.2, 7.9, 4.4)
		p := v.Through(axes, at)
		if _, d := p.Planes[p.At].FromPatient(at); math.Abs(d) > 1e-9 {
			t.Errorf("%s: the plane misses the point by %g mm", name, d)
		}
		for i := 1; i < len(p.Planes); i++ {
			if _, d := p.Planes[i-1].FromPatient(p.Planes[i].Origin); math.Abs(d-p.Step) > 1e-9 {
				t.Fatalf("%s: planes %g mm apart, want %g", name, d, p.Step)
			}
		}
		for _, c := range []float64{0, 39} {
			for _, r := range []float64{0, 29} {
				for _, s := range []float64{0, 11} {
					q, d := p.Planes[0].FromPatient(v.ToPatient(c, r, s))
					if q.Col < 0 || q.Row < 0 || q.Col > float64(p.Columns) || q.Row > float64(p.Rows) || d < -p.Step || d > p.Step*float64(len(p.Planes)) {
						t.Errorf("%s: voxel %v %v %v lies at %v, %g mm deep", name, c, r, s, q, d)
					}
				}
			}
		}
		far := v.Through(axes, at.Add(space.LPS{X: 1e4, Y: 1e4, Z: 1e4}))
		if far.At < 0 || far.At >= len(far.Planes) || len(far.Planes) < len(p.Planes)-1 {
			t.Errorf("%s: a point outside gives plane %d of %d", name, far.At, len(far.Planes))
		}
	}
	if got, want := v.Tilt(), math.Atan2(0.3, 3)*180/math.Pi; math.Abs(got-want) > 1e-9 {
		t.Errorf("slices are stacked aslant by %v degrees, want %v", got, want)
	}
}

// Pictures of any plane are turned as those of the nearest plane of the patient are read.
func TestUpright(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b space.LPS
		near Axes
	}{
		{"a disc on a sagittal image", space.LPS{Y: 1, Z: -0.4}, space.LPS{X: -1}, Axial},
		{"the same, drawn from behind", space.LPS{Y: -1, Z: 0.4}, space.LPS{X: 1}, Axial},
		{"a canal on a sagittal image", space.LPS{Y: 0.2, Z: -1}, space.LPS{X: -1}, Coronal},
		{"a root on an axial image", space.LPS{X: 0.3, Y: 1}, space.LPS{Z: 1}, Sagittal},
	} {
		axes, ok := Upright(c.a, c.b)
		if !ok || axes.Along.Dot(c.near.Along) < 0.7 || axes.Down.Dot(c.near.Down) < 0.7 || math.Abs(axes.Along.Dot(axes.Down)) > 1e-12 ||
			math.Abs(axes.Along.Cross(axes.Down).Dot(c.a)) > 1e-12 || math.Abs(axes.Along.Cross(axes.Down).Dot(c.b)) > 1e-12 {
			t.Errorf("%s: %v, %v", c.name, axes, ok)
		}
	}
	if _, ok := Upright(space.LPS{X: 1}, space.LPS{X: -2}); ok {
		t.Error("parallel directions have a plane")
	}
}
