package app

import (
	"fyne.io/fyne/v2"

	"rachis/icons"
)

// iconOf is the icon of the name. A name that was never drawn is a mistake of ours: it panics, and the first test that makes a window sees it.
func iconOf(name string) fyne.Resource {
	icon, ok := icons.Named(name)
	if !ok {
		panic("app: there is no icon " + name)
	}
	return icon
}
