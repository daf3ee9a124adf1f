// Package version is the version that the program and all that it writes bear.
package version

// Number is the version; Product is the program's name with it.
const (
	Number  = "0.1.0"
	Product = "Rachis " + Number
)
