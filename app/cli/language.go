package cli

import (
	"errors"
	"os"
	"slices"
	"strings"

	"rachis/app/lang"
)

// languageOf finds the language of messages before the command line is parsed, since its help is in that language too, and
// whether the command line asks for it.
func languageOf(args []string) (language string, asked bool) {
	if v, ok := lastLang(args[:ofMessages(args)]); ok {
		return v, true
	}
	for _, name := range []string{"RACHIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v, false
		}
	}
	return "en", false
}

// lastLang is the value of the last --lang.
func lastLang(args []string) (value string, ok bool) {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, found := strings.CutPrefix(a, "--lang="); found {
			value, ok = v, true
		} else if a == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
	}
	return value, ok
}

// ofMessages is how many of the arguments can speak of the language of messages: all, but with "bundle export" those before
// "export": after it, --lang is the languages of the report.
func ofMessages(args []string) int {
	verb := 0
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			return len(args)
		case a == "--library" || a == "--lang":
			i++ // its value is no verb
		case strings.HasPrefix(a, "-"):
		case verb == 0 && a == "bundle":
			verb++
		case verb == 1 && a == "export":
			return i
		default:
			return len(args)
		}
	}
	return len(args)
}

// spoken reports whether a language tag is of a language that every text exists in.
func spoken(tag string) bool {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	base, _, _ = strings.Cut(base, "_")
	return slices.Contains(lang.Languages, base)
}

// explicitLanguage returns the language that was asked for on the command line, "" when none was.
func (p *program) explicitLanguage() string {
	if v, asked := languageOf(p.args); asked {
		return lang.In(v).Language()
	}
	return ""
}

// languagesType is the type of the option that takes several languages.
const languagesType = "languages"

// languages is the option --lang of a verb that writes reports: "fr,en". Its zero value is the default, both.
type languages []string

func (l *languages) Type() string   { return languagesType }
func (l *languages) String() string { return strings.Join(*l, ",") }

// Set takes anything: a --lang before the verb is given to it too, which of is for.
func (l *languages) Set(string) error { return nil }

// reportLanguages are the languages that were asked for after the verb, French and English when none were.
func (p *program) reportLanguages() (languages, error) {
	list, ok := lastLang(p.args[ofMessages(p.args):])
	if !ok {
		return languages{"fr", "en"}, nil
	}
	var out languages
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if !spoken(tag) {
			return nil, usageError{errors.New(p.text.T("cli.bundle.lang", list))}
		}
		if l := lang.In(tag).Language(); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out, nil
}
