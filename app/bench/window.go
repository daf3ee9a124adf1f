package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Window says what a window that is opened to be measured does. It is passed to the process with the window as JSON, and so is what it measured.
type Window struct {
	// Workload is one of those below.
	Workload string
	// Path is what is opened.
	Path string
	// Width and Height are the window's size in pixels, and Views how many rows and columns of views there are.
	Width, Height, Views int
	// Bare hides the panels on both sides, as F9 and F10 do, so that the window is hardly larger than its views.
	Bare bool
	// Left and Top are where the views of Rachis's window begin and Across and Down how large they are together: the empty one puts its own there.
	Left, Top, Across, Down int
	// Seconds is how long it is measured.
	Seconds float64
	// Serial has Mesa's software OpenGL, where there is no graphics card, paint on the thread of the window instead of on others, so that what painting
	// costs is counted with that thread.
	Serial bool
	// Cache is how many bytes of decoded images are kept; 0 for all that is opened.
	Cache int64
}

// The workloads of a window.
const (
	WindowEmpty    = "empty"   // a plain window of Fyne's, whose pictures are shown anew 60 times a second
	WindowDrag     = "drag"    // the grey window dragged about, 60 moves a second
	WindowWheel    = "wheel"   // the wheel turned, 60 notches a second
	WindowStart    = "start"   // from the start of the process until a picture is painted
	WindowNothing  = "nothing" // the same of an empty window
	WindowDrop     = "drop"    // from the drop of a folder until a picture is painted, and until all are in the cache
	windowDeadline = 5 * time.Minute
)

// Measured is what a window measured of itself. Times are in seconds.
type Measured struct {
	// Left to Down are as in Window.
	Left, Top, Across, Down int
	// Frames were painted in Seconds; the process used Thread of the processor on the window's thread and Process on all. Of a first picture, Process is
	// what was used until then.
	Frames                   int
	Seconds, Thread, Process float64
	// Own is our own work a frame, and Gap the time from frame to frame: median, 95th percentile, worst.
	Own, Gap        [3]float64
	Dropped, Queued int
	// Allocs and Bytes are what our own work allocates in a frame.
	Allocs, Bytes float64
	// First is when the first picture had been painted, by the clock as Unix nanoseconds, and Begun when that began which is measured.
	First, Begun int64
	// Read is how long reading the file of that picture takes, All how long it took until all were in the cache, Decode how long only decoding them
	// takes, on as many workers.
	Read, All, Decode float64
}

// measureWindow starts Rachis itself with a window to be measured. The preferences and the library of whoever measures stay as they are.
func measureWindow(ctx context.Context, o Options, scratch string, w Window) (Measured, error) {
	var m Measured
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	job, err := json.Marshal(w)
	if err != nil {
		return m, err
	}
	ctx, stop := context.WithTimeout(ctx, windowDeadline)
	defer stop()
	var out, problems bytes.Buffer
	c := exec.CommandContext(ctx, self, HiddenVerb, string(job), "--lang", o.Text.Language(), "--library", filepath.Join(scratch, "library"))
	c.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(scratch, "config"), "XDG_DATA_HOME="+filepath.Join(scratch, "data"), "FYNE_SCALE=1")
	if w.Serial {
		c.Env = append(c.Env, "LP_NUM_THREADS=0")
	}
	c.Stdout, c.Stderr = &out, &problems
	begun := time.Now()
	err = c.Run()
	if ctx.Err() != nil {
		return m, ctx.Err()
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(problems.String()), "\n")
		return m, errors.New(strings.TrimPrefix(lines[len(lines)-1], "rachis: "))
	}
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		return m, fmt.Errorf("bench: a window measured nothing: %w", err)
	}
	if m.Begun == 0 {
		m.Begun = begun.UnixNano()
	}
	return m, nil
}

// HiddenVerb is the verb that opens a window to be measured.
const HiddenVerb = "bench-window"
