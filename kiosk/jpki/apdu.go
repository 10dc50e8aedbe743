package jpki

// Bounds on what a card may make this package do, whatever it answers.
const (
	maxReads  = 64        // READ BINARY for one file
	maxParts  = 16        // GET RESPONSE for one answer
	maxAnswer = 65536 + 2 // bytes, extended length
)

// A command is one command APDU (ISO/IEC 7816-4, 5.1).
type command struct {
	head [4]byte // CLA INS P1 P2
	data []byte  // at most 255 bytes
	le   int     // bytes that are asked for; 0: none
}

// bytes is short wherever a short one can ask for as much.
func (c command) bytes() []byte {
	b := append(make([]byte, 0, 9+len(c.data)), c.head[:]...)
	long := c.le > 256
	if long {
		b = append(b, 0)
	}
	if len(c.data) > 0 {
		if long {
			b = append(b, 0)
		}
		b = append(append(b, byte(len(c.data))), c.data...)
	}
	if long {
		return append(b, byte(c.le>>8), byte(c.le))
	}
	if c.le > 0 {
		b = append(b, byte(c.le)) // 256 is 00
	}
	return b
}

// transmit sends one command as it is. No data and no status word is a lost
// answer: vpcd reports a card that was pulled away so.
func (t *Token) transmit(step Step, apdu []byte) ([]byte, uint16, error) {
	answer, err := t.card.Transmit(apdu)
	n := len(answer) - 2
	if err != nil || n < 0 || n+2 > maxAnswer {
		return nil, 0, &LostError{Step: step, Err: err}
	}
	return answer[:n], uint16(answer[n])<<8 | uint16(answer[n+1]), nil
}

// do sends a command and returns the data of its answer. With T=0 it asks again
// with the length that the card names (6Cxx), once, and fetches what waits
// (61xx). VERIFY never goes this way.
func (t *Token) do(step Step, c command) ([]byte, error) {
	data, sw, err := t.transmit(step, c.bytes())
	if err == nil && sw>>8 == 0x6C && c.le > 0 {
		c.le = length(sw)
		data, sw, err = t.transmit(step, c.bytes())
	}
	for part := 0; err == nil && sw>>8 == 0x61 && part < maxParts; part++ {
		var more []byte
		more, sw, err = t.transmit(step, command{head: [4]byte{0x00, 0xC0}, le: length(sw)}.bytes())
		data = append(data, more...)
	}
	switch {
	case err != nil:
		return nil, err
	case sw != 0x9000:
		return nil, &StatusError{Step: step, SW: sw}
	}
	return data, nil
}

// length is what the second byte of 61xx and 6Cxx says: 00 is 256.
func length(sw uint16) int {
	if sw&0xFF == 0 {
		return 256
	}
	return int(sw & 0xFF)
}

// fill reads the current file on from the bytes that are there, until there are
// size of them. It advances by what came: a reader may return less.
func (t *Token) fill(step Step, have []byte, size int) ([]byte, error) {
	for range maxReads {
		if len(have) >= size {
			return have, nil
		}
		more, err := t.read(step, len(have), min(size-len(have), t.block))
		if status(err) == 0x6700 && t.block > shortBlock {
			t.block = shortBlock // this card takes no extended length
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			break
		}
		have = append(have, more...)
	}
	return nil, &AnswerError{Step: step}
}

// read asks for n bytes of the current file; the offset has 15 bits.
func (t *Token) read(step Step, offset, n int) ([]byte, error) {
	data, err := t.do(step, command{head: [4]byte{0x00, 0xB0, byte(offset >> 8), byte(offset)}, le: n})
	if err == nil && len(data) > n {
		return nil, &AnswerError{Step: step}
	}
	return data, err
}
