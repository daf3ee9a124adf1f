package write

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
)

// ImplementationClassUID names Rachis as the writer of a file (0002,0012). It does not change between versions.
const ImplementationClassUID = "2.25.297413699151446347590546953912206582335"

// ImplementationVersionName is written to (0002,0013).
const ImplementationVersionName = "RACHIS_1"

// NewUID returns a new UID, "2.25." and the decimal value of a random UUID (PS3.5 B.2).
func NewUID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("write: no random numbers: " + err.Error()) // crypto/rand promises never to fail
	}
	return fromUUID(b, 4)
}

// SeededUID returns the UID that belongs to the parts: equal parts give an equal UID on every machine, and different
// ones give different UIDs. It is for objects that must come out the same when they are made again.
func SeededUID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return fromUUID([16]byte(h.Sum(nil)[:16]), 8)
}

// fromUUID sets the version and the variant of RFC 9562 on the 128 bits and writes them as a UID.
func fromUUID(b [16]byte, version byte) string {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	return "2.25." + new(big.Int).SetBytes(b[:]).String()
}
