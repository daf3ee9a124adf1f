package jpegll_test

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

	"rachis/dicomio/jpegll"
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
func digest(img *jpegll.Image, signed bool) string {
	var b []byte
	for _, v := range img.Pix8 {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	for _, v := range img.Pix16 {
		if signed {
			b = binary.LittleEndian.AppendUint32(b, uint32(int16(v)))
		} else {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
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

// TestVectors holds streams of three encoders against the digests that other decoders gave.
func TestVectors(t *testing.T) {
	rows := table(t, filepath.Join("testdata", "digests.csv"))
	if len(rows) < 70 {
		t.Fatalf("%d vectors", len(rows))
	}
	for _, row := range rows {
		data := vector(t, row["name"])
		img, err := jpegll.Decode(context.Background(), data)
		if err != nil {
			t.Errorf("%s: %v", row["name"], err)
			continue
		}
		got := fmt.Sprintf("%d x %d x %d, %d bits", img.Width, img.Height, img.Components, img.Precision)
		want := fmt.Sprintf("%s x %s x %s, %s bits", row["width"], row["height"], row["components"], row["precision"])
		if got != want {
			t.Errorf("%s: %s, want %s", row["name"], got, want)
		}
		if (img.Pix8 != nil) != (img.Precision <= 8) || (img.Pix16 != nil) == (img.Precision <= 8) {
			t.Errorf("%s: %d 8-bit and %d 16-bit samples of %d bits", row["name"], len(img.Pix8), len(img.Pix16), img.Precision)
		}
		if sha := digest(img, false); sha != row["sha256"] {
			t.Errorf("%s: other samples than %s gives", row["name"], row["decoder"])
		}
		if c, err := jpegll.DecodeConfig(data); err != nil || c != img.Config {
			t.Errorf("%s: %+v, %v; want %+v", row["name"], c, err, img.Config)
		}
	}
}

// TestSharedFiles holds the lossless JPEG files of the shared test data against their truth.
func TestSharedFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "testdata")
	if _, err := os.Stat(filepath.Join(root, "truth.csv")); err != nil {
		t.Skip("the shared test data (../shared/testdata) is not here")
	}
	lossless := map[string]bool{}
	for _, row := range table(t, filepath.Join(root, "manifest.csv")) {
		switch row["transfer_syntax"] {
		case "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70":
			lossless[row["path"]] = true
		}
	}
	n := 0
	for _, row := range table(t, filepath.Join(root, "truth.csv")) {
		if !lossless[row["path"]] || row["status"] != "agree" {
			continue
		}
		file, err := os.ReadFile(filepath.Join(root, row["path"]))
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpegll.Decode(context.Background(), onlyFrame(t, file))
		if err != nil {
			t.Errorf("%s: %v", row["path"], err)
			continue
		}
		if digest(img, row["pixel_representation"] == "1") != row["sha256"] {
			t.Errorf("%s: other samples than %s gives", row["path"], row["decoder"])
		}
		n++
	}
	t.Logf("%d frames", n)
	if n < 8 {
		t.Error("too few")
	}
}

// onlyFrame joins the fragments of the one frame of an explicit VR little endian file (PS3.5 A.4).
func onlyFrame(t testing.TB, file []byte) []byte {
	t.Helper()
	at := bytes.LastIndex(file, []byte("\xE0\x7F\x10\x00OB\x00\x00\xFF\xFF\xFF\xFF"))
	if at < 0 {
		t.Fatal("no encapsulated Pixel Data")
	}
	var out []byte
	for b, i := file[at+12:], 0; len(b) >= 8 && binary.LittleEndian.Uint32(b) == 0xE000FFFE; i++ {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		if i > 0 { // the first item is the Basic Offset Table
			out = append(out, b[8:min(8+n, len(b))]...)
		}
		b = b[min(8+n, len(b)):]
	}
	return out
}
