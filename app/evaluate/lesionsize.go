package evaluate

import (
	"cmp"
	"slices"

	"rachis/annotations"
	"rachis/annotations/measure"
	"rachis/annotations/spine"
	"rachis/dicomio/space"
)

// outlinedBody is a vertebra's corners on one image.
type outlinedBody struct {
	in      picture
	corners spine.Landmarks
}

// bodies are the marks that hold four corners of a vertebra, in their order.
func (e *evaluation) bodies(vertebra string) (out []outlinedBody) {
	for _, m := range e.a.Marks {
		corners := Landmarks(m)[vertebra]
		if !has(corners, spine.SA, spine.SP, spine.IP, spine.IA) {
			continue
		}
		if p, err := e.picture(m.Image); err == nil {
			out = append(out, outlinedBody{p, corners})
		}
	}
	return out
}

// vertebra is the vertebra that the lesion lies in, and whether at its superior endplate.
func (e *evaluation) vertebra() (name string, superior, ok bool) {
	disc, ok := spine.ParseDisc(e.a.Level)
	switch {
	case !ok || e.a.Endplate == "":
		return "", false, false
	case e.a.Endplate == annotations.SuperiorOfCaudal:
		return disc.Lower, true, true
	}
	return disc.Upper, false, true
}

// on returns a region's points on a picture: as they were drawn, or through the patient.
func (r area) on(p picture) ([]space.Pixel, bool) {
	if p.ref.Same(r.in.ref) {
		return r.points, true
	}
	if r.places == nil || !p.plane.Known() || p.stack.FrameOfReferenceUID != r.in.stack.FrameOfReferenceUID {
		return nil, false
	}
	var points []space.Pixel
	for _, q := range r.places {
		at, _ := p.plane.FromPatient(q)
		points = append(points, at)
	}
	return points, true
}

// extent gives the size of the lesion against its body, where the finding also has a mark with the body's four corners. What comes back is
// the part of the body that is changed, in percent, by the volume where that is known.
func (e *evaluation) extent(regions regions) *float64 {
	vertebra, superior, ok := e.vertebra()
	if !ok {
		return nil
	}
	list := e.bodies(vertebra)
	if len(list) == 0 {
		return nil
	}
	lesion := regions[annotations.RoleLesion][0]
	body := slices.MinFunc(list, func(a, b outlinedBody) int { return cmp.Compare(lesion.away(a.in), lesion.away(b.in)) })
	points, ok := lesion.on(body.in)
	if !ok {
		return nil
	}
	x, ok := spine.LesionExtent(body.corners, points, superior, body.in.scale())
	if !ok {
		return nil
	}
	give := func(name string, v float64, unit string) { e.give(annotations.Value{Name: name, Value: v, Unit: unit}) }
	give("area_percent", x.Area, "%")
	give("height_percent", x.Height, "%")
	give("ap_percent", x.AP, "%")
	give("max_height_class", float64(spine.HeightClass(x.Height)), "1")
	if x.AP == 0 {
		e.warn("lesion-off-endplate")
	}
	for _, z := range []struct {
		name string
		on   bool
	}{{"posterior", x.Posterior}, {"central", x.Central}, {"anterior", x.Anterior}} {
		if z.on {
			e.suggestion.Zones = append(e.suggestion.Zones, z.name)
		}
	}
	part := &x.Area
	if v, ok := e.volume(regions[annotations.RoleLesion], list, superior); ok {
		give("volume_percent", v.Percent, "%")
		give("volume_class", float64(spine.VolumeClass(v.Percent)), "1")
		give("endplate_percent", v.Endplate, "%")
		give("endplate_area_class", float64(spine.EndplateClass(v.Endplate)), "1")
		e.suggestion.Zones = append(e.suggestion.Zones, v.Sides...)
		part = &v.Percent
	}
	return part
}

// away is how far a picture lies from the one that a region was drawn on: nothing for the same, and much where nothing tells.
func (r area) away(p picture) float64 {
	switch {
	case p.ref.Same(r.in.ref):
		return -1
	case r.places == nil || !p.plane.Known() || p.stack.FrameOfReferenceUID != r.in.stack.FrameOfReferenceUID:
		return 1e9
	}
	_, d := p.plane.FromPatient(r.places[0])
	return max(d, -d)
}

// volume adds the lesion's outlines up over the slices. The body must be outlined on two slices at least, the outermost ones on which it
// shows; between them its outline is interpolated.
func (e *evaluation) volume(lesions []area, bodies []outlinedBody, superior bool) (spine.Volume, bool) {
	first := lesions[0]
	if len(bodies) < 2 || !first.in.plane.Known() || !(first.in.stack.Spacing > 0) {
		return spine.Volume{}, false
	}
	normal := first.in.plane.Normal()
	in := spine.VolumeInput{Spacing: first.in.stack.Spacing, LeftUp: normal.X > 0}
	for _, b := range bodies {
		if b.in.stack != first.in.stack {
			continue
		}
		s, ok := spine.BodySlice(b.corners, superior, b.in.scale())
		if !ok {
			return spine.Volume{}, false
		}
		s.At = b.in.plane.Origin.Dot(normal)
		in.Bodies = append(in.Bodies, s)
	}
	for _, l := range lesions {
		if l.in.stack != first.in.stack {
			continue
		}
		area, ok := measure.Ring(l.points).Area(l.in.scale())
		if !ok {
			return spine.Volume{}, false
		}
		s := spine.Slice{At: l.in.plane.Origin.Dot(normal), Area: area}
		nearestBody := slices.MinFunc(bodies, func(a, b outlinedBody) int { return cmp.Compare(l.away(a.in), l.away(b.in)) })
		if points, ok := l.on(nearestBody.in); ok {
			if x, ok := spine.LesionExtent(nearestBody.corners, points, superior, nearestBody.in.scale()); ok {
				s.Endplate = x.Contact
			}
		}
		in.Lesions = append(in.Lesions, s)
	}
	return spine.LesionVolume(in)
}

// placed holds the references to where they may be: 3 mm from the endplates of the vertebra that they lie in, as far as corners are marked.
func (e *evaluation) placed(regions regions) {
	names := map[string]bool{}
	for _, m := range e.a.Marks {
		for name := range Landmarks(m) {
			names[name] = true
		}
	}
	for _, r := range regions[annotations.RoleReference] {
		for name := range names {
			for _, b := range e.bodies(name) {
				points, ok := r.on(b.in)
				if !ok || r.away(b.in) > max(b.in.stack.Spacing, 5) {
					continue
				}
				d, ok := spine.EndplateDistance(b.corners, points, b.in.scale())
				if ok && d > -2 && d < spine.LeastClearance { // in this vertebra, or across its edge
					e.warn("reference-near-endplate", name, spine.Shown(max(d, 0), 1, spine.LeastClearance))
				}
			}
		}
	}
}
