package kiosk

import (
	"pointkiosk/cards"
	"pointkiosk/kiosk/account"
)

// A RangeAt is how far 束を有効にする has come.
type RangeAt int

// The screens of 束を有効にする.
const (
	RangeNone  RangeAt = iota // nobody is there
	RangeWhich                // this, or the sheets
	RangeFirst                // the first card is scanned, or its number typed
	RangeLast                 // the last one is
	RangeFound                // what is known of the cards from the one to the other
	RangeDone                 // they are handed out
)

// A FoundRange is what this machine knows of the cards from one to another. What
// the hub knows beyond that shows when the record reaches it.
type FoundRange struct {
	Range     cards.Range
	Of        cards.Allotment // without an ID where it is not known here
	Why       string          // a word key: why they can't be activated; empty if they can
	Active    int             // that are active already
	Withdrawn int             // that were withdrawn, and stay so
	Over      bool            // the event is over
}

// Count is how many cards become active.
func (f FoundRange) Count() int {
	return f.Range.Count() - f.Active - f.Withdrawn
}

// Yen is what they are worth: a point is a yen.
func (f FoundRange) Yen() int { return f.Count() * int(f.Of.Points) }

// Ranged is 束を有効にする: cards that were printed beforehand are good from their
// hand-out on (DECISIONS 24).
type Ranged struct {
	At    RangeAt
	Keys  bool // the number is typed
	Busy  bool // an answer is waited for
	Note  string
	First cards.Serial
	Found FoundRange
	Done  int // cards
}

// Taps and answers of 束を有効にする.
type (
	TapBatches  struct{} // staff menu: 束
	TapRange    struct{} // 束を有効にする, and the next one
	TapKeys     struct{} // 番号を押す
	TapActivate struct{} // 有効にする
	SerialRead  struct { // what the scanner read
		Serial cards.Serial
		Note   string // a word key: why there is none
	}
	RangeIs   struct{ Found FoundRange }
	Activated struct {
		Range cards.Range
		Count int    // that are active now, and were not
		Note  string // a word key: why they are not
	}
)

// Effects of 束を有効にする.
type (
	ReadSerial struct{ Text account.Secret } // of a card that was scanned; who does it wipes the text
	FindRange  struct{ First, Last cards.Serial }
	Activate   struct {
		Range    cards.Range
		Operator string
	}
)

// scanned takes a card that was shown to the scanner on the way to a range. Its
// text goes on, and stays nowhere.
func (s State) scanned(e Event) (State, Effect, bool) {
	scan, ok := e.(account.Scanned)
	if !ok || !s.at(Ranges) {
		return s, nil, false
	}
	s.touched = s.Now
	if r := s.Range; r.Busy || r.At != RangeFirst && r.At != RangeLast {
		scan.Text.Wipe()
		return s, nil, true
	}
	s.Range.Busy, s.Range.Note = true, ""
	return s, ReadSerial{Text: scan.Text}, true
}

// byRange is what happens on the screens of 束を有効にする.
func (s State) byRange(e Event) (State, Effect) {
	r := s.Range
	switch e := e.(type) {
	case TypedSerial:
		if r.Keys && !r.Busy {
			return s.rangeEnd(e.Serial)
		}
	case SerialRead:
		if r.At == RangeFirst || r.At == RangeLast {
			if s.Range.Busy, s.Range.Note = false, e.Note; e.Note == "" {
				return s.rangeEnd(e.Serial)
			}
		}
	case RangeIs:
		if r.At == RangeLast && r.Busy {
			s.Range = Ranged{At: RangeFound, First: r.First, Found: e.Found}
		}
	case Activated:
		if r.At == RangeFound && r.Busy && e.Range == r.Found.Range {
			if s.Range.Busy, s.Range.Note = false, e.Note; e.Note == "" {
				s.Range.At, s.Range.Done = RangeDone, e.Count
			}
		}
	default:
		return s.tappedRange(e)
	}
	return s, nil
}

// rangeEnd takes the first card, or the last.
func (s State) rangeEnd(serial cards.Serial) (State, Effect) {
	switch s.Range.At {
	case RangeFirst:
		s.Range = Ranged{At: RangeLast, First: serial}
	case RangeLast:
		s.Range.Busy, s.Range.Note = true, ""
		return s, FindRange{First: s.Range.First, Last: serial}
	}
	return s, nil
}

func (s State) tappedRange(e Event) (State, Effect) {
	r := s.Range
	switch e.(type) {
	case TapRange:
		if r.At == RangeWhich || r.At == RangeDone {
			s.Range = Ranged{At: RangeFirst}
		}
	case TapSheets:
		if r.At == RangeWhich {
			return s.toSheets()
		}
	case TapKeys:
		if !r.Busy && (r.At == RangeFirst || r.At == RangeLast) {
			s.Range.Keys, s.Range.Note = true, ""
		}
	case TapActivate:
		if r.At == RangeFound && r.Found.Why == "" && !r.Busy {
			s.Range.Busy, s.Range.Note = true, ""
			return s, Activate{Range: r.Found.Range, Operator: s.Desk.Operator}
		}
	case TapBack:
		if !r.Busy {
			return s.rangeBack(), nil
		}
	}
	return s, nil
}

// rangeBack is one step up.
func (s State) rangeBack() State {
	switch r := s.Range; {
	case r.Keys:
		s.Range.Keys, s.Range.Note = false, ""
	case r.At == RangeFound:
		s.Range = Ranged{At: RangeLast, First: r.First}
	case r.At == RangeLast:
		s.Range = Ranged{At: RangeFirst}
	case r.At == RangeFirst && s.Site.Sheets:
		s.Range = Ranged{At: RangeWhich}
	default:
		return s.toMenu()
	}
	return s
}

// toRanges is what staff do with cards that are printed beforehand.
func (s State) toRanges() State {
	s.Step, s.Desk.Note, s.Site.Practice = Ranges, "", false // a card on paper is a live one
	s.Range = Ranged{At: RangeFirst}
	if s.Site.Sheets {
		s.Range.At = RangeWhich
	}
	return s
}
