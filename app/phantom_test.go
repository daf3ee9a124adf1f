package app

import (
	"context"
	"os"
	"sync"
	"testing"

	"rachis/dicomio/phantom"
)

// phantomFiles is the one phantom of this package's tests, which only read it: making one takes seconds, and minutes under the race detector.
var phantomFiles struct {
	once  sync.Once
	dir   string
	truth *phantom.Truth
	err   error
}

// phantomStudy gives the folder of a phantom and what is true of it. Nobody writes there; TestMain takes it away.
func phantomStudy(t *testing.T) (dir string, truth *phantom.Truth) {
	t.Helper()
	f := &phantomFiles
	f.once.Do(func() {
		if f.dir, f.err = os.MkdirTemp("", "rachis-app"); f.err == nil {
			f.truth, f.err = phantom.Write(context.Background(), f.dir, phantom.Options{Seed: 2, Noise: 1})
		}
	})
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f.dir, f.truth
}

func TestMain(m *testing.M) {
	code := m.Run()
	if phantomFiles.dir != "" {
		os.RemoveAll(phantomFiles.dir)
	}
	os.Exit(code)
}
