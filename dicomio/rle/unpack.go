package rle

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
)

const (
	// stretch is how many pixels of all planes are unpacked before they are joined: few enough for the planes to stay in a first-level cache.
	stretch = 4096
	// slack is what unpack may write beyond what it was asked for: all but one byte of the longest run or literal, in steps of eight.
	slack = 128 + 16
)

// planes holds a stretch of each byte plane.
type planes [maxSegments][stretch + slack]byte

var pool = sync.Pool{New: func() any { return new(planes) }}

// stretches unpacks the segments side by side and calls join with each stretch of n pixels from the pixel first on.
func stretches(ctx context.Context, segments [][]byte, pixels int, join func(first, n int, p *planes)) error {
	p := pool.Get().(*planes)
	defer pool.Put(p)
	var have, used [maxSegments]int
	for first := 0; first < pixels; first += stretch {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(stretch, pixels-first)
		for i, s := range segments {
			at, read := unpack(p[i][:], have[i], n, s[used[i]:])
			if at < n {
				return short(i, first+at, pixels)
			}
			have[i] = at
			used[i] += read
		}
		join(first, n, p)
		for i := range segments {
			have[i] = copy(p[i][:], p[i][n:have[i]])
		}
	}
	return nil
}

func short(segment, got, want int) error {
	return FormatError(fmt.Sprintf("segment %d ends after %d of %d bytes", segment+1, got, want))
}

// checked is how many bytes are unpacked between two looks at whether the decode was cancelled.
const checked = 1 << 22

// unpackAll fills dst from the segment of the index given. What its codes make beyond dst is dropped.
func unpackAll(ctx context.Context, dst, src []byte, segment int) error {
	at, read := 0, 0
	for at < len(dst) {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := min(len(dst), at+checked+slack)
		a, r := 0, 0
		if want := end - slack; want > at {
			a, r = unpack(dst[:end], at, want, src[read:])
		} else {
			a, r = unpackRest(dst[:end], at, end, src[read:])
		}
		if r == 0 {
			return short(segment, a, len(dst))
		}
		at, read = a, read+r
	}
	return nil
}

// unpack writes to dst from at on what PackBits codes make (PS3.5 G.3.2), until want bytes are there or src ends, and returns where it came
// to and how much of src it read. A code is carried out to its end, so that dst needs slack bytes after want.
func unpack(dst []byte, at, want int, src []byte) (end, read int) {
	pos := 0
	for at < want {
		s := src[pos:]
		if len(s) < 17 {
			break
		}
		d := dst[at:]
		if len(d) < slack {
			break
		}
		// Which of literal and run comes next cannot be foretold, so that both are made of one path, 16 bytes at once.
		code := int(int8(s[0]))
		if code == -128 { // no operation
			pos++
			continue
		}
		run := code >> 63 // of ones for a run, zero for a literal
		pattern := uint64(s[1]) * 0x0101010101010101
		v0, v1 := binary.LittleEndian.Uint64(s[1:]), binary.LittleEndian.Uint64(s[9:])
		binary.LittleEndian.PutUint64(d, v0^(v0^pattern)&uint64(run))
		binary.LittleEndian.PutUint64(d[8:], v1^(v1^pattern)&uint64(run))
		n := (code ^ run - run) + 1 // code+1 literal bytes, 1-code equal ones
		if n > 16 {
			if run != 0 {
				for i := 16; i < n; i += 8 {
					binary.LittleEndian.PutUint64(d[i:], pattern)
				}
			} else {
				if n >= len(s) {
					break
				}
				copy(d[16:n], s[17:])
			}
		}
		at += n
		pos += 2 + (n-1)&^run
	}
	if at < want {
		a, r := unpackRest(dst, at, want, src[pos:])
		return a, pos + r
	}
	return at, pos
}

// unpackRest is unpack for the last bytes of src or of dst. It needs no slack: what does not fit is dropped.
func unpackRest(dst []byte, at, want int, src []byte) (end, read int) {
	pos := 0
	for at < want && len(src)-pos > 1 {
		code := int(int8(src[pos]))
		switch {
		case code >= 0:
			literal := src[pos+1:]
			literal = literal[:min(len(literal), code+1)]
			at += copy(dst[at:], literal)
			pos += 1 + len(literal)
		case code > -128:
			n, v := min(1-code, len(dst)-at), src[pos+1]
			for i := range n {
				dst[at+i] = v
			}
			at += n
			pos += 2
		default:
			pos++
		}
	}
	return at, pos
}
