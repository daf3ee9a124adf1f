// Package ht decodes the code-blocks of high-throughput JPEG 2000 (ITU-T T.814 | ISO/IEC 15444-15): the HT cleanup, significance propagation and
// magnitude refinement passes, which take the place of the arithmetic coder of ITU-T T.800.
//
// # What the caller does
//
// Everything outside the code-block is as in T.800. For a code-block whose coding style has bit 6 set (SPcod, T.814 Annex A.4) the packet header is
// read thus (T.814 Annex B):
//
// Inclusion, zero bit-planes and the number of coding passes Z are coded as in T.800 B.10. The passes of a code-block, counted over all its packets,
// come in groups of three that begin with a cleanup pass: an HT set, whose cleanup pass codes all magnitude bits down to one bit-plane, and whose
// other two passes code the bit-plane below. An HT set is two codeword segments: the cleanup pass alone, then one or both of the other passes. A
// group of three in front of the first set that has no bytes is a placeholder. Each group, placeholder or not, moves the bit-plane down by one.
//
// While a code-block has had placeholders only, the new passes of a packet begin with a first segment of n = Z - (passes before + Z - 1) mod 3
// passes: placeholders and one cleanup pass. Its length has Lblock + floor(log2 n) bits. If it is 0, all Z passes are placeholders and, as if they
// were one segment, the length has floor(log2 Z) - floor(log2 n) more bits, which are zero too. (Where n < 1, all Z are placeholders: Lblock +
// floor(log2 Z) bits, zero.) If it is not, it is at least 2, and the passes that remain (one or two) are the second segment, with Lblock bits of
// length for one pass and Lblock + 1 for two. Further sets go on so: one cleanup pass with Lblock bits, then the others. A later layer can bring the
// refinement passes of a set that began earlier; their bytes are appended to what is there.
//
// With n passes in the first segment, n-1 is a multiple of 3 unless an earlier packet ended within a group; (n-1)/3 placeholder groups (counted with
// those of earlier packets) are added to the zero bit-planes that the tag tree told, and [Decoder.DecodeBlock] gets the sum. Of several sets the last
// that has bytes is decoded, with the number of sets before it added likewise: a set repeats what those before it coded.
//
// # What the decoder does
//
// [Decoder.DecodeBlock] gives signed magnitudes as fixed point. Dequantization, the region of interest and the wavelet are the caller's.
package ht

import "fmt"

// A FormatError reports that a code-block is not valid.
type FormatError string

func (e FormatError) Error() string { return "jpeg2000: high-throughput code-block: " + string(e) }

// An UnsupportedError reports that a code-block is valid but beyond what the decoder holds.
type UnsupportedError string

func (e UnsupportedError) Error() string {
	return "jpeg2000: unsupported: high-throughput code-block: " + string(e)
}

// The limits of a code-block (T.800 Table A.18): 2^10 samples a side, 2^12 samples in all.
const (
	maxSide    = 1 << 10
	maxSamples = 1 << 12
)

// maxSuffix is the largest length of the MEL and VLC streams together (T.814 7.1.1).
const maxSuffix = 4079

// magnitudeBits is what a result holds of a magnitude: 32 bits less the sign and the bit of the fraction.
const magnitudeBits = 30

// A Decoder holds the working memory of a code-block, about 60 KB. The zero value is ready. A Decoder is reused for one block after the
// other, and not by several goroutines at once.
type Decoder struct {
	// stream is one of the bit streams with its stuffed bits taken out: the VLC stream, then MagSgn, then the refinement passes.
	stream [streamSize + 8]byte
	// size is the number of bits in the stream before what fills it.
	size uint
	// quads has a word for each quad: the low 16 bits are the entry of the VLC table, the others u_q. A row of quads has
	// margin words more than there are quads, which stay 0: one before, two after.
	quads [maxSamples/4 + maxSide/2*margin]uint32
	// exponents has for each column boundary between quads the bits of 2*mu-1 of the two samples above it.
	exponents [maxSide/2 + 2]uint32
	// top and bottom take a line pair where the block has not both lines or not an even width.
	top, bottom [maxSide]uint32
	// sigma has the significance of 4x4 groups after the cleanup pass, a stripe a row, with one more group and one more stripe of 0.
	sigma [2*(maxSamples/16) + 2]uint16
	// above is the significance of the stripe above after the significance propagation pass.
	above [maxSide/4 + 1]uint16
}

// margin is the number of words in a row of quads beside the quads.
const margin = 3

// DecodeBlock decodes a code-block of width by height samples, and writes each at dst[y*stride+x]: the sign in bit 31, the
// magnitude below it, with one bit of fraction. The magnitude lies in the middle of the interval that the decoded bit-planes leave: a magnitude of
// which all bits are decoded is m+1/2 (the result is 2m+1), one whose lowest decoded bit-plane is p is m + 2^(p-1). An insignificant sample is 0.
//
// cleanup and refinement are the bytes of the two codeword segments, passes is 1 to 3: the cleanup pass, the significance propagation pass, the
// magnitude refinement pass. Where refinement is empty, only the cleanup pass is decoded. bitPlanes is M_b of the subband (T.800 E-2) and
// zeroBitPlanes the number of the most significant ones that are missing: the cleanup pass goes down to bit-plane bitPlanes-1-zeroBitPlanes. causal tells that the
// code-block style has vertically causal contexts (T.814 7.4, T.800 D.7).
//
// The magnitudes of a valid code-block have at most bitPlanes bits; one that has more is a FormatError, and one of more than 30 bits is
// an UnsupportedError. After an error dst holds anything within the block. DecodeBlock does not change its input.
func (d *Decoder) DecodeBlock(dst []uint32, stride, width, height int, cleanup, refinement []byte, passes, zeroBitPlanes, bitPlanes int, causal bool) error {
	if width < 1 || height < 1 || width > maxSide || height > maxSide || width*height > maxSamples {
		return FormatError(fmt.Sprintf("%d by %d samples", width, height))
	}
	if passes < 1 || passes > 3 {
		return FormatError(fmt.Sprintf("%d passes in a set", passes))
	}
	if len(refinement) == 0 {
		passes = 1
	}
	// plane is the lowest bit-plane of the cleanup pass.
	plane := bitPlanes - 1 - zeroBitPlanes
	if zeroBitPlanes < 0 || plane < 0 || passes > 1 && plane < 1 {
		return FormatError(fmt.Sprintf("%d passes from the bit-plane below %d of %d", passes, zeroBitPlanes, bitPlanes))
	}
	if plane >= magnitudeBits {
		return UnsupportedError(fmt.Sprintf("bit-plane %d", plane))
	}
	if len(cleanup) < 2 {
		return FormatError(fmt.Sprintf("%d bytes in the cleanup segment", len(cleanup)))
	}
	last := cleanup[len(cleanup)-2:]
	suffix := int(last[1])<<4 | int(last[0]&0xF)
	if suffix < 2 || suffix > len(cleanup) || suffix > maxSuffix {
		return FormatError(fmt.Sprintf("MEL and VLC streams of %d bytes in a cleanup segment of %d", suffix, len(cleanup)))
	}
	at := len(cleanup) - suffix
	if err := d.decodeQuads(cleanup[at:], width, height); err != nil {
		return err
	}
	if err := d.decodeMagnitudes(dst, stride, width, height, cleanup[:at], zeroBitPlanes, plane); err != nil {
		return err
	}
	if passes > 1 {
		d.gatherSignificance(width, height)
		d.propagate(dst, stride, width, height, refinement, plane-1, causal)
	}
	if passes > 2 {
		d.refine(dst, stride, width, height, refinement, plane-1)
	}
	return nil
}
