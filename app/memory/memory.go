// Package memory says how much memory there is to work with.
package memory

import "sync"

// Unknown is taken where the system does not say: what any machine of the last fifteen years has, so that a share of it is never too much.
const Unknown = 4 << 30

// Total is how much memory the process may use at most, in bytes: that of the machine, or less where a container or a service is held to less.
// Where the system does not say, it is Unknown. It is asked once.
var Total = sync.OnceValue(func() int64 {
	if n := total(); n > 0 {
		return n
	}
	return Unknown
})
