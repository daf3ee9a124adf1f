// Package registration finds the vertebrae of one lateral radiograph on another one of the same patient, by the picture itself.
//
// It is given the corners of each vertebra on one film and returns them on the other, with what speaks for and against each: a vertebra whose
// match is poor is refused, with the reason, and has no corners. What it finds is a proposal that a reviewer confirms.
//
// The method: both films are brought to one size of pixel and freed from slow shading and from contrast (each value is told by how it stands
// among its surroundings). A coarse picture of each vertebra is looked for at every place, turn and scale by correlation, once of its shades and once of how much
// there is of edges: in a film of little contrast the lines of the endplates are all there is to see. Of the best places
// the chain that a spine can form is taken; each vertebra is then refined by itself, from coarse to fine, as a similarity transform with robust
// weights, forwards and backwards. Whether the patient faces the other way is always asked; where no film of this patient is recognised it is
// tried in every turn. Where few vertebrae are marked, those beside them, which nobody marked, help to tell whether it is this patient's film.
// Neighbouring vertebrae resemble each other: where the right one is not in the picture, the next one may be taken for it if it is as like as two bones of one spine can be, which is one more reason why a
// reviewer confirms. It is deterministic, reads no file, and knows nothing of DICOM.
//
// Places are in image coordinates, (0, 0) the top left corner of the top left pixel.
package registration
