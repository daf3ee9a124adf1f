package dicomio

import (
	"context"

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
		return picture{columns: m.Width, rows: m.Height, components: m.Components, precision: m.Precision, lossy: m.Near > 0, pix8: m.Pix8, pix16: m.Pix16}, nil
	},
}
