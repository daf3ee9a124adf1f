package bundle

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// The form of a bundle's ZIP (APPNOTE.TXT 6.3.10). Of an entry only the name, the size, the CRC-32 and the place vary: it
// is stored, without flags, with the first date that a ZIP can hold and the mode of a plain file. ZIP64 fields stand where,
// and only where, a number does not fit without them.
const (
	localSignature   = 0x04034b50
	centralSignature = 0x02014b50
	endSignature     = 0x06054b50
	end64Signature   = 0x06064b50
	locatorSignature = 0x07064b50

	localSize   = 30
	centralSize = 46
	endSize     = 22
	end64Size   = 56
	locatorSize = 20

	version20   = 20              // stored files in folders
	version45   = 45              // ZIP64
	madeBy      = 3 << 8          // Unix, for the mode
	zipDate     = 0<<9 | 1<<5 | 1 // 1980-01-01
	zipMode     = 0o100644 << 16
	zip64Extra  = 0x0001
	crcAt       = 14 // where the CRC-32 is in a local header
	unsaid16    = math.MaxUint16
	unsaid32    = math.MaxUint32
	maxName     = maxDepth*(8+1+3) + maxDepth - 1
	maxCentral  = centralSize + maxName + 4 + 3*8
	maxZIPBytes = 1 << 50 // so that no sum of sizes overflows
)

// order compares two names by their place in a ZIP: sorted, and at the end those that tell of all others.
func order(a, b string) int {
	last := func(name string) int { return slices.Index([]string{descriptionName, manifestName}, name) }
	return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a, b))
}

// zipEntry is a file in the ZIP.
type zipEntry struct {
	name   string
	size   int64
	crc    uint32
	offset int64 // of its local header
}

var little = binary.LittleEndian

// local returns the entry's local header.
func (e zipEntry) local() []byte {
	version, size, extra := uint16(version20), uint32(e.size), []byte(nil)
	if e.size >= unsaid32 {
		version, size = version45, unsaid32
		extra = extra64(e.size, e.size)
	}
	b := little.AppendUint32(nil, localSignature)
	b = entryFields(b, version, e.crc, size, len(e.name), len(extra))
	return append(append(b, e.name...), extra...)
}

// central returns the entry's header in the directory.
func (e zipEntry) central() []byte {
	version, size, offset := uint16(version20), uint32(e.size), uint32(e.offset)
	var large []int64
	if e.size >= unsaid32 {
		size = unsaid32
		large = append(large, e.size, e.size)
	}
	if e.offset >= unsaid32 {
		offset = unsaid32
		large = append(large, e.offset)
	}
	var extra []byte
	if large != nil {
		version, extra = version45, extra64(large...)
	}
	b := little.AppendUint32(nil, centralSignature)
	b = little.AppendUint16(b, madeBy|version)
	b = entryFields(b, version, e.crc, size, len(e.name), len(extra))
	b = little.AppendUint16(b, 0) // comment length
	b = little.AppendUint16(b, 0) // disk
	b = little.AppendUint16(b, 0) // internal attributes
	b = little.AppendUint32(b, zipMode)
	b = little.AppendUint32(b, offset)
	return append(append(b, e.name...), extra...)
}

// entryFields appends what local and central headers have in common.
func entryFields(b []byte, version uint16, crc, size uint32, name, extra int) []byte {
	b = little.AppendUint16(b, version)
	b = little.AppendUint16(b, 0) // flags
	b = little.AppendUint16(b, 0) // stored
	b = little.AppendUint16(b, 0) // time
	b = little.AppendUint16(b, zipDate)
	b = little.AppendUint32(b, crc)
	b = little.AppendUint32(b, size)
	b = little.AppendUint32(b, size)
	b = little.AppendUint16(b, uint16(name))
	return little.AppendUint16(b, uint16(extra))
}

func extra64(values ...int64) []byte {
	b := little.AppendUint16(nil, zip64Extra)
	b = little.AppendUint16(b, uint16(8*len(values)))
	for _, v := range values {
		b = little.AppendUint64(b, uint64(v))
	}
	return b
}

// zipEnd returns what follows the directory of n entries that is size bytes long and begins at offset.
func zipEnd(n int, size, offset int64) []byte {
	var b []byte
	count, size32, offset32 := uint16(unsaid16), uint32(unsaid32), uint32(unsaid32)
	if n >= unsaid16 || size >= unsaid32 || offset >= unsaid32 {
		b = little.AppendUint32(b, end64Signature)
		b = little.AppendUint64(b, end64Size-12) // of the record from here
		b = little.AppendUint16(b, madeBy|version45)
		b = little.AppendUint16(b, version45)
		b = little.AppendUint32(b, 0) // disk
		b = little.AppendUint32(b, 0) // disk of the directory
		b = little.AppendUint64(b, uint64(n))
		b = little.AppendUint64(b, uint64(n))
		b = little.AppendUint64(b, uint64(size))
		b = little.AppendUint64(b, uint64(offset))
		b = little.AppendUint32(b, locatorSignature)
		b = little.AppendUint32(b, 0) // disk
		b = little.AppendUint64(b, uint64(offset+size))
		b = little.AppendUint32(b, 1) // disks
	}
	if n < unsaid16 {
		count = uint16(n)
	}
	if size < unsaid32 {
		size32 = uint32(size)
	}
	if offset < unsaid32 {
		offset32 = uint32(offset)
	}
	b = little.AppendUint32(b, endSignature)
	b = little.AppendUint16(b, 0) // disk
	b = little.AppendUint16(b, 0) // disk of the directory
	b = little.AppendUint16(b, count)
	b = little.AppendUint16(b, count)
	b = little.AppendUint32(b, size32)
	b = little.AppendUint32(b, offset32)
	return little.AppendUint16(b, 0) // comment length
}
