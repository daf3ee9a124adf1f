// Package cases says what is kept: the case, its dossier, its findings and its reviews, as values and rules.
package cases
