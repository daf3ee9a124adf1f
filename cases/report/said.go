package report

// Rule writes the rule of a suggestion, which is kept free of language, in the language of t.
func Rule(t Texts, r string) string { return rule(t, line(r)) }

// Warning writes a warning of a suggestion, a code with its arguments, as a sentence in the language of t.
func Warning(t Texts, w string) string { return warning(t, w) }
