package dicomio

import (
	"context"

	"rachis/dicomio/jpeg2000"
	"rachis/dicomio/jpegll"
	"rachis/dicomio/jpegls"
)

// The codec packages know nothing of DICOM nor of each other. Here each is made a codec.

var losslessJPEG = codec{
	config: func(data []byte) (picture, error) {
		c, err := jpegll.DecodeConfig(data)
		return picture{columns: c.Width, rows: c.Height, components: c.Components, precision: c.Precision}, asOurs[jpegll.FormatError, jpegll.UnsupportedError](err)
	},
	decode: func(ctx context.Context, data []byte, _ int) (picture, error) {
		m, err := jpegll.Decode(ctx, data)
		if err != nil {
			return picture{}, asOurs[jpegll.FormatError, jpegll.UnsupportedError](err)
		}
		return picture{columns: m.Width, rows: m.Height, components: m.Components, precision: m.Precision, pix8: m.Pix8, pix16: m.Pix16}, nil
	},
}

var jpegLS = codec{
	config: func(data []byte) (picture, error) {
		c, err := jpegls.DecodeConfig(data)
		return picture{columns: c.Width, rows: c.Height, components: c.Components, precision: c.Precision}, asOurs[jpegls.FormatError, jpegls.UnsupportedError](err)
	},
	decode: func(ctx context.Context, data []byte, _ int) (picture, error) {
		m, err := jpegls.Decode(ctx, data)
		if err != nil {
			return picture{}, asOurs[jpegls.FormatError, jpegls.UnsupportedError](err)
		}
		return picture{columns: m.Width, rows: m.Height, components: m.Components, precision: m.Precision, lossy: lossyIf(m.Near > 0, "JPEG-LS"), pix8: m.Pix8, pix16: m.Pix16}, nil
	},
}

var jpeg2000Codec = codec{
	config: func(data []byte) (picture, error) {
		c, err := jpeg2000.DecodeConfig(data)
		return pictureOf2000(c), asOurs[jpeg2000.FormatError, jpeg2000.UnsupportedError](err)
	},
	decode: func(ctx context.Context, data []byte, reduce int) (picture, error) {
		m, err := jpeg2000.DecodeOptions(ctx, data, jpeg2000.Options{Reduce: reduce})
		if err != nil {
			return picture{}, asOurs[jpeg2000.FormatError, jpeg2000.UnsupportedError](err)
		}
		p := pictureOf2000(m.Config)
		p.pix8, p.pix16, p.pix32 = m.Pix8, m.Pix16, m.Pix32
		return p, nil
	},
}

// pictureOf2000 is what a JPEG 2000 stream says of itself. Its own colour transform is undone, and leaves RGB whatever the header calls it.
func pictureOf2000(c jpeg2000.Config) picture {
	p := picture{columns: c.Width, rows: c.Height, components: c.Components, precision: c.Precision, signed: c.Signed, tellsSign: true, levels: c.Levels,
		lossy: lossyIf(!c.Reversible, "JPEG 2000")}
	switch {
	case c.MCT:
		p.photometric = "RGB"
	case c.ColourSpace == 18 && c.Components == 3: // sYCC
		p.photometric = "YBR_FULL"
	}
	return p
}

func lossyIf(lossy bool, method string) string {
	if lossy {
		return method
	}
	return ""
}
