// Package account is what a resident does at an open account at a kiosk, as a
// pure state machine: what is shown (State), what may happen (Event), what is
// then done (Effect).
//
// A password or the text of a paper card is never on a screen: it travels in one
// Event and one Effect, and is wiped. Whoever takes the card away, is idle or is
// done leaves nothing.
//
// It reads no card, asks no hub and draws nothing.
package account

import "time"

// A Step is one screen.
type Step int

// The steps. Those from Balance to Bought are an open account.
const (
	Ways     Step = iota // by My Number card, or by MyKey ID and password
	ByCard               // by card: the steps of package wizard go on from here
	ID                   // the MyKey ID, on the keyboard
	Password             // the password, on the keyboard
	Forgot               // it is forgotten: by card there is a new code
	Opening              // the hub is asked
	Balance              // 残高: points in large type, and what expires next
	Lots                 // all of what expires when
	Moves                // what came and went
	Put                  // paper cards put on the account, each with its verdict
	Tickets              // ポイント券: of how many points
	Sure                 // this one?
	Buying               // the hub is asked, and it is printed
	Bought               // it is out, or may be, or came to nothing
	Looking              // a paper card is looked at
	Looked               // what it is worth
	Stopped              // it ends here: Reason says why, and what to do
)

// A Reason is why it stopped. Each has a screen of its own, with what to do.
type Reason string

// The reasons.
const (
	Offline Reason = "offline" // the hub was not reached
	Busy    Reason = "busy"    // the hub asks to come again
	Slow    Reason = "slow"    // too many wrong passwords: much later, or by card
	Over    Reason = "over"    // the sitting lasted too long
	Unknown Reason = "unknown" // the hub does not know this kiosk, or has no MyKey IDs
	Broken  Reason = "broken"  // the kiosk itself: staff
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

// A Lot is points with one last day.
type Lot struct {
	Scheme  Name
	Points  int64
	Expires time.Time // the last day
}

// A Move is points that came or went.
type Move struct {
	At      time.Time
	Kind    string // redeem, expire
	Points  int64  // negative when they went
	Event   Name
	Expires time.Time
}

// An Account is what the hub tells of one.
type Account struct {
	Tail  string // the last four characters of the MyKey ID
	Home  Name   // the scheme of this kiosk
	Lots  []Lot  // the first to expire first
	Moves []Move // the latest first
}

// A Total is all points of a scheme.
type Total struct {
	Scheme Name
	Points int64
}

// Totals adds up the points by scheme, that of this kiosk first: it is there also
// where there are none.
func (a Account) Totals() []Total {
	out := []Total{{Scheme: a.Home}}
	for _, l := range a.Lots {
		n := 0
		for n < len(out) && out[n].Scheme.Ja != l.Scheme.Ja {
			n++
		}
		if n == len(out) {
			out = append(out, Total{Scheme: l.Scheme})
		}
		out[n].Points += l.Points
	}
	return out
}

// Ends are the lots of the scheme whose points stand in large type, the first to
// expire first.
func (a Account) Ends() (own []Lot) {
	for _, l := range a.Lots {
		if l.Scheme.Ja == a.Home.Ja {
			own = append(own, l)
		}
	}
	return own
}

// A Line is one paper card that was scanned at an open account.
type Line struct {
	N      int    // the n-th that was scanned
	Serial string // as the paper has it; empty for what is no card
	Done   bool   // there is a verdict
	Before bool   // its points are on this account since before
	Points int64
	Word   string // why it gave nothing; empty if it gave its points, or waits
	text   Secret // what was scanned, until it is on its way
}

// A Card is what a paper card is worth to whoever holds it.
type Card struct {
	Serial  string
	Word    string // why it would give nothing; empty if it would give its points
	Points  int64
	Event   Name
	Day     time.Time // of the event
	Expires time.Time // its last day
	Since   time.Time // when Word came about, zero if nobody knows
	Offline bool      // nobody could be asked: it is genuine, by a list of this day
	List    time.Time
}

// A Ticket is a point ticket that this kiosk may print.
type Ticket struct {
	Allotment uint32
	Scheme    Name
	Points    int64
	Expires   time.Time // its last day
}

// CanHave reports whether an account has the points for a ticket: only those count
// that last as long as it does.
func (a Account) CanHave(t Ticket) bool {
	var sum int64
	for _, l := range a.Lots {
		if l.Scheme.Ja == t.Scheme.Ja && !l.Expires.Before(t.Expires) {
			sum += l.Points
		}
	}
	return sum >= t.Points
}

// A Sale is what became of a ticket.
type Sale struct {
	Serial string // of the ticket; empty where there is none
	Doubt  bool   // whether it is whole only the person can see
	Word   string // why there is none: what to tell
}

// A SlipState is what became of the printed slip.
type SlipState int

// The states of the slip.
const (
	NoSlip     SlipState = iota
	Printing             //
	Printed              //
	NotPrinted           // say so, and offer it again
)

// State is all that a screen needs.
type State struct {
	Step    Step
	Reason  Reason
	Reader  bool   // there is one: an account opens by card
	Card    bool   // a My Number card lies on it
	Lost    bool   // by card for a new code, since the password is forgotten
	Sitting int    // whose account it is: of the one who opened it
	ID      string // typed, on the way to the password
	Wrong   bool   // the last password, or the ID, was wrong
	Account Account
	Lines   []Line
	Sent    bool // some of the lines are on their way
	Paper   Card // that was looked at
	Slip    SlipState
	Tickets []Ticket // that may be had here
	Ticket  Ticket   // the chosen one
	Sale    Sale
}

// Sum is what the paper cards gave so far.
func (s State) Sum() (sum int64) {
	for _, l := range s.Lines {
		if l.Done && l.Word == "" && !l.Before {
			sum += l.Points
		}
	}
	return sum
}

// An Event is something that happened.
type Event any

// A Secret is a password or the text of a paper card on its way: it shows nothing
// of itself, and is wiped by whoever uses it.
type Secret interface{ Wipe() }

// Taps of a finger.
type (
	TapCard   struct{} // by My Number card
	TapID     struct{} // by MyKey ID and password
	TapForgot struct{} // the password is forgotten
	TapLots   struct{}
	TapMoves  struct{}
	TapPut    struct{} // how paper cards are put on the account
	TapSlip   struct{}
	TapSell   struct{} // ポイント券にする
	TapTicket struct{ Allotment uint32 }
	TapYes    struct{} // this one; or, it is whole
	TapNo     struct{} // it is torn, or did not come out: the same again
	TapBack   struct{}
	TapEnd    struct{} // 終わる

	TypedID   struct{ ID string }
	TypedPass struct{ Pass Secret }
	Scanned   struct{ Text Secret } // by the hand scanner, as it came
)

// News of the My Number card, and answers.
type (
	CardIn  struct{}
	CardOut struct{}

	Opened struct {
		Account Account
		Sitting int // each that is opened has another
	}
	NotOpened struct {
		Wrong  bool // no such MyKey ID with this password
		Reason Reason
	}
	PutDone struct {
		Lines   []Line // their verdicts, by their numbers
		Account Account
		Heard   bool   // the account is as the hub says now
		Reason  Reason // why it ends, empty if it goes on
	}
	LookDone struct{ Card Card }

	TicketsAre struct{ Tickets []Ticket }
	TicketDone struct {
		Sale  Sale
		Heard bool // the account has these lots now, and one move more
		Lots  []Lot
		Move  Move
	}
	SlipOut struct{ Printed bool }
)

// An Effect is something to do; its answer comes back as an Event.
type Effect any

// A Scan is one paper card on its way.
type Scan struct {
	N    int
	Text Secret
}

// The effects. Those that touch an account name the sitting that they are for: they
// do nothing with another one's. 0 is whoever sits there.
type (
	SignIn struct {
		ID   string
		Pass Secret
	}
	PutCards struct {
		Scans   []Scan // at most [MaxPut]
		Sitting int
	}
	LookAt    struct{ Text Secret }
	PrintSlip struct {
		Account Account
		Lang    string // that its resident reads; empty is Japanese
		Sitting int
	}
	ListTickets struct{}
	BuyTicket   struct {
		Ticket  Ticket
		Sitting int
	}
	SettleTicket struct { // the person's word on one that is in doubt
		Serial string
		Whole  bool
	}
	Leave struct{ Sitting int } // it ends, here and at the hub
)

// MaxPut is how many cards the hub takes at once.
const MaxPut = 50

// maxLines is how many cards one visit takes: nobody has more.
const maxLines = 500
