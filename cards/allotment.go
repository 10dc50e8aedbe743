package cards

import (
	"crypto/ed25519"
	"fmt"
	"time"
)

// Text is a name in the languages that screens and papers speak.
type Text struct {
	Ja string `cbor:"1,keyasint" toml:"ja"`
	En string `cbor:"2,keyasint" toml:"en"`
}

// In returns the text in a language, Japanese where there is no other.
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Ja
}

// An Event is one occurrence of a program, as far as a kiosk and a card need it.
type Event struct {
	ID           string `cbor:"1,keyasint" toml:"id"`
	Municipality Text   `cbor:"2,keyasint" toml:"municipality"`
	Scheme       Text   `cbor:"3,keyasint" toml:"scheme"`
	Name         Text   `cbor:"4,keyasint" toml:"name"`
	Place        Text   `cbor:"5,keyasint" toml:"place"`
	Condition    Text   `cbor:"6,keyasint" toml:"condition"` // what the volunteer checks
	OncePerDay   bool   `cbor:"7,keyasint" toml:"once_per_day"`
	Contact      Text   `cbor:"8,keyasint" toml:"contact"`
	Phone        string `cbor:"9,keyasint" toml:"phone"`
	Opens        string `cbor:"10,keyasint" toml:"opens"` // 15:04, Japan time
	Closes       string `cbor:"11,keyasint" toml:"closes"`
	Host         Host   `cbor:"12,keyasint" toml:"host"`
}

// An Allotment is what one key may issue for one event on one day. It bounds
// what a stolen kiosk can cost: Count times Points.
type Allotment struct {
	ID      uint32 `cbor:"1,keyasint"`
	Key     KeyID  `cbor:"2,keyasint"` // the holder's
	Kind    Kind   `cbor:"3,keyasint"`
	Points  uint32 `cbor:"4,keyasint"` // yen a card
	Count   uint32 `cbor:"5,keyasint"` // numbers 1..Count
	Day     Day    `cbor:"6,keyasint"` // the event's day; "a day" in every rule is this one
	Expires Day    `cbor:"7,keyasint"`
	From    int64  `cbor:"8,keyasint"` // Unix seconds: cards are issued from … until
	Until   int64  `cbor:"9,keyasint"`
	Event   Event  `cbor:"10,keyasint"`
	Batch   bool   `cbor:"11,keyasint,omitempty"` // its cards are printed beforehand, and inactive until they are activated
}

// OpenAllotment reads an allotment signed by one of the hub's keys.
func OpenAllotment(data []byte, list TrustList) (Allotment, error) {
	var a Allotment
	if _, err := Open(data, PaperAllotment, func(id KeyID) ed25519.PublicKey { return list.Hub(id) }, &a); err != nil {
		return Allotment{}, err
	}
	return a, a.Check()
}

// Check reports the first field that can't be right.
func (a Allotment) Check() error {
	switch {
	case a.ID == 0 || !a.Key.Usable() || !a.Kind.Known() || a.Event.ID == "":
		return fmt.Errorf("cards: allotment %d names no holder, kind or event", a.ID)
	case a.Points == 0 || a.Points > MaxPoints || a.Count == 0 || a.Count > MaxNumber:
		return fmt.Errorf("cards: allotment %d: %d cards of %d points can't be", a.ID, a.Count, a.Points)
	case a.Expires < a.Day || a.Until <= a.From:
		return fmt.Errorf("cards: allotment %d ends before it begins", a.ID)
	}
	_, err := ParseHost(string(a.Event.Host))
	return err
}

// Covers returns [ErrOutside], with the field, unless the claims are what this
// allotment allows: holder, kind, points, expiry and number (DECISIONS 5).
func (a Allotment) Covers(c Claims) error {
	field := ""
	switch {
	case c.Allotment != a.ID:
		field = "allotment"
	case c.Key != a.Key:
		field = "holder"
	case c.Kind != a.Kind:
		field = "kind"
	case c.Points != a.Points:
		field = "points"
	case c.Expires != a.Expires:
		field = "expiry"
	case c.Number == 0 || c.Number > a.Count:
		field = "number"
	}
	if field != "" {
		return fmt.Errorf("%w: %s", ErrOutside, field)
	}
	return nil
}

// Claims returns the claims of the card with this number.
func (a Allotment) Claims(number uint32) Claims {
	return Claims{Kind: a.Kind, Key: a.Key, Allotment: a.ID, Number: number, Points: a.Points, Expires: a.Expires}
}

// Open reports whether cards may be issued at this time.
func (a Allotment) Open(now time.Time) bool { return now.Unix() >= a.From && now.Unix() < a.Until }
