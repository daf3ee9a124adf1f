package app

import (
	"container/list"
	"context"
	"sync"

	"rachis/dicomio"
)

// keptHeaders is how many parsed headers are kept. One takes some tens of kilobytes.
const keptHeaders = 512

// loader reads frames from where the slices say they are, and keeps the headers that were parsed last. It is safe for
// concurrent use.
type loader struct {
	mu    sync.Mutex
	order *list.List // of *kept, the one used last in front
	files map[dicomio.Location]*list.Element
	made  cuts // images that no file holds
}

type kept struct {
	location dicomio.Location
	once     sync.Once
	file     *dicomio.File
	err      error
}

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
		if l.order.Len() > keptHeaders {
			old := l.order.Back()
			l.order.Remove(old)
			delete(l.files, old.Value.(*kept).location)
		}
	}
	k := e.Value.(*kept)
	l.mu.Unlock()
	k.once.Do(func() { k.file, k.err = at.Open() })
	if k.err != nil { // tried anew the next time: a CD may be back
		l.forget(k)
	}
	return k.file, k.err
}

func (l *loader) forget(k *kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.files[k.location]; ok && e.Value == any(k) {
		l.order.Remove(e)
		delete(l.files, k.location)
	}
}

// forgetAll lets go of every header.
func (l *loader) forgetAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.order.Init()
	clear(l.files)
}

// Frame returns the frame of a slice ready to be windowed.
func (l *loader) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if c, ok := l.made.find(slice.Instance); ok {
		return c.frame(ctx, slice.Frame)
	}
	f, err := l.file(slice.Instance.Location)
	if err != nil {
		return nil, err
	}
	return f.Frame(ctx, slice.Frame)
}

// Header returns the data set of a slice's file.
func (l *loader) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	if c, ok := l.made.find(slice.Instance); ok {
		return c.header, nil
	}
	f, err := l.file(slice.Instance.Location)
	if err != nil {
		return nil, err
	}
	return f.DataSet, nil
}
