package report

import "errors"

// Pages returns the pages for a browser by their path in the bundle: "INDEX.HTM" shows what the PDF shows, and
// "REPORT/VIEWER.HTM", there when in has series, shows the stacks. Both open from a disk with no network.
func Pages(in Input) (map[string][]byte, error) { return nil, errors.New("report: not built") }

// Readme returns README.TXT of a bundle: UTF-8, lines ended by CR LF, each language whole.
func Readme(in Input) []byte { return nil }
