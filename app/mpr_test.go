package app

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/app/lang"
	"rachis/dicomio"
	"rachis/dicomio/phantom"
	"rachis/dicomio/space"
	"rachis/viewer"
	"rachis/viewer/overlay"
	"rachis/viewer/reslice"
)

// spineWindow is a window on the phantom's MR study, of which the sagittal T2 is in the active view.
func spineWindow(t *testing.T, language string) (w *window, settle func(), truth *phantom.Truth) {
	t.Helper()
	if testing.Short() {
		t.Skip("making a phantom takes seconds")
	}
	dir, truth := phantomStudy(t)
	w, rest := openedWindow(t, language)
	settle = func() { // until all views show what they are to show
		t.Helper()
		for range 200 {
			rest()
			loading := false
			for i := range w.grid.Cells() {
				_, ok := w.grid.Item(i)
				loading = loading || ok && w.grid.Frame(i) == nil
			}
			if !loading {
				return
			}
		}
		t.Fatal("a view stays without its image")
	}
	w.win.Resize(fyne.NewSize(1366, 768))
	w.open([]string{filepath.Join(dir, "MR", "T2")})
	settle()
	w.setLayout(viewer.Layout1x1)
	for _, it := range w.session.items {
		if it.Stack.Weighting == "T2" {
			w.place(it)
		}
	}
	settle()
	return w, settle, truth
}

// What the command shows: the original and the three planes of the patient through one place, as stacks that are computed, say so, and know where
// they are.
func TestReconstructionOfThePhantom(t *testing.T) {
	w, settle, truth := spineWindow(t, "fr")
	original, _ := w.grid.Item(0)
	w.grid.SetWindow(700, 1500)
	if !w.table.Run("mpr") {
		t.Fatal("the command cannot run")
	}
	settle()
	if w.grid.Layout() != viewer.Layout2x2 {
		t.Fatalf("the layout is %v", w.grid.Layout())
	}
	if it, _ := w.grid.Item(0); it.Stack != original.Stack {
		t.Error("the first view does not show the original")
	}
	letters := [][4]string{{}, {"R", "L", "A", "P"}, {"R", "L", "H", "F"}, {"A", "P", "H", "F"}}
	for i, want := range []string{"SAG", "AX", "COR", "SAG"} {
		it, ok := w.grid.Item(i)
		f := w.grid.Frame(i)
		if !ok || f == nil || it.Stack.Orientation != want {
			t.Fatalf("view %d shows %q, %v", i, it.Stack.Orientation, f != nil)
		}
		if v := w.grid.View(i); v.Center != 700 || v.Width != 1500 {
			t.Errorf("view %d has the window %v / %v", i, v.Width, v.Center)
		}
		if i == 0 {
			continue
		}
		ref, _ := w.grid.Ref(i)
		p := ref.Plane
		if in := it.Stack.Slices[0].Instance; in.Rows != f.Rows || in.Columns != f.Columns || in.Frames != len(it.Stack.Slices) {
			t.Errorf("view %d: frames of %dx%d are %dx%d", i, in.Columns, in.Rows, f.Columns, f.Rows)
		}
		if !isMade(ref.SOPInstanceUID) || ref.SeriesInstanceUID != "" || ref.FrameOfReferenceUID != truth.MR.FrameOfReferenceUID {
			t.Errorf("view %d: %+v", i, ref)
		}
		if p.Spacing.BetweenRows != p.Spacing.BetweenColumns || math.Abs(p.Spacing.BetweenRows-truth.MR.Series["T2"].Spacing.BetweenRows) > 1e-9 || it.Stack.Spacing != p.Spacing.BetweenRows {
			t.Errorf("view %d: pixels of %v mm every %v mm", i, p.Spacing, it.Stack.Spacing)
		}
		if got := overlay.Letters(*p, 0, false); got != letters[i] {
			t.Errorf("view %d: the sides are %v, want %v", i, got, letters[i])
		}
		if !strings.Contains(it.Info.Flags, "Reconstruction (MPR)") || it.Info.PatientName != original.Info.PatientName || !strings.Contains(it.Info.SeriesDescription, "SAG T2") {
			t.Errorf("view %d says %q, %q of %q", i, it.Info.Flags, it.Info.SeriesDescription, it.Info.PatientName)
		}
		// The planes pass by the place that the original showed.
		at, _ := planeOf(w, 0)
		middle := at.ToPatient(space.Pixel{Col: float64(original.Stack.Slices[0].Instance.Columns) / 2, Row: float64(original.Stack.Slices[0].Instance.Rows) / 2})
		if _, d := p.FromPatient(middle); math.Abs(d) > it.Stack.Spacing/2+1e-6 {
			t.Errorf("view %d passes by the place at %v mm", i, d)
		}
	}
	// The middle of the body of L4 is as bright in each plane as on the acquired slice that it lies on.
	body := truth.MR.Vertebrae["L4"]
	at := body.SM.Add(body.IM.LPS).Scale(0.5)
	w.grid.SetView(0, viewAt(w, 0, at))
	settle()
	acquired := valueAt(t, w, 0, at)
	for i := 1; i < 4; i++ {
		w.grid.SetView(i, viewAt(w, i, at))
		settle()
		if got := valueAt(t, w, i, at); math.Abs(got-acquired) > 60 {
			t.Errorf("view %d reads %v where the original reads %v", i, got, acquired)
		}
	}
	if s := w.mpr.active(); s != nil {
		t.Error("the original counts as a reconstruction")
	}
	// The bar is there whichever view is active: a press that made it come would move the picture away under the pointer.
	at0 := w.centre.Position()
	w.grid.SetActive(1)
	if w.mpr.active() == nil || !w.mpr.bar.root.Visible() || w.centre.Position() != at0 {
		t.Errorf("the bar is not shown, or the pictures went from %v to %v", at0, w.centre.Position())
	}
	// In the other language it says the same.
	w.prefs.SetString(prefLanguage, "en")
	w.applyLook()
	settle()
	if it, _ := w.grid.Item(1); !strings.Contains(it.Info.Flags, "Reconstruction (MPR), axial") {
		t.Errorf("in English: %q", it.Info.Flags)
	}
	// Identity is hidden on computed pictures too.
	w.toggleIdentity()
	if it, _ := w.grid.Item(2); it.Info.Code == "" {
		t.Error("a reconstruction shows the identity that is hidden")
	}
	w.toggleIdentity()
	// Alone and back, nothing is lost; when no view shows it, the volume goes.
	w.grid.ToggleSingle()
	settle()
	if len(w.mpr.all) != 1 {
		t.Fatal("the volume went while a view was alone")
	}
	w.grid.ToggleSingle()
	settle()
	for i := range 4 {
		w.grid.Place(i, original, nil)
	}
	w.stateChanged()
	settle()
	if len(w.mpr.all) != 0 || len(w.mpr.items()) != 0 {
		t.Errorf("%d volumes are kept that nothing shows", len(w.mpr.all))
	}
	n := 0
	w.loader.made.all.Range(func(any, any) bool { n++; return true })
	if n != 0 {
		t.Errorf("the loader keeps %d computed stacks", n)
	}
}

func planeOf(w *window, cell int) (space.Plane, bool) {
	ref, ok := w.grid.Ref(cell)
	if !ok || ref.Plane == nil {
		return space.Plane{}, false
	}
	return *ref.Plane, true
}

// viewAt is the view of a cell at the slice through a place.
func viewAt(w *window, cell int, at space.LPS) annotations.View {
	it, _ := w.grid.Item(cell)
	v := w.grid.View(cell)
	v.Slice = nearestSlice(it.Stack, at)
	return v
}

// valueAt is the mean of what a cell shows around a place.
func valueAt(t *testing.T, w *window, cell int, at space.LPS) float64 {
	t.Helper()
	p, _ := planeOf(w, cell)
	f := w.grid.Frame(cell)
	if f == nil {
		t.Fatalf("view %d shows nothing", cell)
	}
	q, _ := p.FromPatient(at)
	sum, n := 0.0, 0.0
	for y := -2; y <= 2; y++ {
		for x := -2; x <= 2; x++ {
			sum += float64(f.Values[(int(q.Row)+y)*f.Columns+int(q.Col)+x])
			n++
		}
	}
	return sum / n
}

// A place that is pointed at in one view is the same place in the others: the original and the computed ones.
func TestReconstructionsFollowTheCrosshair(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	w.table.Run("mpr")
	settle()
	at := truth.MR.Vertebrae["L3"].IM.LPS
	for from := range 4 {
		w.grid.SetActive(from)
		w.grid.ResetView()
		w.grid.SetView(from, viewAt(w, from, at))
		settle()
		p, _ := planeOf(w, from)
		target, off := p.FromPatient(at)
		pointed := p.ToPatient(target)
		pos := onScreen(w, from, target)
		w.grid.SetMode(viewer.ModeCross)
		w.grid.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: pos}, Button: desktop.MouseButtonPrimary})
		w.grid.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: pos}, Button: desktop.MouseButtonPrimary})
		settle()
		for i := range 4 {
			it, _ := w.grid.Item(i)
			q, _ := planeOf(w, i)
			if _, d := q.FromPatient(pointed); math.Abs(d) > it.Stack.Spacing/2+1 { // a screen pixel is about a millimetre
				t.Errorf("from view %d (%.1f mm off), view %d is %.2f mm away from the place", from, off, i, d)
			}
		}
	}
}

// onScreen returns the place of the grid at which an image point lies while its picture is fitted into its view.
func onScreen(w *window, cell int, p space.Pixel) fyne.Position {
	size, l := w.grid.Size(), w.grid.Layout()
	width, height := float64(size.Width)/float64(l.Columns), float64(size.Height)/float64(l.Rows)
	it, _ := w.grid.Item(cell)
	in := it.Stack.Slices[0].Instance
	scale := min(width/float64(in.Columns), height/float64(in.Rows))
	x := (float64(cell%l.Columns)+0.5)*width + (p.Col-float64(in.Columns)/2)*scale
	y := (float64(cell/l.Columns)+0.5)*height + (p.Row-float64(in.Rows)/2)*scale
	return fyne.NewPos(float32(x), float32(y))
}

// Slabs are written on the pictures, and are what they say: a thick one of the largest values is nowhere darker than the plane in its middle.
func TestSlabs(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	w.table.Run("mpr")
	settle()
	w.grid.SetActive(1)
	thin := slices.Clone(w.grid.Frame(1).Values)
	slice := w.grid.View(1).Slice
	w.mpr.setSlab(reslice.Slab{Mode: reslice.Maximum, Thickness: 10})
	settle()
	if w.grid.View(1).Slice != slice {
		t.Error("the slab moved the view")
	}
	for i := 1; i < 4; i++ {
		if it, _ := w.grid.Item(i); !strings.Contains(it.Info.Flags, "Slab: MIP, 10 mm") {
			t.Errorf("view %d says %q", i, it.Info.Flags)
		}
	}
	thick := w.grid.Frame(1)
	pad := thick.Grayscale.Padding
	brighter := 0
	for i, s := range thin {
		if pad != nil && int32(s) >= pad[0] && int32(s) <= pad[1] {
			continue
		}
		if thick.Values[i]+1 < s {
			t.Fatalf("pixel %d is %d in the slab and %d in its middle", i, thick.Values[i], s)
		}
		if thick.Values[i] > s {
			brighter++
		}
	}
	if brighter < len(thin)/20 {
		t.Errorf("only %d pixels are brighter", brighter)
	}
	w.table.Run("mpr.mode")
	w.table.Run("mpr.thinner")
	settle()
	if it, _ := w.grid.Item(2); !strings.Contains(it.Info.Flags, "Slab: minIP, 5 mm") {
		t.Errorf("the commands make %q", it.Info.Flags)
	}
}

// A line along a disc gives the plane of the disc, exactly through the line, drawn on a reconstruction or kept on an acquired image; a disc's
// landmarks do the same.
func TestPlaneAlongADisc(t *testing.T) {
	w, settle, truth := spineWindow(t, "en")
	if w.table.Run("mpr.line") {
		t.Error("there is no line, and the command runs")
	}
	d := truth.MR.Vertebrae
	from, to := d["L4"].IA.Add(d["L5"].SA.LPS).Scale(0.5), d["L4"].IP.Add(d["L5"].SP.LPS).Scale(0.5)
	original, _ := w.grid.Item(0)
	w.grid.SetView(0, viewAt(w, 0, from))
	settle()
	ref, _ := w.grid.Ref(0)
	pixel := func(p space.LPS) space.Pixel { q, _ := ref.Plane.FromPatient(p); return q }
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	check := func(how string) {
		t.Helper()
		settle()
		var s *made
		cell := -1
		for i := range w.grid.Cells() {
			if it, ok := w.grid.Item(i); ok && it.Stack.Orientation == "OBL" {
				s, cell = w.mpr.stack(it.Stack), i
			}
		}
		if s == nil {
			t.Fatalf("%s: no view shows the planes", how)
		}
		p, _ := planeOf(w, cell)
		for _, end := range []space.LPS{from, to} {
			if _, off := p.FromPatient(end); math.Abs(off) > 0.05 {
				t.Errorf("%s: the plane passes the line at %.3f mm", how, off)
			}
		}
		if math.Abs(p.Along.X) < 0.999 || p.Down.Y < 0.7 || p.Along.X < 0 {
			t.Errorf("%s: the picture is turned: %v, %v", how, p.Along, p.Down)
		}
	}
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Distance, Author: "Dr Test", Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{pixel(from), pixel(to)}}}}
	if !w.apply(c, annotations.Edit{After: &a}) {
		t.Fatal("the line was not kept")
	}
	w.selectFinding(a.UID)
	if !w.table.Run("mpr.line") {
		t.Fatal("the command does not run for a selected line")
	}
	check("a distance")
	disc := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.DiscHeight, Author: "Dr Test", Level: "L4-L5", Marks: []annotations.Mark{{Image: ref, Role: annotations.RoleDisc,
		Names:  []string{"L4.SA", "L4.SP", "L4.IP", "L4.IA", "L5.SA", "L5.SP", "L5.IP", "L5.IA"},
		Points: []space.Pixel{pixel(d["L4"].SA.LPS), pixel(d["L4"].SP.LPS), pixel(d["L4"].IP.LPS), pixel(d["L4"].IA.LPS), pixel(d["L5"].SA.LPS), pixel(d["L5"].SP.LPS), pixel(d["L5"].IP.LPS), pixel(d["L5"].IA.LPS)}}}}
	if !w.apply(c, annotations.Edit{After: &disc}) {
		t.Fatal("the disc was not kept")
	}
	w.grid.Place(0, original, nil)
	w.grid.SetActive(0)
	w.selectFinding(disc.UID)
	w.table.Run("mpr.line")
	check("a disc")
	// On the sagittal reconstruction.
	w.grid.SetActive(0)
	w.selectFinding("")
	w.table.Run("mpr")
	settle()
	w.grid.SetActive(3)
	w.grid.SetView(3, viewAt(w, 3, from))
	settle()
	ref, _ = w.grid.Ref(3)
	edits := len(c.doc.All())
	w.takeTool(annotations.Distance)
	drag(w, 3, pixel(from), pixel(to))
	settle()
	s := w.mpr.active()
	if s == nil || len(s.marks) != 1 || len(c.doc.All()) != edits {
		t.Fatalf("a line on a reconstruction: %v, %d findings", s, len(c.doc.All())-edits)
	}
	v, ok := s.marks[0].Quantity("length", "")
	if want := to.Sub(from).Length(); !ok || v.Unit != "mm" || math.Abs(v.Value-want) > 0.05 {
		t.Errorf("the line is %+v long, want %.2f mm", v, want)
	}
	if len(w.marks.Shapes(ref)) == 0 {
		t.Error("the line is not drawn")
	}
	w.table.Run("mpr.line")
	check("a line on a reconstruction")
}

// drag draws with the tool in hand, by the events of the viewer.
func drag(w *window, cell int, from, to space.Pixel) {
	it, _ := w.grid.Item(cell)
	ref, _ := w.grid.Ref(cell)
	in := it.Stack.Slices[0].Instance
	event := func(p space.Pixel) viewer.PointerEvent {
		e := viewer.PointerEvent{Cell: cell, Item: it, Mode: viewer.ModeTool, Button: desktop.MouseButtonPrimary}
		e.Image, e.At, e.Reach, e.Rows, e.Columns = ref, p, 2, in.Rows, in.Columns
		return e
	}
	w.marks.Press(event(from))
	w.marks.Move(event(to))
	w.marks.Release(event(to))
}

// Nothing of a computed image is kept: no finding, no key image.
func TestReconstructionsKeepNothing(t *testing.T) {
	w, settle, _ := spineWindow(t, "en")
	w.table.Run("mpr")
	settle()
	w.grid.SetActive(3)
	ref, _ := w.grid.Ref(3)
	for _, kind := range []annotations.Kind{annotations.Modic, annotations.DiscHeight, annotations.Ellipse, annotations.Arrow, annotations.Text} {
		w.takeTool(kind)
		drag(w, 3, space.Pixel{Col: 100, Row: 100}, space.Pixel{Col: 120, Row: 120})
		if !strings.Contains(w.status.message.Text, "this one is computed") || w.marks.busy() {
			t.Errorf("%s: the window says %q", kind, w.status.message.Text)
		}
		w.marks.choose("")
	}
	w.keyImage()
	if !strings.Contains(w.status.message.Text, "cannot be a key image") {
		t.Errorf("a key image: the window says %q", w.status.message.Text)
	}
	c, err := w.ensureCase(ref.StudyInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	a := annotations.Annotation{UID: annotations.NewUID(), Kind: annotations.Distance, Author: "Dr Test", Marks: []annotations.Mark{{Image: ref, Points: []space.Pixel{{}, {Col: 9}}}}}
	if w.apply(c, annotations.Edit{After: &a}) || len(c.doc.All()) > 0 || len(c.keyImages) > 0 {
		t.Errorf("the case holds %d findings and %d key images of computed images", len(c.doc.All()), len(c.keyImages))
	}
	// The same line on the original is kept.
	w.grid.SetActive(0)
	w.takeTool(annotations.Distance)
	drag(w, 0, space.Pixel{Col: 100, Row: 100}, space.Pixel{Col: 120, Row: 120})
	settle()
	if len(c.doc.All()) != 1 {
		t.Errorf("on the original image %d findings were kept", len(c.doc.All()))
	}
}

// What makes no volume is refused with a reason and what to do, in both languages, and nothing is changed.
func TestReconstructionsAreRefused(t *testing.T) {
	for _, l := range lang.Languages {
		w, settle := openedWindow(t, l)
		idx := study()
		w.session.add(source{paths: []string{"/nowhere"}, index: idx})
		w.sessionChanged()
		w.place(w.session.items[0])
		settle()
		planes := func(z ...float64) {
			k := w.session.items[0].Stack
			for i := range k.Slices {
				k.Slices[i].Plane = space.Plane{Origin: space.LPS{Z: z[i]}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}
			}
		}
		words := map[string][]string{"en": {"Image Position", "one position", "not parallel", "could not be read", "MB are free"}, "fr": {"Image Position", "même position", "pas parallèles", "n’a pas pu être lue", "Mo sont libres"}}[l]
		try := func(want string) {
			t.Helper()
			w.table.Run("mpr")
			settle()
			if s := shown(w); !strings.Contains(plainText(s), want) {
				t.Errorf("%s: the window says %s, want %q", l, s, want)
			}
			w.closeModal()
			settle()
			if len(w.mpr.all) != 0 || w.grid.Layout() != viewer.Layout1x1 {
				t.Errorf("%s: something was made", l)
			}
		}
		try(words[0])
		planes(0, 0, 3)
		try(words[1])
		planes(0, 3, 6)
		w.session.items[0].Stack.Slices[2].Plane.Along, w.session.items[0].Stack.Slices[2].Plane.Down = space.LPS{Y: 1}, space.LPS{Z: 1}
		try(words[2])
		planes(0, 3, 6)
		try(words[3])
		w.cacheBytes = 1 << 30
		w.session.items[0].Stack.Slices[0].Instance.Rows = 1 << 14
		w.session.items[0].Stack.Slices[0].Instance.Columns = 1 << 14
		try(words[4])
	}
}

// plainText joins the lines that a dialog was broken into.
func plainText(markup string) string {
	var b strings.Builder
	for _, part := range strings.Split(markup, ">") {
		text, _, _ := strings.Cut(part, "<")
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text + " ")
		}
	}
	return b.String()
}

// Warnings stand on every computed picture: uneven gaps, missing images, a tilted gantry, one block of several.
func TestWarningsOfReconstructions(t *testing.T) {
	w, _ := openedWindow(t, "en")
	stack := &dicomio.Stack{FrameOfReferenceUID: "1.2.9", Description: "AX"}
	frame := &dicomio.Frame{Rows: 8, Columns: 8, Values: make([]uint16, 64), Grayscale: dicomio.Grayscale{Slope: 1}}
	for _, z := range []float64{0, 3, 7, 9} {
		stack.Slices = append(stack.Slices, dicomio.Slice{Plane: space.Plane{Origin: space.LPS{Y: z * 0.3, Z: z}, Along: space.LPS{X: 1}, Down: space.LPS{Y: 1}, Spacing: space.Spacing{BetweenRows: 1, BetweenColumns: 1}}})
	}
	v, err := reslice.New(t.Context(), stack, func(context.Context, int) (*dicomio.Frame, error) { return frame, nil })
	if err != nil {
		t.Fatal(err)
	}
	r := &reconstruction{source: viewer.Item{Stack: stack}, volume: v, block: 2, blocks: 3, missing: 1}
	s := w.mpr.make(r, "coronal", reslice.Coronal, v.Center())
	for _, want := range []string{"Reconstruction (MPR), coronal", "Irregular spacing", "missing from the series: 1", "aslant by 16.7°", "Block 2 of 3"} {
		if !strings.Contains(s.item.Info.Flags, want) {
			t.Errorf("the picture says %q, not %q", s.item.Info.Flags, want)
		}
	}
}
