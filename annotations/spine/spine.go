// Package spine holds the spine's own measurements: levels, endplates, Modic signal, disc height and segmental instability.
package spine

import "errors"

// Measure answers `rachis measure KIND` (cli.md): kind is "instability", "disc-height" or "modic", input and answer are JSON.
func Measure(kind string, input []byte) ([]byte, error) { return nil, errors.New("spine: not built") }
