package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	formatName = "rachis-bundle"
	// formatVersion is raised with every field that is added to what a case holds: an older Rachis would read the case without it, and lose it when it
	// stores the finding again.
	formatVersion = 1
)

// Description is SPINEREV/BUNDLE.JSN: what the bundle is.
type Description struct {
	Format  string `json:"format"`  // "rachis-bundle"
	Version int    `json:"version"` // of the format
	// UID names the bundle. Equal contents give an equal UID.
	UID       string    `json:"uid"`
	CaseUID   string    `json:"case_uid"`
	Product   string    `json:"product"`
	Author    string    `json:"author"`
	Created   time.Time `json:"created"`
	Languages []string  `json:"languages"`
	Counts    Counts    `json:"counts"`
	// Left are the originals that the DICOMDIR does not list.
	Left []LeftOut `json:"left"`
	// Contents is the SHA-256 of the lines of MANIFEST.SHA without that of this file: it tells whether the list or a file
	// was changed when they disagree.
	Contents string `json:"contents"`
	// Digest is the SHA-256 of this file without its last two lines. It is the last field.
	Digest string `json:"digest"`
}

// Counts say how much is in a bundle.
type Counts struct {
	Studies    int   `json:"studies"`
	Series     int   `json:"series"`
	Instances  int   `json:"instances"`
	Findings   int   `json:"findings"`   // without tombstones
	Tombstones int   `json:"tombstones"` // findings that were deleted
	KeyImages  int   `json:"key_images"`
	Signatures int   `json:"signatures"`
	Files      int   `json:"files"` // without this one and the manifest
	Bytes      int64 `json:"bytes"` // of those
}

// LeftOut is an original that the DICOMDIR does not list.
type LeftOut struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// digestHead and digestTail stand around the digest, at the end of the file.
const (
	digestHead = "  \"digest\": \""
	digestTail = "\"\n}\n"
)

// bytes returns the file, with its digest.
func (d Description) bytes() ([]byte, error) {
	d.Digest = ""
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", descriptionName, err)
	}
	before, ok := bytes.CutSuffix(append(b, '\n'), []byte(digestHead+digestTail))
	if !ok {
		panic("bundle: the digest is not the last field of " + descriptionName)
	}
	sum := sha256.Sum256(before)
	return []byte(string(before) + digestHead + hex.EncodeToString(sum[:]) + digestTail), nil
}

// parseDescription reads a file that bears its own digest.
func parseDescription(b []byte) (Description, error) {
	var d Description
	i := bytes.LastIndex(b, []byte("\n"+digestHead)) + 1
	if i == 0 {
		return d, fmt.Errorf("it does not end in a digest of itself")
	}
	sum := sha256.Sum256(b[:i])
	if string(b[i:]) != digestHead+hex.EncodeToString(sum[:])+digestTail {
		return d, fmt.Errorf("its bytes are not those of its own digest")
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return d, fmt.Errorf("it is no JSON of ours: %w", err)
	}
	switch {
	case d.Format != formatName:
		return d, fmt.Errorf("its format is %s, not %s", shown(d.Format), formatName)
	case d.Version < 1:
		return d, fmt.Errorf("its version is %d", d.Version)
	case d.Version > formatVersion:
		return d, fmt.Errorf("it has version %d and this Rachis knows version %d: %w", d.Version, formatVersion, errNewer)
	case !isDigest(d.Contents):
		return d, fmt.Errorf("it has no digest of the contents")
	}
	return d, nil
}

var errNewer = errors.New("read it with a newer Rachis")

// codeOf returns the code of what is wrong with the description.
func codeOf(err error) string {
	if errors.Is(err, errNewer) {
		return ProblemVersion
	}
	return ProblemChanged
}

// clean makes a text fit to be one line.
func clean(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}
