// Package reslice computes the values that a plane cuts out of a stack of images: multiplanar reconstruction.
package reslice
