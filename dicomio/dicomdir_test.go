package dicomio_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// dirRecord is a record of a DICOMDIR. Its offsets are as given, wrong or not.
type dirRecord struct {
	kind, file, sop string
	next, lower     uint32
	unused          bool
}

func ul(t tag.Tag, v uint32) []byte { return el(t, "UL", le.AppendUint32(nil, v)) }

// dicomdir writes a DICOMDIR of records, with the given root offset.
func dicomdir(root uint32, records ...dirRecord) []byte {
	var items []byte
	for _, r := range records {
		use := uint16(0xFFFF)
		if r.unused {
			use = 0
		}
		inner := join(ul(tag.OffsetOfTheNextDirectoryRecord, r.next), us(tag.RecordInUseFlag, use),
			ul(tag.OffsetOfReferencedLowerLevelDirectoryEntity, r.lower), text(tag.DirectoryRecordType, "CS", r.kind))
		if r.file != "" {
			inner = join(inner, text(tag.ReferencedFileID, "CS", r.file))
			if r.sop != "" {
				inner = join(inner, text(tag.ReferencedSOPInstanceUIDInFile, "UI", r.sop))
			}
		}
		items = append(append(items, item(tag.Item, uint32(len(inner)))...), inner...)
	}
	meta := join(text(tag.MediaStorageSOPClassUID, "UI", "1.2.840.10008.1.3.10"), text(tag.MediaStorageSOPInstanceUID, "UI", "1.2.3"),
		text(tag.TransferSyntaxUID, "UI", explicitLE))
	return join(make([]byte, 128), []byte("DICM"), el(tag.FileMetaInformationGroupLength, "UL", le.AppendUint32(nil, uint32(len(meta)))), meta,
		text(tag.FileSetID, "CS", "TEST"), ul(tag.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, root),
		ul(tag.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, root), us(tag.FileSetConsistencyFlag, 0),
		headOf(tag.DirectoryRecordSequence, "SQ", uint32(len(items))), items)
}

func images(names ...string) []dirRecord {
	var out []dirRecord
	for _, n := range names {
		out = append(out, dirRecord{kind: "IMAGE", file: n})
	}
	return out
}

// TestDICOMDIRHostile gives and leaves lying about DICOMDIRs that lie. The two images that are there are found each time.
func TestDICOMDIRHostile(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want []string // code and a part of the reason, in order
	}{
		{"sound", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`)...), nil},
		{"lower case", dicomdir(396, images(`dicom\im0001`, `dicom\im0002`)...), nil},
		{"slashes", dicomdir(396, images(`DICOM/IM0001`, `/DICOM/IM0002`)...), nil},
		{"versions", dicomdir(396, images(`DICOM\IM0001.;1`, `DICOM\IM0002;1`)...), nil},
		{"twice", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0001`, `dicom\IM0001`, `DICOM\IM0002`)...), nil},
		{"next is itself", dicomdir(396, dirRecord{kind: "PATIENT", next: 396, lower: 396}, images(`DICOM\IM0001`)[0], images(`DICOM\IM0002`)[0]), nil},
		{"offsets past the end", dicomdir(0xFFFFFFF0, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, next: 0xFFFFFFFF, lower: 1 << 30},
			dirRecord{kind: "IMAGE", file: `DICOM\IM0002`, next: 3, lower: 7}), nil},
		{"unknown types", dicomdir(396, dirRecord{kind: "WHATEVER", file: `DICOM\IM0001`}, dirRecord{kind: "", file: `DICOM\IM0002`}), nil},
		{"missing", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `DICOM\IM0003`, `OTHER\X`, `DICOM\IM0001\IM1`)...),
			[]string{`missing DICOM\IM0001\IM1`, `missing DICOM\IM0003`, `missing OTHER\X`}},
		{"deleted", dicomdir(396, append(images(`DICOM\IM0001`, `DICOM\IM0002`), dirRecord{kind: "IMAGE", file: `DICOM\IM0009`, unused: true})...), nil},
		{"out of its folder", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `..\..\etc\passwd`, `C:\WINDOWS\X`, `DICOM\.\IM0001`, `DICOM\..\DICOM\IM0001`)...),
			[]string{"unsafe passwd", "unsafe WINDOWS", "unsafe IM0001", "unsafe IM0001"}},
		{"absolute", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `/etc/passwd`)...), []string{"missing /etc/passwd"}},
		{"itself", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `DICOMDIR`)...), nil},
		{"next is mid-item", dicomdir(403, dirRecord{kind: "PATIENT", next: 411, lower: 399}, images(`DICOM\IM0001`)[0], images(`DICOM\IM0002`)[0]), nil},
		{"a cycle of three", dicomdir(396, dirRecord{kind: "PATIENT", next: 480, lower: 560}, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, next: 560}, dirRecord{kind: "IMAGE", file: `DICOM\IM0002`, next: 396, lower: 396}), nil},
		{"a lower level that leads up", dicomdir(396, dirRecord{kind: "PATIENT", lower: 470}, dirRecord{kind: "STUDY", lower: 396}, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, lower: 470}, images(`DICOM\IM0002`)[0]), nil},
		{"no patient record", dicomdir(396, dirRecord{kind: "STUDY", lower: 480}, dirRecord{kind: "SERIES"}, images(`DICOM\IM0001`)[0], images(`DICOM\IM0002`)[0]), nil},
		{"drive letters", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `D:\DICOM\IM0001`, `D:IM0001`, `\\SERVER\SHARE\IM0001`)...),
			[]string{`unsafe D:\\DICOM\\IM0001`, `unsafe D:IM0001`, `missing \\SERVER\SHARE\IM0001`}},
		{"nine components", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `A\B\C\D\E\F\G\H\I`)...), []string{`missing A\B\C\D\E\F\G\H\I`}},
		{"two records on one file", dicomdir(396, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, sop: "1.2.3.4.1"}, dirRecord{kind: "IMAGE", file: `DICOM\IM0001`, sop: "1.2.3.4.9"}, images(`DICOM\IM0002`)[0]), nil},
		{"itself, in small letters", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `dicomdir`, `DICOMDIR.;1`)...), nil},
		{"names with control characters", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, "\x1b[31m\x07X", "A\nB")...), []string{"missing \ufffd[31m\ufffdX", "missing A\ufffdB"}},
		{"names of 60,000 characters", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, strings.Repeat("A", 60_000))...), []string{"unsafe a name of 60000 bytes"}},
		{"names of nothing", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `\`, `\\\`, ` `, `/`)...), []string{`unsafe \`, `unsafe \`, `unsafe /`}},
		{"very deep", dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, strings.Repeat(`A\`, 500)+"B")...), []string{"unsafe A"}},
	} {
		root := t.TempDir()
		names := stack(t, filepath.Join(root, "DICOM"), 2)
		if len(names) != 2 {
			t.Fatal(names)
		}
		dir := filepath.Join(root, "DICOMDIR")
		put(t, dir, c.data)
		for _, given := range []string{dir, root} {
			x := scan(t, given)
			if se := only(t, x); len(se.Instances) != 2 {
				t.Errorf("%s, %s given: %d instances", c.name, filepath.Base(given), len(se.Instances))
			}
			ok := len(x.Skipped) == len(c.want)
			for _, w := range c.want {
				code, part, _ := strings.Cut(w, " ")
				ok = ok && slices.ContainsFunc(x.Skipped, func(s dicomio.Skipped) bool {
					return s.Code == code && strings.Contains(s.Reason, part) && strings.HasPrefix(s.Path, root)
				})
			}
			if !ok {
				t.Errorf("%s, %s given: skipped %v, want %v", c.name, filepath.Base(given), x.Skipped, c.want)
			}
		}
	}
}

func TestDICOMDIRBroken(t *testing.T) {
	whole := dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`)...)
	for name, data := range map[string][]byte{"empty": dicomdir(0), "cut": whole[:len(whole)-20],
		"cut between records": whole[:len(whole)-len(dicomdir(396, images(`DICOM\IM0002`)...))+len(dicomdir(396))]} {
		root := t.TempDir()
		stack(t, filepath.Join(root, "DICOM"), 2)
		put(t, filepath.Join(root, "DICOMDIR"), data)
		x := scan(t, root)
		if len(only(t, x).Instances) != 2 || codes(x)["DICOMDIR"] != dicomio.SkipDICOMDIR {
			t.Errorf("%s: %v", name, x.Skipped)
		}
		x = scan(t, filepath.Join(root, "DICOMDIR"))
		if codes(x)["DICOMDIR"] != dicomio.SkipDICOMDIR {
			t.Errorf("%s given: %v", name, x.Skipped)
		}
	}
}

// TestDICOMDIRNamesFolder: a folder that is named as a file is not read as one.
func TestDICOMDIRNamesFolder(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "DICOM"), 2)
	put(t, filepath.Join(root, "DICOMDIR"), dicomdir(396, images(`DICOM\IM0001`, `DICOM\IM0002`, `DICOM`)...))
	if x := scan(t, root); len(only(t, x).Instances) != 2 || len(x.Skipped) != 0 {
		t.Errorf("%v", x.Skipped)
	}
	if x := scan(t, filepath.Join(root, "DICOMDIR")); len(only(t, x).Instances) != 2 || codes(x)["DICOM"] != dicomio.SkipSpecial {
		t.Errorf("given: %v", x.Skipped)
	}
}

// TestDICOMDIRRenamed: a file that lies elsewhere under another name is not missing.
func TestDICOMDIRRenamed(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "copied"), 2)
	put(t, filepath.Join(root, "DICOMDIR"), dicomdir(396, dirRecord{kind: "IMAGE", file: `DICOM\IM1`, sop: "1.2.3.4.1"},
		dirRecord{kind: "IMAGE", file: `DICOM\IM3`, sop: "1.2.3.4.3"}))
	if x := scan(t, root); len(x.Skipped) != 1 || !strings.Contains(x.Skipped[0].Reason, "IM3") {
		t.Errorf("%v", x.Skipped)
	}
}

func TestDICOMDIRLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	root := t.TempDir()
	stack(t, filepath.Join(root, "DICOM"), 2)
	var records []dirRecord
	for i := range 100_000 {
		records = append(records, dirRecord{kind: "IMAGE", file: fmt.Sprintf(`DICOM\IM%04d`, i)})
	}
	put(t, filepath.Join(root, "DICOMDIR"), dicomdir(396, records...))
	if x := scan(t, root); len(only(t, x).Instances) != 2 || len(x.Skipped) != 100_000-2 {
		t.Errorf("%d skipped", len(x.Skipped))
	}
}

// TestDICOMDIRMillion reads DICOMDIRs of a million records: those that name no file, and those that all name the same one.
func TestDICOMDIRMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine")
	}
	root := t.TempDir()
	stack(t, filepath.Join(root, "DICOM"), 2)
	for name, inner := range map[string][]byte{"of nothing": us(tag.RecordInUseFlag, 0xFFFF), "of one file": text(tag.ReferencedFileID, "CS", `DICOM\IM0001`)} {
		head := dicomdir(396)
		head = head[:len(head)-12]
		items := bytes.Repeat(join(item(tag.Item, uint32(len(inner))), inner), 1_000_000)
		data := join(head, headOf(tag.DirectoryRecordSequence, "SQ", uint32(len(items))), items)
		put(t, filepath.Join(root, "DICOMDIR"), data)
		bounded(t, len(data), func() {
			if x := scan(t, root); len(only(t, x).Instances) != 2 || len(x.Skipped) > 1 {
				t.Errorf("%s: %v", name, x.Skipped)
			}
		})
		bounded(t, len(data), func() { scan(t, filepath.Join(root, "DICOMDIR")) })
	}
}
