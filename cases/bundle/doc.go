// Package bundle hands a case over and takes one in: a folder or a ZIP with the original DICOM files and their DICOMDIR,
// the pages that show it, and the whole case without loss, under a manifest that a changed byte anywhere breaks.
//
// The layout, every name in capitals and 8.3, as the media profile of IHE PDI wants it:
//
//	DICOMDIR
//	README.TXT INDEX.HTM REPORT/...         what Contents.Files holds
//	DICOM/PT000001/ST000001/SE000001/IM...  the originals, as the DICOMDIR lists them
//	DICOM/OTHER/OT000001                    originals that a DICOMDIR cannot list
//	SPINEREV/ANNOT.JSN                      the case: the JSON of cases.Case
//	SPINEREV/BUNDLE.JSN                     what the bundle is: see Description
//	SPINEREV/MANIFEST.SHA                   sha256sum's list of every other file
//
// A ZIP holds the same files, stored, in the order of their names, with BUNDLE.JSN and MANIFEST.SHA at the end; nothing in
// it but the files' bytes is free to vary, so that a reader can hold it to that form byte for byte.
//
// The sums find what was damaged or changed by accident. Whoever means to deceive can write a new bundle with right sums:
// against that only a signature helps, and this format has none yet.
package bundle
