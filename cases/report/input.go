package report

import (
	"time"

	"rachis/annotations"
	"rachis/cases"
	"rachis/dicomio/space"
)

// Texts is one language's texts, as app/lang.Catalog has them.
type Texts interface {
	// Language returns "fr" or "en".
	Language() string
	// T returns the text of a key with its arguments filled in.
	T(key string, args ...any) string
	// Number formats v with the decimals given, as the language writes numbers.
	Number(v float64, decimals int) string
}

// Input is all that a report shows. Equal inputs give equal bytes.
type Input struct {
	Case cases.Case
	// Author is who hands the case over, as their name is written; "" where nobody said.
	Author string
	// Date is when the report was made. It is printed in its own zone.
	Date time.Time
	// Product is the name and version of the program: "Rachis 0.1.0".
	Product string
	// Languages are the languages of the report, in order: each has a whole report. There must be at least one.
	Languages []Texts
	// Exams identify the studies. A study of the case without an exam is identified by what the case holds of it.
	Exams []Exam
	// Pictures are the key images with their marks burned in, in the order shown.
	Pictures []Picture
	// Series are the stacks that the browser viewer shows, in order. The PDF does not use them.
	Series []Series
	// Unread counts the files of the case whose headers could not be read: the report says so.
	Unread int
	// Unpictured counts the pictures that Pictures leaves out because there would be too many: the report says so.
	Unpictured int
	// Unshown counts the series with pictures that Series leaves out to keep the viewer small: it says so.
	Unshown int
	// LevelProblems are codes of what contradicts itself in the level labels, said by the texts "report.warning.<code>".
	LevelProblems []string
	// PDF is where the PDF lies, relative to INDEX.HTM with '/' between; "" where there is none. The default of a bundle
	// is "REPORT/REPORT.PDF".
	PDF string
}

// Exam identifies one study.
type Exam struct {
	StudyUID    string
	Date        string // YYYYMMDD, as DICOM has it; "" where unknown
	Description string
	Accession   string
	Institution string
	// Equipment is manufacturer and model: "SIEMENS Aera".
	Equipment string
	// FieldStrength is in tesla, 0 where it does not apply or is not given.
	FieldStrength float64
	Series        []ExamSeries
}

// ExamSeries is one series of an exam. Orientation, Weighting and View have the words of `rachis ls --json`.
type ExamSeries struct {
	SeriesUID   string
	Modality    string
	Description string
	Orientation string // SAG, COR, AX, OBL or ""
	Weighting   string // T1, T2, STIR, PD or ""
	View        string // FLEXION, EXTENSION, NEUTRAL or ""
	Images      int
	// Calibration is Calibration.State of dicomio, what millimetres of it rest on.
	Calibration string
	// Problems are codes with arguments joined by "|", said by the texts "report.problem.<code>": "some-format|3|JPEG XL" for images
	// whose pixels cannot be shown here.
	Problems []string
}

// Shot says what an image is, in the words of `rachis ls --json`. What is not known is "".
type Shot struct {
	Modality, Weighting, Orientation, View string
	Description                            string // of the series
	Date                                   string // YYYYMMDD, of the study
}

// Picture is one image with marks burned in.
type Picture struct {
	// Data is a PNG or a JPEG; nil where the image could not be drawn, for the reason in Problem.
	Data []byte
	// ByLanguage holds, by language code, pictures whose burned-in words differ; Data serves the languages it lacks.
	ByLanguage map[string][]byte
	// Problem is a code with arguments as those of ExamSeries.Problems, "" for a picture that was drawn.
	Problem string
	// Caption is free text: what the reviewer wrote. The report itself adds level, kind and what image it is.
	Caption string
	// Author is whose marks are shown, or who chose the image.
	Author string
	// Level is the disc, "L4-L5"; "" where it does not apply.
	Level string
	// Findings are the UIDs of the findings whose marks are burned in.
	Findings []string
	Image    annotations.ImageRef
	// Shot, Number and Of say which image it is: "T2 sagittal, image 8/15". Number counts from 1; 0 where it is alone.
	Shot       Shot
	Number, Of int
	// Notes are codes with arguments joined by "|", said by the texts "report.image.<code>": "lossy|JPEG 10:1", "synthetic".
	Notes []string
}

// Series is a stack of the browser viewer. Slices all have Rows x Columns samples. What makes a bundle too large should be
// left out by the caller: 15 slices about the middle at full matrix, and films brought to 1000 pixels or fewer, are plenty.
type Series struct {
	SeriesUID string
	StudyUID  string
	Shot      Shot
	// Notes are those of a Picture, of any of the slices.
	Notes         []string
	Rows, Columns int
	// PixelHeight and PixelWidth are the distances between rows and between columns in any common unit; both 0 for square.
	PixelHeight, PixelWidth float64
	// Letters are the orientation letters at left, right, top and bottom; "" where unknown.
	Letters [4]string
	// Inverted is true where low values are shown bright (MONOCHROME1).
	Inverted bool
	// Windows are the windows to choose from, in values after the modality LUT; the first is shown at first. With none, the
	// range of the values is used.
	Windows []Window
	// Reduced is true where Rows and Columns are fewer than the original's: the page says so.
	Reduced bool
	// Omitted is how many images of the series are not here: the page says so.
	Omitted int
	Slices  []Slice
}

// Window is a linear window after the modality LUT (PS3.3 C.11.2.1.2.1). Width is at least 1. Name is said by the text
// "report.window.<name>" where there is one, and else as it is.
type Window struct {
	Name          string
	Center, Width float64
}

// Slice is one image of a stack. Either Values or RGB is given.
type Slice struct {
	Image annotations.ImageRef
	// Label says which it is: "8/15".
	Label string
	// Values are row by row, Rows*Columns of them: Slope*v + Intercept is the value after the modality LUT.
	Values           []uint16
	Slope, Intercept float64
	// RGB is a colour image, 8 bits a channel, three bytes a pixel.
	RGB []byte
	// Position is the place along the stack's normal in mm in Frame's frame of reference; OK reports whether it is known.
	Position   float64
	PositionOK bool
	// Marks are drawn over the image, in order; the viewer can hide them.
	Marks []Mark
}

// Mark is a line or a text over a slice of the viewer.
type Mark struct {
	// Type is that of an annotations.Shape: "polyline", "polygon", "ellipse", "arc", "arrow", "cross" or "text".
	Type string
	// Points are on the samples of the slice as it is here: (0,0) is the top left corner of the first.
	Points []space.Pixel
	Dashed bool
	// Colour is "#rrggbb".
	Colour string
	// Text is what a text says, by language code, and Toward on which side of its point it stands, as annotations.Shape has it.
	Text   map[string]string
	Toward space.Pixel
}
