package app

import "rachis/viewer"

// applyMouse takes over what the preferences say about the mouse.
func (w *window) applyMouse() {
	w.grid.SetMouse(viewer.Mouse{UpBrighter: w.prefs.Bool(prefInvertDrag), WheelReversed: w.prefs.Bool(prefWheel)})
}
