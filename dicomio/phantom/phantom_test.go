package phantom_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
)

// made is the phantom of seed 1 at realistic noise, written once for all tests.
var made = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "phantom")
	if err != nil {
		return "", err
	}
	_, err = phantom.Write(context.Background(), dir, phantom.Options{Seed: 1, Noise: phantom.DefaultNoise})
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := made(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func load(t *testing.T) (string, *phantom.Truth) {
	t.Helper()
	dir, err := made()
	if err != nil {
		t.Fatal(err)
	}
	truth, err := phantom.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// samples reads the pixels: the last rows x columns x 2 bytes of the file.
func samples(t *testing.T, dir, path string, rows, columns int) []uint16 {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	b = b[len(b)-2*rows*columns:]
	out := make([]uint16, rows*columns)
	for i := range out {
		out[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return out
}

// statistics returns mean, standard deviation and number of the pixels whose centres lie in the polygon.
func statistics(v []uint16, columns int, polygon []space.Pixel) (mean, sd float64, n int) {
	var sum, squares float64
	for i, x := range v {
		p := space.Pixel{Col: float64(i%columns) + 0.5, Row: float64(i/columns) + 0.5}
		in := false
		for k := range polygon {
			a, b := polygon[k], polygon[(k+1)%len(polygon)]
			if (a.Row > p.Row) != (b.Row > p.Row) && p.Col < a.Col+(p.Row-a.Row)/(b.Row-a.Row)*(b.Col-a.Col) {
				in = !in
			}
		}
		if in {
			sum += float64(x)
			squares += float64(x) * float64(x)
			n++
		}
	}
	mean = sum / float64(n)
	return mean, math.Sqrt((squares - sum*mean) / float64(n-1)), n
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

// vec is a point in millimetres, front and head positive.
type vec struct{ u, v float64 }

func mm(p phantom.Point, s space.Spacing) vec {
	return vec{-p.Col * s.BetweenColumns, -p.Row * s.BetweenRows} // the front is on the left of every picture
}
func (a vec) sub(b vec) vec   { return vec{a.u - b.u, a.v - b.v} }
func (a vec) length() float64 { return math.Hypot(a.u, a.v) }
func (a vec) angle(b vec) float64 {
	return math.Atan2(a.u*b.v-a.v*b.u, a.u*b.u+a.v*b.v) * 180 / math.Pi
}
func (a vec) project(b vec) float64 { return (a.u*b.u + a.v*b.v) / b.length() }

// geometry recomputes a disc from the corners on a picture, by methods.md 2.2, 3.3 and 3.4.
func geometry(up, low phantom.Vertebra, s space.Spacing) (hA, hP, dhi, angle, slip, percent float64) {
	e := mm(low.SA, s).sub(mm(low.SP, s))
	hA, hP = mm(up.IA, s).sub(mm(low.SA, s)).length(), mm(up.IP, s).sub(mm(low.SP, s)).length()
	top := mm(up.IA, s).sub(mm(up.IP, s))
	slip = mm(up.IP, s).sub(mm(low.SP, s)).project(e)
	return hA, hP, (hA + hP) / (top.length() + e.length()), e.angle(top), slip, 100 * slip / e.length()
}

func checkDisc(t *testing.T, where string, d phantom.Disc, vertebrae map[string]phantom.Vertebra, s space.Spacing) {
	t.Helper()
	names := strings.Split(d.Level, "-")
	hA, hP, dhi, angle, slip, percent := geometry(vertebrae[names[0]], vertebrae[names[1]], s)
	where += " " + d.Level
	near(t, where+" anterior height", hA, d.HeightAnterior, 1e-4)
	near(t, where+" posterior height", hP, d.HeightPosterior, 1e-4)
	near(t, where+" DHI7", dhi, d.DHI, 1e-5)
	near(t, where+" angle", angle, d.Angle, 1e-4)
	near(t, where+" slip", slip, d.Slip, 1e-4)
	near(t, where+" slip percent", percent, d.SlipPercent, 1e-3)
}

func TestLandmarksGiveTheTrueValues(t *testing.T) {
	_, truth := load(t)
	if truth.PixelOrigin != "corner" {
		t.Errorf("pixel origin is %q", truth.PixelOrigin)
	}
	for name, f := range truth.Films {
		near(t, name+" object-plane spacing", f.Spacing.BetweenColumns, f.ImagerSpacing.BetweenColumns/f.Magnification, 1e-12)
		if len(f.Discs) != 6 {
			t.Errorf("%s has %d discs", name, len(f.Discs))
		}
		for _, d := range f.Discs {
			checkDisc(t, name, d, f.Vertebrae, f.Spacing)
		}
		for v, c := range f.Vertebrae {
			for _, p := range []phantom.Point{c.SA, c.SP, c.IA, c.IP} {
				if p != (phantom.Point{}) && (p.Col < 150 || p.Row < 80 || p.Col > float64(f.Columns)-130 || p.Row > float64(f.Rows)-90) {
					t.Errorf("%s: a corner of %s lies outside the exposed field: %v", name, v, p)
				}
			}
		}
	}
	for name, s := range truth.MR.Series {
		for _, d := range truth.MR.Discs {
			checkDisc(t, name, d, s.Vertebrae, s.Spacing)
		}
	}
	// The segment that moves.
	for _, m := range truth.Instability {
		switch m.Segment {
		case "L4-L5":
			near(t, "translation", m.Translation, 5.6, 1e-6)
			near(t, "translation percent", m.TranslationPercent, 16, 1e-5)
			near(t, "rotation", m.Rotation, 18, 1e-5)
		default:
			if m.Translation > 3 || m.Rotation > 12 || m.TranslationPercent > 8 {
				t.Errorf("%s moves like no healthy segment: %+v", m.Segment, m)
			}
		}
	}
	// The discs that have lost height, against L3-L4 scaled by the level ratio.
	reference := truth.MR.Discs[3]
	for i, want := range map[int]struct{ k, loss float64 }{4: {1.14, 36}, 5: {1.11, 58}} {
		d := truth.MR.Discs[i]
		near(t, d.Level+" expected DHI", d.ExpectedDHI, reference.DHI*want.k, 1e-6)
		near(t, d.Level+" loss", d.LossPercent, want.loss, 1e-4)
		near(t, d.Level+" loss from DHI", 100*(1-d.DHI/d.ExpectedDHI), want.loss, 1e-3)
	}
}

// The corners in the patient and on each series are the same places.
func TestMRLandmarksAgreeThroughThePlane(t *testing.T) {
	dir, truth := load(t)
	for name, s := range truth.MR.Series {
		plane := planeOf(t, filepath.Join(dir, filepath.FromSlash(s.Images[s.Middle].Path)), s)
		for v, body := range truth.MR.Vertebrae {
			px, off := plane.FromPatient(body.SA.LPS)
			near(t, name+" "+v+" distance from the slice", off, 0, 1e-6)
			near(t, name+" "+v+" column", px.Col, s.Vertebrae[v].SA.Col, 1e-4)
			near(t, name+" "+v+" row", px.Row, s.Vertebrae[v].SA.Row, 1e-4)
		}
	}
	if truth.MR.Series["T1"].Spacing == truth.MR.Series["STIR"].Spacing || truth.MR.Series["T1"].Spacing == truth.MR.Series["T2"].Spacing {
		t.Error("two series have one pixel spacing: linking by position is not put to the test")
	}
}

// planeOf reads position and orientation with dcmdump, so that no code of ours is believed.
func planeOf(t *testing.T, path string, s *phantom.Series) space.Plane {
	t.Helper()
	numbers := func(tag string) []float64 {
		out := oracle(t, "dcmdump", "+P", tag, path)
		_, rest, _ := strings.Cut(out, "[")
		rest, _, _ = strings.Cut(rest, "]")
		var v []float64
		for f := range strings.SplitSeq(rest, `\`) {
			var x float64
			if _, err := fmt.Sscan(f, &x); err != nil {
				t.Fatalf("%s of %s: %q", tag, path, out)
			}
			v = append(v, x)
		}
		return v
	}
	o, d, p := numbers("0020,0032"), numbers("0020,0037"), numbers("0028,0030")
	plane := space.Plane{Origin: space.LPS{X: o[0], Y: o[1], Z: o[2]}, Along: space.LPS{X: d[0], Y: d[1], Z: d[2]},
		Down: space.LPS{X: d[3], Y: d[4], Z: d[5]}, Spacing: space.Spacing{BetweenRows: p[0], BetweenColumns: p[1]}}
	near(t, "pixel spacing", plane.Spacing.BetweenColumns, s.Spacing.BetweenColumns, 1e-9)
	return plane
}

func oracle(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: this part is not checked", name)
	}
	var out bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return out.String()
}

// class is step C of methods.md 1.3.
func class(lesion, reference, sd float64) (string, float64) {
	r, c := lesion/reference, (lesion-reference)/sd
	switch {
	case r <= 0.9 && c <= -1:
		return "low", r
	case r >= 1.1 && c >= 1:
		return "high", r
	}
	return "iso", r
}

func TestLesionsReadAsTheirType(t *testing.T) {
	dir, truth := load(t)
	want := map[string]map[string]string{
		"1": {"T1": "low", "T2": "high", "STIR": "high"},
		"2": {"T1": "high", "T2": "high", "STIR": "not high"},
		"3": {"T1": "low", "T2": "low", "STIR": "not high"},
	}
	types := map[string]bool{}
	for name, s := range truth.MR.Series {
		v := samples(t, dir, s.Images[s.Middle].Path, s.Rows, s.Columns)
		csf, _, n := statistics(v, s.Columns, truth.MR.CSF[name].Pixels())
		if n < 20 {
			t.Errorf("%s: the CSF region has %d pixels", name, n)
		}
		marrow, sd, n := statistics(v, s.Columns, truth.MR.Reference[name].Pixels())
		if n < 50 || sd/marrow > 0.25 {
			t.Errorf("%s: reference of %d pixels with CV %.2f", name, n, sd/marrow)
		}
		fat, _, _ := statistics(v, s.Columns, truth.MR.Fat[name].Pixels())
		switch name { // step A
		case "T1":
			if !(csf < marrow && fat > marrow) {
				t.Errorf("T1 check: CSF %.0f, marrow %.0f, fat %.0f", csf, marrow, fat)
			}
		case "T2":
			if !(csf > 1.3*marrow && fat >= 0.9*marrow) {
				t.Errorf("T2 check: CSF %.0f, marrow %.0f, fat %.0f", csf, marrow, fat)
			}
		case "STIR":
			if !(csf > 1.5*marrow && fat <= marrow) {
				t.Errorf("STIR check: CSF %.0f, marrow %.0f, fat %.0f", csf, marrow, fat)
			}
		}
		for _, l := range truth.MR.Lesions {
			types[l.Type] = true
			where := fmt.Sprintf("%s %s type %s on %s", l.Vertebra, l.Endplate, l.Type, name)
			m, _, n := statistics(v, s.Columns, l.Regions[name].Pixels())
			r, sd, rn := statistics(v, s.Columns, l.References[name].Pixels())
			if area := float64(n) * s.Spacing.BetweenColumns * s.Spacing.BetweenRows; n < 20 || area < 25 {
				t.Errorf("%s: region of %d pixels, %.0f mm2", where, n, area)
			}
			if rn < 50 {
				t.Errorf("%s: reference of %d pixels", where, rn)
			}
			got, ratio := class(m, r, sd)
			if name == "STIR" {
				if got = "not high"; 100*(m-r)/(csf-r) >= 10 && (m-r)/sd >= 1 {
					got = "high"
				}
			} else if math.Abs(ratio-1) < 0.20 {
				t.Errorf("%s: ratio %.3f is no probable one", where, ratio)
			}
			if name == "T1" && l.Type == "1" && ratio < 0.70 {
				t.Errorf("%s: ratio %.3f raises the infection flag", where, ratio)
			}
			if got != want[l.Type][name] {
				t.Errorf("%s: reads %s (%.0f against %.0f SD %.0f), want %s", where, got, m, r, sd, want[l.Type][name])
			}
		}
	}
	if len(types) != 3 {
		t.Errorf("types %v, want 1, 2 and 3", types)
	}
}

// Where the truth says that an endplate is, the picture has its line.
func TestPicturesShowTheEndplatesWhereTheTruthSays(t *testing.T) {
	dir, truth := load(t)
	check := func(where string, v []uint16, columns int, p, away phantom.Point, dark bool, tolerance float64) {
		t.Helper()
		d := away.Sub(p.Pixel)
		l := math.Hypot(d.Col, d.Row)
		best, at := math.Inf(1), 0.0
		reach := 4 * tolerance
		for k := -reach; k <= reach; k += 0.25 {
			// The mean over a short stretch along the endplate keeps the noise out.
			sum := 0.0
			for w := -6.0; w <= 6; w++ {
				c, r := p.Col+d.Col/l*k-d.Row/l*w, p.Row+d.Row/l*k+d.Col/l*w
				sum += float64(v[int(r)*columns+int(c)])
			}
			if !dark {
				sum = -sum
			}
			if sum < best {
				best, at = sum, k
			}
		}
		if math.Abs(at) > tolerance {
			t.Errorf("%s: the endplate is seen %.2f pixels from its place", where, at)
		}
	}
	s := truth.MR.Series["T2"]
	v := samples(t, dir, s.Images[s.Middle].Path, s.Rows, s.Columns)
	for _, name := range []string{"L2", "L3", "L4"} {
		check("T2 "+name, v, s.Columns, s.Vertebrae[name].SM, s.Vertebrae[name].IM, true, 1.5)
	}
	for position, f := range truth.Films {
		v := samples(t, dir, f.Image.Path, f.Rows, f.Columns)
		for name, b := range f.Vertebrae {
			if name != "S1" {
				check(position+" "+name, v, f.Columns, b.SM, b.IM, false, 5)
				check(position+" "+name+" inferior", v, f.Columns, b.IM, b.SM, false, 5)
			}
		}
	}
}

func digests(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSeedAndNoiseDecideEveryByte(t *testing.T) {
	dir, _ := load(t)
	first := digests(t, dir)
	again := t.TempDir()
	calls := 0
	_, err := phantom.Write(t.Context(), again, phantom.Options{Seed: 1, Noise: phantom.DefaultNoise, Progress: func(done, total int) {
		calls++
		if done != calls || total != len(first)-1 {
			t.Errorf("progress %d of %d at call %d for %d files", done, total, calls, len(first)-1)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	second := digests(t, again)
	if len(first) != len(second) || len(first) != 15+15+13+2+1 {
		t.Fatalf("%d and %d files", len(first), len(second))
	}
	for path, d := range first {
		if second[path] != d {
			t.Errorf("%s differs between two runs of one seed", path)
		}
	}
	other := t.TempDir()
	if _, err := phantom.Write(t.Context(), other, phantom.Options{Seed: 2}); err != nil {
		t.Fatal(err)
	}
	for path, d := range digests(t, other) {
		if first[path] == d {
			t.Errorf("%s is the same for another seed", path)
		}
	}
}

func TestWriteRefusesNonsenseAndStops(t *testing.T) {
	for _, noise := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := phantom.Write(t.Context(), t.TempDir(), phantom.Options{Noise: noise}); err == nil {
			t.Errorf("noise %v is accepted", noise)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if _, err := phantom.Write(ctx, dir, phantom.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "truth.json")); err == nil {
		t.Error("a cancelled phantom has a truth.json")
	}
}

func TestFilesAreValidDICOM(t *testing.T) {
	dir, _ := load(t)
	for path := range digests(t, dir) {
		if !strings.HasSuffix(path, ".dcm") {
			continue
		}
		for line := range strings.Lines(oracle(t, "dciodvfy", filepath.Join(dir, path))) {
			if strings.HasPrefix(line, "Error") || strings.Contains(line, "Abort") {
				t.Errorf("%s: %s", path, strings.TrimSpace(line))
			}
		}
	}
}

func TestStudyIsOneScanForOthers(t *testing.T) {
	dir, truth := load(t)
	seen := map[string]bool{}
	for name, s := range truth.MR.Series {
		for i, im := range s.Images {
			if seen[im.SOPInstanceUID] {
				t.Errorf("%s %d: its UID is taken", name, i)
			}
			seen[im.SOPInstanceUID] = true
			if i > 0 {
				near(t, name+" slice spacing", im.X-s.Images[i-1].X, s.SliceSpacing, 1e-6)
			}
		}
		near(t, name+" middle", s.Images[s.Middle].X, 0, 1e-9)
	}
	var files []string
	for path := range digests(t, dir) {
		if strings.HasSuffix(path, ".dcm") {
			files = append(files, filepath.Join(dir, path))
		}
	}
	for line := range strings.Lines(oracle(t, "dcentvfy", files...)) {
		if strings.HasPrefix(line, "Error") {
			t.Errorf("dcentvfy: %s", strings.TrimSpace(line))
		}
	}
}
