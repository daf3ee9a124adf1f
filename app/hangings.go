package app

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rachis/app/hanging"
)

// hangings are the hanging protocols that there are: Rachis's own and the user's, one file each in a folder of the app's configuration.
type hangings struct {
	dir    string
	all    []hanging.Protocol // in the order in which they are listed and tried
	paths  map[string]string  // of the user's, by ID
	broken []brokenHanging
}

// brokenHanging is a file that is no protocol, with what is wrong with it.
type brokenHanging struct {
	path string
	err  error
}

// Preferences about protocols: their order, by ID, and which one is tried first for a modality.
const (
	prefHangOrder   = "hanging.order"
	prefHangDefault = "hanging.default." // and the modality
)

// What a default for a modality may be beside the ID of a protocol.
const (
	hangByOrder = ""     // those that are tried on their own, in their order
	hangNone    = "none" // the first series alone
)

// hangModalities are those that have a default of their own; "film" stands for radiographs.
var hangModalities = []string{"MR", "CT", "film"}

// mostHangings is how many files are looked at.
const mostHangings = 200

// read reads the folder anew. What is wrong with it or in it is listed, and never stops anything.
func (h *hangings) read(order []string) {
	h.paths, h.broken = map[string]string{}, nil
	all := hanging.Builtins()
	entries, err := os.ReadDir(h.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.broken = append(h.broken, brokenHanging{h.dir, err})
	}
	n := 0
	for _, e := range entries {
		if strings.ToLower(filepath.Ext(e.Name())) != ".json" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(h.dir, e.Name())
		if n++; n > mostHangings {
			h.broken = append(h.broken, brokenHanging{h.dir, fmt.Errorf("more than %d files", mostHangings)})
			break
		}
		p, err := readHanging(path)
		switch {
		case err != nil:
			h.broken = append(h.broken, brokenHanging{path, err})
		case slices.ContainsFunc(all, func(other hanging.Protocol) bool { return other.ID == p.ID }):
			h.broken = append(h.broken, brokenHanging{path, fmt.Errorf("hanging: the id %q is that of another protocol", p.ID)})
		default:
			all = append(all, p)
			h.paths[p.ID] = path
		}
	}
	h.all = hanging.Order(all, order)
}

// readHanging reads one file: a plain one, and no more of it than a protocol may have.
func readHanging(path string) (hanging.Protocol, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return hanging.Protocol{}, err
	}
	if !info.Mode().IsRegular() { // reading from a pipe would never end
		return hanging.Protocol{}, errors.New("hanging: this is no plain file")
	}
	f, err := os.Open(path)
	if err != nil {
		return hanging.Protocol{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, hanging.MostBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return hanging.Protocol{}, err
	}
	return hanging.Parse(data)
}

// write keeps a protocol of the user's: whole, or not at all.
func (h *hangings) write(p hanging.Protocol) error {
	data, err := hanging.Format(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	path := h.paths[p.ID]
	if path == "" {
		path = filepath.Join(h.dir, p.ID+".json")
		if _, err := os.Lstat(path); err == nil { // of a file that could not be read
			return fmt.Errorf("%s is there already", path)
		}
	}
	f, err := os.CreateTemp(h.dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// find returns the protocol of an ID.
func (h *hangings) find(id string) (hanging.Protocol, bool) {
	for _, p := range h.all {
		if p.ID == id {
			return p, true
		}
	}
	return hanging.Protocol{}, false
}

// newID makes an ID of a name that no protocol and no file has.
func (h *hangings) newID(name string) string {
	var b strings.Builder
	for _, r := range folded(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	stem := cmp.Or(strings.Trim(b.String(), "-"), "protocol")
	free := func(id string) bool {
		_, taken := h.find(id)
		_, err := os.Lstat(filepath.Join(h.dir, id+".json"))
		return !taken && err != nil
	}
	for i, id := 2, stem; ; i++ {
		if free(id) {
			return id
		}
		id = fmt.Sprintf("%s-%d", stem, i)
	}
}

// ids are those of all, in order.
func (h *hangings) ids() (list []string) {
	for _, p := range h.all {
		list = append(list, p.ID)
	}
	return list
}

// readHangings reads the protocols, and gives menu and keys what there is.
func (w *window) readHangings() {
	w.hangings.read(w.prefs.StringList(prefHangOrder))
}

// hangingsChanged brings menus and keys to the protocols that there are now.
func (w *window) hangingsChanged() {
	w.readHangings()
	table, err := w.newTable()
	if err != nil { // two commands of one key: ours never have one
		w.fail("error.hanging", err)
		return
	}
	w.ownTable = table
	w.useTable(keyed(table, w.prefs.ownKeys()))
}
