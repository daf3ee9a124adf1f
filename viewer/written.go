package viewer

import (
	"rachis/dicomio"
	"rachis/viewer/overlay"
	"rachis/viewer/render"
)

// written keeps what was composed for a cell's pictures of one series, by all that it depends on, so that looking to and fro makes no text twice.
type written struct {
	series  *series
	info    Info
	session int // of texts: another language
	corners map[cornersKey]corners
	edges   map[edgesKey]edges
}

// mostWritten is how many compositions are kept: more than a long series has slices.
const mostWritten = 512

// cornersKey is what the lines of the corners depend on, beside series and language.
type cornersKey struct {
	state   overlay.State
	header  *dicomio.DataSet
	linking linking
	coming  int // the slice that is awaited, from 1
	preview bool
	caption string
}

type corners struct{ identity, study, image, series []overlay.Line }

// edgesKey is what letters and rulers depend on.
type edgesKey struct {
	geometry render.Geometry
	header   *dicomio.DataSet
	slice    int
	turn     int
	flip     bool
	// calibration is what the rulers rest on.
	calibration dicomio.Calibration
}

type edges struct {
	letters      [4]string
	across, down overlay.Ruler
}

// of forgets what was written of another series, of what is known of it by now, or in another language.
func (w *written) of(s *series, session int) {
	if w.series == s && w.session == session && w.info == s.item.Info {
		return
	}
	w.series, w.session, w.info = s, session, s.item.Info
	w.corners, w.edges = map[cornersKey]corners{}, map[edgesKey]edges{}
}

// keep puts a value into a map that is emptied when it is full.
func keep[K comparable, V any](m map[K]V, key K, value V) {
	if len(m) >= mostWritten {
		clear(m)
	}
	m[key] = value
}
