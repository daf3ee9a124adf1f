//go:build e2e

// Package e2e drives the real window with a real mouse and keyboard on a display of its own.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk is a display with a window manager, and the folder where its pictures go.
type desk struct {
	t         *testing.T
	display   string
	artefacts string
	home      string
	env       []string
	width     int
	height    int
}

// newDesk starts Xvfb and a window manager; both end with the test.
func newDesk(t *testing.T, width, height int) *desk {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool", "import", "openbox"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: run .ci/install test", tool)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{w}
	start(t, server)
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb gave no display: %v", err)
	}
	d := &desk{t: t, display: ":" + strings.TrimSpace(line), width: width, height: height}
	d.artefacts, err = filepath.Abs(filepath.Join("..", "..", "artifacts", t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(d.artefacts, 0o755); err != nil {
		t.Fatal(err)
	}
	d.home = t.TempDir()
	home := d.home
	d.env = append(os.Environ(), "DISPLAY="+d.display, "WAYLAND_DISPLAY=", "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home,
		"LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8", "FYNE_SCALE=1", "RACHIS_LIBRARY="+filepath.Join(home, "library"))
	// Without a frame and filling the display, as a clinic's screen shows it: the whole of it is the app's.
	rules := filepath.Join(home, "openbox.xml")
	if err := os.WriteFile(rules, []byte(`<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*"><decor>no</decor>`+
		`<maximized>yes</maximized></application></applications></openbox_config>`), 0o600); err != nil {
		t.Fatal(err)
	}
	manager := exec.Command("openbox", "--config-file", rules)
	manager.Env = d.env
	start(t, manager)
	return d
}

// start starts a command that is killed when the test ends.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
}

// app is a running Rachis with its window.
type app struct {
	*desk
	command *exec.Cmd
	window  string
	log     *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// binary is the program that make build made.
func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", "rachis"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run make e2e, which builds it", err)
	}
	return path
}

// open starts Rachis on the paths and waits for its window to fill the display.
func (d *desk) open(args ...string) *app {
	d.t.Helper()
	a := &app{desk: d, log: &lockedBuffer{}}
	a.command = exec.Command(binary(d.t), args...)
	a.command.Env = d.env
	a.command.Stdout, a.command.Stderr = a.log, a.log
	start(d.t, a.command)
	d.t.Cleanup(func() {
		log := a.log.String()
		if strings.Contains(log, "Error in Fyne call thread") || strings.Contains(log, "panic:") {
			d.t.Errorf("the app's log:\n%s", log)
		}
	})
	d.until("the window", 60*time.Second, func() bool {
		out, err := d.try("xdotool", "search", "--onlyvisible", "--name", "Rachis")
		a.window = strings.TrimSpace(strings.Split(out, "\n")[0])
		return err == nil && a.window != ""
	})
	d.run("xdotool", "windowactivate", "--sync", a.window)
	d.until("the window to fill the display", 20*time.Second, func() bool {
		out, err := d.try("xdotool", "getwindowgeometry", "--shell", a.window)
		return err == nil && strings.Contains(out, "WIDTH="+strconv.Itoa(d.width)+"\n") && strings.Contains(out, "HEIGHT="+strconv.Itoa(d.height)+"\n")
	})
	return a
}

// prefer writes the app's preferences, as an earlier start of it left them.
func (d *desk) prefer(json string) {
	d.t.Helper()
	dir := filepath.Join(d.home, "fyne", "org.rachis.viewer")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "preferences.json"), []byte(json), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// rachis runs a verb of the command line on the desk's library and returns what it prints.
func (d *desk) rachis(args ...string) string {
	d.t.Helper()
	return d.run(binary(d.t), args...)
}

// settle waits until a part of the display has stayed as it is for a while, and returns the picture.
func (d *desk) settle(within image.Rectangle) *image.RGBA {
	d.t.Helper()
	last, since := d.look(), time.Now()
	for end := time.Now().Add(30 * time.Second); time.Since(since) < 500*time.Millisecond; {
		if time.Now().After(end) {
			d.t.Fatalf("the display does not come to rest within %v", within)
		}
		time.Sleep(100 * time.Millisecond)
		if now := d.look(); changed(last, now, within) > 0 {
			last, since = now, time.Now()
		}
	}
	return last
}

// look returns what the display shows now.
func (d *desk) look() *image.RGBA {
	d.t.Helper()
	data := d.run("import", "-window", "root", "-depth", "8", "rgb:-") // plain, since most pictures are only compared
	if len(data) != 3*d.width*d.height {
		d.t.Fatalf("a picture of the display has %d bytes, want %d x %d x 3", len(data), d.width, d.height)
	}
	img := image.NewRGBA(image.Rect(0, 0, d.width, d.height))
	for i, j := 0, 0; i < len(data); i, j = i+3, j+4 {
		img.Pix[j], img.Pix[j+1], img.Pix[j+2], img.Pix[j+3] = data[i], data[i+1], data[i+2], 255
	}
	return img
}

// coloured is how many pixels within a rectangle are within a distance of a colour, channel by channel.
func coloured(img *image.RGBA, within image.Rectangle, c color.NRGBA, distance int) (n int) {
	near := func(a, b uint8) bool { d := int(a) - int(b); return d <= distance && -d <= distance }
	within = within.Intersect(img.Rect)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for i, end := img.PixOffset(within.Min.X, y), img.PixOffset(within.Max.X, y); i < end; i += 4 {
			if near(img.Pix[i], c.R) && near(img.Pix[i+1], c.G) && near(img.Pix[i+2], c.B) {
				n++
			}
		}
	}
	return n
}

// bright is the share of pixels within a rectangle that are not nearly black.
func bright(img *image.RGBA, within image.Rectangle) float64 {
	n := within.Dx() * within.Dy()
	return 1 - float64(coloured(img, within, color.NRGBA{A: 255}, 24))/float64(n)
}

// kill ends the process as a power cut would.
func (a *app) kill() {
	a.t.Helper()
	if err := a.command.Process.Kill(); err != nil {
		a.t.Fatal(err)
	}
	a.command.Wait()
}

func (d *desk) try(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = d.env
	out, err := c.Output()
	return string(out), err
}

func (d *desk) run(name string, args ...string) string {
	d.t.Helper()
	out, err := d.try(name, args...)
	if err != nil {
		d.t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

// until waits for something to become true.
func (d *desk) until(what string, limit time.Duration, ready func() bool) {
	d.t.Helper()
	for end := time.Now().Add(limit); !ready(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			d.picture("timeout")
			d.t.Fatalf("no %s within %v", what, limit)
		}
	}
}

// picture keeps a screenshot among the artefacts and returns it.
func (d *desk) picture(name string) *image.RGBA {
	d.t.Helper()
	img := d.look()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.artefacts, name+".png"), b.Bytes(), 0o644); err != nil {
		d.t.Fatal(err)
	}
	return img
}

func (d *desk) mouse(args ...any) {
	d.t.Helper()
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = fmt.Sprint(a)
	}
	d.run("xdotool", words...)
	time.Sleep(60 * time.Millisecond)
}

// move puts the pointer at a place of the display; Fyne takes it in at its next poll.
func (d *desk) move(x, y int) { d.t.Helper(); d.mouse("mousemove", x, y) }

func (d *desk) click(x, y int) {
	d.t.Helper()
	d.move(x, y)
	d.mouse("mousedown", 1)
	d.mouse("mouseup", 1)
}

// drag moves with a button held, in small steps as a hand does.
func (d *desk) drag(button, x0, y0, x1, y1 int) {
	d.t.Helper()
	d.move(x0, y0)
	d.mouse("mousedown", button)
	for i := 1; i <= 8; i++ {
		d.move(x0+(x1-x0)*i/8, y0+(y1-y0)*i/8)
	}
	d.mouse("mouseup", button)
}

func (d *desk) wheel(x, y, notches int) {
	d.t.Helper()
	d.move(x, y)
	button := 5
	if notches < 0 {
		button, notches = 4, -notches
	}
	for range notches {
		d.mouse("click", button)
	}
}

func (d *desk) key(names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.mouse("key", n)
	}
}

func (d *desk) write(text string) {
	d.t.Helper()
	d.run("xdotool", "type", "--delay", "30", text)
	time.Sleep(100 * time.Millisecond)
}

// changed is the share of pixels that differ between two pictures within a rectangle.
func changed(a, b *image.RGBA, within image.Rectangle) float64 {
	differ := 0
	within = within.Intersect(a.Rect)
	for y := within.Min.Y; y < within.Max.Y; y++ {
		i, j := a.PixOffset(within.Min.X, y), a.PixOffset(within.Max.X, y)
		if bytes.Equal(a.Pix[i:j], b.Pix[i:j]) {
			continue
		}
		for ; i < j; i += 4 {
			if [4]byte(a.Pix[i:i+4]) != [4]byte(b.Pix[i:i+4]) {
				differ++
			}
		}
	}
	return float64(differ) / float64(max(within.Dx()*within.Dy(), 1))
}
