package jpeg2000

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

const sharedTestdata = "../../../shared/testdata"

// encapsulated returns the fragments of a DICOM file's pixel data: what comes after its basic offset table. It looks for the element's bytes, which is enough for the files
// that the tests read.
func encapsulated(data []byte) [][]byte {
	for _, head := range []string{"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff", "\xe0\x7f\x10\x00OW\x00\x00\xff\xff\xff\xff"} {
		at := bytes.LastIndex(data, []byte(head))
		if at < 0 {
			continue
		}
		var items [][]byte
		for at += len(head); len(data)-at >= 8 && string(data[at:at+4]) == "\xfe\xff\x00\xe0"; {
			n := int(binary.LittleEndian.Uint32(data[at+4:]))
			end := min(len(data), at+8+n)
			items = append(items, data[at+8:end])
			at = end
		}
		return items[1:]
	}
	return nil
}

// value returns a sample as the number that it stands for.
func (m *Image) value(i int) int32 {
	switch {
	case m.Pix8 != nil && m.Signed:
		return int32(int8(m.Pix8[i]))
	case m.Pix16 != nil && m.Signed:
		return int32(int16(m.Pix16[i]))
	}
	return int32(m.sample(i))
}

// digest is the digest of truth.csv: each sample as a little-endian int32.
func digest(n int, value func(int) int32) string {
	b := make([]byte, 0, 4*n)
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(value(i)))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (m *Image) samples() int { return m.Width * m.Height * m.Components }

// records reads a table, each row by the names of its columns.
func records(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("%v: the shared test data is not here", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, name := range rows[0] {
			r[name] = row[i]
		}
		list = append(list, r)
	}
	return list
}

// TestTruth decodes every JPEG 2000 frame of the shared test data to the digest that other decoders agree on. The lossy ones come out the same too: this decoder's
// arithmetic is that of OpenJPEG's to the last bit.
func TestTruth(t *testing.T) {
	syntax := map[string]bool{}
	for _, s := range []string{"90", "91", "92", "93", "201", "202", "203"} {
		syntax["1.2.840.10008.1.2.4."+s] = true
	}
	files := map[string]map[string]string{}
	for _, r := range records(t, filepath.Join(sharedTestdata, "manifest.csv")) {
		if syntax[r["transfer_syntax"]] {
			files[r["path"]] = r
		}
	}
	frames := 0
	for _, r := range records(t, filepath.Join(sharedTestdata, "truth.csv")) {
		file := files[r["path"]]
		if file == nil || r["status"] != "agree" && r["status"] != "malformed-informational" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(sharedTestdata, r["path"]))
		if err != nil {
			t.Fatal(err)
		}
		items := encapsulated(data)
		if file["frames"] == "" || file["frames"] == "1" {
			items = [][]byte{bytes.Join(items, nil)}
		}
		frame, _ := strconv.Atoi(r["frame"])
		m, err := Decode(context.Background(), items[frame-1])
		if err != nil {
			t.Errorf("%s, frame %d: %v", r["path"], frame, err)
			continue
		}
		value := m.value
		if bits, _ := strconv.Atoi(r["bits_stored"]); m.Signed != (r["pixel_representation"] == "1") { // the header decides
			value = func(i int) int32 {
				v := m.value(i) << (32 - bits)
				if r["pixel_representation"] == "1" {
					return v >> (32 - bits)
				}
				return int32(uint32(v) >> (32 - bits))
			}
		}
		if got := digest(m.samples(), value); got != r["sha256"] {
			t.Errorf("%s, frame %d: digest %s, want %s", r["path"], frame, got, r["sha256"])
		}
		frames++
	}
	if frames < 20 {
		t.Errorf("only %d frames", frames)
	}
}
