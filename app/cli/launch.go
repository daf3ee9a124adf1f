// Package cli is the command line: the verbs that do headlessly what the window does. It needs no display and does
// not import Fyne.
package cli

import "rachis/app/bench"

// Launch says how the desktop window is to start.
type Launch struct {
	Library string   // library folder, "" for the platform's default
	Paths   []string // files, folders, ZIPs, DICOMDIRs or bundles to open
	CaseID  string   // case to open at once, "" for none
	Lang    string   // "fr", "en", or "" for the system's
	// Measure is what the window is opened for when it is to measure itself, nil otherwise.
	Measure *bench.Window
}
