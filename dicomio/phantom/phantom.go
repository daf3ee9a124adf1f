package phantom

import (
	"context"
	"errors"
)

// DefaultNoise is the noise of a good clinical scan and film.
const DefaultNoise = 1.0

// Options say how the phantom is made. The zero value is seed 0 without noise.
type Options struct {
	// Seed chooses the noise, the marrow's texture and the UIDs. Equal seed and noise give equal bytes.
	Seed int64
	// Noise is the standard deviation of the noise relative to a clinical image's: 1 is realistic, 0 is none.
	Noise float64
	// Progress, when not nil, is told how many files of how many are written, from one goroutine at a time.
	Progress func(done, total int)
}

// Write makes the phantom's files and truth.json in dir, which is made when absent, and returns what truth.json holds.
func Write(ctx context.Context, dir string, o Options) (*Truth, error) {
	return nil, errors.New("phantom: not built")
}
