package report_test

import (
	"regexp"
	"strings"
	"testing"

	"rachis/annotations"
	"rachis/cases/report"
)

// A second pass measures the reader: it stands among the findings under that name, and neither in the table of the levels nor among what is missing.
func TestSecondPassIsNoReading(t *testing.T) {
	in := full(t)
	undecided := regexp.MustCompile(`constatations en attente : [0-9]+`)
	before := undecided.FindAllString(words(t, pagesOf(t, in)[report.IndexPage]), -1)
	second := in.Case.Findings[2]
	second.UID, second.Repeats, second.Decision, second.Suggestion = "2.25.40", second.UID, "", nil
	second.Values = []annotations.Value{{Name: "loss_percent", Value: 77.7, Unit: "%", CI95: 13.6, Method: "DHI7"}}
	in.Case.Findings = append(in.Case.Findings, second)
	text := words(t, pagesOf(t, in)[report.IndexPage])
	if n := strings.Count(text, "77,7"); n != 1 {
		t.Errorf("the second pass stands %d times in French", n)
	}
	if !strings.Contains(text, "seconde mesure") || !strings.Contains(text, "second pass") {
		t.Error("it is not said to be a second pass")
	}
	if after := undecided.FindAllString(text, -1); len(before) == 0 || strings.Join(before, "|") != strings.Join(after, "|") {
		t.Errorf("what is missing was %q, is %q", before, after)
	}
}

// A second pass has no decision of its own and lacks none: nothing says that it is undecided.
func TestASecondPassIsNotUndecided(t *testing.T) {
	in := full(t)
	second := in.Case.Findings[2]
	second.UID, second.Repeats, second.Decision = "2.25.40", second.UID, ""
	count := func() (n int) {
		text := words(t, pagesOf(t, in)[report.IndexPage])
		return strings.Count(text, "Non décidé") + strings.Count(text, "Not decided") + strings.Count(text, "non décidé") + strings.Count(text, "not decided")
	}
	before := count()
	in.Case.Findings = append(in.Case.Findings, second)
	if after := count(); after != before {
		t.Errorf("%d say that they are not decided, %d with a second pass", before, after)
	}
	undecided := second
	undecided.UID, undecided.Repeats = "2.25.41", ""
	in.Case.Findings = append(in.Case.Findings, undecided)
	if after := count(); after <= before {
		t.Error("an undecided finding is not said to be")
	}
	text := words(t, pagesOf(t, in)[report.IndexPage])
	if !strings.Contains(text, "mesure de la main, sans décision") || !strings.Contains(text, "measures the hand, no decision") {
		t.Error("it is not said why it has no decision")
	}
}
