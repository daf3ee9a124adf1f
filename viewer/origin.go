package viewer

import (
	"slices"

	"fyne.io/fyne/v2"
)

// origin is where the board lies on its canvas. Fyne finds that by walking through all that the window shows, several times for each frame; the
// board remembers the containers that it lies in instead, and looks at each of them again whether that is still so. Positions are read anew each time.
func (b *board) origin(cv fyne.Canvas) fyne.Position {
	if at, ok := b.along(cv); ok {
		return at
	}
	b.path = b.path[:0]
	if root, ok := cv.Content().(*fyne.Container); ok {
		b.path = pathTo(root, b.area, b.path)
	}
	if at, ok := b.along(cv); ok {
		return at
	}
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(b.area)
}

// along adds up the positions of the remembered containers; false when one of them has gone, is hidden, or is no longer in the one before.
func (b *board) along(cv fyne.Canvas) (at fyne.Position, ok bool) {
	if len(b.path) == 0 || cv.Content() != fyne.CanvasObject(b.path[0]) {
		return at, false
	}
	for i, c := range b.path {
		next := b.area
		if i+1 < len(b.path) {
			next = b.path[i+1]
		}
		if !c.Visible() || !slices.Contains(c.Objects, next) {
			return at, false
		}
		at = at.Add(c.Position())
	}
	return at.Add(b.area.Position()), b.area.Visible()
}

// pathTo appends the containers from c down to the one that holds an object; nothing where it is not among them.
func pathTo(c *fyne.Container, o fyne.CanvasObject, path []*fyne.Container) []*fyne.Container {
	if !c.Visible() {
		return path[:0]
	}
	path = append(path, c)
	if slices.Contains(c.Objects, o) {
		return path
	}
	for _, inner := range c.Objects {
		if inner, ok := inner.(*fyne.Container); ok {
			if found := pathTo(inner, o, path); len(found) > 0 {
				return found
			}
		}
	}
	return path[:0]
}
