package annotations

import "rachis/dicomio/space"

// Pointer is one input event in image coordinates.
type Pointer struct {
	Image ImageRef
	At    space.Pixel
	Reach float64 // how near counts as touching, in image pixels (constant on screen)
	// Shift draws lines in multiples of 45 degrees, and boxes square in the patient.
	Shift bool
	// Rows and Columns are the image's; 0 where unknown. Points are kept on the image as far as it is known.
	Rows, Columns int
}

// Step is what a tool answers to an event: what to draw meanwhile, and what to commit, if anything.
type Step struct {
	Draft  *Annotation
	Commit *Edit
	// Prompt says what the next click is for: a key for app/lang with arguments, such as {"prompt.corner", "L4", "SA"}.
	// The keys are those of Prompts.
	Prompt []string
	// Done is true when the tool has finished its annotation (also without commit).
	Done bool
}

// Tool is a placer or a mover. A tool serves one annotation and belongs to one goroutine. Every step holds the draft as it
// is then, nil for none; after a step that is Done the tool answers nothing but Done.
type Tool interface {
	Press(Pointer) Step
	Move(Pointer) Step // with or without button
	Release(Pointer) Step
	Cancel() Step
}

// Finisher is a tool that can be told that its annotation is complete: a polygon closes where it is, and of an alignment what is marked stays.
type Finisher interface{ Finish() Step }

// Retracter is a tool that can take its last point back.
type Retracter interface{ Retract() Step }

// Prompts lists the keys that Step.Prompt begins with, and what their arguments are.
//
//	prompt.point          which point, of how many ("1", "2")
//	prompt.angle          "1" first arm, "2" vertex, "3" second arm
//	prompt.cobb           "1" or "2" the line, "1" or "2" its end
//	prompt.box            "1" first corner, "2" opposite corner
//	prompt.arrow          "1" tip, "2" tail
//	prompt.text           none
//	prompt.polygon        none: the next corner
//	prompt.polygon.close  none: the next corner, or close near the first
//	prompt.region         the role of the Modic region
//	prompt.region.close   the same, and it can be closed
//	prompt.region.grow    the same: a press from which it grows, and a drag that lets it grow further
//	prompt.region.brush   the same: a stroke of the brush
//	prompt.corner         vertebra and corner ("L4", "SA")
//	prompt.known          "1" or "2": the end of a line of known length
//	prompt.effusion       "1" one border of the fluid, "2" the other
var Prompts = []string{
	"prompt.point", "prompt.angle", "prompt.cobb", "prompt.box", "prompt.arrow", "prompt.text", "prompt.polygon",
	"prompt.polygon.close", "prompt.region", "prompt.region.close", "prompt.region.grow", "prompt.region.brush", "prompt.corner", "prompt.known", "prompt.effusion",
}
