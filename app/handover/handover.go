// Package handover makes a bundle of a case in the library and takes bundles in, for the window and the command line alike.
package handover
