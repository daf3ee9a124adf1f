package jpegls

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// samples returns the samples of an image.
func samples(m *Image) []int {
	out := make([]int, 0, len(m.Pix8)+len(m.Pix16))
	for _, v := range m.Pix8 {
		out = append(out, int(v))
	}
	for _, v := range m.Pix16 {
		out = append(out, int(v))
	}
	return out
}

// digest is the SHA-256 over the samples, each as a little-endian int32, which is how truth.csv of the shared test data has it.
func digest(m *Image) string {
	var b []byte
	for _, v := range samples(m) {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// csvTable reads a CSV file to rows by column name.
func csvTable(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, v := range r {
			row[records[0][i]] = v
		}
		out = append(out, row)
	}
	return out
}

// TestVectors holds the decoder against what CharLS and dcmtk made of streams that they encoded (testdata/LICENCE.md).
func TestVectors(t *testing.T) {
	rows := csvTable(t, "testdata/vectors.csv")
	for _, row := range rows {
		number := func(column string) int {
			n, err := strconv.Atoi(row[column])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		want := Config{number("width"), number("height"), number("components"), number("precision"), number("near")}
		data, err := os.ReadFile(filepath.Join("testdata", row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := DecodeConfig(data); err != nil || c != want {
			t.Errorf("%s: config %+v, %v; want %+v", row["file"], c, err, want)
		}
		m, err := Decode(t.Context(), data)
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		if m.Config != want {
			t.Errorf("%s: image %+v, want %+v", row["file"], m.Config, want)
		}
		if got := digest(m); got != row["sha256"] {
			t.Errorf("%s: %s, %s has %s", row["file"], got, row["decoder"], row["sha256"])
		}
	}
	if len(rows) < 70 {
		t.Error("vectors are missing")
	}
}

// TestPublishedPalette decodes the palettised image of T.87 H.4.5, without its table, and with tables of one and two bytes.
func TestPublishedPalette(t *testing.T) {
	const before = "\xFF\xD8\xFF\xF7\x00\x0B\x02\x00\x04\x00\x03\x01\x01\x11\x00"
	scan := func(table string) string {
		return "\xFF\xDA\x00\x08\x01\x01" + table + "\x00\x00\x00\xDB\x95\xF0\xFF\xD9"
	}
	for _, c := range []struct {
		name, data string
		precision  int
		want       []int
	}{
		{"indices", before + scan("\x00"), 2, []int{0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3}},
		{"a byte an entry", before + "\xFF\xF8\x00\x09\x02\x05\x01\x07\x08\x09\xFF" + scan("\x05"), 8, []int{7, 7, 8, 8, 8, 9, 9, 9, 255, 255, 255, 255}},
		{"two bytes an entry, continued", before + "\xFF\xF8\x00\x08\x02\x05\x02\x01\x00\x02\xFF\xF8\x00\x0A\x03\x05\x02\x01\x03\x04\xFF\xFF" + scan("\x05"),
			16, []int{256, 256, 513, 513, 513, 772, 772, 772, 65535, 65535, 65535, 65535}},
	} {
		m, err := Decode(t.Context(), []byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := samples(m); m.Precision != c.precision || !equal(got, c.want) {
			t.Errorf("%s: %d bits, %v; want %v", c.name, m.Precision, got, c.want)
		}
	}
	full := before + "\xFF\xF8\x00\x11\x02\x05\x03\xFF\xFF\xFF\xFF\x00\x00\x00\xFF\x00\x00\x00\xFF" + scan("\x05")
	var unsupported UnsupportedError
	if _, err := Decode(t.Context(), []byte(full)); !errors.As(err, &unsupported) {
		t.Errorf("a table of colours: %v", err)
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// random makes a stream of random form and content: smooth, noisy and flat parts.
func random(r *rand.Rand) stream {
	s := stream{width: 1 + r.IntN(70), height: 1 + r.IntN(24), components: 1 + r.IntN(4), precision: 2 + r.IntN(15), interleave: r.IntN(3)}
	if s.components == 1 {
		s.interleave = interleaveNone
	}
	full := 1<<s.precision - 1
	maxval := full
	if r.IntN(3) == 0 {
		maxval = 1 + r.IntN(full)
		if r.IntN(3) == 0 {
			maxval = 1 << r.IntN(s.precision)
		}
		s.preset.maxval = maxval
	}
	if r.IntN(3) == 0 {
		s.near = r.IntN(1 + min(255, maxval/2))
	}
	if r.IntN(4) == 0 && s.near+1 <= maxval {
		s.preset.t1 = s.near + 1 + r.IntN(maxval-s.near)
		s.preset.t2 = s.preset.t1 + r.IntN(maxval-s.preset.t1+1)
		s.preset.t3 = s.preset.t2 + r.IntN(maxval-s.preset.t2+1)
	}
	if r.IntN(4) == 0 {
		s.preset.reset = 3 + r.IntN(max(255, maxval)-2)
	}
	if r.IntN(3) == 0 {
		s.restart = 1 + r.IntN(s.height)
	}
	s.oversize = r.IntN(4) == 0
	s.dnl = !s.oversize && r.IntN(4) == 0
	s.noEOI = !s.dnl && r.IntN(4) == 0
	if s.near == 0 && r.IntN(6) == 0 {
		s.shift = r.IntN(s.precision)
	}
	noise := 1 + r.IntN(1+maxval/(1+r.IntN(64)))
	flat := 1 + r.IntN(40)
	s.samples = make([]int, s.width*s.height*s.components)
	v := make([]int, s.components)
	for i := range s.samples {
		c := i % s.components
		switch {
		case r.IntN(flat) == 0:
			v[c] = r.IntN(maxval + 1)
		case r.IntN(1+flat/4) == 0:
			v[c] = max(0, min(maxval, v[c]+r.IntN(noise)-noise/2))
		}
		s.samples[i] = v[c] >> s.shift << s.shift
	}
	return s
}

// TestRoundTrip decodes what an encoder that follows the standard's text made of random images, by every parameter there is.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	for i := range 3000 {
		s := random(r)
		data, want := s.encode()
		m, err := Decode(t.Context(), data)
		if err != nil {
			t.Fatalf("%d: %v, of %+v", i, err, s)
		}
		if m.Width != s.width || m.Height != s.height || m.Components != s.components || m.Precision != s.precision || m.Near != s.near {
			t.Fatalf("%d: %+v, of %+v", i, m.Config, s)
		}
		if got := samples(m); !equal(got, want) {
			t.Fatalf("%d: samples differ, of %+v", i, s)
		}
		for j := range want {
			if d := want[j] - s.samples[j]; s.shift == 0 && max(d, -d) > s.near {
				t.Fatalf("%d: the encoder is wrong by %d, of %+v", i, d, s)
			}
		}
	}
}

// TestSubsampled joins scans of components of different sizes to one image; TestConformance has the standard's own, interleaved by line.
func TestSubsampled(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for i := range 300 {
		width, height := 1+r.IntN(40), 1+r.IntN(40)
		factors := [][2]int{{1 << r.IntN(3), 1 << r.IntN(3)}, {1 << r.IntN(3), 1 << r.IntN(3)}, {1 << r.IntN(3), 1 << r.IntN(3)}}
		across, down := 1, 1
		for _, f := range factors {
			across, down = max(across, f[0]), max(down, f[1])
		}
		data := append(append([]byte{0xFF, markerSOI, 0xFF, markerSF55, 0, 17, 12}, word(height)...), word(width)...)
		data = append(data, 3)
		for c, f := range factors {
			data = append(data, byte(c+1), byte(f[0]<<4|f[1]), 0)
		}
		want := make([]int, 3*width*height)
		for c, f := range factors {
			s := stream{width: (width*f[0] + across - 1) / across, height: (height*f[1] + down - 1) / down, components: 1, precision: 12, noEOI: true}
			for range s.width * s.height {
				s.samples = append(s.samples, r.IntN(1+r.IntN(4096)))
			}
			alone, _ := s.encode()
			scan := alone[bytes.Index(alone, []byte{0xFF, markerSOS}):]
			scan[5] = byte(c + 1)
			data = append(data, scan...)
			for y := range height {
				for x := range width {
					want[3*(y*width+x)+c] = s.samples[y*f[1]/down*s.width+x*f[0]/across]
				}
			}
		}
		m, err := Decode(t.Context(), append(data, 0xFF, markerEOI))
		if err != nil {
			t.Fatalf("%d: %v, of %d x %d, %v", i, err, width, height, factors)
		}
		if !equal(samples(m), want) {
			t.Fatalf("%d: samples differ, of %d x %d, %v", i, width, height, factors)
		}
	}
}

// TestTail decodes what may follow the last sample.
func TestTail(t *testing.T) {
	s := stream{width: 33, height: 9, components: 1, precision: 8, noEOI: true}
	r := rand.New(rand.NewPCG(1, 1))
	for range s.width * s.height {
		s.samples = append(s.samples, r.IntN(256))
	}
	data, want := s.encode()
	for _, tail := range []string{"", "\x00", "\xFF\xD9", "\xFF\xFF\xFF\xD9", "\x00\xFF\xD9", "\xFF", "\xFF\xD9\x00", "\xFF\xD9 and more", strings.Repeat("\x00", 1000)} {
		m, err := Decode(t.Context(), append(bytes.Clone(data), tail...))
		if err != nil {
			t.Errorf("%q: %v", tail, err)
		} else if !equal(samples(m), want) {
			t.Errorf("%q: samples differ", tail)
		}
	}
	var format FormatError
	for _, tail := range []string{"\x01", "\x00\x01", "\x55\xFF\xD9", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80"} {
		if _, err := Decode(t.Context(), append(bytes.Clone(data), tail...)); !errors.As(err, &format) {
			t.Errorf("%q: %v", tail, err)
		}
	}
	for n := range data {
		if _, err := Decode(t.Context(), data[:n]); !errors.As(err, &format) {
			t.Errorf("cut to %d of %d bytes: %v", n, len(data), err)
		}
	}
}

// TestCancel cancels before and while an image is decoded.
func TestCancel(t *testing.T) {
	s := stream{width: 1, height: 1, components: 1, precision: 8, samples: []int{7}}
	data, _ := s.encode()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Decode(ctx, data); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	s = stream{width: 3, height: 9, components: 1, precision: 8, samples: make([]int, 27)}
	data, _ = s.encode()
	if _, err := Decode(&countdown{t.Context(), 5}, data); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled on the way: %v", err)
	}
}

// countdown is a context that is cancelled when it is asked for the nth time.
type countdown struct {
	context.Context
	n int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}
