package viewer

import "rachis/dicomio"

// Reason says in the words of a catalogue what keeps a file or an image from being shown, by the kind of the error; false for an error of which only
// its own English words tell. A file that breaks the standard has those beside ours: "its data are damaged" helps nobody to mend it.
func Reason(text func(key string, args ...any) string, err error) (string, bool) {
	switch why, about := dicomio.ReasonOf(err); {
	case why == dicomio.ReasonNone || why == dicomio.ReasonOther:
		return "", false
	case why == dicomio.ReasonUnsupported:
		return text("dicom.reason.unsupported", about), true
	case why == dicomio.ReasonTooLarge && about != "":
		return text("dicom.reason.too-large.size", about), true
	case why == dicomio.ReasonBroken:
		return text("dicom.reason.technical", text("dicom.reason.broken"), dicomio.WithoutPath(err)), true
	default:
		return text("dicom.reason." + string(why)), true
	}
}
