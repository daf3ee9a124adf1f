package app

// applyMouse takes over what the preferences say about the mouse.
func (w *window) applyMouse() {}
