package registry

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// An ID is a MyKey ID: 8 characters that name one account of this scheme. It
// is no secret, and not the ID of the national MyKey platform (DECISIONS 28).
type ID struct{ text string }

// ErrID reports a text that is no MyKey ID.
var ErrID = errors.New("registry: not a MyKey ID: 8 characters")

// idDigits leaves out what is misread for something else that it holds: 0 O,
// 1 I L, U V.
const (
	idDigits = "23456789ABCDEFGHJKMNPQRSTWXYZ"
	idSize   = 8
)

// ParseID reads what [ID.String] wrote, and nothing else.
func ParseID(text string) (ID, error) {
	if len(text) != idSize || strings.Trim(text, idDigits) != "" {
		return ID{}, ErrID
	}
	return ID{text}, nil
}

// NormalizeID reads what a person types: any case, full-width letters, blanks
// and hyphens anywhere.
func NormalizeID(typed string) (ID, error) {
	if len(typed) > 100 {
		return ID{}, ErrID
	}
	return ParseID(strings.Map(func(r rune) rune {
		if '！' <= r && r <= '～' {
			r += '!' - '！' // full-width forms of ASCII, Unicode block FF00
		}
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case strings.ContainsRune(" \t\r\n\u3000-‐‑–—−ー", r):
			return -1
		}
		return r
	}, typed))
}

// NewID draws an ID that nobody chose.
func NewID(random io.Reader) (ID, error) {
	var b [idSize]byte
	for n := 0; n < idSize; {
		if _, err := io.ReadFull(random, b[n:n+1]); err != nil {
			return ID{}, fmt.Errorf("registry: draw an ID: %w", err)
		}
		if at := int(b[n] & 31); at < len(idDigits) { // a rejected draw keeps every digit as likely as another
			b[n] = idDigits[at]
			n++
		}
	}
	return ID{string(b[:])}, nil
}

// String returns the 8 characters, the inverse of [ParseID].
func (id ID) String() string { return id.text }

// Tail returns the last characters, by which a person knows their own ID again.
func (id ID) Tail() string { return id.text[max(0, len(id.text)-4):] }
