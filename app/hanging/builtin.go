package hanging

import (
	"cmp"
	"embed"
	"path"
	"slices"
)

//go:embed builtin/*.json
var files embed.FS

var builtins = readBuiltins()

// readBuiltins reads the protocols that Rachis brings: data as any other.
func readBuiltins() (all []Protocol) {
	entries, err := files.ReadDir("builtin")
	if err != nil {
		panic(err) // embedded at build time: it is there
	}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("builtin", e.Name()))
		if err != nil {
			panic(err)
		}
		p, err := Parse(data)
		if err != nil {
			panic(e.Name() + ": " + err.Error())
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b Protocol) int { return cmp.Compare(b.priority(), a.priority()) })
	return all
}

// Builtins are the protocols that Rachis brings, in their order.
func Builtins() []Protocol { return slices.Clone(builtins) }

// IsBuiltin reports whether an ID is that of a protocol that Rachis brings.
func IsBuiltin(id string) bool {
	return slices.ContainsFunc(builtins, func(p Protocol) bool { return p.ID == id })
}

func (p Protocol) priority() int {
	if p.Opening == nil {
		return 0
	}
	return p.Opening.Priority
}

// Order returns protocols in the order in which they are listed and tried: first those that the user has put in order, by ID, then the others by
// priority and ID.
func Order(all []Protocol, ids []string) []Protocol {
	at := func(p Protocol) int {
		if i := slices.Index(ids, p.ID); i >= 0 {
			return i
		}
		return len(ids)
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Protocol) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(b.priority(), a.priority()), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Opens reports whether a protocol is tried for a study of a modality without being asked for.
func (p Protocol) Opens(modality string) bool {
	return p.Opening != nil && p.Opening.Alone && (len(p.Opening.Modality) == 0 || slices.Contains(p.Opening.Modality, modality))
}
