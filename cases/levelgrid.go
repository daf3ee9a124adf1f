package cases

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"rachis/annotations"
)

// GridColumn is a column of the level grid.
type GridColumn int

// The columns, from left to right. Of a disc L4-L5 the endplate above is the inferior one of L4 and that below the superior one of L5.
const (
	GridEndplateAbove GridColumn = iota
	GridEndplateBelow
	GridHeight
	GridMotion
	GridOther
	GridColumns // how many there are
)

// GridEntry is one reviewer's finding in a cell, with the date of the examination that it was read from.
type GridEntry struct {
	Finding annotations.Annotation
	Date    string // YYYYMMDD, "" where unknown
	// At is the level of which the entry says something, where the finding is of the whole spine; "" else.
	At string
	// Stale reports whether it was measured by another scale than its reviewer's calibrations give its images now.
	Stale bool
}

// GridChange says that a later reading of the same reviewer differs from an earlier one by more than reading it twice does.
type GridChange struct {
	From, To GridEntry
	// Quantity is "type" or "grade", which went from From's decision to To's; or the name of a value, which changed by Delta; or GridScale.
	Quantity string
	Delta    annotations.Value
}

// GridCell holds every reviewer's findings of one column at one level, the earliest examination first.
type GridCell struct {
	Entries []GridEntry
	Changes []GridChange
}

// GridRow is a disc.
type GridRow struct {
	Level string // "L4-L5"
	// Labelled reports whether both its vertebrae have a confirmed label in some examination.
	Labelled bool
	// Whole reports whether the row is not of a disc but of the lumbar spine as a whole.
	Whole bool
	Cells [GridColumns]GridCell
}

// LevelGrid is every spine finding of a case, level by level.
type LevelGrid struct {
	Rows []GridRow
	// Lacks are codes with arguments joined by "|", of what one reviewer's review still lacks, in the order in which it is done:
	//
	//	labels              no level is labelled
	//	labels-at|L1-L2,L2-L3
	//	numbering           how the levels were counted
	//	modic|3             endplates without a reading, of those of the lumbar discs
	//	height|L1-L2,...    lumbar discs without a height
	//	motion              no instability was measured
	//	decisions|2         findings without a decision
	Lacks []string
	// Done and Of count the readings of the lumbar discs that there are and that there could be.
	Done, Of int
}

// lumbarDiscs are the discs that a review reads, from the head down; shownDiscs those that a grid shows.
var (
	lumbarDiscs = []string{"L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"}
	shownDiscs  = []string{"T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"}
)

// GridLevels are the discs that a grid has rows for, from the head down: the lumbar ones and those of findings, or with all every disc.
func GridLevels(findings []annotations.Annotation, all bool) []string {
	levels := slices.Clone(shownDiscs)
	if all {
		list := annotations.Vertebrae()
		for i := 0; i+1 < len(list); i++ {
			if next := annotations.NextVertebra(list[i], true); list[i] != "C1" && list[i] != "T13" && list[i] != "L6" && next != "" {
				levels = append(levels, list[i]+"-"+next)
			}
		}
	}
	for _, a := range findings {
		if a.Level != "" && !a.Deleted && (gridColumn(a) != GridOther || a.Kind == annotations.Modic || a.Kind == annotations.Pfirrmann || a.Kind == annotations.Schizas) {
			levels = append(levels, a.Level)
		}
	}
	slices.SortStableFunc(levels, func(a, b string) int { return cmp.Compare(discRank(a), discRank(b)) })
	return slices.Compact(levels)
}

// discRank orders discs from the head down; what is none comes last.
func discRank(level string) int {
	upper, lower, _ := strings.Cut(level, "-")
	if i, ok := annotations.VertebraRank(upper); ok {
		j, _ := annotations.VertebraRank(lower)
		return i*100 + j
	}
	return math.MaxInt
}

// gridColumn is the column of a finding. A Modic finding that does not say its endplate is of neither: it stands with all else.
func gridColumn(a annotations.Annotation) GridColumn {
	switch a.Kind {
	case annotations.Modic:
		switch a.Endplate {
		case annotations.SuperiorOfCaudal:
			return GridEndplateBelow
		case annotations.InferiorOfCranial:
			return GridEndplateAbove
		}
	case annotations.DiscHeight:
		return GridHeight
	case annotations.Instability:
		return GridMotion
	}
	return GridOther
}

// MakeLevelGrid puts findings into a grid. Dates are those of the studies (YYYYMMDD) by UID; reviewer is whose review is looked at for what it
// lacks, "" for nobody's. Second passes of one reader (Repeats) are left out: they measure the reader.
func MakeLevelGrid(findings []annotations.Annotation, dates map[string]string, d Dossier, reviewer string, all bool) LevelGrid {
	var g LevelGrid
	var labels [][]annotations.Label
	for _, a := range findings {
		if a.Kind == annotations.Levels && !a.Deleted {
			labels = append(labels, a.Labels())
		}
	}
	entry := func(a annotations.Annotation) GridEntry {
		e := GridEntry{Finding: a, Stale: a.Rescaled(findings)}
		for _, m := range a.Marks {
			if e.Date = dates[m.Image.StudyInstanceUID]; e.Date != "" {
				break
			}
		}
		return e
	}
	for _, level := range GridLevels(findings, all) {
		row := GridRow{Level: level}
		row.Labelled = slices.ContainsFunc(labels, func(list []annotations.Label) bool {
			return slices.ContainsFunc(annotations.Discs(list), func(d annotations.DiscLabel) bool { return d.Level == level && !d.Proposed })
		})
		for _, a := range findings {
			part := measuredAt(a, level)
			if a.Level != level && !part || a.Deleted || a.Repeats != "" {
				continue
			}
			e := entry(a)
			if part {
				e.At = level
			}
			c := &row.Cells[gridColumn(a)]
			c.Entries = append(c.Entries, e)
		}
		for i := range row.Cells {
			row.Cells[i].arrange()
		}
		g.Rows = append(g.Rows, row)
	}
	if row, ok := wholeRow(findings, entry); ok {
		g.Rows = append(g.Rows, row)
	}
	if reviewer != "" {
		g.lacks(d, reviewer)
	}
	return g
}

// quantity is the value of a name without a role, or else of the disc itself.
func quantity(a annotations.Annotation, name string) (annotations.Value, bool) {
	if v, ok := a.Quantity(name, ""); ok {
		return v, true
	}
	return a.Quantity(name, annotations.RoleDisc)
}

// sameKindOfImage reports whether two findings were made on images of one kind: heights are not compared across modalities.
func sameKindOfImage(a, b annotations.Annotation) bool {
	return len(a.Marks) > 0 && len(b.Marks) > 0 && a.Marks[0].Image.SOPClassUID == b.Marks[0].Image.SOPClassUID
}

// lacks fills in what a reviewer's review still lacks.
func (g *LevelGrid) lacks(d Dossier, reviewer string) {
	say := func(code string, args ...string) {
		g.Lacks = append(g.Lacks, strings.Join(append([]string{code}, args...), "|"))
	}
	any := false
	var unlabelled, heights []string
	endplates, undecided, motion := 0, 0, false
	for _, row := range g.Rows {
		read := func(c GridColumn, decided bool) bool {
			return slices.ContainsFunc(row.Cells[c].Entries, func(e GridEntry) bool {
				return e.Finding.Author == reviewer && (!decided || e.Finding.Decision != "")
			})
		}
		for c := GridEndplateAbove; c < GridOther; c++ {
			for _, e := range row.Cells[c].Entries {
				if e.Finding.Author == reviewer && e.Finding.Decision == "" {
					undecided++
				}
			}
		}
		any, motion = any || row.Labelled, motion || read(GridMotion, false)
		if !slices.Contains(lumbarDiscs, row.Level) {
			continue
		}
		if !row.Labelled {
			unlabelled = append(unlabelled, row.Level)
		}
		g.Of += 3
		for _, c := range []GridColumn{GridEndplateAbove, GridEndplateBelow} {
			if read(c, true) {
				g.Done++
			} else {
				endplates++
			}
		}
		if read(GridHeight, false) {
			g.Done++
		} else {
			heights = append(heights, row.Level)
		}
	}
	switch {
	case !any:
		say("labels")
	case len(unlabelled) > 0:
		say("labels-at", strings.Join(unlabelled, ","))
	}
	if d.Numbering == "" {
		say("numbering")
	}
	if endplates > 0 {
		say("modic", strconv.Itoa(endplates))
	}
	if len(heights) > 0 {
		say("height", strings.Join(heights, ","))
	}
	if !motion {
		say("motion")
	}
	if undecided > 0 {
		say("decisions", strconv.Itoa(undecided))
	}
}
