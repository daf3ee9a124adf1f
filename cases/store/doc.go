// Package store keeps the library: the DICOM files, unchanged and named by their content, and an embedded database with
// the cases, their dossiers, their findings and the journal of every edit. It is the only place that writes them.
package store
