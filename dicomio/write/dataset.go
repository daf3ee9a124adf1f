package write

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/suyashkumar/dicom"
	dtag "github.com/suyashkumar/dicom/pkg/tag"

	"rachis/dicomio/tag"
)

// DataSet is a data set to be written: attributes and their values. The VR of each is the dictionary's. A value is one of
//
//	nil                 an empty value (type 2 attributes; an empty sequence)
//	string, []string    text, in UTF-8, and every other string VR
//	int, []int          binary integers, IS and DS
//	float64, []float64  FL, FD and DS (written as short as they can be read back, at most 16 characters)
//	tag.Tag, []tag.Tag  AT
//	[]byte              OB, OW, UN and Pixel Data, little endian
//	[]uint16            OW and Pixel Data
//	[]DataSet           a sequence's items
//	Typed               any of these with its VR, for private attributes
//
// Order does not matter: Write sorts, at every depth.
type DataSet map[tag.Tag]any

// Typed is a value whose VR is told, for an attribute that the dictionary does not have.
type Typed struct {
	VR    string
	Value any
}

// raw is bytes that are already encoded, copied from another file: text in that file's character set.
type raw struct {
	vr    string
	bytes []byte
}

// encoder turns a DataSet into elements of the library.
type encoder struct {
	charset string
	signed  bool // Pixel Representation is 1: "US or SS" is SS
}

// elements returns the data set's elements in ascending order of tag.
func (e encoder) elements(ds DataSet) ([]*dicom.Element, error) {
	tags := make([]tag.Tag, 0, len(ds))
	for t := range ds {
		tags = append(tags, t)
	}
	slices.Sort(tags)
	out := make([]*dicom.Element, 0, len(tags))
	for _, t := range tags {
		el, err := e.element(t, ds[t])
		if err != nil {
			return nil, fmt.Errorf("%v %s: %w", t, keyword(t), err)
		}
		out = append(out, el)
	}
	return out, nil
}

func library(t tag.Tag) dtag.Tag { return dtag.Tag{Group: t.Group(), Element: t.Element()} }

// keyword returns the attribute's keyword of PS3.6, "" for one that the dictionary does not have.
func keyword(t tag.Tag) string {
	info, err := dtag.Find(library(t))
	if err != nil {
		return ""
	}
	return info.Keyword
}

// vrOf chooses the VR of an attribute for a value.
func (e encoder) vrOf(t tag.Tag, value any) (string, error) {
	info, err := dtag.Find(library(t))
	if err != nil {
		return "", fmt.Errorf("not in the dictionary: give its VR by Typed")
	}
	if len(info.VRs) == 1 {
		return info.VRs[0], nil
	}
	want := "US"
	switch value.(type) {
	case []uint16:
		want = "OW"
	case []byte:
		want = "OB"
		if t != tag.PixelData {
			want = "OW"
		}
	default:
		if e.signed {
			want = "SS"
		}
	}
	if slices.Contains(info.VRs, want) {
		return want, nil
	}
	return info.VRs[0], nil
}

func (e encoder) element(t tag.Tag, value any) (*dicom.Element, error) {
	var vr string
	var err error
	switch v := value.(type) {
	case Typed:
		vr, value = v.VR, v.Value
	case raw:
		vr = v.vr
	default:
		if vr, err = e.vrOf(t, value); err != nil {
			return nil, err
		}
	}
	data, err := e.value(t, vr, value)
	if err != nil {
		return nil, err
	}
	v, err := dicom.NewValue(data)
	if err != nil {
		return nil, err
	}
	lt := library(t)
	el := &dicom.Element{Tag: lt, ValueRepresentation: dtag.GetVRKind(lt, vr), RawValueRepresentation: vr, Value: v}
	if vr == "SQ" {
		// The library closes every sequence by a delimiter, so its length must be undefined.
		el.ValueLength = dtag.VLUndefinedLength
	}
	return el, nil
}

// value returns what the library takes for the VR: []string, []int, []float64, []byte, [][]*Element or PixelDataInfo.
func (e encoder) value(t tag.Tag, vr string, value any) (any, error) {
	if vr == "SQ" {
		return e.items(value)
	}
	if r, ok := value.(raw); ok {
		return []string{string(r.bytes)}, nil
	}
	switch vr {
	case "OB", "OW", "UN":
		b, err := bytesOf(value)
		if err != nil {
			return nil, fmt.Errorf("%w of VR %s", err, vr)
		}
		if len(b)%2 == 1 {
			b = append(slices.Clip(b), 0)
		}
		if t == tag.PixelData {
			return dicom.PixelDataInfo{IntentionallyUnprocessed: true, UnprocessedValueData: b}, nil
		}
		return b, nil
	case "US", "SS", "UL", "SL":
		v, ok := intsOf(value)
		if !ok {
			return nil, fmt.Errorf("%T is no value of VR %s", value, vr)
		}
		low, high := binaryRange(vr)
		for _, x := range v {
			if x < low || x > high {
				return nil, fmt.Errorf("%d does not fit VR %s", x, vr)
			}
		}
		return v, nil
	case "AT":
		return attributeTags(value)
	case "FL", "FD":
		v, ok := floatsOf(value)
		if !ok {
			return nil, fmt.Errorf("%T is no value of VR %s", value, vr)
		}
		return v, finite(v)
	}
	return e.strings(vr, value)
}

func (e encoder) items(value any) (any, error) {
	var items []DataSet
	if value != nil {
		var ok bool
		if items, ok = value.([]DataSet); !ok {
			return nil, fmt.Errorf("%T is no value of VR SQ", value)
		}
	}
	out := make([][]*dicom.Element, len(items))
	for i, it := range items {
		els, err := e.elements(it)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		out[i] = els
	}
	return out, nil
}

// strings returns the one string that the values make, encoded.
func (e encoder) strings(vr string, value any) (any, error) {
	values, err := stringsOf(vr, value)
	if err != nil {
		return nil, err
	}
	for i, s := range values {
		if err := checkString(vr, s); err != nil {
			return nil, err
		}
		if isText(vr) {
			values[i] = encodeText(s, e.charset)
		}
	}
	if !oneLine(vr) && len(values) > 1 {
		return nil, fmt.Errorf("VR %s has one value, not %d", vr, len(values))
	}
	joined := strings.Join(values, `\`)
	if n := len(joined) + len(joined)%2; n > math.MaxUint16-1 && vr != "UC" && vr != "UT" && vr != "UR" {
		return nil, fmt.Errorf("%d bytes do not fit VR %s", n, vr)
	}
	return []string{joined}, nil
}

func stringsOf(vr string, value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []string:
		return slices.Clone(v), nil
	}
	if vr == "IS" || vr == "DS" {
		if v, ok := intsOf(value); ok {
			out := make([]string, len(v))
			for i, x := range v {
				out[i] = strconv.Itoa(x)
			}
			return out, nil
		}
	}
	if v, ok := floatsOf(value); ok && vr == "DS" {
		out := make([]string, len(v))
		for i, x := range v {
			out[i] = Decimal(x)
		}
		return out, finite(v)
	}
	return nil, fmt.Errorf("%T is no value of VR %s", value, vr)
}

// Decimal returns x as a Decimal String: at most 16 characters, the fewest digits that give x back, or as many as fit
// (PS3.5 6.2). x must be finite.
func Decimal(x float64) string {
	if x == 0 {
		return "0"
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if len(s) <= 16 {
		return s
	}
	// A plain number is read by every reader; an exponent is for what would lose its digits.
	best := strconv.FormatFloat(x, 'g', -1, 64)
	for p := 16; len(best) > 16 && p > 0; p-- {
		best = strconv.FormatFloat(x, 'g', p, 64)
	}
	return best
}

func bytesOf(value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return []byte{}, nil
	case []byte:
		return v, nil
	case []uint16:
		b := make([]byte, 2*len(v))
		for i, x := range v {
			binary.LittleEndian.PutUint16(b[2*i:], x)
		}
		return b, nil
	}
	return nil, fmt.Errorf("%T is no value", value)
}

func intsOf(value any) ([]int, bool) {
	switch v := value.(type) {
	case nil:
		return []int{}, true
	case int:
		return []int{v}, true
	case []int:
		return slices.Clone(v), true
	}
	return nil, false
}

func floatsOf(value any) ([]float64, bool) {
	switch v := value.(type) {
	case nil:
		return []float64{}, true
	case float64:
		return []float64{v}, true
	case []float64:
		return slices.Clone(v), true
	}
	return nil, false
}

func finite(v []float64) error {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%v is not a number that can be written", x)
		}
	}
	return nil
}

func binaryRange(vr string) (low, high int) {
	switch vr {
	case "US":
		return 0, math.MaxUint16
	case "SS":
		return math.MinInt16, math.MaxInt16
	case "UL":
		return 0, math.MaxUint32
	}
	return math.MinInt32, math.MaxInt32
}

// attributeTags returns groups and elements in turn, as the library writes AT.
func attributeTags(value any) (any, error) {
	var tags []tag.Tag
	switch v := value.(type) {
	case nil:
	case tag.Tag:
		tags = []tag.Tag{v}
	case []tag.Tag:
		tags = v
	default:
		return nil, fmt.Errorf("%T is no value of VR AT", value)
	}
	out := []int{}
	for _, t := range tags {
		out = append(out, int(t.Group()), int(t.Element()))
	}
	return out, nil
}
