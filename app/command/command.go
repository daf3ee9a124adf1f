// Package command is the one table of what the window can do: name, label, icon, shortcut, when it is enabled, what it
// runs. Menu, toolbar and keyboard all read it, so that none can differ from the others.
package command

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Key is a key with its modifiers.
type Key struct {
	Name     fyne.KeyName
	Modifier fyne.KeyModifier
}

// Command is one thing that the window can do. The zero value of each optional field leaves it out.
type Command struct {
	// ID names the command for life; its label is the text "command." + ID.
	ID string
	// Name, where it is not nil, is the label of a command that the user has named.
	Name func() string
	// Menu is the menu that lists it ("file", "view", ...; its label is the text "menu." + Menu); "" for none.
	Menu string
	// Sub is the menu within that menu which lists it (its label is the text "menu." + Menu + "." + Sub); "" for none. It stands where its
	// first command does.
	Sub string
	// Group puts a line between commands of different groups, in menu and toolbar.
	Group int
	Icon  fyne.Resource
	// Keys run it; the first is shown in the menu.
	Keys []Key
	// Toolbar puts a button into the toolbar, Labelled one with its short label ("command." + ID + ".short").
	Toolbar, Labelled bool
	// Text, where it is not nil, is the label in the menu in place of that of LabelKey, for a command that is called by what it would do now; ""
	// leaves it out of the menu.
	Text    func() string
	Enabled func() bool // nil: always
	Checked func() bool // nil: it has no state
	Run     func()
}

// Label is what the command is called.
func (c Command) Label(text func(string, ...any) string) string {
	switch {
	case c.Name != nil:
		return c.Name()
	case c.Text != nil:
		return c.Text()
	}
	return text(c.LabelKey())
}

// LabelKey is the key of the command's label in app/lang.
func (c Command) LabelKey() string { return "command." + c.ID }

// IsEnabled reports whether the command can run now.
func (c Command) IsEnabled() bool { return c.Enabled == nil || c.Enabled() }

// IsChecked reports whether the command's state is on.
func (c Command) IsChecked() bool { return c.Checked != nil && c.Checked() }

// ConflictError says that two commands want one key, or one ID.
type ConflictError struct {
	Key          Key // the zero value where the ID is the same
	First, Other string
}

func (e *ConflictError) Error() string {
	if e.Key == (Key{}) {
		return fmt.Sprintf("command: %s stands twice in the table", e.First)
	}
	return fmt.Sprintf("command: the key %s of %s is that of %s already", e.Key.Label(nil), e.Other, e.First)
}

// Table is the commands in order. It belongs to Fyne's goroutine, and its commands are not changed after New.
type Table struct {
	commands []Command
	byID     map[string]int
	byKey    map[Key]int
	items    []*fyne.MenuItem // by place in commands, nil for those in no menu
	menu     *fyne.MainMenu
	subs     []*section // the menus within menus

	// Paused may be set: while it reports true no command runs, as while the next key is to be learned and not obeyed.
	Paused func() bool
}

// New makes a table. Two commands with one key or one ID are a *ConflictError.
func New(commands ...Command) (*Table, error) {
	t := &Table{commands: commands, byID: map[string]int{}, byKey: map[Key]int{}, items: make([]*fyne.MenuItem, len(commands))}
	for i, c := range commands {
		if _, ok := t.byID[c.ID]; ok {
			return nil, &ConflictError{First: c.ID, Other: c.ID}
		}
		t.byID[c.ID] = i
		for _, k := range c.Keys {
			if other, ok := t.byKey[k]; ok {
				return nil, &ConflictError{k, commands[other].ID, c.ID}
			}
			t.byKey[k] = i
		}
	}
	return t, nil
}

// All returns the commands in order. The caller does not change them.
func (t *Table) All() []Command { return t.commands }

// Find returns the command of the ID.
func (t *Table) Find(id string) (Command, bool) {
	i, ok := t.byID[id]
	if !ok {
		return Command{}, false
	}
	return t.commands[i], true
}

// Run runs the command of the ID when it is enabled. It reports whether it did.
func (t *Table) Run(id string) bool {
	c, ok := t.Find(id)
	if !ok || !c.IsEnabled() || t.Paused != nil && t.Paused() {
		return false
	}
	c.Run()
	return true
}

// Typed runs the command of a key when there is one that is enabled. It reports whether it did.
func (t *Table) Typed(name fyne.KeyName, modifier fyne.KeyModifier) bool {
	i, ok := t.byKey[Key{name, modifier}]
	return ok && t.Run(t.commands[i].ID)
}

// MainMenu makes the menu bar with the menus in the order given, labelled by text. Within a menu the groups stand in the order of their numbers,
// and what quits comes last. Call it again after the language has changed.
func (t *Table) MainMenu(text func(string, ...any) string, order ...string) *fyne.MainMenu {
	t.subs = nil
	var menus []*fyne.Menu
	for _, name := range order {
		items := &section{}
		subs := map[string]*section{}
		for _, i := range t.inMenu(name) {
			c := t.commands[i]
			item := fyne.NewMenuItem(c.Label(text), func() { t.Run(c.ID) })
			if len(c.Keys) > 0 {
				item.Shortcut = c.Keys[0].shortcut()
			}
			if c.ID == "quit" {
				item.IsQuit = true
			}
			t.items[i] = item
			if c.Sub == "" {
				items.add(item, c.Group)
				continue
			}
			if subs[c.Sub] == nil {
				within := fyne.NewMenuItem(text("menu."+name+"."+c.Sub), nil)
				within.ChildMenu = fyne.NewMenu("")
				subs[c.Sub] = &section{menu: within.ChildMenu}
				items.add(within, c.Group)
			}
			subs[c.Sub].add(item, c.Group)
			subs[c.Sub].hides = subs[c.Sub].hides || c.Text != nil
		}
		for _, sub := range subs {
			t.subs = append(t.subs, sub)
		}
		if len(items.items) > 0 {
			menus = append(menus, fyne.NewMenu(text("menu."+name), items.items...))
		}
	}
	t.menu = fyne.NewMainMenu(menus...)
	t.update()
	return t.menu
}

// inMenu are the places of a menu's commands in the table, in the order in which the menu lists them.
func (t *Table) inMenu(name string) (places []int) {
	for i, c := range t.commands {
		if c.Menu == name {
			places = append(places, i)
		}
	}
	group := func(i int) int {
		if t.commands[i].ID == "quit" {
			return math.MaxInt
		}
		return t.commands[i].Group
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(group(a), group(b)) })
	return places
}

// section is the items of a menu, with a line between those of different groups.
type section struct {
	menu  *fyne.Menu
	items []*fyne.MenuItem
	group int
	hides bool // some of its items may be left out
}

// present are the items that are not left out.
func (s *section) present() []*fyne.MenuItem {
	if !s.hides {
		return s.items
	}
	var out []*fyne.MenuItem
	for _, i := range s.items {
		if i.Label != "" || i.IsSeparator && len(out) > 0 && !out[len(out)-1].IsSeparator {
			out = append(out, i)
		}
	}
	if n := len(out); n > 0 && out[n-1].IsSeparator {
		out = out[:n-1]
	}
	return out
}

func (s *section) add(item *fyne.MenuItem, group int) {
	if len(s.items) > 0 && group != s.group {
		s.items = append(s.items, fyne.NewMenuItemSeparator())
	}
	s.items, s.group = append(s.items, item), group
}

// Update brings the menu to the present state of the commands. It repaints the menu only when something has changed.
func (t *Table) Update() {
	if t.update() && t.menu != nil {
		t.menu.Refresh()
	}
}

func (t *Table) update() (changed bool) {
	for i, item := range t.items {
		if item == nil {
			continue
		}
		c := t.commands[i]
		disabled, checked := !c.IsEnabled(), c.IsChecked()
		if item.Disabled != disabled || item.Checked != checked {
			item.Disabled, item.Checked = disabled, checked
			changed = true
		}
		if c.Text != nil {
			if text := c.Text(); item.Label != text {
				item.Label, changed = text, true
			}
		}
	}
	for _, s := range t.subs {
		if items := s.present(); !slices.Equal(items, s.menu.Items) {
			s.menu.Items, changed = items, true
		}
	}
	return changed
}

// shortcut is what the menu shows and, for keys with Ctrl or Alt, catches: the driver never catches bare keys, and those
// that it knows by a name of their own.
func (k Key) shortcut() fyne.Shortcut {
	if k.Modifier == fyne.KeyModifierShortcutDefault {
		switch k.Name {
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		}
	}
	return &desktop.CustomShortcut{KeyName: k.Name, Modifier: k.Modifier}
}

// Label is the key as people read it: "Ctrl+Shift+Z". text translates "key.Shift" and so on; nil leaves the English names.
func (k Key) Label(text func(string, ...any) string) string {
	name := func(s string) string {
		if text == nil || len([]rune(s)) == 1 || s[0] == 'F' && len(s) <= 3 {
			return s
		}
		return text("key." + s)
	}
	var parts []string
	if k.Modifier&fyne.KeyModifierControl != 0 {
		parts = append(parts, name("Ctrl"))
	}
	if k.Modifier&fyne.KeyModifierSuper != 0 {
		parts = append(parts, name("Cmd"))
	}
	if k.Modifier&fyne.KeyModifierAlt != 0 {
		parts = append(parts, name("Alt"))
	}
	if k.Modifier&fyne.KeyModifierShift != 0 {
		parts = append(parts, name("Shift"))
	}
	return strings.Join(append(parts, name(string(k.Name))), "+")
}
