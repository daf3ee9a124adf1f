package dicomio

// jpegInfo is what the first frame header of a stream of the JPEG family tells.
type jpegInfo struct {
	sof       byte // second byte of its marker; 0 when there is none
	precision int
}

// inspectJPEG reads markers up to the first frame header.
func inspectJPEG(b []byte) jpegInfo {
	for at := 2; at+4 <= len(b); {
		if b[at] != 0xFF {
			break
		}
		marker := b[at+1]
		if marker == 0xFF {
			at++
			continue
		}
		if marker == 0xD8 || marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			at += 2
			continue
		}
		if marker == 0xDA || marker == 0xD9 {
			break
		}
		n := int(b[at+2])<<8 | int(b[at+3])
		if marker == 0xF7 || marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC {
			if at+4 >= len(b) {
				break
			}
			return jpegInfo{marker, int(b[at+4])}
		}
		if n < 2 {
			break
		}
		at += 2 + n
	}
	return jpegInfo{}
}

// process names what a frame header's marker stands for.
func (i jpegInfo) process() string {
	switch i.sof {
	case 0xC0:
		return TransferSyntaxName("1.2.840.10008.1.2.4.50")
	case 0xC1:
		return TransferSyntaxName("1.2.840.10008.1.2.4.51")
	case 0xC2:
		return TransferSyntaxName("1.2.840.10008.1.2.4.55")
	case 0xC3:
		return TransferSyntaxName("1.2.840.10008.1.2.4.57")
	case 0xF7:
		return TransferSyntaxName("1.2.840.10008.1.2.4.80")
	case 0xC9:
		return TransferSyntaxName("1.2.840.10008.1.2.4.52")
	case 0xCA:
		return TransferSyntaxName("1.2.840.10008.1.2.4.56")
	case 0xCB:
		return TransferSyntaxName("1.2.840.10008.1.2.4.58")
	}
	return "hierarchical JPEG"
}

// coversProcess reports whether a transfer syntax's name says what the frame header's marker is.
func (i jpegInfo) coversProcess(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.4.50":
		return i.sof == 0xC0
	case "1.2.840.10008.1.2.4.51":
		return i.sof == 0xC0 || i.sof == 0xC1
	case "1.2.840.10008.1.2.4.52":
		return i.sof == 0xC9
	case "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55":
		return i.sof == 0xC2
	case "1.2.840.10008.1.2.4.54", "1.2.840.10008.1.2.4.56":
		return i.sof == 0xCA
	case "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70":
		return i.sof == 0xC3
	case "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81":
		return i.sof == 0xF7
	}
	return false
}
