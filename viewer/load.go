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

// frameKey names a frame in the cache.
type frameKey struct {
	instance *dicomio.Instance
	frame    int
}

// frames loads and keeps pictures.
type frames struct {
	loader Loader
	cache  *cache.Cache[frameKey, *picture]
	queue  *cache.Queue[frameKey, *picture]
	// previews makes coarse pictures, and keeps none of them; nil where the loader has none.
	previews *cache.Queue[frameKey, *picture]
	tables   tables
	workers  int
	ctx      context.Context
	cancel   context.CancelFunc
}

// defaultCache is how much is kept where the app does not say it: some series of 200 slices.
const defaultCache = 512 << 20

func newFrames(cfg Config) *frames {
	f := &frames{loader: cfg.Loader}
	if f.loader == nil {
		f.loader = &files{open: map[dicomio.Location]*dicomio.File{}}
	}
	budget, workers := cfg.CacheBytes, cfg.Workers
	if budget <= 0 {
		budget = defaultCache
	}
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	f.workers = workers
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.cache = cache.New[frameKey](budget, (*picture).bytes)
	f.queue = cache.NewQueue(f.cache, workers, f.load)
	f.queue.Reserve(1) // what is to be seen now shares the processors with prefetches that run, rather than wait for one of them to end
	if _, ok := f.loader.(Previewer); ok {
		nothing := cache.New[frameKey](-1, func(*picture) int64 { return 0 })
		f.previews = cache.NewQueue(nothing, 1, f.preview)
	}
	return f
}

func (f *frames) close() {
	f.cancel()
	f.queue.Close()
	if f.previews != nil {
		f.previews.Close()
	}
}

// clear lets go of all that is not on screen.
func (f *frames) clear() {
	f.cache.Clear()
	f.tables.forget()
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
	header, err := f.loader.Header(ctx, slice)
	if err != nil {
		header = nil // without it the picture shows all the same, with less written on it
	}
	f.tables.share(frame)
	return newPicture(frame, header, key.frame), nil
}

func keyOf(s *dicomio.Stack, slice int) frameKey {
	return frameKey{s.Slices[slice].Instance, s.Slices[slice].Frame}
}

// comingAfter is how long a picture may take before the cell says that it is coming: what is quicker would only flicker.
const comingAfter = 250 * time.Millisecond

// want shows the slice that a cell's view asks for: at once when it is there, else when it has come, and a coarse picture of it first where that
// comes much sooner. The latest request wins.
// Direction says where the user is going, 0 for nowhere.
func (g *Grid) want(c *cell, direction int) {
	if c.awaits {
		g.meter.dropped++
	}
	c.giveUp()
	if c.series == nil || len(c.series.item.Stack.Slices) == 0 {
		return
	}
	stack, slice := c.series.item.Stack, c.view.Slice
	key := keyOf(stack, slice)
	c.failure = nil
	if p, ok := g.frames.cache.Find(key); ok {
		c.display(p, slice)
	} else {
		c.asked, c.awaits = time.Now(), true
		c.ticket = g.frames.queue.Want(key, func(p *picture, err error) {
			g.post(func() { g.arrived(c, stack, slice, p, err) })
		})
		if rows, columns := c.series.size(slice); g.frames.previews != nil && reduction(rows, columns) > 0 {
			c.coarse = g.frames.previews.Want(key, func(p *picture, _ error) {
				if p != nil {
					g.post(func() { g.arrivedEarly(c, stack, slice, p) })
				}
			})
		}
		time.AfterFunc(comingAfter, func() {
			g.post(func() {
				if c.waiting() {
					c.refresh()
				}
			})
		})
	}
	if c.picture == nil && g.alone > 0 {
		// The first picture has the processors to itself until it is on screen.
		if !c.alone {
			c.alone, c.onScreen = true, false
			time.AfterFunc(g.alone, func() { g.post(func() { g.notAlone(c) }) })
		}
		return
	}
	g.prefetch(c, direction)
}

// notAlone loads ahead what was left until the first picture is on screen.
func (g *Grid) notAlone(c *cell) {
	if c.alone && g.onScreen(c) {
		g.prefetch(c, 0)
	}
	c.alone = false
}

// firstAlone is how long nothing is loaded ahead at most where nothing is on screen yet.
const firstAlone = 100 * time.Millisecond

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
	case err == nil && (wanted || c.waiting() && (c.picture == nil || c.nearer(slice) || c.picture.preview && c.slice == slice)):
		c.display(p, slice)
	}
}

// arrivedEarly takes a coarse picture as arrived does a whole one, but never in the place of the slice itself, shown or failed.
func (g *Grid) arrivedEarly(c *cell, stack *dicomio.Stack, slice int, p *picture) {
	if c.series != nil && c.series.item.Stack == stack && c.waiting() && (c.picture == nil || c.nearer(slice)) {
		c.display(p, slice)
	}
}

// nearer reports whether a slice is nearer to the one that is wanted than what is on screen.
func (c *cell) nearer(slice int) bool { return abs(slice-c.view.Slice) < abs(c.slice-c.view.Slice) }

// How many slices are loaded ahead in the direction of scrolling, and behind.
const (
	ahead  = 24
	behind = 8
)

// prefetch asks for the slices that are likely to be wanted next: those where the hand goes, and then the rest of the stack.
func (g *Grid) prefetch(c *cell, direction int) {
	c.ahead.stop()
	c.ahead = nil
	if own := c.board.own(); c.series == nil || c.board.tile != nil && c != own[0] && c != own[len(own)-1] { // of a tiled series, what lies before and behind
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
	if room := int(g.frames.cache.Budget() / 2 / int64(len(g.shown())) / max(int64(rows)*int64(columns)*2, 1)); forward+back > room {
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
	switch {
	case c.direction > 0: // where the hand goes first; behind it mostly lies what was seen just now
		for d := 1; d <= forward; d++ {
			take(c.view.Slice + d)
		}
		for d := 1; d <= back; d++ {
			take(c.view.Slice - d)
		}
	case c.direction < 0:
		for d := 1; d <= back; d++ {
			take(c.view.Slice - d)
		}
		for d := 1; d <= forward; d++ {
			take(c.view.Slice + d)
		}
	default:
		for d := 1; d <= max(forward, back); d++ {
			take(c.view.Slice + d)
			take(c.view.Slice - d)
		}
	}
	c.ahead = g.frames.lookAhead(wanted, stack, c.view.Slice)
}

// sampled is how many slices at most the values of a series are gathered from: all of a usual spine series, and of a longer one as many that
// are spread evenly over it.
const sampled = 24

// askWindow finds the window that fits the whole series, when its file brings none: one that fitted each image alone would jump while
// scrolling.
func (g *Grid) askWindow(s *series, first *picture) {
	if s.window != nil || first.window.Width == 0 {
		return
	}
	if len(s.item.Stack.Slices) == 1 {
		s.window = &first.window
		return
	}
	if s.sought {
		return
	}
	s.sought = true
	if s.lent == nil {
		s.lent = &first.window
	}
	g.gather(s, func() {
		w := s.values.Window()
		s.window = &w
		for _, c := range g.shown() {
			if c.series == s {
				c.refresh()
			}
		}
	})
}

// gather has the values of a series counted in the background, and then tells that they are: at once where they are already. Where nothing of
// it can be read, nothing is told.
func (g *Grid) gather(s *series, then func()) {
	if s.values != nil {
		then()
		return
	}
	s.told = append(s.told, then)
	stack := s.item.Stack
	n := len(stack.Slices)
	if s.asked || n == 0 {
		return
	}
	s.asked = true
	keys := map[frameKey]bool{}
	for i := range min(n, sampled) {
		keys[keyOf(stack, (2*i+1)*n/(2*min(n, sampled)))] = true
	}
	f := g.frames
	go func() {
		pictures := make(chan *picture, len(keys))
		for k := range keys {
			if f.queue.Soon(k, func(p *picture, _ error) { pictures <- p }) == nil && f.ctx.Err() != nil {
				return
			}
		}
		var all []*dicomio.Frame
		for range keys {
			select {
			case p := <-pictures:
				if p != nil {
					all = append(all, p.frame)
				}
			case <-f.ctx.Done():
				return
			}
		}
		h := render.HistogramOf(all)
		g.post(func() {
			told := s.told
			s.asked, s.told = false, nil
			if _, ok := h.Percentile(0.5); !ok {
				return // nothing could be read
			}
			s.values = h
			for _, f := range told {
				f()
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

func (f *files) file(in *dicomio.Instance) (*dicomio.File, error) {
	at := in.Location
	f.mu.Lock()
	file, ok := f.open[at]
	f.mu.Unlock()
	if ok && in.Is(file) {
		return file, nil
	}
	file, err := in.Open()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, twice := f.open[at]
	if f.open[at] = file; !twice {
		f.order = append(f.order, at)
		if len(f.order) > keptFiles {
			delete(f.open, f.order[0])
			f.order = f.order[1:]
		}
	}
	return file, nil
}

// Frame reads and decodes a frame.
func (f *files) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	file, err := f.file(slice.Instance)
	if err != nil {
		return nil, err
	}
	return file.Frame(ctx, slice.Frame)
}

// Header reads what stands before the pixels.
func (f *files) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	file, err := f.file(slice.Instance)
	if err != nil {
		return nil, err
	}
	return file.DataSet, nil
}

// Preview decodes a frame at a lower resolution where its codec has several.
func (f *files) Preview(ctx context.Context, slice dicomio.Slice, reduce int) (*dicomio.Frame, bool, error) {
	file, err := f.file(slice.Instance)
	if err != nil {
		return nil, false, err
	}
	return file.Preview(ctx, slice.Frame, reduce)
}
