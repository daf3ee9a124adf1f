package dicomio

import "rachis/dicomio/tag"

// Wanted are attributes of a header that are to be kept: of its top, or of a functional group, which Group names by its sequence.
type Wanted struct {
	Group tag.Tag // 0 for the top
	Tags  []tag.Tag
}

// longestExcerpt is how many bytes of a value are kept; a longer one is left out.
const longestExcerpt = 256

// Excerpt copies what is wanted, for a frame from 0, to the top of a data set of its own. A header takes tens of kilobytes, and that of a file of many
// frames some megabytes.
func (d *DataSet) Excerpt(frame int, wanted []Wanted) *DataSet {
	var kept []Element
	for _, w := range wanted {
		in := d
		if w.Group != 0 {
			in = d.InFrame(frame, w.Group)
		}
		for _, t := range w.Tags {
			if v, ok := in.Element(t); ok && len(v.Value) <= longestExcerpt {
				kept = append(kept, v)
			}
		}
	}
	return NewDataSet(kept...)
}
