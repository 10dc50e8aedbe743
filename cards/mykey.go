package cards

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// A MyKeyID names one resident at this hub, in 8 characters. It is no secret,
// and not the ID of the national MyKey platform (DECISIONS 28).
type MyKeyID struct{ text string }

// ErrMyKeyID reports a text that is no MyKey ID.
var ErrMyKeyID = errors.New("cards: not a MyKey ID: 8 characters")

// idDigits leaves out what is misread for something else that it holds: 0 O,
// 1 I L, U V.
const (
	idDigits = "23456789ABCDEFGHJKMNPQRSTWXYZ"
	idSize   = 8
)

// ParseMyKeyID reads what [MyKeyID.String] wrote, and nothing else.
func ParseMyKeyID(text string) (MyKeyID, error) {
	if len(text) != idSize || strings.Trim(text, idDigits) != "" {
		return MyKeyID{}, ErrMyKeyID
	}
	return MyKeyID{text}, nil
}

// NormalizeMyKeyID reads what a person types: any case, full-width letters, blanks
// and hyphens anywhere.
func NormalizeMyKeyID(typed string) (MyKeyID, error) {
	text, ok := plainDigits(typed)
	if !ok {
		return MyKeyID{}, ErrMyKeyID
	}
	return ParseMyKeyID(text)
}

// plainDigits makes what was typed upper case and half-width, without blanks
// and hyphens; it takes no long text.
func plainDigits(typed string) (text string, ok bool) {
	if len(typed) > 100 {
		return "", false
	}
	return strings.Map(func(r rune) rune {
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
	}, typed), true
}

// NewMyKeyID draws an ID that nobody chose.
func NewMyKeyID(random io.Reader) (MyKeyID, error) {
	var b [idSize]byte
	for n := 0; n < idSize; {
		if _, err := io.ReadFull(random, b[n:n+1]); err != nil {
			return MyKeyID{}, fmt.Errorf("cards: draw a MyKey ID: %w", err)
		}
		if at := int(b[n] & 31); at < len(idDigits) { // a rejected draw keeps every digit as likely as another
			b[n] = idDigits[at]
			n++
		}
	}
	return MyKeyID{string(b[:])}, nil
}

// String returns the 8 characters, the inverse of [ParseMyKeyID].
func (id MyKeyID) String() string { return id.text }

// Tail returns the last characters, by which a person knows their own ID again.
func (id MyKeyID) Tail() string { return id.text[max(0, len(id.text)-4):] }
