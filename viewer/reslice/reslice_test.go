package reslice

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/space"
)

// block is a volume whose voxels have the value of a function of the place in the patient.
func block(t testing.TB, columns, rows, n int, column, row, slice space.LPS, value func(x, y, z float64) float64) *Volume {
	t.Helper()
	stack := stackOf(columns, rows, n, column, row, func(i int) space.LPS { return slice.Scale(float64(i)) })
	v, err := New(context.Background(), stack, framesOf(stack, columns, rows, value))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func stackOf(_, _, n int, column, row space.LPS, origin func(i int) space.LPS) *dicomio.Stack {
	s := &dicomio.Stack{}
	for i := range n {
		s.Slices = append(s.Slices, dicomio.Slice{Plane: space.Plane{Origin: origin(i), Along: column.Unit(), Down: row.Unit(),
			Spacing: space.Spacing{BetweenRows: row.Length(), BetweenColumns: column.Length()}}})
	}
	return s
}

func framesOf(stack *dicomio.Stack, columns, rows int, value func(x, y, z float64) float64) func(context.Context, int) (*dicomio.Frame, error) {
	return func(_ context.Context, i int) (*dicomio.Frame, error) {
		f := &dicomio.Frame{Rows: rows, Columns: columns, Values: make([]uint16, rows*columns), Grayscale: dicomio.Grayscale{Slope: 1}}
		for r := range rows {
			for c := range columns {
				p := stack.Slices[i].Plane.ToPatient(space.Pixel{Col: float64(c) + 0.5, Row: float64(r) + 0.5})
				f.Values[r*columns+c] = uint16(math.Round(value(p.X, p.Y, p.Z)))
			}
		}
		return f, nil
	}
}

// random returns a plane of any direction near a point.
func random(r *rand.Rand, near space.LPS, size int, spacing float64) space.Plane {
	vector := func() space.LPS { return space.LPS{X: r.NormFloat64(), Y: r.NormFloat64(), Z: r.NormFloat64()}.Unit() }
	u := vector()
	w := vector()
	w = w.Sub(u.Scale(w.Dot(u))).Unit()
	p := space.Plane{Along: u, Down: w, Spacing: space.Spacing{BetweenRows: spacing, BetweenColumns: spacing}}
	p.Origin = near.Sub(u.Scale(spacing * float64(size) / 2)).Sub(w.Scale(spacing * float64(size) / 2))
	return p
}

// A volume whose values grow evenly in the patient has at every point of every plane the value of that point: whatever its matrix, its
// spacings, the direction of its slices (a tilted gantry's too) and the gaps between them. Where the volume is not, there is padding.
func TestLinearIsExact(t *testing.T) {
	value := func(x, y, z float64) float64 { return 20000 + 30*x - 21*y + 44*z }
	r := rand.New(rand.NewPCG(1, 2))
	tilt := func(i int) space.LPS { return space.LPS{X: 0.2 * float64(i), Y: 0.9 * float64(i), Z: 3 * float64(i)} }
	uneven := func(i int) space.LPS { return space.LPS{Z: 3*float64(i) + math.Sin(float64(i))} }
	for name, c := range map[string]struct {
		column, row space.LPS
		origin      func(int) space.LPS
		irregular   bool
	}{
		"axial":     {space.LPS{X: 0.7}, space.LPS{Y: 0.9}, func(i int) space.LPS { return space.LPS{Z: 2.5 * float64(i)} }, false},
		"sagittal":  {space.LPS{Y: 0.6}, space.LPS{Z: -0.6}, func(i int) space.LPS { return space.LPS{X: -4.4 * float64(i)} }, false},
		"oblique":   {space.LPS{X: 0.6, Y: 0.1}, space.LPS{X: -0.1, Y: 0.6}, func(i int) space.LPS { return space.LPS{Z: 2 * float64(i)} }, false},
		"tilted":    {space.LPS{X: 0.7}, space.LPS{Y: 0.7}, tilt, false},
		"irregular": {space.LPS{X: 0.7}, space.LPS{Y: 0.7}, uneven, true},
	} {
		t.Run(name, func(t *testing.T) {
			stack := stackOf(0, 0, 15, c.column, c.row, c.origin)
			v, err := New(context.Background(), stack, framesOf(stack, 40, 30, value))
			if err != nil {
				t.Fatal(err)
			}
			if (v.Irregular != "") != c.irregular {
				t.Errorf("irregular: %q", v.Irregular)
			}
			inside, outside := 0, 0
			for range 60 {
				p := random(r, v.Center(), 32, 0.9)
				f := v.Frame(nil, p, 32, 32, Slab{})
				for i, got := range f.Values {
					at := p.ToPatient(space.Pixel{Col: float64(i%32) + 0.5, Row: float64(i/32) + 0.5})
					x, y, z := v.ToVoxel(at)
					margin := min(x, 39-x, y, 29-y, z, 14-z)
					pad := f.Grayscale.Padding
					switch {
					case margin > 1e-6:
						inside++
						if want := value(at.X, at.Y, at.Z); math.Abs(float64(got)-want) > 2 {
							t.Fatalf("voxel %.2f %.2f %.2f: %d, want %.1f", x, y, z, got, want)
						}
					case margin < -0.5-1e-6:
						outside++
						if pad == nil || int32(got) != pad[0] {
							t.Fatalf("voxel %.2f %.2f %.2f: %d outside", x, y, z, got)
						}
					}
				}
			}
			if inside < 5000 || outside < 500 {
				t.Errorf("%d inside, %d outside", inside, outside)
			}
		})
	}
}

// The planes of the slices themselves give the slices back, value for value.
func TestOwnPlanes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	stack := stackOf(0, 0, 9, space.LPS{Y: 0.68359375}, space.LPS{Z: -0.68359375}, func(i int) space.LPS { return space.LPS{X: 4.5 * float64(i), Y: 12, Z: 80} })
	var kept []*dicomio.Frame
	for range 9 {
		f := &dicomio.Frame{Rows: 21, Columns: 33, Signed: true, Grayscale: dicomio.Grayscale{Slope: 1}}
		for range 21 * 33 {
			f.Values = append(f.Values, uint16(r.Uint32()))
		}
		kept = append(kept, f)
	}
	v, err := New(context.Background(), stack, func(_ context.Context, i int) (*dicomio.Frame, error) { return kept[i], nil })
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range stack.Slices {
		got := v.Frame(nil, s.Plane, 33, 21, Slab{})
		for j, want := range kept[i].Values {
			if got.Values[j] != want {
				t.Fatalf("slice %d pixel %d: %d, want %d", i, j, got.Values[j], want)
			}
		}
	}
}

// A slab holds the mean, the largest and the smallest of what lies in it.
func TestSlab(t *testing.T) {
	v := block(t, 20, 20, 41, space.LPS{X: 1}, space.LPS{Y: 1}, space.LPS{Z: 1}, func(_, _, z float64) float64 { return 1000 + 100*math.Abs(z-20) })
	p := space.Plane{Origin: space.LPS{X: 2, Y: 2, Z: 20}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
	for _, c := range []struct {
		slab Slab
		want float64
	}{{Slab{}, 1000}, {Slab{Maximum, 10}, 1500}, {Slab{Minimum, 10}, 1000}, {Slab{Mean, 10}, 1262}, {Slab{Maximum, 1e9}, 3000}, {Slab{Mean, math.NaN()}, 1000}} {
		f := v.Frame(nil, p, 4, 4, c.slab)
		for _, got := range f.Values {
			if math.Abs(float64(got)-c.want) > 3 {
				t.Errorf("%+v: %d, want %g", c.slab, got, c.want)
				break
			}
		}
	}
}

// What is no volume is refused with its reason.
func TestRefused(t *testing.T) {
	up := func(i int) space.LPS { return space.LPS{Z: float64(i)} }
	x, y := space.LPS{X: 1}, space.LPS{Y: 1}
	frame := func(context.Context, int) (*dicomio.Frame, error) {
		return &dicomio.Frame{Rows: 4, Columns: 4, Values: make([]uint16, 16), Grayscale: dicomio.Grayscale{Slope: 1}}, nil
	}
	colour := func(context.Context, int) (*dicomio.Frame, error) {
		return &dicomio.Frame{Rows: 4, Columns: 4, RGB: make([]byte, 48)}, nil
	}
	unequal := func(_ context.Context, i int) (*dicomio.Frame, error) {
		return &dicomio.Frame{Rows: 4, Columns: 4, Values: make([]uint16, 16), Grayscale: dicomio.Grayscale{Slope: 1 + float64(i)}}, nil
	}
	unplaced, turned := stackOf(4, 4, 3, x, y, up), stackOf(4, 4, 3, x, y, up)
	unplaced.Slices[1].Plane = space.Plane{}
	turned.Slices[2].Plane.Along = space.LPS{X: 1, Y: 0.02}.Unit()
	turned.Slices[2].Plane.Down = space.LPS{X: -0.02, Y: 1}.Unit()
	for name, c := range map[string]struct {
		stack *dicomio.Stack
		frame func(context.Context, int) (*dicomio.Frame, error)
		want  error
	}{
		"one image":       {stackOf(4, 4, 1, x, y, up), frame, ErrTooFew},
		"no position":     {unplaced, frame, ErrUnplaced},
		"one place twice": {stackOf(4, 4, 3, x, y, func(i int) space.LPS { return space.LPS{Z: float64(i / 2)} }), frame, ErrDouble},
		"all at once":     {stackOf(4, 4, 3, x, y, func(int) space.LPS { return space.LPS{} }), frame, ErrDouble},
		"turned":          {turned, frame, ErrNotParallel},
		"colour":          {stackOf(4, 4, 3, x, y, up), colour, ErrColour},
		"rescale":         {stackOf(4, 4, 3, x, y, up), unequal, ErrUnequal},
	} {
		if _, err := New(context.Background(), c.stack, c.frame); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New(ctx, stackOf(4, 4, 3, x, y, up), frame); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Planes anywhere, of any size and direction, do no harm.
func TestAnyPlane(t *testing.T) {
	v := block(t, 7, 5, 3, space.LPS{X: 1}, space.LPS{Y: 1}, space.LPS{Z: 3}, func(x, y, z float64) float64 { return 100 + x + y + z })
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 3000 {
		p := random(r, v.Center().Add(space.LPS{X: 20 * r.NormFloat64()}), 16, math.Exp(4*r.NormFloat64()))
		if i%3 == 0 {
			p.Along, p.Down = space.LPS{X: 1}, space.LPS{Y: -1}
			p.Origin = space.LPS{X: float64(r.IntN(20) - 10), Y: float64(r.IntN(20) - 10), Z: float64(r.IntN(10) - 5)}
		}
		v.Frame(nil, p, 16, 16, Slab{Mode: Mode(i % 3), Thickness: float64(i%5) * 2})
	}
}

// Padding is no value to interpolate with: beside it the picture is as dark as the darkest of the image, and no darker.
func TestPadding(t *testing.T) {
	stack := stackOf(0, 0, 5, space.LPS{X: 1}, space.LPS{Y: 1}, func(i int) space.LPS { return space.LPS{Z: 3 * float64(i)} })
	v, err := New(context.Background(), stack, func(_ context.Context, i int) (*dicomio.Frame, error) {
		f := &dicomio.Frame{Rows: 12, Columns: 12, Signed: true, Grayscale: dicomio.Grayscale{Slope: 1, Padding: &[2]int32{-2000, -1900}, Range: [2]int32{-300, 700}}}
		for j := range 144 {
			stored := int32(-300 + 100*(j%11))
			if j%12 < 4 || i == 4 { // a side of each image, and all of the last
				stored = -2000 + int32(j%100)
			}
			f.Values = append(f.Values, uint16(stored)^0x8000)
		}
		if i == 4 {
			f.Grayscale.Range = [2]int32{}
		}
		return f, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 9))
	seen := 0
	for range 40 {
		f := v.Frame(nil, random(r, v.Center(), 24, 0.7), 24, 24, Slab{Mode: Mode(r.IntN(3)), Thickness: float64(r.IntN(3)) * 4})
		for _, s := range f.Values {
			if stored := int32(s) - 0x8000; stored != f.Grayscale.Padding[0] {
				if seen++; stored < -300 || stored > 700 {
					t.Fatalf("%d is shown", stored)
				}
			}
		}
	}
	if seen < 2000 {
		t.Error(seen)
	}
}
