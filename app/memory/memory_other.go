//go:build !linux && !darwin && !windows

package memory

// total is not known here.
func total() int64 { return 0 }
