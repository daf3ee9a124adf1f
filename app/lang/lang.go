// Package lang holds every text that a user sees, in French and English.
//
// Texts live in text/<area>.<language>.json, one area per part of the product, as flat maps from key to text. A
// text may hold fmt verbs, with explicit indexes (%[1]s) where the languages order them differently.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"
)

//go:embed text/*.json
var files embed.FS

// Languages are the languages that every text exists in.
var Languages = []string{"en", "fr"}

// Catalog is the texts of one language. It is immutable and safe for concurrent use; the zero value answers with keys.
type Catalog struct {
	language string
	texts    map[string]string
}

var catalogs = load()

func load() map[string]Catalog {
	all := map[string]Catalog{}
	for _, l := range Languages {
		all[l] = Catalog{l, map[string]string{}}
	}
	entries, err := files.ReadDir("text")
	if err != nil {
		panic(err) // embedded at build time: it is there
	}
	for _, e := range entries {
		parts := strings.Split(strings.TrimSuffix(e.Name(), ".json"), ".")
		c, ok := all[parts[len(parts)-1]]
		if !ok {
			panic("lang: " + e.Name() + ": unknown language")
		}
		data, err := files.ReadFile(path.Join("text", e.Name()))
		if err != nil {
			panic(err)
		}
		var m map[string]string
		if err := json.Unmarshal(data, &m); err != nil {
			panic("lang: " + e.Name() + ": " + err.Error())
		}
		for k, v := range m {
			if _, twice := c.texts[k]; twice {
				panic("lang: " + e.Name() + ": " + k + " stands twice")
			}
			c.texts[k] = v
		}
	}
	return all
}

// In returns the catalog of a language tag such as "fr", "fr_CA.UTF-8" or "en-US"; English for any other language.
func In(language string) Catalog {
	if strings.HasPrefix(strings.ToLower(language), "fr") {
		return catalogs["fr"]
	}
	return catalogs["en"]
}

// Language returns "en" or "fr".
func (c Catalog) Language() string {
	if c.language == "" {
		return "en"
	}
	return c.language
}

// T returns the text of a key with its arguments filled in. A key that is missing comes back as "⟦key⟧", so that it
// is seen; a test holds that none is.
func (c Catalog) T(key string, args ...any) string {
	text, ok := c.texts[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Has reports whether the key exists.
func (c Catalog) Has(key string) bool { _, ok := c.texts[key]; return ok }

// Keys returns all keys in alphabetical order.
func (c Catalog) Keys() []string {
	keys := make([]string, 0, len(c.texts))
	for k := range c.texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Number formats v with the decimals given, with a comma in French.
func (c Catalog) Number(v float64, decimals int) string {
	s := fmt.Sprintf("%.*f", decimals, v)
	if c.Language() == "fr" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
