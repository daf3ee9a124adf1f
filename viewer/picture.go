package viewer

import (
	"slices"
	"sync"
	"time"

	"rachis/dicomio"
	"rachis/dicomio/tag"
	"rachis/viewer/render"
)

// picture is what a worker makes of a slice. It is not changed once it is made.
type picture struct {
	frame *dicomio.Frame
	// header is what is written on the picture of its file's header, by excerpt; empty where that could not be read.
	header *dicomio.DataSet
	// every is how long the file wants the frame to be shown in cine, 0 where it does not say.
	every time.Duration
	// window is the percentile window of this frame alone, zero where the file brings a window or the frame is in colour.
	window dicomio.Window
	// survey is what painting needs to know of all samples.
	survey render.Survey
	// preview is true for a coarse picture that stands in until the frame has come. Its values are none of the file's: nothing is read or
	// measured from it, and it is never kept.
	preview bool
}

// beside is what a picture takes beside its samples and tables: the structs and the excerpt of the header. TestSeriesInMemory measures it.
const beside = 2 << 10

// bytes is what a picture keeps in memory. Tables are counted in each of the pictures that share them, which errs on the safe side.
func (p *picture) bytes() int64 {
	f := p.frame
	n := int64(cap(f.Values))*2 + int64(cap(f.Wide))*4 + int64(cap(f.RGB)) + beside
	for _, o := range f.Overlays {
		n += int64(cap(o.Bits))
	}
	for i := range f.RealWorld {
		n += 8 * int64(cap(f.RealWorld[i].Table))
	}
	if f.Grayscale.ModalityLUT != nil {
		n += 2 * int64(cap(f.Grayscale.ModalityLUT.Values))
	}
	for i := range f.Grayscale.VOILUTs {
		n += 2 * int64(cap(f.Grayscale.VOILUTs[i].Values))
	}
	return n
}

// newPicture makes a picture of a frame; header may be nil.
func newPicture(frame *dicomio.Frame, header *dicomio.DataSet, number int) *picture {
	p := &picture{frame: frame, header: excerpt(header, number), every: fileRate(header), survey: render.SurveyOf(frame)}
	if _, own := render.Own(frame); !own && frame.RGB == nil {
		var h render.Histogram
		h.Add(frame)
		p.window = h.Window()
	}
	return p
}

// excerpted are the attributes that are written on a picture or say how it is shown, and the functional groups that may hold them.
var excerpted = []dicomio.Wanted{
	{Tags: []tag.Tag{tag.PixelAspectRatio, tag.PatientOrientation, tag.MagneticFieldStrength}},
	{Group: tag.PixelMeasuresSequence, Tags: []tag.Tag{tag.SliceThickness}},
	{Group: tag.MRTimingAndRelatedParametersSequence, Tags: []tag.Tag{tag.RepetitionTime}},
	{Group: tag.MREchoSequence, Tags: []tag.Tag{tag.EffectiveEchoTime, tag.EchoTime}},
	{Group: tag.MRModifierSequence, Tags: []tag.Tag{tag.InversionTimes, tag.InversionTime}},
}

// excerpt copies those attributes, for a frame from 0: a header would be a tenth of a slice's samples and more, if each picture kept its own.
func excerpt(header *dicomio.DataSet, frame int) *dicomio.DataSet {
	return header.Excerpt(frame, excerpted)
}

// tables shares equal look-up tables between the pictures of a series, whose files bring one each, of up to 128 KiB. It is safe for concurrent
// use; the zero value is ready.
type tables struct {
	mu   sync.Mutex
	last [4][]uint16 // those seen last
}

// share replaces the tables of a frame that nobody else has yet.
func (t *tables) share(f *dicomio.Frame) {
	if lut := f.Grayscale.ModalityLUT; lut != nil {
		lut.Values = t.known(lut.Values)
	}
	for i := range f.Grayscale.VOILUTs {
		f.Grayscale.VOILUTs[i].Values = t.known(f.Grayscale.VOILUTs[i].Values)
	}
}

func (t *tables) known(values []uint16) []uint16 {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, v := range t.last {
		if slices.Equal(v, values) {
			copy(t.last[1:i+1], t.last[:i])
			t.last[0] = v
			return v
		}
	}
	copy(t.last[1:], t.last[:len(t.last)-1])
	t.last[0] = values
	return values
}

// forget lets go of the tables.
func (t *tables) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = [4][]uint16{}
}
