package dicomio_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// tool returns the path of a program of dcmtk, or skips.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DCMDICTPATH=/usr/share/libdcmtk17/dicom.dic:/usr/share/dcmtk/dicom.dic")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func stored(t *testing.T, path string, i int) *dicomio.Stored {
	t.Helper()
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stored(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func frame(t *testing.T, path string, i int) *dicomio.Frame {
	t.Helper()
	f, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Frame(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestJPEGAgreesWithDCMTK compares every sample of the JPEG files with dcmdjpeg, to the last bit: the components as they are, which for files of
// fewer chroma samples tests the interpolation too, and the RGB picture.
func TestJPEGAgreesWithDCMTK(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	root, dcmdjpeg := shared(t), tool(t, "dcmdjpeg")
	paths, err := filepath.Glob(filepath.Join(root, "04_transfer_syntax/jpeg_baseline/*.dcm"))
	if err != nil || len(paths) < 7 {
		t.Fatal(paths, err)
	}
	for _, more := range []string{"04_transfer_syntax/jpeg_extended_12bit/*", "04_transfer_syntax/jpeg_lossless/*", "07_multiframe/examples_ybr_color.dcm"} {
		found, err := filepath.Glob(filepath.Join(root, more))
		if err != nil || len(found) == 0 {
			t.Fatal(more, err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		raw, converted := filepath.Join(t.TempDir(), "raw"), filepath.Join(t.TempDir(), "rgb")
		run(t, dcmdjpeg, "+cn", path, raw)
		want, got := stored(t, raw, 0), stored(t, path, 0)
		if want.Samples != got.Samples || len(want.Values) != len(got.Values) {
			t.Fatalf("%s: %d samples a pixel, want %d", name, got.Samples, want.Samples)
		}
		worst := int32(0)
		for i, w := range want.Values {
			worst = max(worst, max(w-got.Values[i], got.Values[i]-w))
		}
		if worst > 0 {
			t.Errorf("%s: a component differs by %d", name, worst)
		}
		if got.Samples != 3 {
			continue
		}
		if !strings.Contains(path, "jpeg_baseline") && !strings.Contains(path, "ybr") {
			continue
		}
		run(t, dcmdjpeg, "+cp", path, converted)
		rgb, picture := stored(t, converted, 0), frame(t, path, 0).RGB
		most := int32(0)
		for i, w := range rgb.Values {
			most = max(most, max(w-int32(picture[i]), int32(picture[i])-w))
		}
		if most > 0 {
			t.Errorf("%s: RGB differs by %d", name, most)
		}
		t.Logf("%s: components within %d, RGB within %d", name, worst, most)
	}
}

// ppm reads a binary PPM or PGM of 8 bits.
func ppm(t *testing.T, path string) (columns, rows int, pix []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var magic string
	var most int
	if _, err := fmt.Sscan(string(b[:min(len(b), 64)]), &magic, &columns, &rows, &most); err != nil || most != 255 {
		t.Fatal(magic, most, err)
	}
	channels := 1
	if magic == "P6" {
		channels = 3
	}
	return columns, rows, b[len(b)-columns*rows*channels:]
}

// TestColourAgreesWithDCMTK compares the RGB of palette and YBR files with dcm2pnm's.
func TestColourAgreesWithDCMTK(t *testing.T) {
	root, dcm2pnm := shared(t), tool(t, "dcm2pnm")
	for _, c := range []struct {
		path   string
		within int
	}{
		{"05_photometric/OBXXXX1A_rle.dcm", 0}, {"05_photometric/examples_palette.dcm", 0}, {"05_photometric/SC_rgb_small_odd.dcm", 0},
		{"05_photometric/SC_rgb_small_odd_big_endian.dcm", 0}, {"05_photometric/color-pl.dcm", 0}, {"05_photometric/color-px.dcm", 0},
		{"05_photometric/SC_ybr_full_uncompressed.dcm", 2}, {"05_photometric/SC_ybr_full_422_uncompressed.dcm", 2},
		{"05_photometric/SC_rgb_16bit.dcm", 1}, {"04_transfer_syntax/rle/US1_RLE", 0},
	} {
		path, out := filepath.Join(root, c.path), filepath.Join(t.TempDir(), "out.ppm")
		if err := exec.Command(dcm2pnm, path, out).Run(); err != nil {
			if strings.Contains(c.path, "rle") || strings.Contains(c.path, "RLE") {
				native := filepath.Join(t.TempDir(), "native")
				run(t, tool(t, "dcmdrle"), path, native)
				run(t, dcm2pnm, native, out)
			} else {
				t.Errorf("%s: dcm2pnm: %v", c.path, err)
				continue
			}
		}
		columns, rows, want := ppm(t, out)
		got := frame(t, path, 0)
		if got.Columns != columns || got.Rows != rows || len(got.RGB) != len(want) {
			t.Errorf("%s: %d x %d, %d samples; want %d x %d, %d", c.path, got.Columns, got.Rows, len(got.RGB), columns, rows, len(want))
			continue
		}
		worst := 0
		for i, w := range want {
			worst = max(worst, max(int(w)-int(got.RGB[i]), int(got.RGB[i])-int(w)))
		}
		if worst > c.within {
			t.Errorf("%s: RGB differs by %d", c.path, worst)
		}
	}
}

// TestYBR compares with the equations of PS3.3 C.7.6.3.1.2 in floating point.
func TestYBR(t *testing.T) {
	clamp := func(v float64) float64 { return min(max(v, 0), 255) }
	for _, c := range []struct {
		photometric                   string
		black, luma, cr, gcb, gcr, cb float64
	}{
		{"YBR_FULL", 0, 1, 1.402, 0.344136, 0.714136, 1.772},
		{"YBR_PARTIAL_422", 16, 1.1644, 1.5960, 0.3918, 0.8130, 2.0172},
	} {
		for _, p := range [][3]byte{{0, 128, 128}, {255, 128, 128}, {16, 128, 128}, {235, 128, 128}, {81, 90, 240}, {145, 54, 34}, {41, 240, 110}, {150, 44, 22}} {
			i := image{samples: 3, rows: 1, columns: 2, allocated: 8, stored: 8, high: 7, photometric: c.photometric}
			pixels := []byte{p[0], p[1], p[2], p[0], p[1], p[2]}
			if c.photometric == "YBR_PARTIAL_422" {
				pixels = []byte{p[0], p[0], p[1], p[2]}
			}
			got := frameOf(t, i.file(pixels), 0).RGB
			y, cb, cr := (float64(p[0])-c.black)*c.luma, float64(p[1])-128, float64(p[2])-128
			for k, want := range []float64{clamp(y + c.cr*cr), clamp(y - c.gcb*cb - c.gcr*cr), clamp(y + c.cb*cb)} {
				if math.Abs(float64(got[k])-want) > 0.51 || got[3+k] != got[k] {
					t.Errorf("%s %v: %v, channel %d should be %.2f", c.photometric, p, got, k, want)
				}
			}
		}
	}
}

// modality is a Python program that prints, for a file and frame, minimum, maximum and sum of the values after the modality LUT, and the
// number of pixels set in the overlay of group 6000, as pydicom computes them.
const modality = `
import sys, warnings
warnings.simplefilter('ignore')
import pydicom, numpy as np
from pydicom.pixel_data_handlers.util import apply_modality_lut
d = pydicom.dcmread(sys.argv[1], force=True)
a = d.pixel_array.astype('int32')
if a.ndim == 3: a = a[0]
n = d.BitsStored
a = (a >> (d.HighBit + 1 - n)) & ((1 << n) - 1)
if d.PixelRepresentation: a = np.where(a >= 1 << (n - 1), a - (1 << n), a)
v = apply_modality_lut(a, d).astype('float64')
o = d.overlay_array(0x6000).sum() if (0x6000, 0x3000) in d else -1
print(v.min(), v.max(), v.sum(), o)
`

func TestModalityAndOverlayAgreeWithPydicom(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	root := shared(t)
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import pydicom, numpy").Run() != nil {
		t.Skip("pydicom is not installed")
	}
	for _, p := range []string{"06_windowing/1.dcm", "06_windowing/12bitSigned_0x0F0F.dcm", "06_windowing/12bitUnsigned.dcm", "06_windowing/decimal_rescale.dcm",
		"06_windowing/mlut_18.dcm", "06_windowing/vlut_04.dcm", "08_overlay/examples_overlay.dcm", "02_spine_ct/coronal_3mm/CT000042", "01_spine_mr_fileset/DCMDT/D0000000"} {
		path := filepath.Join(root, p)
		out, err := exec.Command(python, "-c", modality, path).Output()
		if err != nil {
			t.Errorf("%s: pydicom: %v", p, err)
			continue
		}
		var want [4]float64
		if _, err := fmt.Sscan(string(out), &want[0], &want[1], &want[2], &want[3]); err != nil {
			t.Fatal(err)
		}
		f := frame(t, path, 0)
		got := [4]float64{math.Inf(1), math.Inf(-1), 0, -1}
		flip := 0.0
		if f.Signed {
			flip = 0x8000
		}
		for _, v := range f.Values {
			x := f.Grayscale.Modality(float64(v) - flip)
			got[0], got[1], got[2] = min(got[0], x), max(got[1], x), got[2]+x
		}
		for _, o := range f.Overlays {
			got[3] = 0
			for _, b := range o.Bits {
				got[3] += float64(b)
			}
			break
		}
		for i := range got {
			if math.Abs(got[i]-want[i]) > 1e-6*math.Max(1, math.Abs(want[i])) {
				t.Errorf("%s: %v, pydicom has %v", p, got, want)
				break
			}
		}
	}
}

func frameOf(t *testing.T, data []byte, i int) *dicomio.Frame {
	t.Helper()
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := f.Frame(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func storedOf(t *testing.T, data []byte, i int) []int32 {
	t.Helper()
	f, err := open(data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stored(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return s.Values
}

// TestStoredLayouts holds the layouts that the shared files do not have, each worked out by hand from PS3.5 8.
func TestStoredLayouts(t *testing.T) {
	base := image{samples: 1, rows: 1, columns: 4, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	bits := base
	bits.allocated, bits.stored, bits.high, bits.rows, bits.columns, bits.frames = 1, 1, 0, 1, 3, "3"
	signed8 := base
	signed8.sign = 1
	junk := base
	junk.allocated, junk.stored, junk.high, junk.sign, junk.columns = 16, 8, 11, 1, 2
	packed := base
	packed.allocated, packed.stored, packed.high, packed.columns = 12, 12, 11, 2
	wide := base
	wide.allocated, wide.stored, wide.high, wide.columns = 32, 32, 31, 1
	planes := base
	planes.samples, planes.photometric, planes.columns, planes.planar = 3, "RGB", 2, 1
	chroma := base
	chroma.samples, chroma.photometric, chroma.columns = 3, "YBR_FULL_422", 4
	for _, c := range []struct {
		name  string
		data  []byte
		frame int
		want  []int32
	}{
		{"1 bit, least significant first", bits.file([]byte{0b1_010_110 | 1<<7, 0b1}), 0, []int32{0, 1, 1}},
		{"1 bit, second frame begins within a byte", bits.file([]byte{0b11_010_110, 0b1}), 1, []int32{0, 1, 0}},
		{"1 bit, third frame crosses bytes", bits.file([]byte{0b11_010_110, 0b1}), 2, []int32{1, 1, 1}},
		{"8 bits signed", signed8.file([]byte{0, 127, 128, 255}), 0, []int32{0, 127, -128, -1}},
		{"junk above HighBit and below", junk.file(words(0xF80F, 0x07F0)), 0, []int32{-128, 127}},
		{"12 bits packed", packed.file([]byte{0x21, 0x43, 0x65, 0}), 0, []int32{0x321, 0x654}},
		{"32 bits", wide.file([]byte{1, 2, 3, 0x84}), 0, []int32{-0x7BFCFDFF}},
		{"by plane", planes.file([]byte{1, 4, 2, 5, 3, 6}), 0, []int32{1, 2, 3, 4, 5, 6}},
		{"422", chroma.file([]byte{1, 2, 10, 20, 3, 4, 30, 40}), 0, []int32{1, 10, 20, 2, 10, 20, 3, 30, 40, 4, 30, 40}},
		{"big endian 16 bits", withMeta("1.2.840.10008.1.2.2", bigEndianImage()), 0, []int32{1, 2, 3, 4}},
	} {
		if got := storedOf(t, c.data, c.frame); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFloatPixelData(t *testing.T) {
	i := image{samples: 1, rows: 1, columns: 3, allocated: 32, stored: absent, high: absent, sign: absent, photometric: "MONOCHROME2"}
	floats := []float32{-1.5, float32(math.NaN()), 1e30}
	var b []byte
	for _, v := range floats {
		b = le.AppendUint32(b, math.Float32bits(v))
	}
	data := withMeta(explicitLE, identity(), i.elements(), el(tag.FloatPixelData, "OF", b))
	f := frameOf(t, data, 0)
	if len(f.Wide) != 3 || f.Wide[0] != -1.5 || f.Wide[1] == f.Wide[1] || f.Wide[2] != 1e30 {
		t.Errorf("%v", f.Wide)
	}
	if f.Grayscale.Range != [2]int32{-2, math.MaxInt32} {
		t.Errorf("range %v", f.Grayscale.Range)
	}
	if got := storedOf(t, data, 0); uint32(got[0]) != math.Float32bits(-1.5) {
		t.Errorf("%x", got)
	}
	i.allocated, i.columns = 64, 1
	data = withMeta(explicitLE, identity(), i.elements(), el(tag.DoubleFloatPixelData, "OD", le.AppendUint64(nil, math.Float64bits(0.25))))
	if f := frameOf(t, data, 0); len(f.Wide) != 1 || f.Wide[0] != 0.25 {
		t.Errorf("%v", f.Wide)
	}
}

func TestFramePath(t *testing.T) {
	i := grey(1, 3)
	i.sign = 1
	i.more = join(us(tag.PixelPaddingValue, 0xF800), text(tag.WindowCenter, "DS", "40\\0.5\\7"), text(tag.WindowWidth, "DS", "400\\0.25\\0"),
		text(tag.RescaleIntercept, "DS", "-1000"), text(tag.RescaleSlope, "DS", "2"),
		text(tag.WindowCenterWidthExplanation, "LO", "BROAD\\FINE"), text(tag.PresentationLUTShape, "CS", "INVERSE"))
	f := frameOf(t, i.file(words(0x0800, 0x0FFF, 0x0003)), 0) // -2048 (padding), -1, 3
	g := f.Grayscale
	if !f.Signed || !slices.Equal(f.Values, []uint16{0x8000 - 2048, 0x7FFF, 0x8003}) {
		t.Errorf("values %v, signed %v", f.Values, f.Signed)
	}
	if g.Padding == nil || *g.Padding != [2]int32{-2048, -2048} || g.Range != [2]int32{-1, 3} {
		t.Errorf("padding %v, range %v", g.Padding, g.Range)
	}
	if g.Modality(3) != -994 || !g.Inverse || g.BitsStored != 12 {
		t.Errorf("%+v", g)
	}
	want := []dicomio.Window{{Center: 40, Width: 400, Function: "LINEAR", Explanation: "BROAD"}, {Center: 0.5, Width: 0.25, Function: "LINEAR_EXACT", Explanation: "FINE"}}
	if !slices.Equal(g.Windows, want) || len(f.Warnings) != 1 {
		t.Errorf("windows %+v, warnings %v", g.Windows, f.Warnings)
	}
}

// sequence is a sequence of one item per argument.
func sequence(t tag.Tag, items ...[]byte) []byte {
	var b []byte
	for _, i := range items {
		b = join(b, item(tag.Item, uint32(len(i))), i)
	}
	return append(headOf(t, "SQ", uint32(len(b))), b...)
}

// TestFunctionalGroups holds the order: per frame, then shared, then the top level.
func TestFunctionalGroups(t *testing.T) {
	rescale := func(slope string) []byte {
		return sequence(tag.PixelValueTransformationSequence, join(text(tag.RescaleIntercept, "DS", "0"), text(tag.RescaleSlope, "DS", slope)))
	}
	i := grey(1, 1)
	i.frames = "3"
	i.more = join(text(tag.RescaleIntercept, "DS", "0"), text(tag.RescaleSlope, "DS", "7"))
	build := func(shared []byte, frames ...[]byte) []byte {
		x := i
		x.more = join(i.more, sequence(tag.SharedFunctionalGroupsSequence, shared), sequence(tag.PerFrameFunctionalGroupsSequence, frames...))
		return x.file(words(1, 1, 1))
	}
	for _, c := range []struct {
		name string
		data []byte
		want [3]float64
	}{
		{"per frame before shared", build(rescale("5"), rescale("2"), rescale("3"), nil), [3]float64{2, 3, 5}},
		{"fewer items than frames", build(rescale("5"), rescale("2")), [3]float64{2, 5, 5}},
		{"the top level when neither has it", build(nil, nil, nil, nil), [3]float64{7, 7, 7}},
	} {
		for n, want := range c.want {
			if got := frameOf(t, c.data, n).Grayscale.Slope; got != want {
				t.Errorf("%s: frame %d: slope %g, want %g", c.name, n+1, got, want)
			}
		}
	}
}

// TestSegmentedPalette expands the example of PS3.3 C.7.9.2: discrete, linear and indirect segments.
func TestSegmentedPalette(t *testing.T) {
	i := image{samples: 1, rows: 1, columns: 8, allocated: 8, stored: 8, high: 7, photometric: "PALETTE COLOR"}
	for c := range uint16(3) {
		i.more = append(i.more, us(tag.RedPaletteColorLookupTableDescriptor+tag.Tag(c), 8, 10, 16)...)
	}
	// Two discrete entries 0x1000 and 0x2000, linear over 2 to 0x4000, then the same two segments again.
	data := words(0, 2, 0x1000, 0x2000, 1, 2, 0x4000, 2, 2, 0, 0)
	for c := range 3 {
		i.more = append(i.more, el(tag.SegmentedRedPaletteColorLookupTableData+tag.Tag(c), "OW", data)...)
	}
	f := frameOf(t, i.file([]byte{0, 10, 11, 12, 13, 14, 17, 200}), 0)
	var red []byte
	for p := range 8 {
		red = append(red, f.RGB[3*p])
	}
	if want := []byte{0x10, 0x10, 0x20, 0x30, 0x40, 0x10, 0x40, 0x40}; !bytes.Equal(red, want) {
		t.Errorf("% x, want % x", red, want)
	}
}

func TestOverlays(t *testing.T) {
	i := grey(2, 2)
	i.more = join(us(tag.OverlayRows, 2), us(tag.OverlayColumns, 3), text(tag.OverlayType, "CS", "G"), us(tag.OverlayOrigin, 0, 2),
		us(tag.OverlayBitsAllocated, 1), us(tag.OverlayBitPosition, 0), text(tag.OverlayLabel, "LO", "mark"), el(tag.OverlayData, "OW", []byte{0b101001, 0}),
		// Group 6002 is embedded in bit 12 of the pixel data.
		us(tag.New(0x6002, 0x10), 2), us(tag.New(0x6002, 0x11), 2), us(tag.New(0x6002, 0x50), 1, 1), us(tag.New(0x6002, 0x100), 16), us(tag.New(0x6002, 0x102), 12))
	f := frameOf(t, i.file(words(0x1001, 2, 0x2003, 0x1004)), 0)
	if !slices.Equal(f.Values, []uint16{1, 2, 3, 4}) {
		t.Errorf("values %v", f.Values)
	}
	if len(f.Overlays) != 2 {
		t.Fatalf("%d overlays, %v", len(f.Overlays), f.Warnings)
	}
	a, b := f.Overlays[0], f.Overlays[1]
	if a.Row != -1 || a.Column != 1 || a.Label != "mark" || !bytes.Equal(a.Bits, []byte{1, 0, 0, 1, 0, 1}) {
		t.Errorf("%+v", a)
	}
	if b.Row != 0 || !bytes.Equal(b.Bits, []byte{1, 0, 0, 1}) {
		t.Errorf("%+v", b)
	}
}

func TestLossyNote(t *testing.T) {
	i := grey(1, 1)
	i.more = join(text(tag.LossyImageCompression, "CS", "01"), text(tag.LossyImageCompressionRatio, "DS", "10.02\\3"), text(tag.LossyImageCompressionMethod, "CS", "ISO_10918_1\\ISO_15444_1"))
	if got := frameOf(t, i.file(words(1)), 0).Lossy; got != "JPEG 10.02:1, JPEG 2000 3:1" {
		t.Errorf("%q", got)
	}
	if got := frameOf(t, grey(1, 1).file(words(1)), 0).Lossy; got != "" {
		t.Errorf("%q", got)
	}
}

// TestCancelled holds that a cancelled frame is not decoded.
func TestCancelled(t *testing.T) {
	f, err := open(grey(1, 1).file(words(1)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Frame(ctx, 0); err != context.Canceled {
		t.Errorf("%v", err)
	}
}
