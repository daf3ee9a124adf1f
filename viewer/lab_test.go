package viewer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"rachis/dicomio"
	"rachis/dicomio/space"
	"rachis/dicomio/tag"
	"rachis/viewer/overlay"
)

// lab is a grid in a window of the test driver, with a queue for what comes back from the background.
type lab struct {
	t     testing.TB
	g     *Grid
	w     fyne.Window
	queue chan func()
	disk  *disk
	held  fyne.KeyModifier
}

// disk is a Loader that makes frames of what a test says.
type disk struct {
	mu     sync.Mutex
	frames map[string]func(frame int) (*dicomio.Frame, error) // by SOPInstanceUID
	header map[string]*dicomio.DataSet
	gate   chan struct{} // when not nil, one frame passes for each value
	free   string        // and this one without: a prefetch may stand at the gate before it
	asked  []string
}

func (d *disk) Frame(ctx context.Context, s dicomio.Slice) (*dicomio.Frame, error) {
	d.mu.Lock()
	f, gate := d.frames[s.Instance.SOPInstanceUID], d.gate
	if s.Instance.SOPInstanceUID == d.free {
		gate = nil
	}
	d.asked = append(d.asked, s.Instance.SOPInstanceUID)
	d.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f == nil {
		return nil, errors.New("no such file")
	}
	return f(s.Frame)
}

func (d *disk) Header(_ context.Context, s dicomio.Slice) (*dicomio.DataSet, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.header[s.Instance.SOPInstanceUID], nil
}

// times says how often a frame of an image was asked for.
func (d *disk) times(uid string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, asked := range d.asked {
		if asked == uid {
			n++
		}
	}
	return n
}

// begun says how many frames were asked for.
func (d *disk) begun() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked)
}

func newLab(t testing.TB, size fyne.Size, change ...func(*Config)) *lab {
	t.Helper()
	tempApp(t)
	l := &lab{t: t, queue: make(chan func(), 10000), disk: &disk{frames: map[string]func(int) (*dicomio.Frame, error){}, header: map[string]*dicomio.DataSet{}}}
	cfg := Config{Loader: l.disk, Post: func(f func()) { l.queue <- f }, Workers: 1,
		Text: func(key string, args ...any) string {
			if len(args) == 0 {
				return key
			}
			return key + fmt.Sprint(args...)
		}}
	for _, c := range change {
		c(&cfg)
	}
	l.g = NewGrid(cfg)
	l.g.alone = 0
	l.g.modifiers = func() fyne.KeyModifier { return l.held }
	l.w = test.NewWindow(l.g)
	l.w.SetPadded(false)
	l.w.Resize(size)
	t.Cleanup(func() { l.g.Destroy(); l.w.Close() })
	return l
}

// until lets the background go on until the condition holds.
func (l *lab) until(what string, ok func() bool) {
	l.t.Helper()
	limit := time.After(90 * time.Second)
	for !ok() {
		select {
		case f := <-l.queue:
			f()
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			l.t.Fatalf("it does not come to this: %s", what)
		}
	}
}

// rest lets the background come to rest.
func (l *lab) rest() {
	l.t.Helper()
	l.until("every cell shows its slice", func() bool {
		for _, c := range l.g.shown() {
			if c.waiting() {
				return false
			}
		}
		return true
	})
	for {
		select {
		case f := <-l.queue:
			f()
		case <-time.After(30 * time.Millisecond):
			return
		}
	}
}

func (l *lab) down(b desktop.MouseButton, x, y float32) {
	l.g.MouseDown(&desktop.MouseEvent{PointEvent: at(x, y), Button: b, Modifier: l.held})
}

func (l *lab) up(b desktop.MouseButton, x, y float32) {
	l.g.MouseUp(&desktop.MouseEvent{PointEvent: at(x, y), Button: b, Modifier: l.held})
}

func (l *lab) move(b desktop.MouseButton, x, y float32) {
	l.g.MouseMoved(&desktop.MouseEvent{PointEvent: at(x, y), Button: b})
}

// drag is a press, some moves as Fyne sends them, and the release.
func (l *lab) drag(b desktop.MouseButton, x0, y0, x1, y1 float32) {
	l.down(b, x0, y0)
	for i := 1; i <= 10; i++ {
		x, y := x0+(x1-x0)*float32(i)/10, y0+(y1-y0)*float32(i)/10
		if b == desktop.MouseButtonSecondary || i == 1 {
			l.move(b, x, y)
		} else {
			l.g.Dragged(&fyne.DragEvent{PointEvent: at(x, y)})
		}
	}
	l.up(b, x1, y1)
	if b != desktop.MouseButtonSecondary {
		l.g.DragEnd()
	}
}

func (l *lab) click(x, y float32) {
	l.down(desktop.MouseButtonPrimary, x, y)
	l.up(desktop.MouseButtonPrimary, x, y)
}

func (l *lab) scroll(x, y, dy float32) {
	l.g.Scrolled(&fyne.ScrollEvent{PointEvent: at(x, y), Scrolled: fyne.NewDelta(0, dy)})
}

func at(x, y float32) fyne.PointEvent {
	return fyne.PointEvent{Position: fyne.NewPos(x, y), AbsolutePosition: fyne.NewPos(x, y)}
}

// made says how a stack of a test is.
type made struct {
	uid      string
	n        int
	first    float64 // place of slice 0 along the normal, mm
	spacing  float64 // mm; negative goes the other way
	plane    string  // "SAG", "AX" or "" for no place
	tilt     bool    // 30 degrees
	ref      string  // frame of reference
	modality string
	rows     int
	columns  int
	pixel    float64 // mm
	view     string
	// paint makes slice i; nil makes a ramp that differs from slice to slice.
	paint func(i int) (*dicomio.Frame, error)
	clip  bool // all slices are frames of one file
}

// stack makes an item, and its files on the disk.
func (l *lab) stack(m made) Item {
	if m.rows == 0 {
		m.rows, m.columns = 100, 100
	}
	if m.pixel == 0 {
		m.pixel = 1
	}
	if m.modality == "" {
		m.modality = "MR"
	}
	if m.paint == nil {
		m.paint = func(i int) (*dicomio.Frame, error) { return ramp(m.rows, m.columns, 100*i), nil }
	}
	k := &dicomio.Stack{Orientation: m.plane, FrameOfReferenceUID: m.ref, Spacing: max(m.spacing, -m.spacing), Uniform: true, Description: m.uid, View: m.view}
	var in *dicomio.Instance
	for i := range m.n {
		if in == nil || !m.clip {
			in = &dicomio.Instance{SOPInstanceUID: fmt.Sprintf("%s.%d", m.uid, i), SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", Rows: m.rows, Columns: m.columns,
				Frames: 1, HasPixels: true, Location: dicomio.Location{Path: fmt.Sprintf("/disk/%s/%d.dcm", m.uid, i)}}
			first := i
			l.disk.mu.Lock()
			l.disk.frames[in.SOPInstanceUID] = func(frame int) (*dicomio.Frame, error) { return m.paint(first + frame) }
			l.disk.header[in.SOPInstanceUID] = dicomio.NewDataSet()
			l.disk.mu.Unlock()
		}
		s := dicomio.Slice{Instance: in, Position: m.first + float64(i)*m.spacing}
		if m.clip {
			s.Frame = i
		}
		p := space.Plane{Spacing: space.Spacing{BetweenRows: m.pixel, BetweenColumns: m.pixel}}
		at := m.first + float64(i)*m.spacing
		w, h := float64(m.columns-1)*m.pixel/2, float64(m.rows-1)*m.pixel/2
		switch m.plane {
		case "SAG": // the middle of every slice lies on the x axis
			p.Along, p.Down, p.Origin = space.LPS{Y: 1}, space.LPS{Z: -1}, space.LPS{X: at, Y: -w, Z: h}
		case "AX":
			p.Along, p.Down, p.Origin = space.LPS{X: 1}, space.LPS{Y: 1}, space.LPS{X: -w, Y: -h, Z: at}
			if m.tilt {
				p.Down = space.LPS{Y: 0.8660254037844386, Z: 0.5}
			}
		}
		if m.plane != "" {
			s.Plane = p
		}
		k.Slices = append(k.Slices, s)
	}
	return Item{Stack: k, Info: Info{StudyUID: "1.2.3", SeriesUID: m.uid, SeriesDescription: m.uid, Modality: m.modality, PatientName: "SYNTHETIC^Phantom", PatientID: "P1", View: m.view}}
}

// ramp is a frame whose values grow by one from column to column, and by ten from row to row, from a base.
func ramp(rows, columns, base int) *dicomio.Frame {
	f := &dicomio.Frame{Rows: rows, Columns: columns, Values: make([]uint16, rows*columns)}
	f.Grayscale.Slope, f.Grayscale.BitsStored = 1, 16
	for i := range f.Values {
		f.Values[i] = uint16(base + i%columns + 10*(i/columns))
	}
	f.Grayscale.Range = [2]int32{int32(base), int32(base + columns + 10*rows)}
	return f
}

// windowedRamp is a ramp whose file brings a window.
func windowedRamp(rows, columns int, center, width float64) *dicomio.Frame {
	f := ramp(rows, columns, 0)
	f.Grayscale.Windows = []dicomio.Window{{Center: center, Width: width, Function: "LINEAR", Explanation: "NORMAL"}}
	return f
}

// text is an element of a header.
func text(t tag.Tag, vr dicomio.VR, v string) dicomio.Element {
	if len(v)%2 == 1 {
		v += " "
	}
	return dicomio.Element{Tag: t, VR: vr, Length: int64(len(v)), Value: []byte(v)}
}

func tempApp(t testing.TB) {
	if tt, ok := t.(*testing.T); ok {
		test.NewTempApp(tt)
		return
	}
	test.NewApp()
}

// said is what the texts on the picture are made of.
func (c *cell) said() overlay.State {
	st, _ := c.state(c.geometry())
	return st
}
