package cards

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a text that no log and no screen shows: a slip code or what opens
// a sitting. A password is none: it travels sealed ([SealPassword]).
type Secret string

const masked = "****"

// String shows nothing of the secret.
func (s Secret) String() string { return masked }

// GoString is String: %#v shows nothing either.
func (s Secret) GoString() string { return masked }

// Format is String under every verb: %x would not ask it.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue is String for structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalJSON is String: no JSON holds the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }
