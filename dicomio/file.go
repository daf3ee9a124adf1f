package dicomio

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"sync"

	"rachis/dicomio/tag"
)

// Open parses the header of the file at path.
func Open(path string) (*File, error) { return Location{Path: path}.Open() }

// NewFile parses the header of a file of size bytes in r, which is kept to read frames from and must be safe for concurrent use.
func NewFile(r io.ReaderAt, size int64) (*File, error) {
	f, err := ParseHeader(r, size, Location{}, Options{})
	if err != nil {
		return nil, err
	}
	f.open = func() (source, error) { return source{r, size, func() error { return nil }, stamp{}}, nil }
	return f, nil
}

// File is a parsed header with the places of its frames. Safe for concurrent use.
type File struct {
	Location       Location
	Meta           *DataSet // group 0002; never nil
	DataSet        *DataSet // everything up to Pixel Data; never nil
	TransferSyntax string   // as declared; "" when absent
	Truncated      bool
	Warnings       []string // tolerated oddities, in English, each with its tag or offset

	open     func() (source, error)
	length   int64 // of the file when it was opened by its Location, else 0
	deflated int64 // where the deflated data set begins; 0 when it is not deflated
	syntax   syntax
	pixels   pixelData
	damage   error // what ended the walk before Pixel Data

	index struct {
		once sync.Once
		frameIndex
	}
}

// pixelData is the place of the pixel data element.
type pixelData struct {
	tag     tag.Tag // PixelData, FloatPixelData or DoubleFloatPixelData; 0 when there is none
	vr      vrCode
	element int64 // where the element begins
	start   int64 // where its value begins
	length  int64 // as declared; -1 when encapsulated
	size    int64 // of the whole file (of a deflated data set: not known, math.MaxInt64)
}

// Options are for reading headers in bulk. The zero value is right for everything else.
type Options struct {
	// MaxValue is the length in bytes above which a value is left in the file unless it is in memory already; 0 means 1 MiB.
	MaxValue int
	// Brief leaves encapsulated pixel data unvisited, private sequences out and values unchecked: Truncated and Warnings then do not tell
	// of them. Frames visits the pixel data later.
	Brief bool
	// Context, when not nil, ends the parse with its error when it is done: a header may be of millions of elements.
	Context context.Context
	// Scratch is memory to use again. What was parsed with it before must no longer be used.
	Scratch *Scratch
}

// Scratch is memory that successive calls of ParseHeader use again. The zero value is ready; it is for one goroutine.
type Scratch struct {
	buf            []byte
	entries, arena []entry
	known          vrCache
}

// keptSlack is how many bytes read beyond the header are kept with a File; more are given back.
const keptSlack = 2 << 10

// ParseHeader parses the header of a file of size bytes, up to Pixel Data, from a prefix that grows as needed: 4 KiB at first.
// A file whose first bytes are not DICOM's costs that one read; its error wraps ErrNotDICOM. r is not kept: frames are read by opening loc
// again. The error is an *Error. A header that is damaged after its first elements gives no error but Warnings, and Truncated.
func ParseHeader(r io.ReaderAt, size int64, loc Location, opts Options) (*File, error) {
	t := &tokenizer{src: r, size: size, path: loc.String(), maxValue: int64(opts.MaxValue), brief: opts.Brief, ctx: opts.Context, content: &content{}}
	if opts.MaxValue <= 0 {
		t.maxValue = 1 << 20
	}
	if opts.Scratch != nil {
		t.known = &opts.Scratch.known
		t.buf, t.scratch, t.arena, t.reuse = opts.Scratch.buf[:0], opts.Scratch.entries[:0], opts.Scratch.arena[:0], true
	}
	f := &File{Location: loc, Meta: &DataSet{bytes: t.content}, DataSet: &DataSet{}}
	err := f.parse(t)
	if opts.Scratch != nil {
		opts.Scratch.buf, opts.Scratch.entries, opts.Scratch.arena = t.buf, t.scratch[:0], t.arena
	} else if cap(t.buf)-t.pos > keptSlack {
		t.buf = append(make([]byte, 0, t.pos), t.buf[:t.pos]...)
	}
	t.content.buf = t.buf
	if err != nil {
		return nil, err
	}
	if !opts.Brief {
		f.Meta.check(t)
		f.DataSet.check(t)
	}
	f.Truncated, f.Warnings = t.truncated, t.warnings
	f.open = func() (source, error) {
		open, err := loc.opener()
		if err != nil {
			return source{}, err
		}
		return open()
	}
	if !opts.Brief && f.HasPixels() {
		f.indexFrames(t.src, t.size)
	}
	return f, nil
}

// cutOff is the error of a file that ends, or cannot be read on, within what was begun.
func (t *tokenizer) cutOff() error {
	return &Error{Path: t.path, Offset: t.size, Err: cmp.Or(t.readErr, ErrTruncated)}
}

func (t *tokenizer) notDICOM(reason string) error {
	return &Error{Path: t.path, Offset: -1, Err: notDICOM(reason)}
}

// notDICOM is ErrNotDICOM with its reason.
type notDICOM string

func (e notDICOM) Error() string {
	if e == "" {
		return ErrNotDICOM.Error()
	}
	return ErrNotDICOM.Error() + ": " + string(e)
}

func (notDICOM) Unwrap() error { return ErrNotDICOM }

func (f *File) parse(t *tokenizer) error {
	if t.size == 0 {
		return t.notDICOM("it is empty")
	}
	meta, err := f.begin(t)
	if err != nil {
		return err
	}
	if meta {
		if err := f.parseMeta(t); err != nil {
			return err
		}
	}
	s := syntaxOf(f.TransferSyntax)
	if deflatedSyntax(f.TransferSyntax) {
		f.inflate(t)
	}
	s = f.settleSyntax(t, s)
	f.syntax = s
	return f.parseDataSet(t, s)
}

// begin finds where the elements begin, and whether the file meta information is there.
func (f *File) begin(t *tokenizer) (meta bool, err error) {
	t.have(int(min(t.size, 132+8)))
	b := t.buf
	switch {
	case len(b) >= 132 && string(b[128:132]) == "DICM":
		t.pos = 132
		return true, nil
	case len(b) >= 4 && string(b[:4]) == "DICM":
		t.warn("no preamble before DICM")
		t.pos = 4
		return true, nil
	case len(b) < 8:
		if t.readErr != nil {
			return false, t.end()
		}
		return false, t.notDICOM("")
	case b[0] == 2 && b[1] == 0 && b[3] == 0 && (codeOf(b[4], b[5]).info().name != "" || b[2] == 0 && b[4] == 4):
		t.warn("no preamble")
		return true, nil
	}
	// A data set alone begins with group 0008: its length, or an attribute that the dictionary has.
	s, plausible := detectSyntax(b)
	if !plausible || t.peekTag(s).Group() != 0x0008 || dictionaryVR(t.peekTag(s)) == vrUN || !t.plausibleStart(s) {
		return false, t.notDICOM("")
	}
	t.warn("no file meta information")
	return false, nil
}

// plausibleStart reports whether the next element fits the file and is followed by another.
func (t *tokenizer) plausibleStart(s syntax) bool {
	e := t.peekTag(s)
	b := t.buf[t.pos:]
	head, length := 8, uint32(0)
	if s.implicit {
		length = uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24
	} else if codeOf(b[4], b[5]).info().long {
		if len(b) < 12 {
			return false
		}
		head, length = 12, longLength(b, s)
	} else {
		length = shortLength(b, s)
	}
	if length == undefinedLength {
		return true
	}
	if int64(length) > t.remaining() || length > 1<<16 {
		return false
	}
	return t.follows(head+int(length), e, s, t.size)
}

// detectSyntax tells from the first eight bytes of a data set how it is written; false when they tell nothing.
func detectSyntax(b []byte) (syntax, bool) {
	le, be := uint(b[0])|uint(b[1])<<8, uint(b[1])|uint(b[0])<<8
	explicit := codeOf(b[4], b[5]).info().name != ""
	switch {
	case le == be:
		return syntax{implicit: !explicit}, le == 0
	case le < be:
		return syntax{implicit: !explicit}, true
	}
	return syntax{big: true}, explicit
}

// parseMeta reads group 0002, whatever its group length says.
func (f *File) parseMeta(t *tokenizer) error {
	s := syntax{}
	if t.have(8) && codeOf(t.buf[t.pos+4], t.buf[t.pos+5]).info().name == "" {
		if b := t.buf[t.pos:]; b[0] == 2 && b[1] == 0 {
			t.warn("file meta information in implicit VR")
			s.implicit = true
		}
	}
	start := t.offset()
	err := t.dataSet(f.Meta, s, t.size, false, 0, func(next tag.Tag) bool { return next.Group() != 2 })
	t.content.buf = t.buf // so that the values can be read below
	var broken structureError
	switch {
	case errors.As(err, &broken):
		return broken.err
	case errors.Is(err, errTruncated): // what follows is the middle of an element
		return t.cutOff()
	case err != nil:
		return err
	}
	f.TransferSyntax = f.Meta.Text(tag.TransferSyntaxUID)
	if f.TransferSyntax == "" {
		t.warn("no Transfer Syntax UID")
	}
	length, ok := f.Meta.Int(tag.FileMetaInformationGroupLength)
	if e := f.Meta.find(tag.FileMetaInformationGroupLength); !ok || e == nil {
		t.warn("no %s", named(tag.FileMetaInformationGroupLength))
	} else if want := t.offset() - (e.offset + 12); int64(length) != want && e.offset == start {
		t.warn("%s at 0x%x is %d, not %d", named(tag.FileMetaInformationGroupLength), e.offset, length, want)
	}
	return nil
}

// inflate makes the tokenizer go on in the deflated data set that begins here.
func (f *File) inflate(t *tokenizer) {
	if t.have(8) {
		// Some declare it and do not do it.
		if s, ok := detectSyntax(t.buf[t.pos:]); ok && t.peekTag(s).Group() == 8 && t.plausibleStart(s) {
			t.warn("declared as deflated, and not deflated")
			return
		}
	}
	f.deflated = t.offset()
	z := newInflater(io.NewSectionReader(t.src, f.deflated, t.size-f.deflated), t.size-f.deflated, maxInflatedHeader)
	z.ctx = t.ctx
	t.src, t.stream = z, true
	t.buf = t.buf[:t.pos]
	t.delta = -int64(t.pos)
	t.size = math.MaxInt64 >> 1 // not known
}

// maxInflatedHeader is what may be inflated to reach the pixel data.
const maxInflatedHeader = 256 << 20

// settleSyntax returns how the data set is really written.
func (f *File) settleSyntax(t *tokenizer, declared syntax) syntax {
	if !t.have(8) {
		return declared
	}
	real, ok := detectSyntax(t.buf[t.pos:])
	if !ok || real == declared {
		return declared
	}
	if real.implicit && !declared.big && (real.big == declared.big) {
		// Explicit is declared, and the first element has no VR. Believe it only if the element and what follows fit.
		if !t.plausibleStart(real) {
			return declared
		}
	}
	if f.TransferSyntax != "" {
		t.warn("declared as %s, and written in %s", TransferSyntaxName(f.TransferSyntax), real)
	}
	return real
}

func isPixelData(t tag.Tag) bool {
	return t == tag.PixelData || t == tag.FloatPixelData || t == tag.DoubleFloatPixelData
}

func (f *File) parseDataSet(t *tokenizer, s syntax) error {
	err := t.dataSet(f.DataSet, s, t.size, false, 0, isPixelData)
	var broken structureError
	switch {
	case errors.As(err, &broken):
		if f.DataSet.Len() == 0 {
			return broken.err
		}
		t.warn("%s: the rest of the header is not read", broken.err.short())
		f.damage = broken.err
		return nil
	case errors.Is(err, errTruncated):
		t.truncated = true
		f.damage = t.cutOff()
		if f.DataSet.Len() == 0 {
			return f.damage
		}
		return nil
	case err != nil:
		return err
	}
	if f.DataSet.Len() == 0 && !t.have(8) {
		if t.readErr != nil || f.deflated > 0 {
			return &Error{Path: t.path, Offset: f.deflated, Err: cmp.Or(t.readErr, formatErrorf("the deflated data set is corrupt"))}
		}
		return &Error{Path: t.path, Offset: t.offset(), Err: formatErrorf("no data set")}
	}
	if !t.have(8) {
		if t.truncated && !f.DataSet.Has(tag.DirectoryRecordSequence) { // of a directory recordsLost tells
			f.damage = t.cutOff()
		}
		return nil
	}
	e, err := t.head(s, t.size)
	if err != nil {
		t.truncated = true
		f.damage = t.cutOff()
		return nil
	}
	f.pixels = pixelData{tag: e.tag, vr: e.vr, element: e.offset, start: t.offset(), length: int64(e.length), size: t.size}
	if e.length == undefinedLength {
		f.pixels.length = -1
	} else if f.deflated == 0 && f.pixels.length > t.remaining() {
		t.truncated = true
		t.warn("%s at 0x%x: length %d, but the file ends after %d bytes", named(e.tag), e.offset, e.length, t.remaining())
	}
	return nil
}

// HasPixels reports whether the file has a pixel data element.
func (f *File) HasPixels() bool { return f.pixels.tag != 0 }

// PixelElement returns the pixel data as it is declared, without its value; false where the file has none.
func (f *File) PixelElement() (Element, bool) {
	p := f.pixels
	return Element{Tag: p.tag, VR: p.vr.name(), Offset: p.element, Length: p.length}, f.HasPixels()
}

// Value returns the bytes of an element of DataSet's top level, also of one that was too long to be read with the header.
func (f *File) Value(t tag.Tag) ([]byte, error) {
	e := f.DataSet.find(t)
	if e == nil || e.items >= 0 || e.length == undefinedLength {
		return nil, nil
	}
	if e.flags&deferred == 0 {
		return f.DataSet.raw(e), nil
	}
	return f.readRange(t, e.offset+int64(e.head), int64(e.length))
}

// readRange reads n bytes at an offset of the file, or of the inflated data set.
func (f *File) readRange(t tag.Tag, at, n int64) ([]byte, error) {
	src, err := f.openData(context.Background())
	if err != nil {
		return nil, err
	}
	defer src.close()
	return f.read(src, t, at, n)
}

func (f *File) read(src source, t tag.Tag, at, n int64) ([]byte, error) {
	if n < 0 || at < 0 || (n > src.size-at) {
		return nil, &Error{Path: f.Location.String(), Tag: t, Offset: at, Err: ErrTruncated}
	}
	if f.deflated > 0 || f.Location.Member != "" {
		// The size is a claim: let the memory grow with what is there.
		var b bytes.Buffer
		got, err := io.Copy(&b, io.NewSectionReader(src, at, n))
		if got == n {
			return b.Bytes(), nil
		}
		return nil, f.readError(t, at, err)
	}
	b := make([]byte, n)
	if got, err := src.ReadAt(b, at); int64(got) < n {
		return nil, f.readError(t, at, err)
	}
	return b, nil
}

func (f *File) readError(t tag.Tag, at int64, err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = ErrTruncated
	}
	return &Error{Path: f.Location.String(), Tag: t, Offset: at, Err: err}
}

// openData opens the bytes that offsets refer to. Reading them ends when the context does.
func (f *File) openData(ctx context.Context) (source, error) {
	src, err := f.open()
	if err != nil {
		return source{}, &Error{Path: f.Location.String(), Offset: -1, Err: err}
	}
	if member, ok := src.ReaderAt.(*inflater); ok {
		member.ctx = ctx
	}
	if f.deflated == 0 {
		return source{cancellable{ctx, src.ReaderAt}, src.size, src.close, src.stamp}, nil
	}
	n := src.size - f.deflated
	z := newInflater(io.NewSectionReader(src, f.deflated, n), n, maxInflated)
	z.ctx = ctx
	return source{z, math.MaxInt64 >> 1, src.close, src.stamp}, nil
}
