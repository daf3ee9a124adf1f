package memory

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"testing/fstest"
)

func TestWhatTheSystemSaysIsHeldTo(t *testing.T) {
	const machine = "MemTotal:       16252928 kB\nMemFree:         8214328 kB\n"
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for _, c := range []struct {
		what string
		root fstest.MapFS
		want int64
	}{
		{"nothing is known", fstest.MapFS{}, 0},
		{"a machine", fstest.MapFS{"proc/meminfo": file(machine)}, 16252928 << 10},
		{"no number", fstest.MapFS{"proc/meminfo": file("MemTotal: much kB\n")}, 0},
		{"no limit in version 2", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("0::/user.slice\n"),
			"sys/fs/cgroup/user.slice/memory.max": file("max\n")}, 16252928 << 10},
		{"a group above has the limit", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("0::/user.slice/app.scope\n"),
			"sys/fs/cgroup/user.slice/app.scope/memory.max": file("max\n"), "sys/fs/cgroup/user.slice/memory.max": file("4294967296\n")}, 4 << 30},
		{"a container that sees the path outside", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("0::/docker/0123\n"),
			"sys/fs/cgroup/memory.max": file("2147483648\n")}, 2 << 30},
		{"version 1", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("5:cpu,cpuacct:/a\n4:memory:/a\n"),
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes": file("1073741824\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 1 << 30},
		{"version 1 without a limit", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("4:memory:/\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 16252928 << 10},
		{"a path that would climb out", fstest.MapFS{"proc/meminfo": file(machine), "proc/self/cgroup": file("0::/../../etc\n\nmalformed\n")}, 16252928 << 10},
	} {
		if got := linuxTotal(c.root); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

// The C library's word for the machine's pages is an outside witness: the limit is never above it, and without control groups equal but for what
// the kernel keeps to itself.
func TestNotMoreThanThereIs(t *testing.T) {
	out, err := exec.Command("getconf", "-a").Output()
	if err != nil {
		t.Skip("there is no getconf to compare with: ", err)
	}
	value := func(name string) int64 {
		for line := range bytes.Lines(out) {
			if f := bytes.Fields(line); len(f) == 2 && string(f[0]) == name {
				n, _ := strconv.ParseInt(string(f[1]), 10, 64)
				return n
			}
		}
		return 0
	}
	want := value("_PHYS_PAGES") * int64(os.Getpagesize())
	if want == 0 {
		t.Skip("getconf does not tell the memory")
	}
	if got := Total(); got > want || got < 64<<20 {
		t.Errorf("%d bytes, and getconf has %d", got, want)
	}
	if got := memTotal(os.DirFS("/")); got != want {
		t.Errorf("MemTotal %d, getconf %d", got, want)
	}
}
