package jpeg2000

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// A vector is a row of testdata/vectors.csv: a file, and what OpenJPEG decodes it to.
type vector struct {
	name                              string
	reduce, width, height, components int
	digest                            string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open("testdata/vectors.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	for _, r := range rows[1:] {
		v := vector{name: r[0], digest: r[5]}
		for i, p := range []*int{&v.reduce, &v.width, &v.height, &v.components} {
			if *p, err = strconv.Atoi(r[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, v)
	}
	return list
}

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".j2k"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check compares a decoded picture with a vector.
func (v vector) check(t *testing.T, m *Image, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s, reduced by %d: %v", v.name, v.reduce, err)
		return
	}
	if m.Width != v.width || m.Height != v.height || m.Components != v.components {
		t.Errorf("%s, reduced by %d: %d x %d x %d, want %d x %d x %d", v.name, v.reduce, m.Width, m.Height, m.Components, v.width, v.height, v.components)
		return
	}
	if got := digest(m.samples(), m.value); got != v.digest {
		t.Errorf("%s, reduced by %d: digest %s, want %s", v.name, v.reduce, got, v.digest)
	}
}

// TestVectors decodes pictures to what OpenJPEG decodes them to, in full and reduced, on one goroutine and on three; the lossy ones too.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		data := testFile(t, v.name)
		for _, workers := range []int{1, 3} {
			m, err := DecodeOptions(context.Background(), data, Options{Reduce: v.reduce, Workers: workers})
			v.check(t, m, err)
		}
	}
}

// TestConfig compares what the headers say with what is known of how the files were made.
func TestConfig(t *testing.T) {
	for _, c := range []struct {
		name string
		want Config
	}{
		{"pgx24u", Config{Width: 33, Height: 31, Components: 1, Precision: 24, Levels: 3, Reversible: true, Layers: 1, Tiles: 1}},
		{"ict12", Config{Width: 50, Height: 40, Components: 3, Precision: 12, Signed: true, Levels: 5, Layers: 1, Tiles: 1, MCT: true}},
		{"progtRPCL", Config{Width: 61, Height: 47, Components: 3, Precision: 8, Levels: 2, Reversible: true, Layers: 3, Tiles: 4, MCT: true}},
		{"mode63n", Config{Width: 70, Height: 53, Components: 1, Precision: 8, Levels: 5, Reversible: true, Layers: 4, Tiles: 1}},
		{"bits16s", Config{Width: 33, Height: 31, Components: 1, Precision: 16, Signed: true, Levels: 3, Reversible: true, Layers: 1, Tiles: 1}},
		{"sub22", Config{Width: 64, Height: 48, Components: 1, Precision: 8, Levels: 5, Reversible: true, Layers: 1, Tiles: 1}},
	} {
		got, err := DecodeConfig(testFile(t, c.name))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

// TestWide decodes with the arithmetic that is meant for more than 26 bits a sample, which no other encoder or decoder here reaches: it must give what the
// usual arithmetic gives.
func TestWide(t *testing.T) {
	defer func() { forceWide = false }()
	for _, v := range vectors(t) {
		if strings.HasPrefix(v.name, "prog") || v.reduce > 0 {
			continue
		}
		data := testFile(t, v.name)
		forceWide = false
		want, err := Decode(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		forceWide = true
		got, err := Decode(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		if digest(got.samples(), got.value) != digest(want.samples(), want.value) {
			t.Errorf("%s: the wide arithmetic gives other samples", v.name)
		}
	}
}

// TestCancel holds that a decode ends when its context does.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, workers := range []int{1, 2} {
		if m, err := DecodeOptions(ctx, testFile(t, "rct16"), Options{Workers: workers}); m != nil || err != context.Canceled {
			t.Errorf("%d workers: %v, %v", workers, m, err)
		}
	}
}
