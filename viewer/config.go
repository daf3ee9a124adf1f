package viewer

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/annotations"
	"rachis/dicomio"
	"rachis/viewer/render"
)

// Loader reads and decodes frames. Its methods are called on background goroutines, several at a time.
type Loader interface {
	// Frame returns the frame ready to be windowed.
	Frame(ctx context.Context, slice dicomio.Slice) (*dicomio.Frame, error)
	// Header returns the data set of the slice's file, for what is written on the picture (TR, TE, PatientOrientation).
	Header(ctx context.Context, slice dicomio.Slice) (*dicomio.DataSet, error)
}

// Config is what a Grid needs from its surroundings. It is read once, by NewGrid.
type Config struct {
	// Loader may be nil: files are then read from where the slices say they are. One that is a Previewer too is asked for previews.
	Loader Loader
	// Post runs a function on Fyne's goroutine, later and in order: fyne.Do in the app, a queue in tests.
	Post func(func())
	// Text translates a key of the area "viewer", Number writes a number with the decimals given. Nil shows keys, and a decimal point.
	Text   func(key string, args ...any) string
	Number func(v float64, decimals int) string
	// Annotator draws marks and takes the pointer; nil for none. It is called on Fyne's goroutine.
	Annotator Annotator
	// CacheBytes is how much decoded pixel data is kept; 0 means 512 MiB. Workers is how many frames are decoded at a time, beside one that is
	// to be seen at once; 0 means GOMAXPROCS.
	CacheBytes int64
	Workers    int

	// Calibration is asked for what the millimetres of an image rest on where it is not what its file says: a reviewer's own scale. It is called on
	// Fyne's goroutine with each painting, and may be nil.
	Calibration func(ref annotations.ImageRef, file dicomio.Calibration) (dicomio.Calibration, bool)

	// The callbacks below are optional and called on Fyne's goroutine.

	// OnKey and OnRune receive keys typed while the grid has the focus.
	OnKey  func(*fyne.KeyEvent)
	OnRune func(rune)
	// OnActive is called when another cell becomes the active one, or another series is shown in it.
	OnActive func(cell int)
	// OnViewChange is called after the view of a cell has changed: slice, window, zoom, turn.
	OnViewChange func(cell int, item Item, view annotations.View)
	// OnHover is called when the pointer has moved; Inside is false when it has left the pictures.
	OnHover func(Hover)
	// OnLayout is called after the layout has changed, also by a double click.
	OnLayout func(Layout)
	// OnBlock is called after a view has gone to another block of its series on its own, where the crosshair is.
	OnBlock func()
	// OnPicture is called when the first picture of a series has come on screen in the active cell: what can be chosen for it is known now.
	OnPicture func()
	// OnArrived is called when a view has got its picture, or cannot get it. Grid.Awaited says how many are still to come.
	OnArrived func()
	// OnMode is called after the grid has gone back to a mode of its own accord, as after a region that was to be drawn once.
	OnMode func(Mode)
	// OnPainted is called within each painting of a cell, with whether that shows a picture and whether it is a preview's. It must not change anything.
	OnPainted func(cell int, picture, preview bool)
	// OnSecondary is called on a right click without movement, for a menu; at is absolute on the canvas.
	OnSecondary func(event PointerEvent, at fyne.Position)
}

// Annotator lends its marks to the pictures and implements the tools.
type Annotator interface {
	// Shapes returns what is drawn on an image, drafts included, in the order of painting. It is only read, and asked for with each new slice.
	Shapes(ref annotations.ImageRef) []StyledShape
	// Press is called for the left button in Mode Tool and also, in the other modes, when the app may want to catch a handle:
	// event.Mode says which. It reports whether the gesture is the annotator's from here to Release.
	Press(event PointerEvent) bool
	// Move is called while a gesture of the annotator lasts, and also without a button in Mode Tool so that a draft can follow
	// the pointer. It reports whether something changed that has to be drawn.
	Move(event PointerEvent) bool
	// Release ends the gesture that Press consumed.
	Release(event PointerEvent)
	// Cancel gives up what is being drawn. It reports whether there was anything to give up.
	Cancel() bool
	// Cursor says which cursor to show over the point in Mode Tool or over a mark; nil for the mode's own.
	Cursor(event PointerEvent) desktop.Cursor
}

// StyledShape is a shape with its colour; see render.StyledShape.
type StyledShape = render.StyledShape

// PointerEvent is a pointer on a picture.
type PointerEvent struct {
	annotations.Pointer
	Cell     int
	Item     Item
	Mode     Mode
	Button   desktop.MouseButton // the button that is down, 0 for none
	Modifier fyne.KeyModifier
	// Double is true for the second press of a double click.
	Double bool
}

// Hover is what lies under the pointer.
type Hover struct {
	Inside bool
	Cell   int
	Ref    annotations.ImageRef
	// At is the place on the image, in image coordinates.
	At annotations.Pointer
	// Value is the value after the modality LUT; Known is false beside the image, on colour, on padding and before it has loaded.
	Value float64
	Known bool
	Unit  string
	// Text is value and position as the picture shows them.
	Text string
}

// Mode is what a drag with the left button does.
type Mode int

// The modes. Tool hands the pointer to the Annotator. Cross sets the crosshair where the button goes down, and marks are not touched. Region
// sets the window from the values in a box, Magnifier shows a lens while the button is down.
const (
	ModeWindow Mode = iota
	ModeScroll
	ModeZoom
	ModePan
	ModeTool
	ModeCross
	ModeRegion
	ModeMagnifier
)

// Mouse is what a hand may be used to from other viewers. The zero value is Rachis's own way.
type Mouse struct {
	// UpBrighter makes a window drag brighter upward; it is downward otherwise.
	UpBrighter bool
	// WheelReversed turns the wheel round: towards the user goes to the image before.
	WheelReversed bool
	// Bindings say what buttons and wheel do where that is not Rachis's own way.
	Bindings Bindings
}

// OverlayLevel is how much is written on the pictures.
type OverlayLevel int

// The levels in the order in which CycleOverlay goes through them. The patient's identity stays on screen in every one.
const (
	OverlayFull OverlayLevel = iota
	OverlayMinimal
	OverlayOff
)

// Info is the identity that is written on a picture: who, which study, which series. The zero value writes nothing.
type Info struct {
	PatientName, PatientID, BirthDate, Sex                    string // as DICOM has them
	StudyUID, StudyDate, StudyDescription, Institution        string
	SeriesUID, SeriesDescription, Modality, SOPClassUID, View string
	SeriesNumber                                              int
	Calibration                                               dicomio.Calibration
	// Expected is how many images the series should have, 0 when unknown: "incomplete (41 of 44)".
	Expected int
	// Code replaces the patient's identity in a de-identified display, "" otherwise.
	Code string
	// Flags are warnings that stay on the picture at every level, one a line, as that it was computed and not acquired; "" for none.
	Flags string
}

// InfoOf reads the identity from an index.
func InfoOf(p *dicomio.Patient, st *dicomio.Study, se *dicomio.Series, stack *dicomio.Stack) Info {
	var i Info
	if p != nil {
		i.PatientName, i.PatientID, i.BirthDate, i.Sex = p.Name, p.ID, p.BirthDate, p.Sex
	}
	if st != nil {
		i.StudyUID, i.StudyDate, i.StudyDescription, i.Institution = st.UID, st.Date, st.Description, st.Institution
	}
	if se != nil {
		i.SeriesUID, i.SeriesDescription, i.Modality, i.SeriesNumber = se.UID, se.Description, se.Modality, se.Number
		i.Calibration, i.View = se.Calibration, se.View
	}
	if stack != nil {
		if stack.Calibration.State != "" {
			i.Calibration = stack.Calibration
		}
		if stack.View != "" {
			i.View = stack.View
		}
	}
	return i
}

// Item is one thing that a cell can show. Items are equal when their Stack pointers are.
type Item struct {
	Stack *dicomio.Stack
	Info  Info
}

// Ref names the frame at a slice of the item.
func (it Item) Ref(slice int) (annotations.ImageRef, bool) {
	r, ok := it.named(slice)
	if ok && it.Stack.Slices[slice].Plane.Known() {
		p := it.Stack.Slices[slice].Plane
		r.Plane = &p
	}
	return r, ok
}

// named is Ref without the plane.
func (it Item) named(slice int) (annotations.ImageRef, bool) {
	if it.Stack == nil || slice < 0 || slice >= len(it.Stack.Slices) {
		return annotations.ImageRef{}, false
	}
	s := it.Stack.Slices[slice]
	r := annotations.ImageRef{StudyInstanceUID: it.Info.StudyUID, SeriesInstanceUID: it.Info.SeriesUID, Frame: s.Frame + 1,
		FrameOfReferenceUID: it.Stack.FrameOfReferenceUID, SliceSpacing: it.Stack.Spacing}
	if s.Instance != nil {
		r.SOPClassUID, r.SOPInstanceUID = s.Instance.SOPClassUID, s.Instance.SOPInstanceUID
	}
	return r, true
}
