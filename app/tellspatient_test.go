package app

import (
	"testing"

	"rachis/dicomio"
)

// Short names, names in other scripts and birth dates however they are written tell who the patient is; parts of other words do not.
func TestTellsPatient(t *testing.T) {
	for _, c := range []struct {
		name, birth, path string
		want              bool
	}{
		{"Li^Bo", "", "/media/Li Bo/CD", true},
		{"Li^Bo", "", "/media/li_2026", true},
		{"Li^Bo", "", "/media/LI2026", true},
		{"Li^Bo", "", "/media/LiBo", true},
		{"Li^Bo", "", "/media/BoLi 3", true},
		{"Li^Bo", "", "/media/lisa/lib/boris", false},
		{"Roux^O", "", `C:\O\CD`, true},
		{"Roux^O", "", "/home/CD O2", false},
		{"Wang^XiaoDong=王^小東", "", "/media/王小東", true},
		{"X=王^小東", "", "/media/王", true},
		{"X=김^희", "", "/media/김희2026", true},
		{"Ли^Бо", "", "/media/ли", true},
		{"X=王^小東", "", "/media/李", false},
		{"Müller^Eva", "", "/media/MULLER", true},
		{"", "19700228", "/media/28021970", true},
		{"", "19700228", "/media/28-02-1970", true},
		{"", "19700228", "/media/02.28.1970/x", true},
		{"", "19700228", "/media/1970_02_28", true},
		{"", "1970.02.28", "/media/28 02 1970", true},
		{"", "19700228", "/media/28031970", false},
		{"", "", "/media/CD 12", false},
	} {
		if got := tellsPatient(c.path, []*dicomio.Patient{{Name: c.name, BirthDate: c.birth}}); got != c.want {
			t.Errorf("%s tells of %s, born %s: %v", c.path, c.name, c.birth, got)
		}
	}
}
