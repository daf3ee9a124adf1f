package memory

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// status is MEMORYSTATUSEX of sysinfoapi.h.
type status struct {
	length, load                                               uint32
	totalPhysical, availablePhysical                           uint64
	totalPageFile, availablePageFile                           uint64
	totalVirtual, availableVirtual, availableExtendedOfVirtual uint64
}

// total is what GlobalMemoryStatusEx says.
func total() int64 {
	f := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if f.Find() != nil {
		return 0
	}
	var s status
	s.length = uint32(unsafe.Sizeof(s))
	if ok, _, _ := f.Call(uintptr(unsafe.Pointer(&s))); ok == 0 || s.totalPhysical > 1<<60 {
		return 0
	}
	return int64(s.totalPhysical)
}
