package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"rachis/dicomio"
)

// pgm reads a binary PGM of 9 to 16 bits.
func pgm(t *testing.T, path string) (columns, rows int, values []uint16) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// OpenJPEG writes a comment into the header.
	if line := bytes.IndexByte(b, '#'); line >= 0 && line < 16 {
		end := line + bytes.IndexByte(b[line:], '\n')
		b = append(bytes.Clone(b[:line]), b[end+1:]...)
	}
	var most int
	if _, err := fmt.Sscanf(string(b[:min(len(b), 64)]), "P5\n%d %d\n%d", &columns, &rows, &most); err != nil || most < 256 {
		t.Fatal(most, err)
	}
	b = b[len(b)-2*columns*rows:]
	for ; len(b) > 0; b = b[2:] {
		values = append(values, be.Uint16(b))
	}
	return columns, rows, values
}

// TestPreviewAgreesWithOpenJPEG holds a picture at reduced resolutions against OpenJPEG's of the same stream.
func TestPreviewAgreesWithOpenJPEG(t *testing.T) {
	root, opj := shared(t), tool(t, "opj_decompress")
	for _, name := range []string{"04_transfer_syntax/same_mr_9ways/9.dcm"} { // in one fragment
		path := filepath.Join(root, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		stream := filepath.Join(t.TempDir(), "stream.j2k")
		start, end := bytes.Index(data, []byte{0xFF, 0x4F, 0xFF, 0x51}), bytes.LastIndex(data, []byte{0xFF, 0xD9})+2
		if err := os.WriteFile(stream, data[start:end], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, reduce := range []int{1, 2, 3} {
			out := filepath.Join(t.TempDir(), "out.pgm")
			run(t, opj, "-i", stream, "-o", out, "-r", fmt.Sprint(reduce))
			columns, rows, want := pgm(t, out)
			got, ok, err := f.Preview(context.Background(), 0, reduce)
			if err != nil || !ok {
				t.Errorf("%s by %d: %v, %v", name, reduce, ok, err)
				continue
			}
			if got.Columns != columns || got.Rows != rows || len(got.Values) != len(want) {
				t.Errorf("%s by %d: %d x %d, want %d x %d", name, reduce, got.Columns, got.Rows, columns, rows)
				continue
			}
			for i, v := range got.Values {
				if v != want[i] {
					t.Errorf("%s by %d: sample %d is %d, want %d", name, reduce, i, v, want[i])
					break
				}
			}
		}
	}
}

// TestNoPreview holds that frames of one resolution have none, and that one which does not decode leaves its error to Frame.
func TestNoPreview(t *testing.T) {
	i := grey(2, 2)
	broken := i.encapsulated("1.2.840.10008.1.2.4.90", nil, []byte{0xFF, 0x4F, 0xFF, 0x51, 0, 0})
	for name, data := range map[string][]byte{
		"native": i.file(words(1, 2, 3, 4)), "RLE": i.encapsulated("1.2.840.10008.1.2.5", nil, literalRLE(words(1, 2, 3, 4), 1, 2)), "broken": broken,
	} {
		f, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		if p, ok, err := f.Preview(context.Background(), 0, 1); p != nil || ok || err != nil {
			t.Errorf("%s: %v, %v, %v", name, p, ok, err)
		}
	}
}
