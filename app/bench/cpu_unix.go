//go:build unix

package bench

import (
	"syscall"
	"time"
)

// ProcessorTime is how long the process has computed so far, on all cores together.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
