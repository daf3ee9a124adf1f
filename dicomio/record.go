package dicomio

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"rachis/dicomio/space"
	"rachis/dicomio/tag"
)

// record is what an index keeps of one file.
type record struct {
	instance *Instance
	patient  identity
	study    Study
	series   seriesHeader
	// frames has an item for each frame whose geometry may differ, or one for all of them.
	frames []frameRecord
	// print is a hash of the bytes that were read for the header.
	print uint64
}

// fingerprints is the seed of all prints: they are compared within a process only.
var fingerprints = maphash.MakeSeed()

// identity is what tells patients apart.
type identity struct{ id, issuer, name, birth, sex string }

type seriesHeader struct {
	uid, modality, description, bodyPart, laterality, protocol, frameOfReference string
	number                                                                       int
}

// frameRecord is where a frame lies, and what it has in common with others.
type frameRecord struct {
	plane       space.Plane
	orientation orientation
	oriented    bool
	traits      *traits
}

// traits are what many frames have in common.
type traits struct {
	frameOfReference string
	calibration      Calibration
	weighted         weighted
	view, viewSource string
	projection       string
	split            [splits]string
}

// Attributes by which the frames of one orientation and size may be of several stacks, in the order in which they are tried.
const (
	splitKind      = iota // magnitude, phase, ...
	splitEcho             // echo time
	splitB                // b-value
	splitDirection        // of diffusion
	splitTime             // temporal position
	splitStack            // StackID
	splitAcquisition
	splitTrigger
	splits
)

// splitNames begin the description of a stack.
var splitNames = [splits]string{splitKind: "", splitEcho: "TE ", splitB: "b ", splitDirection: "direction ", splitTime: "time ",
	splitStack: "stack ", splitAcquisition: "acquisition ", splitTrigger: "trigger "}

// maxFrames is how many frames of one file are indexed.
const maxFrames = 1 << 16

// extractor makes records. It keeps each text once. It is for one goroutine.
type extractor struct {
	scratch  Scratch
	texts    map[string]string
	readings map[string]reading
	traits   map[traits]*traits
}

func newExtractor() *extractor {
	return &extractor{texts: map[string]string{}, readings: map[string]reading{}, traits: map[traits]*traits{}}
}

// maxInterned is how many texts are kept to be used again.
const maxInterned = 1 << 15

func (x *extractor) intern(v []byte) string {
	if s, ok := x.texts[string(v)]; ok {
		return s
	}
	s := string(v)
	x.remember(s)
	return s
}

func (x *extractor) remember(s string) {
	if len(x.texts) >= maxInterned {
		clear(x.texts)
	}
	x.texts[s] = s
}

// text is DataSet.Text without an allocation for what was seen before.
func (x *extractor) text(d *DataSet, t tag.Tag) string {
	e := d.find(t)
	if e == nil {
		return ""
	}
	v := d.raw(e)
	if len(v) == 0 {
		return ""
	}
	for _, c := range v {
		if c >= 0x7F || c < ' ' && c != 0 { // another character set, or an escape to one
			return d.Text(t)
		}
	}
	if e.vr.info().word > 1 {
		return d.Text(t)
	}
	if i := bytes.IndexByte(v, '\\'); i >= 0 {
		v = v[:i]
	}
	v = trimBytes(v)
	if bytes.IndexByte(v, 0) >= 0 {
		return d.Text(t)
	}
	return x.intern(v)
}

func (x *extractor) record(f *File, size int64) *record {
	d := f.DataSet
	in := &Instance{
		Location:       f.Location,
		SOPInstanceUID: d.Text(tag.SOPInstanceUID),
		SOPClassUID:    x.text(d, tag.SOPClassUID),
		TransferSyntax: x.intern([]byte(f.TransferSyntax)),
		HasPixels:      f.HasPixels(),
		Size:           size,
		Warnings:       f.Warnings,
	}
	in.InstanceNumber, _ = d.Int(tag.InstanceNumber)
	r := &record{
		instance: in,
		patient: identity{x.text(d, tag.PatientID), x.text(d, tag.IssuerOfPatientID), x.text(d, tag.PatientName),
			knownDate(x.text(d, tag.PatientBirthDate)), x.text(d, tag.PatientSex)},
		study: Study{UID: x.text(d, tag.StudyInstanceUID), Date: knownDate(x.text(d, tag.StudyDate)), Time: x.text(d, tag.StudyTime),
			Description: x.text(d, tag.StudyDescription), Accession: x.text(d, tag.AccessionNumber),
			Institution: x.text(d, tag.InstitutionName), ReferringPhysician: x.text(d, tag.ReferringPhysicianName)},
		series: seriesHeader{uid: x.text(d, tag.SeriesInstanceUID), modality: x.text(d, tag.Modality), description: x.text(d, tag.SeriesDescription),
			bodyPart: x.text(d, tag.BodyPartExamined), laterality: x.text(d, tag.Laterality), protocol: x.text(d, tag.ProtocolName),
			frameOfReference: x.text(d, tag.FrameOfReferenceUID)},
	}
	r.series.number, _ = d.Int(tag.SeriesNumber)
	if d.bytes != nil {
		r.print = maphash.Bytes(fingerprints, d.bytes.buf)
	}
	if rows, ok := d.Int(tag.Rows); ok && rows > 0 {
		in.Rows = rows
	}
	if columns, ok := d.Int(tag.Columns); ok && columns > 0 {
		in.Columns = columns
	}
	if !in.HasPixels {
		if f.damage != nil {
			in.cannotDecode(f.damage)
		}
		return r
	}
	x.pixels(f, r)
	return r
}

// cause is an error without the path of the file that it is listed with.
func cause(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.short()
	}
	return err.Error()
}

// pixels counts the frames and says whether they can be shown, as far as the header tells.
func (x *extractor) pixels(f *File, r *record) {
	in := r.instance
	in.Frames = 1
	if reason := Undecodable(f.TransferSyntax); reason != "" && f.pixels.length < 0 && transferSyntaxNames[f.TransferSyntax] != "" {
		// Of a syntax that nobody knows the frames themselves tell, when they are read.
		in.cannotDecode(&Error{Tag: tag.TransferSyntaxUID, Offset: -1, Err: UnsupportedError(reason)})
	}
	h, _, err := f.imageHeader()
	switch {
	case err != nil:
		in.cannotDecode(err)
	case f.pixels.length >= 0:
		f.index.once.Do(func() {
			f.index.header = h
			f.countNative()
		})
		in.Frames = max(1, f.index.count)
		if f.index.count < 1 {
			in.cannotDecode(&Error{Tag: f.pixels.tag, Offset: f.pixels.element, Err: fmt.Errorf("there is pixel data for 0 of %d frames: %w", h.frames, ErrTruncated)})
		}
		in.Warnings = append(slices.Clip(in.Warnings), f.index.warnings...)
	default:
		// Each frame has a fragment of its own, and each fragment 8 bytes at least.
		in.Frames = h.frames
		if f.deflated == 0 {
			in.Frames = int(min(int64(in.Frames), max(1, (f.pixels.size-f.pixels.start)/8)))
		}
	}
	if in.Frames > maxFrames {
		in.Warnings = append(in.Warnings, "it has more frames than an index holds; the first are shown")
		in.Frames = maxFrames
	}
	x.geometry(f.DataSet, r)
}

// geometry reads where the frames lie.
func (x *extractor) geometry(d *DataSet, r *record) {
	n := 1
	perFrame := d.Has(tag.PerFrameFunctionalGroupsSequence)
	if in := r.instance; in.Frames > 1 && perFrame {
		n = in.Frames
	}
	view, viewSource := x.viewOf(d)
	side := x.projectionOf(d)
	r.frames = make([]frameRecord, n)
	var last *traits
	odd := ""
	for i := range r.frames {
		o, oriented := orientationOf(d, i)
		f := frameRecord{orientation: o, oriented: oriented}
		// Where there are several frames and one position, it is that of the first at best.
		at, positioned := positionOf(d, i)
		if odd == "" && !oriented {
			odd = nonsense(d.InFrame(i, tag.PlaneOrientationSequence), tag.ImageOrientationPatient, "orientation")
		}
		if odd == "" && !positioned {
			odd = nonsense(d.InFrame(i, tag.PlanePositionSequence), tag.ImagePositionPatient, "position")
		}
		if positioned && oriented && (perFrame || r.instance.Frames == 1) {
			var c Calibration
			f.plane = space.Plane{Origin: at, Along: o.along, Down: o.down, Spacing: c.spacing(d.InFrame(i, tag.PixelMeasuresSequence), tag.PixelSpacing)}
		}
		t := traits{frameOfReference: r.series.frameOfReference, calibration: CalibrationOf(d, i), weighted: x.weightingOf(d, i), view: view, viewSource: viewSource, projection: side,
			split: x.splitsOf(d, i, r.series.modality)}
		if last == nil || *last != t {
			last = x.sharedTraits(t)
		}
		f.traits = last
		r.frames[i] = f
	}
	for _, w := range []string{odd, r.frames[0].traits.calibration.Warning} {
		if w != "" {
			r.instance.Warnings = append(slices.Clip(r.instance.Warnings), w)
		}
	}
}

// nonsense says that an attribute is there and makes no sense, "" when it is not there.
func nonsense(d *DataSet, t tag.Tag, what string) string {
	value := strings.Join(d.Texts(t), "\\")
	if strings.Trim(value, "\\ ") == "" {
		return ""
	}
	return fmt.Sprintf("%s is %s, which is no %s", named(t), quoted(value), what)
}

func (x *extractor) sharedTraits(t traits) *traits {
	if old := x.traits[t]; old != nil {
		return old
	}
	if len(x.traits) >= maxInterned {
		clear(x.traits)
	}
	x.traits[t] = &t
	return &t
}

// splitsOf reads what may tell stacks of one orientation apart.
func (x *extractor) splitsOf(d *DataSet, frame int, modality string) (out [splits]string) {
	kind := d.InFrame(frame, tag.MRImageFrameTypeSequence)
	list := kind.Texts(tag.FrameType)
	if len(list) == 0 {
		list = d.Texts(tag.ImageType)
	}
	if len(list) > 2 {
		out[splitKind] = x.joined(list[2:])
	}
	if c := x.text(kind, tag.ComplexImageComponent); c != "" {
		out[splitKind] = c + " " + out[splitKind]
	}
	content := d.InFrame(frame, tag.FrameContentSequence)
	out[splitAcquisition] = x.text(content, tag.FrameAcquisitionNumber)
	if out[splitAcquisition] == "" {
		out[splitAcquisition] = x.text(d, tag.AcquisitionNumber)
	}
	if out[splitTime] = x.text(content, tag.TemporalPositionIndex); out[splitTime] == "" {
		out[splitTime] = x.text(d, tag.TemporalPositionIdentifier)
	}
	if content != d {
		out[splitStack] = x.text(content, tag.StackID)
	}
	out[splitTrigger] = x.text(d, tag.TriggerTime)
	if modality != "MR" {
		return out
	}
	echo := d.InFrame(frame, tag.MREchoSequence)
	if out[splitEcho] = x.text(echo, tag.EffectiveEchoTime); out[splitEcho] == "" {
		out[splitEcho] = x.text(echo, tag.EchoTime)
	}
	diffusion := d.InFrame(frame, tag.MRDiffusionSequence)
	out[splitB] = x.text(diffusion, tag.DiffusionBValue)
	if v := diffusion.Texts(tag.DiffusionGradientOrientation); len(v) > 0 {
		out[splitDirection] = x.joined(v)
	}
	return out
}

func (x *extractor) joined(list []string) string {
	var b []byte
	for _, s := range list {
		if s == "" {
			continue
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, s...)
	}
	return x.intern(b)
}
