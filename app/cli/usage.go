package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// metavars name what an option takes, where its name alone does not say it; they are the same in every language, as the options are.
var metavars = map[string]string{
	"library": "DIR", "lang": "fr|en", "output": "PATH", "landmarks": "FILE", "flexion": "FILE", "extension": "FILE", "from": "FILE", "study": "UID", "patient": "ID",
	"author": "NAME", "reviewer": "NAME", "title": "TEXT", "window": "C,W", "size": "WxH", "frame": "N", "seed": "N", "noise": "SIGMA", "passes": "N", "inputs": "DIR",
}

// usage is how a verb is called. Cobra's own has English words in it.
func (p *program) usage(c *cobra.Command) string {
	var b strings.Builder
	t := p.text.T
	fmt.Fprintf(&b, "%s\n  %s\n", t("cli.usage.usage"), c.UseLine())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", t("cli.usage.verbs"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-10s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	for _, part := range []struct {
		title string
		flags *pflag.FlagSet
	}{{"cli.usage.flags", c.LocalFlags()}, {"cli.usage.global", c.InheritedFlags()}} {
		if part.flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\n%s\n%s", t(part.title), flagLines(part.flags))
		}
	}
	return b.String()
}

// help is what --help prints: what the verb is for, then how it is called.
func (p *program) help(c *cobra.Command, _ []string) {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	fmt.Fprintf(p.stdout, "%s\n\n%s", text, p.usage(c)) // it was asked for, so it is a result
}

// flagLines is a line for each option: its names, what it takes, what it does.
func flagLines(flags *pflag.FlagSet) string {
	var names, texts []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if f.NoOptDefVal == "" {
			name += " " + metavar(f)
		}
		width = max(width, len(name))
		names, texts = append(names, name), append(texts, f.Usage)
	})
	var b strings.Builder
	for i, name := range names {
		fmt.Fprintf(&b, "%-*s   %s\n", width, name, texts[i])
	}
	return b.String()
}

func metavar(f *pflag.Flag) string {
	if f.Value.Type() == languagesType {
		return "fr,en"
	}
	if name, ok := metavars[f.Name]; ok {
		return name
	}
	return "VALUE"
}

// wrongFlag says in the user's language what is wrong with an option.
func (p *program) wrongFlag(_ *cobra.Command, err error) error {
	var absent *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &absent) && absent.GetSpecifiedShortnames() != "":
		err = errors.New(p.text.T("cli.usage.unknown", "-"+absent.GetSpecifiedName()))
	case errors.As(err, &absent):
		err = errors.New(p.text.T("cli.usage.unknown", "--"+absent.GetSpecifiedName()))
	case errors.As(err, &bare):
		err = errors.New(p.text.T("cli.usage.bare", "--"+bare.GetFlag().Name, metavar(bare.GetFlag())))
	case errors.As(err, &invalid):
		err = errors.New(p.text.T("cli.usage.value", "--"+invalid.GetFlag().Name, metavar(invalid.GetFlag()), invalid.GetValue()))
	}
	return usageError{err}
}

// either refuses two options that exclude each other.
func (p *program) either(c *cobra.Command, a, b string) error {
	if c.Flags().Changed(a) && c.Flags().Changed(b) {
		return usageError{errors.New(p.text.T("cli.usage.either", "--"+a, "--"+b))}
	}
	return nil
}
