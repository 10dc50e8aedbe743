package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
)

// A State is what became of a card, in the same words in journal, hub, API and
// papers. Redeemed and lapsed are known to the hub alone.
type State string

// The states of a card.
const (
	Signed    State = "signed"
	Printing  State = "printing"
	Printed   State = "printed"
	Presumed  State = "presumed" // printed, as far as a printer without proof can tell
	Uncertain State = "uncertain"
	VoidAsked State = "void asked"
	Void      State = "void"
	Honoured  State = "honoured" // a void was asked for, but the card had been redeemed
)

// What a journal entry says that is no state of a card.
const (
	Begun      State = "begun"      // the journal's first entry
	Checkpoint State = "checkpoint" // the sum of all before
	ClockSet   State = "clock"      // the volunteer confirmed the date
	Given      State = "given"      // a MyKey ID was given without a network
)

// What a journal entry says of a range of a batch's cards. Such cards are inactive
// until they are activated (DECISIONS 24).
const (
	Making    State = "making"    // their numbers are taken, and they are signed
	Made      State = "made"      // their files are whole, or are once more
	Opened    State = "opened"    // a file with their codes was
	Activated State = "activated" // they are handed out, and good from then on
	Withdrawn State = "withdrawn" // those that are not active never will be
	Lost      State = "lost"      // withdrawn, and those that are active and not redeemed are void
)

// follows says which states a card may go to from which. "" is before signing.
var follows = map[State][]State{
	"":        {Signed},
	Signed:    {Printing, Void},
	Printing:  {Printed, Presumed, Uncertain, Void},
	Presumed:  {Uncertain, VoidAsked},
	Uncertain: {Printing, Printed, VoidAsked},
	Printed:   {VoidAsked},
	VoidAsked: {Void, Honoured},
}

// May reports whether a card may go from one state to the next. Void follows
// printing only where not one byte had been sent.
func (s State) May(next State) bool { return slices.Contains(follows[s], next) }

// Known reports whether an entry may have this state.
func (s State) Known() bool {
	if !s.OfCard() {
		return true
	}
	for _, next := range follows {
		if slices.Contains(next, s) {
			return true
		}
	}
	return false
}

// NothingSent is the reason of a void that follows printing: the printer had
// not taken one byte, so no paper can carry the card.
const NothingSent = "no byte was sent"

// NotWhole is the reason of a doubt that nobody needs to be asked about: the end
// of the paper was never sent.
const NotWhole = "its end was not sent"

// OfCard reports whether an entry with this state speaks of one card.
func (s State) OfCard() bool {
	return s != Begun && s != Checkpoint && s != ClockSet && s != Given && !s.OfRange()
}

// OfRange reports whether an entry with this state speaks of a range of a batch.
func (s State) OfRange() bool {
	return s == Making || s == Made || s == Opened || s == Activated || s == Withdrawn || s == Lost
}

// Final reports whether nobody needs to do anything about the card any more.
func (s State) Final() bool { return s == Printed || s == Presumed || s == Void || s == Honoured }

// An Entry is one line of a kiosk's journal. It is signed by the kiosk's key
// and names the hash of the entry before, so it proves itself wherever it is
// carried. It holds the card's digest, never the card.
type Entry struct {
	Seq       uint64 `cbor:"1,keyasint"` // from 1, without gaps
	Prev      []byte `cbor:"2,keyasint"` // SHA-256 of the sealed entry before; 32 zeros before the first
	State     State  `cbor:"3,keyasint"`
	Allotment uint32 `cbor:"4,keyasint,omitempty"`
	Number    uint32 `cbor:"5,keyasint,omitempty"`
	Copy      uint32 `cbor:"6,keyasint,omitempty"` // 0 the first paper, k the reprint marked 再印刷 k
	Digest    []byte `cbor:"7,keyasint,omitempty"` // of the card, with signed; of what is deposited, with given; of the manifest, with made
	Request   string `cbor:"8,keyasint,omitempty"` // the entitlement, with signed; the order, with making
	Operator  string `cbor:"9,keyasint,omitempty"`
	Reason    string `cbor:"10,keyasint,omitempty"`
	At        int64  `cbor:"11,keyasint"`           // the kiosk's clock, Unix milliseconds
	Suspect   bool   `cbor:"12,keyasint,omitempty"` // the clock was not to be trusted
	Journal   []byte `cbor:"13,keyasint,omitempty"` // with begun: 16 random bytes
	Sum       *Sum   `cbor:"14,keyasint,omitempty"` // with checkpoint
	Second    string `cbor:"15,keyasint,omitempty"` // with void asked: the second person, above a set count a day
	Last      uint32 `cbor:"16,keyasint,omitempty"` // of a range, which begins with Number
}

// Serial returns the card that the entry speaks of.
func (e Entry) Serial() Serial { return Serial{Allotment: e.Allotment, Number: e.Number} }

// A Sum is where a journal stands: a checkpoint carries it, so that start-up
// need not read everything.
type Sum struct {
	Tallies []Tally    `cbor:"1,keyasint"`
	Open    []OpenCard `cbor:"2,keyasint"`
}

// A Tally counts the cards of one allotment.
type Tally struct {
	Allotment uint32 `cbor:"1,keyasint"`
	Signed    uint32 `cbor:"2,keyasint"` // numbers taken: 1..Signed
	Out       uint32 `cbor:"3,keyasint"` // printed or presumed, less those asked back
	Void      uint32 `cbor:"4,keyasint"`
}

// OpenCard is a card whose story is not over.
type OpenCard struct {
	Allotment uint32 `cbor:"1,keyasint"`
	Number    uint32 `cbor:"2,keyasint"`
	State     State  `cbor:"3,keyasint"`
	Copy      uint32 `cbor:"4,keyasint"`
	Torn      bool   `cbor:"5,keyasint,omitempty"` // its last paper can't be whole
}

// Serial returns the card's name.
func (c OpenCard) Serial() Serial { return Serial{Allotment: c.Allotment, Number: c.Number} }

// Issued is a card with where it stands.
type Issued struct {
	Card  Card
	State State
	Copy  uint32 // 0 the first paper, k the reprint marked 再印刷 k
	Torn  bool   // the last paper can't be whole
}

// EntryHash is the hash by which the next entry names this sealed one.
func EntryHash(sealed []byte) [32]byte { return sha256.Sum256(sealed) }

// OpenEntry reads an entry signed by the key that the function knows.
func OpenEntry(sealed []byte, keys func(KeyID) ed25519.PublicKey) (Entry, KeyID, error) {
	var e Entry
	id, err := Open(sealed, PaperEntry, keys, &e)
	if err != nil {
		return Entry{}, id, err
	}
	return e, id, e.check()
}

// journalSize is how many random bytes name a journal.
const journalSize = 16

// check reports a field that is missing, or that its state does not have.
func (e Entry) check() error {
	of := e.State.OfCard() || e.State.OfRange()
	fits := func(b []byte, want bool, size int) bool { return want && len(b) == size || !want && len(b) == 0 }
	switch {
	case e.Seq == 0 || len(e.Prev) != sha256.Size:
		return fmt.Errorf("%w: entry %d has no place in a chain", ErrPaper, e.Seq)
	case !e.State.Known():
		return fmt.Errorf("%w: entry %d has no state known here", ErrPaper, e.Seq)
	case of && (e.Allotment == 0 || e.Number == 0 || e.Number > MaxNumber), !of && (e.Allotment != 0 || e.Number != 0),
		e.Copy != 0 && !e.State.OfCard() && e.State != Made:
		return fmt.Errorf("%w: entry %d (%s) and its card", ErrPaper, e.Seq, e.State)
	case e.State.OfRange() && (e.Last < e.Number || e.Last > MaxNumber), !e.State.OfRange() && e.Last != 0:
		return fmt.Errorf("%w: entry %d (%s) and its range", ErrPaper, e.Seq, e.State)
	case e.State == Making && e.Request == "":
		return fmt.Errorf("%w: entry %d (%s) names no order", ErrPaper, e.Seq, e.State)
	case e.Second != "" && e.State != VoidAsked:
		return fmt.Errorf("%w: entry %d (%s) and its second person", ErrPaper, e.Seq, e.State)
	case !fits(e.Digest, e.State == Signed || e.State == Given || e.State == Made, sha256.Size):
		return fmt.Errorf("%w: entry %d (%s) and its digest", ErrPaper, e.Seq, e.State)
	case !fits(e.Journal, e.State == Begun, journalSize), (e.Sum != nil) != (e.State == Checkpoint):
		return fmt.Errorf("%w: entry %d (%s) and what it begins or sums up", ErrPaper, e.Seq, e.State)
	}
	return nil
}
