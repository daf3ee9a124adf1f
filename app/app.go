package app

import (
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	fynelang "fyne.io/fyne/v2/lang"

	"rachis/app/bench"
	"rachis/app/cli"
	"rachis/app/lang"
	"rachis/cases/store"
)

// appID names the app to the system and to Fyne's preferences.
const appID = "org.rachis.viewer"

// idOf is appID, and another for a window that measures itself: preferences stay as they are.
func idOf(launch cli.Launch) string {
	if launch.Measure != nil {
		return appID + ".bench"
	}
	return appID
}

// Run starts the desktop window and returns when it is closed.
func Run(launch cli.Launch) (err error) {
	language := launch.Lang
	if language == "" {
		language = systemLanguage()
	}
	if noDisplay() {
		return problem(lang.In(language).T("error.display"))
	}
	defer func() {
		if r := recover(); r != nil {
			if !screenFailed(r) {
				panic(r)
			}
			err = problem(lang.In(language).T("error.display"))
		}
	}()
	a := fyneapp.NewWithID(idOf(launch))
	before := newHeld(func(f func()) { fyne.Do(f) })
	if m := launch.Measure; m != nil && (m.Workload == bench.WindowEmpty || m.Workload == bench.WindowNothing) {
		return runEmpty(a, *m, before)
	}
	library, libraryErr := openLibrary(launch.Library)
	a.Settings().SetTheme(preferences{a.Preferences()}.look())
	// With something to open, the picture comes first, and what stands around it when that is on screen. It is read while the window is made.
	early := len(launch.Paths) > 0 && launch.CaseID == "" && libraryErr == nil && library.Migrated() == nil && !slices.ContainsFunc(launch.Paths, isBundle)
	var w *window
	if early {
		w, err = prepareWindow(a, library, launch.Lang, shareProcessors(), before.post, launch.Paths...)
	} else {
		w, err = newWindow(a, library, launch.Lang, shareProcessors(), before.post)
	}
	if err != nil {
		if library != nil {
			err = errors.Join(err, library.Close())
		}
		return err
	}
	speakFyne(w.text.Language())
	w.win.CenterOnScreen()
	w.glimpse.hasty = true
	begin := w.glimpse.holdWaits()
	if early {
		w.buildBare()
	} else {
		w.back.after(bareMost, w.showIcon)
	}
	var measured *measurement
	if launch.Measure != nil {
		measured = w.measure(*launch.Measure)
	}
	a.Lifecycle().SetOnStarted(func() {
		before.release()
		begin()
		if libraryErr != nil {
			w.libraryFailed(libraryErr)
		} else if m := library.Migrated(); m != nil {
			w.inform("library.migrated.title", w.text.T("library.migrated", m.From, m.To, m.Backup))
		}
		if launch.CaseID != "" && library != nil {
			w.openCase(launch.CaseID)
		}
		if len(launch.Paths) > 0 && !early {
			w.open(launch.Paths)
		}
		w.focusGrid()
		if measured != nil {
			measured.begin()
		}
	})
	if early {
		before.run(beforeShown, w.hasGlimpse)
	}
	w.win.ShowAndRun()
	if measured != nil {
		err = measured.print()
	}
	if w.library != nil {
		w.back.stop(time.Second)
		return errors.Join(err, w.library.Close())
	}
	return err
}

// noDisplay reports whether there is surely no screen to open a window on.
func noDisplay() bool {
	return runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == ""
}

// screenFailed reports whether a panic is GLFW's that there is no screen after all: DISPLAY may name one that is gone, which only shows when
// Fyne makes the window.
func screenFailed(panicked any) bool {
	err, ok := panicked.(error)
	return ok && strings.HasPrefix(err.Error(), "NotInitialized:")
}

// openLibrary opens the library in dir, or in the platform's place for it.
func openLibrary(dir string) (*store.Store, error) {
	if dir == "" {
		dir = os.Getenv("RACHIS_LIBRARY")
	}
	if dir == "" {
		var err error
		if dir, err = cli.DefaultLibrary(); err != nil {
			return nil, err
		}
	}
	return store.Open(dir)
}

// libraryFailed says that findings cannot be kept, and why; looking at images works without a library.
func (w *window) libraryFailed(err error) {
	var newer *store.VersionError
	if errors.As(err, &newer) {
		w.inform("library.newer.title", w.text.T("library.newer", newer.Path, newer.Found, newer.Known))
		return
	}
	w.fail("error.library.open", err)
}

// systemLanguage is the language that the system speaks.
func systemLanguage() string {
	for _, name := range []string{"RACHIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return lang.In(v).Language()
		}
	}
	return lang.In(string(fynelang.SystemLocale())).Language()
}

// fyneTexts are the words of Fyne's own dialogs; the values are keys of ours.
var fyneTexts = []string{"Quit", "Create Folder", "Cut", "Folder", "Advanced", "Cancel", "Confirm", "Copy", "Enter filename", "Error", "Favourites",
	"File", "New Folder", "No", "OK", "Open", "Paste", "Redo", "Save", "Select all", "Show Hidden Files", "Undo", "Yes", "file.name", "file.parent"}

// speakFyne makes Fyne's own dialogs speak a language: it has no setter, but texts given for the system's locale replace its own.
func speakFyne(language string) {
	texts := map[string]any{}
	c := lang.In(language)
	for _, key := range fyneTexts {
		text := c.T("fyne." + strings.ReplaceAll(strings.ToLower(key), " ", "."))
		if strings.Contains(key, ".") {
			texts[key] = map[string]string{"other": text}
		} else {
			texts[key] = text
		}
	}
	data, err := json.Marshal(texts)
	if err != nil {
		panic(err) // maps of strings can be encoded
	}
	if err := fynelang.AddTranslationsForLocale(data, fynelang.SystemLocale()); err != nil {
		fyne.LogError("texts of dialogs", err)
	}
}

func homeDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "" // the path is then shown whole
	}
	return home
}
