package app

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// over lays a colour that may be translucent over another.
func over(top, under color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round((float64(a)*float64(top.A) + float64(b)*float64(255-top.A)) / 255))
	}
	return color.NRGBA{mix(top.R, under.R), mix(top.G, under.G), mix(top.B, under.B), 255}
}

// The contrast of texts is that of WCAG AA, 4.5 to 1, on everything that they stand on in the window: also on what is hovered, chosen or focused.
// What has to be seen but is no text has 3 to 1. Rows with a second line, and warnings in them, are hovered and chosen on the first three.
func TestContrastOfTheThemes(t *testing.T) {
	if got := contrast(color.NRGBA{255, 255, 255, 255}, color.NRGBA{118, 118, 118, 255}); math.Abs(got-4.54) > 0.01 {
		t.Fatalf("the contrast of white and #767676 is %v, published as 4.54", got)
	}
	surfaces := []fyne.ThemeColorName{theme.ColorNameBackground, theme.ColorNameHeaderBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground, theme.ColorNameInputBackground}
	for _, light := range []bool{false, true} {
		at := func(n fyne.ThemeColorName) color.NRGBA {
			return color.NRGBAModel.Convert(readingTheme{light: light}.Color(n, 0)).(color.NRGBA)
		}
		check := func(text fyne.ThemeColorName, under color.NRGBA, on string, least float64) {
			if got := contrast(over(at(text), under), under); got < least {
				t.Errorf("light %v: %s on %s has %.2f, needs %.1f", light, text, on, got, least)
			}
		}
		for _, s := range surfaces {
			for _, text := range []fyne.ThemeColorName{theme.ColorNameForeground, theme.ColorNameDisabled, theme.ColorNamePlaceHolder, theme.ColorNamePrimary, theme.ColorNameHyperlink,
				theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess} {
				check(text, at(s), string(s), 4.5)
			}
			for _, film := range []fyne.ThemeColorName{theme.ColorNameHover, theme.ColorNameSelection, theme.ColorNameFocus, theme.ColorNamePressed} {
				check(theme.ColorNameForeground, over(at(film), at(s)), string(film)+" over "+string(s), 4.5)
				if s != theme.ColorNameMenuBackground && s != theme.ColorNameInputBackground && (film == theme.ColorNameHover || film == theme.ColorNameSelection) {
					check(theme.ColorNameDisabled, over(at(film), at(s)), string(film)+" over "+string(s), 4.5)
					check(theme.ColorNameWarning, over(at(film), at(s)), string(film)+" over "+string(s), 4.5)
				}
			}
		}
		check(theme.ColorNameForeground, at(theme.ColorNameButton), "button", 4.5)
		check(theme.ColorNameForegroundOnPrimary, at(theme.ColorNamePrimary), "primary", 4.5)
		check(theme.ColorNameForegroundOnError, at(theme.ColorNameError), "error", 4.5)
		check(theme.ColorNameForegroundOnWarning, at(theme.ColorNameWarning), "warning", 4.5)
		check(theme.ColorNameForegroundOnSuccess, at(theme.ColorNameSuccess), "success", 4.5)
		check(theme.ColorNameInputBorder, at(theme.ColorNameBackground), "background", 3)
		check(theme.ColorNameInputBorder, at(theme.ColorNameOverlayBackground), "overlay", 3)
		check(theme.ColorNameScrollBar, at(theme.ColorNameBackground), "background", 3)
		check(theme.ColorNamePrimary, at(theme.ColorNameBackground), "background", 3) // the frame of what has the focus
	}
}
