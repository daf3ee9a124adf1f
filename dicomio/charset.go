package dicomio

// charset decodes text by a SpecificCharacterSet.
type charset struct{}

const (
	textDelimiters = "\t\n\f\r"
	nameDelimiters = "^="
)

func newCharset(v []byte) *charset { return nil }

func (c *charset) decode(v []byte, delimiters string) string { return ascii(v) }

func (c *charset) decodeValues(v []byte, delimiters string) []string { return []string{ascii(v)} }
