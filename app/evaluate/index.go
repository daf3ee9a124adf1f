package evaluate

import (
	"context"
	"sync"

	"rachis/annotations"
	"rachis/dicomio"
)

// keptHeaders is how many parsed headers are kept: the images of one finding are few, and are read several times.
const keptHeaders = 16

// FromIndex returns the images of an index, whose files are opened where they are. It is safe for concurrent use.
func FromIndex(idx *dicomio.Index) Images {
	x := &indexed{at: map[imageKey]imagePlace{}, frames: map[string][]*dicomio.Stack{}}
	for _, series := range idx.Series() {
		for _, stack := range series.Stacks {
			if uid := stack.FrameOfReferenceUID; uid != "" {
				x.frames[uid] = append(x.frames[uid], stack)
			}
			for i, s := range stack.Slices {
				if s.Instance == nil {
					continue
				}
				key := imageKey{s.Instance.SOPInstanceUID, s.Frame}
				if _, twice := x.at[key]; !twice {
					x.at[key] = imagePlace{stack, i, series.Modality}
				}
			}
		}
	}
	return x
}

// imageKey names a frame, from 0.
type imageKey struct {
	uid   string
	frame int
}

type imagePlace struct {
	stack    *dicomio.Stack
	slice    int
	modality string
}

type indexed struct {
	at     map[imageKey]imagePlace
	frames map[string][]*dicomio.Stack // by frame of reference

	mu   sync.Mutex
	kept []*dicomio.File // the one used last at the end
}

func (x *indexed) Find(ref annotations.ImageRef) (*dicomio.Stack, int, string, bool) {
	p, ok := x.at[imageKey{ref.SOPInstanceUID, ref.Frame - 1}]
	return p.stack, p.slice, p.modality, ok
}

func (x *indexed) Stacks(frameOfReferenceUID string) []*dicomio.Stack {
	return x.frames[frameOfReferenceUID]
}

func (x *indexed) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	f, err := x.file(slice)
	if err != nil {
		return nil, err
	}
	return f.Frame(ctx, slice.Frame)
}

func (x *indexed) Header(_ context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	f, err := x.file(slice)
	if err != nil {
		return nil, err
	}
	return f.DataSet, nil
}

// file returns the parsed header of a slice's file.
func (x *indexed) file(slice dicomio.Slice) (*dicomio.File, error) {
	at := slice.Instance.Location
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, f := range x.kept {
		if f.Location == at {
			x.kept = append(append(x.kept[:i:i], x.kept[i+1:]...), f)
			return f, nil
		}
	}
	f, err := slice.Instance.Open()
	if err != nil {
		return nil, err
	}
	if x.kept = append(x.kept, f); len(x.kept) > keptHeaders {
		x.kept = append([]*dicomio.File(nil), x.kept[1:]...)
	}
	return f, nil
}
