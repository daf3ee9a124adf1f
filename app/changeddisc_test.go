package app

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
)

// A disc that was changed for another patient's holds files of the same names: none of its pixels comes under the name of the patient whose study is open,
// whether the header was read before or not. Once the first disc is back, or where a file was only touched, the images come again.
func TestNothingComesOfADiscThatWasChanged(t *testing.T) {
	it := writtenSeries(t, 2, 16, nil)
	other := writtenSeries(t, 2, 16, write.DataSet{tag.PatientName: "OTHER", tag.PatientID: "OTHER", tag.PixelData: make([]byte, 2*16*16)})
	for _, s := range other.Stack.Slices { // whose files are another's by their UID alone, and have the same length
		restamp(t, s.Instance.Location.Path, "8.498.3.", "8.498.4.")
	}
	l, ctx := newLoader(), t.Context()
	first, second := it.Stack.Slices[0], it.Stack.Slices[1]
	want, err := l.Frame(ctx, first) // whose header is kept
	if err != nil {
		t.Fatal(err)
	}
	swap := func() {
		for i := range it.Stack.Slices {
			a, b := it.Stack.Slices[i].Instance.Location.Path, other.Stack.Slices[i].Instance.Location.Path
			for _, move := range [][2]string{{a, a + ".kept"}, {b, a}, {a + ".kept", b}} {
				if err := os.Rename(move[0], move[1]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	touch := func() {
		for i, s := range it.Stack.Slices {
			at := time.Date(2020, 1, 1, i, 0, 0, 0, time.UTC)
			if err := os.Chtimes(s.Instance.Location.Path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	touch()
	swap()
	for name, s := range map[string]dicomio.Slice{"its header was read before": first, "it was not": second} {
		if f, err := l.Frame(ctx, s); !errors.Is(err, dicomio.ErrReplaced) || f != nil {
			t.Errorf("%s: a frame of another patient comes, %v", name, err)
		}
		if d, err := l.Header(ctx, s); !errors.Is(err, dicomio.ErrReplaced) || d != nil {
			t.Errorf("%s: a header of another patient comes, %v", name, err)
		}
		if f, _ := l.thumbnail(ctx, s); f != nil {
			t.Errorf("%s: a thumbnail of another patient comes", name)
		}
		if why, _ := dicomio.ReasonOf(l.failure(s.Instance)); why != dicomio.ReasonReplaced {
			t.Errorf("%s: the reason is %q", name, why)
		}
	}
	swap()
	for _, s := range it.Stack.Slices {
		if f, err := l.Frame(ctx, s); err != nil || f.Values[0] != want.Values[0] || l.failure(s.Instance) != nil {
			t.Errorf("the first disc is back, and its image does not come: %v", err)
		}
	}
	restamp(t, first.Instance.Location.Path, "8.498.3.", "8.498.3.")
	if _, err := l.Frame(ctx, first); err != nil {
		t.Errorf("of a file that was written anew: %v", err)
	}
}

// restamp writes a file of a test anew, later, and under another UID of the same length.
func restamp(t *testing.T, path, from, to string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(b, []byte(from), []byte(to)), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}
