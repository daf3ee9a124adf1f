package app

import (
	"context"
	"path/filepath"
	"strings"
)

// kind is what something that was dropped on the window, chosen or named at the start is to be.
type kind int

const (
	kindImages   kind = iota // a file, folder, ZIP or DICOMDIR to look for images in
	kindBundle               // a bundle, to be taken into the library
	kindProtocol             // a hanging protocol, to be taken into the user's
)

// droppedAs looks at a place. It reads from the disk.
func droppedAs(path string) kind {
	if isBundle(path) {
		return kindBundle
	}
	if strings.EqualFold(filepath.Ext(path), ".json") {
		if _, err := readHanging(path); err == nil {
			return kindProtocol
		}
	}
	return kindImages
}

// open takes whatever is given: files, folders, ZIPs and DICOMDIRs are indexed and shown where they lie, bundles are taken into the library, hanging
// protocols into the user's. For all else a dialog says what is wrong with it.
func (w *window) open(paths []string) {
	if len(paths) == 0 {
		return
	}
	s := &scanning{w: w, first: len(w.session.items) == 0}
	w.back.run(w.text.T("task.index"), func(ctx context.Context, tell progress) error { // a CD or a share may take its time to answer
		var images []string
		var take []func()
		for _, p := range paths {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			switch droppedAs(p) {
			case kindBundle:
				take = append(take, func() { w.importBundleAt(p) })
			case kindProtocol:
				take = append(take, func() { w.takeHanging(p) })
			default:
				if abs, err := filepath.Abs(p); err == nil {
					p = abs
				}
				images = append(images, p)
			}
		}
		for _, f := range take {
			w.back.post(f)
		}
		if len(images) == 0 {
			return nil
		}
		s.paths, s.asked = images, images
		return s.look(ctx, tell) // at once: what comes back to the window waits for a repaint that goes on
	}, func(err error) {
		switch {
		case len(s.paths) > 0:
			s.done(err)
		case err != nil:
			w.furnish()
			w.say("task.cancelled", lowImportance)
		}
	})
}
