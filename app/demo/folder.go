package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rachis/dicomio/phantom"
)

// The places in the folder of a demo.
const (
	noteName    = "demo.json"
	phantomName = "phantom"
	libraryName = "library"
	resultsName = "results"
)

// ForeignError says that a folder holds something, and no demo: nothing in it was touched.
type ForeignError struct{ Dir string }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("demo: %s: the folder is not empty and holds no demo", e.Dir)
}

// note is what tells the folder of a demo from any other, and how far it came.
type note struct {
	Demo  int     `json:"rachis_demo"` // version of the folder's layout
	Seed  int64   `json:"seed"`
	Noise float64 `json:"noise"`
	// Case is the number of the demo case when it is whole, "" before.
	Case string `json:"case"`
	// Library is where the library lies when that is not in the demo's folder.
	Library string `json:"library,omitempty"`
}

const noteVersion = 1

// enter makes the folder, or returns the note of a demo that was begun in it. In any other folder that is not empty it does nothing.
func enter(dir string, seed int64, noise float64) (note, error) {
	fresh := note{Demo: noteVersion, Seed: seed, Noise: noise}
	data, err := os.ReadFile(filepath.Join(dir, noteName))
	if err == nil {
		var have note
		if json.Unmarshal(data, &have) != nil || have.Demo != noteVersion {
			return note{}, &ForeignError{dir}
		}
		return have, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return note{}, fmt.Errorf("demo: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return note{}, fmt.Errorf("demo: %w", err)
	}
	if len(entries) > 0 {
		return note{}, &ForeignError{dir}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return note{}, fmt.Errorf("demo: %w", err)
	}
	return fresh, fresh.write(dir)
}

// libraryOf returns where the demo's library lies, in want when that is not "". A folder that is not empty and was not made for this demo is
// a *ForeignError: a synthetic patient does not belong among real ones.
func (n *note) libraryOf(dir, want string) (string, error) {
	lies := filepath.Join(dir, libraryName)
	if want == "" {
		if n.Library != "" {
			return n.Library, nil
		}
		return lies, nil
	}
	want, err := filepath.Abs(want)
	if err != nil {
		return "", fmt.Errorf("demo: %w", err)
	}
	if want == lies || want == n.Library {
		return want, nil
	}
	entries, err := os.ReadDir(want)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("demo: %w", err)
	}
	if len(entries) > 0 {
		return "", &ForeignError{want}
	}
	n.Library, n.Case = want, ""
	return want, n.write(dir)
}

// write keeps the note; it is whole or as before.
func (n note) write(dir string) error {
	data, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	path := filepath.Join(dir, noteName)
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// phantomIn returns the truth of the phantom in dir when it is whole: its truth is written last, and every file must still be there.
func phantomIn(dir string, n note) (*phantom.Truth, bool) {
	truth, err := phantom.Load(dir)
	if err != nil || truth.Seed != n.Seed || truth.Noise != n.Noise {
		return nil, false
	}
	var images []phantom.Image
	for _, s := range truth.MR.Series {
		images = append(images, s.Images...)
	}
	for _, f := range truth.Films {
		images = append(images, f.Image)
	}
	for _, im := range images {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(im.Path))); err != nil {
			return nil, false
		}
	}
	return truth, true
}
