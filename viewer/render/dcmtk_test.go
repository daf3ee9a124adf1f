package render

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/dicomio/tag"
)

// sharedTestdata returns the folder of real files beside the repository, and skips the test where it or dcm2pnm is not.
func sharedTestdata(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("dcm2pnm"); err != nil {
		t.Skip("dcm2pnm is not installed: no picture is compared with dcmtk's")
	}
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", "testdata")
		if _, err := os.Stat(filepath.Join(path, "truth.csv")); err == nil {
			return path
		}
	}
	t.Skip("the shared test data (../shared/testdata) is not here: no picture is compared with dcmtk's")
	return ""
}

// dcmtk paints a frame (from 0) of a file with dcmtk's program for its encoding.
func dcmtk(t *testing.T, path string, frame int, arguments ...string) (image.Image, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "picture.png")
	var failed error
	for _, program := range []string{"dcm2pnm", "dcmj2pnm", "dcml2pnm"} { // native and RLE, JPEG, JPEG-LS
		message, err := exec.Command(program, append(append([]string{"+on", "+F", fmt.Sprint(frame + 1)}, arguments...), path, out)...).CombinedOutput()
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w: %s", program, err, message))
			continue
		}
		f, err := os.Open(out)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return png.Decode(f)
	}
	return nil, failed
}

// sample chooses the files to compare: of whole series the first and the middle file, and all others.
func sample(t *testing.T, root string) (paths []string) {
	t.Helper()
	folders := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, files := range folders {
		switch name, _ := filepath.Rel(root, folder); {
		case strings.HasPrefix(name, "12_"): // malformed: what a decoder makes of them is its choice
			continue
		case len(files) > 5 && !strings.HasPrefix(name, "0") || len(files) > 15:
			files = []string{files[0], files[len(files)/2]}
		}
		paths = append(paths, files...)
	}
	slices.Sort(paths)
	return paths
}

// tolerance is how many grey levels a picture may differ from dcmtk's: one, for the last rounding. Where the rescale slope is no whole
// number dcmtk rounds each value after the modality LUT to a whole number, and we do not: then as much as one unit of value is seen as.
func tolerance(frame *dicomio.Frame, width float64) int {
	g := &frame.Grayscale
	if frame.RGB != nil || g.ModalityLUT != nil || g.Slope == math.Trunc(g.Slope) && g.Intercept == math.Trunc(g.Intercept) {
		return 1
	}
	return 1 + int(math.Ceil(255/(width-1)))
}

// The acceptance line: at 1:1, pictures agree with dcmtk's of the same window within a grey level; as "rachis render" paints them.
func TestAgreesWithDCMTK(t *testing.T) {
	root := sharedTestdata(t)
	type look struct {
		view annotations.View
		args []string
	}
	linear := func(c, w float64) look {
		return look{annotations.View{Center: c, Width: w}, []string{"+Ww", fmt.Sprint(c), fmt.Sprint(w)}}
	}
	sigmoid := linear(100, 300)
	sigmoid.view.Function, sigmoid.args = "SIGMOID", append(sigmoid.args, "+Wfs")
	files, compared, kinds := 0, 0, map[string]int{}
	for _, path := range sample(t, root) {
		name, _ := filepath.Rel(root, path)
		file, err := dicomio.Open(path)
		if err != nil || !file.HasPixels() || file.Frames() == 0 {
			continue
		}
		photometric := file.DataSet.Text(tag.PhotometricInterpretation)
		if strings.HasPrefix(photometric, "YBR") {
			continue // how YBR becomes RGB is dicomio's, and tested there
		}
		at := file.Frames() - 1
		frame, err := file.Frame(context.Background(), at)
		if unsupported := dicomio.UnsupportedError(""); errors.As(err, &unsupported) {
			continue
		} else if err != nil {
			if _, theirs := dcmtk(t, path, at); theirs == nil {
				t.Errorf("%s: %v, and dcmtk paints it", name, err)
			}
			continue
		}
		// The files take turns with the windows; each has its own one as well.
		all := []look{linear(100, 300), sigmoid, linear(1000.5, 2001), linear(40, 1), linear(40, 2)}
		if frame.Grayscale.Slope != 1 {
			all = all[:3] // at a threshold one unit of value decides between black and white: see tolerance
		}
		looks := []look{all[files%len(all)]}
		files++
		if v, ok := Own(frame); ok && v.LUT == nil && v.Window.Function == "LINEAR" {
			own := linear(v.Window.Center, v.Window.Width)
			own.view = annotations.View{}
			looks = append(looks, own)
		}
		for _, l := range looks {
			want, err := dcmtk(t, path, at, append(l.args, "-O")...)
			if err != nil {
				t.Logf("%s: dcmtk does not paint it: %v", name, err)
				break
			}
			l.view.NoInterpolation = true // as "rachis render" without a size
			width := Resolve(frame, l.view, nil).Window.Width
			worst, at := distance(Image(frame, l.view, 0, 0, Options{HideOverlays: true}), want)
			if allowed := tolerance(frame, width); worst > allowed {
				t.Errorf("%s, %s: %d grey levels from dcmtk's picture at %v, %d allowed", name, strings.Join(l.args, " "), worst, at, allowed)
			}
			compared++
			kinds[photometric]++
			kinds[file.DataSet.Text(tag.Modality)]++
		}
	}
	t.Logf("%d pictures compared: %v", compared, kinds)
	for _, kind := range []string{"MONOCHROME1", "MONOCHROME2", "RGB", "PALETTE COLOR", "CR", "DX", "CT", "MR"} {
		if kinds[kind] < 2 {
			t.Errorf("only %d pictures of %s were compared", kinds[kind], kind)
		}
	}
}

// distance returns the largest difference of any channel, and where it is.
func distance(a *image.RGBA, b image.Image) (worst int, at image.Point) {
	if a.Bounds() != b.Bounds() {
		return 1000, image.Point{}
	}
	grey, isGrey := b.(*image.Gray) // most are, and go faster so
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			p, q := a.RGBAAt(x, y), color.RGBA{}
			if isGrey {
				v := grey.GrayAt(x, y).Y
				q = color.RGBA{v, v, v, 255}
			} else {
				q = color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			}
			for _, d := range [3]int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				if d = max(d, -d); d > worst {
					worst, at = d, image.Pt(x, y)
				}
			}
		}
	}
	return worst, at
}

// The films among the real files are small: CT and MR slices that are declared MONOCHROME1 stand in for large ones.
func TestMonochrome1AgreesWithDCMTK(t *testing.T) {
	root := sharedTestdata(t)
	if _, err := exec.LookPath("dcmodify"); err != nil {
		t.Skip("dcmodify is not installed: no large MONOCHROME1 picture is compared with dcmtk's")
	}
	for _, name := range []string{"04_transfer_syntax/uncompressed/CT_small.dcm", "04_transfer_syntax/uncompressed/MR_small.dcm", "06_windowing/12bitSigned_0x0F0F.dcm"} {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m1.dcm")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("dcmodify", "-nb", "-m", "PhotometricInterpretation=MONOCHROME1", path).CombinedOutput(); err != nil {
			t.Fatalf("dcmodify: %v: %s", err, out)
		}
		file, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := file.Frame(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range [][2]float64{{100, 300}, {600, 1600}} {
			want, err := dcmtk(t, path, 0, "+Ww", fmt.Sprint(w[0]), fmt.Sprint(w[1]))
			if err != nil {
				t.Fatal(err)
			}
			view := annotations.View{Center: w[0], Width: w[1]}
			if worst, at := distance(Image(frame, view, 0, 0, Options{}), want); worst > 1 {
				t.Errorf("%s: %d grey levels from dcmtk's picture at %v", name, worst, at)
			}
			view.Invert = true
			if worst, _ := distance(Image(frame, view, 0, 0, Options{}), want); worst < 200 {
				t.Errorf("%s: inverted it is the same", name)
			}
		}
	}
}

// A VOI LUT that the file brings is used as dcmtk uses it.
func TestVOILUTAgreesWithDCMTK(t *testing.T) {
	path := filepath.Join(sharedTestdata(t), "06_windowing", "vlut_04.dcm")
	file, err := dicomio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := file.Frame(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := Own(frame); !ok || v.LUT == nil {
		t.Fatal("the file's VOI LUT is not chosen")
	}
	want, err := dcmtk(t, path, 0, "+Wl", "1")
	if err != nil {
		t.Fatal(err)
	}
	if worst, at := distance(Image(frame, annotations.View{}, 0, 0, Options{}), want); worst > 1 {
		t.Errorf("%d grey levels from dcmtk's picture at %v", worst, at)
	}
}

// Overlay planes lie where dcmtk paints them.
func TestOverlaysAgreeWithDCMTK(t *testing.T) {
	root := sharedTestdata(t)
	for _, name := range []string{"examples_overlay.dcm", "ovly_p01.dcm"} {
		path := filepath.Join(root, "08_overlay", name)
		file, err := dicomio.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := file.Frame(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		// A window that makes the picture black, so that only the planes are seen.
		view := annotations.View{Center: 1e6, Width: 2}
		want, err := dcmtk(t, path, 0, "+Ww", "1000000", "2")
		if err != nil {
			t.Fatal(err)
		}
		got, set := Image(frame, view, 0, 0, Options{}), 0
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				ours := got.RGBAAt(x, y).R > 0
				r, _, _, _ := want.At(x, y).RGBA()
				if ours != (r > 0) {
					t.Fatalf("%s: at (%d, %d) %v, dcmtk %v", name, x, y, ours, r > 0)
				}
				if ours {
					set++
				}
			}
		}
		if set == 0 {
			t.Errorf("%s: no overlay is seen", name)
		}
	}
}
