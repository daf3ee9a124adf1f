// Package hanging is what hanging protocols are and which series they choose: values, rules and matching, without a window and without a disk.
//
// A protocol is one JSON file of at most 64 KiB, in UTF-8:
//
//	{
//	  "rachis_hanging": 1,                        the version of this form
//	  "id": "modic",                              small letters, digits and -, at most 64
//	  "name": {"en": "Modic", "fr": "Modic"},     one of the two is enough
//	  "layout": {"rows": 1, "columns": 3,         1 to 4 each
//	             "lead": "left",                  optional: the first view is large, at the "left" or the "top"
//	             "tiled": true},                  optional: one series over all views; then there is one view below
//	  "views": [                                  as many as the layout has, in order of rows
//	    {"series": [                              rules in order of preference; none leaves the view empty
//	       {"modality": ["MR"],                   each attribute that is there must match, with any of its values
//	        "plane": ["SAG"],                     SAG, COR, AX, OBL
//	        "weighting": ["T1"],                  T1, T2, STIR, PD
//	        "fat": "kept",                        optional: "suppressed" or "kept"
//	        "position": ["FLEXION"],              FLEXION, EXTENSION, NEUTRAL, UNSTATED
//	        "projection": ["LATERAL"],            LATERAL, FRONTAL, OBLIQUE
//	        "description": ["l spine"],           words, without regard to case and accents; any of the texts
//	        "images": {"min": 2, "max": 60}}],    how many images the series has
//	     "prior": 1,                              0 or absent: the current study; 1: the one before it, 2: ...
//	     "required": true,                        without it the protocol does not fire on its own
//	     "slice": "middle",                       optional: "first", "middle", "last"; else where the series is linked or was seen last
//	     "window": {"preset": "bone"}}            optional: a preset of CT, {"percentile": true}, or {"center": 40, "width": 400}
//	  ],
//	  "links": {"scroll": true, "pan": true, "zoom": true, "window": false, "localiser": true},      optional, each of them too
//	  "opening": {"alone": true, "priority": 40, "modality": ["MR"]}      optional: it is tried when a study is opened
//	}
//
// Anything else in a file, or a value that is none of those above, makes the file a broken one: a rule that is not understood must not be passed over.
//
// The current study of a rule is the newest of the patient that has images of the rule's modality; studies of one date are one visit. A prior is an
// earlier visit that has what the rules ask for, the last before the current one first.
package hanging
