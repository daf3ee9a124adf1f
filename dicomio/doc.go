// Package dicomio says what is in a DICOM file: it parses hostile bytes, finds frames, decodes them to stored values,
// and indexes folders, CDs, ZIPs and DICOMDIRs as patient, study, series and stack.
package dicomio
