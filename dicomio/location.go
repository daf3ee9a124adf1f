package dicomio

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Location says where a file's bytes are: a file on disk, or a member of a ZIP on disk.
type Location struct {
	Path   string `json:"path"`
	Member string `json:"member,omitempty"`
}

// String is the path as shown to people: "exam.zip!DICOM/IM1" for a member.
func (l Location) String() string {
	if l.Member == "" {
		return l.Path
	}
	return l.Path + "!" + l.Member
}

// Open parses the header; pixels are not read and no descriptor is kept open.
func (l Location) Open() (*File, error) {
	open, err := l.opener()
	if err != nil {
		return nil, &Error{Path: l.String(), Offset: -1, Err: err}
	}
	src, err := open()
	if err != nil {
		return nil, &Error{Path: l.String(), Offset: -1, Err: err}
	}
	defer src.close()
	f, err := ParseHeader(src, src.size, l, Options{})
	if err != nil {
		return nil, err
	}
	f.length, f.open = src.size, func() (source, error) { // the places of the frames are those of these bytes
		again, err := open()
		if err == nil && again.stamp != src.stamp {
			again.close()
			return source{}, ErrReplaced
		}
		return again, err
	}
	return f, nil
}

// Bytes returns a reader of the file's or member's bytes, and their number. The caller closes it. It is for one goroutine.
func (l Location) Bytes() (io.ReaderAt, int64, io.Closer, error) {
	open, err := l.opener()
	if err != nil {
		return nil, 0, nil, &Error{Path: l.String(), Offset: -1, Err: err}
	}
	src, err := open()
	if err != nil {
		return nil, 0, nil, &Error{Path: l.String(), Offset: -1, Err: err}
	}
	return src, src.size, closer(src.close), nil
}

type closer func() error

func (c closer) Close() error { return c() }

// source is an open file.
type source struct {
	io.ReaderAt
	size  int64
	close func() error
	stamp stamp
}

// stamp tells a file on disk from another one that has come to lie in its place. The zero value is of what cannot be replaced.
type stamp struct{ size, modified int64 }

// opener returns what opens the bytes again and again. For a member of a ZIP the directory of the ZIP is read here, once.
func (l Location) opener() (func() (source, error), error) {
	if l.Member == "" {
		return func() (source, error) {
			f, size, err := openRegular(l.Path)
			if err != nil {
				return source{}, err
			}
			return source{f, size, f.Close, stampOf(f)}, nil
		}, nil
	}
	m, err := l.findMember()
	if err != nil {
		return nil, err
	}
	return func() (source, error) {
		f, _, err := openRegular(l.Path)
		if err != nil {
			return source{}, err
		}
		section := io.NewSectionReader(f, m.offset, m.compressed)
		if m.method == zip.Store {
			return source{section, m.compressed, f.Close, stampOf(f)}, nil
		}
		return source{newInflater(section, m.compressed, maxInflated), m.size, f.Close, stampOf(f)}, nil
	}, nil
}

// stampOf is that of an open file, whatever lies at its path by now.
func stampOf(f *os.File) stamp {
	info, err := f.Stat()
	if err != nil {
		return stamp{size: -1}
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}
}

// openRegular opens a regular file; anything else could block for ever.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, pathless(err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("not a regular file: %w", ErrNotDICOM)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, pathless(err)
	}
	return f, info.Size(), nil
}

// pathless takes the path out of an error that will be given it again.
func pathless(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// member is where the bytes of a ZIP's member are.
type member struct {
	offset, compressed, size int64
	method                   uint16
}

func (l Location) findMember() (member, error) {
	f, size, err := openRegular(l.Path)
	if err != nil {
		return member{}, err
	}
	defer f.Close()
	z, err := zip.NewReader(f, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return member{}, err
	}
	for _, m := range z.File {
		if m.Name != l.Member {
			continue
		}
		return memberOf(m, size)
	}
	return member{}, os.ErrNotExist
}

func memberOf(m *zip.File, size int64) (member, error) {
	if m.Flags&1 != 0 {
		return member{}, UnsupportedError("an encrypted ZIP")
	}
	if m.Method != zip.Store && m.Method != zip.Deflate {
		return member{}, UnsupportedError(fmt.Sprintf("ZIP compression method %d", m.Method))
	}
	offset, err := m.DataOffset()
	if err != nil {
		return member{}, err
	}
	out := member{offset: offset, compressed: int64(m.CompressedSize64), size: int64(m.UncompressedSize64), method: m.Method}
	if out.compressed < 0 || out.size < 0 || offset > size || out.compressed > size-offset {
		return member{}, formatErrorf("the ZIP's directory gives %d bytes to a member, past its end", m.CompressedSize64)
	}
	return out, nil
}

// maxInflated is how much one reading of a header or a frame may inflate. Deflate makes at most 1,032 bytes of one.
const maxInflated = 2 << 30

var errInflateBudget = sizeError{FormatError: "it inflates to more than is allowed"}

// cancellable reads in pieces, and no further when its context is done: a frame may have hundreds of megabytes, and come from a slow medium.
type cancellable struct {
	ctx context.Context
	r   io.ReaderAt
}

// piece is how many bytes are read at once: a tenth of a second of a CD.
const piece = 1 << 20

func (c cancellable) ReadAt(p []byte, off int64) (int, error) {
	if c.ctx.Done() == nil {
		return c.r.ReadAt(p, off)
	}
	done := 0
	for {
		if err := c.ctx.Err(); err != nil {
			return done, err
		}
		n, err := c.r.ReadAt(p[done:min(len(p), done+piece)], off+int64(done))
		if done += n; err != nil || done == len(p) {
			return done, err
		}
	}
}

// inflater is an io.ReaderAt over a deflated stream: quick forward, from the start again backward. It is for one goroutine.
type inflater struct {
	ctx    context.Context // nil when it cannot be cancelled
	src    io.ReaderAt
	length int64
	r      io.ReadCloser
	at     int64 // in the inflated stream
	budget int64 // bytes that may still be inflated
	skip   []byte
}

func newInflater(src io.ReaderAt, length, budget int64) *inflater {
	return &inflater{src: src, length: length, budget: budget}
}

// ReadAt is short, with io.ErrUnexpectedEOF, when the stream is broken or cut off.
func (z *inflater) ReadAt(p []byte, off int64) (int, error) {
	if z.r == nil || off < z.at {
		z.at = 0
		section := io.NewSectionReader(z.src, 0, z.length)
		if z.r == nil {
			z.r = flate.NewReader(section)
		} else if err := z.r.(flate.Resetter).Reset(section, nil); err != nil {
			return 0, err
		}
	}
	for z.at < off {
		if z.skip == nil {
			z.skip = make([]byte, 16<<10)
		}
		n, err := z.read(z.skip[:min(int64(len(z.skip)), off-z.at)])
		if z.at < off && err != nil {
			return 0, inflateError(err)
		}
		_ = n
	}
	done := 0
	for done < len(p) {
		n, err := z.read(p[done:])
		done += n
		if err != nil && done < len(p) {
			return done, inflateError(err)
		}
	}
	return done, nil
}

func (z *inflater) read(p []byte) (int, error) {
	if z.ctx != nil && z.ctx.Err() != nil {
		return 0, z.ctx.Err()
	}
	if int64(len(p)) > z.budget {
		return 0, errInflateBudget
	}
	n, err := z.r.Read(p)
	z.at += int64(n)
	z.budget -= int64(n)
	return n, err
}

// inflateError makes a corrupt stream look like one that ends there.
func inflateError(err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) {
		return io.ErrUnexpectedEOF
	}
	return err
}
