package cases

import (
	"time"

	"rachis/annotations"
)

// Case is one patient's dossier under review. It is the JSON of `rachis case show --json`. Its slices are never nil when
// it comes from a store, so that the JSON has lists and no nulls.
type Case struct {
	// ID is short, for people: "C-7K3M2Q". It is unique in one library only, and the same in others unless it was taken there; UID is the same everywhere.
	ID       string    `json:"id"`
	UID      string    `json:"uid"`
	Title    string    `json:"title"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Patient  Patient   `json:"patient"`
	Dossier  Dossier   `json:"dossier"`
	Studies  []Study   `json:"studies"`
	// Findings are those of every reviewer, in order of creation, without tombstones.
	Findings []annotations.Annotation `json:"findings"`
	// Tombstones are the findings that were deleted, as they last were, with Deleted set. They travel in bundles.
	Tombstones []annotations.Annotation `json:"tombstones,omitempty"`
	// Conflicts tells which findings are second versions of another, kept by a merge.
	Conflicts  []Conflict   `json:"conflicts,omitempty"`
	KeyImages  []KeyImage   `json:"key_images"`
	Signatures []Signature  `json:"signatures"`
	Audit      []AuditEntry `json:"audit"`
}

// Summary is a line of a list of cases.
type Summary struct {
	ID       string    `json:"id"`
	UID      string    `json:"uid"`
	Title    string    `json:"title"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Patient  Patient   `json:"patient"`
	Studies  int       `json:"studies"`
	Findings int       `json:"findings"`
}

// Patient is whom the case is about, as the first study has it.
type Patient struct {
	ID        string `json:"id"`
	Name      string `json:"name"`       // in DICOM's form, "FAMILY^Given"
	BirthDate string `json:"birth_date"` // YYYYMMDD
	Sex       string `json:"sex"`        // M, F, O or ""
}

// Study is a study of the case, with its files as they were imported.
type Study struct {
	UID         string        `json:"uid"`
	Date        string        `json:"date"` // YYYYMMDD
	Description string        `json:"description"`
	Modalities  []string      `json:"modalities"`
	Instances   []InstanceRef `json:"instances"`
}

// InstanceRef is one original file, by content. Two with one SOPInstanceUID and different SHA256 are both kept.
type InstanceRef struct {
	SeriesUID      string `json:"series_uid"`
	SOPClassUID    string `json:"sop_class_uid"`
	SOPInstanceUID string `json:"sop_instance_uid"`
	SHA256         string `json:"sha256"` // lower case hexadecimal, over the whole file
	Size           int64  `json:"size"`   // bytes
}

// KeyImage is an image that the reviewer chose, as seen.
type KeyImage struct {
	// UID names the key image for life; the store gives one where it is "".
	UID     string               `json:"uid"`
	Image   annotations.ImageRef `json:"image"`
	View    annotations.View     `json:"view"`
	Author  string               `json:"author"`
	Caption string               `json:"caption"`
}

// Conflict says that a finding is another version of one that was already there, and which.
type Conflict struct {
	UID string `json:"uid"` // the second version, under its own UID
	Of  string `json:"of"`  // the first
}

// AuditEntry is one line of the journal. Library and Seq together name it for life, wherever it travels.
type AuditEntry struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// Author is who did it, as the reviewers' name stands on the findings.
	Author string `json:"author"`
	// Action is "create", "add", "edit", "delete", "restore", "dossier", "study", "key-image", "sign", "import", "conflict", "link" or "unlink".
	Action string `json:"action"`
	// Subject is what it was done to: the UID of an annotation or a study, the name of a field, ...
	Subject string `json:"subject"`
	// Detail is what else must be known, "" for most: the value that a dossier field was set to, the bundle that was imported.
	Detail string `json:"detail,omitempty"`
	// Library is the UID of the library in which it was done.
	Library string `json:"library,omitempty"`
}
