package rle

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
	"testing"
)

// table reads a CSV file to rows by column name.
func table(t testing.TB, path string) []map[string]string {
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

// digest decodes by the function for the depth, and returns SHA-256 of the samples as int32.
func digest(data []byte, c Config, signed bool) (string, error) {
	var b []byte
	ctx := context.Background()
	switch c.Bytes {
	case 1:
		out, err := DecodeUint8(ctx, data, c)
		if err != nil {
			return "", err
		}
		for _, v := range out {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	case 2:
		out, err := DecodeUint16(ctx, data, c)
		if err != nil {
			return "", err
		}
		for _, v := range out {
			if signed {
				b = binary.LittleEndian.AppendUint32(b, uint32(int16(v)))
			} else {
				b = binary.LittleEndian.AppendUint32(b, uint32(v))
			}
		}
	default:
		out, err := DecodeUint32(ctx, data, c)
		if err != nil {
			return "", err
		}
		for _, v := range out {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// TestVectors holds frames of two encoders against the digests that dcmtk's decoder gave.
func TestVectors(t *testing.T) {
	for _, row := range table(t, filepath.Join("testdata", "digests.csv")) {
		var c Config
		c.Pixels, _ = strconv.Atoi(row["pixels"])
		c.Samples, _ = strconv.Atoi(row["samples"])
		c.Bytes, _ = strconv.Atoi(row["bytes"])
		data, err := os.ReadFile(filepath.Join("testdata", row["name"]+".rle"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := digest(data, c, false); err != nil || got != row["sha256"] {
			t.Errorf("%s: %v, other samples than %s gives", row["name"], err, row["decoder"])
		}
	}
}

// TestSharedFiles holds the RLE files of the shared test data against their truth.
func TestSharedFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "testdata")
	if _, err := os.Stat(filepath.Join(root, "truth.csv")); err != nil {
		t.Skip("the shared test data (../shared/testdata) is not here")
	}
	packed := map[string]map[string]string{}
	for _, row := range table(t, filepath.Join(root, "manifest.csv")) {
		if row["transfer_syntax"] == "1.2.840.10008.1.2.5" {
			packed[row["path"]] = row
		}
	}
	n := 0
	for _, row := range table(t, filepath.Join(root, "truth.csv")) {
		file := packed[row["path"]]
		if file == nil || row["status"] != "agree" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, row["path"]))
		if err != nil {
			t.Fatal(err)
		}
		fragments := fragments(t, b)
		frame, _ := strconv.Atoi(row["frame"])
		data := bytes.Join(fragments, nil)
		if frames, _ := strconv.Atoi(file["frames"]); frames > 1 {
			data = fragments[frame-1]
		}
		rows, _ := strconv.Atoi(row["rows"])
		columns, _ := strconv.Atoi(row["cols"])
		samples, _ := strconv.Atoi(row["samples"])
		bits, _ := strconv.Atoi(file["bits_allocated"])
		got, err := digest(data, Config{rows * columns, samples, bits / 8}, row["pixel_representation"] == "1")
		if err != nil || got != row["sha256"] {
			t.Errorf("%s frame %d: %v, other samples than %s gives", row["path"], frame, err, row["decoder"])
		}
		n++
	}
	t.Logf("%d frames", n)
	if n < 15 {
		t.Error("too few")
	}
}

// fragments returns those of an explicit VR little endian file (PS3.5 A.4), without the Basic Offset Table.
func fragments(t testing.TB, file []byte) (out [][]byte) {
	t.Helper()
	at := bytes.LastIndex(file, []byte("\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF"))
	if at < 0 {
		if at = bytes.LastIndex(file, []byte("\xE0\x7F\x10\x00OW\x00\x00\xFF\xFF\xFF\xFF")); at < 0 {
			t.Fatal("no encapsulated Pixel Data")
		}
	}
	for b := file[at+12:]; len(b) >= 8 && binary.LittleEndian.Uint32(b) == 0xE000FFFE; {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		out = append(out, b[8:min(8+n, len(b))])
		b = b[min(8+n, len(b)):]
	}
	return out[1:]
}

// packRandomly packs a plane in codes of any kind that make it: literals and runs of any length, codes without operation.
func packRandomly(random *rand.Rand, plane []byte) []byte {
	var out []byte
	for len(plane) > 0 {
		run := 1
		for run < len(plane) && run < 128 && plane[run] == plane[0] {
			run++
		}
		switch n := 1 + random.IntN(128); {
		case random.IntN(20) == 0:
			out = append(out, 0x80)
		case run > 1 && random.IntN(4) > 0:
			run = 2 + random.IntN(run-1)
			out = append(out, byte(257-run), plane[0])
			plane = plane[run:]
		default:
			if random.IntN(2) == 0 {
				n = 1 + n/8
			}
			n = min(n, len(plane))
			out = append(append(out, byte(n-1)), plane[:n]...)
			plane = plane[n:]
		}
	}
	return out
}

// randomFrame makes a frame of c and the samples in it, in little endian.
func randomFrame(random *rand.Rand, c Config) (data, samples []byte) {
	samples = make([]byte, c.Pixels*c.Samples*c.Bytes)
	quiet := 1 + random.IntN(200)
	v := byte(0)
	for i := range samples {
		if random.IntN(quiet) == 0 {
			v = byte(random.IntN(256))
		}
		samples[i] = v
	}
	var segments [][]byte
	for s := range c.Samples {
		for b := range c.Bytes {
			plane := make([]byte, c.Pixels)
			for p := range plane {
				plane[p] = samples[(p*c.Samples+s)*c.Bytes+c.Bytes-1-b]
			}
			segment := packRandomly(random, plane)
			if len(segment)%2 != 0 { // PS3.5 G.3.1
				segment = append(segment, 0)
			}
			segments = append(segments, segment)
		}
	}
	return frame(segments...), samples
}

// all decodes in each way that serves c, and returns the samples in little endian.
func all(data []byte, c Config) (ways [][]byte, errs []error) {
	add := func(b []byte, err error) {
		ways, errs = append(ways, b), append(errs, err)
	}
	ctx := context.Background()
	add(Decode(data, c))
	if c.Bytes <= 1 {
		add(DecodeUint8(ctx, data, c))
	}
	little := func(n int, at func(i int) uint64) (b []byte) {
		for i := range n {
			b = append(b, binary.LittleEndian.AppendUint64(nil, at(i))[:c.Bytes]...)
		}
		return b
	}
	if c.Bytes <= 2 {
		v, err := DecodeUint16(ctx, data, c)
		add(little(len(v), func(i int) uint64 { return uint64(v[i]) }), err)
	}
	if c.Bytes <= 4 {
		v, err := DecodeUint32(ctx, data, c)
		add(little(len(v), func(i int) uint64 { return uint64(v[i]) }), err)
	}
	v, err := DecodeUint64(ctx, data, c)
	add(little(len(v), func(i int) uint64 { return v[i] }), err)
	planes, err := DecodePlanes(data, c)
	var joined []byte
	if err == nil {
		joined = little(c.Pixels*c.Samples, func(i int) (sample uint64) {
			for _, p := range planes[i%c.Samples*c.Bytes:][:c.Bytes] {
				sample = sample<<8 | uint64(p[i/c.Samples])
			}
			return sample
		})
	}
	add(joined, err)
	return ways, errs
}

// TestDepths holds every depth and number of samples against the plain definition, over the edges of the stretches.
func TestDepths(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for size := 1; size <= 8; size++ {
		for samples := 1; samples*size <= maxSegments; samples++ {
			for _, pixels := range []int{1, 15, 16, 17, 127, 128, 129, 145, stretch - 1, stretch, stretch + 1, 2*stretch + 200, 1 + random.IntN(20000)} {
				c := Config{pixels, samples, size}
				data, want := randomFrame(random, c)
				ways, errs := all(data, c)
				for i, got := range ways {
					if errs[i] != nil || !bytes.Equal(got, want) {
						t.Fatalf("%+v, way %d: %v", c, i, errs[i])
					}
				}
			}
		}
	}
}

// TestWider holds that samples of fewer bytes than asked for are made, of more are refused.
func TestWider(t *testing.T) {
	three := frame([]byte{0, 1}, []byte{0, 2}, []byte{0, 3})
	if got, err := DecodeUint32(context.Background(), three, Config{1, 1, 3}); err != nil || got[0] != 0x010203 {
		t.Errorf("%x, %v", got, err)
	}
	var unsupported UnsupportedError
	if _, err := DecodeUint16(context.Background(), three, Config{1, 1, 3}); !errors.As(err, &unsupported) {
		t.Errorf("%v", err)
	}
	if _, err := DecodeUint8(context.Background(), three, Config{1, 1, 3}); !errors.As(err, &unsupported) {
		t.Errorf("%v", err)
	}
	if _, err := DecodeUint64(context.Background(), three, Config{1, 1, 9}); !errors.As(err, &unsupported) {
		t.Errorf("%v", err)
	}
}

// TestCuts holds that no cut of the last segment decodes, and that padding behind it does no harm.
func TestCuts(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		c := Config{1 + random.IntN(2*stretch), 1 + random.IntN(3), 1 + random.IntN(2)}
		data, want := randomFrame(random, c)
		// The segment may end in a padding byte and in codes without operation.
		end := len(data)
		for data[end-1] == 0x80 || data[end-1] == 0 {
			end--
		}
		for _, n := range []int{end - 1, end - 2, end - 5, end - 100} {
			if n < headerSize {
				continue
			}
			ways, errs := all(data[:n], c)
			for i := range ways {
				if errs[i] == nil || len(ways[i]) != 0 {
					t.Errorf("%+v, way %d: %d of %d bytes decode", c, i, n, len(data))
				}
			}
		}
		ways, errs := all(append(data, 0, 1, 2, 3), c)
		for i := range ways {
			if errs[i] != nil || !bytes.Equal(ways[i], want) {
				t.Errorf("%+v, way %d: %v with bytes behind", c, i, errs[i])
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := DecodeUint8(ctx, frame([]byte{0, 1}), Config{1, 1, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := DecodeUint16(ctx, frame([]byte{0, 1}, []byte{0, 1}), Config{1, 1, 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
