package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"rachis/cases/store"
	"rachis/dicomio"
)

// complain says on stderr what could not be done with one thing; of several failures each on a line of its own.
func (p *program) complain(err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			p.complain(one)
		}
		return
	}
	fmt.Fprintf(p.stderr, "rachis: %s\n", p.inWords(err))
}

// inWords is an error as it is said to people: which file and where in it, as the error has it, and what to do, in the user's language.
func (p *program) inWords(err error) string {
	t := p.text.T
	var newer *store.VersionError
	var unsupported dicomio.UnsupportedError
	var broken dicomio.FormatError
	switch {
	case errors.As(err, &newer):
		return t("cli.library.newer", newer.Path, newer.Found, newer.Known)
	case errors.Is(err, store.ErrConflict):
		return t("cli.case.conflict", err)
	case errors.Is(err, store.ErrOtherAuthor):
		return t("cli.case.other", err)
	case errors.As(err, &unsupported):
		return t("cli.error.unsupported", err)
	case errors.Is(err, dicomio.ErrNotDICOM):
		return t("cli.error.notdicom", err)
	case errors.Is(err, dicomio.ErrTruncated):
		return t("cli.error.truncated", err)
	case errors.As(err, &broken):
		return t("cli.error.broken", err)
	case errors.Is(err, fs.ErrNotExist) && place(err) != "":
		return t("cli.error.absent", place(err))
	case errors.Is(err, fs.ErrPermission) && place(err) != "":
		return t("cli.error.permission", place(err))
	case errors.Is(err, syscall.ENOSPC):
		return t("cli.error.full", err)
	}
	return err.Error()
}

// place is the file that an error of the system is about, "" when it does not say.
func place(err error) string {
	var path *fs.PathError
	var file *dicomio.Error
	switch {
	case errors.As(err, &path):
		return path.Path
	case errors.As(err, &file):
		return file.Path
	}
	return ""
}
