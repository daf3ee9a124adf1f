package bundle

import (
	"os"
	"path/filepath"
	"testing"
)

// Reseal gives a folder that was changed right sums again: what a careful forger does, or a writer with a fault.
func Reseal(t *testing.T, root string, edit func(*Description)) {
	t.Helper()
	s, err := openFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var c checked
	found, err := s.hash(t.Context(), &c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(descriptionName)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := parseDescription(b)
	if err != nil {
		t.Fatal(err)
	}
	list := found.without(descriptionName)
	d.Contents = list.digest()
	if edit != nil {
		edit(&d)
	}
	if b, err = d.bytes(); err != nil {
		t.Fatal(err)
	}
	sum := newSums()
	if _, err := sum.Write(b); err != nil {
		t.Fatal(err)
	}
	list = append(list, line{descriptionName, sum.digest()})
	list.sort()
	for name, data := range map[string][]byte{descriptionName: b, manifestName: list.bytes()} {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
