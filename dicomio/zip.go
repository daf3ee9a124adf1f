package dicomio

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// archive is a ZIP that is being read.
type archive struct {
	path    string
	file    *os.File
	size    int64
	members []*zip.File // those with bytes
	jobs    atomic.Int32
	names   map[string]bool // folded
}

// memberName is a member's name for people. Names that are not UTF-8 are in the code page of DOS, as the standard of ZIP says.
func memberName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	if s, err := charmap.CodePage850.NewDecoder().String(name); err == nil {
		return s
	}
	return strings.ToValidUTF8(name, "\uFFFD")
}

// maxMembers is how many members of a ZIP are read.
const maxMembers = 1 << 20

// archive reads the directory of a ZIP and makes jobs of its members.
func (s *scanner) archive(name string, o *outcome) {
	f, size, err := openRegular(name)
	if err != nil {
		o.skip(name, SkipUnreadable, pathless(err).Error())
		return
	}
	z, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is unpacked, so no path is insecure
		_ = f.Close()
		o.files++
		o.skip(name, SkipZIP, "a ZIP that cannot be read: "+err.Error())
		return
	}
	if document(z.File) {
		_ = f.Close()
		o.files++
		o.skip(name, SkipNotDICOM, ErrNotDICOM.Error())
		return
	}
	a := &archive{path: name, file: f, size: size, names: map[string]bool{}}
	encrypted := 0
	for _, m := range z.File {
		switch {
		case strings.HasSuffix(m.Name, "/"), m.FileInfo().IsDir():
			continue
		case m.Flags&1 != 0 || m.Method == 99:
			encrypted++
		case len(a.members) < maxMembers:
			a.members = append(a.members, m)
		}
		a.names[memberKey(m.Name)] = true
	}
	if encrypted > 0 {
		o.files++
		o.skip(name, SkipEncrypted, fmt.Sprintf("%d of its %d files are encrypted: unpack it with its password first", encrypted, encrypted+len(a.members)))
	}
	if len(a.members) == 0 {
		_ = f.Close()
		if encrypted == 0 {
			o.files++
			o.skip(name, SkipZIP, "a ZIP with no files in it")
		}
		return
	}
	var jobs []job
	for i := 0; i < len(a.members); i += chunk {
		jobs = append(jobs, job{zip: a, first: i, count: min(chunk, len(a.members)-i)})
	}
	a.jobs.Store(int32(len(jobs)))
	slices.Reverse(jobs)
	s.push(jobs...)
}

// document reports whether a ZIP is a program or an office document.
func document(members []*zip.File) bool {
	for i, m := range members {
		if m.Name == "[Content_Types].xml" || m.Name == "mimetype" || strings.HasPrefix(m.Name, "META-INF/") || m.Name == "AndroidManifest.xml" {
			return true
		}
		if i > 16 {
			break
		}
	}
	return false
}

func memberKey(name string) string {
	name = strings.ReplaceAll(name, "\\", "/")
	return folded(path.Clean("/" + memberName(name)))
}

// resolve returns the path of a file that a DICOMDIR in the ZIP names, and whether it is there. The DICOMDIR is given as member.
func (a *archive) resolve(dicomdir string, parts []string) (string, bool) {
	base := path.Dir(strings.ReplaceAll(dicomdir, "\\", "/"))
	name := path.Join(append([]string{base}, parts...)...)
	return a.path + "!" + memberName(name), a.names[memberKey(name)]
}

// members reads some members of a ZIP.
func (s *scanner) members(j job, x *extractor, o *outcome) {
	a := j.zip
	defer func() {
		if a.jobs.Add(-1) == 0 {
			_ = a.file.Close() // it was only read
		}
	}()
	for _, m := range a.members[j.first : j.first+j.count] {
		if s.ctx.Err() != nil {
			return
		}
		o.last = a.path + "!" + memberName(m.Name)
		s.member(a, m, x, o)
	}
}

// maxMemberHeader is how much a deflated member may inflate to before its header ends.
const maxMemberHeader = 64 << 20

func (s *scanner) member(a *archive, m *zip.File, x *extractor, o *outcome) {
	o.files++
	shown := a.path + "!" + memberName(m.Name)
	if mode := m.Mode(); mode.Type() != 0 {
		o.skip(shown, SkipSpecial, "not a regular file")
		return
	}
	at, err := memberOf(m, a.size)
	if err != nil {
		var unsupported UnsupportedError
		if errors.As(err, &unsupported) {
			o.skip(shown, SkipZIP, err.Error())
			return
		}
		o.skip(shown, SkipUnreadable, err.Error())
		return
	}
	section := io.NewSectionReader(a.file, at.offset, at.compressed)
	p := &peeker{ReaderAt: section}
	size := at.compressed
	if at.method != zip.Store {
		z := newInflater(section, at.compressed, maxMemberHeader)
		z.ctx = s.ctx
		p.ReaderAt, size = z, at.size
	}
	f, err := x.parse(s.ctx, p, size, Location{Path: a.path, Member: m.Name})
	switch {
	case s.ctx.Err() != nil:
	case err != nil && string(p.head[:]) == "PK\x03\x04":
		o.skip(shown, SkipZIP, "a ZIP in a ZIP: unpack it first")
	case err != nil:
		o.unread(shown, err)
	case isDICOMDIR(f):
		o.directories = append(o.directories, directory{path: m.Name, references: s.usable(f, o), zip: a})
	default:
		o.records = append(o.records, x.record(f, size))
	}
}
