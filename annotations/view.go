package annotations

// View says how a stack is shown. It is a value: linking, presets, key images and reset are functions from View to View.
// The zero value shows the first slice, fitted, with the default window.
type View struct {
	Slice           int     `json:"slice"`
	Center          float64 `json:"center"` // window, after the modality LUT; used when Width > 0
	Width           float64 `json:"width"`
	Function        string  `json:"function,omitempty"` // "", LINEAR, LINEAR_EXACT, SIGMOID
	Preset          string  `json:"preset,omitempty"`   // name of the window shown, "" when set by hand
	Zoom            float64 `json:"zoom"`               // 0 fits; else screen pixels per millimetre-square pixel unit relative to fit: 1 = fit, 2 = twice as large
	PanX            float64 `json:"pan_x"`              // shift of the image centre from the viewport's centre, in fractions of the fitted image's larger side
	PanY            float64 `json:"pan_y"`
	Turn            int     `json:"turn"` // quarter turns clockwise, 0..3
	Flip            bool    `json:"flip"` // left-right, after the turn
	Invert          bool    `json:"invert"`
	NoInterpolation bool    `json:"no_interpolation,omitempty"` // how views of before Interpolation say Nearest
	// Interpolation is how the image is magnified, "" as whoever looks at it has chosen.
	Interpolation Interpolation `json:"interpolation,omitempty"`
}

// Interpolation is how values between the centres of pixels come about when an image is shown larger than it is. An image that is shown smaller
// is averaged in any case.
type Interpolation string

// The interpolations: pixels as squares; straight lines between the four pixels around a place; cubic curves through the sixteen (Keys
// 1981, a = -1/2).
const (
	Nearest  Interpolation = "nearest"
	Bilinear Interpolation = "bilinear"
	Bicubic  Interpolation = "bicubic"
)

// Interpolations are all of them, from squares to curves.
func Interpolations() []Interpolation { return []Interpolation{Nearest, Bilinear, Bicubic} }

// Interpolated returns how the view is to be interpolated: as it says itself, else as otherwise, else bilinearly.
func (v View) Interpolated(otherwise Interpolation) Interpolation {
	if v.NoInterpolation {
		return Nearest
	}
	for _, i := range [2]Interpolation{v.Interpolation, otherwise} {
		switch i {
		case Nearest, Bilinear, Bicubic:
			return i
		}
	}
	return Bilinear
}
