package report

import "strings"

// Readme returns README.TXT of a bundle: UTF-8, lines ended by CR LF, each language whole. It names nobody but who made
// the bundle: it is the file that is read by those who should not have it.
func Readme(in Input) []byte {
	var b strings.Builder
	for i, t := range in.Languages {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", 78) + "\n\n")
		}
		say := func(key string, args ...any) string { return t.T("report.readme."+key, args...) }
		b.WriteString(say("title") + "\n\n")
		para(&b, say("what"))
		b.WriteString(say("open") + "\n\n")
		for _, key := range []string{"open.zip", "open.page"} {
			item(&b, say(key))
		}
		if len(in.Series) > 0 {
			item(&b, say("open.viewer"))
		}
		if in.PDF != "" {
			item(&b, say("open.pdf"))
		}
		if len(in.Pictures) > 0 {
			item(&b, say("open.pictures"))
		}
		for _, key := range []string{"open.dicom", "open.rachis", "check"} {
			item(&b, say(key))
		}
		b.WriteString("\n")
		made := say("made", line(in.Product), moment(t, in.Date))
		if a := line(in.Author); a != "" {
			made += " " + say("contact", a)
		}
		para(&b, made)
		para(&b, t.T("report.disclaimer"))
	}
	return []byte(strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\r\n"))
}

func para(b *strings.Builder, text string) { fill(b, text, "", ""); b.WriteString("\n") }
func item(b *strings.Builder, text string) { fill(b, text, "- ", "  ") }

// fill sets text in lines of at most 78 characters.
func fill(b *strings.Builder, text, first, others string) {
	const width = 78
	at := len(first)
	b.WriteString(first)
	begun := false
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		n := len([]rune(word))
		switch {
		case !begun:
		case at+1+n > width:
			b.WriteString("\n" + others)
			at = len(others)
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
		begun = true
	}
	b.WriteString("\n")
}
