package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Dossier is what product.md's step 5 asks for. Empty strings and nil mean "not recorded".
type Dossier struct {
	History            string   `json:"history"`
	ConservativeMonths *float64 `json:"conservative_months"`
	ConservativeCare   string   `json:"conservative_care"`
	PainBack           *float64 `json:"pain_back"` // visual analogue scale, 0-100
	PainLeg            *float64 `json:"pain_leg"`  // visual analogue scale, 0-100
	Deficit            string   `json:"neurological_deficit"`
	// Contraindications are "yes", "no" or "unknown" by the names of ContraindicationNames.
	Contraindications map[string]string `json:"contraindications"`
	CTReason          string            `json:"ct_reason"`
	PlannedSurgery    string            `json:"planned_surgery"`
	Question          string            `json:"question"`
	Numbering         string            `json:"numbering_method"`
	// Transitional is the lumbosacral transitional vertebra, once for the case, and Castellvi its type with its side: a for one, b for both.
	Transitional string `json:"transitional_vertebra"`
	Castellvi    string `json:"castellvi"`
}

// FieldKind says how a dossier field is entered.
type FieldKind string

// The kinds of field.
const (
	FieldText   FieldKind = "text"   // free text, of several lines
	FieldNumber FieldKind = "number" // a number from Min to Max
	FieldChoice FieldKind = "choice" // one of Choices
)

// Field is one row of the dossier: the form of the app, `case annotate --from` and the readiness check read this table.
type Field struct {
	// Name is the JSON name; a contraindication is "contraindications.pacemaker" and so on. Its label is app/lang's
	// "dossier." + Name.
	Name     string
	Kind     FieldKind
	Choices  []string // the allowed words, in order, without "" (not recorded)
	Min, Max float64  // of a number
	Unit     string   // UCUM, of a number
}

// ContraindicationNames are the contraindications to imaging that the dossier asks for, in order (methods.md 6.2, 9).
var ContraindicationNames = []string{"pacemaker", "clips", "claustrophobia", "pregnancy", "contrast_allergy", "renal"}

const contraindications = "contraindications."

// longest is the largest text of a field, in bytes: what a person writes is a hundredth of it.
const longest = 1 << 16

// Fields returns the table of dossier fields, in the order of a form.
func Fields() []Field {
	fields := []Field{
		{Name: "history", Kind: FieldText},
		{Name: "conservative_months", Kind: FieldNumber, Min: 0, Max: 600, Unit: "mo"},
		{Name: "conservative_care", Kind: FieldText},
		{Name: "pain_back", Kind: FieldNumber, Min: 0, Max: 100, Unit: "{VAS}"},
		{Name: "pain_leg", Kind: FieldNumber, Min: 0, Max: 100, Unit: "{VAS}"},
		{Name: "neurological_deficit", Kind: FieldChoice, Choices: []string{"yes", "no"}},
	}
	for _, name := range ContraindicationNames {
		fields = append(fields, Field{Name: contraindications + name, Kind: FieldChoice, Choices: []string{"yes", "no", "unknown"}})
	}
	return append(fields,
		Field{Name: "ct_reason", Kind: FieldText},
		Field{Name: "planned_surgery", Kind: FieldChoice, Choices: []string{"decompression", "fusion", "dynamic"}},
		Field{Name: "question", Kind: FieldText},
		Field{Name: "numbering_method", Kind: FieldChoice, Choices: []string{"counted_from_c2", "counted_from_sacrum", "iliolumbar_ligament", "last_rib", "other"}},
		Field{Name: "transitional_vertebra", Kind: FieldChoice, Choices: []string{"none", "sacralised_l5", "lumbarised_s1", "indeterminate"}},
		Field{Name: "castellvi", Kind: FieldChoice, Choices: []string{"1a", "1b", "2a", "2b", "3a", "3b", "4"}},
	)
}

// FieldError says that a dossier field cannot hold a value.
type FieldError struct {
	Field, Value string
	Err          error
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("dossier field %s: %q: %v", e.Field, e.Value, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

// CheckField holds a value, as text, to the table, and returns it as it is kept: numbers in their shortest form, texts
// without white space around them. "" clears a field and is always allowed.
func CheckField(name, value string) (string, error) {
	fields := Fields()
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return "", &FieldError{name, value, fmt.Errorf("there is no such field")}
	}
	f := fields[i]
	text := strings.TrimSpace(value)
	if text == "" {
		return "", nil
	}
	switch f.Kind {
	case FieldChoice:
		if !slices.Contains(f.Choices, text) {
			return "", &FieldError{name, value, fmt.Errorf("give one of %s", strings.Join(f.Choices, ", "))}
		}
	case FieldNumber:
		x, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil || math.IsNaN(x) || x < f.Min || x > f.Max {
			return "", &FieldError{name, value, fmt.Errorf("give a number from %g to %g", f.Min, f.Max)}
		}
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case FieldText:
		if len(text) > longest || !utf8.ValidString(text) {
			return "", &FieldError{name, value[:min(len(value), 40)], fmt.Errorf("give at most %d bytes of UTF-8 text", longest)}
		}
	}
	return text, nil
}

// place returns where the field is kept: a text or a number; both nil for a contraindication or no field.
func (d *Dossier) place(name string) (*string, **float64) {
	switch name {
	case "history":
		return &d.History, nil
	case "conservative_months":
		return nil, &d.ConservativeMonths
	case "conservative_care":
		return &d.ConservativeCare, nil
	case "pain_back":
		return nil, &d.PainBack
	case "pain_leg":
		return nil, &d.PainLeg
	case "neurological_deficit":
		return &d.Deficit, nil
	case "ct_reason":
		return &d.CTReason, nil
	case "planned_surgery":
		return &d.PlannedSurgery, nil
	case "question":
		return &d.Question, nil
	case "numbering_method":
		return &d.Numbering, nil
	case "transitional_vertebra":
		return &d.Transitional, nil
	case "castellvi":
		return &d.Castellvi, nil
	}
	return nil, nil
}

// Value returns the field as text, "" when it is not recorded or is no field.
func (d Dossier) Value(name string) string {
	if c, ok := strings.CutPrefix(name, contraindications); ok {
		return d.Contraindications[c]
	}
	text, number := d.place(name)
	switch {
	case text != nil:
		return *text
	case number != nil && *number != nil:
		return strconv.FormatFloat(**number, 'g', -1, 64)
	}
	return ""
}

// With returns the dossier with one field set; d stays as it is.
func (d Dossier) With(name, value string) (Dossier, error) {
	value, err := CheckField(name, value)
	if err != nil {
		return d, err
	}
	if c, ok := strings.CutPrefix(name, contraindications); ok {
		m := map[string]string{}
		for k, v := range d.Contraindications {
			m[k] = v
		}
		m[c] = value
		if value == "" {
			delete(m, c)
		}
		d.Contraindications = m
		return d, nil
	}
	text, number := d.place(name)
	switch {
	case text != nil:
		*text = value
	case number != nil:
		*number = nil
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			*number = &x
		}
	}
	return d, nil
}

// Values returns the fields that are recorded, as text by name.
func (d Dossier) Values() map[string]string {
	out := map[string]string{}
	for _, f := range Fields() {
		if v := d.Value(f.Name); v != "" {
			out[f.Name] = v
		}
	}
	return out
}

// ParseDossier reads a dossier's JSON, whole or in part, as changes by field name. A null clears a field; a field that
// is not in the JSON is not in the changes. Every value is held to the table.
func ParseDossier(data []byte) (map[string]string, error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	out := map[string]string{}
	set := func(name string, raw json.RawMessage) error {
		text, err := scalar(raw)
		if err != nil {
			return &FieldError{name, string(raw[:min(len(raw), 40)]), err}
		}
		out[name], err = CheckField(name, text)
		return err
	}
	for name, raw := range top {
		if name+"." != contraindications {
			if err := set(name, raw); err != nil {
				return nil, err
			}
			continue
		}
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(raw, &inner); err != nil {
			return nil, &FieldError{name, string(raw[:min(len(raw), 40)]), err}
		}
		for c, raw := range inner {
			if err := set(contraindications+c, raw); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// scalar returns a JSON string, number, or null as text.
func scalar(raw json.RawMessage) (string, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", fmt.Errorf("give a text or a number")
}
