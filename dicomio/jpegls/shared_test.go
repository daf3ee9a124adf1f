package jpegls

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// sharedFolder returns the folder of the shared test data, or skips.
func sharedFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
		candidate := filepath.Join(dir, "shared", "testdata")
		if _, err := os.Stat(filepath.Join(candidate, "truth.csv")); err == nil {
			return candidate
		}
	}
	t.Skip("the shared test data (../shared/testdata) is not here")
	return ""
}

// frames returns the streams of encapsulated pixel data (PS3.5 A.4): one a fragment, or all in one if there is one frame.
func frames(t testing.TB, path string, n int) [][]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const before, after = "\xE0\x7F\x10\x00", "\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0"
	at := max(bytes.Index(b, []byte(before+"OB"+after)), bytes.Index(b, []byte(before+"OW"+after)))
	if at < 0 {
		t.Fatalf("%s: no encapsulated pixel data", path)
	}
	b = b[at+12:]
	var out [][]byte
	for len(b) >= 8 && bytes.HasPrefix(b, []byte("\xFE\xFF\x00\xE0")) {
		end := min(8+int(binary.LittleEndian.Uint32(b[4:])), len(b))
		out = append(out, b[8:end])
		b = b[end:]
	}
	out = out[1:] // the Basic Offset Table
	if n == 1 {
		return [][]byte{bytes.Join(out, nil)}
	}
	return out
}

// TestSharedAgreesWithOtherDecoders holds every JPEG-LS frame of the shared files against the digest that at least two other decoders gave.
func TestSharedAgreesWithOtherDecoders(t *testing.T) {
	root := sharedFolder(t)
	manifest := map[string]map[string]string{}
	for _, row := range csvTable(t, filepath.Join(root, "manifest.csv")) {
		manifest[row["path"]] = row
	}
	n := 0
	for _, row := range csvTable(t, filepath.Join(root, "truth.csv")) {
		m := manifest[row["path"]]
		switch m["transfer_syntax"] {
		case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81":
		default:
			continue
		}
		n++
		count, _ := strconv.Atoi(m["frames"])
		frame, _ := strconv.Atoi(row["frame"])
		streams := frames(t, filepath.Join(root, row["path"]), max(count, 1))
		image, err := Decode(t.Context(), streams[frame-1])
		if err != nil {
			t.Errorf("%s frame %d: %v", row["path"], frame, err)
			continue
		}
		// The digest is over values whose sign the DICOM header tells.
		var b []byte
		for _, v := range samples(image) {
			if row["pixel_representation"] == "1" {
				v = v << (64 - image.Precision) >> (64 - image.Precision)
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != row["sha256"] {
			t.Errorf("%s frame %d: other samples than %s has", row["path"], frame, row["decoder"])
		}
	}
	if n < 20 {
		t.Errorf("only %d frames", n)
	}
}

// TestConformance decodes the test images of ITU-T T.87 Annex E and the ones that CharLS tests itself with, if the folder jpegls in the one
// that RACHIS_CONFORMANCE names has them. The digests are those of the reference images, or of CharLS' decoder where there is none.
func TestConformance(t *testing.T) {
	root := os.Getenv("RACHIS_CONFORMANCE")
	if root == "" {
		t.Skip("RACHIS_CONFORMANCE is not set: the conformance streams are not here")
	}
	for _, row := range csvTable(t, "testdata/conformance.csv") {
		data, err := os.ReadFile(filepath.Join(root, "jpegls", row["file"]))
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != row["stream_sha256"] {
			t.Errorf("%s is another file", row["file"])
			continue
		}
		m, err := Decode(t.Context(), data)
		switch {
		case row["error"] != "":
			if err == nil || err.Error() != row["error"] {
				t.Errorf("%s: %v, want %s", row["file"], err, row["error"])
			}
		case err != nil:
			t.Errorf("%s: %v", row["file"], err)
		case digest(m) != row["samples_sha256"]:
			t.Errorf("%s: samples differ", row["file"])
		}
	}
}
