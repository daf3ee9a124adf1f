package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// line is a line of MANIFEST.SHA.
type line struct {
	path string
	sha  string // lower case hexadecimal
}

// manifest is the list of MANIFEST.SHA, sorted by path.
type manifest []line

func (m manifest) sort() {
	slices.SortFunc(m, func(a, b line) int { return cmp.Compare(a.path, b.path) })
}

// bytes returns the list as sha256sum writes it.
func (m manifest) bytes() []byte {
	var b strings.Builder
	for _, l := range m {
		b.WriteString(l.sha + "  " + l.path + "\n")
	}
	return []byte(b.String())
}

// without returns the list without one path.
func (m manifest) without(path string) manifest {
	return slices.DeleteFunc(slices.Clone(m), func(l line) bool { return l.path == path })
}

// digest is the SHA-256 of the list as it is written.
func (m manifest) digest() string {
	sum := sha256.Sum256(m.bytes())
	return hex.EncodeToString(sum[:])
}

// parseManifest reads a list that is byte for byte what bytes writes, and nothing else.
func parseManifest(b []byte) (manifest, error) {
	var m manifest
	rest := string(b)
	for n := 1; rest != ""; n++ {
		text, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return nil, fmt.Errorf("line %d has no end", n)
		}
		rest = after
		const digits = 2 * sha256.Size
		if len(text) < digits+2 || text[digits:digits+2] != "  " || !isDigest(text[:digits]) {
			return nil, fmt.Errorf("line %d is not a SHA-256, two spaces and a path", n)
		}
		l := line{path: text[digits+2:], sha: text[:digits]}
		if err := checkName(l.path); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if l.path == manifestName {
			return nil, fmt.Errorf("line %d names the manifest itself", n)
		}
		if len(m) > 0 && m[len(m)-1].path >= l.path {
			return nil, fmt.Errorf("line %d: %s is not after %s", n, l.path, m[len(m)-1].path)
		}
		if len(m) == maxFiles {
			return nil, fmt.Errorf("more than %d lines", maxFiles)
		}
		m = append(m, l)
	}
	return m, nil
}

// isDigest reports whether s is a SHA-256 in lower case hexadecimal.
func isDigest(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}
