package app

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"rachis/icons"
)

// readingTheme is the look of the window: dark for a reading room, where a bright frame blinds the reader to grey levels, or light.
// Marks of findings use the colours of describe.Colour, which colour-blind readers can tell apart.
type readingTheme struct{ light bool }

func shade(r, g, b uint8) color.NRGBA    { return color.NRGBA{r, g, b, 255} }
func glass(r, g, b, a uint8) color.NRGBA { return color.NRGBA{r, g, b, a} }

var darkColours = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          shade(24, 27, 31),
	theme.ColorNameButton:              shade(45, 50, 57),
	theme.ColorNameDisabledButton:      shade(34, 38, 43),
	theme.ColorNameDisabled:            shade(134, 142, 151),
	theme.ColorNameForeground:          shade(222, 226, 230),
	theme.ColorNamePlaceHolder:         shade(150, 158, 166),
	theme.ColorNameHeaderBackground:    shade(33, 37, 42),
	theme.ColorNameHover:               glass(255, 255, 255, 22),
	theme.ColorNamePressed:             glass(255, 255, 255, 44),
	theme.ColorNameFocus:               glass(92, 172, 238, 90),
	theme.ColorNameSelection:           glass(92, 172, 238, 70),
	theme.ColorNameInputBackground:     shade(36, 41, 47),
	theme.ColorNameInputBorder:         shade(70, 78, 87),
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
	theme.ColorNameDisabled:            shade(120, 128, 136),
	theme.ColorNameForeground:          shade(28, 33, 38),
	theme.ColorNamePlaceHolder:         shade(98, 107, 116),
	theme.ColorNameHeaderBackground:    shade(232, 235, 238),
	theme.ColorNameHover:               glass(0, 0, 0, 18),
	theme.ColorNamePressed:             glass(0, 0, 0, 36),
	theme.ColorNameFocus:               glass(20, 100, 180, 80),
	theme.ColorNameSelection:           glass(20, 100, 180, 60),
	theme.ColorNameInputBackground:     shade(255, 255, 255),
	theme.ColorNameInputBorder:         shade(190, 197, 204),
	theme.ColorNameMenuBackground:      shade(252, 252, 253),
	theme.ColorNameOverlayBackground:   shade(250, 250, 251),
	theme.ColorNamePrimary:             shade(18, 102, 178),
	theme.ColorNameHyperlink:           shade(18, 102, 178),
	theme.ColorNameForegroundOnPrimary: shade(255, 255, 255),
	theme.ColorNameScrollBar:           glass(0, 0, 0, 110),
	theme.ColorNameSeparator:           shade(208, 213, 218),
	theme.ColorNameShadow:              glass(0, 0, 0, 60),
	theme.ColorNameError:               shade(192, 57, 34),
	theme.ColorNameWarning:             shade(176, 112, 0),
	theme.ColorNameSuccess:             shade(0, 128, 96),
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
	switch name {
	case theme.SizeNameText:
		return 13
	case theme.SizeNameCaptionText:
		return 11
	case theme.SizeNameHeadingText:
		return 20
	case theme.SizeNameSubHeadingText:
		return 16
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
