package dicomio

import (
	"context"
	"math"

	"rachis/dicomio/tag"
)

// Icon returns the small picture that a file brings of its own image (Icon Image Sequence, PS3.3 C.7.6.1.1.6), nil when it has none.
func (f *File) Icon(ctx context.Context) (*Frame, error) { return f.IconIn(ctx, f.DataSet) }

// IconIn returns the icon of a data set within the file, as of a record of a DICOMDIR; nil when it has none.
func (f *File) IconIn(ctx context.Context, d *DataSet) (*Frame, error) {
	items := d.Items(tag.IconImageSequence)
	if len(items) == 0 {
		return nil, nil
	}
	e := items[0].find(tag.PixelData)
	if e == nil {
		return nil, nil
	}
	// An icon is an image of its own, whose pixel data stands elsewhere in the same file.
	icon := &File{Location: f.Location, Meta: f.Meta, DataSet: items[0], TransferSyntax: f.TransferSyntax, open: f.open, deflated: f.deflated,
		syntax: syntax{big: e.flags&bigEndian != 0}}
	icon.pixels = pixelData{tag: tag.PixelData, vr: e.vr, element: e.offset, start: e.offset + int64(e.head), length: int64(e.length),
		size: math.MaxInt64 >> 1} // what is cut off is found when it is read
	if e.length == undefinedLength {
		icon.pixels.length = -1
	}
	return icon.Frame(ctx, 0)
}
