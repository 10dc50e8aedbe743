package jpkitest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Log lists what was done to the card, one line each. A PIN is masked.
func (c *Card) Log() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func (c *Card) note(apdu []byte, outcome string) {
	c.log = append(c.log, fmt.Sprintf("%-16s %s -> %s", name(apdu), masked(apdu), outcome))
}

// name says in words what a command is.
func name(apdu []byte) string {
	if len(apdu) < 4 {
		return "?"
	}
	switch [2]byte(apdu[:2]) {
	case [2]byte{0x00, 0xA4}:
		if apdu[2] == 0x04 {
			return "select applet"
		}
		return "select file"
	case [2]byte{0x00, 0xB0}:
		return "read"
	case [2]byte{0x00, 0xC0}:
		return "get response"
	case [2]byte{0x00, 0x20}:
		if len(apdu) == 4 {
			return "ask tries"
		}
		return "verify PIN ****"
	case [2]byte{0x80, 0x2A}:
		return "sign"
	}
	return "?"
}

// masked is a command in hex. What VERIFY brings becomes stars, whatever else is
// wrong with it; what is to be signed becomes its size.
func masked(apdu []byte) string {
	if len(apdu) <= 5 {
		return fmt.Sprintf("% X", apdu)
	}
	switch apdu[1] {
	case 0x20, 0x24: // VERIFY, CHANGE REFERENCE DATA
		return fmt.Sprintf("% X", apdu[:5]) + strings.Repeat(" **", len(apdu)-5)
	case 0x2A:
		return fmt.Sprintf("% X (%d bytes) %02X", apdu[:5], len(apdu)-6, apdu[len(apdu)-1])
	}
	return fmt.Sprintf("% X", apdu)
}

func outcome(answer []byte) string {
	n := len(answer) - 2
	word := binary.BigEndian.Uint16(answer[n:])
	if n == 0 {
		return fmt.Sprintf("%04X", word)
	}
	return fmt.Sprintf("%d bytes %04X", n, word)
}
