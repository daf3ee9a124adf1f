package dicomio

import (
	"context"

	"rachis/dicomio/jpeg2000"
	"rachis/dicomio/jpegdct"
	"rachis/dicomio/jpegll"
	"rachis/dicomio/jpegls"
)

// The codec packages know nothing of DICOM nor of each other. Here each is made a codec.

var lossyJPEG = codec{
	config: func(data []byte) (picture, error) {
		c, err := jpegdct.DecodeConfig(data)
		return pictureOfDCT(c), asOurs[jpegdct.FormatError, jpegdct.UnsupportedError](err)
	},
	decode: func(ctx context.Context, data []byte, _ int) (picture, error) {
		m, err := jpegdct.Decode(ctx, data)
		if err != nil {
			return picture{}, asOurs[jpegdct.FormatError, jpegdct.UnsupportedError](err)
		}
		p := pictureOfDCT(m.Config)
		p.pix8, p.pix16 = m.Pix8, m.Pix16
		return p, nil
	},
}

// pictureOfDCT is what a JPEG says of itself. Three components are RGB by Adobe's marker or by their identifiers, unless JFIF's says otherwise. They are
// YCbCr although the header calls them RGB where Adobe's marker says so, or where chroma is subsampled, which nobody does to blue and red.
func pictureOfDCT(c jpegdct.Config) picture {
	p := picture{columns: c.Width, rows: c.Height, components: c.Components, precision: c.Precision, lossy: "JPEG"}
	if c.Components == 3 {
		switch {
		case !c.JFIF && (c.Adobe && c.AdobeTransform == 0 || !c.Adobe && c.IDs[0] == 'R' && c.IDs[1] == 'G' && c.IDs[2] == 'B'):
			p.photometric = "RGB"
		case c.Adobe && c.AdobeTransform != 0, c.Sampling[0] != c.Sampling[1]:
			p.neverRGB = true
		}
	}
	return p
}

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
