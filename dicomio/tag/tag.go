// Package tag names DICOM attributes: a constant per attribute, by its keyword of PS3.6.
package tag

import "fmt"

// Tag is an attribute's group and element number, group in the upper 16 bits.
type Tag uint32

// New returns the tag of a group and an element number.
func New(group, element uint16) Tag { return Tag(group)<<16 | Tag(element) }

// Group returns the group number.
func (t Tag) Group() uint16 { return uint16(t >> 16) }

// Element returns the element number.
func (t Tag) Element() uint16 { return uint16(t) }

// Private reports whether the tag belongs to a private group: an odd one.
func (t Tag) Private() bool { return t.Group()&1 == 1 }

// String returns the tag as "(0028,0010)".
func (t Tag) String() string { return fmt.Sprintf("(%04X,%04X)", t.Group(), t.Element()) }
