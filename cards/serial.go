package cards

import (
	"errors"
	"strings"
)

// A Serial names one card, for ever: its allotment and its number in it. It is
// public, proves nothing, and opens nothing except to staff.
type Serial struct {
	Allotment uint32 `cbor:"1,keyasint"`
	Number    uint32 `cbor:"2,keyasint"`
}

// serialDigits is Crockford's base32: no I, L, O or U to be misread.
const serialDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ErrSerial reports a text that is no serial, or one with a mistyped character.
// It does not repeat the text, which may be a card, scanned into this field.
var ErrSerial = errors.New("cards: not a serial")

// String returns 12 base32 characters, 4-4-4: 32 bits of allotment, 24 of
// number, 4 of check.
func (s Serial) String() string {
	v := s.bits()<<4 | uint64(crc4(s.bits()))
	b := make([]byte, 0, 14)
	for i := 11; i >= 0; i-- {
		b = append(b, serialDigits[v>>(5*i)&31])
		if i == 8 || i == 4 {
			b = append(b, '-')
		}
	}
	return string(b)
}

func (s Serial) bits() uint64 { return uint64(s.Allotment)<<24 | uint64(s.Number&MaxNumber) }

// ParseSerial reads what [Serial.String] wrote, and nothing else.
func ParseSerial(text string) (Serial, error) {
	var v uint64
	for _, c := range strings.ReplaceAll(text, "-", "") {
		d := strings.IndexRune(serialDigits, c)
		if d < 0 || v>>55 != 0 {
			return Serial{}, ErrSerial
		}
		v = v<<5 | uint64(d)
	}
	s := Serial{Allotment: uint32(v >> 28), Number: uint32(v>>4) & MaxNumber}
	if s.Allotment == 0 || s.Number == 0 || s.String() != text {
		return Serial{}, ErrSerial
	}
	return s, nil
}

// NormalizeSerial reads what a person types: any case, hyphens and blanks
// anywhere, O for 0, I and L for 1.
func NormalizeSerial(typed string) (Serial, error) {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(asciiUpper(typed))
	if len(plain) != 12 {
		return Serial{}, ErrSerial
	}
	return ParseSerial(plain[:4] + "-" + plain[4:8] + "-" + plain[8:])
}

// crc4 is the polynomial of CRC-4/ITU (ITU-T G.704, 2.3.3.5: x^4 + x + 1) over
// 56 bits, most significant first, without reflection.
func crc4(bits uint64) (crc byte) {
	for i := 55; i >= 0; i-- {
		top := crc>>3 ^ byte(bits>>i)&1
		crc = crc << 1 & 0xF
		if top != 0 {
			crc ^= 0x3
		}
	}
	return crc
}
