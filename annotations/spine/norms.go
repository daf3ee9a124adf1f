package spine

// Published disc heights by level (M 2.3): to be shown beside a profile of the lumbar spine as what they are. They differ by up to twice between
// studies, by landmarks and magnification: nothing is graded on them.

// Norm is what one study found.
type Norm struct {
	Source   string
	Modality string // "MR", "XR", "" for several
	N        int    // people, 0 for what is derived
	// Quantity is "height_anterior_mm", "height_middle_mm", "height_posterior_mm", "depth_mm", "hurxthal_mm", "fyllos_mm", "dabbs_mm", or "level_ratio".
	Quantity string
	// Status is "read": from the study's own text; "derived": computed from such.
	Status string
	Mean   map[Disc]float64
	SD     map[Disc]float64 // nil where the study gives none
	// Pooled says that the numbers are of all lumbar discs together, and no discs of a level.
	Pooled bool
}

var lumbarDiscs = []Disc{{"L1", "L2"}, {"L2", "L3"}, {"L3", "L4"}, {"L4", "L5"}, {"L5", "S1"}}

// byLevel puts numbers for L1-L2 to L5-S1 on their discs; 0 for a level that the study leaves out.
func byLevel(v ...float64) map[Disc]float64 {
	out := map[Disc]float64{}
	for i, x := range v {
		if x > 0 {
			out[lumbarDiscs[i]] = x
		}
	}
	return out
}

const (
	iranMR   = "MR, Iran, 40-59 y"
	nepalMR  = "MR, Nepal"
	brazilMR = "MR, Brazil"
	indiaXR  = "Radiographs, India"
	germany  = "Radiographs and MR, Germany"
)

// pooled puts one number on every lumbar disc.
func pooled(v float64) map[Disc]float64 { return byLevel(v, v, v, v, v) }

// Norms are the published heights, and the level ratios that the project made of them. They are never written to.
var Norms = []Norm{
	{iranMR, "MR", 14, "height_anterior_mm", "read", byLevel(10.82, 13.09, 15.21, 18.14, 18.71), byLevel(1.59, 1.21, 1.24, 1.49, 1.61), false},
	{iranMR, "MR", 14, "height_middle_mm", "read", byLevel(10.0, 11.59, 12.45, 13.82, 12.99), byLevel(1.89, 1.51, 1.79, 1.96, 2.53), false},
	{iranMR, "MR", 14, "height_posterior_mm", "read", byLevel(7.31, 8.58, 9.08, 10.14, 8.51), byLevel(1.71, 1.66, 1.22, 1.01, 1.08), false},
	{iranMR, "MR", 14, "depth_mm", "read", byLevel(30.23, 32.03, 32.86, 33.08, 31.33), byLevel(2.71, 2.43, 2.44, 2.37, 2.55), false},
	{nepalMR, "MR", 106, "height_anterior_mm", "read", byLevel(6.91, 0, 0, 0, 13.55), nil, false},
	{nepalMR, "MR", 106, "height_middle_mm", "read", byLevel(7.89, 0, 0, 11.96, 11.10), nil, false},
	{nepalMR, "MR", 106, "height_posterior_mm", "read", byLevel(5.52, 0, 0, 8.09, 6.94), nil, false},
	{brazilMR, "MR", 300, "height_anterior_mm", "read", byLevel(0, 0, 9.30, 10.94, 12.41), nil, false},
	{indiaXR, "XR", 120, "height_anterior_mm", "read", byLevel(10.2, 12.6, 14.3, 16.9, 17.6), nil, false},
	{indiaXR, "XR", 120, "height_posterior_mm", "read", byLevel(7.8, 8.8, 9.0, 9.2, 8.0), nil, false},
	{germany, "", 130, "hurxthal_mm", "read", pooled(9.1), pooled(1.3), true},
	{germany, "", 130, "fyllos_mm", "read", pooled(7.5), pooled(1.2), true},
	{germany, "", 130, "dabbs_mm", "read", pooled(6.7), pooled(1.2), true},
	{"mean of India and Iran", "", 0, "level_ratio", "derived", levelRatios, nil, false},
}

// ProfileRow is one disc of a lumbar spine that was measured in one pass.
type ProfileRow struct {
	Disc   Disc
	Height Height
	// Relative is the disc's DHI7 over that of the reference level, nil where that is not measured; Usual is what the level ratio leads one to
	// expect of it.
	Relative, Usual *float64
	// Published are the ranges of the studies for the disc, in mm.
	Published []PublishedRange
}

// PublishedRange is a study's range of a quantity at a level: its mean and two standard deviations to either side, the mean alone where none is given.
type PublishedRange struct {
	Norm      int // its place in Norms
	Mean      float64
	Low, High float64
}

// Profile sets the discs of one image beside each other and beside what was published. reference is the level that the others are compared with;
// where it is not measured, nothing is relative.
func Profile(heights map[Disc]Height, reference Disc) []ProfileRow {
	var out []ProfileRow
	base, known := heights[reference]
	for _, d := range lumbarDiscs {
		h, ok := heights[d]
		if !ok {
			continue
		}
		row := ProfileRow{Disc: d, Height: h}
		if known && base.DHI != nil && h.DHI != nil {
			if q, ok := quotient(*h.DHI, *base.DHI); ok {
				row.Relative = &q
			}
			if k, ok := LevelRatio(d, reference); ok {
				row.Usual = &k
			}
		}
		for i, n := range Norms {
			mean, ok := n.Mean[d]
			if !ok || n.Quantity == "level_ratio" {
				continue
			}
			sd := n.SD[d]
			row.Published = append(row.Published, PublishedRange{i, mean, mean - 2*sd, mean + 2*sd})
		}
		out = append(out, row)
	}
	return out
}
