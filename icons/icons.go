// Package icons holds the icons of the app: our own drawings in one family, strokes of 1.75 on a field of 24 x 24, embedded.
package icons

import (
	"embed"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

//go:embed svg/*.svg
var drawings embed.FS

//go:embed app.svg
var app []byte

// App is the icon of the program, in its own colours.
func App() fyne.Resource { return fyne.NewStaticResource("rachis.svg", app) }

// made keeps what Named has made, by name: a drawing is outlined once.
var made sync.Map

// Named is the icon of the name, such as "layout-2x2", in the foreground colour of the theme in use; ok is false if there is none. It takes
// other colours through theme.NewDisabledResource and its like. It is safe for concurrent use.
func Named(name string) (icon fyne.Resource, ok bool) {
	if r, ok := made.Load(name); ok {
		return r.(fyne.Resource), true
	}
	drawing, err := drawings.ReadFile("svg/" + name + ".svg")
	if err != nil {
		return nil, false
	}
	filled, err := outline(drawing)
	if err != nil {
		return nil, false
	}
	r, _ := made.LoadOrStore(name, theme.NewThemedResource(fyne.NewStaticResource("rachis-"+name+".svg", filled)))
	return r.(fyne.Resource), true
}

// Names is the names of all icons, sorted.
func Names() []string {
	entries, err := drawings.ReadDir("svg")
	if err != nil {
		panic(err) // embedded: it is there or nothing was built
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".svg")
	}
	return names
}

// standard maps Fyne's own icons, which its buttons, lists and file dialog show, to ours of the same meaning.
var standard = map[fyne.ThemeIconName]string{
	theme.IconNameArrowDropDown: "down",
	theme.IconNameArrowDropUp:   "up",
	theme.IconNameCancel:        "close",
	theme.IconNameConfirm:       "confirm",
	theme.IconNameContentAdd:    "add",
	theme.IconNameContentClear:  "close",
	theme.IconNameContentRedo:   "redo",
	theme.IconNameContentRemove: "remove",
	theme.IconNameContentUndo:   "undo",
	theme.IconNameDelete:        "delete",
	theme.IconNameDownload:      "import",
	theme.IconNameError:         "error",
	theme.IconNameFile:          "file",
	theme.IconNameFolder:        "folder",
	theme.IconNameFolderOpen:    "open",
	theme.IconNameInfo:          "info",
	theme.IconNameMediaPlay:     "play",
	theme.IconNameMediaSkipNext: "skip",
	theme.IconNameMoveDown:      "down",
	theme.IconNameMoveUp:        "up",
	theme.IconNameNavigateBack:  "previous",
	theme.IconNameNavigateNext:  "next",
	theme.IconNameQuestion:      "question",
	theme.IconNameSearch:        "search",
	theme.IconNameSettings:      "settings",
	theme.IconNameUpload:        "export",
	theme.IconNameVisibility:    "visible",
	theme.IconNameVisibilityOff: "hidden",
	theme.IconNameWarning:       "warning",
}

// Standard is ours for one of Fyne's own icons; ok is false where Fyne's serves.
func Standard(name fyne.ThemeIconName) (icon fyne.Resource, ok bool) {
	ours, ok := standard[name]
	if !ok {
		return nil, false
	}
	return Named(ours)
}
