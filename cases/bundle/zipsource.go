package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"rachis/dicomio"
)

// openZIP reads the directory of a ZIP and holds all of its bytes that are no file's to the form in which Rachis writes
// them. Nothing else can be in it: no comment, no gap, no second directory, no compression, no entry twice.
func openZIP(in string) (_ *source, err error) {
	f, err := os.Open(in)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bundle: %w", err), f.Close())
	}
	s := &source{name: filepath.Base(in), sizes: map[string]int64{}, close: f.Close}
	z := zipReader{file: f, size: info.Size()}
	if err := z.directory(); err != nil {
		s.problem(ProblemForm, s.name, "%v", err)
	}
	entries := map[string]zipEntry{}
	for i, e := range z.entries {
		if _, twice := entries[e.name]; twice {
			s.problem(ProblemForm, e.name, "it is in the ZIP twice")
			continue
		}
		if err := checkName(e.name); err != nil {
			s.problem(ProblemExtra, shown(e.name), "it is not of the bundle: %v", err)
			continue
		}
		if why := z.deviates(i); why != "" {
			s.problem(ProblemForm, e.name, "%s", why)
		}
		if i > 0 && order(z.entries[i-1].name, e.name) > 0 {
			s.problem(ProblemForm, e.name, "it stands after %s in the ZIP", shown(z.entries[i-1].name))
		}
		entries[e.name] = e
		s.sizes[e.name] = e.size
	}
	s.open = func(name string) (io.ReadCloser, error) {
		e, ok := entries[name]
		if !ok {
			return nil, os.ErrNotExist
		}
		return io.NopCloser(io.NewSectionReader(f, e.offset+int64(len(e.local())), e.size)), nil
	}
	s.location = func(name string) dicomio.Location { return dicomio.Location{Path: in, Member: name} }
	s.checked = func(name string, got *sums) {
		if e := entries[name]; got.crc != e.crc {
			s.problem(ProblemChanged, name, "its bytes and its checksum in the ZIP disagree")
		}
	}
	return s, nil
}

// zipReader reads a ZIP of our form.
type zipReader struct {
	file    *os.File
	size    int64
	entries []zipEntry // offset is where the entry must be
	central []byte     // the directory
	at      []int      // where in central each entry begins
}

var (
	errNoZIP     = errors.New("it is no ZIP, or its end is missing or was added to")
	errOtherForm = errors.New("not as Rachis writes it: the ZIP was changed, or packed by another program: unpack it and check the folder")
)

// directory reads the end of the ZIP and its directory. It returns what is wrong with either; the entries are then those
// that could be read, none when their places are not certain.
func (z *zipReader) directory() error {
	count, length, offset, err := z.end()
	if err != nil {
		return err
	}
	if count > maxFiles || length > int64(count)*maxCentral {
		return fmt.Errorf("it tells of %d files in a directory of %d bytes: at most %d files are allowed", count, length, maxFiles)
	}
	z.central = make([]byte, length)
	if _, err := z.file.ReadAt(z.central, offset); err != nil {
		return fmt.Errorf("its directory cannot be read: %w", pathless(err))
	}
	var next int64
	at := 0
	for i := range count {
		e, n, err := parseCentral(z.central[at:])
		if err != nil {
			z.entries = nil
			return fmt.Errorf("entry %d of its directory: %w", i+1, err)
		}
		e.offset = next
		if next += int64(len(e.local())) + e.size; next > offset {
			z.entries = nil
			return fmt.Errorf("entry %d of its directory: %s is longer than the ZIP", i+1, shown(e.name))
		}
		z.entries, z.at = append(z.entries, e), append(z.at, at)
		at += n
	}
	if at != len(z.central) || next != offset {
		z.entries = nil
		return errOtherForm
	}
	return nil
}

// end reads what follows the directory, which must be what zipEnd writes.
func (z *zipReader) end() (count int, length, offset int64, err error) {
	if z.size < endSize || z.size > maxZIPBytes {
		return 0, 0, 0, errNoZIP
	}
	b := make([]byte, min(z.size, endSize+locatorSize+end64Size))
	if _, err := z.file.ReadAt(b, z.size-int64(len(b))); err != nil {
		return 0, 0, 0, fmt.Errorf("it cannot be read: %w", pathless(err))
	}
	e := b[len(b)-endSize:]
	if little.Uint32(e) != endSignature {
		return 0, 0, 0, errNoZIP
	}
	entries, long, from := uint64(little.Uint16(e[10:])), uint64(little.Uint32(e[12:])), uint64(little.Uint32(e[16:]))
	if entries == unsaid16 || long == unsaid32 || from == unsaid32 {
		if len(b) < endSize+locatorSize+end64Size || little.Uint32(b) != end64Signature {
			return 0, 0, 0, errOtherForm
		}
		entries, long, from = little.Uint64(b[32:]), little.Uint64(b[40:]), little.Uint64(b[48:])
	}
	if entries > maxFiles || long > uint64(z.size) || from > uint64(z.size) {
		return 0, 0, 0, fmt.Errorf("it tells of %d files and a directory of %d bytes at %d, in %d bytes: at most %d files are allowed", entries, long, from, z.size, maxFiles)
	}
	count, length, offset = int(entries), int64(long), int64(from)
	want := zipEnd(count, length, offset)
	if offset+length+int64(len(want)) != z.size || !bytes.HasSuffix(b, want) {
		return 0, 0, 0, errOtherForm
	}
	return count, length, offset, nil
}

// parseCentral reads the parts that vary of a header in the directory, and its length.
func parseCentral(b []byte) (e zipEntry, n int, err error) {
	if len(b) < centralSize || little.Uint32(b) != centralSignature {
		return e, 0, errOtherForm
	}
	name, extra, comment := int(little.Uint16(b[28:])), int(little.Uint16(b[30:])), int(little.Uint16(b[32:]))
	n = centralSize + name + extra + comment
	if name > maxName || n > len(b) || n > maxCentral {
		return e, 0, errOtherForm
	}
	e = zipEntry{name: string(b[centralSize : centralSize+name]), crc: little.Uint32(b[16:]), size: int64(little.Uint32(b[24:]))}
	if e.size == unsaid32 {
		if extra < 4+8 {
			return e, 0, errOtherForm
		}
		size := little.Uint64(b[centralSize+name+4:])
		if size > maxZIPBytes {
			return e, 0, fmt.Errorf("%s: %d bytes are told", shown(e.name), size)
		}
		e.size = int64(size)
	}
	return e, n, nil
}

// deviates says where the headers of entry i are not what Rachis writes, "" when they are.
func (z *zipReader) deviates(i int) string {
	e := z.entries[i]
	end := len(z.central)
	if i+1 < len(z.at) {
		end = z.at[i+1]
	}
	if !bytes.Equal(z.central[z.at[i]:end], e.central()) {
		return "its header in the ZIP's directory is not as Rachis writes it"
	}
	want := e.local()
	have := make([]byte, len(want))
	if _, err := z.file.ReadAt(have, e.offset); err != nil {
		return fmt.Sprintf("its header in the ZIP cannot be read: %v", pathless(err))
	}
	if !bytes.Equal(have, want) {
		return "its header in the ZIP is not as Rachis writes it"
	}
	return ""
}
