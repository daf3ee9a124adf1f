package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// python runs a program of pydicom and numpy on the paths given, one a line of its input, and returns its output by lines; the test is skipped where
// they are not installed.
func python(t *testing.T, program string, paths []string) []string {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if exec.Command(interpreter, "-c", "import pydicom, numpy").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	cmd := exec.Command(interpreter, "-c", "import sys, warnings, hashlib\nwarnings.simplefilter('ignore')\nimport pydicom, numpy as np\n"+program)
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// noise is bytes that are the same on every run.
func noise(n int) []byte {
	b := make([]byte, n)
	state := uint32(2463534242)
	for i := range b {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		b[i] = byte(state >> 9)
	}
	return b
}

// bigEndianOf writes an image's elements, of which US values are swapped, and its pixel data in big endian.
func (i image) bigEndian(vr string, pixels []byte) []byte {
	swapped := func(t tag.Tag, vr string, value []byte) []byte {
		b := be.AppendUint16(nil, t.Group())
		b = be.AppendUint16(b, t.Element())
		b = append(b, vr...)
		if vr == "OB" || vr == "OW" {
			return append(be.AppendUint32(append(b, 0, 0), uint32(len(value))), value...)
		}
		return append(be.AppendUint16(b, uint16(len(value))), value...)
	}
	var b []byte
	number := func(t tag.Tag, v int) { b = append(b, swapped(t, "US", be.AppendUint16(nil, uint16(v)))...) }
	b = append(b, swapped(tag.SOPClassUID, "UI", []byte("1.2.840.10008.5.1.4.1.1.7\x00"))...)
	number(tag.SamplesPerPixel, i.samples)
	b = append(b, swapped(tag.PhotometricInterpretation, "CS", []byte(i.photometric+strings.Repeat(" ", len(i.photometric)%2)))...)
	if i.samples == 3 {
		number(tag.PlanarConfiguration, i.planar)
	}
	b = append(b, swapped(tag.NumberOfFrames, "IS", []byte(i.frames+" "))...)
	number(tag.Rows, i.rows)
	number(tag.Columns, i.columns)
	number(tag.BitsAllocated, i.allocated)
	number(tag.BitsStored, i.stored)
	number(tag.HighBit, i.high)
	number(tag.PixelRepresentation, i.sign)
	return withMeta("1.2.840.10008.1.2.2", b, swapped(tag.PixelData, vr, pixels))
}

// literalRLE encodes a frame of little-endian samples, interleaved by pixel, without runs (PS3.5 G).
func literalRLE(frame []byte, samples, size int) []byte {
	header := le.AppendUint32(nil, uint32(samples*size))
	var body []byte
	for s := range samples {
		for b := range size {
			header = le.AppendUint32(header, uint32(64+len(body)))
			var plane []byte
			for at := s*size + size - 1 - b; at < len(frame); at += samples * size {
				plane = append(plane, frame[at])
			}
			for len(plane) > 0 {
				n := min(len(plane), 128)
				body = append(append(body, byte(n-1)), plane[:n]...)
				plane = plane[n:]
			}
			if len(body)%2 == 1 {
				body = append(body, 0x80) // no operation
			}
		}
	}
	return append(append(header, make([]byte, 64-len(header))...), body...)
}

// storedDigests prints a line for each file: the digest of each frame's stored values as the shared files' README defines it, native values
// shifted, masked and sign-extended.
const storedDigests = `
for line in sys.stdin:
    d = pydicom.dcmread(line.strip(), force=True)
    a = d.pixel_array.astype('int64')
    n = int(getattr(d, 'NumberOfFrames', 1))
    a = a.reshape((n, -1))
    if d.BitsAllocated > 1 and d.file_meta.TransferSyntaxUID != '1.2.840.10008.1.2.5':
        s = d.BitsStored
        a = (a >> (d.HighBit + 1 - s)) & ((1 << s) - 1)
        if d.PixelRepresentation: a = np.where(a >= 1 << (s - 1), a - (1 << s), a)
    print(' '.join(hashlib.sha256((f & 0xffffffff).astype('<u4').tobytes()).hexdigest() for f in a))
`

// TestLayoutsAgreeWithPydicom writes noise in every layout that pydicom reads too: depth, place of the stored bits, sign, samples by pixel or plane,
// frames, byte order, and RLE.
func TestLayoutsAgreeWithPydicom(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	folder := t.TempDir()
	var names, paths []string
	put := func(name string, data []byte) {
		path := filepath.Join(folder, fmt.Sprintf("%03d.dcm", len(paths)))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		names, paths = append(names, name), append(paths, path)
	}
	for _, depth := range [][3]int{{1, 1, 0}, {8, 8, 7}, {8, 7, 6}, {8, 5, 7}, {16, 16, 15}, {16, 12, 11}, {16, 12, 15}, {16, 10, 11}, {16, 8, 7}, {32, 32, 31}, {32, 24, 23}, {32, 20, 27}} {
		for sign := range 2 {
			for _, c := range []struct {
				samples, planar, columns int
				photometric              string
			}{{1, 0, 7, "MONOCHROME2"}, {3, 0, 7, "RGB"}, {3, 1, 7, "RGB"}, {3, 0, 6, "YBR_FULL"}, {3, 0, 6, "YBR_FULL_422"}} {
				for _, frames := range []int{1, 3} {
					i := image{samples: c.samples, rows: 5, columns: c.columns, allocated: depth[0], stored: depth[1], high: depth[2], sign: sign, planar: c.planar,
						photometric: c.photometric, frames: fmt.Sprint(frames)}
					if depth[0] == 1 && (c.samples == 3 || sign == 1) || c.photometric == "YBR_FULL_422" && (depth[1] != 8 || depth[0] != 8 || sign == 1) {
						continue
					}
					bits := 5 * c.columns * c.samples * depth[0]
					if c.photometric == "YBR_FULL_422" {
						bits = bits * 2 / 3
					}
					pixels := noise((bits*frames + 7) / 8)
					pixels = append(pixels, make([]byte, len(pixels)%2)...)
					name := fmt.Sprintf("%v, sign %d, %s, planes %d, %d frames", depth, sign, c.photometric, c.planar, frames)
					put(name, i.file(pixels))
					if depth[0] != 1 && depth[0] != 8 {
						vr := "OW"
						put(name+", big endian", i.bigEndian(vr, pixels))
					}
					if depth[0] == 1 || c.photometric == "YBR_FULL_422" || depth[0] != depth[1] {
						continue
					}
					var fragments [][]byte
					for f := range frames {
						fragments = append(fragments, literalRLE(pixels[f*bits/8:(f+1)*bits/8], c.samples, depth[0]/8))
					}
					put(name+", RLE", i.encapsulated("1.2.840.10008.1.2.5", nil, fragments...))
				}
			}
		}
	}
	lines := python(t, storedDigests, paths)
	if len(lines) != len(paths) || len(paths) < 200 {
		t.Fatalf("%d lines for %d files", len(lines), len(paths))
	}
	for n, path := range paths {
		f, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(lines[n])
		if f.Frames() != len(want) {
			t.Errorf("%s: %d frames, want %d", names[n], f.Frames(), len(want))
			continue
		}
		for i := range want {
			s, err := f.Stored(context.Background(), i)
			if err != nil {
				t.Errorf("%s: %v", names[n], err)
				continue
			}
			if sha, _, _, _ := s.Digest(); sha != want[i] {
				t.Errorf("%s: frame %d differs", names[n], i+1)
			}
			shownAsStored(t, names[n], f, i, s)
		}
	}
}

// shownAsStored holds that what is shown of a grey or 8-bit RGB frame is what is stored.
func shownAsStored(t *testing.T, name string, f *dicomio.File, i int, s *dicomio.Stored) {
	t.Helper()
	p, err := f.Frame(context.Background(), i)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	wrong := 0
	for j, v := range s.Values {
		switch {
		case s.Samples == 1 && p.Values != nil && s.Signed:
			if int32(p.Values[j]^0x8000) != int32(uint16(v)) {
				wrong++
			}
		case s.Samples == 1 && p.Values != nil:
			if int32(p.Values[j]) != v {
				wrong++
			}
		case s.Samples == 1 && s.Signed:
			if p.Wide[j] != float32(v) {
				wrong++
			}
		case s.Samples == 1:
			if p.Wide[j] != float32(uint32(v)) {
				wrong++
			}
		case s.Photometric == "RGB" && s.BitsStored == 8 && !s.Signed:
			if int32(p.RGB[j]) != v {
				wrong++
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%s: frame %d is shown otherwise than it is stored at %d places", name, i+1, wrong)
	}
	if len(p.Values)+len(p.Wide)+len(p.RGB)/3 != s.Rows*s.Columns {
		t.Errorf("%s: %d, %d and %d samples", name, len(p.Values), len(p.Wide), len(p.RGB))
	}
}

// TestSubsampledInName holds that pixel data as long as without subsampling is read so, whatever the photometric interpretation says.
func TestSubsampledInName(t *testing.T) {
	i := image{samples: 3, rows: 2, columns: 2, allocated: 8, stored: 8, high: 7, photometric: "YBR_FULL_422"}
	data := []byte{1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128, 128}
	f := frameOf(t, i.file(data), 0)
	if want := []byte{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}; !bytes.Equal(f.RGB, want) {
		t.Errorf("%v, want %v", f.RGB, want)
	}
}
