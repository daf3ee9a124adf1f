package report_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rachis/cases/report"
)

// browser drives Chromium by the WebDriver protocol (W3C, 2018), for the pages are what a browser makes of them.
type browser struct {
	t    *testing.T
	base string // of the session
}

// openBrowser starts a browser, or skips the test where there is none.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	driver, err := exec.LookPath("chromedriver")
	if err != nil {
		t.Skip("chromedriver (chromium-driver) is not installed: the pages are not looked at")
	}
	cmd := exec.Command(driver, "--port=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	ports := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(out)
		for s.Scan() {
			if m := regexp.MustCompile(`successfully on port (\d+)`).FindStringSubmatch(s.Text()); m != nil {
				ports <- m[1]
			}
		}
	}()
	b := &browser{t: t}
	select {
	case port := <-ports:
		b.base = "http://127.0.0.1:" + port
	case <-time.After(2 * time.Minute):
		t.Fatal("chromedriver did not start")
	}
	options := map[string]any{"args": []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--window-size=1200,800", "--force-device-scale-factor=1", "--user-data-dir=" + t.TempDir()}}
	if bin, err := exec.LookPath("chromium"); err == nil {
		options["binary"] = bin
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	b.call("POST", "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"goog:chromeOptions": options, "goog:loggingPrefs": map[string]string{"browser": "ALL"}}}}, &session)
	b.base += "/session/" + session.ID
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	return b
}

func (b *browser) call(method, path string, body, value any) {
	b.t.Helper()
	data := []byte("{}")
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			b.t.Fatal(err)
		}
	}
	req, err := http.NewRequest(method, b.base+path, bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	client := http.Client{Timeout: 60 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		b.t.Fatalf("%s %s: %.600s", method, path, answer)
	}
	if value != nil {
		if err := json.Unmarshal(answer, &struct{ Value any }{value}); err != nil {
			b.t.Fatalf("%s: %v in %.300s", path, err, answer)
		}
	}
}

// open shows a file.
func (b *browser) open(path, hash string) {
	b.t.Helper()
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), Fragment: hash}
	b.call("POST", "/url", map[string]string{"url": "about:blank"}, nil)
	b.call("POST", "/url", map[string]string{"url": u.String()}, nil)
}

// eval runs a script and returns what it returns.
func (b *browser) eval(script string, value any, args ...any) {
	b.t.Helper()
	if args == nil {
		args = []any{}
	}
	b.call("POST", "/execute/sync", map[string]any{"script": script, "args": args}, value)
}

func (b *browser) text(script string) (s string) {
	b.t.Helper()
	b.eval(script, &s)
	return s
}

// do performs input actions (WebDriver 17).
func (b *browser) do(kind string, parameters map[string]any, actions ...map[string]any) {
	b.t.Helper()
	source := map[string]any{"type": kind, "id": kind, "actions": actions}
	if parameters != nil {
		source["parameters"] = parameters
	}
	b.call("POST", "/actions", map[string]any{"actions": []any{source}}, nil)
}

func (b *browser) key(k string) {
	b.t.Helper()
	b.do("key", nil, map[string]any{"type": "keyDown", "value": k}, map[string]any{"type": "keyUp", "value": k})
}

// complaints are what the browser wrote in its console: errors, and what the content security policy refused.
func (b *browser) complaints() []string {
	b.t.Helper()
	var entries []struct{ Level, Message string }
	b.call("POST", "/se/log", map[string]string{"type": "browser"}, &entries)
	var out []string
	for _, e := range entries {
		if !strings.Contains(e.Message, "willReadFrequently") { // said of this test's own reading
			out = append(out, e.Level+" "+e.Message)
		}
	}
	return out
}

func writePages(t *testing.T, in report.Input) string {
	t.Helper()
	pages, err := report.Pages(in)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range pages {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// corner is what stands in a corner of a pane: 5 which image, 6 reservations, 7 the window.
const corner = `return document.querySelectorAll(".pane")[%d].querySelectorAll(".mark")[%d].textContent`

// grey is the picture's value at a place of the image, read from the canvas.
const grey = `var v = document.querySelectorAll(".pane")[0].querySelector("canvas"), k = Math.min(v.width / 80, v.height / 96);
return v.getContext("2d").getImageData((v.width - 80 * k) / 2 + (arguments[0] + 0.5) * k, (v.height - 96 * k) / 2 + (arguments[1] + 0.5) * k, 1, 1).data[0];`

func TestViewerInABrowser(t *testing.T) {
	b := openBrowser(t)
	in := full(t)
	for i := range in.Series {
		for j := range in.Series[i].Slices {
			in.Series[i].Slices[j].Image.FrameOfReferenceUID = "1.2.9"
		}
	}
	dir := writePages(t, in)
	b.open(filepath.Join(dir, "REPORT", "VIEWER.HTM"), "")
	expect := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	image := func(pane int) string { return b.text(fmt.Sprintf(corner, pane, 5)) }
	window := func() string { return b.text(fmt.Sprintf(corner, 0, 7)) }
	value := func(x, y int) (v float64) { b.eval(grey, &v, x, y); return v }
	shown := func(x, y, slice int) float64 { // PS3.3 C.11.2.1.2.1 of the wedge in the window 400, 800
		return ((float64(100*slice+x+y/4)-399.5)/799 + 0.5) * 255
	}
	expect("at first", image(0)+image(1), "Image 3Image 3")
	expect("window", window(), "C 400   L 800")
	for _, p := range [][2]int{{5, 5}, {70, 20}, {40, 80}, {75, 90}} {
		if got, want := value(p[0], p[1]), shown(p[0], p[1], 2); got < want-1.5 || got > want+1.5 {
			t.Errorf("grey at %v is %v, want %v", p, got, want)
		}
	}
	b.do("wheel", nil, map[string]any{"type": "scroll", "x": 300, "y": 400, "deltaX": 0, "deltaY": 120, "origin": "viewport", "duration": 0})
	expect("after the wheel, linked", image(0)+image(1), "Image 4Image 4")
	if got, want := value(40, 40), shown(40, 40, 3); got < want-1.5 || got > want+1.5 {
		t.Errorf("grey of image 4 is %v, want %v", got, want)
	}
	b.key("\uE013") // arrow up, on the canvas that has the focus from the start
	b.key("\uE013")
	expect("after two arrows up", image(0)+image(1), "Image 2Image 2")
	b.do("pointer", map[string]any{"pointerType": "mouse"}, map[string]any{"type": "pointerMove", "x": 300, "y": 400}, map[string]any{"type": "pointerDown", "button": 0},
		map[string]any{"type": "pointerMove", "x": 400, "y": 400}, map[string]any{"type": "pointerUp", "button": 0})
	if w := window(); w == "C 400   L 800" || !strings.HasPrefix(w, "C 400") {
		t.Errorf("after a drag to the right the window is %q", w)
	}
	before := value(75, 90)
	b.key("i")
	if after := value(75, 90); after < 254-before || after > 256-before {
		t.Errorf("inverted, %v became %v", before, after)
	}
	b.key("r")
	expect("reset", window(), "C 400   L 800")
	b.eval(`document.querySelectorAll("#tools button").forEach(function (b) { if (b.textContent === "English") b.click(); })`, nil)
	expect("in English", window(), "C 400   W 800")
	expect("its language", b.text(`return document.documentElement.lang`), "en")
	b.open(filepath.Join(dir, "REPORT", "VIEWER.HTM"), "en-1-4")
	expect("a link to an image", image(0)+b.text(fmt.Sprintf(corner, 0, 4)), "Image 5T2 sagittal")
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the browser complains: %q", c)
	}
}

// The marks are drawn over the image at their place, and can be hidden.
func TestViewerMarksInABrowser(t *testing.T) {
	b := openBrowser(t)
	in := full(t)
	in.Series[0].Slices[2].Marks = []report.Mark{
		{Type: "polygon", Colour: "#ff0000", Points: pixels(20, 20, 60, 20, 60, 70, 20, 70)},
		{Type: "text", Colour: "#ff0000", Points: pixels(60, 45), Text: map[string]string{"fr": "</script><b>Modic", "en": "Modic"}},
	}
	dir := writePages(t, in)
	b.open(filepath.Join(dir, "REPORT", "VIEWER.HTM"), "")
	green := func(x, y float64) (v float64) {
		b.eval(strings.Replace(grey, ".data[0]", ".data[1]", 1), &v, x, y)
		return v
	}
	if g := green(39.5, 19.5); g > 60 {
		t.Errorf("there is no red line at its place: green is %v", g)
	}
	b.key("m")
	if g := green(39.5, 19.5); g < 60 {
		t.Errorf("the hidden line is there: green is %v", g)
	}
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the browser complains: %q", c)
	}
}

// The script's own inflate reads what every encoder may write: stored, fixed and dynamic blocks (RFC 1951).
func TestViewerInflateInABrowser(t *testing.T) {
	source, err := os.ReadFile("page/viewer.js")
	if err != nil {
		t.Fatal(err)
	}
	js := string(source)
	from, to := strings.Index(js, "  function inflate("), strings.Index(js, "  // samples returns")
	if from < 0 || to < from {
		t.Fatal("viewer.js has no inflate where it was")
	}
	b := openBrowser(t)
	b.open(filepath.Join(writePages(t, bare()), "INDEX.HTM"), "")
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70_000) // more than a stored block holds
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for name, data := range map[string][]byte{"empty": {}, "short": []byte("abcabcabcabcabd"), "noise": noise,
		"smooth": bytes.Repeat([]byte("0123456789 the quick brown fox "), 3000), "zeros": make([]byte, 100_000)} {
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.HuffmanOnly} {
			var packed bytes.Buffer
			w, err := flate.NewWriter(&packed, level)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			var got string
			b.eval(js[from:to]+`
			var raw = atob(arguments[0]), packed = Uint8Array.from(raw, function (c) { return c.charCodeAt(0); });
			return btoa(Array.from(inflate(packed, arguments[1]), function (c) { return String.fromCharCode(c); }).join(""));`,
				&got, base64.StdEncoding.EncodeToString(packed.Bytes()), len(data))
			if out, err := base64.StdEncoding.DecodeString(got); err != nil || !bytes.Equal(out, data) {
				t.Errorf("%s at level %d comes out otherwise (%v)", name, level, err)
			}
		}
	}
}

// The report page shows one language at a time, both without styles, and nothing that a text holds is taken for markup.
func TestIndexInABrowser(t *testing.T) {
	b := openBrowser(t)
	in := full(t)
	hostile := `</p><script>document.title="taken"</script><img src=x onerror="document.title='taken'">`
	in.Case.Findings[0].Note, in.Case.Title, in.Pictures[0].Caption, in.Exams[0].Series[0].Description = hostile, hostile, hostile, hostile
	in.Case.Findings[0].Author, in.Case.Findings[0].Label, in.Case.Patient.Name = hostile, hostile, hostile
	in.Case.Findings[1].Note = strings.Repeat("x", 5000) // no word of it breaks
	dir := writePages(t, in)
	b.open(filepath.Join(dir, "INDEX.HTM"), "")
	seen := func() (s string) { return b.text(`return document.body.innerText`) }
	french := seen()
	if !strings.Contains(french, "16,0") || !strings.Contains(french, "Compte rendu") || strings.Contains(french, "Spine imaging review report") {
		t.Error("the page does not begin in French alone")
	}
	if !strings.Contains(french, hostile) {
		t.Error("a note is not shown as it was written")
	}
	b.eval(`document.querySelector("label[for=l-en]").click()`, nil)
	english := seen()
	if !strings.Contains(english, "16.0") || !strings.Contains(english, "Spine imaging review report") || strings.Contains(english, "Compte rendu de revue") {
		t.Error("the page does not change to English")
	}
	var n, wide int
	b.eval(`return document.scripts.length + document.querySelectorAll("[onerror]").length`, &n)
	if title := b.text(`return document.title`); n != 0 || title == "taken" {
		t.Errorf("%d scripts are on the page, its title is %q", n, title)
	}
	b.eval(`return document.documentElement.scrollWidth - window.innerWidth`, &wide)
	if wide > 0 {
		t.Errorf("the page is %d pixels wider than the window", wide)
	}
	b.open(filepath.Join(dir, "REPORT", "VIEWER.HTM"), "")
	if title := b.text(`return document.title`); title == "taken" {
		t.Error("a text was run in the viewer")
	}
	if c := b.complaints(); len(c) > 0 {
		t.Errorf("the browser complains: %q", c)
	}
}
