package annotations

import "rachis/dicomio/space"

// Outline makes the corners of a region of the way that the pointer has gone over an image with its button down; nil where they make none. reach is the
// pointer's, in pixels of the image.
type Outline func(p Pointer, way []space.Pixel) []space.Pixel

// NewOutliner returns a tool that makes a region in one gesture: the button goes down, the region follows the pointer, and it is committed when the
// button comes up. It is as NewPlacer's in everything else; prompt is what it asks for, one of Prompts. For kinds that are no regions it is NewPlacer's tool.
func NewOutliner(kind Kind, template Annotation, opts PlacerOptions, prompt string, outline Outline) Tool {
	tool := NewPlacer(kind, template, opts)
	c, ok := tool.(*closer)
	if !ok {
		return tool
	}
	c.form.prompt = func(int, PlacerOptions) []string { return []string{prompt, c.opts.Role} }
	return &outliner{placer: c.placer, outline: outline}
}

type outliner struct {
	*placer
	outline Outline
	way     []space.Pixel
}

func (t *outliner) Press(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	at, ok := p.onImage()
	if !ok {
		return t.step()
	}
	t.image, t.down, t.way = p.Image, true, []space.Pixel{at}
	return t.draw(p)
}

func (t *outliner) Move(p Pointer) Step {
	if t.done {
		return Step{Done: true}
	}
	if !t.down || !t.image.Same(p.Image) || !finite(p.At) {
		return t.step()
	}
	if at := p.clamp(p.At); at != t.way[len(t.way)-1] {
		t.way = append(t.way, at)
	}
	return t.draw(p)
}

// Release commits the region; what makes none is given up.
func (t *outliner) Release(p Pointer) Step {
	if t.done || !t.down {
		return Step{Done: t.done}
	}
	t.Move(p)
	t.down = false
	if !t.form.valid(t.points) {
		t.done = true
		return Step{Done: true}
	}
	return t.commit()
}

// Retract gives up what is being drawn.
func (t *outliner) Retract() Step {
	if t.done {
		return Step{Done: true}
	}
	t.down, t.points, t.way = false, nil, nil
	return t.step()
}

func (t *outliner) draw(p Pointer) Step {
	t.points = t.outline(p, t.way)
	return t.step()
}
