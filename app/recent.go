package app

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"rachis/dicomio"
)

// What was opened last is kept in the preferences: places and the codes of cases, and nothing of a patient. A place whose name has the patient's
// name, number or date of birth in it is known until Rachis ends, and is not kept.
const (
	prefRecent = "recent"
	mostRecent = 12
	// prefFolder is where Fyne's file dialogs keep the folder that they showed last.
	prefFolder = "fyne:fileDialogLastFolder"
)

// recent is something that was opened.
type recent struct {
	Paths []string  `json:"paths,omitempty"` // nil for a case
	Case  string    `json:"case,omitempty"`  // the code of the case that it belongs to, or is
	At    time.Time `json:"at"`
	// telling says that a path tells who the patient is; why says why it cannot be opened now, "" where it can or that is not known.
	telling bool
	why     string
}

func (r recent) same(other recent) bool {
	if r.Paths == nil && other.Paths == nil {
		return r.Case == other.Case
	}
	return slices.Equal(r.Paths, other.Paths)
}

// tells reports whether a place tells who the patient of its case is, or where its case is not known any patient of the library.
func (r recent) tells(patients map[string]*dicomio.Patient) bool {
	whom := slices.Collect(maps.Values(patients))
	if p := patients[r.Case]; p != nil {
		whom = []*dicomio.Patient{p}
	}
	return slices.ContainsFunc(r.Paths, func(path string) bool { return tellsPatient(path, whom) })
}

// recents reads what is kept, the latest first. Nonsense is passed over.
func (p preferences) recents() (all []recent) {
	var kept []recent
	if json.Unmarshal([]byte(p.String(prefRecent)), &kept) != nil {
		return nil
	}
	for _, r := range kept {
		if len(r.Paths) > 0 || r.Case != "" {
			all = append(all, r)
		}
	}
	return all[:min(len(all), mostRecent)]
}

func (p preferences) setRecents(all []recent) {
	kept := []recent{}
	for _, r := range all {
		if !r.telling {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		p.RemoveValue(prefRecent)
		return
	}
	if b, err := json.Marshal(kept); err == nil {
		p.SetString(prefRecent, string(b))
	}
}

// remember puts something to the top of what was opened last.
func (w *window) remember(r recent) {
	r.At = time.Now().Truncate(time.Second)
	w.recents = slices.DeleteFunc(w.recents, r.same)
	w.recents = slices.Insert(w.recents, 0, r)
	w.recents = w.recents[:min(len(w.recents), mostRecent)]
	w.prefs.setRecents(w.recents)
	w.setMenu()
}

// rememberPlaces does so for places in which a scan has found patients.
func (w *window) rememberPlaces(paths []string, idx *dicomio.Index) {
	if len(idx.Patients) == 0 {
		return
	}
	r := recent{Paths: paths, telling: slices.ContainsFunc(paths, func(p string) bool { return tellsPatient(p, idx.Patients) })}
	for _, p := range idx.Patients {
		for _, st := range p.Studies {
			if c := w.session.caseOf(st.UID); c != nil {
				r.Case = c.id
			}
		}
	}
	w.remember(r)
}

// tellsPatient reports whether a path, or another text, has a part of a patient's name, number or date of birth in it. Of the Latin alphabet a part
// of three letters counts anywhere, a shorter one as a whole word; of another script any part counts anywhere.
func tellsPatient(path string, patients []*dicomio.Patient) bool {
	path = folded(path)
	words := map[string]bool{} // also without the digits beside them
	for _, word := range wordsIn(path) {
		words[word] = true
		if letters := strings.TrimFunc(word, unicode.IsDigit); len([]rune(letters)) > 1 { // "L5" is no L
			words[letters] = true
		}
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_. /\\", r) {
			return -1
		}
		return r
	}, path)
	for _, p := range patients {
		for _, form := range strings.Split(folded(p.Name), "=") { // alphabetic, ideographic, phonetic
			parts := wordsIn(form)
			for i, word := range parts {
				if anywhere(word) && strings.Contains(path, word) || words[word] {
					return true
				}
				for j, other := range parts {
					if i != j && words[word+other] {
						return true
					}
				}
			}
		}
		for _, number := range append(birthDates(p.BirthDate), folded(p.ID)) {
			if number = strings.TrimSpace(number); len(number) >= 4 && (strings.Contains(path, number) || strings.Contains(digits, number)) {
				return true
			}
		}
	}
	return false
}

// wordsIn are the runs of letters and digits.
func wordsIn(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// anywhere reports whether a part of a name is looked for also within words: short ones of the Latin alphabet are in too many.
func anywhere(word string) bool {
	return len([]rune(word)) >= 3 || strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}

// birthDates are the orders in which a date of birth (YYYYMMDD) is written, without what separates its numbers.
func birthDates(date string) []string {
	date = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, date)
	if len(date) != 8 {
		return []string{date}
	}
	year, month, day := date[:4], date[4:6], date[6:]
	return []string{date, day + month + year, month + day + year}
}

func (w *window) clearRecents() {
	w.recents = nil
	w.prefs.setRecents(nil)
	w.recentsChanged()
}

func (w *window) recentsChanged() {
	w.setMenu()
	if w.start != nil {
		w.showCentre()
	}
}

// lookForRecents finds out, in the background, what of it is still there: a drive may be gone, and a share may take its time to say so.
func (w *window) lookForRecents() {
	all := slices.Clone(w.recents)
	library := w.library
	w.back.quietly(func(ctx context.Context) {
		known := map[string]bool{}
		patients := map[string]*dicomio.Patient{} // by case
		read := library == nil
		if library != nil {
			if list, err := library.Cases(); err == nil {
				read = true
				for _, c := range list {
					known[c.ID] = true
					patients[c.ID] = &dicomio.Patient{ID: c.Patient.ID, Name: c.Patient.Name, BirthDate: c.Patient.BirthDate}
				}
			}
		}
		for i := range all {
			all[i].why = ""
			all[i].telling = all[i].telling || all[i].tells(patients)
			for _, p := range all[i].Paths {
				if _, err := os.Stat(p); err != nil {
					all[i].why = "recent.gone"
				}
			}
			if all[i].Paths == nil && read && !known[all[i].Case] {
				all[i].why = "recent.gone.case"
			}
		}
		w.back.post(func() {
			changed := false
			for _, r := range all {
				j := slices.IndexFunc(w.recents, r.same)
				if j < 0 {
					continue
				}
				if r.telling && !w.recents[j].telling { // it was kept before the rule saw it
					w.recents[j].telling, changed = true, true
					w.prefs.setRecents(w.recents)
				}
				if w.recents[j].why != r.why {
					w.recents[j].why, changed = r.why, true
				}
			}
			if changed {
				w.recentsChanged()
			}
		})
	})
}

// openRecent opens it again.
func (w *window) openRecent(r recent) {
	if r.Paths == nil {
		w.openCase(r.Case)
		return
	}
	w.open(r.Paths)
}

// recentTexts are how something that was opened is named, and what more there is to say. With identity hidden it is the case's code: the names
// of folders are what somebody has made them.
func (w *window) recentTexts(r recent) (title, detail string) {
	t := w.text.T
	var parts []string
	switch {
	case w.hidesIdentity() || r.Paths == nil:
		title = r.Case
		if title == "" {
			title = t("identity.hidden")
		}
	default:
		title = filepath.Base(r.Paths[0])
		if n := len(r.Paths); n > 1 {
			title = t("recent.more", title, n-1)
		}
		parts = append(parts, shortPath(filepath.Dir(r.Paths[0])))
		if r.Case != "" {
			parts = append(parts, r.Case)
		}
	}
	if r.why != "" {
		parts = append(parts, t(r.why))
	}
	parts = append(parts, r.At.Local().Format("2006-01-02 15:04"))
	return title, strings.Join(parts, " · ")
}

// setMenu makes the menu bar, with what was opened last in the first menu.
func (w *window) setMenu() {
	menu := w.table.MainMenu(w.text.T, menuOrder...)
	if len(menu.Items) > 0 {
		sub := fyne.NewMenu("")
		for _, r := range w.recents {
			title, detail := w.recentTexts(r)
			item := fyne.NewMenuItem(title+"   "+detail, func() { w.openRecent(r) })
			item.Disabled = r.why != ""
			sub.Items = append(sub.Items, item)
		}
		if len(w.recents) > 0 {
			sub.Items = append(sub.Items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(w.text.T("recent.clear"), w.clearRecents))
		}
		item := fyne.NewMenuItem(w.text.T("menu.file.recent"), nil)
		item.ChildMenu = sub
		item.Disabled = len(w.recents) == 0
		file := menu.Items[0]
		file.Items = slices.Insert(file.Items, min(2, len(file.Items)), item)
	}
	w.win.SetMainMenu(menu)
}

// keepFolderHere takes the folder that a file dialog has shown out of the preferences, where Fyne keeps it with all the names in it: it is known
// until Rachis ends.
func (w *window) keepFolderHere() {
	take := func() {
		if f := w.prefs.String(prefFolder); f != "" {
			w.folder = f
			w.prefs.RemoveValue(prefFolder)
		}
	}
	take()
	w.prefs.AddChangeListener(take)
}

// fromFolder makes a file dialog begin where the last one ended.
func (w *window) fromFolder(d interface{ SetLocation(fyne.ListableURI) }) {
	if w.folder == "" {
		return
	}
	if u, err := storage.ParseURI(w.folder); err == nil {
		if dir, err := storage.ListerForURI(u); err == nil {
			d.SetLocation(dir)
		}
	}
}
