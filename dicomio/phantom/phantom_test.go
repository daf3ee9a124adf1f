package phantom_test

import (
	"os"
	"testing"
	"time"

	"rachis/dicomio/phantom"
)

func TestGenerate(t *testing.T) {
	dir := os.Getenv("PHANTOM_OUT")
	if dir == "" {
		t.Skip("PHANTOM_OUT not set")
	}
	start := time.Now()
	_, err := phantom.Write(t.Context(), dir, phantom.Options{Seed: 1, Noise: phantom.DefaultNoise})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(start))
}
