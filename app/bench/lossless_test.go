package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// What is compressed comes back to the last bit, by our decoder and by dcmtk's.
func TestLosslessIsLossless(t *testing.T) {
	const columns, rows = 61, 47
	r := rand.New(rand.NewPCG(5, 6))
	pixels := make([]byte, columns*rows*2)
	for i := range columns * rows {
		v := uint16(i * 37)
		if i%3 == 0 {
			v = uint16(r.Uint32()) // differences of every category, and across the end of the range
		}
		binary.LittleEndian.PutUint16(pixels[2*i:], v)
	}
	binary.LittleEndian.PutUint16(pixels[20:], 0)
	binary.LittleEndian.PutUint16(pixels[22:], 1<<15) // the category without further bits
	ds := header(0, 0)
	ds[tag.SOPInstanceUID], ds[tag.InstanceNumber], ds[tag.ImagePositionPatient] = "1.2.3", 1, []string{"0", "0", "0"}
	ds[tag.Rows], ds[tag.Columns], ds[tag.PixelData] = rows, columns, pixels
	ds[tag.BitsStored], ds[tag.HighBit] = 16, 15
	file, err := compressed(ds, columns)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "compressed.dcm")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.TransferSyntax != jpegLossless {
		t.Errorf("the file says %s", f.TransferSyntax)
	}
	frame, err := f.Frame(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range frame.Values {
		if want := binary.LittleEndian.Uint16(pixels[2*i:]); v != want {
			t.Fatalf("sample %d is %d, it was %d", i, v, want)
		}
	}
	if _, err := exec.LookPath("dcmdjpeg"); err != nil {
		t.Skip("dcmdjpeg is not here")
	}
	raw := filepath.Join(t.TempDir(), "raw.dcm")
	if out, err := exec.Command("dcmdjpeg", path, raw).CombinedOutput(); err != nil {
		t.Fatalf("dcmdjpeg: %v: %s", err, out)
	}
	data, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(data, pixels) {
		t.Error("dcmdjpeg gives other samples")
	}
}
