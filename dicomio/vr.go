package dicomio

import "rachis/dicomio/tag"

// VR is a value representation, two letters (PS3.5 6.2).
type VR string

// vrCode is the two letters of a VR as they stand in an explicit element.
type vrCode uint16

func codeOf(a, b byte) vrCode { return vrCode(a)<<8 | vrCode(b) }

const (
	vrAE vrCode = 'A'<<8 | 'E'
	vrAS vrCode = 'A'<<8 | 'S'
	vrAT vrCode = 'A'<<8 | 'T'
	vrCS vrCode = 'C'<<8 | 'S'
	vrDA vrCode = 'D'<<8 | 'A'
	vrDS vrCode = 'D'<<8 | 'S'
	vrDT vrCode = 'D'<<8 | 'T'
	vrFD vrCode = 'F'<<8 | 'D'
	vrFL vrCode = 'F'<<8 | 'L'
	vrIS vrCode = 'I'<<8 | 'S'
	vrLO vrCode = 'L'<<8 | 'O'
	vrLT vrCode = 'L'<<8 | 'T'
	vrOB vrCode = 'O'<<8 | 'B'
	vrOD vrCode = 'O'<<8 | 'D'
	vrOF vrCode = 'O'<<8 | 'F'
	vrOL vrCode = 'O'<<8 | 'L'
	vrOV vrCode = 'O'<<8 | 'V'
	vrOW vrCode = 'O'<<8 | 'W'
	vrPN vrCode = 'P'<<8 | 'N'
	vrSH vrCode = 'S'<<8 | 'H'
	vrSL vrCode = 'S'<<8 | 'L'
	vrSQ vrCode = 'S'<<8 | 'Q'
	vrSS vrCode = 'S'<<8 | 'S'
	vrST vrCode = 'S'<<8 | 'T'
	vrSV vrCode = 'S'<<8 | 'V'
	vrTM vrCode = 'T'<<8 | 'M'
	vrUC vrCode = 'U'<<8 | 'C'
	vrUI vrCode = 'U'<<8 | 'I'
	vrUL vrCode = 'U'<<8 | 'L'
	vrUN vrCode = 'U'<<8 | 'N'
	vrUR vrCode = 'U'<<8 | 'R'
	vrUS vrCode = 'U'<<8 | 'S'
	vrUT vrCode = 'U'<<8 | 'T'
	vrUV vrCode = 'U'<<8 | 'V'
)

// vrInfo is what is known of a VR.
type vrInfo struct {
	name VR
	long bool // explicit elements have two reserved bytes and a 32-bit length
	word int  // bytes of one value that are swapped in big endian; 1 when there is nothing to swap
}

var vrTable = func() (table [26 * 26]vrInfo) {
	for _, v := range []struct {
		code vrCode
		long bool
		word int
	}{
		{vrAE, false, 1}, {vrAS, false, 1}, {vrAT, false, 2}, {vrCS, false, 1}, {vrDA, false, 1}, {vrDS, false, 1}, {vrDT, false, 1},
		{vrFD, false, 8}, {vrFL, false, 4}, {vrIS, false, 1}, {vrLO, false, 1}, {vrLT, false, 1}, {vrOB, true, 1}, {vrOD, true, 8},
		{vrOF, true, 4}, {vrOL, true, 4}, {vrOV, true, 8}, {vrOW, true, 2}, {vrPN, false, 1}, {vrSH, false, 1}, {vrSL, false, 4},
		{vrSQ, true, 1}, {vrSS, false, 2}, {vrST, false, 1}, {vrSV, true, 8}, {vrTM, false, 1}, {vrUC, true, 1}, {vrUI, false, 1},
		{vrUL, false, 4}, {vrUN, true, 1}, {vrUR, true, 1}, {vrUS, false, 2}, {vrUT, true, 1}, {vrUV, true, 8},
	} {
		table[v.code.index()] = vrInfo{VR([]byte{byte(v.code >> 8), byte(v.code)}), v.long, v.word}
	}
	return table
}()

// letters reports whether the code is two capital letters.
func (c vrCode) letters() bool {
	return byte(c>>8)-'A' < 26 && byte(c)-'A' < 26
}

func (c vrCode) index() int { return int(byte(c>>8)-'A')*26 + int(byte(c)-'A') }

// info returns what is known of the VR; the name is empty when the standard has no such VR.
func (c vrCode) info() vrInfo {
	if !c.letters() {
		return vrInfo{word: 1}
	}
	return vrTable[c.index()]
}

// name returns the VR's letters, "UN" when they are none.
func (c vrCode) name() VR {
	if i := c.info(); i.name != "" {
		return i.name
	}
	if c.letters() {
		return VR([]byte{byte(c >> 8), byte(c)})
	}
	return "UN"
}

func codeOfVR(v VR) vrCode {
	if len(v) != 2 {
		return vrUN
	}
	return codeOf(v[0], v[1])
}

// dictionaryVR returns the VR that an element of implicit VR has; UN when the dictionary does not tell.
func dictionaryVR(t tag.Tag) vrCode {
	if t.Private() {
		if e := t.Element(); e >= 0x10 && e <= 0xFF {
			return vrLO // a private creator
		}
		return vrUN
	}
	switch t { // ambiguous ones, which PS3.5 A.1 settles for implicit VR
	case tag.PixelData:
		return vrOW
	case tag.LUTData:
		return vrOW
	}
	names := tag.VRs(t)
	if len(names) == 0 {
		return vrUN
	}
	if c := codeOfVR(VR(names[0])); c.info().name != "" {
		if c == vrOB && len(names) > 1 && names[1] == "OW" {
			return vrOW
		}
		return c
	}
	return vrUN
}

// vrCache remembers what the dictionary said, for implicit VR in bulk. The zero value is ready.
type vrCache [512]struct {
	tag tag.Tag
	vr  vrCode
}

// dictionaryVR is the function of that name; a nil cache asks the dictionary.
func (c *vrCache) dictionaryVR(t tag.Tag) vrCode {
	if c == nil {
		return dictionaryVR(t)
	}
	e := &c[(uint32(t)^uint32(t)>>16*31)%uint32(len(c))]
	if e.tag != t || e.vr == 0 {
		e.tag, e.vr = t, dictionaryVR(t)
	}
	return e.vr
}
