//go:build unix

package dicomio

import (
	"io"
	"syscall"
)

// regularFile is an open file for the index. It is a bare descriptor: an os.File costs two more system calls and a finalizer, and a CD
// has thousands of files. It is for one goroutine.
type regularFile struct{ fd int }

// openIndexed opens a file without waiting for what is no file, and returns its size; regular is false for a folder, pipe or device,
// which is closed again.
func openIndexed(path string) (f regularFile, size int64, regular bool, err error) {
	fd := -1
	err = again(func() error {
		fd, err = syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return f, 0, false, err
	}
	var st syscall.Stat_t
	if err := again(func() error { return syscall.Fstat(fd, &st) }); err != nil {
		syscall.Close(fd)
		return f, 0, false, err
	}
	if st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		syscall.Close(fd)
		return f, 0, false, nil
	}
	return regularFile{fd}, st.Size, true, nil
}

func again(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}

// ReadAt implements io.ReaderAt.
func (f regularFile) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		n, err := syscall.Pread(f.fd, p[done:], off+int64(done))
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return done, err
		case n <= 0:
			return done, io.EOF
		}
		done += n
	}
	return done, nil
}

func (f regularFile) close() { syscall.Close(f.fd) }
