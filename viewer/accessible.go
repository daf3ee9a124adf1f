package viewer

import "fyne.io/fyne/v2"

var (
	_ fyne.Accessible = (*Grid)(nil)
	_ fyne.Accessible = (*Board)(nil)
)

// label is what a screen reader says of a board: how many views it has, and what the active one shows. No patient is named: where identity is
// hidden a loudspeaker must not tell it.
func (g *Grid) label(b *board) string {
	c := b.cells[b.active]
	if c.series == nil {
		return g.cfg.Text("viewer.spoken.empty", b.layout.Cells())
	}
	name := c.series.item.Stack.Description
	if name == "" {
		name = c.series.item.Info.SeriesDescription
	}
	return g.cfg.Text("viewer.spoken", b.layout.Cells(), b.active+1, name, c.view.Slice+1, len(c.series.item.Stack.Slices))
}

// AccessibilityLabel is what a screen reader says of the pictures.
func (g *Grid) AccessibilityLabel() string { return g.label(g.boards[0]) }

// AccessibilityRole is for Fyne, which knows no better word for pictures.
func (g *Grid) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is what a screen reader says of the pictures.
func (w *Board) AccessibilityLabel() string { return w.g.label(w.b) }

// AccessibilityRole is for Fyne.
func (w *Board) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
