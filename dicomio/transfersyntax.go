package dicomio

// Transfer syntaxes by their standard names (PS3.6 A).
const (
	implicitVRLittleEndian         = "1.2.840.10008.1.2"
	explicitVRLittleEndian         = "1.2.840.10008.1.2.1"
	encapsulatedUncompressed       = "1.2.840.10008.1.2.1.98"
	deflatedExplicitVRLittleEndian = "1.2.840.10008.1.2.1.99"
	explicitVRBigEndian            = "1.2.840.10008.1.2.2"
	rleLossless                    = "1.2.840.10008.1.2.5"
	deflatedImageFrame             = "1.2.840.10008.1.2.8.1"
	privateGEImplicitBigEndian     = "1.2.840.113619.5.2" // implicit little endian with Pixel Data in big endian
)

var transferSyntaxNames = map[string]string{
	implicitVRLittleEndian:         "Implicit VR Little Endian",
	explicitVRLittleEndian:         "Explicit VR Little Endian",
	encapsulatedUncompressed:       "Encapsulated Uncompressed Explicit VR Little Endian",
	deflatedExplicitVRLittleEndian: "Deflated Explicit VR Little Endian",
	explicitVRBigEndian:            "Explicit VR Big Endian",
	rleLossless:                    "RLE Lossless",
	deflatedImageFrame:             "Deflated Image Frame Compression",
	privateGEImplicitBigEndian:     "GE private Implicit VR Big Endian",
	"1.2.840.10008.1.2.4.50":       "JPEG Baseline (Process 1)",
	"1.2.840.10008.1.2.4.51":       "JPEG Extended (Process 2 & 4)",
	"1.2.840.10008.1.2.4.52":       "JPEG Extended (Process 3 & 5)",
	"1.2.840.10008.1.2.4.53":       "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)",
	"1.2.840.10008.1.2.4.54":       "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)",
	"1.2.840.10008.1.2.4.55":       "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)",
	"1.2.840.10008.1.2.4.56":       "JPEG Full Progression, Non-Hierarchical (Process 11 & 13)",
	"1.2.840.10008.1.2.4.57":       "JPEG Lossless, Non-Hierarchical (Process 14)",
	"1.2.840.10008.1.2.4.58":       "JPEG Lossless, Non-Hierarchical (Process 15)",
	"1.2.840.10008.1.2.4.70":       "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])",
	"1.2.840.10008.1.2.4.80":       "JPEG-LS Lossless Image Compression",
	"1.2.840.10008.1.2.4.81":       "JPEG-LS Lossy (Near-Lossless) Image Compression",
	"1.2.840.10008.1.2.4.90":       "JPEG 2000 Image Compression (Lossless Only)",
	"1.2.840.10008.1.2.4.91":       "JPEG 2000 Image Compression",
	"1.2.840.10008.1.2.4.92":       "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)",
	"1.2.840.10008.1.2.4.93":       "JPEG 2000 Part 2 Multi-component Image Compression",
	"1.2.840.10008.1.2.4.94":       "JPIP Referenced",
	"1.2.840.10008.1.2.4.95":       "JPIP Referenced Deflate",
	"1.2.840.10008.1.2.4.100":      "MPEG2 Main Profile / Main Level",
	"1.2.840.10008.1.2.4.100.1":    "Fragmentable MPEG2 Main Profile / Main Level",
	"1.2.840.10008.1.2.4.101":      "MPEG2 Main Profile / High Level",
	"1.2.840.10008.1.2.4.101.1":    "Fragmentable MPEG2 Main Profile / High Level",
	"1.2.840.10008.1.2.4.102":      "MPEG-4 AVC/H.264 High Profile / Level 4.1",
	"1.2.840.10008.1.2.4.102.1":    "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1",
	"1.2.840.10008.1.2.4.103":      "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
	"1.2.840.10008.1.2.4.103.1":    "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
	"1.2.840.10008.1.2.4.104":      "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video",
	"1.2.840.10008.1.2.4.104.1":    "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video",
	"1.2.840.10008.1.2.4.105":      "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video",
	"1.2.840.10008.1.2.4.105.1":    "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video",
	"1.2.840.10008.1.2.4.106":      "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
	"1.2.840.10008.1.2.4.106.1":    "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
	"1.2.840.10008.1.2.4.107":      "HEVC/H.265 Main Profile / Level 5.1",
	"1.2.840.10008.1.2.4.108":      "HEVC/H.265 Main 10 Profile / Level 5.1",
	"1.2.840.10008.1.2.4.110":      "JPEG XL Lossless",
	"1.2.840.10008.1.2.4.111":      "JPEG XL JPEG Recompression",
	"1.2.840.10008.1.2.4.112":      "JPEG XL",
	"1.2.840.10008.1.2.4.201":      "High-Throughput JPEG 2000 Image Compression (Lossless Only)",
	"1.2.840.10008.1.2.4.202":      "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)",
	"1.2.840.10008.1.2.4.203":      "High-Throughput JPEG 2000 Image Compression",
	"1.2.840.10008.1.2.4.204":      "JPIP HTJ2K Referenced",
	"1.2.840.10008.1.2.4.205":      "JPIP HTJ2K Referenced Deflate",
	"1.2.840.10008.1.2.7.1":        "SMPTE ST 2110-20 Uncompressed Progressive Active Video",
	"1.2.840.10008.1.2.7.2":        "SMPTE ST 2110-20 Uncompressed Interlaced Active Video",
	"1.2.840.10008.1.2.7.3":        "SMPTE ST 2110-30 PCM Digital Audio",
}

// TransferSyntaxName returns the standard's name of a transfer syntax, or the UID itself when it has none.
func TransferSyntaxName(uid string) string {
	if name := transferSyntaxNames[uid]; name != "" {
		return name
	}
	return uid
}

func deflatedSyntax(uid string) bool {
	switch uid {
	case deflatedExplicitVRLittleEndian, "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205":
		return true
	}
	return false
}

func syntaxOf(uid string) syntax {
	switch uid {
	case implicitVRLittleEndian, privateGEImplicitBigEndian:
		return syntax{implicit: true}
	case explicitVRBigEndian:
		return syntax{big: true}
	}
	return syntax{}
}

func (s syntax) String() string {
	switch {
	case s.implicit:
		return "implicit VR little endian"
	case s.big:
		return "explicit VR big endian"
	}
	return "explicit VR little endian"
}
