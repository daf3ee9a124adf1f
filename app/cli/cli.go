package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"rachis/app/lang"
	"rachis/app/version"
)

// Version is the version that the program and what it writes bear.
const Version = version.Number

// Exit codes, as the command line's contract has them.
const (
	exitDone    = 0 // all was done
	exitPartial = 1 // something asked for could not be done; the rest was, and it was said
	exitUsage   = 2 // wrong usage
)

// errPartial ends a verb whose failures were already said one by one.
var errPartial = errors.New("not everything could be done")

// usageError is a mistake in how the verb was called.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// program is what every verb works with.
type program struct {
	args    []string // the whole command line
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	text    lang.Catalog
	library string
	launch  *Launch
}

// Main runs the command line. It returns the exit code, or a Launch when the desktop window is to be started.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (int, *Launch) {
	language, asked := languageOf(args)
	p := &program{args: args, stdin: stdin, stdout: stdout, stderr: stderr, text: lang.In(language)}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	var err error
	if asked && !spoken(language) {
		err = usageError{errors.New(p.text.T("cli.usage.lang", language))}
	} else {
		err = root.Execute()
	}
	var usage usageError
	switch {
	case err == nil && p.launch != nil:
		return exitDone, p.launch
	case err == nil:
		return exitDone, nil
	case errors.Is(err, errPartial):
		return exitPartial, nil
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "rachis: %v\n%s\n", err, p.text.T("cli.usage.see"))
		return exitUsage, nil
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(stderr, "rachis: %s\n", p.text.T("cli.cancelled"))
		return exitPartial, nil
	default:
		p.complain(err)
		return exitPartial, nil
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "rachis [PATH...]",
		Short:         p.text.T("cli.root.short"),
		Long:          p.text.T("cli.root.long"),
		Version:       Version,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(_ *cobra.Command, paths []string) error {
			for _, path := range paths {
				if _, err := os.Lstat(path); err != nil && filepath.Base(path) == path {
					return usageError{errors.New(p.text.T("cli.usage.verb", path))} // a mistyped verb must not open a window
				}
			}
			p.launch = &Launch{Library: p.libraryFlag(), Paths: paths, Lang: p.explicitLanguage()}
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().StringVar(&p.library, "library", "", p.text.T("cli.flag.library"))
	root.PersistentFlags().String("lang", "", p.text.T("cli.flag.lang"))
	root.SetFlagErrorFunc(p.wrongFlag)
	root.SetHelpFunc(p.help)
	root.SetVersionTemplate("rachis {{.Version}}\n")
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.AddCommand(p.ls(), p.pixels(), p.render(), p.importing(), p.cases(), p.measure(), p.register(), p.bundle(), p.phantom(), p.demo(), p.bench(), p.benchWindow(), p.trial())
	p.finish(root)
	return root
}

// finish gives a verb and those below it the options that cobra adds, in the user's language.
func (p *program) finish(c *cobra.Command) {
	c.DisableFlagsInUseLine = true // Use names those that matter
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	for _, name := range []string{"help", "version"} {
		if f := c.Flags().Lookup(name); f != nil {
			f.Usage = p.text.T("cli.flag." + name)
		}
	}
	for _, sub := range c.Commands() {
		p.finish(sub)
	}
}

// arguments checks the number of a verb's arguments; most < 0 is no limit.
func (p *program) arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return usageError{errors.New(p.text.T("cli.usage.arguments", c.UseLine()))}
		}
		return nil
	}
}

// group returns a verb that only holds others; called alone or with an unknown one it is wrong usage.
func (p *program) group(use, short string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: p.text.T(short), Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			fmt.Fprintln(p.stderr, p.usage(c))
			if len(args) == 0 {
				return usageError{errors.New(p.text.T("cli.usage.which"))}
			}
			return usageError{errors.New(p.text.T("cli.usage.none", args[0]))}
		},
	}
}
