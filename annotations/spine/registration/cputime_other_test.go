//go:build !unix

package registration_test

// processorTime is not known here.
func processorTime() float64 { return 0 }
