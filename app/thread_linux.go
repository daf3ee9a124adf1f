package app

import (
	"syscall"
	"time"
)

// ofThread is RUSAGE_THREAD (getrusage(2)), which the syscall package does not name.
const ofThread = 1

// threadTime is how long the thread that asks has computed so far: Fyne's goroutine is bound to one.
func threadTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(ofThread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
