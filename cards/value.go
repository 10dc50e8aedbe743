package cards

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// RequestSize is the size of the random bytes that name a request for ever: the
// kiosk stores them before it sends anything.
const RequestSize = 16

// RequestText is a request as the journal has it, with the entry that signs what
// it brought.
func RequestText(request []byte) string { return hex.EncodeToString(request) }

// MaxChange is how many cards over one surplus are tried, after those that came
// to nothing.
const MaxChange = 8

// ChangeRequest is the entitlement of the n-th card over the surplus of a take;
// each but the last is void, and no byte of it was sent.
func ChangeRequest(request []byte, n int) string {
	if n == 0 {
		return RequestText(request)
	}
	sum := sha256.Sum256(append(slices.Clip(request), byte(n)))
	return RequestText(sum[:RequestSize])
}

// ofAgain begins the requests of cards that take the place of others.
const ofAgain = "again:"

// AgainRequest is the entitlement of the n-th card, from 1, that takes the place
// of a void one.
func AgainRequest(s Serial, n int) string { return fmt.Sprintf("%s%s:%d", ofAgain, s, n) }

// AgainOf tells in whose place a card is signed for a request, if it is in any's.
func AgainOf(request string) (s Serial, is bool) {
	rest, is := strings.CutPrefix(request, ofAgain)
	text, _, counted := strings.Cut(rest, ":")
	s, err := ParseSerial(text)
	return s, is && counted && err == nil
}

// A TicketAsk asks for part of a balance as one point ticket. The kiosk's live
// key seals it; the same request has the same answer.
type TicketAsk struct {
	Request   []byte `cbor:"1,keyasint"`
	Token     Secret `cbor:"2,keyasint"` // of the sitting; empty: bare, tells what was done and moves nothing
	Allotment uint32 `cbor:"3,keyasint"`
	Number    uint32 `cbor:"4,keyasint"` // that will be signed once the hub has said yes
}

// A TicketAnswer grants a ticket, or says why not.
type TicketAnswer struct {
	Answers []byte `cbor:"1,keyasint"` // SHA-256 of the sealed ask
	Refused string `cbor:"2,keyasint"` // a Ticket… word; empty if it is granted
	Points  uint32 `cbor:"3,keyasint"`
	Expires Day    `cbor:"4,keyasint"`
	Held    []Held `cbor:"5,keyasint"` // what the account holds after it, while the sitting lasts
	At      int64  `cbor:"6,keyasint"` // the hub's clock, Unix milliseconds
}

// Why a ticket is refused.
const (
	TicketOver    = "over"    // the sitting is
	TicketOutside = "outside" // not a ticket of an allotment of this key
	TicketShut    = "shut"    // the allotment is not open now, or its tickets' last day is past
	TicketNumber  = "number"  // granted by another request, or signed or void
	TicketShort   = "short"   // of points that last as long as the ticket
)

// Why a ticket or a prize is refused.
const (
	ValueStopped   = "stopped"   // the kiosk must not issue
	ValueWithdrawn = "withdrawn" // the request came bare before
	ValueRequest   = "request"   // it came with other content before
)

// A PrizeLook asks what cards are worth and which prizes they buy. Looking
// changes nothing. Without cards it asks for all prizes.
type PrizeLook struct {
	Cards []string `cbor:"1,keyasint"` // texts of cards, as [Parse] takes them
	Nonce []byte   `cbor:"2,keyasint"`
}

// A PrizeCard is what one card is worth.
type PrizeCard struct {
	Refused string `cbor:"1,keyasint"` // as in [PutOne]; ticket or scheme; empty if it is good
	Points  uint32 `cbor:"2,keyasint"`
	Event   Text   `cbor:"3,keyasint"`
	Day     Day    `cbor:"4,keyasint"`
}

// A Prize is what points buy at the counter.
type Prize struct {
	ID     string   `cbor:"1,keyasint"`
	Name   Text     `cbor:"2,keyasint"`
	Points uint32   `cbor:"3,keyasint"`
	Stock  uint32   `cbor:"4,keyasint"`
	Change []uint32 `cbor:"5,keyasint"` // the kiosk's allotments of which one card pays the surplus back
}

// A PrizeOffer answers a look.
type PrizeOffer struct {
	Answers []byte      `cbor:"1,keyasint"` // SHA-256 of the sealed look
	Cards   []PrizeCard `cbor:"2,keyasint"` // in the order of the look
	Scheme  Text        `cbor:"3,keyasint"` // of the good cards
	Sum     int64       `cbor:"4,keyasint"` // of their points
	Second  bool        `cbor:"5,keyasint"` // it takes a second person
	Prizes  []Prize     `cbor:"6,keyasint"` // that fit and are in stock, the dearest first
	At      int64       `cbor:"7,keyasint"` // the hub's clock, Unix milliseconds
}

// A PrizeTake hands cards in for a prize. The kiosk's live key seals it; the same
// request has the same answer.
type PrizeTake struct {
	Request  []byte   `cbor:"1,keyasint"`
	Operator string   `cbor:"2,keyasint"`
	Second   string   `cbor:"3,keyasint"` // another person, where the offer asks for one
	Cards    []string `cbor:"4,keyasint"` // none: bare, tells what was done and moves nothing
	Prize    string   `cbor:"5,keyasint"`
	Points   uint32   `cbor:"6,keyasint"` // its price, as it was shown
	Surplus  uint32   `cbor:"7,keyasint"` // as it was shown
	Change   uint32   `cbor:"8,keyasint"` // the allotment of the card that pays it back; 0: it is given up, or there is none
	// Unpaid says, bare, that the card over the surplus will never be issued.
	Unpaid bool `cbor:"9,keyasint,omitempty"`
}

// A PrizeAnswer says what was done, or why nothing.
type PrizeAnswer struct {
	Answers []byte   `cbor:"1,keyasint"` // SHA-256 of the sealed take
	Refused string   `cbor:"2,keyasint"` // a Prize… or Value… word; empty if it is done
	Cards   []string `cbor:"3,keyasint"` // with cards: each one's word, in the order of the take
	Slip    uint64   `cbor:"4,keyasint"`
	Prize   Text     `cbor:"5,keyasint"`
	Points  uint32   `cbor:"6,keyasint"`
	Surplus uint32   `cbor:"7,keyasint"`
	Change  uint32   `cbor:"8,keyasint"` // the allotment of which one card is to be issued now; 0: none
	At      int64    `cbor:"9,keyasint"` // the hub's clock, Unix milliseconds
}

// Why nobody gets a prize.
const (
	PrizeCards  = "cards"  // one of them is not good
	PrizeNone   = "prize"  // no such prize in the cards' scheme
	PrizePrice  = "price"  // it, or the surplus, is not what was shown
	PrizeStock  = "stock"  // none is left
	PrizeSecond = "second" // it takes another person
	PrizeChange = "change" // no open allotment of this kiosk pays the surplus back
)

// Check reports an ask for no ticket.
func (a TicketAsk) Check() error {
	if len(a.Request) != RequestSize || len(a.Token) > 100 || a.Allotment == 0 || a.Number == 0 || a.Number > MaxNumber {
		return fmt.Errorf("%w: an ask for no ticket", ErrPaper)
	}
	return nil
}

// Check reports an answer that grants nothing and refuses nothing, or both.
func (a TicketAnswer) Check() error {
	words := []string{"", TicketOver, TicketOutside, TicketShut, TicketNumber, TicketShort, ValueStopped, ValueWithdrawn, ValueRequest}
	if len(a.Answers) != sha256.Size || !slices.Contains(words, a.Refused) || (a.Refused == "") != (a.Points > 0) || a.Points > MaxPoints {
		return fmt.Errorf("%w: an answer to no ask for a ticket", ErrPaper)
	}
	return nil
}

// Check reports a look at too much, or at what is no card.
func (p PrizeLook) Check() error {
	if len(p.Nonce) != NonceSize {
		return fmt.Errorf("%w: a look without a nonce", ErrPaper)
	}
	return checkTexts(p.Cards)
}

// checkTexts reports too many cards, what is no card, and one that stands there
// twice.
func checkTexts(texts []string) error {
	if len(texts) > MaxPut {
		return fmt.Errorf("%w: too many cards", ErrPaper)
	}
	for n, text := range texts {
		if _, err := Parse(text); err != nil || slices.Contains(texts[:n], text) {
			return fmt.Errorf("%w: what is no card, or one twice", ErrPaper)
		}
	}
	return nil
}

// Check reports an offer to nobody.
func (o PrizeOffer) Check() error {
	if len(o.Answers) != sha256.Size || len(o.Cards) > MaxPut || o.Sum < 0 {
		return fmt.Errorf("%w: an answer to no look", ErrPaper)
	}
	for _, p := range o.Prizes {
		if p.ID == "" || p.Name.Ja == "" || p.Points == 0 || p.Stock == 0 {
			return fmt.Errorf("%w: a prize that nobody can take", ErrPaper)
		}
	}
	return nil
}

// Check reports a take of nothing, or by nobody.
func (p PrizeTake) Check() error {
	if len(p.Request) != RequestSize || p.Operator == "" || len(p.Operator) > 64 || len(p.Second) > 64 || p.Prize == "" || len(p.Prize) > 64 ||
		p.Points == 0 || p.Points > MaxPoints || p.Change != 0 && p.Surplus == 0 ||
		p.Unpaid && (p.Change == 0 || len(p.Cards) > 0) {
		return fmt.Errorf("%w: a take of nothing, or by nobody", ErrPaper)
	}
	return checkTexts(p.Cards)
}

// Check reports an answer that does nothing and refuses nothing, or both.
func (a PrizeAnswer) Check() error {
	words := []string{"", PrizeCards, PrizeNone, PrizePrice, PrizeStock, PrizeSecond, PrizeChange, ValueStopped, ValueWithdrawn, ValueRequest}
	if len(a.Answers) != sha256.Size || !slices.Contains(words, a.Refused) || (a.Refused == "") != (a.Slip > 0) ||
		(a.Refused == PrizeCards) != (len(a.Cards) > 0) || len(a.Cards) > MaxPut {
		return fmt.Errorf("%w: an answer to no take", ErrPaper)
	}
	return nil
}

// OpenTicketAsk reads an ask for a ticket, sealed by a key that keys knows.
func OpenTicketAsk(data []byte, keys func(KeyID) ed25519.PublicKey) (a TicketAsk, id KeyID, err error) {
	id, err = openChecked(data, PaperTicketAsk, keys, &a)
	return a, id, err
}

// OpenTicketAnswer reads the answer to an ask with this SHA-256, sealed by a hub
// key of the trust list.
func OpenTicketAnswer(data []byte, list TrustList, request [sha256.Size]byte) (a TicketAnswer, err error) {
	_, err = openChecked(data, PaperTicketAnswer, list.Hub, &a)
	return a, answers(err, a.Answers, request)
}

// OpenPrizeLook reads a look, sealed by a key that keys knows.
func OpenPrizeLook(data []byte, keys func(KeyID) ed25519.PublicKey) (p PrizeLook, id KeyID, err error) {
	id, err = openChecked(data, PaperPrizeLook, keys, &p)
	return p, id, err
}

// OpenPrizeOffer reads the answer to a look with this SHA-256, sealed by a hub
// key of the trust list.
func OpenPrizeOffer(data []byte, list TrustList, request [sha256.Size]byte) (o PrizeOffer, err error) {
	_, err = openChecked(data, PaperPrizeOffer, list.Hub, &o)
	return o, answers(err, o.Answers, request)
}

// OpenPrizeTake reads a take, sealed by a key that keys knows.
func OpenPrizeTake(data []byte, keys func(KeyID) ed25519.PublicKey) (p PrizeTake, id KeyID, err error) {
	id, err = openChecked(data, PaperPrizeTake, keys, &p)
	return p, id, err
}

// OpenPrizeAnswer reads the answer to a take with this SHA-256, sealed by a hub
// key of the trust list.
func OpenPrizeAnswer(data []byte, list TrustList, request [sha256.Size]byte) (a PrizeAnswer, err error) {
	_, err = openChecked(data, PaperPrizeAnswer, list.Hub, &a)
	return a, answers(err, a.Answers, request)
}

// Refuse makes it an answer that grants nothing.
func (a *TicketAnswer) Refuse(word string) { a.Refused, a.Points, a.Expires = word, 0, 0 }

// Refuse makes it an answer that does nothing.
func (a *PrizeAnswer) Refuse(word string) {
	*a = PrizeAnswer{Answers: a.Answers, Refused: word, At: a.At}
}
