package icons

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

var (
	update = flag.Bool("update", false, "write icon.png anew from app.svg")
	sheet  = flag.String("sheet", "", "write contact sheets of all icons to this folder, to be looked at")
)

// plain is a theme of three colours, so that a test can tell them apart.
type plain struct{ fyne.Theme }

var (
	fore     = color.NRGBA{0xe0, 0x40, 0x20, 0xff}
	disabled = color.NRGBA{0x20, 0x40, 0xe0, 0xff}
	back     = color.NRGBA{0x10, 0x10, 0x10, 0xff}
)

func (plain) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameForeground:
		return fore
	case theme.ColorNameDisabled:
		return disabled
	case theme.ColorNameBackground:
		return back
	}
	return theme.DefaultTheme().Color(name, v)
}

// painted is the icon as Fyne paints it.
func painted(r fyne.Resource, th fyne.Theme, side float32) image.Image {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(r))
	c.Resize(fyne.NewSize(side, side))
	return software.RenderCanvas(c, th)
}

// ink is how much of the picture is not background, from 0 to 1, and the colour furthest from it.
func ink(m image.Image) (part float64, strongest color.NRGBA) {
	b := m.Bounds()
	far := -1
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			d := 0
			for _, pair := range [][2]uint8{{c.R, back.R}, {c.G, back.G}, {c.B, back.B}} {
				d += max(int(pair[0])-int(pair[1]), int(pair[1])-int(pair[0]))
			}
			if d > 24 {
				part++
			}
			if d > far {
				far, strongest = d, c
			}
		}
	}
	return part / float64(b.Dx()*b.Dy()), strongest
}

// TestThemed holds that Fyne paints each icon in the colour of the theme, and in its colour for what is disabled: Fyne itself leaves strokes
// as they are.
func TestThemed(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(plain{})
	for _, name := range Names() {
		icon, ok := Named(name)
		if !ok {
			t.Errorf("%s cannot be made", name)
			continue
		}
		for _, c := range []struct {
			icon fyne.Resource
			want color.NRGBA
		}{{icon, fore}, {theme.NewThemedResource(icon), fore}, {theme.NewDisabledResource(icon), disabled}} {
			for _, side := range []float32{20, 24, 48} {
				part, got := ink(painted(c.icon, plain{}, side))
				if part < 0.01 || part > 0.6 {
					t.Errorf("%s at %g: %.3f of it is ink", name, side, part)
				}
				for _, pair := range [][2]uint8{{got.R, c.want.R}, {got.G, c.want.G}, {got.B, c.want.B}} {
					if side == 48 && math.Abs(float64(pair[0])-float64(pair[1])) > 40 {
						t.Errorf("%s at %g is %v, not %v", name, side, got, c.want)
						break
					}
				}
			}
		}
	}
	if _, ok := Named("no-such-icon"); ok {
		t.Error("an icon that was never drawn")
	}
}

// TestOutline compares what is made of each drawing with the drawing itself, as oksvg strokes it at its own size.
func TestOutline(t *testing.T) {
	stroked := func(svg []byte) *image.RGBA {
		icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
		if err != nil {
			t.Fatal(err)
		}
		icon.SetTarget(0, 0, 24, 24)
		m := image.NewRGBA(image.Rect(0, 0, 24, 24))
		icon.Draw(rasterx.NewDasher(24, 24, rasterx.NewScannerGV(24, 24, m, m.Bounds())), 1)
		return m
	}
	for _, name := range Names() {
		drawing, err := drawings.ReadFile("svg/" + name + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		filled, err := outline(drawing)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, b := stroked(drawing), stroked(filled)
		sum, worst := 0.0, 0.0
		for i := 3; i < len(a.Pix); i += 4 {
			d := math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
			sum, worst = sum+d, max(worst, d)
		}
		if mean := sum / (24 * 24); mean > 1.5 || worst > 72 {
			t.Errorf("%s differs from its drawing by %.2f of 255 on average, %g at worst", name, mean, worst)
		}
	}
}

// TestFamily holds that the drawings are of one family, and that no two look the same.
func TestFamily(t *testing.T) {
	seen := map[string]string{}
	for _, name := range Names() {
		drawing, err := drawings.ReadFile("svg/" + name + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(drawing, []byte(`viewBox="0 0 24 24"`)) {
			t.Errorf("%s is not on 24 x 24", name)
		}
		shapes, err := parseDrawing(drawing)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		strokes := 0
		for _, s := range shapes {
			if s.width == 1.75 {
				strokes++
			}
			for _, tr := range s.traces {
				for _, p := range tr.points {
					if reach := s.width / 2; p.x-reach < 0 || p.y-reach < 0 || p.x+reach > 24 || p.y+reach > 24 {
						t.Errorf("%s leaves its field at %v", name, p)
					}
				}
			}
		}
		if strokes == 0 {
			t.Errorf("%s has no stroke of 1.75", name)
		}
		filled, err := outline(drawing)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if other, ok := seen[string(filled)]; ok {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[string(filled)] = name
	}
}

// TestStandard holds that each of Fyne's icons that we replace has ours.
func TestStandard(t *testing.T) {
	for theirs, ours := range standard {
		if _, ok := Named(ours); !ok {
			t.Errorf("%s for %s is not drawn", ours, theirs)
		}
		if _, ok := Standard(theirs); !ok {
			t.Errorf("%s is not replaced", theirs)
		}
	}
}

// TestDrawingErrors holds that what the dialect does not know is refused, never left out.
func TestDrawingErrors(t *testing.T) {
	for _, bad := range []string{
		`<svg><text>A</text></svg>`, `<svg><path d="m1 1"/></svg>`, `<svg><path d="M1 1Q2 2 3 3"/></svg>`, `<svg><path d="M1 1L2"/></svg>`,
		`<svg><path d="L1 1"/></svg>`, `<svg><path d="M1 1A2 3 0 0 1 4 4"/></svg>`, `<svg><path transform="scale(2)" d="M1 1"/></svg>`,
		`<svg><g stroke-linecap="butt"><path d="M1 1H2"/></g></svg>`, `<svg><rect x="one"/></svg>`, `<svg><rect rx="2"/></svg>`, `<svg><path d="M1 1H2"/>`,
	} {
		if _, err := outline([]byte(bad)); err == nil {
			t.Errorf("%s was drawn", bad)
		}
	}
}

// TestAppIcon holds that icon.png, which packages need, is app.svg; go test ./icons -update writes it.
func TestAppIcon(t *testing.T) {
	const side = 512
	icon, err := oksvg.ReadIconStream(bytes.NewReader(app), oksvg.StrictErrorMode)
	if err != nil {
		t.Fatal(err)
	}
	icon.SetTarget(0, 0, side, side)
	want := image.NewRGBA(image.Rect(0, 0, side, side))
	icon.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, want, want.Bounds())), 1)
	if *update {
		write(t, "icon.png", want)
	}
	file, err := os.ReadFile("icon.png")
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got := image.NewRGBA(want.Bounds())
	draw.Draw(got, got.Bounds(), decoded, image.Point{}, draw.Src)
	for i := range want.Pix {
		// The last bit of a coverage may differ from one processor to another.
		if d := int(want.Pix[i]) - int(got.Pix[i]); d < -2 || d > 2 || decoded.Bounds() != want.Bounds() {
			t.Fatalf("icon.png is not app.svg: run go test ./icons -update")
		}
	}
}

// TestSheet writes contact sheets of all icons at 20, 24 and 48 in both variants of Fyne's theme, when a folder is given.
func TestSheet(t *testing.T) {
	if *sheet == "" {
		t.Skip("no -sheet")
	}
	a := test.NewTempApp(t)
	names := Names()
	const columns, width, height = 10, 110, 80
	for file, v := range map[string]fyne.ThemeVariant{"dark.png": theme.VariantDark, "light.png": theme.VariantLight} {
		th := variant{theme.DefaultTheme(), v}
		a.Settings().SetTheme(th)
		ground := canvas.NewRectangle(th.Color(theme.ColorNameBackground, v))
		ground.Resize(fyne.NewSize(columns*width, float32((len(names)+columns-1)/columns*height)))
		objects := []fyne.CanvasObject{ground}
		for i, name := range names {
			icon, _ := Named(name)
			x, y := float32(i%columns*width), float32(i/columns*height)
			for at, side := range map[float32]float32{4: 20, 28: 24, 56: 48} {
				m := canvas.NewImageFromResource(icon)
				m.Move(fyne.NewPos(x+at, y+8))
				m.Resize(fyne.NewSize(side, side))
				objects = append(objects, m)
			}
			label := canvas.NewText(name, th.Color(theme.ColorNameForeground, v))
			label.TextSize = 11
			label.Move(fyne.NewPos(x+4, y+58))
			label.Resize(label.MinSize())
			objects = append(objects, label)
		}
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(container.NewWithoutLayout(objects...))
		c.Resize(ground.Size())
		write(t, filepath.Join(*sheet, file), software.RenderCanvas(c, th))
	}
	if !strings.HasSuffix(App().Name(), ".svg") {
		t.Error("Fyne would not take the app's icon for an SVG")
	}
}

// variant is a theme that is always dark, or always light.
type variant struct {
	fyne.Theme
	v fyne.ThemeVariant
}

func (v variant) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return v.Theme.Color(name, v.v)
}

func write(t *testing.T, path string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
