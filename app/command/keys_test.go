package command

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
)

func TestKeysAreReadBackAsWritten(t *testing.T) {
	for _, k := range []Key{
		{Name: fyne.KeyW}, {Name: fyne.KeyZ, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift}, {Name: fyne.KeyPlus, Modifier: fyne.KeyModifierAlt},
		{Name: fyne.KeyPlus}, {Name: fyne.KeyF11}, {Name: fyne.KeyPageDown, Modifier: fyne.KeyModifierSuper}, {Name: fyne.KeyMinus, Modifier: fyne.KeyModifierControl},
	} {
		if back, err := ParseKey(k.String()); err != nil || back != k {
			t.Errorf("%q became %+v, %v", k.String(), back, err)
		}
	}
	for _, s := range []string{"", "Ctrl+", "Ctrl+Shift+", "a b", "\n"} {
		if k, err := ParseKey(s); err == nil {
			t.Errorf("%q became %+v", s, k)
		}
	}
}

func TestAKeyThatIsTakenIsRefusedWithTheNameOfItsCommand(t *testing.T) {
	ran := ""
	table, err := New(Command{ID: "window", Keys: []Key{{Name: fyne.KeyW}}, Run: func() { ran = "window" }},
		Command{ID: "zoom", Keys: []Key{{Name: fyne.KeyZ}}, Run: func() { ran = "zoom" }})
	if err != nil {
		t.Fatal(err)
	}
	var conflict *ConflictError
	if _, err := table.WithKeys(map[string][]Key{"zoom": {{Name: fyne.KeyW}}}); !errors.As(err, &conflict) || conflict.First != "window" || conflict.Other != "zoom" {
		t.Errorf("%v", err)
	}
	// The two may change places, and the first table stays as it was.
	swapped, err := table.WithKeys(map[string][]Key{"zoom": {{Name: fyne.KeyW}}, "window": {{Name: fyne.KeyZ}}, "of another version": {{Name: fyne.KeyZ}}})
	if err != nil {
		t.Fatal(err)
	}
	swapped.Typed(fyne.KeyW, 0)
	if c, ok := swapped.KeyOwner(Key{Name: fyne.KeyZ}); ran != "zoom" || !ok || c.ID != "window" {
		t.Errorf("W runs %q, Z is that of %q", ran, c.ID)
	}
	table.Typed(fyne.KeyW, 0)
	if ran != "window" {
		t.Error("the table that was asked has changed")
	}
	none, err := table.WithKeys(map[string][]Key{"window": {}})
	if err != nil || none.Typed(fyne.KeyW, 0) {
		t.Error("a key that was taken away still runs", err)
	}
}
