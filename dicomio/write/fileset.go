package write

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/suyashkumar/dicom"

	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// Entry is a file of a file-set: its parsed header, unchanged by being listed, and its file ID.
type Entry struct {
	File *dicomio.File
	// Path is the file ID, a component each: "DICOM", "PT000001", "ST000001", "SE000001", "IM000001". One to eight
	// components of one to eight capitals, digits and underscores (PS3.10 8.2).
	Path []string
}

// Left is a file that a file-set cannot list, with the reason in English.
type Left struct {
	File   *dicomio.File
	Reason string
}

// Layout gives every file its file ID: DICOM/PT000001/ST000001/SE000001/IM000001, with SR, PR, KO, SC and PD in place
// of IM for reports, presentation states, key objects, secondary captures and encapsulated documents. Patients,
// studies and series are numbered as they first come. A file that a DICOMDIR cannot list is among left and has no
// entry: it still may be handed over elsewhere.
func Layout(files []*dicomio.File) (entries []Entry, left []Left) {
	numbers := map[string]int{}
	number := func(parent, key string) int {
		k := parent + "\x00" + key
		if numbers[k] == 0 {
			numbers[parent+"\x00\x00count"]++
			numbers[k] = numbers[parent+"\x00\x00count"]
		}
		return numbers[k]
	}
	last := map[string]int{}
	for _, f := range files {
		kind, reason := kindOf(f)
		if reason != "" {
			left = append(left, Left{f, reason})
			continue
		}
		k := keysOf(f)
		pt := fmt.Sprintf("PT%06d", number("", k.patient))
		st := fmt.Sprintf("ST%06d", number(pt, k.study))
		se := fmt.Sprintf("SE%06d", number(pt+st, k.series))
		place := pt + st + se + kind.prefix
		last[place]++
		entries = append(entries, Entry{f, []string{"DICOM", pt, st, se, fmt.Sprintf("%s%06d", kind.prefix, last[place])}})
	}
	return entries, left
}

// keys tell which patient, study and series a file belongs to.
type keys struct{ patient, study, series string }

func keysOf(f *dicomio.File) keys {
	d := f.DataSet
	return keys{
		patient: d.Text(tag.PatientID) + "\x01" + d.Text(tag.PatientName),
		study:   d.Text(tag.StudyInstanceUID),
		series:  d.Text(tag.SeriesInstanceUID),
	}
}

// node is a record of a DICOMDIR while it is made; the root has none.
type node struct {
	record   DataSet
	children []*node
	index    map[string]*node
	at       int // offset of the record's item
}

func (n *node) child(key string, record func() DataSet) *node {
	if c := n.index[key]; c != nil {
		return c
	}
	if n.index == nil {
		n.index = map[string]*node{}
	}
	c := &node{record: record()}
	n.index[key] = c
	n.children = append(n.children, c)
	return c
}

// FileSet returns the bytes of the DICOMDIR (PS3.3 F.3) of the entries: patient, study, series and instance records in
// the order of the entries, with the keys of the general purpose profiles. id is the File-set ID, at most 16 capitals,
// digits, spaces and underscores, "" for none. Text keeps the bytes and the character set that it has in its file. Keys
// that must not be empty and are (patient and study ID, study date and time, numbers) are invented. What cannot be
// listed is returned in left; a wrong path, or two entries of one path, is an error.
func FileSet(id string, entries []Entry) (dicomdir []byte, left []Left, err error) {
	root := &node{}
	seen := map[string]bool{}
	for _, e := range entries {
		if err := checkFileID(e.Path); err != nil {
			return nil, nil, fmt.Errorf("write: DICOMDIR: %s: %w", e.File.Location, err)
		}
		path := strings.Join(e.Path, `\`)
		if seen[path] {
			return nil, nil, fmt.Errorf("write: DICOMDIR: %s: the file ID %s is taken", e.File.Location, path)
		}
		seen[path] = true
		kind, reason := kindOf(e.File)
		if reason != "" {
			left = append(left, Left{e.File, reason})
			continue
		}
		f, k := e.File, keysOf(e.File)
		patient := root.child(k.patient, func() DataSet { return patientRecord(f, len(root.children)+1) })
		study := patient.child(k.study, func() DataSet { return studyRecord(f, len(patient.children)+1) })
		series := study.child(k.series, func() DataSet { return seriesRecord(f, len(study.children)+1) })
		leaf := instanceRecord(kind, f, len(series.children)+1)
		leaf[tag.ReferencedFileID] = e.Path
		series.children = append(series.children, &node{record: leaf})
	}
	b, err := lay(root, id)
	if err != nil {
		return nil, nil, fmt.Errorf("write: DICOMDIR: %w", err)
	}
	return b, left, nil
}

// lay writes the tree twice: once to learn where each record begins, once with those offsets in their places.
func lay(root *node, id string) ([]byte, error) {
	var records []*node
	var walk func(*node)
	walk = func(n *node) {
		for _, c := range n.children {
			records = append(records, c)
			walk(c)
		}
	}
	walk(root)
	link(root)
	write := func() ([]byte, error) {
		items := make([]DataSet, len(records))
		for i, r := range records {
			items[i] = r.record
		}
		ds := DataSet{
			tag.FileSetID: nil, tag.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity: 0, tag.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity: 0, tag.FileSetConsistencyFlag: 0,
			tag.DirectoryRecordSequence: items,
		}
		if id != "" {
			ds[tag.FileSetID] = id
		}
		if n := len(root.children); n > 0 {
			ds[tag.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity] = root.children[0].at
			ds[tag.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity] = root.children[n-1].at
		}
		return encode(ds, latin1, mediaStorageDirectory, SeededUID(append([]string{"DICOMDIR", id}, instances(records)...)...))
	}
	first, err := write()
	if err != nil {
		return nil, err
	}
	// Items and the sequence have undefined length: a header of 8 bytes, the elements, a delimiter of 8 bytes.
	const header, delimiter = 8, 8
	sizes := make([]int, len(records))
	total := delimiter
	for i, r := range records {
		if sizes[i], err = size(r.record); err != nil {
			return nil, err
		}
		sizes[i] += header + delimiter
		total += sizes[i]
	}
	at := len(first) - total
	for i, r := range records {
		r.at = at
		at += sizes[i]
	}
	link(root)
	b, err := write()
	if err != nil {
		return nil, err
	}
	if len(b) != len(first) {
		panic("write: a DICOMDIR changed its length with its offsets")
	}
	return b, nil
}

// link sets the offsets of every child's next sibling and first child.
func link(n *node) {
	for i, c := range n.children {
		next, lower := 0, 0
		if i+1 < len(n.children) {
			next = n.children[i+1].at
		}
		if len(c.children) > 0 {
			lower = c.children[0].at
		}
		c.record[tag.OffsetOfTheNextDirectoryRecord] = next
		c.record[tag.RecordInUseFlag] = 0xffff
		c.record[tag.OffsetOfReferencedLowerLevelDirectoryEntity] = lower
		link(c)
	}
}

// size returns how many bytes the elements of a record take.
func size(record DataSet) (int, error) {
	els, err := encoder{charset: latin1}.elements(record)
	if err != nil {
		return 0, err
	}
	var n counter
	w, err := dicom.NewWriter(&n)
	if err != nil {
		return 0, err
	}
	w.SetTransferSyntax(littleEndian, false)
	for _, el := range els {
		if err := w.WriteElement(el); err != nil {
			return 0, err
		}
	}
	return int(n), nil
}

// counter counts the bytes written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// instances returns the SOP instance UIDs of the records, from which the DICOMDIR's own is made.
func instances(records []*node) []string {
	var out []string
	for _, r := range records {
		if v, ok := r.record[tag.ReferencedSOPInstanceUIDInFile].(string); ok {
			out = append(out, v)
		}
	}
	return out
}

// checkFileID holds a file ID to PS3.10 8.2 and 8.5.
func checkFileID(path []string) error {
	if len(path) < 1 || len(path) > 8 {
		return fmt.Errorf("file ID of %d components: 1 to 8 are allowed", len(path))
	}
	for _, c := range path {
		if len(c) < 1 || len(c) > 8 || strings.IndexFunc(c, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
		}) >= 0 {
			return fmt.Errorf("file ID component %q: 1 to 8 of A-Z, 0-9 and _ are allowed", c)
		}
	}
	return nil
}

// record starts a directory record of a type, with the file's character set if its text needs one.
func record(kind string, f *dicomio.File, tags ...tag.Tag) DataSet {
	r := DataSet{tag.DirectoryRecordType: kind}
	for _, t := range tags {
		copyKey(r, f.DataSet, t)
	}
	takeCharset(r, f)
	return r
}

func patientRecord(f *dicomio.File, n int) DataSet {
	r := record("PATIENT", f, tag.PatientName, tag.PatientID)
	invent(r, tag.PatientID, fmt.Sprintf("UNKNOWN%06d", n))
	return r
}

func studyRecord(f *dicomio.File, n int) DataSet {
	r := record("STUDY", f, tag.StudyDate, tag.StudyTime, tag.AccessionNumber, tag.StudyDescription, tag.StudyInstanceUID, tag.StudyID)
	date := cmp.Or(digits(f.DataSet.Text(tag.SeriesDate), 8), digits(f.DataSet.Text(tag.AcquisitionDate), 8), digits(f.DataSet.Text(tag.ContentDate), 8), "19000101")
	clock := cmp.Or(digits(f.DataSet.Text(tag.SeriesTime), 6), digits(f.DataSet.Text(tag.AcquisitionTime), 6), digits(f.DataSet.Text(tag.ContentTime), 6), "000000")
	invent(r, tag.StudyDate, date)
	invent(r, tag.StudyTime, clock)
	invent(r, tag.StudyID, strconv.Itoa(n))
	return r
}

func seriesRecord(f *dicomio.File, n int) DataSet {
	r := record("SERIES", f, tag.Modality, tag.SeriesInstanceUID, tag.SeriesNumber)
	invent(r, tag.Modality, "OT")
	invent(r, tag.SeriesNumber, strconv.Itoa(n))
	return r
}

func instanceRecord(k kind, f *dicomio.File, n int) DataSet {
	r := record(k.record, f, k.keys...)
	invent(r, tag.InstanceNumber, strconv.Itoa(n))
	for _, t := range k.keys {
		if value, ok := invented[t]; ok {
			invent(r, t, value)
		}
	}
	if r[tag.ImageType] == nil {
		delete(r, tag.ImageType)
	}
	if k.concept {
		// The modifiers of the root tell the document's language and the like (PS3.3 F.5.21).
		var modifiers []DataSet
		for _, it := range f.DataSet.Items(tag.ContentSequence) {
			if it.Text(tag.RelationshipType) == "HAS CONCEPT MOD" {
				modifiers = append(modifiers, copyItem(it))
			}
		}
		if modifiers != nil {
			r[tag.ContentSequence] = modifiers
			takeCharset(r, f)
		}
	}
	if k.record == "SR DOCUMENT" && f.DataSet.Text(tag.VerificationFlag) == "VERIFIED" {
		latest := ""
		for _, it := range f.DataSet.Items(tag.VerifyingObserverSequence) {
			latest = max(latest, it.Text(tag.VerificationDateTime))
		}
		if latest != "" {
			r[tag.VerificationDateTime] = latest
		}
	}
	r[tag.ReferencedSOPClassUIDInFile] = f.DataSet.Text(tag.SOPClassUID)
	r[tag.ReferencedSOPInstanceUIDInFile] = f.DataSet.Text(tag.SOPInstanceUID)
	r[tag.ReferencedTransferSyntaxUIDInFile] = f.TransferSyntax
	if f.TransferSyntax == "" {
		r[tag.ReferencedTransferSyntaxUIDInFile] = implicitVRLittleEndian
	}
	return r
}

// takeCharset adds the file's character set when the record's text is more than ASCII.
func takeCharset(r DataSet, f *dicomio.File) {
	if cs, ok := f.DataSet.Element(tag.SpecificCharacterSet); ok && len(cs.Value) > 0 && needsCharset(r) {
		r[tag.SpecificCharacterSet] = raw{"CS", pad("CS", trimPadding(cs.Value))}
	}
}

// invented are the values of instance keys that must not be empty and claim nothing.
var invented = map[tag.Tag]string{
	tag.ContentDate: "19000101", tag.ContentTime: "000000", tag.PresentationCreationDate: "19000101", tag.PresentationCreationTime: "000000",
	tag.ContentLabel: "UNNAMED", tag.RTPlanLabel: "UNNAMED", tag.StructureSetLabel: "UNNAMED",
	tag.CompletionFlag: "PARTIAL", tag.VerificationFlag: "UNVERIFIED",
}

// invent gives a key that must not be empty a value.
func invent(r DataSet, t tag.Tag, value string) {
	if v, ok := r[t].(raw); !ok || len(trimPadding(v.bytes)) == 0 {
		r[t] = value
	}
}

// digits returns the first n characters of s if they are digits, else "".
func digits(s string, n int) string {
	if len(s) < n || strings.Trim(s[:n], "0123456789") != "" {
		return ""
	}
	return s[:n]
}

// copyKey copies an attribute as it stands in the file, empty when it is absent or breaks its VR.
func copyKey(to DataSet, from *dicomio.DataSet, t tag.Tag) {
	el, ok := from.Element(t)
	if v, known := copied(t, el, from); ok && known {
		to[t] = v
		return
	}
	to[t] = nil
}

func copied(t tag.Tag, el dicomio.Element, from *dicomio.DataSet) (any, bool) {
	vr, err := encoder{}.vrOf(t, nil)
	if err != nil {
		return nil, false
	}
	switch vr {
	case "SQ":
		items := []DataSet{}
		for _, it := range from.Items(t) {
			items = append(items, copyItem(it))
		}
		return items, true
	case "US", "SS", "UL", "SL":
		return from.Ints(t), true
	case "FL", "FD":
		return from.Floats(t), true
	case "OB", "OW", "UN", "OF", "OD", "OL", "AT":
		return nil, false
	}
	b := trimPadding(el.Value)
	if len(b) > 0xfffe || !isText(vr) && !valid(vr, string(b)) {
		return nil, false
	}
	return raw{vr, pad(vr, b)}, true
}

// valid reports whether each value of a VR whose characters are ASCII obeys it.
func valid(vr, s string) bool {
	for v := range strings.SplitSeq(s, `\`) {
		if checkString(vr, strings.Trim(v, " ")) != nil {
			return false
		}
	}
	return true
}

// copyItem copies a sequence item of code and text attributes.
func copyItem(it *dicomio.DataSet) DataSet {
	out := DataSet{}
	for el := range it.All() {
		if el.Tag.Private() || el.Tag.Element() == 0 {
			continue
		}
		if v, ok := copied(el.Tag, el, it); ok {
			out[el.Tag] = v
		}
	}
	return out
}

// trimPadding returns b without the spaces and NULs at its end. It does not share its end with b.
func trimPadding(b []byte) []byte {
	n := len(b)
	for n > 0 && (b[n-1] == ' ' || b[n-1] == 0) {
		n--
	}
	return slices.Clip(b[:n])
}

// pad returns b at an even length.
func pad(vr string, b []byte) []byte {
	if len(b)%2 == 0 {
		return b
	}
	if vr == "UI" {
		return append(slices.Clip(b), 0)
	}
	return append(slices.Clip(b), ' ')
}

// needsCharset reports whether any copied text holds more than ASCII, or an escape to another character set.
func needsCharset(r DataSet) bool {
	for _, v := range r {
		switch v := v.(type) {
		case raw:
			for _, c := range v.bytes {
				if c >= 0x80 || c == 0x1b {
					return true
				}
			}
		case []DataSet:
			if slices.ContainsFunc(v, needsCharset) {
				return true
			}
		}
	}
	return false
}
