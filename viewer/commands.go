package viewer

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"rachis/annotations"
	"rachis/dicomio"
)

// Grid is one widget over the whole viewing area: it takes all input and holds the cells. All methods belong to Fyne's
// goroutine. Commands without a cell act on the active cell.
type Grid struct {
	widget.BaseWidget
}

func NewGrid(cfg Config) *Grid { g := &Grid{}; g.ExtendBaseWidget(g); return g }

func (g *Grid) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(nil) }

// Destroy stops loading and cine; the grid is not used after it.
func (g *Grid) Destroy() {}

// SetItems says what there is to be shown, in the order of NextSeries. Cells whose item is gone are emptied; views of items that stay are kept.
func (g *Grid) SetItems(items []Item) {}
func (g *Grid) Items() []Item         { return nil }

// Place puts an item into a cell; view may be nil for the item's own last view (the middle slice at first).
func (g *Grid) Place(cell int, item Item, view *annotations.View) {}
func (g *Grid) Clear(cell int)                                    {}
func (g *Grid) Item(cell int) (Item, bool)                        { return Item{}, false }
func (g *Grid) Cells() int                                        { return 0 }
func (g *Grid) Active() int                                       { return 0 }
func (g *Grid) SetActive(cell int)                                {}
func (g *Grid) NextCell(n int)                                    {} // Tab
func (g *Grid) SetLayout(l Layout)                                {}
func (g *Grid) Layout() Layout                                    { return Layout1x1 }
func (g *Grid) ToggleSingle()                                     {} // active cell alone, and back
func (g *Grid) View(cell int) annotations.View                    { return annotations.View{} }
func (g *Grid) SetView(cell int, v annotations.View)              {}
func (g *Grid) Ref(cell int) (annotations.ImageRef, bool)         { return annotations.ImageRef{}, false }

// Frame returns the frame that a cell shows, nil while it loads.
func (g *Grid) Frame(cell int) *dicomio.Frame { return nil }

// ShowImage brings an image on screen: in a cell that shows its series, else in the active one. False when no item holds it.
func (g *Grid) ShowImage(ref annotations.ImageRef) bool { return false }

// Window returns the window in use in a cell, in values after the modality LUT.
func (g *Grid) Window(cell int) (dicomio.Window, bool) { return dicomio.Window{}, false }

func (g *Grid) SetMode(m Mode) {}
func (g *Grid) Mode() Mode     { return ModeWindow }

func (g *Grid) NextSlice(n int)                 {} // clamped
func (g *Grid) Home()                           {}
func (g *Grid) End()                            {}
func (g *Grid) NextSeries(n int)                {}
func (g *Grid) Invert()                         {}
func (g *Grid) Rotate(quarters int)             {} // clockwise; false on anything but CR/DX
func (g *Grid) Flip()                           {}
func (g *Grid) ResetView()                      {}
func (g *Grid) AutoWindow()                     {}
func (g *Grid) Presets() []string               { return nil } // names of keys 1-9 for the active cell
func (g *Grid) Preset(i int)                    {}             // from 1
func (g *Grid) SetWindow(center, width float64) {}
func (g *Grid) ZoomBy(factor float64)           {}
func (g *Grid) OneToOne()                       {}
func (g *Grid) CineToggle()                     {}
func (g *Grid) CineRunning() bool               { return false }
func (g *Grid) CycleOverlay()                   {}
func (g *Grid) Overlay() OverlayLevel           { return OverlayFull }
func (g *Grid) SetOverlay(l OverlayLevel)       {}
func (g *Grid) Link(on bool)                    {} // scroll together by position
func (g *Grid) Linked() bool                    { return true }
func (g *Grid) Localiser(on bool)               {}
func (g *Grid) LocaliserShown() bool            { return true }

// Escape cancels the gesture; when there is none it resets the view (never the slice). It reports which was done.
func (g *Grid) Escape() (cancelled bool) { return false }

// RefreshMarks redraws after the annotator's shapes have changed.
func (g *Grid) RefreshMarks() {}

// Relabel redraws after the language has changed.
func (g *Grid) Relabel() {}

// Snapshot paints what a cell shows, marks included and identity left out, at the size given in pixels. Nil when nothing has loaded.
func (g *Grid) Snapshot(cell int, size image.Point) *image.RGBA { return nil }
