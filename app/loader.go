package app

import (
	"container/list"
	"context"
	"errors"
	"sync"

	"rachis/dicomio"
	"rachis/viewer"
)

// keptHeaders bounds the parsed headers that are kept, in bytes. One takes some tens of kilobytes, and is parsed anew in less than a tenth of a
// millisecond: to keep those of a whole series would cost a tenth of its samples. That of a file of many frames may take megabytes and is wanted
// for each of them: the last few are kept whatever they take.
const (
	keptHeaders = 6 << 20
	keptAtLeast = 4
)

// loader reads frames from where the slices say they are, and keeps the headers that were parsed last. It is safe for
// concurrent use.
type loader struct {
	mu    sync.Mutex
	order *list.List // of *kept, the one used last in front
	files map[dicomio.Location]*list.Element
	made  cuts  // images that no file holds
	bytes int64 // of those whose size is known

	failed map[*dicomio.Instance]error // why pixels could not be decoded; dropped with the headers
	onFail func()                      // is called after a new one or one less, on the goroutine that decoded
}

type kept struct {
	location dicomio.Location
	once     sync.Once
	file     *dicomio.File
	err      error
	bytes    int64 // 0 until it is counted; under the loader's lock
}

var _ viewer.Previewer = (*loader)(nil)

func newLoader() *loader {
	return &loader{order: list.New(), files: map[dicomio.Location]*list.Element{}}
}

// file returns the parsed header at a location. Several callers that want one file parse it once.
func (l *loader) file(at dicomio.Location) (*dicomio.File, error) {
	l.mu.Lock()
	e, ok := l.files[at]
	if ok {
		l.order.MoveToFront(e)
	} else {
		e = l.order.PushFront(&kept{location: at})
		l.files[at] = e
	}
	k := e.Value.(*kept)
	l.mu.Unlock()
	k.once.Do(func() {
		if k.file, k.err = at.Open(); k.err == nil {
			l.count(k, headerBytes(k.file.DataSet))
		}
	})
	if k.err != nil { // tried anew the next time: a CD may be back
		l.forget(k)
	}
	return k.file, k.err
}

// fileOf returns the parsed header of an image, and an error where another file lies in its place by now: a disc may have been changed for another
// patient's, with files of the same names.
func (l *loader) fileOf(in *dicomio.Instance) (*dicomio.File, error) {
	f, err := l.file(in.Location)
	if err == nil && !in.Is(f) {
		l.forgetAt(in.Location) // the disc may be back
		if f, err = l.file(in.Location); err == nil && !in.Is(f) {
			return nil, in.Replaced()
		}
	}
	return f, err
}

// count takes the size of a header that has been parsed, and lets go of those used longest ago where there are too many.
func (l *loader) count(k *kept, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.files[k.location]; !ok || e.Value != any(k) {
		return // forgotten while it was parsed
	}
	k.bytes = bytes
	l.bytes += bytes
	for l.bytes > keptHeaders && l.order.Len() > keptAtLeast {
		l.remove(l.order.Back())
	}
}

func (l *loader) remove(e *list.Element) {
	k := e.Value.(*kept)
	l.order.Remove(e)
	delete(l.files, k.location)
	l.bytes -= k.bytes
}

// What a parsed header takes beside its values: the bytes of the file that were read with it, and what stands for each element and data set.
const (
	besideHeader  = 32 << 10
	besideElement = 48
	besideItem    = 96
)

// headerBytes estimates what a header keeps in memory.
func headerBytes(d *dicomio.DataSet) int64 {
	var sum func(d *dicomio.DataSet) int64
	sum = func(d *dicomio.DataSet) int64 {
		n := int64(besideItem)
		for e := range d.All() {
			n += besideElement + int64(len(e.Value))
			for _, item := range e.Items {
				n += sum(item)
			}
		}
		return n
	}
	return besideHeader + sum(d)
}

func (l *loader) forget(k *kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.files[k.location]; ok && e.Value == any(k) {
		l.remove(e)
	}
}

// forgetAt lets go of the header of a place.
func (l *loader) forgetAt(at dicomio.Location) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.files[at]; ok {
		l.remove(e)
	}
}

// forgetAll lets go of every header.
func (l *loader) forgetAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.order.Init()
	clear(l.files)
	clear(l.failed)
	l.bytes = 0
}

// Frame returns the frame of a slice ready to be windowed.
func (l *loader) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if c, ok := l.made.find(slice.Instance); ok {
		return c.frame(ctx, slice.Frame)
	}
	frame, err := l.frame(ctx, slice)
	switch {
	case err == nil:
		l.succeeds(slice.Instance)
	case ctx.Err() == nil:
		l.fails(slice.Instance, err)
	}
	return frame, err
}

func (l *loader) frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	f, err := l.fileOf(slice.Instance)
	if err != nil {
		return nil, err
	}
	frame, err := f.Frame(ctx, slice.Frame)
	if errors.Is(err, dicomio.ErrReplaced) { // since its header was read, and perhaps by the same file, which was only touched
		l.forgetAt(slice.Instance.Location)
		if f, err = l.fileOf(slice.Instance); err == nil {
			frame, err = f.Frame(ctx, slice.Frame)
		}
	}
	return frame, err
}

// fails keeps in mind that an image's pixels cannot be decoded, which only decoding shows.
func (l *loader) fails(in *dicomio.Instance, err error) {
	l.mu.Lock()
	_, known := l.failed[in]
	if !known {
		if l.failed == nil {
			l.failed = map[*dicomio.Instance]error{}
		}
		l.failed[in] = err
	}
	l.mu.Unlock()
	if !known && l.onFail != nil {
		l.onFail()
	}
}

// succeeds forgets a failure: a CD that was taken out is back.
func (l *loader) succeeds(in *dicomio.Instance) {
	l.mu.Lock()
	_, known := l.failed[in]
	delete(l.failed, in)
	l.mu.Unlock()
	if known && l.onFail != nil {
		l.onFail()
	}
}

// failure is why an image's pixels could not be decoded, nil when they could or were not wanted yet.
func (l *loader) failure(in *dicomio.Instance) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed[in]
}

// Preview returns a frame of a slice at a lower resolution, where that is to be had much sooner.
func (l *loader) Preview(ctx context.Context, slice dicomio.Slice, reduce int) (*dicomio.Frame, bool, error) {
	if _, ok := l.made.find(slice.Instance); ok {
		return nil, false, nil
	}
	f, err := l.fileOf(slice.Instance)
	if err != nil {
		return nil, false, err
	}
	return f.Preview(ctx, slice.Frame, reduce)
}

// Header returns the data set of a slice's file.
func (l *loader) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	if c, ok := l.made.find(slice.Instance); ok {
		return c.header, nil
	}
	f, err := l.fileOf(slice.Instance)
	if err != nil {
		return nil, err
	}
	return f.DataSet, nil
}

// thumbnail returns a frame for a small picture: at the lowest resolution that still has its pixels, where the frame has several.
func (l *loader) thumbnail(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	reduce := 0
	if in := slice.Instance; in != nil {
		for reduce < 5 && min(in.Rows, in.Columns)>>(reduce+1) >= thumbPixels {
			reduce++
		}
	}
	if reduce > 0 {
		if f, ok, err := l.Preview(ctx, slice, reduce); ok && err == nil {
			return f, nil
		}
	}
	frame, err := l.Frame(ctx, slice)
	if err != nil && ctx.Err() == nil && slice.Instance != nil {
		// What cannot be decoded, a film for one, may bring a small picture of itself (PS3.3 C.7.6.1.1.6).
		if f, unread := l.fileOf(slice.Instance); unread == nil {
			if icon, broken := f.Icon(ctx); broken == nil && icon != nil {
				return icon, nil
			}
		}
	}
	return frame, err
}
