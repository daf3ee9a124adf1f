package jpeg2000

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHighThroughput decodes small high-throughput codestreams whose samples another decoder told (testdata/ht/README.md): the digest is of the samples, 16-bit ones in
// little endian.
func TestHighThroughput(t *testing.T) {
	for _, c := range []struct {
		stream                string
		reduce, width, height int
		digest                string
	}{
		{"lossy12", 0, 81, 60, "9759cabdbec818cd82028b430b727d92ea3f7f3ac55c296cd335835181c176b9"},
		{"lossy12", 1, 41, 30, "6b67a10940bea1b96dd7161877e46b696fe3740ee98e7d3817268bfd7b244849"},
		{"lossyrgb8tlm", 0, 75, 64, "43b4c2643602814e3dc5c39f958e1f2a757ef8bb7c36f4181a911f2c9957e3e1"},
		{"lossyrgb8tlm", 1, 38, 32, "3c7eeb93d70f45d2efa50a1b835f5cfd0013bf5bcfc9157a88256aa55ce8ccf8"},
		{"mono12signed", 0, 64, 40, "e0645de63a01837bfa4fea4bdbd7803d2264c75d7cab441721ed2988aa033101"},
		{"mono12signed", 1, 32, 20, "61e3d349f3ed9901bdf4334cf48e7a64b0c3e6c1073298b60b3b2b4c92eca76b"},
		{"mono16", 0, 67, 51, "86ba2ff62f66917d90a2f98c4c523806237b2bf9fb2110c41603f0d502ea746c"},
		{"mono16", 1, 34, 26, "575fb71a4b0d76ded0d5f79e6918a5d928252fe4f69d69774dee489547e3f273"},
		{"rgb8", 0, 50, 41, "e5d4b8c2113ec69107557b8284f58fd29beb8aef74383e6898a5a8524cd0fe9d"},
		{"rgb8", 1, 25, 21, "08319a40ec41342cebc86f04ae62915552aadc10942685b1b1b112774bf6f4d8"},
		{"rpcl16tiles", 0, 90, 70, "818d4ca6915f80378b6ae89de06771733c6136abb2d5618eb895c7781736321e"},
		{"rpcl16tiles", 1, 45, 35, "30218840b999a8d3c980691ec17fcda8f59a004bd48648a7d9c6cca131ec6761"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "ht", c.stream+".j2c"))
		if err != nil {
			t.Fatal(err)
		}
		config, err := DecodeConfig(data)
		if err != nil || !config.HighThroughput {
			t.Errorf("%s: %+v, %v", c.stream, config, err)
		}
		img, err := DecodeOptions(context.Background(), data, Options{Reduce: c.reduce})
		if err != nil {
			t.Errorf("%s reduced by %d: %v", c.stream, c.reduce, err)
			continue
		}
		samples := img.Pix8
		for _, v := range img.Pix16 {
			samples = binary.LittleEndian.AppendUint16(samples, v)
		}
		if sum := sha256.Sum256(samples); img.Width != c.width || img.Height != c.height || hex.EncodeToString(sum[:]) != c.digest {
			t.Errorf("%s reduced by %d: other samples", c.stream, c.reduce)
		}
	}
}

// TestHighThroughputCut cuts codestreams short: each byte that is missing is an error.
func TestHighThroughputCut(t *testing.T) {
	for _, name := range []string{"mono12signed", "rgb8", "lossyrgb8tlm"} {
		data, err := os.ReadFile(filepath.Join("testdata", "ht", name+".j2c"))
		if err != nil {
			t.Fatal(err)
		}
		for n := len(data) - 3; n > 0; n -= 1 + n/97 {
			if _, err := Decode(context.Background(), data[:n]); err == nil {
				t.Errorf("%s: the first %d of %d bytes decode", name, n, len(data))
			}
		}
	}
}

// A tolerance is what ISO/IEC 15444-4 lets a component differ from the reference.
type tolerance struct {
	peak int     // greatest difference
	mean float64 // of the squared differences
}

// conformanceHT are the high-throughput codestreams of ISO/IEC 15444-4 that can be had, with the first half of their SHA-256, the names of their references and the
// tolerances of the standard for a decoder of class 1. Those with code-blocks of both kinds in a component (hm) are left out: no DICOM transfer syntax
// has them.
var conformanceHT = []struct {
	stream, digest, reference string
	reduce                    int
	tolerances                []tolerance
}{
	{"ds0_ht_01_b11", "4f81100e4eb3b0ab", "c1p0_01", 0, []tolerance{{0, 0}}},
	{"ds0_ht_02_b11", "44386273c368b945", "c1p0_02", 0, []tolerance{{1, 0.001}}},
	{"ds0_ht_03_b11", "49acc614f87c135c", "c1p0_03", 0, []tolerance{{17, 0.15}}},
	{"ds0_ht_03_b14", "58e7e44364206908", "c1p0_03", 0, []tolerance{{0, 0}}},
	{"ds0_ht_04_b11", "d4b0b3152f1d6062", "c1p0_04", 0, []tolerance{{7, 0.876}, {6, 0.726}, {8, 1.17}}},
	{"ds0_ht_04_b12", "77ff230280d03c02", "c1p0_04", 0, []tolerance{{5, 0.776}, {4, 0.626}, {6, 1.07}}},
	{"ds0_ht_05_b11", "2d98f8a241880ea5", "c1p0_05", 0, []tolerance{{2, 0.319}, {3, 0.324}, {3, 0.318}, {2, 0.001}}},
	{"ds0_ht_05_b12", "e936bceff1ee6465", "c1p0_05", 0, []tolerance{{2, 0.319}, {2, 0.323}, {2, 0.317}, {0, 0}}},
	{"ds0_ht_06_b11", "128cdf462ba518ed", "c1p0_06", 0, []tolerance{{3135, 86287}, {403, 6124}, {378, 3968}, {200, 2000}}},
	{"ds0_ht_06_b15", "59572b57a43a61f2", "c1p0_06", 0, []tolerance{{635, 11287}, {403, 6124}, {378, 3968}, {12, 10}}},
	{"ds0_ht_06_b18", "c1b768338b6fccba", "c1p0_06", 0, []tolerance{{635, 11287}, {403, 6124}, {378, 3968}, {0, 0}}},
	{"ds0_ht_07_b11", "b40bf07e90b27a9e", "c1p0_07", 0, []tolerance{{40, 25}, {40, 25}, {50, 25}}},
	{"ds0_ht_08_b11", "e3261e51c8357e92", "c1p0_08", 1, []tolerance{{40, 45}, {40, 30}, {40, 45}}},
	{"ds0_ht_09_b11", "1837d4e37327c417", "c1p0_09", 0, []tolerance{{0, 0}}},
	{"ds0_ht_10_b11", "022679c600ed171a", "c1p0_10", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}}},
	{"ds0_ht_11_b10", "3a497d436c4a90af", "c1p0_11", 0, []tolerance{{0, 0}}},
	{"ds0_ht_12_b11", "4941137592aa48e4", "c1p0_12", 0, []tolerance{{0, 0}}},
	{"ds0_ht_13_b11", "43493c63d3d4affc", "c1p0_13", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}, {0, 0}}},
	{"ds0_ht_14_b11", "c3b1071873a3c4f0", "c1p0_14", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}}},
	{"ds0_ht_15_b11", "f19f9deb2007f305", "c1p0_15", 0, []tolerance{{17, 0.15}}},
	{"ds0_ht_15_b14", "2be3ab7e49eeb941", "c1p0_15", 0, []tolerance{{0, 0}}},
	{"ds0_ht_16_b11", "890e0ba09bbcdf3b", "c1p0_16", 0, []tolerance{{0, 0}}},
	{"ds1_ht_01_b11", "a8a83d911023df79", "c1p1_01", 0, []tolerance{{1, 0.001}}},
	{"ds1_ht_01_b12", "f0b23e38fc93e17e", "c1p1_01", 0, []tolerance{{0, 0}}},
	{"ds1_ht_02_b11", "3b172b912ef33af2", "c1p1_02", 0, []tolerance{{7, 0.865}, {6, 0.716}, {8, 1.151}}},
	{"ds1_ht_02_b12", "281224ca009d5147", "c1p1_02", 0, []tolerance{{5, 0.765}, {4, 0.616}, {6, 1.051}}},
	{"ds1_ht_03_b11", "947f2bca24ab3c17", "c1p1_03", 0, []tolerance{{2, 0.311}, {3, 0.31}, {3, 0.317}, {2, 0.001}}},
	{"ds1_ht_03_b12", "b0016d76aaa288fa", "c1p1_03", 0, []tolerance{{2, 0.311}, {2, 0.28}, {1, 0.267}, {0, 0}}},
	{"ds1_ht_04_b9", "0e578dd62a2d8ca0", "c1p1_04", 0, []tolerance{{624, 3080}}},
	{"ds1_ht_05_b11", "8d29b7d88fd8542d", "c1p1_05", 0, []tolerance{{40, 8.458}, {40, 9.716}, {40, 10.154}}},
	{"ds1_ht_06_b11", "7d80ccf6fe9d1004", "c1p1_06", 0, []tolerance{{2, 0.6}, {2, 0.6}, {2, 0.6}}},
	{"ds1_ht_07_b11", "15f0309d27a22a65", "c1p1_07", 0, []tolerance{{0, 0}, {0, 0}}},
	{"hifi_ht1_02", "8ecb1ddcd469e4b3", "hifi", 0, []tolerance{{47, 82}, {36, 65}, {42, 86}}},
}

// TestConformanceHT decodes the high-throughput conformance codestreams in $RACHIS_CONFORMANCE/jpeg2000/ht: NAME.j2k, and REFERENCE-COMPONENT.pgx.
func TestConformanceHT(t *testing.T) {
	dir := os.Getenv("RACHIS_CONFORMANCE")
	if dir == "" {
		t.Skip("RACHIS_CONFORMANCE does not name the folder of conformance codestreams")
	}
	dir = filepath.Join(dir, "jpeg2000", "ht")
	for _, c := range conformanceHT {
		t.Run(c.stream, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, c.stream+".j2k"))
			if errors.Is(err, fs.ErrNotExist) {
				t.Skip("the codestream is not there")
			} else if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:8]) != c.digest {
				t.Fatalf("another codestream: SHA-256 %x", sum)
			}
			img, err := DecodeOptions(context.Background(), data, Options{Reduce: c.reduce})
			if err != nil {
				t.Fatal(err)
			}
			for i, limit := range c.tolerances {
				name := fmt.Sprintf("%s-%d.pgx", c.reference, i)
				want, err := os.ReadFile(filepath.Join(dir, name))
				if errors.Is(err, fs.ErrNotExist) {
					t.Skipf("%s is not there", name)
				} else if err != nil {
					t.Fatal(err)
				}
				peak, mean, err := differencePGX(img, i, want)
				if err != nil || peak > limit.peak || mean > limit.mean {
					t.Errorf("component %d differs by up to %d and %g squared, allowed are %d and %g: %v", i, peak, mean, limit.peak, limit.mean, err)
				}
			}
		})
	}
}

// differencePGX compares a component of a decoded picture with a PGX file, which has the samples that the component has before up-sampling.
func differencePGX(img *Image, component int, pgx []byte) (peak int, mean float64, err error) {
	header, samples, _ := bytes.Cut(pgx, []byte("\n"))
	signed := bytes.Contains(header, []byte("-"))
	var order string
	var depth, width, height int
	line := strings.NewReplacer("+", " ", "-", " ").Replace(string(header))
	if _, err := fmt.Sscanf(strings.Join(strings.Fields(line), " "), "PG %s %d %d %d", &order, &depth, &width, &height); err != nil {
		return 0, 0, fmt.Errorf("header %q: %w", header, err)
	}
	size := 1
	if depth > 8 {
		size = 2
	}
	if len(samples) < width*height*size || width == 0 || height == 0 {
		return 0, 0, fmt.Errorf("header %q for %d bytes", header, len(samples))
	}
	stepX, stepY := (img.Width+width-1)/width, (img.Height+height-1)/height
	if (img.Width+stepX-1)/stepX != width || (img.Height+stepY-1)/stepY != height {
		return 0, 0, fmt.Errorf("%d by %d samples of %d by %d", img.Width, img.Height, width, height)
	}
	sum := 0.0
	for y := range height {
		for x := range width {
			p := samples[(y*width+x)*size:]
			want := int(p[0])
			if size == 2 && order == "ML" {
				want = want<<8 | int(p[1])
			} else if size == 2 {
				want |= int(p[1]) << 8
			}
			if signed {
				want = want << (64 - 8*size) >> (64 - 8*size)
			}
			at := (y*stepY*img.Width+x*stepX)*img.Components + component
			var got int
			switch {
			case img.Pix8 != nil && img.Signed:
				got = int(int8(img.Pix8[at]))
			case img.Pix8 != nil:
				got = int(img.Pix8[at])
			case img.Pix16 != nil && img.Signed:
				got = int(int16(img.Pix16[at]))
			case img.Pix16 != nil:
				got = int(img.Pix16[at])
			default:
				got = int(int32(img.Pix32[at]))
			}
			d := got - want
			peak = max(peak, d, -d)
			sum += float64(d) * float64(d)
		}
	}
	return peak, sum / float64(width*height), nil
}
