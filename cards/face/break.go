package face

import "pointkiosk/assets/words/kinsoku"

// How bad a place to break may be, in tenths of a character's width: between
// words; anywhere; or where a hyphen may be taken for the line's end alone.
const (
	fairCut = 30
	anyCut  = kinsoku.InsideWord
	lastCut = kinsoku.AfterHyphen
)
