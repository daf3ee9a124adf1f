// Package spine holds the spine's own measurements: Modic signal, disc height and segmental instability, from landmarks and signal means
// to numbers, their uncertainty, and what the published criteria say of them.
//
// Nothing here is a diagnosis. Every result is a suggestion with its numbers and its reservations; the reviewer decides. The methods are
// those of the project's methods paper, whose sections the comments cite (M 3.3 is section 3.3); where it cites authors, so do they.
//
// All functions are pure and safe for concurrent use. A quantity that cannot be given is nil or false, never NaN and never 0, and a
// warning says why. Warnings are codes with arguments, "slip-not-significant|EXTENSION|1.0"; English says them.
package spine

// RulesVersion names the rules by which suggestions are made. It changes when a limit or a table changes.
const RulesVersion = "1"

// z95 makes a 95 % interval's half width of a standard deviation.
const z95 = 1.96
