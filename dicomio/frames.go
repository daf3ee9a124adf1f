package dicomio

import "io"

// frameRange is where the bytes of one frame are.
type frameRange struct{}

func (f *File) indexFrames(r io.ReaderAt, size int64) {}
