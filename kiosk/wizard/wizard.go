// Package wizard is how a resident gets a MyKey ID at a kiosk, as a pure state
// machine: what is shown (State), what may happen (Event), what is then done
// (Effect).
//
// A PIN or a password is never in a State: it travels in one Event and one
// Effect. Whoever takes the card away, is idle or is done leaves nothing; an
// answer to one who has left is dropped by whoever runs the machine.
//
// It reads no card, asks no hub and draws nothing.
package wizard

// A Step is one screen.
type Step int

// The steps, in the order in which they come. Each question has one screen.
const (
	Needs    Step = iota // はじめに: what is needed, and whether the person is 15 or older
	Young                // under 15: with whom to come, and with what
	Place                // カードを置く
	Reading              // the card is being read
	PIN                  // 暗証番号
	LastTry              // before the last try staff say yes
	Checking             // the PIN is checked, and the hub asked
	Choose               // IDを決める: proposals, or one's own
	Own                  // one's own, on the keyboard
	Looking              // the hub is asked whether it is free
	Password             // a code on the slip, or a password typed here
	Typing               // the password, on the keyboard
	Terms                // 自治体と規約
	Confirm              // 確認: all of it read back
	Applying             // the card signs, and the hub answers
	Done                 // できました: the ID in large type
	Held                 // this card has an ID already
	None                 // this card has none: who came for something else may make one
	Sure                 // retire it: really?
	Stopped              // it ends here: Reason says why, and what to do
	Take                 // カードをお取りください
)

// A Reason is why the wizard stopped. Each has a screen of its own, with what
// to do, where to go and what to bring.
type Reason string

// The reasons. The card's own come first.
const (
	NoReader      Reason = "no-reader"        // none is plugged in
	TwoCards      Reason = "two-cards"        // more than one lies there: nobody knows whose visit it is
	InUse         Reason = "in-use"           // another program holds the reader
	OtherCard     Reason = "other-card"       // no My Number card
	Phone         Reason = "phone"            // a phone's token
	NoCertificate Reason = "no-certificate"   // the card was issued without one
	Mute          Reason = "mute"             // the card answers nothing: lay it down again
	Weak          Reason = "weak-certificate" // the certificate's key is of a kind that the hub would refuse too
	Unusable      Reason = "unusable"         // locked, or a card without a PIN: 暗証番号が使えません
	Expired       Reason = "expired"          // the certificate
	Renewed       Reason = "renewed"          // less than 24 hours ago: the hub can't know it yet
	Refused       Reason = "refused"          // the hub refused it: State.Word says why
	Slow          Reason = "slow"             // too often: much later
	Offline       Reason = "offline"          // what is asked for needs the network
	Broken        Reason = "broken"           // the kiosk itself: staff
)

// An Aim is what a person puts their card down for.
type Aim int

// The aims.
const (
	Make Aim = iota // a MyKey ID
	Open            // their account: package account goes on from there
	Anew            // a new code on a slip, since the password is forgotten
)

// An Account is what the hub tells the holder of a card about what is theirs.
type Account struct {
	ID     string
	Points map[string]int64 // by scheme
}

// An Agreement is what a resident agrees to and with whom, as the hub sent them, in
// each language that it knows ("ja", "en").
type Agreement struct {
	Municipality, Scheme map[string]string
	Body                 map[string]string // a point on each line
}

// or keeps the terms that were shown where no others came.
func (a Agreement) or(shown Agreement) Agreement {
	if a.Body == nil {
		return shown
	}
	return a
}

// State is all that a screen needs.
type State struct {
	Step    Step
	Aim     Aim
	Reason  Reason
	Word    string   // of the hub, where it refused: a verdict
	Card    bool     // one lies on the reader
	Tries   int      // left for the PIN
	Wrong   bool     // the last PIN was wrong
	Moved   bool     // the card was moved while it was read
	IDs     []string // proposals
	ID      string   // chosen
	Taken   string   // the word why the ID that was chosen is not to be had
	Terms   Agreement
	Typed   bool      // a password is typed here, and not a code printed
	Weak    bool      // the password was too weak
	Account Account   // of who has one
	Code    string    // one-time, for the slip: only while Done is shown
	Later   bool      // 仮登録: it counts when the hub has heard of it
	Slip    SlipState // of the slip
	Before  bool      // the ID is from before: this card takes the place of the one that was bound to it
	Forgot  bool      // the password: a new code was asked for
	Join    bool      // the ID is to be one of this scheme too: its terms are agreed to
	Child   bool      // under 15: a guardian is there, and staff said yes
	Staff   string    // who said yes at the staff door
	again   Step      // where a stop that ends by itself leads back to
	change  bool      // another ID in place of the one held
	Sitting int       // whose card was read: of the one who reads cards
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

// An Event is something that happened.
type Event any

// A Secret is a PIN or a password on its way: it shows nothing of itself, and is
// wiped by whoever uses it.
type Secret interface{ Wipe() }

// Taps of a finger.
type (
	TapNext   struct{}              // the main action of a screen
	TapYoung  struct{}              // under 15
	TapStaff  struct{}              // under 15, with a guardian: staff go on
	TapBack   struct{}              // もどる, やめる
	TapID     struct{ ID string }   // one of the proposals
	TapOwn    struct{}              // 自分で決める
	TapCode   struct{}              // a code on the slip
	TapTyped  struct{}              // a password typed here
	TapChange struct{}              // another ID
	TapRetire struct{}              // it ends
	TapSlip   struct{}              // the slip, again
	TapForgot struct{}              // the password: a new code on a new slip
	TapBefore struct{}              // has an ID from before: the card is a new one
	TapVouch  struct{}              // staff vouched for who has no password any more
	TypedPIN  struct{ PIN Secret }  // four digits
	TypedID   struct{ ID string }   // one's own
	TypedPass struct{ Pass Secret } //
	TapEnd    struct{}              // 終わる
)

// A Vouched is a member of staff who said yes at the staff door: before the last
// try of a PIN, or for who is under 15. The door alone says it: [Is] does not
// know it.
type Vouched struct{ Staff string }

// News of the card, and answers.
type (
	CardIn  struct{}
	CardOut struct{}

	CardRead struct { // the PIN may be asked for
		Tries   int
		Sitting int // each card that is laid down has another
	}
	CardStops struct{ Reason Reason } // it may not
	CardMoved struct{}                // lay it down again: nothing was lost

	ReaderBack struct{} // there is one again

	PINRight struct { // the hub was asked who that is
		Account Account
		IDs     []string // proposals, where there is none; of a lease while offline
		Later   bool
		Terms   Agreement
		Join    bool // the account is not one of this scheme yet
	}
	PINWrong struct{ Tries int }
	WentAway struct { // the network, on the way: begin again with the IDs of a lease
		IDs   []string
		Terms Agreement
	}

	IDFree struct {
		ID    string
		Word  string // why not; empty when it is free
		Terms Agreement
	}
	Answered struct { // an application
		Word    string // the hub's verdict; empty is yes
		Account Account
		Code    string
		Later   bool
		IDs     []string // new proposals, where the ID was taken meanwhile
		Terms   Agreement
	}
	SlipOut struct{ Printed bool }
)

// An Effect is something to do; its answer comes back as an Event.
type Effect any

// The effects. All but the first name the sitting that they are for: they do
// nothing with another one's card. 0 is whoever sits there.
type (
	ReadCard struct{ Aim Aim }
	Check    struct { // verify, then ask the hub
		PIN     Secret
		Aim     Aim
		Staff   string // who said yes; empty if nobody was asked
		Sitting int
	}
	LookAt struct {
		ID      string
		Sitting int
	}
	Apply struct {
		Purpose string // as package cards names it
		ID      string
		Pass    Secret // nil: a code for the slip
		Staff   string // as in Check
		Sitting int
	}
	PrintSlip struct {
		ID, Code string
		Lang     string // that its resident reads; empty is Japanese
		Sitting  int
	}
	PowerDown struct{ Sitting int } // the card forgets that the PIN was right
)

// For returns an effect with the sitting that it is for.
func For(sitting int, e Effect) Effect {
	switch e := e.(type) {
	case Check:
		e.Sitting = sitting
		return e
	case LookAt:
		e.Sitting = sitting
		return e
	case Apply:
		e.Sitting = sitting
		return e
	case PrintSlip:
		e.Sitting = sitting
		return e
	case PowerDown:
		e.Sitting = sitting
		return e
	}
	return e
}
