package app

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"rachis/app/memory"
)

// preferences are what the user chose, kept by Fyne from one start to the next.
type preferences struct{ fyne.Preferences }

const (
	prefLanguage     = "language" // "fr", "en", "" for the system's
	prefLight        = "theme.light"
	prefTextSize     = "text.size" // in per cent; 0 for 100
	prefReviewer     = "reviewer"
	prefReference    = "library.reference"
	prefInvertDrag   = "mouse.invert.vertical"
	prefWheel        = "mouse.invert.wheel"
	prefHideLeft     = "panel.left.hidden"
	prefHideRight    = "panel.right.hidden"
	prefHideIdentity = "identity.hidden"
	prefMemory       = "memory.share" // decoded images get one part in so many of the memory; 0 for the usual
)

func (p preferences) reviewer() string { return strings.TrimSpace(p.String(prefReviewer)) }

// longestName is the longest reviewer's name, in characters.
const longestName = 64

func checkReviewer(text func(string, ...any) string) fyne.StringValidator {
	return func(s string) error {
		s = strings.TrimSpace(s)
		if s == "" {
			return problem(text("reviewer.empty"))
		}
		if len([]rune(s)) > longestName || strings.ContainsAny(s, "\\^=\n\t") {
			return problem(text("reviewer.malformed"))
		}
		return nil
	}
}

// problem is a sentence for the user as an error.
type problem string

func (p problem) Error() string { return string(p) }

// withReviewer runs what needs to know who works; it asks for the name when none is known yet.
func (w *window) withReviewer(then func()) {
	if w.prefs.reviewer() != "" {
		then()
		return
	}
	t := w.text.T
	name := newDialogEntry(w)
	name.SetPlaceHolder(t("reviewer.placeholder"))
	name.Validator = checkReviewer(t)
	hint := widget.NewLabel(t("reviewer.why"))
	hint.Wrapping = fyne.TextWrapWord
	var d *dialog.ConfirmDialog
	finish := func() {
		if name.Validate() != nil {
			return
		}
		w.prefs.SetString(prefReviewer, strings.TrimSpace(name.Text))
		w.blindChanged()
		then()
	}
	d = dialog.NewCustomConfirm(t("reviewer.title"), t("dialog.ok"), t("dialog.cancel"), container.NewVBox(hint, name), func(ok bool) {
		if ok {
			finish()
		}
		w.focusGrid()
	}, w.win)
	name.OnSubmitted = func(string) {
		if name.Validate() == nil {
			d.Hide()
			finish()
			w.focusGrid()
		}
	}
	w.show(d, fyne.NewSize(460, 210))
	// The letter of the key that brought us here is still on its way: it must not fall into the field.
	w.back.after(letterArrives, func() { w.win.Canvas().Focus(name) })
}

// letterArrives is how long the character of a key may come after the key itself.
const letterArrives = 60 * time.Millisecond

func (w *window) showPreferences() {
	t := w.text.T
	languages := []string{t("preferences.language.system"), "Français", "English"}
	codes := []string{"", "fr", "en"}
	language := widget.NewSelect(languages, nil)
	language.SetSelectedIndex(max(0, indexOf(codes, w.prefs.String(prefLanguage))))
	looks := []string{t("preferences.theme.dark"), t("preferences.theme.light")}
	look := widget.NewSelect(looks, nil)
	look.SetSelectedIndex(0)
	if w.prefs.Bool(prefLight) {
		look.SetSelectedIndex(1)
	}
	var sizes []string
	for _, s := range textSizes {
		sizes = append(sizes, t("preferences.text."+strconv.Itoa(s)))
	}
	size := widget.NewSelect(sizes, nil)
	size.SetSelectedIndex(slices.Index(textSizes, w.prefs.look().percent))
	interpolation := w.interpolationChoice()
	reviewer := newDialogEntry(w)
	reviewer.SetText(w.prefs.reviewer())
	keep := widget.NewRadioGroup([]string{t("preferences.files.copy"), t("preferences.files.reference")}, nil)
	keep.Required = true
	keep.SetSelected(keep.Options[0])
	if w.prefs.Bool(prefReference) {
		keep.SetSelected(keep.Options[1])
	}
	var save func()
	mouse, screen := w.preferenceButtons(func() { save() })
	shares := make([]string, len(memoryShares))
	for i, s := range memoryShares {
		shares[i] = t("preferences.memory.share."+strconv.Itoa(s), w.text.Number(float64(cacheBytes(memory.Total(), s)>>20), 0))
	}
	cache := widget.NewSelect(shares, nil)
	cache.SetSelectedIndex(slices.Index(memoryShares, w.prefs.memoryShare()))
	library := widget.NewLabel("")
	library.Truncation = fyne.TextTruncateEllipsis
	if w.library != nil {
		library.SetText(w.library.Dir())
	}
	form := widget.NewForm(
		widget.NewFormItem(t("preferences.language"), language),
		widget.NewFormItem(t("preferences.theme"), look),
		widget.NewFormItem(t("preferences.text"), size),
		widget.NewFormItem(t("menu.image.interpolation"), interpolation),
		widget.NewFormItem(t("preferences.reviewer"), reviewer),
		widget.NewFormItem(t("preferences.files"), keep),
		widget.NewFormItem(t("preferences.mouse"), mouse),
		widget.NewFormItem(t("preferences.screen"), screen),
		widget.NewFormItem(t("preferences.memory"), cache),
		widget.NewFormItem(t("preferences.library"), library),
	)
	save = func() {
		if name := strings.TrimSpace(reviewer.Text); checkReviewer(t)(name) == nil {
			w.prefs.SetString(prefReviewer, name)
			w.blindChanged()
		}
		w.prefs.SetBool(prefReference, keep.Selected == keep.Options[1])
		w.prefs.SetString(prefLanguage, codes[max(0, language.SelectedIndex())])
		w.prefs.SetBool(prefLight, look.SelectedIndex() == 1)
		w.prefs.SetInt(prefTextSize, textSizes[max(0, size.SelectedIndex())])
		w.prefs.SetInt(prefMemory, memoryShares[max(0, cache.SelectedIndex())])
		w.interpolateBy(interpolation)
		w.applyMemory()
		w.applyLook()
	}
	d := dialog.NewCustomConfirm(t("preferences.title"), t("dialog.ok"), t("dialog.cancel"), form, func(ok bool) {
		if ok {
			save()
		}
		w.focusGrid()
	}, w.win)
	w.show(d, fyne.NewSize(560, 460))
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
