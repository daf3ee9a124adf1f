package dicomio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	picture "image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// bundledViewer writes what stands on a CD beside a study: a hundred files of a viewer, each whole and of its kind, and twenty of noise.
func bundledViewer(t testing.TB, root string) (files, bytesWritten int) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 5))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := 0; i+8 <= n; i += 8 {
			binary.LittleEndian.PutUint64(b[i:], r.Uint64())
		}
		return b
	}
	drawn := func(side int) picture.Image {
		m := picture.NewRGBA(picture.Rect(0, 0, side, side))
		for i := range m.Pix {
			m.Pix[i] = byte(i*i>>7) ^ byte(r.Uint32()&7)
		}
		return m
	}
	encoded := func(encode func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	// A program of Windows: the DOS stub, the PE header with its sections, then code.
	program := func(size int) []byte {
		b := make([]byte, 0x400, size)
		copy(b, "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00\x00\x00\x00\x00@")
		binary.LittleEndian.PutUint32(b[0x3c:], 0x80)
		copy(b[0x40:], "\x0e\x1f\xba\x0e\x00\xb4\t\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$")
		copy(b[0x80:], "PE\x00\x00d\x86\x05\x00")
		for i, s := range []string{".text", ".rdata", ".data", ".rsrc", ".reloc"} {
			copy(b[0x188+40*i:], s)
		}
		return append(b, noise(size-0x400)...)
	}
	document := func(pages int) []byte {
		var b bytes.Buffer
		b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
		for i := range pages {
			fmt.Fprintf(&b, "%d 0 obj\n<< /Length 4096 /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n", i+1, noise(4096))
		}
		b.WriteString("xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n")
		return b.Bytes()
	}
	page := func(rows int) []byte {
		return []byte("<!DOCTYPE html>\r\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Visionneuse</title></head><body><table>\r\n" +
			strings.Repeat("<tr><td>Coupe</td><td><img src=\"IMG/000.JPG\" alt=\"\"></td></tr>\r\n", rows) + "</table></body></html>\r\n")
	}
	archive := func(members int, first ...string) []byte {
		return encoded(func(b *bytes.Buffer) error {
			z := zip.NewWriter(b)
			for _, name := range first {
				if _, err := z.Create(name); err != nil {
					return err
				}
			}
			for i := range members {
				w, err := z.Create(fmt.Sprintf("org/viewer/Class%03d.class", i))
				if err != nil {
					return err
				}
				if _, err := w.Write(append([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x34"), noise(2000)...)); err != nil {
					return err
				}
			}
			return z.Close()
		})
	}
	write := func(name string, data []byte) {
		put(t, filepath.Join(root, name), data)
		files++
		bytesWritten += len(data)
	}
	write("AUTORUN.INF", []byte("[autorun]\r\nopen=VIEWER\\VIEWER.EXE\r\nicon=VIEWER\\VIEWER.ICO\r\n"))
	write("LISEZMOI.TXT", []byte("\xef\xbb\xbfPour voir les images, ouvrez INDEX.HTM.\r\n"))
	write("INDEX.HTM", page(400))
	write("VIEWER/VIEWER.EXE", program(4<<20))
	write("VIEWER/viewer.jar", archive(400, "META-INF/", "META-INF/MANIFEST.MF"))
	write("VIEWER/HELP/help.zip", archive(6))
	write("VIEWER/data.db", append([]byte("SQLite format 3\x00\x10\x00\x01\x01\x00@  "), make([]byte, 64<<10)...))
	write("VIEWER/font.ttf", append([]byte("\x00\x01\x00\x00\x00\x12\x01\x00\x00\x04\x00\x20GDEF"), noise(300<<10)...))
	write("VIEWER/VIEWER.ICO", append([]byte{0, 0, 1, 0, 1, 0, 32, 32, 0, 0, 1, 0, 32, 0}, noise(4<<10)...))
	write("VIEWER/sound.wav", append([]byte("RIFF\x24\x00\x01\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00"), make([]byte, 64<<10)...))
	write("VIEWER/mac", append([]byte("\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00"), noise(1<<20)...))
	for i := range 30 {
		write(fmt.Sprintf("VIEWER/BIN/LIB%02d.DLL", i), program(64<<10+i*16<<10))
	}
	for i := range 10 {
		write(fmt.Sprintf("VIEWER/HELP/PAGE%02d.HTM", i), page(20*i+5))
		write(fmt.Sprintf("VIEWER/HELP/STYLE%02d.XML", i), []byte("<?xml version=\"1.0\"?>\n"+strings.Repeat("<entry key=\"w\" value=\"400\"/>\n", 50*i+1)))
		write(fmt.Sprintf("VIEWER/DOC/MANUAL%02d.PDF", i), document(4*i+2))
	}
	for i := range 7 {
		m := drawn(32 + 60*i)
		write(fmt.Sprintf("IHE_PDI/IMG/%03d.JPG", i), encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) }))
		write(fmt.Sprintf("IHE_PDI/IMG/%03d.PNG", i), encoded(func(b *bytes.Buffer) error { return png.Encode(b, m) }))
	}
	for i := range 6 {
		m := picture.NewPaletted(picture.Rect(0, 0, 64, 64), []color.Color{color.Black, color.White})
		write(fmt.Sprintf("IHE_PDI/IMG/%03d.GIF", i), encoded(func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) }))
	}
	for i := range 10 {
		write(fmt.Sprintf("VIEWER/CACHE/%02d.DAT", i), noise(256<<10))
		write(fmt.Sprintf("VIEWER/CACHE/%02d", i), noise(100+i*999))
	}
	return files, bytesWritten
}

// plainDisc writes a CD of 5,000 small images in nested folders.
func plainDisc(t testing.TB, root string) {
	t.Helper()
	for p := range 5 {
		for s := range 20 {
			stack(t, filepath.Join(root, "DICOM", fmt.Sprintf("PA%d", p), fmt.Sprintf("SE%d", s)), 50, attrs{
				tag.PatientID: fmt.Sprint(p), tag.StudyInstanceUID: fmt.Sprintf("1.2.%d", p), tag.SeriesInstanceUID: fmt.Sprintf("1.2.%d.%d", p, s),
				tag.SeriesDescription: "T2 SAG", tag.StudyDescription: "Rachis lombaire", tag.InstitutionName: "Clinique", tag.EchoTime: "110",
				tag.RepetitionTime: "3500", tag.ImageType: `ORIGINAL\PRIMARY\M`, tag.SliceThickness: "4", tag.SpecificCharacterSet: "ISO_IR 100",
			})
		}
	}
}

// bytesRead is how much this process has read from files so far.
func bytesRead(t testing.TB) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("the system does not count what is read")
	}
	var n int
	if _, err := fmt.Sscanf(string(data), "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestScanBundledViewer counts what a CD's own viewer costs beside a study: its files are told by their first bytes.
func TestScanBundledViewer(t *testing.T) {
	plain, both := t.TempDir(), t.TempDir()
	stack(t, filepath.Join(plain, "DICOM"), 20)
	stack(t, filepath.Join(both, "DICOM"), 20)
	files, written := bundledViewer(t, both)
	type cost struct{ read, allocated int }
	index := func(root string) (x *dicomio.Index, c cost) {
		var before, after runtime.MemStats
		runtime.GC()
		read := bytesRead(t)
		runtime.ReadMemStats(&before)
		x, err := dicomio.ScanWith(context.Background(), []string{root}, dicomio.ScanOptions{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return x, cost{bytesRead(t) - read, int(after.TotalAlloc - before.TotalAlloc)}
	}
	_, without := index(plain)
	x, with := index(both)
	if se := only(t, x); len(se.Instances) != 20 {
		t.Fatalf("%d images beside the viewer, want 20", len(se.Instances))
	}
	if x.Files < 20+files || len(x.Skipped) < files {
		t.Errorf("%d files, of which %d are skipped: not all of the viewer's %d are accounted for", x.Files, len(x.Skipped), files)
	}
	for _, s := range x.Skipped {
		if s.Code != dicomio.SkipNotDICOM && s.Code != dicomio.SkipZIP || s.Reason == "" {
			t.Errorf("%+v", s)
		}
	}
	read, allocated := with.read-without.read, with.allocated-without.allocated
	t.Logf("%d files of %d bytes: %d bytes were read and %d allocated for them", files, written, read, allocated)
	if read > 8<<10*files {
		t.Errorf("%d bytes a file were read to see that it is not DICOM", read/files)
	}
	if allocated > 1<<20 {
		t.Errorf("%d bytes were allocated for %d files", allocated, files)
	}
}

// discs are a CD of 5,000 images, and the same with a bundled viewer beside them.
type discs struct{ plain, both string }

func newDiscs(t testing.TB) discs {
	d := discs{t.TempDir(), t.TempDir()}
	plainDisc(t, d.plain)
	plainDisc(t, d.both)
	bundledViewer(t, d.both)
	d.turn(t) // into the system's cache
	return d
}

// turn indexes both, and returns the processor time that each took: other work on the machine does not count.
func (d discs) turn(t testing.TB) (plain, both time.Duration) {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	work := func(root string) time.Duration {
		runtime.GC()
		before := spent()
		x, err := dicomio.ScanWith(context.Background(), []string{root}, dicomio.ScanOptions{Workers: 1})
		if err != nil || len(x.Patients) != 5 {
			t.Fatal(x, err)
		}
		return spent() - before
	}
	return work(d.plain), work(d.both)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// BenchmarkScanBundledViewer measures what a bundled viewer adds to the time of the index, with and without it in turns: junk/plain is the
// median of the turns, to be 1.05 at most.
func BenchmarkScanBundledViewer(b *testing.B) {
	d := newDiscs(b)
	var plains, boths, ratios []float64
	for b.Loop() {
		plain, both := d.turn(b)
		plains, boths, ratios = append(plains, plain.Seconds()), append(boths, both.Seconds()), append(ratios, both.Seconds()/plain.Seconds())
	}
	b.ReportMetric(median(ratios), "junk/plain")
	b.ReportMetric(1000*median(plains), "plain-CPU-ms")
	b.ReportMetric(1000*median(boths), "junk-CPU-ms")
}
