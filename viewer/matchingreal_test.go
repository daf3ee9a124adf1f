package viewer

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"rachis/annotations"
)

// The window of the real T1, matched to the T2 of another matrix, is what pydicom and numpy make of it (testdata/matching.py). Ours looks at every
// other place or so, theirs at each: the ends agree to a hundredth of the width.
func TestMatchedWindowOfTheRealPair(t *testing.T) {
	l, _ := lumbar(t)
	data, err := os.ReadFile(filepath.Join("testdata", "matching.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Images                   [2]int
		Center, Width, Low, High float64
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	l.rest()
	t1, t2 := -1, -1
	for i := range l.g.Cells() {
		it, ok := l.g.Item(i)
		if !ok {
			continue
		}
		for n, s := range it.Stack.Slices {
			switch {
			case it.Info.SeriesNumber == 7 && s.Instance.InstanceNumber == want.Images[0]:
				t1 = i
				l.g.SetView(i, annotations.View{Slice: n, Center: want.Center, Width: want.Width})
			case it.Info.SeriesNumber == 6 && s.Instance.InstanceNumber == want.Images[1]:
				t2 = i
			}
		}
	}
	if t1 < 0 || t2 < 0 {
		t.Fatal("the pair is not there")
	}
	l.rest()
	it, _ := l.g.Item(t2)
	if got := it.Stack.Slices[l.g.View(t2).Slice].Instance.InstanceNumber; got != want.Images[1] { // linked by position
		t.Fatalf("image %d of T2 is shown, want %d", got, want.Images[1])
	}
	l.g.SetActive(t1)
	if n, problem := l.g.MatchWindows(); n < 1 {
		t.Fatalf("nothing is matched: %s", problem)
	}
	w, _ := l.g.Window(t2)
	got := ends(w)
	if tolerance := (want.High - want.Low) / 100; math.Abs(got[0]-want.Low) > tolerance || math.Abs(got[1]-want.High) > tolerance {
		t.Errorf("T2 is shown from %v to %v, numpy says %v to %v", got[0], got[1], want.Low, want.High)
	}
	t.Logf("from %v to %v, numpy: %v to %v", got[0], got[1], want.Low, want.High)
}
