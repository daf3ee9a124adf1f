package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Exists reports whether there is a library in dir, of whatever version, or something that Open will say is none: Open makes
// one where there is nothing.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, databaseName))
	return !errors.Is(err, fs.ErrNotExist)
}
