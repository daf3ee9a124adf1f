// Package overlay says what is written on a picture besides its pixels and its marks: who and what it shows in the four
// corners, the orientation letters on its four sides, the ruler, the flags, the localiser lines and a message in the middle.
//
// The texts are composed once, when something changes, by Texts, LettersOf, Rulers and Crossing; Painter puts them on every
// frame and allocates nothing while they stay the same. The package knows nothing of widgets.
package overlay
