//go:build !unix

package dicomio

import "os"

// regularFile is an open file for the index.
type regularFile struct{ *os.File }

// openIndexed opens a file and returns its size; regular is false for a folder or device, which is not opened.
func openIndexed(path string) (f regularFile, size int64, regular bool, err error) {
	file, size, err := openRegular(path)
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil && !info.Mode().IsRegular() {
			return f, 0, false, nil
		}
		return f, 0, false, err
	}
	return regularFile{file}, size, true, nil
}

func (f regularFile) close() { _ = f.File.Close() }
