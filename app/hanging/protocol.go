package hanging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Version is the version of the form of protocols that this package reads and writes.
const Version = 1

// Limits of a protocol.
const (
	MostBytes  = 64 << 10 // of a file
	MostViews  = 16
	mostText   = 120 // characters of a name or a description
	mostValues = 16  // of one attribute, and rules of one view
	mostPriors = 9
)

// Protocol is one hanging protocol: a layout, and rules for what each view shows. It is a value that nobody changes once it is made.
type Protocol struct {
	Version int      `json:"rachis_hanging"`
	ID      string   `json:"id"`
	Name    Name     `json:"name"`
	Layout  Layout   `json:"layout"`
	Views   []View   `json:"views"`
	Links   *Links   `json:"links,omitempty"`
	Opening *Opening `json:"opening,omitempty"`
}

// Name is what people call a protocol.
type Name struct {
	English string `json:"en,omitempty"`
	French  string `json:"fr,omitempty"`
}

// In returns the name in a language, "fr" or another; that of the other language where there is only that.
func (n Name) In(language string) string {
	if language == "fr" && n.French != "" || n.English == "" {
		return n.French
	}
	return n.English
}

// Layout is how the views lie.
type Layout struct {
	Rows    int    `json:"rows"`
	Columns int    `json:"columns"`
	Lead    string `json:"lead,omitempty"` // "left", "top" or ""
	Tiled   bool   `json:"tiled,omitempty"`
}

// Cells is how many views the layout has.
func (l Layout) Cells() int {
	switch l.Lead {
	case "left":
		return 1 + l.Rows*(l.Columns-1)
	case "top":
		return 1 + (l.Rows-1)*l.Columns
	}
	return l.Rows * l.Columns
}

// View is what one view shows.
type View struct {
	Series   []Rule  `json:"series"`
	Prior    int     `json:"prior,omitempty"`
	Required bool    `json:"required,omitempty"`
	Slice    string  `json:"slice,omitempty"`
	Window   *Window `json:"window,omitempty"`
}

// Rule is what a series must be. The zero value takes any.
type Rule struct {
	Modality    []string `json:"modality,omitempty"`
	Plane       []string `json:"plane,omitempty"`
	Weighting   []string `json:"weighting,omitempty"`
	Fat         string   `json:"fat,omitempty"`
	Position    []string `json:"position,omitempty"`
	Projection  []string `json:"projection,omitempty"`
	Description []string `json:"description,omitempty"`
	Images      *Range   `json:"images,omitempty"`
}

// Range is a number of images, both ends included; 0 leaves an end open.
type Range struct {
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}

// Window is how values become grey at first: one of its three forms.
type Window struct {
	Preset     string  `json:"preset,omitempty"`
	Percentile bool    `json:"percentile,omitempty"`
	Center     float64 `json:"center,omitempty"`
	Width      float64 `json:"width,omitempty"`
}

// Links are the switches that a protocol sets; nil leaves one as it is.
type Links struct {
	Scroll    *bool `json:"scroll,omitempty"`
	Pan       *bool `json:"pan,omitempty"`
	Zoom      *bool `json:"zoom,omitempty"`
	Window    *bool `json:"window,omitempty"`
	Localiser *bool `json:"localiser,omitempty"`
}

// Opening says when a protocol is tried without being asked for.
type Opening struct {
	Alone    bool     `json:"alone,omitempty"`
	Priority int      `json:"priority,omitempty"` // the higher ones first, until the user orders them
	Modality []string `json:"modality,omitempty"` // of the study that is opened; none for any
}

// The values of attributes that a protocol may name.
var (
	planes      = []string{"SAG", "COR", "AX", "OBL"}
	weightings  = []string{"T1", "T2", "STIR", "PD"}
	positions   = []string{"FLEXION", "EXTENSION", "NEUTRAL", Unstated}
	projections = []string{"LATERAL", "FRONTAL", "OBLIQUE"}
	presets     = []string{"spine", "soft", "bone", "vertebra", "lung", "brain"}
)

// Unstated is the position of an image that says none.
const Unstated = "UNSTATED"

// Parse reads a protocol. Its error says what is wrong with the file.
func Parse(data []byte) (Protocol, error) {
	var p Protocol
	if len(data) > MostBytes {
		return p, fmt.Errorf("hanging: %d bytes, more than the %d that a protocol may have", len(data), MostBytes)
	}
	if !utf8.Valid(data) {
		return p, errors.New("hanging: the file is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Protocol{}, fmt.Errorf("hanging: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Protocol{}, errors.New("hanging: something stands behind the protocol")
	}
	if err := p.Check(); err != nil {
		return Protocol{}, err
	}
	return p, nil
}

// Format writes a protocol as a file has it.
func Format(p Protocol) ([]byte, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("hanging: %w", err)
	}
	return append(data, '\n'), nil
}

// Check holds a protocol to the form that the package's documentation describes.
func (p Protocol) Check() error {
	wrong := func(format string, args ...any) error { return fmt.Errorf("hanging: "+format, args...) }
	l := p.Layout
	switch {
	case p.Version != Version:
		return wrong("rachis_hanging is %d, and this version of Rachis reads %d", p.Version, Version)
	case !ValidID(p.ID):
		return wrong("id %q: small letters, digits and -, from 1 to 64", p.ID)
	case p.Name.English == "" && p.Name.French == "":
		return wrong("there is no name")
	case !line(p.Name.English) || !line(p.Name.French):
		return wrong("a name is longer than %d characters or not one line of text", mostText)
	case l.Rows < 1 || l.Rows > 4 || l.Columns < 1 || l.Columns > 4:
		return wrong("the layout is %d x %d, from 1 x 1 to 4 x 4", l.Rows, l.Columns)
	case l.Lead != "" && l.Lead != "left" && l.Lead != "top":
		return wrong("lead %q is neither left nor top", l.Lead)
	case l.Lead == "left" && l.Columns < 2 || l.Lead == "top" && l.Rows < 2:
		return wrong("there is nothing beside the large view")
	case l.Tiled && (l.Lead != "" || len(p.Views) != 1):
		return wrong("a tiled series is one view, without a large one")
	case !l.Tiled && len(p.Views) != l.Cells():
		return wrong("%d views for a layout of %d", len(p.Views), l.Cells())
	}
	rules := 0
	for i, v := range p.Views {
		if err := v.check(); err != nil {
			return wrong("view %d: %w", i+1, err)
		}
		rules += len(v.Series)
	}
	if rules == 0 {
		return wrong("no view has a rule")
	}
	if o := p.Opening; o != nil {
		if o.Priority < -1000 || o.Priority > 1000 {
			return wrong("priority %d, from -1000 to 1000", o.Priority)
		}
		if err := codes("modality", o.Modality); err != nil {
			return wrong("opening: %w", err)
		}
	}
	return nil
}

func (v View) check() error {
	switch {
	case len(v.Series) > mostValues:
		return fmt.Errorf("%d rules, at most %d", len(v.Series), mostValues)
	case v.Prior < 0 || v.Prior > mostPriors:
		return fmt.Errorf("prior %d, from 0 to %d", v.Prior, mostPriors)
	case v.Slice != "" && v.Slice != "first" && v.Slice != "middle" && v.Slice != "last":
		return fmt.Errorf("slice %q is none of first, middle and last", v.Slice)
	case v.Required && len(v.Series) == 0:
		return errors.New("it is required and has no rule")
	}
	if w := v.Window; w != nil {
		forms := 0
		for _, there := range []bool{w.Preset != "", w.Percentile, w.Width != 0} {
			if there {
				forms++
			}
		}
		switch {
		case forms != 1:
			return errors.New("window: a preset, percentile or center and width, and one of them alone")
		case w.Preset != "" && !slices.Contains(presets, w.Preset):
			return fmt.Errorf("window: preset %q is none of %s", w.Preset, strings.Join(presets, ", "))
		case w.Width < 0 || w.Width > 1e7 || math.Abs(w.Center) > 1e7 || w.Width != 0 && w.Width < 1e-3:
			return fmt.Errorf("window: center %g and width %g", w.Center, w.Width)
		}
	}
	for i, r := range v.Series {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

func (r Rule) check() error {
	if err := codes("modality", r.Modality); err != nil {
		return err
	}
	for _, a := range []struct {
		name        string
		values, may []string
	}{{"plane", r.Plane, planes}, {"weighting", r.Weighting, weightings}, {"position", r.Position, positions}, {"projection", r.Projection, projections}} {
		if len(a.values) > mostValues {
			return fmt.Errorf("%s: %d values, at most %d", a.name, len(a.values), mostValues)
		}
		for _, v := range a.values {
			if !slices.Contains(a.may, v) {
				return fmt.Errorf("%s %q is none of %s", a.name, v, strings.Join(a.may, ", "))
			}
		}
	}
	if r.Fat != "" && r.Fat != "suppressed" && r.Fat != "kept" {
		return fmt.Errorf("fat %q is neither suppressed nor kept", r.Fat)
	}
	if len(r.Description) > mostValues {
		return fmt.Errorf("description: %d texts, at most %d", len(r.Description), mostValues)
	}
	for _, d := range r.Description {
		if len(wordsOf(d)) == 0 || !line(d) {
			return fmt.Errorf("description %q has no words, or is too long", d)
		}
	}
	if n := r.Images; n != nil && (n.Min < 0 || n.Max < 0 || n.Max > 0 && n.Min > n.Max || n.Min > 1e6 || n.Max > 1e6 || *n == Range{}) {
		return fmt.Errorf("images: from %d to %d", n.Min, n.Max)
	}
	return nil
}

// codes holds values to the form of a DICOM code string.
func codes(name string, values []string) error {
	if len(values) > mostValues {
		return fmt.Errorf("%s: %d values, at most %d", name, len(values), mostValues)
	}
	for _, v := range values {
		if v == "" || len(v) > 16 || strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ") != "" {
			return fmt.Errorf("%s %q is no code", name, v)
		}
	}
	return nil
}

// ValidID reports whether a text can be a protocol's ID, which is also the name of its file.
func ValidID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && id[0] != '-'
}

// line reports whether a text is one line that can be shown, and not too long; "" is one.
func line(s string) bool {
	return utf8.RuneCountInString(s) <= mostText && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
