// Package write makes the DICOM objects that are ours: new instances (images, and later reports, presentation states
// and key objects) and the DICOMDIR of a file-set. An original file is never rewritten; its bytes are copied by others
// and only its header is read here.
package write
