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
	kinds := make([]kind, len(paths))
	w.back.run(w.text.T("task.index"), func(ctx context.Context, _ progress) error { // a CD or a share may take its time to answer
		for i, p := range paths {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			kinds[i] = droppedAs(p)
		}
		return nil
	}, func(err error) {
		if err != nil {
			w.say("task.cancelled", lowImportance)
			return
		}
		var images []string
		for i, p := range paths {
			switch kinds[i] {
			case kindBundle:
				w.importBundleAt(p)
			case kindProtocol:
				w.takeHanging(p)
			default:
				if abs, err := filepath.Abs(p); err == nil {
					p = abs
				}
				images = append(images, p)
			}
		}
		if len(images) > 0 {
			w.scan(images, false, images)
		}
	})
}
