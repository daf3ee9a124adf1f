package space

import (
	"encoding/json"
	"errors"
)

// UnmarshalJSON reads {"col": number, "row": number}. Both must be there: a coordinate that is missing is not 0, which would be a place too.
func (p *Pixel) UnmarshalJSON(data []byte) error {
	var in struct {
		Col *float64 `json:"col"`
		Row *float64 `json:"row"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if in.Col == nil || in.Row == nil {
		return errors.New(`a point on an image is {"col": number, "row": number}`)
	}
	*p = Pixel{Col: *in.Col, Row: *in.Row}
	return nil
}

// UnmarshalJSON reads {"x": number, "y": number, "z": number}, in mm. All three must be there.
func (a *LPS) UnmarshalJSON(data []byte) error {
	var in struct {
		X *float64 `json:"x"`
		Y *float64 `json:"y"`
		Z *float64 `json:"z"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if in.X == nil || in.Y == nil || in.Z == nil {
		return errors.New(`a point in the patient is {"x": number, "y": number, "z": number}`)
	}
	*a = LPS{X: *in.X, Y: *in.Y, Z: *in.Z}
	return nil
}
