package app

import (
	"context"
	"errors"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/dicomio"
)

// evaluate reads a finding's numbers and its suggestion anew from the images that are open. It is called when a mark is made or
// moved, on Fyne's goroutine: what is on screen is not decoded again.
func (w *window) evaluate(a annotations.Annotation) annotations.Annotation {
	return evaluate.Evaluate(w.back.closed, sessionImages{w}, a)
}

// sessionImages are the images that are open. It belongs to Fyne's goroutine.
type sessionImages struct{ w *window }

var _ evaluate.Headers = sessionImages{}

// Find returns the stack of an image and the image's place in it.
func (s sessionImages) Find(ref annotations.ImageRef) (*dicomio.Stack, int, string, bool) {
	it, at, ok := s.w.session.find(ref)
	return it.Stack, at, it.Info.Modality, ok
}

// Stacks returns the stacks of a frame of reference.
func (s sessionImages) Stacks(uid string) (out []*dicomio.Stack) {
	for _, it := range s.w.session.items {
		if uid != "" && it.Stack != nil && it.Stack.FrameOfReferenceUID == uid {
			out = append(out, it.Stack)
		}
	}
	return out
}

// Frame returns a frame: that of a cell that shows it, or else read from its file.
func (s sessionImages) Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if f := s.shown(slice); f != nil {
		return f, nil
	}
	return s.w.loader.Frame(ctx, slice)
}

// shown is a frame that a cell shows, nil for none.
func (s sessionImages) shown(slice dicomio.Slice) *dicomio.Frame {
	for cell := range s.w.grid.Cells() {
		ref, ok := s.w.grid.Ref(cell)
		if !ok || slice.Instance == nil || ref.SOPInstanceUID != slice.Instance.SOPInstanceUID || ref.Frame != slice.Frame+1 {
			continue
		}
		if f := s.w.grid.Frame(cell); f != nil && f.Rows == slice.Instance.Rows && f.Columns == slice.Instance.Columns {
			return f
		}
	}
	return nil
}

// Header returns the header of a slice's file.
func (s sessionImages) Header(ctx context.Context, slice dicomio.Slice) (*dicomio.DataSet, error) {
	return s.w.loader.Header(ctx, slice)
}

// Hand returns what a reviewer has placed twice: intervals rest on it once it is enough.
func (s sessionImages) Hand(author string) spine.Repeated { return s.w.hands(author) }

// shownImages are the images that are on screen.
type shownImages struct{ sessionImages }

// Frame returns a frame that a cell shows.
func (s shownImages) Frame(_ context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if f := s.shown(slice); f != nil {
		return f, nil
	}
	return nil, errNotShown
}

var errNotShown = errors.New("the image is not on screen")
