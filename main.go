// Rachis is a DICOM viewer for spine case review.
package main

import "rachis/app"

func main() { app.Main() }
