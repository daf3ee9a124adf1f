package memory

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

func total() int64 { return linuxTotal(os.DirFS("/")) }

// linuxTotal reads the files of a Linux system below root: MemTotal of proc(5), and the limits of the control groups that the process is in.
func linuxTotal(root fs.FS) int64 {
	n := memTotal(root)
	for _, limit := range limits(root) {
		if limit > 0 && (n <= 0 || limit < n) {
			n = limit
		}
	}
	return n
}

// memTotal is the machine's memory, 0 when it is not known.
func memTotal(root fs.FS) int64 {
	data, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil || kib <= 0 || kib > 1<<50 {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}

// limits are those of the control groups, in version 2 (cgroup v2 of the kernel's Documentation: memory.max) and 1 (memory.limit_in_bytes), of
// the process's own group and of each above it. Within a container the group's path may be that of the machine outside: then the root of what is
// mounted there is the container's own.
func limits(root fs.FS) (all []int64) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(groups)) { // hierarchy-ID:controller-list:cgroup-path
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 {
			continue
		}
		mount, file := "sys/fs/cgroup", "memory.max"
		switch {
		case f[0] == "0" && f[1] == "":
		case strings.Contains(","+f[1]+",", ",memory,"):
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for at := path.Clean("/" + f[2]); ; at = path.Dir(at) {
			if data, err := fs.ReadFile(root, path.Join(mount, at, file)); err == nil {
				// "max" is none; version 1 writes a number beyond any machine's.
				if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
					all = append(all, n)
				}
			}
			if at == "/" {
				break
			}
		}
	}
	return all
}
