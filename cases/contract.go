package cases

import (
	"time"

	"rachis/annotations"
)

// ===== owner H6 =====

// Case is one patient's dossier under review. It is the JSON of `rachis case show --json`.
type Case struct {
	ID         string                   `json:"id"` // short, for people: "C-7K3M2Q"
	UID        string                   `json:"uid"`
	Title      string                   `json:"title"`
	Created    time.Time                `json:"created"`
	Modified   time.Time                `json:"modified"`
	Patient    Patient                  `json:"patient"`
	Dossier    Dossier                  `json:"dossier"`
	Studies    []Study                  `json:"studies"`
	Findings   []annotations.Annotation `json:"findings"` // of every reviewer
	KeyImages  []KeyImage               `json:"key_images"`
	Signatures []Signature              `json:"signatures"`
	Audit      []AuditEntry             `json:"audit"`
}

type Patient struct {
	ID        string `json:"id"`
	Name      string `json:"name"` // DICOM form
	BirthDate string `json:"birth_date"`
	Sex       string `json:"sex"`
}

// Dossier is what product.md's step 5 asks for. Empty strings and nil mean "not recorded".
type Dossier struct {
	History            string            `json:"history"`
	ConservativeMonths *float64          `json:"conservative_months"`
	ConservativeCare   string            `json:"conservative_care"`
	PainBack           *float64          `json:"pain_back"` // VAS 0-100
	PainLeg            *float64          `json:"pain_leg"`
	Deficit            string            `json:"neurological_deficit"` // "yes", "no", ""
	Contraindications  map[string]string `json:"contraindications"`    // pacemaker, clips, claustrophobia, pregnancy, contrast_allergy, renal -> yes|no|unknown
	CTReason           string            `json:"ct_reason"`
	PlannedSurgery     string            `json:"planned_surgery"` // "decompression", "fusion", "dynamic", ""
	Question           string            `json:"question"`
	Numbering          string            `json:"numbering_method"`
}

// Study is a study of the case, with its files as they were imported.
type Study struct {
	UID         string        `json:"uid"`
	Date        string        `json:"date"`
	Description string        `json:"description"`
	Modalities  []string      `json:"modalities"`
	Instances   []InstanceRef `json:"instances"`
}

// InstanceRef is one original file, by content.
type InstanceRef struct {
	SeriesUID      string `json:"series_uid"`
	SOPClassUID    string `json:"sop_class_uid"`
	SOPInstanceUID string `json:"sop_instance_uid"`
	SHA256         string `json:"sha256"`
	Size           int64  `json:"size"`
}

// KeyImage is an image that the reviewer chose, as seen.
type KeyImage struct {
	Image   annotations.ImageRef `json:"image"`
	View    annotations.View     `json:"view"`
	Author  string               `json:"author"`
	Caption string               `json:"caption"`
}

// Signature closes one reviewer's review.
type Signature struct {
	Reviewer string    `json:"reviewer"`
	Signed   time.Time `json:"signed"`
	Digest   string    `json:"digest"` // SHA-256 over that reviewer's findings, canonical JSON
}

// AuditEntry is one line of the journal.
type AuditEntry struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
	Action  string    `json:"action"`  // "create", "add", "edit", "delete", "dossier", "sign", "import", ...
	Subject string    `json:"subject"` // annotation UID, field, ...
}
