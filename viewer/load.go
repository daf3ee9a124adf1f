package viewer

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"rachis/dicomio"
	"rachis/viewer/cache"
	"rachis/viewer/render"
)

// picture is what a worker makes of a slice. It is not changed once it is made.
type picture struct {
	frame *dicomio.Frame
	// header is nil where it could not be read.
	header *dicomio.DataSet
	// window is the percentile window of this frame alone, zero where the file brings a window or the frame is in colour.
	window dicomio.Window
}

// bytes is what a picture keeps in memory; a parsed header takes some tens of kilobytes.
func (p *picture) bytes() int64 {
	n := int64(len(p.frame.Values))*2 + int64(len(p.frame.Wide))*4 + int64(len(p.frame.RGB)) + 1<<15
	for _, o := range p.frame.Overlays {
		n += int64(len(o.Bits))
	}
	return n
}

// frameKey names a frame in the cache.
type frameKey struct {
	instance *dicomio.Instance
	frame    int
}

// frames loads and keeps pictures.
type frames struct {
	loader Loader
	budget int64
	cache  *cache.Cache[frameKey, *picture]
	queue  *cache.Queue[frameKey, *picture]
	ctx    context.Context
	cancel context.CancelFunc
}

// defaultCache is how much is kept where the app does not say it: some series of 200 slices.
const defaultCache = 512 << 20

func newFrames(cfg Config) *frames {
	f := &frames{loader: cfg.Loader, budget: cfg.CacheBytes}
	if f.loader == nil {
		f.loader = &files{open: map[dicomio.Location]*dicomio.File{}}
	}
	if f.budget <= 0 {
		f.budget = defaultCache
	}
	workers := cfg.Workers
	if workers <= 0 {
		workers = max(runtime.GOMAXPROCS(0)-1, 1)
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.cache = cache.New[frameKey](f.budget, (*picture).bytes)
	f.queue = cache.NewQueue(f.cache, workers, f.load)
	return f
}

func (f *frames) close() {
	f.cancel()
	f.queue.Close()
}

// errNoFile is the error of a slice that no file belongs to.
var errNoFile = errors.New("no file belongs to this image")

// load makes a picture, on a worker.
func (f *frames) load(ctx context.Context, key frameKey) (*picture, error) {
	if key.instance == nil {
		return nil, errNoFile
	}
	slice := dicomio.Slice{Instance: key.instance, Frame: key.frame}
	frame, err := f.loader.Frame(ctx, slice)
	if err != nil {
		return nil, err
	}
	p := &picture{frame: frame}
	if d, err := f.loader.Header(ctx, slice); err == nil {
		p.header = d
	} // without it the picture shows all the same, with less written on it
	if _, own := render.Own(frame); !own && frame.RGB == nil {
		var h render.Histogram
		h.Add(frame)
		p.window = h.Window()
	}
	return p, nil
}

func keyOf(s *dicomio.Stack, slice int) frameKey {
	return frameKey{s.Slices[slice].Instance, s.Slices[slice].Frame}
}

// comingAfter is how long a picture may take before the cell says that it is coming: what is quicker would only flicker.
const comingAfter = 250 * time.Millisecond

// want shows the slice that a cell's view asks for: at once when it is there, else when it has come. The latest request wins.
// Direction says where the user is going, 0 for nowhere.
func (g *Grid) want(c *cell, direction int) {
	c.ticket.Cancel()
	c.ticket = nil
	if c.series == nil || len(c.series.item.Stack.Slices) == 0 {
		return
	}
	stack, slice := c.series.item.Stack, c.view.Slice
	key := keyOf(stack, slice)
	c.failure = nil
	if p, ok := g.frames.cache.Find(key); ok {
		c.display(p, slice)
	} else {
		c.asked = time.Now()
		c.ticket = g.frames.queue.Want(key, func(p *picture, err error) {
			g.post(func() { g.arrived(c, stack, slice, p, err) })
		})
		time.AfterFunc(comingAfter, func() {
			g.post(func() {
				if c.waiting() {
					c.refresh()
				}
			})
		})
	}
	g.prefetch(c, direction)
}

// arrived takes a picture that a cell has asked for, if the cell still has a use for it. One on the way to the slice that is
// wanted now is shown too: while somebody scrolls faster than frames decode, there is then always something to see.
func (g *Grid) arrived(c *cell, stack *dicomio.Stack, slice int, p *picture, err error) {
	if c.series == nil || c.series.item.Stack != stack || errors.Is(err, cache.ErrClosed) {
		return
	}
	wanted := slice == c.view.Slice
	switch {
	case err != nil && wanted:
		c.fail(err)
	case err == nil && (wanted || c.waiting() && (c.picture == nil || abs(slice-c.view.Slice) < abs(c.slice-c.view.Slice))):
		c.display(p, slice)
	}
}

// How many slices are loaded ahead in the direction of scrolling, and behind.
const (
	ahead  = 24
	behind = 8
)

// prefetch asks for the slices that are likely to be wanted next. When they have come and there is room, the rest of the stack
// follows, nearest first.
func (g *Grid) prefetch(c *cell, direction int) {
	for _, t := range c.soon {
		t.Cancel()
	}
	c.soon = c.soon[:0]
	if c.series == nil {
		return
	}
	stack := c.series.item.Stack
	n := len(stack.Slices)
	if direction != 0 {
		c.direction = direction
	}
	forward, back := ahead, behind
	if c.direction < 0 {
		forward, back = behind, ahead
	} else if c.direction == 0 {
		forward, back = (ahead+behind)/2, (ahead+behind)/2
	}
	rows, columns := c.series.size(c.view.Slice)
	if room := int(g.frames.budget / 2 / int64(g.Cells()) / max(int64(rows)*int64(columns)*2, 1)); forward+back > room {
		forward, back = forward*room/(forward+back), back*room/(forward+back)
	}
	var wanted []frameKey
	take := func(i int) {
		if i >= 0 && i < n {
			if k := keyOf(stack, i); k.instance != nil && !g.frames.cache.Has(k) {
				wanted = append(wanted, k)
			}
		}
	}
	for d := 1; d <= max(forward, back); d++ {
		if d <= forward {
			take(c.view.Slice + d)
		}
		if d <= back {
			take(c.view.Slice - d)
		}
	}
	if len(wanted) == 0 && g.frames.cache.Bytes() < g.frames.budget*3/4 {
		for d := 1; d < n && len(wanted) < ahead; d++ {
			take(c.view.Slice + d)
			take(c.view.Slice - d)
		}
	}
	if len(wanted) == 0 {
		return
	}
	c.batch++
	batch := c.batch
	var mu sync.Mutex
	left, failed := len(wanted), false
	for _, k := range wanted {
		c.soon = append(c.soon, g.frames.queue.Soon(k, func(_ *picture, err error) {
			mu.Lock()
			left--
			failed = failed || err != nil
			more := left == 0 && !failed // with failures among them the same ones would be asked for again and again
			mu.Unlock()
			if more {
				g.post(func() {
					if c.batch == batch && c.series != nil && c.series.item.Stack == stack && g.indexOf(c) >= 0 {
						g.prefetch(c, 0)
					}
				})
			}
		}))
	}
}

// sampled is how many slices the window of a series is found from.
const sampled = 5

// askWindow finds the window that fits the whole series, when its file brings none: one that fitted each image alone would jump while
// scrolling.
func (g *Grid) askWindow(s *series, first *picture) {
	if s.window != nil || s.asked || first.window.Width == 0 {
		return
	}
	s.asked = true
	stack := s.item.Stack
	n := len(stack.Slices)
	if n == 1 {
		s.window = &first.window
		return
	}
	keys := map[frameKey]bool{}
	for i := range sampled {
		keys[keyOf(stack, (2*i+1)*n/(2*sampled))] = true
	}
	f := g.frames
	go func() {
		var h render.Histogram
		pictures := make(chan *picture, len(keys))
		for k := range keys {
			if f.queue.Soon(k, func(p *picture, _ error) { pictures <- p }) == nil && f.ctx.Err() != nil {
				return
			}
		}
		for range keys {
			select {
			case p := <-pictures:
				if p != nil {
					h.Add(p.frame)
				}
			case <-f.ctx.Done():
				return
			}
		}
		w := h.Window()
		g.post(func() {
			s.window = &w
			for _, c := range g.shown() {
				if c.series == s {
					c.refresh()
				}
			}
		})
	}()
}

// files is the Loader of a Grid that is given none: it reads files from where the slices say they are, and keeps the headers of
// the last ones.
type files struct {
	mu    sync.Mutex
	open  map[dicomio.Location]*dicomio.File
	order []dicomio.Location
}

// keptFiles is how many parsed headers are kept.
const keptFiles = 64

func (f *files) file(at dicomio.Location) (*dicomio.File, error) {
	f.mu.Lock()
	file, ok := f.open[at]
	f.mu.Unlock()
	if ok {
		return file, nil
	}
	file, err := at.Open()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, twice := f.open[at]; !twice {
		f.open[at], f.order = file, append(f.order, at)
		if len(f.order) > keptFiles {
			delete(f.open, f.order[0])
			f.order = f.order[1:]
		}
	}
	return file, nil
}

// Frame reads and decodes a frame.
func (f *files) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	file, err := f.file(slice.Instance.Location)
	if err != nil {
		return nil, err
	}
	return file.Frame(ctx, slice.Frame)
}

// Header reads what stands before the pixels.
func (f *files) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	file, err := f.file(slice.Instance.Location)
	if err != nil {
		return nil, err
	}
	return file.DataSet, nil
}
