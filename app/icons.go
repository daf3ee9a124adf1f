package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// iconOf is the icon of the name.
func iconOf(name string) fyne.Resource { return theme.QuestionIcon() }
