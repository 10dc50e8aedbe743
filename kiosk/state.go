// Package kiosk is the machine without its parts: what it shows (State), what
// may happen (Event), what it then does (Effect), and the loop that turns the
// one into the other.
//
// Next is a pure function; an event out of place changes nothing. A card is
// issued in one way only, by an Issuer: write first, act after, acknowledge
// last.
//
// The package draws nothing, opens no device and knows no database: it
// declares Printer and Journal and is handed them.
package kiosk

import (
	"image"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

// A Step is the screen that is shown.
type Step int

// The steps. From each of them idle time leads home.
const (
	Home     Step = iota
	Door          // the staff door asks for a staff PIN
	Menu          // staff menu
	Clock         // the volunteer confirms the date, once, when the clock is suspect
	Issue         // the volunteer hands out cards
	Wait          // a card is being printed, or another effect is under way
	Confirm       // 印刷の確認: did the card come out whole?
	VoidCard      // 取消: why, and is the paper in hand?
	Display       // 表示: language, size and contrast, where the bar has no room for them
	Out           // 休止: out of order, returns by itself
	MyKey         // マイキーIDをつくる: State.MyKey says which of its steps
	Account       // 残高, ポイントカードを調べる: State.Account says which of its steps
	Prize         // 賞品交換: State.Prize says which of its steps
	ByNumber      // 番号で取り消す: State.Number says which of its steps
	Ranges        // 束を有効にする: State.Range says which of its steps
	Sheets        // ポイントカードをPDFで印刷する: State.Sheet says which of its steps
)

// Look is how the person at the screen wants to read it.
type Look struct {
	Lang     string // "ja" or "en"
	Size     Size
	Contrast bool
}

// Size is the size of text.
type Size int

// Text sizes: 小 中 大.
const (
	Small Size = iota
	Medium
	Large
)

// Site is what this kiosk is and what it may issue now.
type Site struct {
	Kiosk     string // its name, as KSZ-014
	Allotment cards.Allotment
	Granted   bool // an allotment is held
	Practice  bool
	Doubted   bool   // the clock is suspect: the count alone decides, not the window
	Counter   bool   // MyKey IDs are made here: there is a card reader
	Tickets   bool   // and turn points into tickets
	Accounts  bool   // residents see what their accounts hold: there is a hub
	Ranges    bool   // cards that were printed beforehand can be activated here
	Sheets    bool   // and printed: a batch is held
	Bound     bool   // the key is bound to this machine (TPM)
	AtRisk    uint64 // yen: if stolen now, at most this
	Contact   cards.Text
	Phone     string
}

// Network is what the network pill and the staff menu say.
type Network struct {
	Online  bool
	Unsent  uint64 // entries beyond the hub's cursor
	Aside   int    // entries the hub set aside, with a reason
	Stopped string // why the hub forbids issuing; empty when it does not

	Provisional int // MyKey IDs given without a network, on which the hub has not ruled
	Refused     int // and those that it refused in the last 30 days
}

// Paper is what the paper pill says.
type Paper struct {
	Ready bool
	Low   bool
	Blind bool   // the printer can't say how it is: somebody has to look
	Code  string // P-01 … when not ready; the word list says printer.P-01
	Todo  string // the word list's key for what to do then
}

// Count is what stands on the right of the Issue screen.
type Count struct {
	Today uint32 // cards out of the event on its day, of however many allotments
	Left  uint32 // numbers left of them
	Open  []cards.OpenCard
	// Tickets are the allotments of point tickets, of those that Open speaks of.
	Tickets []uint32
}

// ask is the question about one of the open cards.
func (c Count) ask(o cards.OpenCard) Ask {
	return Ask{Card: o, Ticket: slices.Contains(c.Tickets, o.Allotment)}
}

// Undecided is how many cards wait for the volunteer's word.
func (c Count) Undecided() (n int) {
	for _, o := range c.Open {
		if undecided(o) {
			n++
		}
	}
	return n
}

func undecided(c cards.OpenCard) bool {
	return c.State == cards.Uncertain || c.State == cards.Printing
}

// An Offer is an event of which cards may be handed out now.
type Offer struct {
	Allotment cards.Allotment // the one that the next card is of
	Today     uint32
	Left      uint32
}

// Is reports whether an offer is of the same event and day, in cards that are
// worth the same.
func (o Offer) Is(a cards.Allotment) bool {
	return o.Allotment.Event.ID == a.Event.ID && o.Allotment.Day == a.Day && o.Allotment.Points == a.Points
}

// Named reports whether the staff menu names what may be handed out, a tile
// each: where there is a choice, or the clock does not tell the day.
func (s State) Named() bool { return len(s.Offers) > 1 || s.Site.Doubted && len(s.Offers) == 1 }

// Desk is the Issue screen's own state.
type Desk struct {
	Operator string
	Request  string // the entitlement of the next card, renewed only after an outcome
	Last     cards.Serial
	Ticket   bool        // it is a point ticket
	Handed   bool        // the last card is out: 「お渡しください」
	Presumed bool        // the printer gave no proof: 「出なかった」 is offered
	Note     string      // a word key about the last attempt, "" when all is well
	Preview  image.Image // of the next card, with no code that reads; nil when there is none
}

// Ask is the question on Confirm and VoidCard.
type Ask struct {
	Card   cards.OpenCard
	Ticket bool // the card is a point ticket: a resident's, who left it in doubt
	Reason string
}

// noted is the word on a void that was asked for: a ticket's points go back.
func (a Ask) noted() string {
	if a.Ticket {
		return "issue.void.noted.ticket"
	}
	return "issue.void.noted"
}

// Keys is what was typed at the staff door. The digits themselves are in the
// event that carries them; a State holds only how many there are.
type Keys struct {
	Typed  int
	Wrong  bool
	Second bool // a second person is asked for, to void a card
	Wait   int  // seconds until the door asks again
}

// State is all that a screen needs. It is a value: Next returns another.
type State struct {
	Step    Step
	Visit   int // grows when a person leaves: answers for an earlier visit are dropped
	Look    Look
	Site    Site
	Network Network
	Paper   Paper
	Offers  []Offer
	Skip    int // how many of them stand on the pages before
	Owed    int // live cards that wait for the volunteer's word
	Count   Count
	Desk    Desk
	Ask     Ask
	Keys    Keys
	MyKey   wizard.State
	Account account.State
	Prize   prize.State
	Number  Numbered
	Range   Ranged
	Sheet   Sheeting
	Card    bool      // one lies on the reader
	Left    bool      // whose person has gone: it is nobody's who comes now
	Two     bool      // more than one lies there
	Now     time.Time // from the last Tick
	touched time.Time // when a finger was last seen
	usual   Look      // how the screen reads for the next person
	pin     PIN       // typed so far; wiped on leaving the door
	back    Step      // where Display and Wait lead back to
	outside Step      // where the staff door leads back to
	review  bool      // the open cards are asked about, and then the menu comes back
	idle    time.Duration
	since   time.Time // a card was to be taken away, and lies there
	away    bool      // the reader is
	until   time.Time // then a card that somebody left, and is not told of, is thought to be gone
	beeps   int       // how often that was said aloud
}

// Opening reports whether Wait is for the Issue screen to open: no card is on
// its way.
func (s State) Opening() bool { return s.Step == Wait && s.back == Menu }
