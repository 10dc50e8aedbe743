package ui

import "pointkiosk/packaging/proof"

// holding lists where in a value some characters are, and which.
func holding(v any, wants ...string) []string { return proof.Holding(v, wants...) }
