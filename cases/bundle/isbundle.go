package bundle

import (
	"bytes"
	"os"
	"path/filepath"
)

// IsBundle reports whether there is a bundle at path, intact or not: a folder or a ZIP with SPINEREV/BUNDLE.JSN. It reads
// little, opens no pipe or device, and answers for any path.
func IsBundle(path string) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		info, err := os.Lstat(filepath.Join(path, filepath.FromSlash(descriptionName)))
		return err == nil && info.Mode().IsRegular()
	case !info.Mode().IsRegular():
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return namesDescription(f, info.Size())
}

// namesDescription reports whether the directory of a ZIP has an entry of BUNDLE.JSN. It is also for ZIPs that another
// program wrote, or that are damaged: of them it is to be told that they are, and not that they are no bundles.
func namesDescription(f *os.File, size int64) bool {
	var magic [4]byte
	if _, err := f.ReadAt(magic[:], 0); err != nil || string(magic[:2]) != "PK" {
		return false
	}
	// In a ZIP of ours it is the last entry but one; most directories are within this.
	const tail, most = 256 << 10, 32 << 20
	for n := int64(tail); ; n = most {
		n = min(n, size)
		b := make([]byte, n)
		if _, err := f.ReadAt(b, size-n); err != nil {
			return false
		}
		if hasEntry(b, descriptionName) {
			return true
		}
		// Where the directory begins within what was read, there is no more of it.
		if n == size || n == most || !directoryBefore(b, size) {
			return false
		}
	}
}

// hasEntry reports whether b holds the header of an entry of the name as it stands in a directory.
func hasEntry(b []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(name))
		if i < 0 {
			return false
		}
		at += i
		if at >= centralSize {
			head := b[at-centralSize:]
			if little.Uint32(head) == centralSignature && int(little.Uint16(head[28:])) == len(name) {
				return true
			}
		}
		at += len(name)
	}
}

// directoryBefore reports whether the ZIP that ends in b has a directory that begins before b.
func directoryBefore(b []byte, size int64) bool {
	for at := len(b) - endSize; at >= 0 && at >= len(b)-endSize-unsaid16; at-- {
		if little.Uint32(b[at:]) == endSignature {
			offset := int64(little.Uint32(b[at+16:]))
			return offset == unsaid32 || offset < size-int64(len(b))
		}
	}
	return false
}
