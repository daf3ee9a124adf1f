package jpeg2000

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// conformance are the codestreams of ISO/IEC 15444-4 (ITU-T T.803) for a decoder of class 1, with the first half of their SHA-256, the names of their references, the
// resolutions that the reference leaves out, the tolerances of the standard, and the first half of the references' SHA-256. p0_07 could not be had: the copy of OpenJPEG's test
// data that is at hand lacks large files.
var conformance = []struct {
	stream, digest, reference string
	reduce                    int
	tolerances                []tolerance
	references                []string
}{
	{"p0_01", "a61ea8d21ad0f7f9", "c1p0_01", 0, []tolerance{{0, 0}}, []string{"d1c24494c873c6c6"}},
	{"p0_02", "150c8554b827c25b", "c1p0_02", 0, []tolerance{{0, 0}}, []string{"f8928b6d8d200c7d"}},
	{"p0_03", "0aa26db75e8414d5", "c1p0_03", 0, []tolerance{{0, 0}}, []string{"edbdfc559b314d6e"}},
	{"p0_04", "3d35a4eeffb00e15", "c1p0_04", 0, []tolerance{{5, 0.776}, {4, 0.626}, {6, 1.070}}, []string{"51705f9c5e9a0abf", "9949ce4c13203132", "81c8dda3f54ac601"}},
	{"p0_05", "35f3840030802898", "c1p0_05", 0, []tolerance{{2, 0.302}, {2, 0.307}, {2, 0.269}, {0, 0}}, []string{"87122bc8f4a15c2b", "92876bda577d5ea7", "8183c2a7682d34b6", "1d52fc3949c11100"}},
	{"p0_06", "8a98292f29c4f04e", "c1p0_06", 0, []tolerance{{635, 11287}, {403, 6124}, {378, 3968}, {0, 0}}, []string{"8e4fe489e03fd557", "37cd7cbb59d8a8a6", "37da1bfb1f6fc90e", "e3a2ddfc7a37a16d"}},
	{"p0_08", "4eb4eb2b356e1664", "c1p0_08", 1, []tolerance{{0, 0}, {0, 0}, {0, 0}}, []string{"69a2af90074593b0", "fa2598b68dde7613", "7c3c05a5c5d4fe8e"}},
	{"p0_09", "409c62a227497e7f", "c1p0_09", 0, []tolerance{{0, 0}}, []string{"174557fca48a83f7"}},
	{"p0_10", "0146480434740e75", "c1p0_10", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}}, []string{"feee51c4c4519bd4", "4857f0f3247bac8b", "460dede2e04d2be3"}},
	{"p0_11", "d20d8a13b570ef4a", "c1p0_11", 0, []tolerance{{0, 0}}, []string{"2255812746edf02b"}},
	{"p0_12", "741885b801b7b8a9", "c1p0_12", 0, []tolerance{{0, 0}}, []string{"2336f73b2596e62c"}},
	{"p0_13", "12463d0c67e803fa", "c1p0_13", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}, {0, 0}}, []string{"a3250795aa7c31d0", "ff079e7fe2ca5fd5", "83d2079dcfaee85f", "d1bb447c46cf81b0"}},
	{"p0_14", "3e8df4a1dc7e5edc", "c1p0_14", 0, []tolerance{{0, 0}, {0, 0}, {0, 0}}, []string{"c4e96524ccf8f052", "b1e1b60cda396c16", "c4e96524ccf8f052"}},
	{"p0_15", "0aa26db75e8414d5", "c1p0_15", 0, []tolerance{{0, 0}}, []string{"edbdfc559b314d6e"}},
	{"p0_16", "853d78ff805eff1a", "c1p0_16", 0, []tolerance{{0, 0}}, []string{"48876e9905a149b7"}},
	{"p1_01", "26919bf56968ab57", "c1p1_01", 0, []tolerance{{0, 0}}, []string{"fd1730adccecdfa9"}},
	{"p1_02", "9fb9a26fbd769ea4", "c1p1_02", 0, []tolerance{{5, 0.765}, {4, 0.616}, {6, 1.051}}, []string{"0ed11a110b40f1f7", "23551bc04b229de6", "46349e1ccb1df738"}},
	{"p1_03", "0ff5572be1d04115", "c1p1_03", 0, []tolerance{{2, 0.3}, {2, 0.210}, {1, 0.200}, {0, 0}}, []string{"416ff6c9b3d917ff", "9cfbc8ebb61d6447", "71fd301fb0da1079", "1d52fc3949c11100"}},
	{"p1_04", "fbbe812a6ce6abfc", "c1p1_04", 0, []tolerance{{624, 3080}}, []string{"46208571732cee8d"}},
	{"p1_05", "6b1eb070cb40585a", "c1p1_05", 0, []tolerance{{40, 8.458}, {40, 9.816}, {40, 10.154}}, []string{"e60798e11ca7af7f", "c9858b293f37c4c8", "c9279428c9c879a5"}},
	{"p1_06", "08a7fb96ba93bb3c", "c1p1_06", 0, []tolerance{{2, 0.6}, {2, 0.6}, {2, 0.6}}, []string{"5f1fea232444c1af", "52acc2a2c4374dcd", "01cb2817388ee05f"}},
	{"p1_07", "59576c42568098e4", "c1p1_07", 0, []tolerance{{0, 0}, {0, 0}}, []string{"ee0f0dd90be11024", "b72f60a12ec7dcb1"}},
}

// monoPicture and colourPicture are the digests of the two pictures that the streams below are, as given by their references.
const (
	monoPicture   = "2ff1eea4da633de1f57380c491a2add93ac0d726604a2a5294c45c69ecca0b2d"
	colourPicture = "57638577f311022b9363398c1c41a855091f2af0dd0b0b470d5647f594d8fbed"
)

// conformanceLossless are codestreams of the same test data that are lossless, with the first half of their SHA-256: one picture in grey and one in colour in many
// ways of coding.
var conformanceLossless = []struct{ stream, digest, samples string }{
	{"a1_mono", "fcdef2e91367a6e2", monoPicture},
	{"a3_mono", "35e2a38ebfad1a1f", monoPicture},
	{"a5_mono", "778236f572254390", monoPicture},
	{"b1_mono", "e4d59f0bf721bb9d", monoPicture},
	{"b2_mono", "f77e0269a1ff7028", monoPicture},
	{"b3_mono", "58a74bd5e1c395d5", monoPicture},
	{"c1_mono", "7ed01bd12e212357", monoPicture},
	{"c2_mono", "488b87bd0849c565", monoPicture},
	{"f1_mono", "0311a126c25e5c96", monoPicture},
	{"f2_mono", "0c9a9ff964f58629", monoPicture},
	{"a2_colr", "fb9f75203ec45fa8", colourPicture},
	{"a4_colr", "558c23bda95e902d", colourPicture},
	{"d1_colr", "2ae646d5ac862a8d", colourPicture},
	{"d2_colr", "93d15b6eb0e13bf8", colourPicture},
	{"e1_colr", "a85d660414998c43", colourPicture},
	{"e2_colr", "dd990146bd92a4ad", colourPicture},
	{"g1_colr", "e292d2317f4bc4fb", colourPicture},
	{"g2_colr", "b59354b8bcccd0cb", colourPicture},
	{"g3_colr", "9109b94831477e76", colourPicture},
	{"g4_colr", "b4f779dbfbe7252e", colourPicture},
}

// conformanceFile reads a file of the folder that RACHIS_CONFORMANCE names, and checks that it is the one meant.
func conformanceFile(t *testing.T, name, digest string) []byte {
	t.Helper()
	dir := os.Getenv("RACHIS_CONFORMANCE")
	if dir == "" {
		t.Skip("RACHIS_CONFORMANCE does not name the folder of conformance codestreams")
	}
	data, err := os.ReadFile(filepath.Join(dir, "jpeg2000", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not there", name)
	} else if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:8]) != digest {
		t.Fatalf("%s is another file: SHA-256 %x", name, sum)
	}
	return data
}

// TestConformance decodes the conformance codestreams in $RACHIS_CONFORMANCE/jpeg2000: NAME.j2k, and REFERENCE_COMPONENT.pgx.
func TestConformance(t *testing.T) {
	for _, c := range conformance {
		t.Run(c.stream, func(t *testing.T) {
			img, err := DecodeOptions(context.Background(), conformanceFile(t, c.stream+".j2k", c.digest), Options{Reduce: c.reduce})
			if err != nil {
				t.Fatal(err)
			}
			for i, limit := range c.tolerances {
				want := conformanceFile(t, fmt.Sprintf("%s_%d.pgx", c.reference, i), c.references[i])
				peak, mean, err := differencePGX(img, i, want)
				if err != nil || peak > limit.peak || mean > limit.mean {
					t.Errorf("component %d differs by up to %d and %g squared, allowed are %d and %g: %v", i, peak, mean, limit.peak, limit.mean, err)
				}
			}
		})
	}
	for _, c := range conformanceLossless {
		t.Run(c.stream, func(t *testing.T) {
			img, err := Decode(context.Background(), conformanceFile(t, c.stream+".j2c", c.digest))
			if err != nil {
				t.Fatal(err)
			}
			if got := digest(img.samples(), img.value); got != c.samples {
				t.Errorf("digest %s, want %s", got, c.samples)
			}
		})
	}
}
