// Package demo does the whole main job on the synthetic lumbar study: it imports it into a library of its own, makes a case with
// findings, hands it over and takes it in again. It needs no display.
package demo
