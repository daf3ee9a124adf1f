package app

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"rachis/icons"
)

// readingTheme is the look of the window: dark for a reading room, where a bright frame blinds the reader to grey levels, or light.
// Marks of findings use the colours of describe.Colour, which colour-blind readers can tell apart.
type readingTheme struct {
	light bool
	// percent is the size of texts, icons and columns; 0 is 100.
	percent int
}

// textSizes are what the user may choose, in per cent: for a laptop, for a reading room where the eye is further from the screen, and larger still.
var textSizes = []int{100, 120, 140}

// look is the look that the user has chosen.
func (p preferences) look() readingTheme {
	t := readingTheme{light: p.Bool(prefLight), percent: 100}
	for _, s := range textSizes {
		if p.Int(prefTextSize) == s {
			t.percent = s
		}
	}
	return t
}

// usualText is the size of texts at 100 %.
const usualText = 13

// grown is a length that goes along with the size of texts, as a column of them.
func grown(units float32) float32 {
	if app := fyne.CurrentApp(); app != nil {
		if t, ok := app.Settings().Theme().(readingTheme); ok {
			return units * float32(max(t.percent, 100)) / 100
		}
	}
	return units
}

func shade(r, g, b uint8) color.NRGBA    { return color.NRGBA{r, g, b, 255} }
func glass(r, g, b, a uint8) color.NRGBA { return color.NRGBA{r, g, b, a} }

// colourDim is of what cannot be used now: icons and names in the toolbar. It need not be read, and is not to look like what can be used.
const colourDim fyne.ThemeColorName = "rachis.dim"

var darkColours = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          shade(24, 27, 31),
	theme.ColorNameButton:              shade(45, 50, 57),
	theme.ColorNameDisabledButton:      shade(34, 38, 43),
	theme.ColorNameDisabled:            shade(160, 168, 177), // also of what is said by the way
	colourDim:                          shade(122, 130, 139),
	theme.ColorNameForeground:          shade(222, 226, 230),
	theme.ColorNamePlaceHolder:         shade(160, 168, 177),
	theme.ColorNameHeaderBackground:    shade(33, 37, 42),
	theme.ColorNameHover:               glass(255, 255, 255, 22),
	theme.ColorNamePressed:             glass(255, 255, 255, 44),
	theme.ColorNameFocus:               glass(92, 172, 238, 90),
	theme.ColorNameSelection:           glass(92, 172, 238, 48),
	theme.ColorNameInputBackground:     shade(36, 41, 47),
	theme.ColorNameInputBorder:         shade(100, 108, 117),
	theme.ColorNameMenuBackground:      shade(38, 43, 49),
	theme.ColorNameOverlayBackground:   shade(30, 34, 39),
	theme.ColorNamePrimary:             shade(86, 168, 236),
	theme.ColorNameHyperlink:           shade(110, 184, 245),
	theme.ColorNameForegroundOnPrimary: shade(10, 18, 26),
	theme.ColorNameScrollBar:           glass(255, 255, 255, 90),
	theme.ColorNameSeparator:           shade(52, 58, 65),
	theme.ColorNameShadow:              glass(0, 0, 0, 120),
	theme.ColorNameError:               shade(240, 110, 90),
	theme.ColorNameWarning:             shade(236, 176, 64),
	theme.ColorNameSuccess:             shade(70, 186, 150),
}

var lightColours = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          shade(244, 245, 247),
	theme.ColorNameButton:              shade(225, 229, 233),
	theme.ColorNameDisabledButton:      shade(235, 237, 240),
	theme.ColorNameDisabled:            shade(82, 90, 98),
	colourDim:                          shade(132, 140, 148),
	theme.ColorNameForeground:          shade(28, 33, 38),
	theme.ColorNamePlaceHolder:         shade(98, 107, 116),
	theme.ColorNameHeaderBackground:    shade(232, 235, 238),
	theme.ColorNameHover:               glass(0, 0, 0, 18),
	theme.ColorNamePressed:             glass(0, 0, 0, 36),
	theme.ColorNameFocus:               glass(20, 100, 180, 80),
	theme.ColorNameSelection:           glass(20, 100, 180, 48),
	theme.ColorNameInputBackground:     shade(255, 255, 255),
	theme.ColorNameInputBorder:         shade(128, 135, 142),
	theme.ColorNameMenuBackground:      shade(252, 252, 253),
	theme.ColorNameOverlayBackground:   shade(250, 250, 251),
	theme.ColorNamePrimary:             shade(18, 102, 178),
	theme.ColorNameHyperlink:           shade(18, 102, 178),
	theme.ColorNameForegroundOnPrimary: shade(255, 255, 255),
	theme.ColorNameScrollBar:           glass(0, 0, 0, 110),
	theme.ColorNameSeparator:           shade(208, 213, 218),
	theme.ColorNameShadow:              glass(0, 0, 0, 60),
	theme.ColorNameError:               shade(192, 57, 34),
	theme.ColorNameWarning:             shade(123, 78, 0),
	theme.ColorNameForegroundOnWarning: shade(255, 255, 255),
	theme.ColorNameSuccess:             shade(0, 120, 90),
	theme.ColorNameForegroundOnSuccess: shade(255, 255, 255),
	theme.ColorNameForegroundOnError:   shade(255, 255, 255),
}

func (t readingTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	colours, variant := darkColours, theme.VariantDark
	if t.light {
		colours, variant = lightColours, theme.VariantLight
	}
	if c, ok := colours[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

func (t readingTheme) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon is ours where we have one of the same meaning, so that Fyne's own buttons and lists are of the same family.
func (t readingTheme) Icon(n fyne.ThemeIconName) fyne.Resource {
	if ours, ok := icons.Standard(n); ok {
		return ours
	}
	return theme.DefaultTheme().Icon(n)
}

func (t readingTheme) Size(name fyne.ThemeSizeName) float32 {
	text := func(size float32) float32 { return size * float32(max(t.percent, 100)) / 100 }
	switch name {
	case theme.SizeNameText:
		return text(usualText)
	case theme.SizeNameCaptionText:
		return text(11)
	case theme.SizeNameHeadingText:
		return text(20)
	case theme.SizeNameSubHeadingText:
		return text(16)
	case theme.SizeNameInlineIcon:
		return text(theme.DefaultTheme().Size(name))
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNamePadding:
		return 3
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	case theme.SizeNameLineSpacing:
		return 2
	}
	return theme.DefaultTheme().Size(name)
}

// colour is a colour of the theme in use.
func colour(name fyne.ThemeColorName) color.Color {
	return theme.Color(name)
}

// applyLettering makes what is written on the pictures as large as the other texts.
func (w *window) applyLettering() { w.grid.SetLettering(float64(w.prefs.look().percent) / 100) }
