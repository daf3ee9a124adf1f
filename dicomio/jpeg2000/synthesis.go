package jpeg2000

import "math"

// The inverse wavelet transform (Annex F). The plane of a tile-component holds its sub-bands as they nest: LL in the corner, at first the lowest resolution's,
// with HL beside it, LH below it and HH beyond both; each level turns its four into the LL of the next, in place.

// A plane is the samples of a tile-component, and its coefficients before that. One of the slices is set.
type plane struct {
	width, height int
	i             []int32   // reversible
	l             []int64   // reversible, where 32 bits could overflow
	f             []float32 // irreversible
}

// columns is how many columns the vertical transform takes at once: a cache line of the plane.
const columns = 16

// rowBuffers is where one goroutine transforms.
type rowBuffers struct {
	i []int32
	l []int64
	f []float32
}

// The irreversible filter's lifting parameters (Table F.4), in float32. The low-pass samples are scaled by K, and the high-pass ones by 2/K: stepSize leaves out the
// gain of two that each high-pass filtering has, so that coefficients are scaled once.
const (
	alpha = -1.586134342
	beta  = -0.052980118
	gamma = 0.882911075
	delta = 0.443506852
	k     = 1.230174105
	twoK  = 1.625732422
)

// stepSize returns the step of a sub-band (equation E-3), less the gain of the sub-band: see twoK.
func stepSize(precision, exponent, mantissa int) float32 {
	return float32(math.Ldexp(1+float64(mantissa)/2048, precision-exponent))
}

// A span1D is one direction of a sub-band's synthesis: how many low-pass and high-pass samples, and whether the first is a high-pass one.
type span1D struct {
	low, high int
	odd       int // 1 when the first sample's coordinate is odd (F.3.6)
}

// synthesise makes resolution r of a tile-component from the one below and its own sub-bands (F.3.2): rows first, then columns.
func (d *decoder) synthesise(c *tileComponent, r int) error {
	low, res := &c.resolutions[r-1], &c.resolutions[r]
	if res.empty() {
		return nil
	}
	h := span1D{low.width(), res.width() - low.width(), res.x0 & 1}
	v := span1D{low.height(), res.height() - low.height(), res.y0 & 1}
	p := &c.plane
	if err := d.parallel(groups(res.height(), rowsPerGroup), func(w *worker, g int) error {
		for y := g * rowsPerGroup; y < min((g+1)*rowsPerGroup, res.height()); y++ {
			at := y * p.width
			switch {
			case p.f != nil:
				w.row.f = sized(w.row.f, res.width())
				horizontal97(p.f[at:at+res.width()], w.row.f, h)
			case p.l != nil:
				w.row.l = sized(w.row.l, res.width())
				horizontal53(p.l[at:at+res.width()], w.row.l, h)
			default:
				w.row.i = sized(w.row.i, res.width())
				horizontal53(p.i[at:at+res.width()], w.row.i, h)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return d.parallel(groups(res.width(), columns), func(w *worker, g int) error {
		x := g * columns
		n := min(columns, res.width()-x)
		switch {
		case p.f != nil:
			w.row.f = sized(w.row.f, res.height()*columns)
			vertical97(p.f[x:], p.width, n, w.row.f, v)
		case p.l != nil:
			w.row.l = sized(w.row.l, res.height()*columns)
			vertical53(p.l[x:], p.width, n, w.row.l, v)
		default:
			w.row.i = sized(w.row.i, res.height()*columns)
			vertical53(p.i[x:], p.width, n, w.row.i, v)
		}
		return nil
	})
}

// rowsPerGroup is how many rows a goroutine takes at once.
const rowsPerGroup = 16

func groups(n, size int) int { return (n + size - 1) / size }

// sized returns the slice at a length, and makes a new one where it is too short.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
