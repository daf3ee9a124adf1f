package phantom

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"

	"rachis/dicomio/space"
	"rachis/dicomio/write"
)

// DefaultNoise is the noise of a good clinical scan and film.
const DefaultNoise = 1.0

// MaximumNoise is the strongest noise that Write accepts.
const MaximumNoise = 20.0

// Options say how the phantom is made. The zero value is seed 0 without noise.
type Options struct {
	// Seed chooses the noise and the UIDs. Equal seed and noise give equal bytes.
	Seed int64
	// Noise is the standard deviation of the noise relative to a clinical image's: 1 is realistic, 0 is none.
	Noise float64
	// Progress, when not nil, is told how many files of how many are written, from one goroutine at a time.
	Progress func(done, total int)
}

// Write makes the phantom's files and truth.json in dir, which is made when absent, and returns what truth.json holds.
// The files are MR/T1, MR/T2 and MR/STIR with a file a slice, and DX/FLEX and DX/EXT with one each. When ctx ends it stops
// and returns its error; the files written so far stay, truth.json is written last.
func Write(ctx context.Context, dir string, o Options) (*Truth, error) {
	if !(o.Noise >= 0 && o.Noise <= MaximumNoise) {
		return nil, fmt.Errorf("phantom: noise %v: between 0 and %v is possible", o.Noise, MaximumNoise)
	}
	mr := supine.solved().place()
	t := o.truth(mr)
	jobs := o.jobs(t, mr)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu   sync.Mutex
		done int
		wg   sync.WaitGroup
	)
	queue := make(chan job)
	for range min(2, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for j := range queue {
				if err := j.write(dir); err != nil {
					cancel(fmt.Errorf("phantom: %w", err))
					return
				}
				mu.Lock()
				done++
				if o.Progress != nil {
					o.Progress(done, len(jobs))
				}
				mu.Unlock()
			}
		})
	}
feed:
	for _, j := range jobs {
		select {
		case queue <- j:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	b, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return nil, fmt.Errorf("phantom: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "truth.json"), append(b, '\n'), 0o644); err != nil {
		return nil, fmt.Errorf("phantom: %w", err)
	}
	// What the caller gets is what the file says, to the last digit.
	back := &Truth{}
	if err := json.Unmarshal(b, back); err != nil {
		return nil, fmt.Errorf("phantom: %w", err)
	}
	return back, nil
}

// Load reads the truth.json of a folder that Write made.
func Load(dir string) (*Truth, error) {
	b, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		return nil, fmt.Errorf("phantom: %w", err)
	}
	t := &Truth{}
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("phantom: truth.json: %w", err)
	}
	return t, nil
}

// job makes one file.
type job struct {
	path string
	make func() write.DataSet
}

func (j job) write(dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(j.path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write.Write(&b, j.make()); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// jobs are the slices between the two films: a film takes 200 MB while it is painted, so the films keep apart.
func (o Options) jobs(t *Truth, mr spine) []job {
	var out, films []job
	for n, r := range radiographs {
		f := t.Films[r.position]
		films = append(films, job{f.Image.Path, func() write.DataSet {
			return o.filmImage(r, f, n+1, o.film(r))
		}})
	}
	for _, q := range sequences {
		for i, im := range t.MR.Series[q.name].Images {
			out = append(out, job{im.Path, func() write.DataSet {
				return o.mrImage(q, t, i, o.slice(q, mr, i, im.X))
			}})
		}
	}
	return append(append(films[:1:1], out...), films[1:]...)
}

// slice paints a slice of a sequence and adds Rician noise: the length of a vector with noise in both components.
func (o Options) slice(q sequence, mr spine, i int, x float64) []uint16 {
	c := q.canvas()
	p := painter{canvas: c, spine: mr, canal: mr.canal(), x: x, w: q.w}
	p.render()
	if sigma := mrSigma[q.w] * o.Noise; sigma > 0 {
		r := source(o.Seed, q.name+strconv.Itoa(i))
		for k, s := range c.v {
			re, im := s+float64(sigma*normal(r)), float64(sigma*normal(r))
			c.v[k] = math.Sqrt(float64(re*re) + float64(im*im))
		}
	}
	c.stamp("SYNTHETIC", 4, 3, 1, 900)
	return c.samples()
}

// film paints a radiograph and adds noise, which is stronger where less radiation came through.
func (o Options) film(r radiograph) []uint16 {
	c := r.canvas()
	r.draw(c, r.posture.place())
	if o.Noise > 0 {
		src := source(o.Seed, r.position)
		n := &canvas{w: c.w, h: c.h, v: make([]float64, len(c.v))}
		for k := range n.v {
			n.v[k] = normal(src)
		}
		n.blur(0.14, 1) // neighbouring elements share a little
		for k, s := range c.v {
			sigma := o.Noise * (14 + float64(0.017*s))
			c.v[k] += float64(sigma * n.v[k])
		}
	}
	c.stamp("SYNTHETIC", 170, 100, 6, 3900)
	c.stamp("L  "+r.position, 1650, 100, 6, 3900)
	return c.samples()
}

// samples rounds the picture to 12 bits.
func (c *canvas) samples() []uint16 {
	out := make([]uint16, len(c.v))
	for i, v := range c.v {
		// Off by a little, so that a value exact to the half does not hang on the last bit of a sum.
		out[i] = uint16(min(4095, max(0, math.Floor(v+0.5003))))
	}
	return out
}

// plane returns where the slice at x lies: columns run to the back, rows to the feet.
func (q sequence) plane(x float64) space.Plane {
	half := q.spacing * float64(q.matrix) / 2
	return space.Plane{
		Origin: space.LPS{X: x, Y: round(mrCentre.Y - half + q.spacing/2), Z: round(mrCentre.Z + half - q.spacing/2)},
		Along:  space.LPS{Y: 1}, Down: space.LPS{Z: -1},
		Spacing: space.Spacing{BetweenRows: q.spacing, BetweenColumns: q.spacing},
	}
}

// mrCentre is the middle of every slice in the patient; the spine's origin, behind L3, is at spineAt.
var (
	mrCentre = space.LPS{Y: 22, Z: -4}
	spineAt  = space.LPS{Y: 40, Z: 6}
)

// lps places a point of the mid-sagittal plane in the patient.
func lps(p pt) space.LPS { return space.LPS{X: 0, Y: spineAt.Y - p.u, Z: spineAt.Z + p.v} }

// canvas returns the empty slice, placed by its plane.
func (q sequence) canvas() *canvas {
	o, _ := q.plane(0).FromPatient(lps(pt{}))
	return newCanvas(q.matrix, q.matrix, 1/q.spacing, o.Col, o.Row)
}
