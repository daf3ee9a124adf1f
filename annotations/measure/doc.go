// Package measure computes what a ruler, a protractor and a densitometer would read on one image: lengths, angles, areas, and statistics
// of the pixels in a region.
//
// Every function answers (value, ok); ok is false where there is no answer, as for an angle between points that coincide, and value is
// then 0. No function returns NaN or an infinity. All are pure and safe for concurrent use.
package measure
