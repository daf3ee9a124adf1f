package spine

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// scan reads a JSON document that decodes for what decoding passes over: a list with nothing in one of its places, which would be read as the number
// 0, and an object with a name twice, of which the last would count. Either is a slip of the pen in a file of coordinates. It says where.
func scan(input []byte) error {
	d := json.NewDecoder(bytes.NewReader(input))
	return scanValue(d, input, "")
}

func scanValue(d *json.Decoder, input []byte, at string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		known := map[string]bool{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if known[name] {
				return fieldError(joined(at, name), "it stands there twice, again at %s", place(input, d.InputOffset()))
			}
			known[name] = true
			if err := scanValue(d, input, joined(at, name)); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			if err := scanValue(d, input, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		_, err = d.Token()
	case nil:
		if len(at) > 0 && at[len(at)-1] == ']' {
			return fieldError(at, "nothing stands there, at %s", place(input, d.InputOffset()))
		}
	}
	return err
}

func joined(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
