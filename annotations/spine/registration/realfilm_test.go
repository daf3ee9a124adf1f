package registration_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"rachis/annotations/spine"
	"rachis/annotations/spine/registration"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// The phantom's films have the phantom's texture. These are made of a real one: the lateral CT scanogram of ../shared/testdata/02_spine_ct, low in contrast and
// in resolution (1 mm), with bowel gas, ribs, hip bones and a table in it. Of each vertebra there is little more than the lines of its endplates. The second
// film of a pair is the first one bent: each vertebra, and what lies level with it, turned and shifted by itself; other contrast, other noise, other shading.

const (
	realScale   = 3 // pixels of the films for one of the scanogram
	realSpacing = 1.0 / realScale
)

// realCorners are on the scanogram turned upright and enlarged by realScale, marked by eye.
var realCorners = func() map[string]spine.Landmarks {
	out := map[string]spine.Landmarks{}
	for name, c := range map[string][4][2]float64{ // SA, SP, IP, IA
		"L2": {{715, 667}, {590, 665}, {585, 770}, {705, 775}},
		"L3": {{705, 805}, {585, 805}, {590, 908}, {710, 912}},
		"L4": {{700, 950}, {590, 940}, {575, 1035}, {705, 1055}},
		"L5": {{705, 1082}, {575, 1070}, {540, 1170}, {685, 1205}},
		"S1": {{680, 1212}, {535, 1190}},
	} {
		l := spine.Landmarks{}
		for i, corner := range []spine.Corner{spine.SA, spine.SP, spine.IP, spine.IA} {
			if c[i] != [2]float64{} {
				l[corner] = space.Pixel{Col: c[i][0] * realScale / 4, Row: c[i][1] * realScale / 4}
			}
		}
		out[name] = l
	}
	return out
}()

var realOrder = []string{"L2", "L3", "L4", "L5", "S1"}

// scanogram is the part of the picture that was exposed, the head up and the front to the right, with its grain smoothed away: each film gets its own.
type scanogram struct {
	w, h int
	v    []float64
}

func readScanogram(t *testing.T) *scanogram {
	t.Helper()
	path := ""
	for dir := "."; path == ""; dir = filepath.Join("..", dir) {
		if abs, err := filepath.Abs(dir); err != nil || abs == filepath.Dir(abs) {
			t.Skip("the shared test data (../shared/testdata) is not here: no vertebra is found on a real film")
		}
		if at := filepath.Join(dir, "shared", "testdata", "02_spine_ct", "scout", "CT000001"); exists(at) {
			path = at
		}
	}
	file, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := file.Frame(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	const left, top, right, bottom = 59, 64, 453, 448
	w, h := bottom-top, right-left
	s := &scanogram{w, h, make([]float64, w*h)}
	for y := range h {
		for x := range w { // a quarter turn clockwise
			v := int16(frame.Values[(bottom-1-x)*frame.Columns+left+y] ^ 0x8000)
			s.v[y*w+x] = min(max((float64(v)+1100)/1517, 0), 1)
		}
	}
	for _, step := range []int{1, w} {
		smooth := make([]float64, len(s.v))
		for i := range s.v {
			sum, weights := 0.0, 0.0
			for k := -3; k <= 3; k++ {
				if j := i + k*step; j >= 0 && j < len(s.v) && (step != 1 || j/w == i/w) {
					g := math.Exp(-0.5 * float64(k*k) / 0.64)
					sum += g * s.v[j]
					weights += g
				}
			}
			smooth[i] = sum / weights
		}
		s.v = smooth
	}
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// at is the value between the sixteen pixels around a place, by Catmull and Rom's curve; places are those of film pixels, (0, 0) the corner.
func (s *scanogram) at(x, y float64) float64 {
	x, y = x/realScale-0.5, y/realScale-0.5
	i, j := math.Floor(x), math.Floor(y)
	curve := func(t float64) [4]float64 {
		return [4]float64{-t/2 + t*t - t*t*t/2, 1 - 2.5*t*t + 1.5*t*t*t, t/2 + 2*t*t - 1.5*t*t*t, -t*t/2 + t*t*t/2}
	}
	a, b := curve(x-i), curve(y-j)
	sum := 0.0
	for m := range 4 {
		row := min(max(int(j)-1+m, 0), s.h-1) * s.w
		for n := range 4 {
			sum += a[n] * b[m] * s.v[row+min(max(int(i)-1+n, 0), s.w-1)]
		}
	}
	return sum
}

// move turns about the origin, then shifts, in the plane of complex numbers: z becomes turn*z + shift.
type move struct{ turn, shift complex128 }

func (m move) of(z complex128) complex128 { return m.turn*z + m.shift }

func (m move) after(n move) move { return move{m.turn * n.turn, m.of(n.shift)} }

func (m move) inverse() move { return move{1 / m.turn, -m.shift / m.turn} }

// about turns by so many degrees (clockwise as it is seen) and scales about a place, and shifts.
func about(at complex128, degrees, scale float64, shift complex128) move {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	turn := complex(scale*cos, scale*sin)
	return move{turn, at - turn*at + shift}
}

// bent moves the sacrum, and each vertebra against the one below it by 2 to 9 degrees about the disc between them, with a slip of up to 2 mm.
func bent(r *rand.Rand) map[string]move {
	between := func(lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
	middle := func(l spine.Landmarks, a, b spine.Corner) complex128 {
		return complex((l[a].Col+l[b].Col)/2, (l[a].Row+l[b].Row)/2)
	}
	out := map[string]move{}
	m := about(middle(realCorners["S1"], spine.SA, spine.SP)+45i, between(-10, 10), between(0.9, 1.15), complex(between(-24, 24), between(-24, 24)))
	out["S1"] = m
	for _, name := range []string{"L5", "L4", "L3", "L2"} {
		m = m.after(about(middle(realCorners[name], spine.IA, spine.IP), between(2, 9), 1, complex(between(-6, 6), between(-1.5, 1.5))))
		out[name] = m
	}
	return out
}

// film paints the scanogram with each vertebra moved; what lies between two goes over from one's move to the other's.
func (s *scanogram) film(moves map[string]move, gamma float64, r *rand.Rand) registration.Film {
	f := registration.Film{Rows: s.h * realScale, Columns: s.w * realScale, Spacing: space.Spacing{BetweenRows: realSpacing, BetweenColumns: realSpacing}}
	f.Samples = make([]uint16, f.Rows*f.Columns)
	type part struct {
		back        move
		top, bottom float64
	}
	var list []part
	for _, name := range realOrder {
		p := part{moves[name].inverse(), math.Inf(1), math.Inf(-1)}
		for _, at := range realCorners[name] {
			p.top, p.bottom = min(p.top, at.Row-3), max(p.bottom, at.Row+3)
		}
		list = append(list, p)
	}
	back := func(to complex128) complex128 {
		at := list[2].back.of(to)
		for range 14 {
			row := imag(at)
			k := 0
			for k+1 < len(list) && row > list[k].bottom {
				k++
			}
			next := list[k].back.of(to)
			if k > 0 && row < list[k].top {
				t := (row - list[k-1].bottom) / (list[k].top - list[k-1].bottom)
				next = complex(1-t, 0)*list[k-1].back.of(to) + complex(t, 0)*next
			}
			at = (at + next) / 2
		}
		return at
	}
	shading := make([]float64, 13*13)
	for i := range shading {
		shading[i] = 0.02 * r.NormFloat64()
	}
	noise := make([]float64, len(f.Samples)) // drawn in one order, whatever the goroutines do
	for i := range noise {
		noise[i] = 0.004 * r.NormFloat64()
	}
	var wg sync.WaitGroup
	for half := range 2 {
		wg.Go(func() {
			for y := half; y < f.Rows; y += 2 {
				for x := range f.Columns {
					at := back(complex(float64(x)+0.5, float64(y)+0.5))
					u, v := 12*float64(x)/float64(f.Columns), 12*float64(y)/float64(f.Rows)
					i, j := int(u), int(v)
					u, v = u-float64(i), v-float64(j)
					shade := (1-v)*((1-u)*shading[j*13+i]+u*shading[j*13+i+1]) + v*((1-u)*shading[(j+1)*13+i]+u*shading[(j+1)*13+i+1])
					k := y*f.Columns + x
					f.Samples[k] = uint16(min(max(200+3500*(math.Pow(max(s.at(real(at), imag(at)), 0), gamma)+shade+noise[k]), 0), 4095))
				}
			}
		})
	}
	wg.Wait()
	return f
}

func still() map[string]move {
	out := map[string]move{}
	for _, name := range realOrder {
		out[name] = move{turn: 1}
	}
	return out
}

// On films made of a real one the vertebrae are found, and as exactly as the issue asks.
func TestVertebraeOfARealFilm(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	if *writeTable {
		t.Skip("the table is made")
	}
	s := readScanogram(t)
	var list []trial
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		moves := bent(r)
		from, to := s.film(still(), 1, r), s.film(moves, 0.7+0.2*float64(seed), r)
		got, err := registration.Find(context.Background(), from, to, realCorners, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.Vertebrae {
			one := trial{Seed: int64(seed), Vertebra: f.Vertebra, Kind: "good", Refused: f.Refused, Quality: f.Quality}
			if f.Refused == "" {
				one.Rotation, one.Shift = misses(f.Corners, moved(f.Vertebra, moves[f.Vertebra]), realSpacing)
			}
			t.Logf("%+v", one)
			list = append(list, one)
		}
	}
	good := summarise(list, of("good", "", false))
	if good.n != 15 || good.refused > 1 {
		t.Errorf("%d of %d vertebrae are refused", good.refused, good.n)
	}
	if good.rotation > rotationRMS || good.rotationMost > rotationWorst || good.shift > shiftRMS || good.shiftMost > shiftWorst {
		t.Errorf("rotation off by %.2f° RMS and %.2f° at worst, middle by %.2f mm RMS and %.2f mm at worst", good.rotation, good.rotationMost, good.shift, good.shiftMost)
	}
}

func moved(name string, m move) phantom.Vertebra {
	at := func(c spine.Corner) phantom.Point {
		p := realCorners[name][c]
		z := m.of(complex(p.Col, p.Row))
		return phantom.Point{Pixel: space.Pixel{Col: real(z), Row: imag(z)}}
	}
	return phantom.Vertebra{SA: at(spine.SA), SP: at(spine.SP), IA: at(spine.IA), IP: at(spine.IP)}
}

// A real film's vertebrae are not on the phantom's.
func TestARealFilmIsNotThePhantoms(t *testing.T) {
	if testing.Short() {
		t.Skip("films are painted")
	}
	if *writeTable {
		t.Skip("the table is made")
	}
	s := readScanogram(t)
	_, to := pair(6)
	r := rand.New(rand.NewPCG(9, 1))
	got, err := registration.Find(context.Background(), s.film(still(), 1, r), filmOf(to), realCorners, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Vertebrae {
		if f.Refused == "" {
			t.Errorf("%s is found with quality %.2f", f.Vertebra, f.Quality)
		}
	}
}
