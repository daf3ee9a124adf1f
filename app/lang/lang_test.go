package lang

import (
	"regexp"
	"sort"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z]`)

// Each text exists in both languages, is not empty, and takes the same arguments in both.
func TestLanguagesAgree(t *testing.T) {
	en, fr := In("en"), In("fr_CA.UTF-8")
	for _, pair := range [][2]Catalog{{en, fr}, {fr, en}} {
		for _, k := range pair[0].Keys() {
			if !pair[1].Has(k) {
				t.Errorf("%s: missing in %s", k, pair[1].Language())
				continue
			}
			a, b := pair[0].T(k), pair[1].T(k)
			if strings.TrimSpace(a) == "" {
				t.Errorf("%s: empty in %s", k, pair[0].Language())
			}
			va, vb := verb.FindAllString(strings.ReplaceAll(a, "%%", ""), -1), verb.FindAllString(strings.ReplaceAll(b, "%%", ""), -1)
			sort.Strings(va)
			sort.Strings(vb)
			if strings.Join(va, " ") != strings.Join(vb, " ") {
				t.Errorf("%s: arguments differ: %q and %q", k, a, b)
			}
		}
	}
}

func TestMissingKeyIsSeen(t *testing.T) {
	if got := In("fr").T("no.such.key"); got != "⟦no.such.key⟧" {
		t.Errorf("got %q", got)
	}
}

func TestNumber(t *testing.T) {
	if got := In("fr").Number(-1.25, 1); got != "-1,2" && got != "-1,3" {
		t.Errorf("got %q", got)
	}
	if got := In("en").Number(3, 2); got != "3.00" {
		t.Errorf("got %q", got)
	}
}
