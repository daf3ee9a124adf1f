package app

import (
	"path/filepath"
	"strconv"
	"strings"

	"rachis/dicomio"
)

// errorText is an error's own text as it may be shown: with identity hidden without the paths, for folders bear names.
func (w *window) errorText(err error) string {
	if w.hidesIdentity() {
		return dicomio.WithoutPath(err)
	}
	return err.Error()
}

// fileName is a file's own name as it may be shown: with identity hidden it is not, for files bear names too.
func (w *window) fileName(path string) string {
	if w.hidesIdentity() {
		return "…"
	}
	return filepath.Base(path)
}

// skippedTexts are what the list of the files that are not shown says of the i-th: its name, the reason, and the whole of it once it is chosen.
// With identity hidden its number stands for its name.
func (w *window) skippedTexts(i int, s dicomio.Skipped) (name, reason, detail string) {
	if !w.hidesIdentity() {
		reason = w.skipReason(s)
		return shortPath(s.Path), reason, s.Path + "\n" + reason + "\n" + s.Reason
	}
	whole := s.Reason
	s.Reason = strings.ReplaceAll(strings.ReplaceAll(whole, s.Path+": ", ""), s.Path, "…")
	if s.Code != dicomio.SkipUnsupported && strings.ContainsAny(s.Reason, `/\`) {
		s.Reason = "…" // perhaps another path
	}
	reason = w.skipReason(s)
	return strconv.Itoa(i + 1), reason, reason
}
