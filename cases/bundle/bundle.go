// Package bundle writes a case as a bundle that anybody can open, checks bundles, and takes them in.
package bundle
