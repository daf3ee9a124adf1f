package trial

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/phantom/lesion"
)

// ModicOptions say which lesions are made.
type ModicOptions struct {
	Seed int64
	N    int // of lesions
	// Progress, when not nil, is told how many are done.
	Progress func(done, total int)
}

// ModicTable is what was suggested for lesions of every kind.
type ModicTable struct {
	Options ModicOptions
	Lesions []ModicTrial
}

// ModicTrial is one lesion: what it is, and what was suggested.
type ModicTrial struct {
	Seed            int64
	Kind            string
	Clear           bool // it exceeds every threshold of its type by 5 points
	Suggested       string
	Strength        string
	Where           string // of the reference that was taken
	Rule            string
	Warnings        []string
	DrawnOn         string
	Pixels          [3]int // matrix of T1, T2, STIR
	ReferenceOffers int
}

// margin is by how much a clear lesion exceeds the thresholds.
const margin = 0.05

// Modic makes the lesions, draws each on one series as a reader would, takes the first reference that is proposed, and asks for a suggestion.
func Modic(ctx context.Context, o ModicOptions) (ModicTable, error) {
	t := ModicTable{Options: o}
	for i := range o.N {
		seed := 10_000*o.Seed + int64(i)
		kind := lesion.Kinds[i%len(lesion.Kinds)]
		strength := rand.New(rand.NewPCG(uint64(seed), 1)).Float64()
		one, err := modic(ctx, seed, kind, strength)
		if err != nil {
			return t, err
		}
		t.Lesions = append(t.Lesions, one)
		if o.Progress != nil {
			o.Progress(i+1, o.N)
		}
	}
	return t, nil
}

func modic(ctx context.Context, seed int64, kind string, strength float64) (ModicTrial, error) {
	c := lesion.New(seed, kind, strength)
	images := stacks{c}
	a, others := images.findings()
	out := ModicTrial{Seed: seed, Kind: kind, Clear: c.Clear(spine.DefaultTau, spine.DefaultK, margin), DrawnOn: c.Stacks[c.Drawn].Weighting}
	for i, k := range c.Stacks {
		out.Pixels[i] = k.Slices[0].Instance.Columns
	}
	proposals := evaluate.ProposeReferences(ctx, images, a, others)
	out.ReferenceOffers = len(proposals)
	if len(proposals) > 0 {
		out.Where = proposals[0].Where
		a.Marks = append(a.Marks, proposals[0].Marks...)
	}
	a = evaluate.Evaluate(ctx, images, a)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	if a.Decision != "" {
		return out, errors.New("trial: a suggestion was taken for a decision")
	}
	if s := a.Suggestion; s != nil {
		out.Suggested, out.Strength, out.Rule, out.Warnings = s.Type, s.Strength, s.Rule, s.Warnings
	}
	return out, nil
}

// stacks are the images of a lesion, in one frame of reference.
type stacks struct{ c *lesion.Case }

func (s stacks) Find(ref annotations.ImageRef) (*dicomio.Stack, int, string, bool) {
	for _, k := range s.c.Stacks {
		if i := slices.IndexFunc(k.Slices, func(x dicomio.Slice) bool { return x.Instance.SOPInstanceUID == ref.SOPInstanceUID }); i >= 0 {
			return k, i, "MR", true
		}
	}
	return nil, 0, "", false
}

func (s stacks) Stacks(uid string) (out []*dicomio.Stack) {
	for _, k := range s.c.Stacks {
		if k.FrameOfReferenceUID == uid {
			out = append(out, k)
		}
	}
	return out
}

func (s stacks) Frame(_ context.Context, slice dicomio.Slice) (*dicomio.Frame, error) {
	if f, ok := s.c.Frame(slice); ok {
		return f, nil
	}
	return nil, errors.New("trial: no such slice")
}

// findings are what the reader has drawn: the lesion with the bodies' corners, CSF and fat, and the other lesions.
func (s stacks) findings() (a annotations.Annotation, others []annotations.Annotation) {
	c := s.c
	k := c.Stacks[c.Drawn]
	ref := annotations.ImageRef{SOPInstanceUID: k.Slices[c.Slice].Instance.SOPInstanceUID, Frame: 1, FrameOfReferenceUID: k.FrameOfReferenceUID, Plane: &k.Slices[c.Slice].Plane}
	plate := func(superior bool) string {
		if superior {
			return annotations.SuperiorOfCaudal
		}
		return annotations.InferiorOfCranial
	}
	a = annotations.Annotation{UID: "2.25.1", Rev: 1, Kind: annotations.Modic, Level: c.Level, Endplate: plate(c.Superior), Marks: []annotations.Mark{
		{Image: ref, Role: annotations.RoleLesion, Points: c.Outline},
		{Image: ref, Role: annotations.RoleCSF, Points: c.CSF},
		{Image: ref, Role: annotations.RoleFat, Points: c.Fat},
	}}
	for _, name := range []string{"L2", "L3", "L4", "L5"} {
		m := annotations.Mark{Image: ref, Role: annotations.RoleBody}
		for _, corner := range []string{"SA", "SP", "IP", "IA"} {
			m.Points, m.Names = append(m.Points, c.Corners[name][corner]), append(m.Names, name+"."+corner)
		}
		a.Marks = append(a.Marks, m)
	}
	names := []string{"L1", "L2", "L3", "L4", "L5", "S1"}
	for i, o := range c.Others {
		at := slices.Index(names, o.Vertebra)
		level := names[at] + "-" + names[at+1]
		if o.Superior {
			level = names[at-1] + "-" + names[at]
		}
		others = append(others, annotations.Annotation{UID: fmt.Sprintf("2.25.%d", i+2), Rev: 1, Kind: annotations.Modic, Level: level, Endplate: plate(o.Superior),
			Marks: []annotations.Mark{{Image: ref, Role: annotations.RoleLesion, Points: o.Outline}}})
	}
	return a, others
}

// Tally counts what came out of some lesions.
type Tally struct{ N, Exact, ConfidentWrong int }

// Count tallies the lesions, or the clear ones alone.
func (t ModicTable) Count(clearOnly bool) (y Tally) {
	for _, l := range t.Lesions {
		if clearOnly && !l.Clear {
			continue
		}
		y.N++
		if l.Suggested == l.Kind {
			y.Exact++
		} else if l.Strength == spine.Probable {
			y.ConfidentWrong++
		}
	}
	return y
}

// Markdown writes the confusion matrix.
func (t ModicTable) Markdown() string {
	var b strings.Builder
	clear, all := t.Count(true), t.Count(false)
	fmt.Fprintf(&b, "# Modic suggestion on %d phantom lesions\n\n", len(t.Lesions))
	fmt.Fprintf(&b, "Made by `rachis trial modic --seed %d --n %d`. Each lesion is outlined on one of its series by a hand that errs by 0.35 mm, read on all\n", t.Options.Seed, t.Options.N)
	b.WriteString("through the patient's coordinates, and compared with the first reference that is proposed. Lesions are clear where what they are made of\nexceeds every threshold of their type by 5 points (ratio, contrast, percent of STIR, fraction of the second part). \"Wrong and probable\"\nis a suggestion of another type with the strength \"probable\".\n\n")
	fmt.Fprintf(&b, "| lesions | n | exact | wrong and probable |\n|---|---|---|---|\n")
	for _, r := range []struct {
		name string
		y    Tally
	}{{"clear", clear}, {"all, subtle ones included", all}} {
		fmt.Fprintf(&b, "| %s | %d | %d (%.1f %%) | %d (%.1f %%) |\n", r.name, r.y.N, r.y.Exact, percent(r.y.Exact, r.y.N), r.y.ConfidentWrong, percent(r.y.ConfidentWrong, r.y.N))
	}
	columns := append(slices.Clone(lesion.Kinds), spine.Indeterminate)
	for _, part := range []struct {
		title string
		clear bool
	}{{"Clear lesions", true}, {"Subtle lesions", false}} {
		fmt.Fprintf(&b, "\n## %s\n\nRows: what was made. Columns: what was suggested; in brackets, how many of them as probable.\n\n| made | %s |\n|---|%s\n", part.title, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
		for _, made := range lesion.Kinds {
			fmt.Fprintf(&b, "| %s |", made)
			for _, suggested := range columns {
				n, probable := 0, 0
				for _, l := range t.Lesions {
					if l.Clear == part.clear && l.Kind == made && l.Suggested == suggested {
						n++
						if l.Strength == spine.Probable {
							probable++
						}
					}
				}
				switch {
				case n == 0:
					b.WriteString(" · |")
				case probable == 0:
					fmt.Fprintf(&b, " %d |", n)
				default:
					fmt.Fprintf(&b, " %d (%d) |", n, probable)
				}
			}
			b.WriteString("\n")
		}
	}
	where := map[string]int{}
	for _, l := range t.Lesions {
		where[l.Where]++
	}
	fmt.Fprintf(&b, "\nReferences taken: %d in the same vertebra, %d in a neighbour, %d as the mean of both, %d without any proposal.\n",
		where[spine.SameVertebra], where[spine.AdjacentVertebra], where[spine.BothNeighbours], where[""])
	return b.String()
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
