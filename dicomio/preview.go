package dicomio

import "context"

// Preview returns frame i (from 0) decoded at a reduced resolution, to be painted first or as a thumbnail: each side divided by 2^reduce and rounded
// up, or by a lower power where the stream has no more resolutions. ok is false, and nothing has been decoded, for frames whose codec has one resolution
// only, which are all but JPEG 2000 and its high-throughput kind, and for those that do not decode so.
//
// Rows and Columns are those of the reduced frame: its pixel (r, c) stands for the full frame's from row r * full rows / Rows on, and is
// no stored value but a mean. It has no overlays, whose places are the full frame's, and Grayscale.Range is its own.
func (f *File) Preview(ctx context.Context, i, reduce int) (frame *Frame, ok bool, err error) {
	x, err := f.framesIndex()
	if err != nil || reduce < 1 || f.pixels.length >= 0 || i < 0 || i >= x.count {
		return nil, false, err
	}
	kind, err := f.kindOf(x, i)
	if err != nil || kind != "JPEG 2000" {
		return nil, false, err
	}
	s, err := f.decode(ctx, i, reduce)
	if err == nil {
		frame, err = f.show(ctx, s, i)
	}
	if err != nil {
		return nil, false, ctx.Err() // why it does not decode is for Frame to say
	}
	return frame, true, nil
}

// kindOf tells what the bytes of an encapsulated frame are, as codestream does.
func (f *File) kindOf(x *frameIndex, i int) (string, error) {
	src, err := f.openData(context.Background())
	if err != nil {
		return "", err
	}
	defer src.close()
	first := x.fragments[x.ranges[i].first]
	head, err := f.read(src, f.pixels.tag, first.offset, min(max(first.length, 0), 12))
	if err != nil {
		return "", err
	}
	return codestream(head), nil
}
