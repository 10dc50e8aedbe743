// Package prize is how staff hand out a prize for paper cards (賞品交換), as a pure
// state machine: what is shown (State), what may happen (Event), what is then done
// (Effect).
//
// The texts of the cards are in no State: whoever performs the effects keeps them
// until the prize is asked for or the screen is left.
//
// It asks no hub and draws nothing.
package prize

// A Step is one screen.
type Step int

// The steps.
const (
	Scan   Step = iota // card by card, with the sum
	Choose             // which of the prizes that fit
	Sure               // read back, with what becomes of the surplus
	Second             // a second person says yes, at the staff door
	Taking             // the hub is asked, and the slip is printed
	Done               // it is handed out; or Word says why not
)

// A Name is a text in both languages; English may be missing.
type Name struct{ Ja, En string }

// In returns the name in a language, in Japanese where it has none.
func (n Name) In(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Ja
}

// A Line is one card that was scanned.
type Line struct {
	Serial string // empty for what is no card
	Points int64
	Event  Name
	Word   string // why it does not count; empty if it does
}

// A Prize is what the cards may buy.
type Prize struct {
	ID     string
	Name   Name
	Points int64
	Stock  uint32
	Change uint32 // the allotment of which one card pays the surplus back; 0: none
}

// A Basket is all that was scanned, and what it is worth.
type Basket struct {
	N      int // grows with each answer
	Lines  []Line
	Sum    int64
	Second bool // it takes a second person
	Prizes []Prize
	Word   string // why nothing is known of it; empty if it is
}

// A Taken is what became of a prize.
type Taken struct {
	Word    string // why it is not handed out; empty if it is
	Slip    uint64
	Prize   Name
	Points  int64
	Surplus int64
	Change  bool   // a card over the surplus was issued
	Card    bool   // and is out; else the desk asks about it
	Later   bool   // no card over the surplus is out yet: it comes when the screen is opened again
	Asked   string // the number of the card over the surplus, where somebody asked for a void of it
	Unpaid  bool   // no card over the surplus can be issued any more: it is owed
	Printed bool   // the slip
	Before  bool   // it was handed out before the kiosk was switched off, or the line cut
}

// State is all that a screen needs.
type State struct {
	Step   Step
	Basket Basket
	Prize  Prize
	Give   bool // the surplus is given up
	Taken  Taken
}

// Surplus is what is left of the sum.
func (s State) Surplus() int64 { return s.Basket.Sum - s.Prize.Points }

// An Event is something that happened.
type Event any

// A Secret is the text of a paper card on its way.
type Secret interface{ Wipe() }

// Taps of a finger, what is scanned, and answers.
type (
	TapChoose struct{}
	TapPrize  struct{ ID string }
	TapGive   struct{ Give bool } // what becomes of the surplus
	TapTake   struct{}            // hand it out
	TapSlip   struct{}            // again
	TapBack   struct{}
	TapEnd    struct{}
	Scanned   struct{ Text Secret }
	Agreed    struct{ Second string } // by a second person

	BasketIs Basket
	TakenIs  Taken
)

// An Effect is something to do; its answer comes back as an Event.
type Effect any

// The effects.
type (
	Open struct{} // what an earlier one left open comes first
	Add  struct{ Text Secret }
	Take struct {
		Prize           Prize
		Surplus         int64
		Change          bool
		Operator, Other string
		Lang            string // of the slip
	}
	Reprint struct{ Operator, Lang string }
	Clear   struct{}
)
