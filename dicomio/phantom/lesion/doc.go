// Package lesion makes single Modic changes of which everything is known: T1, T2 and STIR of four lumbar vertebrae as stacks in memory, each
// series with its own matrix, spacing, slices and tilt, with marrow texture, coil shading and Rician noise. They are what the suggestion of a
// Modic type is tried on.
//
// Nothing touches the disk. Equal seeds give equal images.
package lesion
