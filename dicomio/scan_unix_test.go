//go:build unix

package dicomio_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rachis/dicomio"
)

// TestScanSpecialFiles walks a folder with a pipe, circular and broken links and what may not be read; none of them stops it.
func TestScanSpecialFiles(t *testing.T) {
	root := t.TempDir()
	stack(t, filepath.Join(root, "DICOM"), 3)
	elsewhere := t.TempDir()
	put(t, filepath.Join(elsewhere, "IM9"), sample.and(at(9, 4.5)).file())
	put(t, filepath.Join(root, "locked"), sample.file())
	for _, err := range []error{
		syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644),
		os.Symlink("..", filepath.Join(root, "DICOM", "up")),
		os.Symlink(".", filepath.Join(root, "self")),
		os.Symlink("nowhere", filepath.Join(root, "broken")),
		os.Symlink("round", filepath.Join(root, "round")),
		os.Symlink(elsewhere, filepath.Join(root, "linked")),
		os.Symlink(elsewhere, filepath.Join(root, "linked too")),
		os.Symlink(filepath.Join(root, "pipe"), filepath.Join(root, "to the pipe")),
		os.Chmod(filepath.Join(root, "locked"), 0),
		os.Mkdir(filepath.Join(root, "closed"), 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	x := scan(t, root)
	want := map[string]string{"pipe": "special", "to the pipe": "special", "up": "loop", "self": "loop", "broken": "missing", "round": "missing",
		"locked": "unreadable", "closed": "unreadable"}
	got := codes(x)
	if os.Getuid() == 0 { // nothing is closed to it
		delete(want, "locked")
		delete(want, "closed")
	}
	for name, code := range want {
		if got[name] != code {
			t.Errorf("%s is %q, want %q", name, got[name], code)
		}
	}
	if (got["linked"] == "loop") == (got["linked too"] == "loop") {
		t.Errorf("of two links to one folder: %v", got)
	}
	if place, ok := x.Instance("1.2.3.4.9"); !ok || place.Instance.Location.Path == "" {
		t.Error("what is behind a link was not read")
	}
	if x := scan(t, filepath.Join(root, "pipe")); len(x.Skipped) != 1 || x.Skipped[0].Code != dicomio.SkipSpecial {
		t.Errorf("a pipe given: %v", x.Skipped)
	}
}

// TestOpenSpecialFiles opens by name what the index would pass over: nothing waits for a pipe, and each error names the file.
func TestOpenSpecialFiles(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "locked"), sample.file())
	for _, err := range []error{
		syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644),
		os.Symlink("round", filepath.Join(root, "round")),
		os.Symlink("pipe", filepath.Join(root, "to the pipe")),
		os.Symlink("nowhere", filepath.Join(root, "broken")),
		os.Mkdir(filepath.Join(root, "folder"), 0o755),
		os.Chmod(filepath.Join(root, "locked"), 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"pipe": "not a regular file", "to the pipe": "not a regular file", "folder": "not a regular file",
		"round": "too many levels of symbolic links", "broken": "no such file", "locked": "permission denied"} {
		if name == "locked" && os.Getuid() == 0 { // nothing is closed to it
			continue
		}
		_, err := dicomio.Open(filepath.Join(root, name))
		if err == nil || !strings.HasPrefix(err.Error(), "dicomio: "+filepath.Join(root, name)+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
