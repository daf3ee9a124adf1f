package viewer

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// expectedLinking is testdata/linking.json, which testdata/linking.py made with pydicom and numpy. Stacks are numbered as there.
type expectedLinking struct {
	Stacks []struct {
		Series    int
		Spacing   float64
		Instances []int // InstanceNumber, slice by slice
	}
	Scroll []struct {
		From, To int
		Slices   []int // that To shows for each slice of From; null where they are not linked
	}
	Lines []struct {
		On, Of [2]int // stack and slice
		Ends   [2][2]float64
	}
	Cursors []struct {
		On    [2]int
		At    [2]float64
		Point [3]float64
		Sees  []struct {
			Stack, Slice int
			Inside       bool
			At           [2]float64
		}
	}
	Blocks []struct {
		On           [2]int
		At           [2]float64
		Stack, Slice int
		MM           float64
	}
}

// lumbar places the stacks of the lumbar MR in a grid, each in the view of its number.
func lumbar(t *testing.T) (*lab, expectedLinking) {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "testdata", "01_spine_mr_fileset")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared test data (../shared/testdata) is not here: linking is not checked on real series")
	}
	data, err := os.ReadFile(filepath.Join("testdata", "linking.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want expectedLinking
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	idx, err := dicomio.Scan(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, fyne.NewSize(1200, 600), func(c *Config) { c.Loader = nil })
	l.g.SetLayout(Layout{Rows: 2, Columns: 4})
	placed := 0
	for p, se := range idx.Series() {
		for _, k := range se.Stacks {
			var numbers []int
			for _, s := range k.Slices {
				numbers = append(numbers, s.Instance.InstanceNumber)
			}
			for i, w := range want.Stacks {
				if w.Series != se.Number || !slices.Contains(w.Instances, numbers[0]) {
					continue
				}
				if !slices.Equal(numbers, w.Instances) || math.Abs(k.Spacing-w.Spacing) > 1e-3 {
					t.Fatalf("series %d has a stack of the images %v with %v mm between, want %v with %v", se.Number, numbers, k.Spacing, w.Instances, w.Spacing)
				}
				placed++
				l.g.Place(i, Item{Stack: k, Info: InfoOf(p.Patient, p.Study, se, k)}, &annotations.View{Slice: len(k.Slices) / 2})
			}
		}
	}
	if placed != len(want.Stacks) || placed != 7 {
		t.Fatalf("%d of the %d stacks are there", placed, len(want.Stacks))
	}
	l.rest()
	return l, want
}

// arrive waits until every view shows its slice.
func (l *lab) arrive() {
	l.t.Helper()
	l.until("every view shows its slice", func() bool {
		return !slices.ContainsFunc(l.g.shown(), (*cell).waiting)
	})
}

func TestLinkedScrollOnTheLumbarMR(t *testing.T) {
	l, want := lumbar(t)
	linked := 0
	for _, w := range want.Scroll {
		for i := range want.Stacks[w.From].Instances {
			l.g.Link(LinkScroll, false)
			rest := len(want.Stacks[w.To].Instances) - 1
			l.g.SetView(w.To, annotations.View{Slice: rest}) // somewhere else
			l.g.SetView(w.From, annotations.View{Slice: (i + 1) % len(want.Stacks[w.From].Instances)})
			l.g.SetActive(7)
			l.g.Link(LinkScroll, true)
			l.g.SetView(w.From, annotations.View{Slice: i})
			got, expected := l.g.View(w.To).Slice, rest
			if w.Slices != nil {
				expected = w.Slices[i]
				linked++
			}
			if got != expected {
				t.Errorf("at slice %d of stack %d, stack %d shows %d, want %d", i, w.From, w.To, got, expected)
			}
		}
	}
	if linked < 22 {
		t.Errorf("only %d places were linked", linked)
	}
}

func TestLocaliserLinesOnTheLumbarMR(t *testing.T) {
	l, want := lumbar(t)
	l.g.Link(LinkScroll, false)
	worst := 0.0
	for _, w := range want.Lines {
		l.g.SetView(w.On[0], annotations.View{Slice: w.On[1]})
		l.g.SetView(w.Of[0], annotations.View{Slice: w.Of[1]})
		l.g.SetActive(w.Of[0])
		l.arrive()
		line, ok := l.g.localiserOn(l.g.cells[w.On[0]])
		a, b := pixel(w.Ends[0]), pixel(w.Ends[1])
		off := math.Min(math.Max(line.From.Distance(a), line.To.Distance(b)), math.Max(line.From.Distance(b), line.To.Distance(a)))
		if !ok || line.Dashed || off > 0.01 {
			t.Errorf("stack %d slice %d on stack %d slice %d: the line is %v (%v), want %v to %v", w.Of[0], w.Of[1], w.On[0], w.On[1], line, ok, a, b)
		}
		worst = math.Max(worst, off)
	}
	t.Logf("%d lines, the worst %.5f pixels off", len(want.Lines), worst)
	if len(want.Lines) < 100 {
		t.Error("there are few lines to compare")
	}
}

func TestCrosshairOnTheLumbarMR(t *testing.T) {
	l, want := lumbar(t)
	l.g.SetMode(ModeCross)
	l.g.Link(LinkScroll, false) // the crosshair goes along all the same
	inside, missed, worst := 0, 0, 0.0
	for _, w := range want.Cursors {
		var before []int
		for i := range want.Stacks {
			l.g.SetView(i, annotations.View{Slice: (len(want.Stacks[i].Instances) + w.On[1]) % 2})
			before = append(before, l.g.View(i).Slice)
		}
		l.g.SetView(w.On[0], annotations.View{Slice: w.On[1]})
		l.arrive()
		c := l.g.cells[w.On[0]]
		if !l.g.crossOn(c, pixel(w.At)) {
			t.Fatalf("stack %d slice %d takes no cross at %v", w.On[0], w.On[1], w.At)
		}
		l.arrive()
		p := l.g.crosses[0].at
		if len(l.g.crosses) != 1 || p.Sub(space.LPS{X: w.Point[0], Y: w.Point[1], Z: w.Point[2]}).Length() > 0.001 {
			t.Errorf("the cross is at %v in the patient, want %v", p, w.Point)
		}
		for _, see := range w.Sees {
			s, ok := l.g.sightOf(l.g.cells[see.Stack])
			slice := l.g.View(see.Stack).Slice
			if !see.Inside {
				missed++
				if !ok || !(s.missed > 0) || slice != before[see.Stack] {
					t.Errorf("%v of stack %v lies outside of stack %d, which goes from slice %d to %d and says %+v", w.At, w.On, see.Stack, before[see.Stack], slice, s)
				}
				continue
			}
			inside++
			off := s.at.Distance(pixel(see.At))
			worst = math.Max(worst, off)
			if !ok || s.missed != 0 || s.off || slice != see.Slice || off > 0.01 {
				t.Errorf("%v of stack %v is on stack %d in slice %d at %+v, want slice %d at %v", w.At, w.On, see.Stack, slice, s, see.Slice, see.At)
			}
		}
	}
	t.Logf("%d places inside, the worst %.5f pixels off; %d outside", inside, worst, missed)
	if inside < 100 || missed < 100 {
		t.Error("there are few places to compare")
	}
}

func pixel(at [2]float64) space.Pixel { return space.Pixel{Col: at[0], Row: at[1]} }
