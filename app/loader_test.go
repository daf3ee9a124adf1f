package app

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/dicomio/write"
	"rachis/viewer"
)

// writtenSeries writes n slices of 16 bits and returns them as a stack; more are attributes of each.
func writtenSeries(t testing.TB, n, side int, more write.DataSet) viewer.Item {
	t.Helper()
	dir := t.TempDir()
	pixels := make([]byte, side*side*2)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range pixels {
		pixels[i] = byte(r.Uint32())
	}
	ds := write.DataSet{
		tag.SOPClassUID: "1.2.840.10008.5.1.4.1.1.4", tag.StudyInstanceUID: "1.2.826.0.1.3680043.8.498.2", tag.SeriesInstanceUID: "1.2.826.0.1.3680043.8.498.3",
		tag.PatientName: "SYNTHETIC", tag.PatientID: "SYNTHETIC", tag.Modality: "MR", tag.SamplesPerPixel: 1, tag.PhotometricInterpretation: "MONOCHROME2",
		tag.Rows: side, tag.Columns: side, tag.BitsAllocated: 16, tag.BitsStored: 16, tag.HighBit: 15, tag.PixelRepresentation: 0,
		tag.RepetitionTime: "500", tag.EchoTime: "12", tag.PixelData: pixels,
	}
	for k, v := range more {
		ds[k] = v
	}
	k := &dicomio.Stack{Orientation: "SAG"}
	for i := range n {
		uid := fmt.Sprintf("1.2.826.0.1.3680043.8.498.3.%d", i+1)
		path := filepath.Join(dir, fmt.Sprintf("IM%06d", i+1))
		ds[tag.SOPInstanceUID] = uid
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := write.Write(f, ds); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		k.Slices = append(k.Slices, dicomio.Slice{Position: float64(i), Instance: &dicomio.Instance{SOPInstanceUID: uid, SOPClassUID: "1.2.840.10008.5.1.4.1.1.4",
			Rows: side, Columns: side, Frames: 1, HasPixels: true, Location: dicomio.Location{Path: path}}})
	}
	return viewer.Item{Stack: k, Info: viewer.Info{SeriesUID: "1.2.826.0.1.3680043.8.498.3"}}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A series of 2 bytes a voxel costs at most 2.2 in memory when all of it is loaded, and what the cache says that it holds is what it holds: also
// where each file brings a header of 75 KB with a table of 64.
func TestSeriesInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	for name, more := range map[string]write.DataSet{
		"plain": nil,
		"much beside": {tag.ImageComments: string(letters()), tag.ModalityLUTSequence: []write.DataSet{{tag.LUTDescriptor: []int{32768, 0, 16},
			tag.ModalityLUTType: "US", tag.LUTData: make([]byte, 2*32768)}}},
	} {
		t.Run(name, func(t *testing.T) {
			test.NewTempApp(t)
			const n, side = 200, 512
			it := writtenSeries(t, n, side, more)
			loader := newLoader()
			queue := make(chan func(), 10000)
			before := heap()
			g := viewer.NewGrid(viewer.Config{Loader: loader, Post: func(f func()) { queue <- f }, Workers: 2, CacheBytes: 1 << 30})
			defer g.Destroy()
			g.Place(0, it, nil)
			limit := time.After(2 * time.Minute)
			for g.CacheBytes() < int64(2*n*side*side) {
				select {
				case f := <-queue:
					f()
				case <-time.After(20 * time.Millisecond):
				case <-limit:
					t.Fatalf("only %d bytes are loaded", g.CacheBytes())
				}
			}
			held, voxels := int64(heap()-before), float64(n*side*side)
			runtime.KeepAlive(loader)
			per, said := float64(held)/voxels, float64(g.CacheBytes())/voxels
			t.Logf("%.3f bytes a voxel are held, %.3f counted", per, said)
			if per > 2.2 { // what earlier tests left may go meanwhile, so that it can be less than 2
				t.Errorf("%.3f bytes a voxel", per)
			}
			if said > 2.3 || said < per-0.05 { // a table that is shared counts in each picture
				t.Errorf("the cache counts %.3f bytes a voxel", said)
			}
		})
	}
}

// letters are as many as a long comment has.
func letters() []byte {
	b := make([]byte, 10000)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return b
}

func TestHeadersAreBounded(t *testing.T) {
	l := newLoader()
	it := writtenSeries(t, 300, 16, nil)
	for _, s := range it.Stack.Slices {
		if _, err := l.Header(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var sum int64
	for e := l.order.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*kept).bytes
	}
	if l.bytes != sum || sum > keptHeaders || sum < keptHeaders/2 || l.order.Len() != len(l.files) {
		t.Errorf("%d headers of %d bytes are kept, %d are counted", l.order.Len(), sum, l.bytes)
	}
	l.forget(l.order.Front().Value.(*kept))
	l.forgetAll()
	if l.bytes != 0 || len(l.files) != 0 {
		t.Errorf("%d bytes of %d headers are left", l.bytes, len(l.files))
	}
}

func TestMemoryIsAShareOfTheMachines(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	for _, c := range []struct {
		total int64
		share int
		want  int64
	}{{16 << 30, 4, 4 << 30}, {16 << 30, 8, 2 << 30}, {16 << 30, 2, 8 << 30}, {1 << 30, 8, leastCache}} {
		if got := cacheBytes(c.total, c.share); got != c.want {
			t.Errorf("1/%d of %d is %d", c.share, c.total, got)
		}
	}
	if w.prefs.memoryShare() != usualShare {
		t.Error("an eighth or a half is taken unasked")
	}
	before := w.cacheBytes
	w.prefs.SetInt(prefMemory, 2)
	w.applyMemory()
	if w.cacheBytes < before || w.grid.CacheBudget() != w.cacheBytes {
		t.Errorf("the cache has %d bytes, then %d; the views have %d", before, w.cacheBytes, w.grid.CacheBudget())
	}
	w.prefs.SetInt(prefMemory, 3) // nobody offers that
	if w.prefs.memoryShare() != usualShare {
		t.Error("any number is taken from the preferences")
	}
}

// Files without a Study Instance UID come in studies that bear the same empty one: each stands under its own patient's name, once.
func TestStudiesWithoutUIDStayWithTheirPatients(t *testing.T) {
	w, settle := openedWindow(t, "en")
	idx := study()
	other := study()
	other.Patients[0].ID, other.Patients[0].Name = "P2", "SYNTHETIC^Other"
	idx.Patients = append(idx.Patients, other.Patients...)
	for _, p := range idx.Patients {
		p.Studies[0].UID = ""
	}
	w.session.add(source{paths: []string{"/nowhere"}, index: idx})
	w.tree.fill()
	settle()
	rows := 0
	for _, o := range w.tree.box.Objects {
		if r, ok := o.(*seriesRow); ok {
			rows++
			if w.tree.rows[r.item.Stack] != r {
				t.Errorf("%s stands in the tree twice", r.title)
			}
		}
	}
	if rows != 4 {
		t.Errorf("two patients with two series each have %d rows", rows)
	}
}

// A file whose header is whole and whose pixels are not is listed with its reason once it was to be shown.
func TestWhatCannotBeDecodedIsListed(t *testing.T) {
	w, settle := openedWindow(t, "en")
	broken, err := os.ReadFile(filepath.Join("bench", "testdata", "jpeg-ls.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(broken, []byte("\xFF\xD8\xFF\xF7"))
	copy(broken[start+2000:], bytes.Repeat([]byte{0x55}, 500))
	path := filepath.Join(t.TempDir(), "broken.dcm")
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	w.open([]string{path})
	for range 20 { // thumbnails are no task that is waited for
		if settle(); w.skippedCount > 0 {
			break
		}
	}
	if w.skippedCount != 1 {
		t.Fatalf("%d files are said to be skipped", w.skippedCount)
	}
	list := w.session.skipped(w.loader.failure)
	if len(list) != 1 || list[0].Path != path || !strings.Contains(list[0].Reason, "jpegls") || !strings.Contains(list[0].Reason, "PixelData at 0x") {
		t.Errorf("%+v", list)
	}
	// The whole file is there again, as on a CD that is put back: it is no longer listed.
	whole, err := os.ReadFile(filepath.Join("bench", "testdata", "jpeg-ls.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	item := w.session.items[0]
	if _, err := w.loader.Frame(t.Context(), item.Stack.Slices[0]); err != nil {
		t.Fatal(err)
	}
	if settle(); w.skippedCount != 0 {
		t.Errorf("%d files are still said to be skipped", w.skippedCount)
	}
}
