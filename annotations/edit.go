package annotations

// Edit is one change: nil Before adds, nil After deletes.
type Edit struct {
	Before *Annotation `json:"before,omitempty"`
	After  *Annotation `json:"after,omitempty"`
}

// Inverse returns the edit that undoes e.
func (e Edit) Inverse() Edit { return Edit{e.After, e.Before} }
