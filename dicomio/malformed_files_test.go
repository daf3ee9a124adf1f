package dicomio_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio/tag"
)

func TestMalformedFiles(t *testing.T) { check(t, malformedFiles(t)) }

// malformedFiles are wrong as files: before their data set begins, or in how it is said to be written.
func malformedFiles(t testing.TB) []malformed {
	good := grey(2, 2).file(words(1, 2, 3, 4))
	random := make([]byte, 1<<20)
	for i, r := 0, rand.New(rand.NewPCG(1, 2)); i < len(random); i += 8 {
		binary.LittleEndian.PutUint64(random[i:], r.Uint64())
	}
	metaLength := good[132 : 132+12]
	groupLength := func(v uint32) []byte {
		return patch(good, metaLength, el(tag.FileMetaInformationGroupLength, "UL", le.AppendUint32(nil, v)))
	}
	dataSet := join(identity(), grey(2, 2).elements(), el(tag.PixelData, "OW", words(1, 2, 3, 4)))
	implicitImage := join(
		implicit(tag.SOPClassUID, []byte("1.2.840.10008.5.1.4.1.1.7\x00")),
		implicit(tag.SamplesPerPixel, words(1)), implicit(tag.PhotometricInterpretation, []byte("MONOCHROME2 ")),
		implicit(tag.Rows, words(2)), implicit(tag.Columns, words(2)), implicit(tag.BitsAllocated, words(16)),
		implicit(tag.PixelData, words(1, 2, 3, 4)))
	deflatedTS := "1.2.840.10008.1.2.1.99"
	jpegFile := grey(100, 100)
	jpegFile.allocated, jpegFile.stored, jpegFile.high = 8, 8, 7
	jpeg := greyJPEG(t, 100, 100)
	rle := rleOf([]byte{0, 0, 0, 0}, []byte{1, 2, 3, 4})
	squeezed := deflated(t, dataSet)
	return []malformed{
		{"nothing", nil, []string{"not a DICOM file", "empty"}},
		{"one byte", []byte{0}, []string{"not a DICOM file"}},
		{"131 bytes", make([]byte, 131), []string{"not a DICOM file"}},
		{"preamble and prefix only", good[:132], []string{"error: dicomio: "}},
		{"text", []byte(strings.Repeat("Dear colleague, ", 100)), []string{"not a DICOM file"}},
		{"JPEG", append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F'}, make([]byte, 1000)...), []string{"not a DICOM file"}},
		{"ZIP", append([]byte("PK\x03\x04"), make([]byte, 1000)...), []string{"not a DICOM file"}},
		{"random", random, []string{"not a DICOM file"}},
		{"zeros", make([]byte, 1<<20), []string{"not a DICOM file"}},
		{"no preamble", good[132:], []string{"no preamble", "frame: 2 x 2"}},
		{"prefix at the start", good[128:], []string{"no preamble", "frame: 2 x 2"}},
		{"data set alone", dataSet, []string{"no file meta information", "frame: 2 x 2"}},
		{"implicit data set alone", implicitImage, []string{"no file meta information", "frame: 2 x 2"}},
		{"meta length 0", groupLength(0), []string{"(0002,0000) FileMetaInformationGroupLength at 0x84 is ", ", not 76", "frame: 2 x 2 1 2 3 4"}},
		{"meta length too short", groupLength(8), []string{"(0002,0000) FileMetaInformationGroupLength at 0x84 is ", ", not 76", "frame: 2 x 2 1 2 3 4"}},
		{"meta length FFFFFFFF", groupLength(0xFFFFFFFF), []string{"(0002,0000) FileMetaInformationGroupLength at 0x84 is ", ", not 76", "frame: 2 x 2 1 2 3 4"}},
		{"meta in implicit VR", join(make([]byte, 128), []byte("DICM"),
			implicit(tag.FileMetaInformationGroupLength, []byte{28, 0, 0, 0}), implicit(tag.TransferSyntaxUID, []byte(explicitLE+"\x00")), dataSet),
			[]string{"in implicit VR", "frame: 2 x 2"}},
		{"no transfer syntax", join(make([]byte, 128), []byte("DICM"), text(tag.MediaStorageSOPInstanceUID, "UI", "1.2.3"), dataSet),
			[]string{"no Transfer Syntax UID", "frame: 2 x 2"}},
		{"private transfer syntax", withMeta("1.3.6.1.4.1.99999.1", dataSet), []string{"frame: 2 x 2"}},
		{"unknown transfer syntax", withMeta("1.2.840.10008.1.2.999", dataSet), []string{"frame: 2 x 2 1 2 3 4"}},
		{"a transfer syntax that is no UID", withMeta("JPEG please", dataSet), []string{`(0002,0010) TransferSyntaxUID at 0x`, "JPEG please", "frame: 2 x 2 1 2 3 4"}},
		{"unknown transfer syntax, in fragments", grey(2, 2).encapsulated("1.2.840.10008.1.2.999", nil, []byte("abcd")), []string{"frame: dicomio: ", "not supported: the transfer syntax 1.2.840.10008.1.2.999"}},
		{"private transfer syntax, JPEG in fragments", jpegFile.encapsulated("1.3.6.1.4.1.99999.1", nil, jpeg), []string{"frame: 100 x 100"}},
		{"video", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.102", nil, []byte("\x00\x00\x00\x01video")), []string{"not supported: MPEG-4 AVC/H.264 High Profile / Level 4.1"}},
		{"JPEG XL", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.110", nil, []byte{0xFF, 0x0A, 0, 0}), []string{"not supported: JPEG XL Lossless"}},
		{"retired lossless JPEG", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.65", nil, []byte("abcd")), []string{"frame: dicomio: ", "(7FE0,0010) PixelData at 0x1ba: not a JPEG"}},
		{"implicit declared explicit", withMeta(explicitLE, implicitImage), []string{"written in implicit VR little endian", "frame: 2 x 2"}},
		{"explicit declared implicit", withMeta("1.2.840.10008.1.2", dataSet), []string{"written in explicit VR little endian", "frame: 2 x 2"}},
		{"little endian declared big", withMeta("1.2.840.10008.1.2.2", dataSet), []string{"written in explicit VR little endian", "frame: 2 x 2"}},
		{"big endian declared little", withMeta(explicitLE, bigEndianImage()), []string{"written in explicit VR big endian", "frame: 2 x 2"}},
		{"implicit declared big", withMeta("1.2.840.10008.1.2.2", implicitImage), []string{"written in implicit VR little endian", "frame: 2 x 2 1 2 3 4"}},
		{"big endian declared implicit", withMeta("1.2.840.10008.1.2", bigEndianImage()), []string{"written in explicit VR big endian", "frame: 2 x 2 1 2 3 4"}},
		{"implicit declared JPEG", withMeta("1.2.840.10008.1.2.4.70", implicitImage), []string{"written in implicit VR little endian", "frame: 2 x 2 1 2 3 4"}},
		{"big endian declared RLE", withMeta("1.2.840.10008.1.2.5", bigEndianImage()), []string{"written in explicit VR big endian", "frame: 2 x 2 1 2 3 4"}},
		{"implicit declared deflated", withMeta(deflatedTS, implicitImage), []string{"not deflated", "frame: 2 x 2 1 2 3 4"}},
		{"deflated declared little endian", withMeta(explicitLE, squeezed), []string{"error: dicomio: "}},
		{"deflated declared implicit", withMeta("1.2.840.10008.1.2", squeezed), []string{"error: dicomio: "}},
		{"native declared JPEG", withMeta("1.2.840.10008.1.2.4.50", dataSet), []string{"frame: 2 x 2 1 2 3 4"}},
		{"native declared JPEG 2000", withMeta("1.2.840.10008.1.2.4.90", dataSet), []string{"frame: 2 x 2 1 2 3 4"}},
		{"native declared RLE", withMeta("1.2.840.10008.1.2.5", dataSet), []string{"frame: 2 x 2 1 2 3 4"}},
		{"native declared video", withMeta("1.2.840.10008.1.2.4.102", dataSet), []string{"frame: 2 x 2 1 2 3 4"}},
		{"JPEG declared native", jpegFile.encapsulated(explicitLE, nil, jpeg), []string{"frame: 100 x 100"}},
		{"JPEG declared implicit", jpegFile.encapsulated("1.2.840.10008.1.2", nil, jpeg), []string{"written in explicit VR little endian", "frame: 100 x 100"}},
		{"JPEG declared RLE", jpegFile.encapsulated("1.2.840.10008.1.2.5", nil, jpeg), []string{"frame: 100 x 100"}},
		{"JPEG declared JPEG 2000", jpegFile.encapsulated("1.2.840.10008.1.2.4.90", nil, jpeg), []string{"frame: 100 x 100"}},
		{"JPEG declared video", jpegFile.encapsulated("1.2.840.10008.1.2.4.102", nil, jpeg), []string{"frame: 100 x 100"}},
		{"JPEG of known length", jpegFile.native("1.2.840.10008.1.2.4.50", jpeg), []string{"frame: 100 x 100"}},
		{"garbage of known length declared JPEG", jpegFile.native("1.2.840.10008.1.2.4.50", []byte("abcdefgh")), []string{"PixelData at 0x19e: 8 bytes, but the frame takes 10000: the file is truncated"}},
		{"RLE declared JPEG", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.70", nil, rle), []string{"frame: 2 x 2 1 2 3 4", "and it is RLE"}},
		{"RLE declared native", grey(2, 2).encapsulated(explicitLE, nil, rle[:len(rle)&^1]), []string{"frame: "}},
		{"native in fragments declared native", grey(2, 2).encapsulated(explicitLE, nil, words(1, 2, 3, 4)), []string{"frame: 2 x 2"}},
		{"native in fragments declared JPEG", grey(2, 2).encapsulated("1.2.840.10008.1.2.4.70", nil, words(1, 2, 3, 4)), []string{"not a JPEG"}},
		{"deflated", withMeta(deflatedTS, squeezed), []string{"frame: 2 x 2"}},
		{"deflated truncated", withMeta(deflatedTS, squeezed[:len(squeezed)/2]), []string{"truncated"}},
		{"deflated corrupt", withMeta(deflatedTS, squeezed[:40], random[:200]), []string{"the deflated data set is corrupt"}},
		{"deflated with garbage behind", withMeta(deflatedTS, squeezed, random[:200]), []string{"frame: 2 x 2"}},
		{"deflated in name only", withMeta(deflatedTS, dataSet), []string{"not deflated", "frame: 2 x 2"}},
	}
}

// bigEndianImage is a data set in explicit VR big endian.
func bigEndianImage() []byte {
	el := func(t tag.Tag, vr string, value []byte) []byte {
		b := be.AppendUint16(nil, t.Group())
		b = be.AppendUint16(b, t.Element())
		b = append(b, vr...)
		if vr == "OW" {
			return append(be.AppendUint32(append(b, 0, 0), uint32(len(value))), value...)
		}
		return append(be.AppendUint16(b, uint16(len(value))), value...)
	}
	us := func(t tag.Tag, v uint16) []byte { return el(t, "US", be.AppendUint16(nil, v)) }
	return join(el(tag.SOPClassUID, "UI", []byte("1.2.840.10008.5.1.4.1.1.7\x00")), us(tag.SamplesPerPixel, 1),
		el(tag.PhotometricInterpretation, "CS", []byte("MONOCHROME2 ")), us(tag.Rows, 2), us(tag.Columns, 2), us(tag.BitsAllocated, 16),
		us(tag.BitsStored, 16), us(tag.HighBit, 15), us(tag.PixelRepresentation, 0), el(tag.PixelData, "OW", []byte{0, 1, 0, 2, 0, 3, 0, 4}))
}

// zeroBlocks returns deflated bytes that make head and then a MiB of zeros n times.
func zeroBlocks(t testing.TB, head []byte, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	write := func(p []byte) []byte {
		begin := b.Len()
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return bytes.Clone(b.Bytes()[begin:])
	}
	first := write(append(head, make([]byte, 1<<20)...))
	return append(first, bytes.Repeat(write(make([]byte, 1<<20)), n)...) // a block refers to zeros before it, whichever they are
}

// TestDeflateBomb opens files of megabytes that would inflate to 10 GB.
func TestDeflateBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	const ts = "1.2.840.10008.1.2.1.99"
	tall := image{samples: 1, rows: 60000, columns: 4000, allocated: 8, stored: 8, high: 7, photometric: "MONOCHROME2"}
	for _, c := range []struct {
		name string
		head []byte
		want string
	}{
		{"zeros", nil, "error: "},
		{"a long value", join(identity(), headOf(tag.New(0x0019, 0x1010), "OB", 0xFFFFFFF0)), "inflates to more than is allowed"},
		{"long values", join(identity(), headOf(tag.New(0x0019, 0x1010), "SQ", undefined), item(tag.Item, undefined), headOf(tag.New(0x0019, 0x1010), "OB", 0xFFFFFFF0)), "inflates to more than is allowed"},
		{"pixel data", join(identity(), tall.elements(), headOf(tag.PixelData, "OW", 0xFFFFFFF0)), "frame: 4000 x 60000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := withMeta(ts, zeroBlocks(t, c.head, 10_000))
			var got string
			bounded(t, max(len(data), 4000*60000*10/64), func() { got = outcome(open(data)) })
			if !strings.Contains(got, c.want) {
				t.Errorf("%s: %s", c.name, got)
			}
		})
	}
}

// TestBombInBomb indexes a ZIP of some kilobytes whose member inflates to megabytes, which would inflate to 10 GB.
func TestBombInBomb(t *testing.T) {
	for name, head := range map[string][]byte{
		"zeros":        nil,
		"a long value": join(identity(), headOf(tag.New(0x0019, 0x1010), "OB", 0xFFFFFFF0)),
		"items":        join(identity(), headOf(tag.ContentSequence, "SQ", undefined)),
	} {
		root := t.TempDir()
		path := filepath.Join(root, "EXAM.ZIP")
		zipped(t, path, zip.Deflate, map[string][]byte{"BOMB": withMeta("1.2.840.10008.1.2.1.99", zeroBlocks(t, head, 10_000)), "IM1": sample.and(at(1, 4)).file()})
		info, err := os.Stat(path)
		if err != nil || info.Size() > 128<<10 {
			t.Fatal(info.Size(), err)
		}
		bounded(t, int(info.Size()), func() {
			x := scan(t, path)
			if _, ok := x.Instance("1.2.3.4.1"); !ok {
				t.Errorf("%s: the image beside it is lost: %v", name, x.Skipped)
			}
			if listed := x.Listing(0).Skipped; len(listed) != 1 || !strings.HasSuffix(listed[0].Path, "!BOMB") {
				t.Errorf("%s: %v", name, listed)
			} else {
				t.Logf("%s: %d KiB: %s", name, info.Size()>>10, listed[0].Reason)
			}
		})
	}
}
