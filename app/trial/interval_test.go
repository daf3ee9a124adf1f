package trial_test

import (
	"strings"
	"testing"

	"rachis/app/trial"
)

// Error bars are honest: the true value lies within the printed 95 % interval in at least 93 % of 200 repetitions, and not nearly always
// either. At one place alone chance moves 200 repetitions by 3 points: there 5,000 are asked.
func TestIntervalsAreHonest(t *testing.T) {
	x, err := trial.Intervals(t.Context(), trial.IntervalOptions{Seed: 1, N: 200})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(x.Quantities(), " "); got != "loss_percent dhi height_anterior_mm translation_mm translation_percent rotation_procrustes_deg rotation_deg" {
		t.Errorf("tried: %s", got)
	}
	for _, what := range x.Quantities() {
		if y := x.Pooled(what); y.Part() < 0.93 || y.Part() > 0.985 {
			t.Errorf("%s: %d of %d", what, y.Inside, y.N)
		}
	}
	if testing.Short() {
		t.Skip("5,000 repetitions")
	}
	x, err = trial.Intervals(t.Context(), trial.IntervalOptions{Seed: 2, N: 5000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range x.Rows {
		if c.Part() < 0.93 || c.Part() > 0.985 {
			t.Errorf("%s, %s: %d of %d", c.What, c.Where, c.Inside, c.N)
		}
	}
	// A hand that errs twice as much as the intervals are told is found out.
	x, err = trial.Intervals(t.Context(), trial.IntervalOptions{Seed: 2, N: 300, Hand: 0.5, Told: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range x.Quantities() {
		if y := x.Pooled(what); y.Part() > 0.8 {
			t.Errorf("%s: %d of %d within intervals that are half as wide as they should be", what, y.Inside, y.N)
		}
	}
}
