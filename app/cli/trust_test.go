package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"rachis/dicomio/phantom"
)

// A list of series says for every spacing how far it is to be trusted, and not its attribute alone.
func TestListSaysWhatASpacingRestsOn(t *testing.T) {
	dir := t.TempDir()
	if _, err := phantom.Write(t.Context(), dir, phantom.Options{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"MR/T2":  "0.625 x 0.625 mm (PixelSpacing: in the patient)",
		"DX/EXT": "mm (ImagerPixelSpacing/EstimatedRadiographicMagnificationFactor: by the stated magnification)",
	} {
		if code, out, errs := run(t, "ls", filepath.Join(dir, filepath.FromSlash(path))); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, %s%s", path, code, out, errs)
		}
	}
}
