package wizard

import (
	"fmt"
	"log/slog"
)

// Typed is a PIN or a password as it was typed. It prints as ****. Copies share
// the characters, so that one Wipe is enough.
type Typed struct{ cell *cell }

// A cell is one step more than fmt follows where it finds a Typed in a field that
// it may not call: there, it would print what a pointer points to.
type cell struct{ text *[]byte }

var _ Secret = Typed{}

// NewTyped takes what was typed, and overwrites what it was given.
func NewTyped(text []byte) Typed {
	own := make([]byte, len(text))
	copy(own, text)
	clear(text)
	return Typed{&cell{&own}}
}

// Take gives the characters themselves, and no copy: whoever takes them
// overwrites them.
func (t Typed) Take() []byte {
	if t.cell == nil {
		return nil
	}
	return *t.cell.text
}

// Wipe overwrites the characters, in every copy.
func (t Typed) Wipe() { clear(t.Take()) }

const hidden = "****"

// String hides the characters.
func (Typed) String() string { return hidden }

// GoString hides the characters from %#v.
func (Typed) GoString() string { return hidden }

// Format hides the characters from every verb.
func (Typed) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the characters from logs.
func (Typed) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the characters from JSON and its like.
func (Typed) MarshalText() ([]byte, error) { return []byte(hidden), nil }
