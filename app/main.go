// Package app wires everything: windows, menus, dialogs, preferences and the command line.
package app

import (
	"fmt"
	"os"

	"rachis/app/cli"
)

// Main runs the program: a verb of the command line, or the desktop window.
func Main() {
	code, launch := cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if launch == nil {
		os.Exit(code)
	}
	if err := Run(*launch); err != nil {
		fmt.Fprintf(os.Stderr, "rachis: %v\n", err)
		os.Exit(1)
	}
}
