package jpegdct_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"rachis/dicomio/jpegdct"
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

// digest is SHA-256 of the samples as int32, as in the tables.
func digest(img *jpegdct.Image) string {
	var b []byte
	for _, v := range img.Pix8 {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	for _, v := range img.Pix16 {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func vector(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectors holds streams of two encoders, of every process, against the digests that other decoders gave: to the last bit.
func TestVectors(t *testing.T) {
	rows := table(t, filepath.Join("testdata", "digests.csv"))
	if len(rows) < 60 {
		t.Fatalf("%d vectors", len(rows))
	}
	for _, row := range rows {
		data := vector(t, row["name"])
		img, err := jpegdct.Decode(context.Background(), data)
		if err != nil {
			t.Errorf("%s: %v", row["name"], err)
			continue
		}
		got := fmt.Sprintf("%d x %d x %d, %d bits, frame %02X", img.Width, img.Height, img.Components, img.Precision, img.Frame)
		want := fmt.Sprintf("%s x %s x %s, %s bits, frame %s", row["width"], row["height"], row["components"], row["precision"], row["frame"])
		if got != want {
			t.Errorf("%s: %s, want %s", row["name"], got, want)
		}
		if (img.Pix8 != nil) != (img.Precision == 8) || (img.Pix16 != nil) != (img.Precision == 12) {
			t.Errorf("%s: %d 8-bit and %d 16-bit samples of %d bits", row["name"], len(img.Pix8), len(img.Pix16), img.Precision)
		}
		if digest(img) != row["sha256"] {
			t.Errorf("%s: other samples than %s gives", row["name"], row["decoder"])
		}
		if c, err := jpegdct.DecodeConfig(data); err != nil || c != img.Config {
			t.Errorf("%s: %+v, %v; want %+v", row["name"], c, err, img.Config)
		}
	}
}

// TestSharedFiles holds the files of the shared test data against their truth.
func TestSharedFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "testdata")
	if _, err := os.Stat(filepath.Join(root, "truth.csv")); err != nil {
		t.Skip("the shared test data (../shared/testdata) is not here")
	}
	ours := map[string]bool{}
	for _, row := range table(t, filepath.Join(root, "manifest.csv")) {
		switch row["transfer_syntax"] {
		case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55":
			ours[row["path"]] = true
		}
	}
	n, equal := 0, 0
	for _, row := range table(t, filepath.Join(root, "truth.csv")) {
		if !ours[row["path"]] {
			continue
		}
		file, err := os.ReadFile(filepath.Join(root, row["path"]))
		if err != nil {
			t.Fatal(err)
		}
		data := frame(t, file, row["frame"])
		img, err := jpegdct.Decode(context.Background(), data)
		if err != nil {
			t.Errorf("%s, frame %s: %v", row["path"], row["frame"], err)
			continue
		}
		n++
		if got, want := fmt.Sprint(img.Height, img.Width, img.Components), row["rows"]+" "+row["cols"]+" "+row["samples"]; got != want {
			t.Errorf("%s: %s, want %s", row["path"], got, want)
		}
		if row["colour"] == "RGB-converted" {
			toRGB(img.Pix8)
		}
		if digest(img) == row["sha256"] {
			equal++
		} else {
			t.Errorf("%s, frame %s: other samples than %s gives (%s)", row["path"], row["frame"], row["decoder"], row["colour"])
		}
	}
	t.Logf("%d of %d frames are equal to the last bit", equal, n)
	if n < 8 {
		t.Error("too few")
	}
}

// toRGB converts YCbCr samples by the equations of ITU-T T.871 clause 7, in 16-bit fixed point as the decoder of the truth does.
func toRGB(pix []uint8) {
	const cr2r, cb2g, cr2g, cb2b, half = 91881, 22554, 46802, 116130, 1 << 15 // 1.402, 0.344136, 0.714136, 1.772
	clip := func(v int) uint8 { return uint8(min(max(v, 0), 255)) }
	for p := pix; len(p) >= 3; p = p[3:] {
		y, cb, cr := int(p[0]), int(p[1])-128, int(p[2])-128
		p[0], p[1], p[2] = clip(y+(cr2r*cr+half)>>16), clip(y+(half-cb2g*cb-cr2g*cr)>>16), clip(y+(cb2b*cb+half)>>16)
	}
}

// frame returns the bytes of a frame, the first being "1", of an encapsulated file that has each frame in one fragment (PS3.5 A.4).
func frame(t testing.TB, file []byte, number string) []byte {
	t.Helper()
	at := bytes.LastIndex(file, []byte("\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF"))
	if at >= 0 {
		at += 12
	} else if at = bytes.LastIndex(file, []byte("\xE0\x7F\x10\x00\xFF\xFF\xFF\xFF")); at >= 0 {
		at += 8
	} else {
		t.Fatal("no encapsulated Pixel Data")
	}
	for b, i := file[at:], 0; len(b) >= 8 && binary.LittleEndian.Uint32(b) == 0xE000FFFE; i++ {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		if fmt.Sprint(i) == number { // the first item is the Basic Offset Table
			return b[8:min(8+n, len(b))]
		}
		b = b[min(8+n, len(b)):]
	}
	t.Fatalf("no frame %s", number)
	return nil
}
