package header

import (
	"bytes"
	"context"
	"strings"
)

// Search returns the lines in which every word of the query occurs: in the tag (as "0028,0010", "(0028,0010)" or "00280010"), in the
// keyword, in the private creator or in the value; letters small or capital, with accents or without. An empty query gives none. Long values
// are searched as a whole, covered ones not at all. It ends with the context's error when that is done.
func (l *List) Search(ctx context.Context, query string) ([]int, error) {
	words := strings.Fields(folded(query))
	if len(words) == 0 {
		return nil, nil
	}
	var found []int
	for i := range l.Lines {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if l.has(i, words) {
			found = append(found, i)
		}
	}
	return found, nil
}

func (l *List) has(i int, words []string) bool {
	x := &l.Lines[i]
	if x.Item > 0 {
		return false
	}
	name := strings.ToLower(x.Tag.String())
	about := name + " " + strings.NewReplacer("(", "", ")", "", ",", "").Replace(name) + " " + folded(x.Keyword) + " " + folded(x.Creator) + " " + folded(x.Value)
	whole := ""
	for _, w := range words {
		if strings.Contains(about, w) {
			continue
		}
		if !strings.HasSuffix(x.Value, "…") {
			return false
		}
		if whole == "" {
			full, _ := l.Full(i, 0)
			whole = folded(full) + "\n"
		}
		if !strings.Contains(whole, w) {
			return false
		}
	}
	return true
}

// WithAbove returns the lines with those that they are in, in order.
func (l *List) WithAbove(lines []int) []int {
	wanted := make([]bool, len(l.Lines))
	n := 0
	for _, i := range lines {
		for ; i >= 0 && !wanted[i]; i = l.Lines[i].Parent {
			wanted[i] = true
			n++
		}
	}
	out := make([]int, 0, n)
	for i, w := range wanted {
		if w {
			out = append(out, i)
		}
	}
	return out
}

// Pair is one place in two headers: the index of its line in each, -1 where the one has none. Differs says that it is not the same in both:
// that it stands in one only, or has another value.
type Pair struct {
	A, B    int
	Differs bool
}

// Compare puts two headers side by side, each element beside that of its tag in the same item. A sequence or item differs where something in
// it does. It ends with the context's error when that is done.
func Compare(ctx context.Context, a, b *List) ([]Pair, error) {
	c := comparison{a: a, b: b}
	c.level(ctx, 0, len(a.Lines), 0, len(b.Lines))
	return c.pairs, ctx.Err()
}

type comparison struct {
	a, b  *List
	pairs []Pair
}

// level compares the lines of two data sets, or the items of two sequences, and reports whether they differ.
func (c *comparison) level(ctx context.Context, i, endA, j, endB int) (differs bool) {
	for (i < endA || j < endB) && ctx.Err() == nil {
		order := 0
		switch {
		case i >= endA:
			order = 1
		case j >= endB:
			order = -1
		default:
			order = compareLines(&c.a.Lines[i], &c.b.Lines[j])
		}
		switch {
		case order < 0:
			for end := c.a.Lines[i].End; i < end; i++ {
				c.pairs = append(c.pairs, Pair{i, -1, true})
			}
			differs = true
		case order > 0:
			for end := c.b.Lines[j].End; j < end; j++ {
				c.pairs = append(c.pairs, Pair{-1, j, true})
			}
			differs = true
		default:
			at := len(c.pairs)
			c.pairs = append(c.pairs, Pair{i, j, c.differ(i, j)})
			below := c.level(ctx, i+1, c.a.Lines[i].End, j+1, c.b.Lines[j].End)
			c.pairs[at].Differs = c.pairs[at].Differs || below
			differs = differs || c.pairs[at].Differs
			i, j = c.a.Lines[i].End, c.b.Lines[j].End
		}
	}
	return differs
}

func compareLines(x, y *Line) int {
	if x.Tag != y.Tag {
		if x.Tag < y.Tag {
			return -1
		}
		return 1
	}
	return x.Item - y.Item
}

// differ reports whether two lines of one place say different things, apart from what is in them.
func (c *comparison) differ(i, j int) bool {
	x, y := &c.a.Lines[i], &c.b.Lines[j]
	if x.Item > 0 {
		return false
	}
	if x.Items != y.Items || (x.Items < 0) != (y.Items < 0) {
		return true
	}
	if x.Items >= 0 {
		return false
	}
	if x.Unread || y.Unread || x.set == nil || y.set == nil {
		return x.Unread != y.Unread || x.Length != y.Length
	}
	p, _ := x.set.Element(x.Tag)
	q, _ := y.set.Element(y.Tag)
	if p.BigEndian == q.BigEndian && p.VR == q.VR && bytes.Equal(p.Value, q.Value) && !isText(p.VR) {
		return false
	}
	return text(x.set, p, 0) != text(y.set, q, 0)
}
