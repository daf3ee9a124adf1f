// Package viewer says what is seen: the grid of viewports, its input, its overlays and the loading of frames.
//
// Whatever the widgets can reach belongs to Fyne's goroutine. Background work is given values, returns a value and comes
// back through Config.Post alone; the go statements stand in load.go and cine.go.
package viewer
