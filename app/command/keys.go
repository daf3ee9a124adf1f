package command

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
)

// modifiers are the names of modifiers, in the order in which they are written.
var modifiers = []struct {
	name string
	bit  fyne.KeyModifier
}{{"Ctrl", fyne.KeyModifierControl}, {"Cmd", fyne.KeyModifierSuper}, {"Alt", fyne.KeyModifierAlt}, {"Shift", fyne.KeyModifierShift}}

// String is the key as it is kept in the preferences, the same in every language: "Ctrl+Shift+Z".
func (k Key) String() string { return k.Label(nil) }

// ParseKey reads what String wrote.
func ParseKey(s string) (Key, error) {
	var k Key
	rest := s
	for _, m := range modifiers {
		if after, ok := strings.CutPrefix(rest, m.name+"+"); ok {
			k.Modifier |= m.bit
			rest = after
		}
	}
	if rest == "" || strings.ContainsAny(rest, " \t\n") {
		return Key{}, fmt.Errorf("command: %q names no key", s)
	}
	k.Name = fyne.KeyName(rest)
	return k, nil
}

// WithKeys returns a table of the same commands in which those that are named have other keys; an empty list leaves a command without.
// A key that two commands would have is a *ConflictError. An ID that no command has is passed over: it may be of another version.
func (t *Table) WithKeys(keys map[string][]Key) (*Table, error) {
	commands := slices.Clone(t.commands)
	for i := range commands {
		if own, ok := keys[commands[i].ID]; ok {
			commands[i].Keys = own
		}
	}
	out, err := New(commands...)
	if err == nil {
		out.Paused = t.Paused
	}
	return out, err
}

// KeyOwner returns the command that has a key.
func (t *Table) KeyOwner(k Key) (Command, bool) {
	i, ok := t.byKey[k]
	if !ok {
		return Command{}, false
	}
	return t.commands[i], true
}
