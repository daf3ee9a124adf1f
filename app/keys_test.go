package app

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"rachis/app/command"
)

func TestAKeyThatTheUserChoseIsKept(t *testing.T) {
	w, _ := openedWindow(t, "en")
	g := command.Key{Name: fyne.KeyO}
	if err := w.setKeys("mode.scroll", []command.Key{g}); err != nil {
		t.Fatal(err)
	}
	if c, ok := w.table.KeyOwner(g); !ok || c.ID != "mode.scroll" {
		t.Fatalf("G is the key of %q", c.ID)
	}
	if _, ok := w.table.KeyOwner(command.Key{Name: fyne.KeyS}); ok {
		t.Error("S still scrolls")
	}
	// The next start has it too.
	if c, ok := keyed(w.ownTable, w.prefs.ownKeys()).KeyOwner(g); !ok || c.ID != "mode.scroll" {
		t.Error("it is not kept")
	}
	// A key of another command is refused by the other's name, and nothing changes.
	err := w.setKeys("mode.pan", []command.Key{g})
	if text := w.conflictText(err); !strings.Contains(text, w.text.T("command.mode.scroll")) || !strings.Contains(text, "O") {
		t.Errorf("it says %q", text)
	}
	// The other way round in the table too, where who asks stands before who has the key.
	for _, c := range []struct{ has, asks string }{{"mode.scroll", "mode.pan"}, {"mode.scroll", "open.folder"}} {
		if text, want := w.conflictText(w.setKeys(c.asks, []command.Key{g})), w.text.T("keys.taken", "O", w.commandLabel(c.has), w.commandLabel(c.asks)); text != want {
			t.Errorf("it says %q, want %q", text, want)
		}
	}
	if c, _ := w.table.KeyOwner(command.Key{Name: fyne.KeyT}); c.ID != "mode.pan" {
		t.Error("the refused change was made")
	}
	if err := w.setKeys("mode.scroll", nil); err != nil {
		t.Fatal(err)
	}
	if c, _ := w.table.KeyOwner(command.Key{Name: fyne.KeyS}); c.ID != "mode.scroll" || w.prefs.String(prefKeys) != "" {
		t.Error("Rachis's own key did not come back")
	}
}

// What a newer version or a damaged preference has made impossible costs that command its key, and no other.
func TestKeysThatDoNotFitArePassedOver(t *testing.T) {
	w, _ := openedWindow(t, "en")
	w.prefs.SetString(prefKeys, `{"mode.scroll":["W"],"mode.pan":["O","Ctrl+"],"gone":["Q"]}`)
	table := keyed(w.ownTable, w.prefs.ownKeys())
	for key, want := range map[fyne.KeyName]string{fyne.KeyW: "mode.window", fyne.KeyS: "mode.scroll", fyne.KeyO: "mode.pan"} {
		if c, _ := table.KeyOwner(command.Key{Name: key}); c.ID != want {
			t.Errorf("%s is the key of %q, want %s", key, c.ID, want)
		}
	}
	w.prefs.SetString(prefKeys, "{")
	if len(w.prefs.ownKeys()) != 0 {
		t.Error("damage became keys")
	}
}

func TestTheNextKeyIsLearnedAndNotObeyed(t *testing.T) {
	w, settle := openedWindow(t, "fr")
	c, _ := w.table.Find("mode.zoom")
	w.askKey(c)
	catcher, ok := w.win.Canvas().Focused().(*keyCatcher)
	if !ok {
		t.Fatalf("the focus is on %T", w.win.Canvas().Focused())
	}
	if w.table.Run("palette") {
		t.Error("a command ran")
	}
	catcher.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft}) // only held
	catcher.KeyDown(&fyne.KeyEvent{Name: fyne.KeyW})            // another's: asked again
	if c, _ := w.table.KeyOwner(command.Key{Name: fyne.KeyW}); c.ID != "mode.window" || !w.catching {
		t.Fatal("a key that is taken was given")
	}
	catcher.KeyDown(&fyne.KeyEvent{Name: fyne.KeyO})
	if c, _ := w.table.KeyOwner(command.Key{Name: fyne.KeyO}); c.ID != "mode.zoom" {
		t.Error("the key was not learned")
	}
	if w.table.Run("palette") {
		t.Error("the key that was learned is obeyed at once")
	}
	if settle(); w.catching {
		t.Error("commands stay paused")
	}
	// Delete takes the key away.
	w.closeModal()
	c, _ = w.table.Find("mode.zoom")
	w.askKey(c)
	w.win.Canvas().Focused().(*keyCatcher).KeyDown(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if c, _ = w.table.Find("mode.zoom"); len(c.Keys) != 0 {
		t.Error("the key was not taken away")
	}
}

func TestPaletteFindsByPartsOfAName(t *testing.T) {
	w, _ := openedWindow(t, "fr")
	ids := func(query string) (out []string) {
		for _, f := range search(w.table.All(), w.paletteLabel, query) {
			out = append(out, f.command.ID)
		}
		return out
	}
	if got := ids("preferences"); len(got) == 0 || got[0] != "preferences" { // « Préférences »
		t.Errorf("preferences: %v", got)
	}
	if got := ids("zzz"); len(got) != 0 {
		t.Errorf("zzz: %v", got)
	}
	if all := ids(""); len(all) != len(w.table.All()) {
		t.Errorf("%d of %d", len(all), len(w.table.All()))
	}
	ran := false
	table, err := command.New(command.Command{ID: "preferences", Menu: "file", Run: func() { ran = true }}, command.Command{ID: "palette", Run: func() {}})
	if err != nil {
		t.Fatal(err)
	}
	w.table = table
	w.showPalette()
	entry, ok := w.win.Canvas().Focused().(*paletteEntry)
	if !ok {
		t.Fatalf("the focus is on %T", w.win.Canvas().Focused())
	}
	entry.SetText("pref")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !ran {
		t.Error("Enter did not run the command")
	}
}
