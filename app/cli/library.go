package cli

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"

	"rachis/cases"
	"rachis/cases/store"
	"rachis/dicomio"
)

// libraryFlag is the library that was named, "" when none was.
func (p *program) libraryFlag() string {
	if p.library != "" {
		return p.library
	}
	return os.Getenv("RACHIS_LIBRARY")
}

// DefaultLibrary returns the platform's folder for the library of this user.
func DefaultLibrary() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Rachis"), nil
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Rachis"), nil
		}
		return filepath.Join(home, "AppData", "Local", "Rachis"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rachis"), nil
	}
	return filepath.Join(home, ".local", "share", "rachis"), nil
}

// inLibrary runs f on the library. Where there is none yet, one is made for a verb that fills it; for all others that is an error.
func (p *program) inLibrary(fill bool, f func(*store.Store) error) (err error) {
	dir := p.libraryFlag()
	if dir == "" {
		if dir, err = DefaultLibrary(); err != nil {
			return err
		}
	}
	if !fill && !store.Exists(dir) {
		return errors.New(p.text.T("cli.library.none", dir))
	}
	s, err := store.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if m := s.Migrated(); m != nil {
		fmt.Fprintln(p.stderr, p.text.T("cli.library.migrated", s.Dir(), m.From, m.To, m.Backup))
	}
	return f(s)
}

// findCase returns the case of a number, in any case of letters, of a UID, or of a title that only one case has.
func (p *program) findCase(s *store.Store, name string) (cases.Case, error) {
	c, err := s.Case(name)
	if !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	list, err := s.Cases()
	if err != nil {
		return c, err
	}
	var found []string
	for _, one := range list {
		if one.UID == name || strings.EqualFold(one.Title, name) {
			found = append(found, one.ID)
		}
	}
	switch len(found) {
	case 0:
		return c, errors.New(p.text.T("cli.case.unknown", name, s.Dir()))
	case 1:
		return s.Case(found[0])
	}
	return c, errors.New(p.text.T("cli.case.ambiguous", name, len(found)))
}

// reviewer is the name that was given, else $RACHIS_REVIEWER, else the name of the system's user.
func (p *program) reviewer(given string) (string, error) {
	for _, name := range []string{given, os.Getenv("RACHIS_REVIEWER")} {
		if name = strings.TrimSpace(name); name != "" {
			return name, nil
		}
	}
	if u, err := user.Current(); err == nil {
		full, _, _ := strings.Cut(u.Name, ",") // of passwd's comment field only the name
		for _, name := range []string{full, u.Username} {
			if name = strings.TrimSpace(name); name != "" {
				return name, nil
			}
		}
	}
	return "", usageError{errors.New(p.text.T("cli.case.author"))}
}

// reason says why a file was left out: in English as the index has it, in another language by its code, with the detail where the file
// itself says more.
func (p *program) reason(s dicomio.Skipped) string {
	key := "skip." + s.Code
	if p.text.Language() == "en" || !p.text.Has(key) {
		return s.Reason
	}
	switch s.Code {
	case dicomio.SkipNotDICOM, dicomio.SkipSpecial, dicomio.SkipLoop, dicomio.SkipEncrypted:
		return p.text.T(key)
	}
	return p.text.T(key) + " (" + s.Reason + ")"
}
