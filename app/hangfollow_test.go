package app

import (
	"testing"

	"rachis/viewer"
)

// What is written on a view is of the series in it: it goes where the series goes, and stays right when the preferences are applied, whatever the
// reader has done to the views since.
func TestAHangingsCaptionsFollowTheirSeries(t *testing.T) {
	const current, prior = "SAG T2 [Current · 2026-11-01]", "SAG T2 [Prior 1 · 2024-03-01]"
	for _, c := range []struct {
		name string
		do   func(w *window)
		want string
	}{
		{"swapped", func(w *window) { w.grid.Swap(0, 1) }, prior + " | " + current},
		{"the prior alone", func(w *window) { w.grid.SetActive(1); w.grid.ToggleSingle() }, prior},
		{"alone and back", func(w *window) {
			w.grid.SetActive(1)
			w.grid.ToggleSingle()
			w.applyLook()
			w.grid.ToggleSingle()
		}, current + " | " + prior},
		{"another layout", func(w *window) {
			w.grid.Swap(0, 1)
			w.grid.SetLayout(viewer.Layout{Rows: 1, Columns: 3})
		}, prior + " | " + current + " | -"},
	} {
		w, settle := openedWindow(t, "en")
		w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20240301", sagT2), visit("20261101", sagT2, sagT1))}, nil)
		settle()
		if !w.hang("prior-mr") {
			t.Fatal("it does not fire")
		}
		c.do(w)
		w.applyLook()
		if got := w.views(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Why a view is empty goes with the empty view, too, and changes its language there.
func TestWhyAViewIsEmptyFollowsTheView(t *testing.T) {
	const want = "(Pas de STIR sagittal ou T2 sagittal avec suppression de graisse dans l’examen du 2026-11-01.) | SAG T2 | SAG T1"
	w, settle := openedWindow(t, "en")
	w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20261101", sagT2, sagT1))}, nil)
	settle()
	w.hang("modic")
	w.grid.Swap(0, 2)
	w.prefs.SetString(prefLanguage, "fr")
	w.applyLook()
	if got := w.views(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.applyLook()
	if got := w.views(); got != want {
		t.Errorf("once more: %s", got)
	}
}

// A view that is off the screen while the language changes, behind one that is shown alone or behind tiles, says it in the new one when it comes back.
func TestCaptionsOffScreenChangeTheirLanguage(t *testing.T) {
	for name, hide := range map[string]func(w *window){
		"alone":          func(w *window) { w.grid.SetActive(0); w.grid.ToggleSingle() },
		"a smaller grid": func(w *window) { w.grid.SetLayout(viewer.Layout1x1) },
	} {
		w, settle := openedWindow(t, "en")
		w.opened(source{paths: []string{"/x"}, index: patientOf(visit("20240301", sagT2), visit("20261101", sagT2, sagT1))}, nil)
		settle()
		if !w.hang("prior-mr") {
			t.Fatal("it does not fire")
		}
		hide(w)
		w.prefs.SetString(prefLanguage, "fr")
		w.applyLook()
		if w.grid.Cells() != 1 {
			t.Fatalf("%s: %d views", name, w.grid.Cells())
		}
		w.grid.ToggleSingle()
		w.grid.SetLayout(viewer.Layout{Rows: 1, Columns: 2})
		if got, want := w.views(), "SAG T2 [Actuel · 2026-11-01] | SAG T2 [Antérieur 1 · 2024-03-01]"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
