package memory

import "golang.org/x/sys/unix"

// total is hw.memsize of sysctl(3).
func total() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil || n > 1<<60 {
		return 0
	}
	return int64(n)
}
