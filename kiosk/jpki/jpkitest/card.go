// Package jpkitest is a My Number card made of memory: the files of its JPKI
// applet, a PIN with tries, a key that signs, and an authority that issued it.
//
// A Card answers commands as a real one does, to the status word; Card.Transmit
// makes it a jpki.Card, and a Slot lays it on vpcd's reader for the real pcscd.
// It has every way of going wrong that a card has. Its certificates are those
// of no one, under authorities of its own: a hub that trusts one of them is for
// practice.
package jpkitest

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"
)

// Opts say what a card is like.
type Opts struct {
	Leaf   *Leaf  // the user-authentication certificate and its key; nil: issued without
	CA     []byte // the authority's certificate in DER, as the card holds it
	Label  string // of the token; empty: [LabelCard]
	PIN    string // empty: 1234
	Wrong  int    // wrong PINs so far; from MaxTries on it is locked
	Other  bool   // a card of another world, without the applet
	ATR    []byte // nil: the contact chip's
	Fill   byte   // what files are filled up with: FF or 00
	Faults Faults
}

// The labels of tokens.
const (
	LabelCard    = "JPKIAPICCTOKEN2"
	LabelOld     = "JPKIAPICCTOKEN" // 住民基本台帳カード
	LabelAndroid = "JPKIAPGPSETOKEN"
	LabelIPhone  = "JPKIAPIOSTOKEN"
)

// Faults are how a card, or the reader it lies on, goes wrong.
type Faults struct {
	Delay    time.Duration       // before each answer
	Sleep    func(time.Duration) // how to wait; nil: time.Sleep
	Pull     int                 // the card is pulled away in this command, counted from 1 since it was put down; 0: never
	Mute     int                 // from this command on no answer comes
	Done     bool                // what the first of those says is done all the same
	Short    int                 // a READ gives at most so many bytes
	Cold     bool                // 6F00 to the first command after power has come
	T0       bool                // answers of more than one byte are fetched: 61xx, 6Cxx
	Extended bool                // commands of extended length are understood
	Told     bool                // 9000 to the question for tries while the PIN's verification lasts
	Garbled  bool                // signatures are wrong
}

// Errors of Transmit, as a reader's driver has them.
var (
	ErrPulled = errors.New("jpkitest: card was pulled away")
	ErrMute   = errors.New("jpkitest: card doesn't answer")
	ErrOff    = errors.New("jpkitest: card has no power")
)

// MaxTries is how many wrong PINs in a row lock a card.
const MaxTries = 3

// A Card is one that lies on a reader, powered. Methods may be called from any
// goroutine; a card is at one place at a time all the same.
type Card struct {
	opts  Opts
	files map[uint16]*file
	pin   [sha256.Size]byte // so that memory holds no PIN of the card's own

	mu    sync.Mutex
	tries int // they outlast everything
	chip  chip
	count int // of commands since it was put down
	gone  bool
	back  bool // after having been gone
	log   []string
}

// A chip is what a card forgets when its power goes.
type chip struct {
	on       bool
	warm     bool // a command was answered
	applet   bool // the applet is selected
	other    bool // an applet is selected in which the kiosk has no business
	ef       uint16
	verified bool
	waiting  []byte // for GET RESPONSE
}

// New returns a card that lies there and has power.
func New(opts Opts) *Card {
	if opts.Label == "" {
		opts.Label = LabelCard
	}
	if opts.PIN == "" {
		opts.PIN = "1234"
	}
	if opts.ATR == nil {
		opts.ATR = []byte("\x3B\xE0\x00\xFF\x81\x31\xFE\x45\x14")
	}
	if opts.Faults.Sleep == nil {
		opts.Faults.Sleep = time.Sleep
	}
	c := &Card{opts: opts, pin: sha256.Sum256([]byte(opts.PIN)), tries: max(0, MaxTries-opts.Wrong), chip: chip{on: true}}
	c.opts.PIN = ""
	c.files = c.contents()
	return c
}

// Transmit gives the card a command. A card that is away, mute or without power
// is an error, as of a reader that has waited long enough.
func (c *Card) Transmit(apdu []byte) ([]byte, error) {
	f := c.opts.Faults
	if f.Delay > 0 {
		f.Sleep(f.Delay)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil, ErrPulled
	}
	if !c.chip.on {
		return nil, ErrOff
	}
	c.count++
	if f.Pull > 0 && c.count >= f.Pull && !c.back {
		c.obey(apdu) // what the command did is done, and nobody learns of it
		c.note(apdu, "pulled away")
		c.gone, c.chip = true, chip{}
		return nil, ErrPulled
	}
	if f.Mute > 0 && c.count >= f.Mute {
		if f.Done && c.count == f.Mute {
			c.obey(apdu)
		}
		c.note(apdu, "no answer")
		return nil, ErrMute
	}
	answer := c.obey(apdu)
	c.note(apdu, outcome(answer))
	return answer, nil
}

// PowerDown takes the card's power: only that ends the verified state.
func (c *Card) PowerDown() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chip.on {
		c.log = append(c.log, "power down")
	}
	c.chip = chip{}
}

// PowerUp gives it power again.
func (c *Card) PowerUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.chip.on && !c.gone {
		c.log = append(c.log, "power up")
		c.chip = chip{on: true}
	}
}

// Reset is a warm one. The applet is no longer selected, and, as on the card
// that was measured, a verified PIN still counts.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, "reset")
	c.chip = chip{on: c.chip.on, verified: c.chip.verified}
}

// PutBack lays a card on the reader anew: it has power and counts its commands
// from 1. One that was pulled away is so once only.
func (c *Card) PutBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, "put down")
	c.back = c.back || c.gone
	c.gone, c.count, c.chip = false, 0, chip{on: true}
}

// Tries returns how many wrong PINs the card still takes.
func (c *Card) Tries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries
}

// Verified reports whether anybody could sign with the card as it lies there.
func (c *Card) Verified() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chip.verified
}

// Certificate returns the certificate in DER, nil where the card has none.
func (c *Card) Certificate() []byte {
	if c.opts.Leaf == nil {
		return nil
	}
	return slices.Clone(c.opts.Leaf.DER)
}

// ATR returns the card's answer to reset.
func (c *Card) ATR() []byte { return slices.Clone(c.opts.ATR) }

func (c *Card) key() crypto.Signer { return c.opts.Leaf.Key }
