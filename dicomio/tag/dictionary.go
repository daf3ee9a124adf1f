package tag

import "github.com/suyashkumar/dicom/pkg/tag"

// Keyword returns the attribute's keyword of PS3.6 ("PatientName"), or "" for an attribute that the dictionary does not have.
// Overlays and curves of any group have the keyword of group 6000 and 5000.
func Keyword(t Tag) string {
	info, ok := find(t)
	if !ok {
		return ""
	}
	return info.Keyword
}

// VRs returns the value representations that the dictionary allows for the attribute, the usual one first, or nil when it does not have it.
// The slice is shared and must not be changed.
func VRs(t Tag) []string {
	info, ok := find(t)
	if !ok {
		return nil
	}
	return info.VRs
}

func find(t Tag) (tag.Info, bool) {
	if t.Private() {
		return tag.Info{}, false
	}
	if t.Element() == 0 && t != FileMetaInformationGroupLength {
		return tag.Info{VRs: groupLength, Keyword: "GroupLength"}, true
	}
	group := t.Group()
	if repeated := group & 0xFF00; repeated == 0x5000 || repeated == 0x6000 {
		group = repeated
	}
	info, err := tag.Find(tag.Tag{Group: group, Element: t.Element()})
	if err != nil || len(info.VRs) == 0 {
		return tag.Info{}, false
	}
	return info, true
}

var groupLength = []string{"UL"}
