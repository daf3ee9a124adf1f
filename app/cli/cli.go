package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"rachis/app/lang"
)

// Version is the version that the program and what it writes bear.
const Version = "0.1.0"

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
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	text    lang.Catalog
	library string
	json    bool
	launch  *Launch
}

// Main runs the command line. It returns the exit code, or a Launch when the desktop window is to be started.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (int, *Launch) {
	language := languageOf(args)
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, text: lang.In(language)}
	root := p.root(args, language)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
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
	default:
		fmt.Fprintf(stderr, "rachis: %v\n", err)
		return exitPartial, nil
	}
}

// languageOf finds the language before the command line is parsed, since its help is in that language too.
func languageOf(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	for _, name := range []string{"RACHIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "en"
}

func (p *program) root(args []string, language string) *cobra.Command {
	root := &cobra.Command{
		Use:           "rachis [PATH...]",
		Short:         p.text.T("cli.root.short"),
		Long:          p.text.T("cli.root.long"),
		Version:       Version,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(_ *cobra.Command, paths []string) error {
			p.launch = &Launch{Library: p.libraryFlag(), Paths: paths, Lang: explicitLanguage(args)}
			return nil
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().StringVar(&p.library, "library", "", p.text.T("cli.flag.library"))
	root.PersistentFlags().String("lang", language, p.text.T("cli.flag.lang"))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SetUsageTemplate(p.usageTemplate())
	root.SetVersionTemplate("rachis {{.Version}}\n")
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.AddCommand(p.ls(), p.pixels(), p.render(), p.importing(), p.cases(), p.measure(), p.bundle(), p.phantom(), p.demo())
	for _, c := range root.Commands() {
		translateHelpFlag(p, c)
	}
	translateHelpFlag(p, root)
	return root
}

func translateHelpFlag(p *program, c *cobra.Command) {
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = p.text.T("cli.flag.help")
	}
	c.InitDefaultVersionFlag()
	if f := c.Flags().Lookup("version"); f != nil {
		f.Usage = p.text.T("cli.flag.version")
	}
	for _, sub := range c.Commands() {
		translateHelpFlag(p, sub)
	}
}

// explicitLanguage returns the language that was asked for on the command line, "" when none was.
func explicitLanguage(args []string) string {
	for _, a := range args {
		if strings.HasPrefix(a, "--lang") {
			return lang.In(languageOf(args)).Language()
		}
	}
	return ""
}

func (p *program) usageTemplate() string {
	t := p.text.T
	return t("cli.usage.usage") + `
  {{.UseLine}}{{if .HasAvailableSubCommands}}

` + t("cli.usage.verbs") + `{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

` + t("cli.usage.flags") + `
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

` + t("cli.usage.global") + `
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
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
		RunE: func(c *cobra.Command, _ []string) error {
			return usageError{errors.New(p.text.T("cli.usage.arguments", c.UseLine()))}
		},
	}
}

// complain says on stderr what could not be done with one thing.
func (p *program) complain(err error) { fmt.Fprintf(p.stderr, "rachis: %v\n", err) }

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
