package bundle

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// sink is a bundle that is being written, beside the place where it will be.
type sink interface {
	// add writes a file of size bytes and returns its SHA-256.
	add(name string, size int64, copy func(io.Writer) error) (string, error)
	// finish makes the bundle whole and gives it its name.
	finish() error
	// abandon removes what there is.
	abandon()
}

// newSink makes a sink for a bundle that will be out: a ZIP or a folder by its name.
func newSink(out string) (sink, error) {
	if err := vacant(out); err != nil {
		return nil, err
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("bundle: no random numbers: " + err.Error()) // crypto/rand promises never to fail
	}
	temp := filepath.Join(filepath.Dir(out), ".rachis-"+hex.EncodeToString(b[:])+".part")
	if isZIPName(out) {
		f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
		return &zipSink{out: out, file: f, w: bufio.NewWriterSize(f, 1<<20)}, nil
	}
	if err := os.Mkdir(temp, 0o777); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return &folderSink{out: out, temp: temp, made: map[string]bool{}}, nil
}

func isZIPName(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// vacant refuses a place where something is.
func vacant(out string) error {
	switch _, err := os.Lstat(out); {
	case err == nil:
		return fmt.Errorf("bundle: %s: %w: give another name", out, os.ErrExist)
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

// sums counts and hashes what is written to it.
type sums struct {
	sha interface {
		io.Writer
		Sum([]byte) []byte
	}
	crc  uint32
	size int64
}

func newSums() *sums { return &sums{sha: sha256.New()} }

func (s *sums) Write(p []byte) (int, error) {
	s.crc = crc32.Update(s.crc, crc32.IEEETable, p)
	s.size += int64(len(p))
	return s.sha.Write(p)
}

func (s *sums) digest() string { return hex.EncodeToString(s.sha.Sum(nil)) }

// pour copies src to each of dst and tells how many bytes went, until ctx ends.
func pour(ctx context.Context, src io.Reader, buffer []byte, tell func(int), dst ...io.Writer) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := src.Read(buffer)
		for _, w := range dst {
			if _, err := w.Write(buffer[:n]); err != nil {
				return err
			}
		}
		if n > 0 {
			tell(n)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// folderSink writes a folder.
type folderSink struct {
	out, temp string
	made      map[string]bool
}

func (k *folderSink) add(name string, size int64, copy func(io.Writer) error) (_ string, err error) {
	path := filepath.Join(k.temp, filepath.FromSlash(name))
	if dir := filepath.Dir(path); !k.made[dir] {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return "", fmt.Errorf("bundle: %w", err)
		}
		k.made[dir] = true
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	defer func() {
		if cerr := f.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("bundle: %w", cerr)
		}
	}()
	s := newSums()
	if err := copy(io.MultiWriter(f, s)); err != nil {
		return "", fmt.Errorf("bundle: %s: %w", name, err)
	}
	if s.size != size {
		return "", fmt.Errorf("bundle: %s: %d bytes where %d were expected", name, s.size, size)
	}
	return s.digest(), nil
}

func (k *folderSink) finish() error {
	if err := vacant(k.out); err != nil { // a rename would take the place of an empty folder
		return err
	}
	if err := os.Rename(k.temp, k.out); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

func (k *folderSink) abandon() { _ = os.RemoveAll(k.temp) }

// zipSink writes a ZIP.
type zipSink struct {
	out     string
	file    *os.File
	w       *bufio.Writer
	at      int64
	entries []zipEntry
}

func (k *zipSink) add(name string, size int64, copy func(io.Writer) error) (string, error) {
	e := zipEntry{name: name, size: size, offset: k.at}
	head := e.local()
	if _, err := k.w.Write(head); err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	s := newSums()
	if err := copy(io.MultiWriter(k.w, s)); err != nil {
		return "", fmt.Errorf("bundle: %s: %w", name, err)
	}
	if s.size != size {
		return "", fmt.Errorf("bundle: %s: %d bytes where %d were expected", name, s.size, size)
	}
	// The CRC stands before the bytes that it is of, so it is written when they are.
	if err := k.w.Flush(); err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	e.crc = s.crc
	if _, err := k.file.WriteAt(little.AppendUint32(nil, e.crc), k.at+crcAt); err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	k.at += int64(len(head)) + size
	k.entries = append(k.entries, e)
	return s.digest(), nil
}

func (k *zipSink) finish() error {
	start := k.at
	for _, e := range k.entries {
		n, err := k.w.Write(e.central())
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		k.at += int64(n)
	}
	if _, err := k.w.Write(zipEnd(len(k.entries), k.at-start, start)); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := errors.Join(k.w.Flush(), k.file.Sync(), k.file.Close()); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := vacant(k.out); err != nil {
		return err
	}
	if err := os.Rename(k.file.Name(), k.out); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

func (k *zipSink) abandon() {
	_ = k.file.Close() // it may be closed already
	_ = os.Remove(k.file.Name())
}
