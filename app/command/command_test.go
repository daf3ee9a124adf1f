package command

import (
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTwoCommandsWithOneKeyAreRefusedWithBothNames(t *testing.T) {
	w := []Key{{Name: fyne.KeyW}}
	_, err := New(Command{ID: "window", Keys: w, Run: func() {}}, Command{ID: "walk", Keys: w, Run: func() {}})
	var conflict *ConflictError
	if !errors.As(err, &conflict) || conflict.First != "window" || conflict.Other != "walk" {
		t.Fatalf("New answered %v", err)
	}
	if s := err.Error(); !strings.Contains(s, "window") || !strings.Contains(s, "walk") || !strings.Contains(s, "W") {
		t.Errorf("the message does not name key and commands: %s", s)
	}
	if _, err := New(Command{ID: "a"}, Command{ID: "a"}); err == nil {
		t.Error("one ID twice was taken")
	}
}

func TestMenuButtonAndKeyRunTheSame(t *testing.T) {
	test.NewTempApp(t)
	runs, enabled, on := 0, true, false
	table, err := New(Command{ID: "x", Menu: "file", Keys: []Key{{fyne.KeyX, fyne.KeyModifierShift}}, Enabled: func() bool { return enabled },
		Checked: func() bool { return on }, Run: func() { runs++ }})
	if err != nil {
		t.Fatal(err)
	}
	menu := table.MainMenu(func(key string, _ ...any) string { return key }, "file")
	item := menu.Items[0].Items[0]
	if item.Label != "command.x" || menu.Items[0].Label != "menu.file" {
		t.Errorf("labels are %q and %q", item.Label, menu.Items[0].Label)
	}
	item.Action()
	table.Run("x")
	if !table.Typed(fyne.KeyX, fyne.KeyModifierShift) || table.Typed(fyne.KeyX, 0) {
		t.Error("the key with Shift does not run it, or the bare key does")
	}
	if runs != 3 {
		t.Errorf("%d runs, want 3", runs)
	}
	enabled, on = false, true
	table.Update()
	if !item.Disabled || !item.Checked {
		t.Error("the menu does not show the state")
	}
	item.Action()
	if table.Run("x") || runs != 3 {
		t.Error("a command that is not enabled ran")
	}
}

func TestMenuWithinAMenu(t *testing.T) {
	test.NewTempApp(t)
	on := false
	run := func() { on = !on }
	table, err := New(Command{ID: "a", Menu: "view", Group: 1, Run: run}, Command{ID: "b", Menu: "view", Sub: "link", Group: 2, Checked: func() bool { return on }, Run: run},
		Command{ID: "c", Menu: "view", Group: 2, Run: run}, Command{ID: "d", Menu: "view", Sub: "link", Group: 3, Run: run})
	if err != nil {
		t.Fatal(err)
	}
	labels := func(m *fyne.Menu) (out string) {
		for _, i := range m.Items {
			if i.IsSeparator {
				out += "|"
			}
			out += i.Label + " "
		}
		return out
	}
	view := table.MainMenu(func(key string, _ ...any) string { return key }, "view").Items[0]
	if got := labels(view); got != "command.a | menu.view.link command.c " {
		t.Fatalf("the menu is %q", got)
	}
	if got := labels(view.Items[2].ChildMenu); got != "command.b | command.d " {
		t.Fatalf("the menu within it is %q", got)
	}
	view.Items[2].ChildMenu.Items[0].Action()
	table.Update()
	if !on || !view.Items[2].ChildMenu.Items[0].Checked {
		t.Error("its command does not run, or does not show its state")
	}
}

func TestKeysReadAsPeopleReadThem(t *testing.T) {
	french := func(key string, _ ...any) string {
		return map[string]string{"key.Ctrl": "Ctrl", "key.Shift": "Maj", "key.Delete": "Suppr"}[key]
	}
	for want, k := range map[string]Key{
		"Ctrl+Maj+Z": {fyne.KeyZ, fyne.KeyModifierControl | fyne.KeyModifierShift},
		"Suppr":      {Name: fyne.KeyDelete},
		"F11":        {Name: fyne.KeyF11},
	} {
		if got := k.Label(french); got != want {
			t.Errorf("%v reads %q, want %q", k, got, want)
		}
	}
}

// A command that is called by what it would do now has that for its label, and is left out of the menu where there is nothing to call it by.
func TestMenuOfNamesThatChange(t *testing.T) {
	test.NewTempApp(t)
	names := []string{"bone", "", "lung"}
	var ran string
	var list []Command
	for i := range names {
		list = append(list, Command{ID: string(rune('a' + i)), Menu: "image", Sub: "windows", Group: 1 + i, Text: func() string { return names[i] }, Run: func() { ran = names[i] }})
	}
	table, err := New(list...)
	if err != nil {
		t.Fatal(err)
	}
	menu := table.MainMenu(func(key string, _ ...any) string { return key }, "image").Items[0].Items[0].ChildMenu
	labels := func() (out string) {
		for _, i := range menu.Items {
			if i.IsSeparator {
				out += "|"
			}
			out += i.Label + " "
		}
		return out
	}
	if got := labels(); got != "bone | lung " {
		t.Errorf("the menu is %q", got)
	}
	names[0], names[1], names[2] = "", "brain", ""
	table.Update()
	if got := labels(); got != "brain " {
		t.Errorf("after the change it is %q", got)
	}
	menu.Items[0].Action()
	if ran != "brain" {
		t.Errorf("it ran %q", ran)
	}
}
