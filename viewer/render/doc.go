// Package render turns frames into pictures: it resamples values by the view's geometry, looks them up in one table of
// 65,536 entries, and paints overlays and marks. It knows nothing of widgets, files or patients.
//
// Work is cut in two stages. Stage one resamples sample values (never grey levels) into a buffer of the viewport's size and
// is done again only when frame or geometry change. Stage two looks each value up and writes the picture; it is all that a
// change of the window costs. Arithmetic on samples is integer fixed point, so that every architecture gives the same bytes.
package render
