package annotations

import (
	"cmp"
	"slices"
	"strings"

	"rachis/dicomio/space"
)

// Label is a vertebra's name at the middle of its body. Labels live in annotations of the kind Levels, of which a reviewer has one in each
// frame of reference, and one on each film that has none: what is shown in other series is their place in the patient.
type Label struct {
	Vertebra string // "L4"; T13 and L6 exist
	// Image is where it was set and Pixel where on it.
	Image ImageRef
	Pixel space.Pixel
	// At is the place in the patient in millimetres where Image is placed in the patient. On a film it is Pixel, as X and Y: distances between
	// labels of one film are then in its pixels.
	At space.LPS
	// Proposed labels were computed and not confirmed: nothing may rest on them.
	Proposed bool
	// Adopted labels are proposals that were confirmed together with others, where they had been proposed: nobody placed them. They are labels as others are,
	// but how sure a further proposal is does not rest on them.
	Adopted bool
	// Quality of a proposal, adopted or not, from 0 to 1: one less its estimated error (95 %) in distances from a vertebra to the next. 0 where it is not
	// known, and of a label that a hand placed.
	Quality float64
}

// SureQuality is the quality from which a proposal may be confirmed together with others: its estimated error is at most a third of the way to the next
// vertebra, which is within its body, whose half height is 0.36 of that way.
const SureQuality = 2.0 / 3

// Unsure reports whether a label is a proposal that may lie outside its vertebra: it is confirmed alone, by whoever has looked at it.
func (l Label) Unsure() bool { return l.Proposed && !(l.Quality >= SureQuality) }

// NewLabel returns the label of a vertebra at a point of an image.
func NewLabel(vertebra string, image ImageRef, at space.Pixel) Label {
	l := Label{Vertebra: vertebra, Image: image, Pixel: at, At: space.LPS{X: at.Col, Y: at.Row}}
	if image.Plane != nil && image.Plane.Known() {
		l.At = image.Plane.ToPatient(at)
	}
	return l
}

// LevelSpace names the space that labels on an image are labels of: its frame of reference; the series of an image that is placed in the
// patient without one; the image itself of a film. Labels of different spaces have nothing to do with each other.
func LevelSpace(image ImageRef) string {
	switch {
	case image.Plane == nil || !image.Plane.Known():
		return image.SOPInstanceUID
	case image.FrameOfReferenceUID != "":
		return image.FrameOfReferenceUID
	case image.SeriesInstanceUID != "":
		return image.SeriesInstanceUID
	}
	return image.SOPInstanceUID
}

// LevelSpace names the space of a set of labels, "" for what has none.
func (a Annotation) LevelSpace() string {
	if a.Kind != Levels || len(a.Marks) == 0 {
		return ""
	}
	return LevelSpace(a.Marks[0].Image)
}

// Labels are the labels of a set from the head down, confirmed and proposed. What names no vertebra, or lies in another space than the first
// mark, is left out.
func (a Annotation) Labels() []Label {
	if a.Kind != Levels || a.Deleted {
		return nil
	}
	var out []Label
	where := a.LevelSpace()
	for _, m := range a.Marks {
		if LevelSpace(m.Image) != where {
			continue
		}
		for i, name := range m.Names[:min(len(m.Names), len(m.Points))] {
			if _, ok := VertebraRank(name); ok && finite(m.Points[i]) {
				l := NewLabel(name, m.Image, m.Points[i])
				l.Proposed = m.Role == RoleProposed
				if m.Proposal != nil && i < len(m.Proposal.Quality) {
					l.Quality, l.Adopted = m.Proposal.Quality[i], !l.Proposed
				}
				out = append(out, l)
			}
		}
	}
	sortLabels(out)
	return out
}

// Confirmed are the labels of a list that somebody answers for.
func Confirmed(list []Label) []Label {
	return slices.DeleteFunc(slices.Clone(list), func(l Label) bool { return l.Proposed })
}

func sortLabels(list []Label) {
	slices.SortStableFunc(list, func(a, b Label) int {
		i, _ := VertebraRank(a.Vertebra)
		j, _ := VertebraRank(b.Vertebra)
		return cmp.Compare(i, j)
	})
}

// LabelOf returns the label of a vertebra.
func (a Annotation) LabelOf(vertebra string) (Label, bool) {
	list := a.Labels()
	if i := slices.IndexFunc(list, func(l Label) bool { return l.Vertebra == vertebra }); i >= 0 {
		return list[i], true
	}
	return Label{}, false
}

// WithLabels returns the set with exactly these labels: one mark an image of those that a hand placed, one of those adopted, one of those proposed. Of two
// of one vertebra the later holds.
func (a Annotation) WithLabels(list []Label) Annotation {
	var kept []Label
	for i, l := range list {
		if !slices.ContainsFunc(list[i+1:], func(later Label) bool { return later.Vertebra == l.Vertebra }) {
			kept = append(kept, l)
		}
	}
	sortLabels(kept)
	a.Marks = nil
	for _, l := range kept {
		role := ""
		if l.Proposed {
			role = RoleProposed
		}
		computed := l.Proposed || l.Adopted
		i := slices.IndexFunc(a.Marks, func(m Mark) bool { return m.Role == role && (m.Proposal != nil) == computed && m.Image.Same(l.Image) })
		if i < 0 {
			i = len(a.Marks)
			a.Marks = append(a.Marks, Mark{Image: l.Image, Role: role})
			if computed {
				a.Marks[i].Proposal = &Proposal{Method: MethodLevels}
			}
		}
		m := &a.Marks[i]
		m.Names, m.Points = append(m.Names, l.Vertebra), append(m.Points, l.Pixel)
		if computed {
			m.Proposal.Points, m.Proposal.Quality = append(m.Proposal.Points, l.Pixel), append(m.Proposal.Quality, l.Quality)
		}
	}
	return a
}

// WithLabel returns the set with a label added, or in the place of that of the same vertebra.
func (a Annotation) WithLabel(l Label) Annotation { return a.WithLabels(append(a.Labels(), l)) }

// WithoutLabel returns the set without the label of a vertebra.
func (a Annotation) WithoutLabel(vertebra string) Annotation {
	return a.WithLabels(slices.DeleteFunc(a.Labels(), func(l Label) bool { return l.Vertebra == vertebra }))
}

// MethodLevels is the method of a proposed label.
const MethodLevels = "levels 2"

// WithConfirmed returns the set with every proposal adopted that is sure enough to lie within its vertebra. Those that are not stay proposals.
func (a Annotation) WithConfirmed() Annotation {
	list := a.Labels()
	for i, l := range list {
		if l.Proposed && !l.Unsure() {
			list[i].Proposed, list[i].Adopted = false, true
		}
	}
	return a.WithLabels(list)
}

// WithoutProposals returns the set without its proposals.
func (a Annotation) WithoutProposals() Annotation { return a.WithLabels(Confirmed(a.Labels())) }

// Renumbered returns the set with every label's name moved by one vertebra, as when the count turns out to be off by one; false where a
// label would leave the spine.
func (a Annotation) Renumbered(down bool) (Annotation, bool) {
	list := a.Labels()
	for i := range list {
		if list[i].Vertebra = NextVertebra(list[i].Vertebra, down); list[i].Vertebra == "" {
			return a, false
		}
	}
	for i := range list {
		if slices.ContainsFunc(list[i+1:], func(l Label) bool { return l.Vertebra == list[i].Vertebra }) {
			return a, false // T13 or L6 has no counterpart
		}
	}
	return a.WithLabels(list), true
}

// DiscLabel is a disc between two labelled vertebrae.
type DiscLabel struct {
	Level        string // "L4-L5"
	Upper, Lower Label
	At           space.LPS // its middle: that between the two bodies
	Proposed     bool      // one of them is
}

// Discs are the discs between neighbours of a list that is ordered from the head down and has both confirmed and proposed labels: without its
// proposals L4 and S1 would stand beside each other where L5 is proposed. Where L4 is followed by S1, or T11 by L1, there is a disc between them
// only if the distance is that of one step: else the vertebra between has no label yet.
func Discs(list []Label) []DiscLabel {
	var out []DiscLabel
	for i := 0; i+1 < len(list); i++ {
		u, l := list[i], list[i+1]
		if Neighbours(u.Vertebra, l.Vertebra) && (!skips(u.Vertebra, l.Vertebra) || oneStep(list, i)) {
			out = append(out, DiscLabel{discOf(u.Vertebra, l.Vertebra), u, l, u.At.Add(l.At).Scale(0.5), u.Proposed || l.Proposed})
		}
	}
	return out
}

// widestStep is how much wider than the step beside it a step may be that passes nothing over: steps differ by less from one vertebra to the
// next, and two steps are at least half as wide again where both discs have collapsed.
const widestStep = 1.25

// oneStep reports whether the labels i and i+1 of a list are as far apart as neighbours are, by the nearest confirmed neighbours of the list, the
// closer together of those equally near. It is false where there are none to tell by.
func oneStep(list []Label, i int) bool {
	step, near := 0.0, len(list)
	for j := 0; j+1 < len(list); j++ {
		u, l := list[j], list[j+1]
		if u.Proposed || l.Proposed || !Neighbours(u.Vertebra, l.Vertebra) || skips(u.Vertebra, l.Vertebra) {
			continue
		}
		length, away := l.At.Sub(u.At).Length(), max(i-j, j-i)
		if away < near || away == near && length < step {
			step, near = length, away
		}
	}
	return list[i+1].At.Sub(list[i].At).Length() <= widestStep*step
}

// beside is how far from the line between two vertebrae, as a multiple of its length, something may lie and still be at their disc: the
// vertebral body is as deep as it is apart from the next, and what lies behind it as deep again.
const beside = 1.6

// DiscAt returns the disc, and the endplate of it, that a place in the space of the labels is at: InferiorOfCranial where the vertebra above is
// the nearer. The list has the proposals too, but only a disc between two confirmed labels counts. It is false beyond the first and the last of
// them, in a gap, and far beside the spine.
func DiscAt(list []Label, at space.LPS) (level, endplate string, ok bool) {
	best := beside
	for _, d := range Discs(list) { // not of the confirmed ones: they may have a gap where a proposal stands
		axis := d.Lower.At.Sub(d.Upper.At)
		length := axis.Length()
		if d.Proposed || !(length > 0) {
			continue
		}
		from := at.Sub(d.Upper.At)
		along := from.Dot(axis) / (length * length)
		aside := from.Sub(axis.Scale(along)).Length() / length
		if along < -0.05 || along > 1.05 || aside >= best {
			continue
		}
		best, level, ok = aside, d.Level, true
		endplate = InferiorOfCranial
		if along > 0.5 {
			endplate = SuperiorOfCaudal
		}
	}
	return level, endplate, ok
}

// LabelRuns writes a list of labels, ordered from the head down, with its unbroken parts drawn together: "T12–L3, L5". L4 and S1 are not, nor T11
// and L1: what usually lies between would read as labelled. T13 and L6 are always named, "L3–L6–S1", for nobody reads them into "L3–S1".
func LabelRuns(list []Label) string {
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && Neighbours(list[j].Vertebra, list[j+1].Vertebra) && !skips(list[j].Vertebra, list[j+1].Vertebra) {
			j++
		}
		text := list[i].Vertebra
		for _, l := range list[min(i+1, j):j] {
			if l.Vertebra == "T13" || l.Vertebra == "L6" {
				text += "–" + l.Vertebra
			}
		}
		if j > i {
			text += "–" + list[j].Vertebra
		}
		out = append(out, text)
		i = j + 1
	}
	return strings.Join(out, ", ")
}
