package bench

import (
	"context"
	"encoding/binary"
	"fmt"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/viewer/reslice"
)

// The volume of the workload.
const volumeSlices = 200

// oblique is the plane: steps to the right and down in voxels (column, row, slice), all whole in 1/2^32, so that every program that computes it
// finds the same places. Its corners stick out of the volume.
var oblique = struct{ right, down [3]float64 }{[3]float64{0.84375, 0.25, 0.0625}, [3]float64{-0.25, 0.84375, 0.046875}}

// volume is that of the workload, with voxels of 1/2 x 1/2 x 1 mm.
func volume(ctx context.Context) (*reslice.Volume, error) {
	stack := &dicomio.Stack{}
	for i := range volumeSlices {
		stack.Slices = append(stack.Slices, dicomio.Slice{Plane: space.Plane{Origin: space.LPS{Z: float64(i)}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1},
			Spacing: space.Spacing{BetweenRows: 0.5, BetweenColumns: 0.5}}})
	}
	return reslice.New(ctx, stack, func(_ context.Context, z int) (*dicomio.Frame, error) {
		frame := &dicomio.Frame{Rows: side, Columns: side, Values: make([]uint16, side*side), Grayscale: dicomio.Grayscale{Slope: 1}}
		for y := range uint32(side) {
			for x := range uint32(side) {
				frame.Values[y*side+x] = uint16(1000 + 2*x + 3*y + 4*uint32(z) + noise(x, y, uint32(z)))
			}
		}
		return frame, nil
	})
}

// Reslice measures an oblique plane of 512x512 through a volume of 512x512x200, sampled trilinearly, on one core and on all.
func Reslice(ctx context.Context, o Options) error {
	v, err := volume(ctx)
	if err != nil {
		return err
	}
	mm := func(voxels [3]float64) space.LPS {
		return space.LPS{X: voxels[0] / 2, Y: voxels[1] / 2, Z: voxels[2]}
	}
	right, down := mm(oblique.right), mm(oblique.down)
	const middle = (side - 1) / 2.0
	plane := space.Plane{Origin: v.Center().Sub(right.Scale(middle)).Sub(down.Scale(middle)), Along: right, Down: down, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
	dst := make([]uint16, side*side)
	const times = 40
	sample := func(int) { v.Sample(dst, plane, side, side, reslice.Slab{}) }
	return pictures(ctx, o, Line{Workload: "reslice", Done: o.Text.T("bench.plane", times, side, side, side, side, volumeSlices)}, times, side*side, sample, nil, func() string {
		b := make([]byte, 2*len(dst))
		for i, s := range dst {
			binary.LittleEndian.PutUint16(b[2*i:], s)
		}
		return fmt.Sprintf("%016x", digest(b))
	})
}
