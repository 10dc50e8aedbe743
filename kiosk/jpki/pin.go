package jpki

import (
	"fmt"
	"log/slog"
)

const pinSize = 4

// A PIN is the user-authentication PIN as it was typed. It prints as ****.
// Copies share the digits, so that one Wipe is enough; the zero PIN is none.
type PIN struct{ cell *cell }

// A cell is one step more than fmt follows where it finds a PIN in a field that
// it may not call: there, it would print what a pointer points to.
type cell struct{ digits *[pinSize]byte }

// NewPIN takes exactly four ASCII digits, and overwrites what it was given.
// Anything else never comes near a card: it would cost a try.
func NewPIN(typed []byte) (PIN, error) {
	defer clear(typed)
	if len(typed) != pinSize {
		return PIN{}, ErrPIN
	}
	p := PIN{&cell{new([pinSize]byte)}}
	copy(p.cell.digits[:], typed)
	if !p.whole() {
		p.Wipe()
		return PIN{}, ErrPIN
	}
	return p, nil
}

// Wipe overwrites the digits, in every copy.
func (p PIN) Wipe() {
	if p.cell != nil {
		clear(p.cell.digits[:])
	}
}

// whole reports whether there are four digits: neither none nor wiped.
func (p PIN) whole() bool {
	if p.cell == nil {
		return false
	}
	for _, d := range p.cell.digits {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

const hidden = "****"

// String hides the PIN.
func (PIN) String() string { return hidden }

// GoString hides the PIN from %#v.
func (PIN) GoString() string { return hidden }

// Format hides the PIN from every verb.
func (PIN) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the PIN from logs.
func (PIN) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the PIN from JSON and its like.
func (PIN) MarshalText() ([]byte, error) { return []byte(hidden), nil }
