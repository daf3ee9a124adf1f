// Package icons holds the icons of the app, our own SVG in one family.
package icons
