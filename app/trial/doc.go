// Package trial tries the suggestions and the error bars of the spine on phantoms of known truth, and writes what came out as a table: the
// suggestion of a Modic type on lesions of every kind, and how often the true value lies within the printed 95 % interval.
//
// A trial depends on its seed alone. It touches neither disk nor display.
package trial
