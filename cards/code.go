package cards

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A SlipCode lets the holder of a slip set the password of one MyKey ID, once:
// 58 random bits in 12 characters, printed 4-4-4. It is a secret until used.
type SlipCode struct{ text string }

// ErrSlipCode reports a text that is no slip code.
var ErrSlipCode = errors.New("cards: not a slip code: 12 characters")

const codeSize = 12

// SlipCodeLife is how long a slip code can set the password: from when the hub
// has registered its MyKey ID.
const SlipCodeLife = 14 * 24 * time.Hour

// ParseSlipCode reads what [SlipCode.Text] wrote, and nothing else.
func ParseSlipCode(text string) (SlipCode, error) {
	if len(text) != codeSize || strings.Trim(text, idDigits) != "" {
		return SlipCode{}, ErrSlipCode
	}
	return SlipCode{text}, nil
}

// NormalizeSlipCode reads what a person types, as [NormalizeMyKeyID] does.
func NormalizeSlipCode(typed string) (SlipCode, error) {
	text, ok := plainDigits(typed)
	if !ok {
		return SlipCode{}, ErrSlipCode
	}
	return ParseSlipCode(text)
}

// SlipCodeFrom draws a code from bytes that nobody can guess; 32 of them run
// out once in some 10^14 draws, which is an error.
func SlipCodeFrom(b []byte) (SlipCode, error) {
	var text []byte
	for _, n := range b {
		if at := int(n & 31); at < len(idDigits) && len(text) < codeSize { // a rejected draw keeps every digit as likely as another
			text = append(text, idDigits[at])
		}
	}
	return ParseSlipCode(string(text))
}

// Text returns the 12 characters, the inverse of [ParseSlipCode].
func (c SlipCode) Text() string { return c.text }

// Printed returns the code as it stands on the slip.
func (c SlipCode) Printed() string {
	return fmt.Sprintf("%s-%s-%s", c.text[:4], c.text[4:8], c.text[8:])
}

// String shows nothing of the code: it opens an account.
func (c SlipCode) String() string { return masked }
