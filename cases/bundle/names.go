package bundle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The files that every bundle has, by path from its root.
const (
	dicomdirName    = "DICOMDIR"
	annotName       = "SPINEREV/ANNOT.JSN"
	descriptionName = "SPINEREV/BUNDLE.JSN"
	manifestName    = "SPINEREV/MANIFEST.SHA"
	// otherFolder holds the originals that a DICOMDIR cannot list.
	otherFolder = "DICOM/OTHER"
)

// The limits of a bundle that is read. A real one has some thousand files; these keep a forged one from taking all memory.
const (
	maxFiles       = 200_000
	maxDepth       = 8
	maxManifest    = 64 << 20  // bytes: 200,000 lines of the longest path are 35 MB
	maxDescription = 16 << 20  // bytes
	maxAnnot       = 256 << 20 // bytes
	maxDICOMDIR    = 256 << 20 // bytes
)

var component = regexp.MustCompile(`^[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?$`)

// devices are names that are no files on Windows, with any extension.
var devices = []string{"CON", "PRN", "AUX", "NUL", "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
	"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9"}

// checkName holds a path in a bundle to its form: components of 8.3 in capitals, joined by "/". Nothing of that form
// leads out of a folder, and two of them that differ do so on every file system.
func checkName(name string) error {
	parts := strings.Split(name, "/")
	if len(parts) > maxDepth {
		return fmt.Errorf("%d folders deep: at most %d are allowed", len(parts), maxDepth)
	}
	for _, p := range parts {
		if !component.MatchString(p) {
			return fmt.Errorf("%s is not a name of at most 8 capitals, digits and underscores, with an extension of at most 3", shown(p))
		}
		stem, _, _ := strings.Cut(p, ".")
		if slices.Contains(devices, stem) {
			return fmt.Errorf("%s is a device on Windows", p)
		}
	}
	return nil
}

// shown returns a name from outside as it can be printed: quoted when it has anything but letters, short.
func shown(name string) string {
	const most = 100
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "..."
	}
	if !utf8.ValidString(name) || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%+q", name)
	}
	return name
}
