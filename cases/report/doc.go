// Package report writes what a case says for people: a PDF, pages for any browser, and the bundle's README. It computes no
// measurement and decides nothing; it shows what the findings hold.
package report
