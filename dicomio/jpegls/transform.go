package jpegls

// The colour transforms of an APP8 segment "mrfx", which the encoder of the standard's authors writes (LOCO-I at HP). They work modulo
// the range of samples.
const (
	transformHP1 = 1 + iota
	transformHP2
	transformHP3
)

// inverseTransform brings three components back to red, green and blue.
func inverseTransform(m *Image, transform int) {
	if transform == 0 {
		return
	}
	if m.Pix8 != nil {
		inverse(m.Pix8, transform, 1<<8)
	} else {
		inverse(m.Pix16, transform, 1<<16)
	}
}

// inverse undoes a transform of samples of the given range, which is that of their type.
func inverse[T uint8 | uint16](pix []T, transform, rng int) {
	for ; len(pix) >= 3; pix = pix[3:] {
		v1, v2, v3 := int(pix[0]), int(pix[1]), int(pix[2])
		var r, g, b int
		switch transform {
		case transformHP1:
			g = v2
			r, b = v1+g-rng/2, v3+g-rng/2
		case transformHP2:
			g = v2
			r = v1 + g - rng/2
			b = v3 + (int(T(r))+g)>>1 - rng/2
		case transformHP3:
			g = v1 - (v2+v3)>>2 + rng/4
			r, b = v3+g-rng/2, v2+g-rng/2
		}
		pix[0], pix[1], pix[2] = T(r), T(g), T(b)
	}
}
