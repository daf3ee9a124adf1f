package dicomio

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"rachis/dicomio/tag"
)

const mediaStorageDirectory = "1.2.840.10008.1.3.10"

// isDICOMDIR reports whether a file is a file-set's directory (PS3.3 F).
func isDICOMDIR(f *File) bool {
	return f.Meta.Text(tag.MediaStorageSOPClassUID) == mediaStorageDirectory || f.DataSet.Has(tag.DirectoryRecordSequence) && !f.HasPixels()
}

// reference is a file that a DICOMDIR names.
type reference struct {
	name       string   // as it stands there: "DCMDT\D0000039"
	components []string // nil when it would lead out of the folder
	sop        string   // its SOPInstanceUID, "" when not given
}

// maxComponents is how deep a referenced file may lie; the standard allows 8.
const maxComponents = 64

// referencesOf lists the files that a DICOMDIR names, in the order of its records. The offsets that link the records are not followed: each
// file tells by itself what it belongs to, so wrong, missing, reordered and circular ones do no harm.
func referencesOf(d *DataSet) []reference {
	var out []reference
	seen := map[string]bool{}
	for _, record := range d.Items(tag.DirectoryRecordSequence) {
		e := record.find(tag.ReferencedFileID)
		if e == nil {
			continue
		}
		if flag, ok := record.Int(tag.RecordInUseFlag); ok && flag == 0 {
			continue // deleted
		}
		if e.flags&deferred != 0 { // too long to be read with the header, and to be a name
			out = append(out, reference{name: fmt.Sprintf("a name of %d bytes", e.length)})
			continue
		}
		raw := bytes.TrimRight(record.raw(e), " \x00")
		if len(raw) == 0 {
			continue
		}
		name := string(raw)
		if !utf8.Valid(raw) { // not allowed there, and written by some
			name = latin1(raw)
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		out = append(out, reference{name: name, components: components(name), sop: record.Text(tag.ReferencedSOPInstanceUIDInFile)})
	}
	return out
}

// shortestRecord is about the length in bytes of the shortest record that names a file.
const shortestRecord = 64

// recordsLost reports whether a DICOMDIR ends before its records do. Some are written with lengths that are a little too large, and whole.
func recordsLost(f *File) bool {
	e := f.DataSet.find(tag.DirectoryRecordSequence)
	items := f.DataSet.Items(tag.DirectoryRecordSequence)
	if !f.Truncated || e == nil || len(items) == 0 {
		return f.Truncated
	}
	if last := items[len(items)-1]; e.length == undefinedLength || !last.Has(tag.ReferencedFileID) {
		return true
	}
	read := uint32(len(f.DataSet.bytes.buf)) - e.value
	return e.length >= read+shortestRecord
}

func latin1(raw []byte) string {
	runes := make([]rune, len(raw))
	for i, c := range raw {
		runes[i] = rune(c)
	}
	return string(runes)
}

// components splits a ReferencedFileID; nil when it does not stay within the folder of its DICOMDIR. Slashes are taken as separators too:
// some write them.
func components(name string) []string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '\\' || r == '/' })
	if len(parts) == 0 || len(parts) > maxComponents {
		return nil
	}
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if p == "" || p == "." || p == ".." || strings.ContainsAny(p, ":\x00") || len(p) > 255 {
			return nil
		}
		parts[i] = p
	}
	return parts
}

// folder is the names in a folder, for a search that does not mind case.
type folder struct {
	exact  map[string]bool
	folded map[string]string
}

func newFolder(names []string) folder {
	f := folder{make(map[string]bool, len(names)), make(map[string]string, len(names))}
	slices.Sort(names)
	for _, n := range names {
		f.exact[n] = true
		k := folded(n)
		if _, ok := f.folded[k]; !ok {
			f.folded[k] = n
		}
	}
	return f
}

// find returns the name in the folder that a component names.
func (f folder) find(component string) (string, bool) {
	if f.exact[component] {
		return component, true
	}
	name, ok := f.folded[folded(component)]
	return name, ok
}

// folded is a name as ISO 9660 compares it: without case, version and an empty extension.
func folded(name string) string {
	name, _, _ = strings.Cut(name, ";")
	return strings.ToUpper(strings.TrimSuffix(name, "."))
}
