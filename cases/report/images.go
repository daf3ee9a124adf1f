package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // pictures come as JPEG
	"image/png"
	"math"

	"github.com/go-pdf/fpdf"
)

// maxPixels is the largest picture that is taken: a film at full size has a tenth of it.
const maxPixels = 64 << 20

// images holds pictures in the form that the PDF takes them, made once.
type images struct {
	made map[string]*made
}

type made struct {
	data []byte
	kind string // "PNG" or "JPG"
	w, h float64
	// order is the picture's place among all.
	order int
	err   error
}

func newImages() *images { return &images{map[string]*made{}} }

// place makes a picture known to f and returns its name and size in pixels; ok is false for data that is no picture.
func (x *images) place(f *fpdf.Fpdf, data []byte) (name string, w, h float64, ok bool) {
	sum := sha256.Sum256(data)
	name = hex.EncodeToString(sum[:8])
	m := x.made[name]
	if m == nil {
		m = prepare(data)
		m.order = len(x.made)
		x.made[name] = m
	}
	if m.err != nil {
		return "", 0, 0, false
	}
	if info := f.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: m.kind}, bytes.NewReader(m.data)); info != nil {
		if err := distinguish(info, m.order); err != nil {
			f.SetError(err)
		}
	}
	return name, m.w, m.h, true
}

// distinguish makes the writer's order of images certain. It sorts them by width alone, so that images of one width come in the
// order of a map, which differs from run to run: a fraction of a pixel that is cut off when the width is written parts
// them. The only way to an image's width is its gob, which holds its fields one after the other.
func distinguish(info *fpdf.ImageInfoType, order int) error {
	whole, err := info.GobEncode()
	if err != nil {
		return err
	}
	var (
		data, mask, palette []byte
		n, bits             int
		w, h, scale, dpi    float64
		space, filter, dp   string
		transparent         []int
	)
	in := gob.NewDecoder(bytes.NewReader(whole))
	for _, field := range []any{&data, &mask, &n, &w, &h, &space, &palette, &bits, &filter, &dp, &transparent, &scale, &dpi} {
		if err := in.Decode(field); err != nil {
			return err
		}
	}
	if w != math.Trunc(w) {
		return nil // it was here before
	}
	w += float64(order+1) / 1e6
	var b bytes.Buffer
	out := gob.NewEncoder(&b)
	for _, field := range []any{data, mask, n, w, h, space, palette, bits, filter, dp, transparent, scale, dpi} {
		if err := out.Encode(field); err != nil {
			return err
		}
	}
	return info.GobDecode(b.Bytes())
}

func (x *images) draw(f *fpdf.Fpdf, name string, left, top, w, h float64) {
	f.ImageOptions(name, left, top, w, h, false, fpdf.ImageOptions{ImageType: x.made[name].kind}, 0, "")
}

// prepare brings a picture into a form that the PDF writer surely takes: a JPEG as it is, all else as an opaque PNG of 8
// bits.
func prepare(data []byte) *made {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return &made{err: err}
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return &made{err: fmt.Errorf("picture of %d x %d pixels is too large", config.Width, config.Height)}
	}
	m := &made{w: float64(config.Width), h: float64(config.Height)}
	if format == "jpeg" && (config.ColorModel == color.YCbCrModel || config.ColorModel == color.GrayModel) {
		// Held to be whole: a PDF with half a JPEG shows no page at all in some readers.
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			return &made{err: err}
		}
		m.data, m.kind = data, "JPG"
		return m
	}
	p, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return &made{err: err}
	}
	if format == "png" && plainPNG(data) {
		m.data, m.kind = data, "PNG"
		return m
	}
	var flat draw.Image = image.NewRGBA(p.Bounds())
	if config.ColorModel == color.GrayModel || config.ColorModel == color.Gray16Model {
		flat = image.NewGray(p.Bounds())
	}
	draw.Draw(flat, flat.Bounds(), image.Black, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), p, p.Bounds().Min, draw.Over)
	var b bytes.Buffer
	if err := png.Encode(&b, flat); err != nil {
		return &made{err: err}
	}
	m.data, m.kind = b.Bytes(), "PNG"
	return m
}

// plainPNG reports whether a PNG, which is whole, is opaque, not interlaced, and has 8 bits of grey or of each colour.
func plainPNG(data []byte) bool {
	const header = 8 + 8 + 13 // signature, length and name of IHDR, its content (PNG 11.2.1)
	if len(data) < header || string(data[12:16]) != "IHDR" {
		return false
	}
	depth, kind, interlace := data[24], data[25], data[28]
	return depth == 8 && (kind == 0 || kind == 2) && interlace == 0 && !bytes.Contains(data, []byte("tRNS"))
}
