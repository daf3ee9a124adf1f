package viewer

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/viewer/render"
)

// Colours of words on a tile.
var (
	colourQuiet   = color.NRGBA{150, 158, 166, 255}
	colourWarning = color.NRGBA{236, 176, 64, 255}
	colourError   = color.NRGBA{240, 110, 90, 255}
	colourText    = color.NRGBA{222, 226, 230, 255}
)

// lettering keeps the letters of two sizes.
type lettering struct {
	scale        float64
	large, small *render.Lettering
}

func (l *lettering) at(scale float64) {
	if l.scale != scale || l.large == nil {
		l.scale, l.large, l.small = scale, render.NewLettering(15*scale, true), render.NewLettering(12.5*scale, false)
	}
}

// line is a line of a tile's words.
type line struct {
	text   string
	large  bool
	colour color.NRGBA
}

// paintWords writes what there is to say instead of a picture, or about one that is coming.
func (c *cell) paintWords(img *image.RGBA, scale float64) {
	text := c.grid.cfg.Text
	switch {
	case c.series == nil:
		if c.grid.Cells() > 1 || len(c.grid.items) > 0 {
			c.paintMiddle(img, scale, line{text("viewer.empty"), false, colourQuiet})
		}
	case len(c.series.item.Stack.Slices) == 0:
		c.paintMiddle(img, scale, line{text("viewer.none"), false, colourQuiet})
	case c.failure != nil:
		c.paintMiddle(img, scale, c.failureLines()...)
	case c.picture == nil:
		c.paintMiddle(img, scale, line{text("viewer.loading"), false, colourQuiet})
	case c.waiting() && time.Since(c.asked) >= comingAfter:
		c.paintBelow(img, scale, line{text("viewer.coming", c.view.Slice+1, len(c.series.item.Stack.Slices)), false, colourWarning})
	case c.beyond != 0:
		c.paintBelow(img, scale, line{text("viewer.beyond", c.grid.cfg.Number(c.beyond, 0)), false, colourWarning})
	}
}

// failureLines say what is wrong with the image: which file, where in it, why.
func (c *cell) failureLines() []line {
	text := c.grid.cfg.Text
	path, place, reason := "", "", c.failure.Error()
	if in := c.series.item.Stack.Slices[c.view.Slice].Instance; in != nil {
		path = in.Location.String()
	}
	var e *dicomio.Error
	if errors.As(c.failure, &e) {
		if e.Path != "" {
			path = e.Path
		}
		reason = e.Err.Error()
		if e.Tag != 0 {
			place = strings.TrimSpace(e.Tag.String() + " " + tag.Keyword(e.Tag))
		}
		if e.Offset >= 0 && (e.Tag != 0 || e.Offset > 0) {
			place = strings.TrimSpace(place + fmt.Sprintf(" @ 0x%x", e.Offset))
		}
	}
	out := []line{{text("viewer.failed", c.view.Slice+1, len(c.series.item.Stack.Slices)), true, colourError}}
	if path != "" {
		out = append(out, line{text("viewer.failed.file", path), false, colourText})
	}
	if place != "" {
		out = append(out, line{text("viewer.failed.place", place), false, colourText})
	}
	return append(out, line{text("viewer.failed.reason", reason), false, colourText})
}

// paintMiddle writes lines in the middle, wrapped to the tile.
func (c *cell) paintMiddle(img *image.RGBA, scale float64, lines ...line) {
	c.words.at(scale)
	room := img.Rect.Dx() - int(32*scale)
	var wrapped []line
	height := 0
	for _, l := range lines {
		f := c.words.font(l)
		for _, part := range wrap(f, l.text, room) {
			wrapped = append(wrapped, line{part, l.large, l.colour})
			height += f.Height()
		}
	}
	y := max((img.Rect.Dy()-height)/2, 0)
	for _, l := range wrapped {
		f := c.words.font(l)
		f.Paint(img, max((img.Rect.Dx()-f.Width(l.text))/2, 0), y, l.text, l.colour)
		y += f.Height()
	}
}

// paintBelow writes one line at the lower edge, in the middle.
func (c *cell) paintBelow(img *image.RGBA, scale float64, l line) {
	c.words.at(scale)
	f := c.words.font(l)
	t := f.Shorten(l.text, img.Rect.Dx()-int(16*scale))
	f.Paint(img, max((img.Rect.Dx()-f.Width(t))/2, 0), img.Rect.Dy()-f.Height()-int(28*scale), t, l.colour)
}

func (l *lettering) font(of line) *render.Lettering {
	if of.large {
		return l.large
	}
	return l.small
}

// wrap breaks a text into lines of a width in pixels: between words, within one that is too long.
func wrap(f *render.Lettering, text string, width int) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(text) {
		joined := strings.TrimSpace(now + " " + word)
		if f.Width(joined) <= width {
			now = joined
			continue
		}
		if now != "" {
			out = append(out, now)
		}
		for now = word; f.Width(now) > width; {
			n := 0
			for i := range now {
				if i > 0 && f.Width(now[:i]) > width {
					break
				}
				n = i
			}
			if n == 0 {
				break // not even one letter fits
			}
			out, now = append(out, now[:n]), now[n:]
		}
	}
	if now != "" || len(out) == 0 {
		out = append(out, now)
	}
	return out
}
