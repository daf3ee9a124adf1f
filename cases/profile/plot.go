package profile

import (
	"math"
	"slices"

	"rachis/annotations/spine"
)

// Role is what a mark of a plot stands for. It decides the colour.
type Role string

// The roles, from what lies behind to what lies in front.
const (
	Zone      Role = "zone"      // grades of the loss and the grey zone below them
	Pooled    Role = "pooled"    // a published range of all levels together
	Range     Role = "range"     // a published range of one level: mean and two standard deviations
	Published Role = "published" // a published mean
	Limit     Role = "limit"     // where the grades of the loss begin, from what is expected
	Expected  Role = "expected"  // what the reference disc leads one to expect
	Before    Role = "prior"     // the examination before
	Other     Role = "other"     // another reviewer
	Current   Role = "current"
)

// Shape is how a mark is drawn.
type Shape int

// The shapes. A Line goes from X0,Y0 to X1,Y1; a Box fills what is between; an Interval is a line with a bar at each end; the others stand at X0,Y0.
const (
	Line Shape = iota
	Dashed
	Box
	Interval
	Dot
	Ring
	Diamond
	Square
	Triangle
	Cross
)

// Mark is a part of a plot. X counts columns: the middle of column i is i+0.5. Y is a value in the plot's unit.
type Mark struct {
	Shape          Shape
	Role           Role
	X0, Y0, X1, Y1 float64
	UID            string // of the finding that it shows, "" for none
}

// Entry explains a shape of a role. Key is of a text "profile.<key>", with Args.
type Entry struct {
	Shape Shape
	Role  Role
	Key   string
	Args  []any
}

// Plot is one quantity over the levels.
type Plot struct {
	Quantity string
	Unit     string // UCUM
	Levels   []string
	// Low and High are the ends of the axis, Step the distance of its ticks.
	Low, High, Step float64
	Marks           []Mark // from back to front
	Legend          []Entry
}

// norm is how a published study is shown: its shape, and the key of the text that says who was measured, how and where it is published.
type norm struct {
	shape Shape
	key   string
}

var norms = map[string]norm{
	"MR, Iran, 40-59 y":           {Dashed, "norm.iran"},
	"MR, Nepal":                   {Square, "norm.nepal"},
	"MR, Brazil":                  {Triangle, "norm.brazil"},
	"Radiographs, India":          {Cross, "norm.india"},
	"Radiographs and MR, Germany": {Box, "norm.germany"},
}

// published are the quantities of the studies that stand beside ours: the middle height is Hurxthal's by another name.
var published = map[string][]string{
	"height_anterior_mm": {"height_anterior_mm"}, "height_posterior_mm": {"height_posterior_mm"}, "hurxthal_mm": {"height_middle_mm", "hurxthal_mm"}, "dabbs_mm": {"dabbs_mm"},
}

// Input is what a plot shows.
type Input struct {
	Quantity string
	Current  Series
	Prior    *Series
	Others   []Series
	// Said names a series in the legend: the text's arguments.
	Said func(Series) []any
}

// Make lays a quantity out.
func Make(in Input) Plot {
	all := append([]Series{in.Current}, in.Others...)
	if in.Prior != nil {
		all = append(all, *in.Prior)
	}
	p := Plot{Quantity: in.Quantity, Unit: unit(in.Quantity), Levels: Levels(all...)}
	switch in.Quantity {
	case "loss_percent":
		p.zones()
	default:
		p.norms(in.Current.Kind)
	}
	if in.Quantity == "dhi" {
		p.index(in.Current)
	}
	said := in.Said
	if said == nil {
		said = func(Series) []any { return nil }
	}
	if in.Prior != nil {
		p.series(*in.Prior, Before, Ring, said(*in.Prior))
	}
	for _, s := range in.Others {
		p.series(s, Other, Diamond, said(s))
	}
	p.series(in.Current, Current, Dot, said(in.Current))
	slices.SortStableFunc(p.Legend, func(a, b Entry) int { return front[a.Role] - front[b.Role] })
	p.axis()
	return p
}

// front is the order of a legend: what was measured first.
var front = map[Role]int{Current: 0, Before: 1, Other: 2, Expected: 3, Limit: 4, Zone: 4, Published: 5, Range: 5, Pooled: 5}

func unit(quantity string) string {
	switch quantity {
	case "dhi":
		return "1"
	case "loss_percent":
		return "%"
	}
	return "mm"
}

func (p *Plot) add(m ...Mark) { p.Marks = append(p.Marks, m...) }

func (p *Plot) explain(e Entry) {
	if !slices.ContainsFunc(p.Legend, func(o Entry) bool { return o.Key == e.Key && slices.Equal(o.Args, e.Args) }) {
		p.Legend = append(p.Legend, e)
	}
}

// zones are the grades of the loss (M 2.4) and the grey zone below the first.
func (p *Plot) zones() {
	n := float64(len(p.Levels))
	p.add(Mark{Shape: Box, Role: Zone, X1: n, Y0: 15, Y1: 25})
	for _, y := range []float64{25, 50, 75} {
		p.add(Mark{Shape: Dashed, Role: Limit, X1: n, Y0: y, Y1: y})
	}
	p.explain(Entry{Shape: Box, Role: Zone, Key: "zone.grey"})
	p.explain(Entry{Shape: Dashed, Role: Limit, Key: "zone.grades"})
}

// norms are the published numbers of the quantity, made on the kind of image that is shown.
func (p *Plot) norms(kind string) {
	for _, n := range spine.Norms {
		if n.Modality != "" && (n.Modality == "XR") != (kind == "XR") || !slices.Contains(published[p.Quantity], n.Quantity) {
			continue
		}
		how := norms[n.Source]
		if n.Pooled {
			m, sd := n.Mean[spine.Disc{Upper: "L3", Lower: "L4"}], n.SD[spine.Disc{Upper: "L3", Lower: "L4"}]
			p.add(Mark{Shape: Box, Role: Pooled, X1: float64(len(p.Levels)), Y0: m - 2*sd, Y1: m + 2*sd})
			p.explain(Entry{Shape: Box, Role: Pooled, Key: how.key})
			continue
		}
		at, y := -1, 0.0
		for i, level := range p.Levels {
			d, _ := spine.ParseDisc(level)
			mean, ok := n.Mean[d]
			if !ok {
				at = -1
				continue
			}
			x := float64(i)
			if sd, ok := n.SD[d]; ok {
				p.add(Mark{Shape: Box, Role: Range, X0: x + 0.12, X1: x + 0.88, Y0: mean - 2*sd, Y1: mean + 2*sd})
			}
			switch {
			case how.shape != Dashed:
				p.add(Mark{Shape: how.shape, Role: Published, X0: x + 0.5, Y0: mean})
			case at >= 0:
				p.add(Mark{Shape: Dashed, Role: Published, X0: float64(at) + 0.5, Y0: y, X1: x + 0.5, Y1: mean})
			}
			at, y = i, mean
		}
		p.explain(Entry{Shape: how.shape, Role: map[bool]Role{true: Range, false: Published}[n.SD != nil], Key: how.key})
	}
}

// index is what there is beside DHI7: the means of the one study that gives heights and depths of the same people, and what the reference disc
// leads one to expect, with the grades' limits.
func (p *Plot) index(s Series) {
	if s.Kind != "XR" {
		p.derived()
	}
	for i, level := range p.Levels {
		a, ok := s.Discs[level]
		if !ok {
			continue
		}
		dhi, ok1 := Value(a, "dhi")
		loss, ok2 := Value(a, "loss_percent")
		expected := dhi.Value / (1 - loss.Value/100)
		if !ok1 || !ok2 || !(expected > 0) || math.IsInf(expected, 0) {
			continue
		}
		x := float64(i)
		p.add(Mark{Shape: Line, Role: Expected, X0: x + 0.2, X1: x + 0.8, Y0: expected, Y1: expected})
		for _, part := range []float64{0.75, 0.5, 0.25} {
			p.add(Mark{Shape: Line, Role: Limit, X0: x + 0.3, X1: x + 0.7, Y0: part * expected, Y1: part * expected})
		}
		p.explain(Entry{Shape: Line, Role: Expected, Key: "expected"})
		p.explain(Entry{Shape: Line, Role: Limit, Key: "limits"})
	}
}

// derived is DHI7 by the means of a study: (anterior + posterior) / (2 x depth). There is no range: a study of means does not tell how heights and
// depths go together.
func (p *Plot) derived() {
	by := map[string]spine.Norm{}
	for _, n := range spine.Norms {
		if norms[n.Source].key == "norm.iran" {
			by[n.Quantity] = n
		}
	}
	at, y := -1, 0.0
	for i, level := range p.Levels {
		d, _ := spine.ParseDisc(level)
		a, ok1 := by["height_anterior_mm"].Mean[d]
		b, ok2 := by["height_posterior_mm"].Mean[d]
		depth, ok3 := by["depth_mm"].Mean[d]
		if !ok1 || !ok2 || !ok3 || depth == 0 {
			at = -1
			continue
		}
		v := (a + b) / (2 * depth)
		if at >= 0 {
			p.add(Mark{Shape: Dashed, Role: Published, X0: float64(at) + 0.5, Y0: y, X1: float64(i) + 0.5, Y1: v})
		}
		at, y = i, v
	}
	p.explain(Entry{Shape: Dashed, Role: Published, Key: "norm.derived"})
}

// series joins the discs of neighbouring columns, with the intervals of each. Several series stand a little apart, so that none hides another.
func (p *Plot) series(s Series, role Role, shape Shape, said []any) {
	off := map[Role]float64{Before: -0.07, Other: 0.07}[role]
	at, y := -1, 0.0
	var points []Mark
	slipped := false
	for i, level := range p.Levels {
		a, ok := s.Discs[level]
		v, ok2 := Value(a, p.Quantity)
		if !ok || !ok2 {
			continue
		}
		slipped = slipped || Perpendicular(v)
		x := float64(i) + 0.5 + off
		if at == i-1 && at >= 0 {
			join := Line
			if role == Before {
				join = Dashed
			}
			p.add(Mark{Shape: join, Role: role, X0: x - 1, Y0: y, X1: x, Y1: v.Value})
		}
		if v.CI95 > 0 {
			points = append(points, Mark{Shape: Interval, Role: role, X0: x, X1: x, Y0: v.Value - v.CI95, Y1: v.Value + v.CI95, UID: a.UID})
		}
		points = append(points, Mark{Shape: shape, Role: role, X0: x, Y0: v.Value, UID: a.UID})
		at, y = i, v.Value
	}
	p.add(points...)
	if slipped {
		p.explain(Entry{Shape: shape, Role: role, Key: "slipped"})
	}
	if len(points) > 0 {
		p.explain(Entry{Shape: shape, Role: role, Key: "series." + string(role), Args: said})
	}
}

// axis is as long as all that is shown needs, from 0 where nothing is below.
func (p *Plot) axis() {
	low, high := 0.0, map[string]float64{"1": 0.5, "%": 100, "mm": 15}[p.Unit]
	for _, m := range p.Marks {
		low, high = min(low, m.Y0), max(high, m.Y0)
		if m.Shape <= Interval {
			low, high = min(low, m.Y1), max(high, m.Y1)
		}
	}
	if p.Unit == "mm" || p.Unit == "1" { // nothing is less high than nothing; an interval may say so
		low = 0
	}
	p.Step = nice((high - low) / 5)
	p.Low, p.High = p.Step*math.Floor(low/p.Step+1e-9), p.Step*math.Ceil(high/p.Step-1e-9)
}

// nice is the next of 1, 2 and 5 times a power of ten.
func nice(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, k := range []float64{1, 2, 5, 10} {
		if x <= k*power*(1+1e-9) {
			return k * power
		}
	}
	return 10 * power
}

// Ticks are the values that the axis is written at.
func (p Plot) Ticks() []float64 {
	var out []float64
	for i := 0; ; i++ {
		v := p.Low + float64(float64(i)*p.Step)
		if v > p.High+p.Step/1000 || i > 50 {
			return out
		}
		out = append(out, v)
	}
}

// Decimals are how many decimals the ticks need.
func (p Plot) Decimals() int {
	return int(max(0, math.Ceil(-math.Log10(p.Step)-1e-9)))
}
