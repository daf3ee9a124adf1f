// Package annotations says what the reviewer means: marks on images, the numbers read from them, the grade that was
// suggested and the grade that was decided, and the document that keeps every edit.
package annotations
