package jpkitest

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"slices"
)

// Status words of JICSAP, which the card follows: a locked PIN is 6984, not
// ISO's 6983.
const (
	ok             = 0x9000
	wrongPIN       = 0x63C0 // and the tries that are left
	badLength      = 0x6700
	badChannel     = 0x6881
	noMessaging    = 0x6882
	badFileType    = 0x6981
	notSatisfied   = 0x6982
	lockedPIN      = 0x6984
	conditions     = 0x6985
	noCurrentFile  = 0x6986
	notFound       = 0x6A82
	badParameters  = 0x6A86
	badOffset      = 0x6B00
	badInstruction = 0x6D00
	badClass       = 0x6E00
	selfDiagnosis  = 0x6F00
)

// The applets of a My Number card. The kiosk has business in the first alone.
var applets = []string{
	"\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", // JPKI
	"\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08", // 券面事項入力補助, with the individual number
	"\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x02", // 券面事項確認, with the face
	"\xD3\x92\x10\x00\x31\x00\x01\x01\x01\x00", // 共通カード, with the card's serial
}

// A command is one command APDU.
type command struct {
	cla, ins, p1, p2 byte
	data             []byte
	le               int // bytes that are asked for; -1: none
}

func sw(word int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(word)) }

// obey answers a command, its status word at the end.
func (c *Card) obey(apdu []byte) []byte {
	cold := c.opts.Faults.Cold && !c.chip.warm
	c.chip.warm = true
	if cold {
		return sw(selfDiagnosis)
	}
	cmd, parsed := parse(apdu, c.opts.Faults.Extended)
	switch {
	case len(apdu) < 4 || !parsed:
		return sw(badLength)
	case cmd.cla&0xFC == 0 && cmd.cla != 0:
		return sw(badChannel)
	case cmd.cla == 0x04 || cmd.cla == 0x08 || cmd.cla == 0x0C:
		return sw(noMessaging)
	case cmd.cla != 0x00 && cmd.cla != 0x80:
		return sw(badClass)
	}
	if cmd.ins == 0xC0 && cmd.cla == 0 && c.opts.Faults.T0 {
		return c.getResponse(cmd)
	}
	c.chip.waiting = nil
	data, word := c.dispatch(cmd)
	if c.opts.Faults.T0 && word == ok && len(data) > 0 {
		return c.overT0(cmd, data)
	}
	return append(data, sw(word)...)
}

func (c *Card) dispatch(cmd command) ([]byte, int) {
	switch {
	case cmd.cla == 0x80 && cmd.ins == 0x2A:
		return c.sign(cmd)
	case cmd.cla == 0x80:
		return nil, badInstruction
	case cmd.ins == 0xA4:
		return nil, c.selectFile(cmd)
	case cmd.ins == 0xB0:
		return c.readBinary(cmd)
	case cmd.ins == 0x20:
		return nil, c.verify(cmd)
	}
	return nil, badInstruction
}

// parse reads the four cases of ISO/IEC 7816-4, 5.1, short and, where it may be,
// extended.
func parse(apdu []byte, extended bool) (c command, parsed bool) {
	if len(apdu) < 4 {
		return c, false
	}
	c = command{apdu[0], apdu[1], apdu[2], apdu[3], nil, -1}
	body := apdu[4:]
	if len(body) >= 3 && body[0] == 0 { // 00 and two bytes: extended
		return parseExtended(c, body[1:]), extended
	}
	if len(body) > 1 {
		n := int(body[0])
		if n == 0 || len(body) < 1+n || len(body) > 2+n {
			return c, false
		}
		c.data, body = body[1:1+n], body[1+n:]
	}
	if len(body) == 1 {
		c.le = int(body[0])
		if c.le == 0 {
			c.le = 256
		}
	}
	return c, true
}

func parseExtended(c command, body []byte) command {
	if n := int(binary.BigEndian.Uint16(body)); len(body) >= 2+n && len(body) > 2 {
		c.data, body = body[2:2+n], body[2+n:]
	}
	if len(body) == 2 {
		c.le = int(binary.BigEndian.Uint16(body))
	}
	if c.le == 0 {
		c.le = 65536
	}
	return c
}

// overT0 gives an answer as the T=0 protocol does: at once where the length that
// was asked for is right, else after 6Cxx (READ BINARY) or by GET RESPONSE.
func (c *Card) overT0(cmd command, data []byte) []byte {
	switch {
	case len(cmd.data) > 0:
		c.chip.waiting = data
		return sw(0x6100 | len(data)&0xFF)
	case cmd.le != len(data):
		return sw(0x6C00 | len(data)&0xFF)
	}
	return append(data, sw(ok)...)
}

func (c *Card) getResponse(cmd command) []byte {
	if len(c.chip.waiting) == 0 {
		return sw(conditions)
	}
	if cmd.p1 != 0 || cmd.p2 != 0 {
		return sw(badParameters)
	}
	n := min(len(c.chip.waiting), max(cmd.le, 0), 256)
	data := slices.Clone(c.chip.waiting[:n])
	c.chip.waiting = c.chip.waiting[n:]
	if rest := len(c.chip.waiting); rest > 0 {
		return append(data, sw(0x6100|min(rest, 0x100)&0xFF)...)
	}
	return append(data, sw(ok)...)
}

// selectFile is SELECT: an applet by its name, or the beginning of it, or a file
// of the applet by its number.
func (c *Card) selectFile(cmd command) int {
	if cmd.p1 == 0 && cmd.p2 == 0 && len(cmd.data) == 0 { // "select MF" says yes within an applet, and does nothing
		if c.chip.applet || c.chip.other {
			return ok
		}
		return badParameters
	}
	if cmd.p2 != 0x0C || cmd.p1 != 0x02 && cmd.p1 != 0x04 {
		return badParameters
	}
	if cmd.p1 == 0x04 {
		return c.selectApplet(cmd.data)
	}
	if len(cmd.data) != 2 {
		return badLength
	}
	return c.selectEF(binary.BigEndian.Uint16(cmd.data))
}

func (c *Card) selectApplet(name []byte) int {
	if len(name) == 0 || len(name) > 16 {
		return badLength
	}
	for i, a := range applets {
		if !c.opts.Other && bytes.HasPrefix([]byte(a), name) {
			// A PIN that was verified still counts: that selecting anew ends it is nowhere measured.
			c.chip.applet, c.chip.other, c.chip.ef = i == 0, i != 0, 0
			return ok
		}
	}
	return notFound
}

func (c *Card) selectEF(id uint16) int {
	if c.files[id] == nil || !c.chip.applet {
		return notFound
	}
	c.chip.ef = id
	return ok
}

// current returns the file that a command is for: the one it names in five bits
// (JICSAP 4.2), or the one that was selected.
func (c *Card) current(named bool, short byte) (*file, int) {
	if named {
		if word := c.selectEF(uint16(short & 0x1F)); word != ok {
			return nil, word
		}
	}
	f := c.files[c.chip.ef]
	if f == nil || !c.chip.applet {
		return nil, noCurrentFile
	}
	return f, ok
}

func (c *Card) readBinary(cmd command) ([]byte, int) {
	offset := int(cmd.p1)<<8 | int(cmd.p2)
	named := cmd.p1&0x80 != 0
	if named {
		if cmd.p1&0x60 != 0 {
			return nil, badParameters
		}
		offset = int(cmd.p2)
	}
	if len(cmd.data) > 0 || cmd.le < 0 {
		return nil, badLength
	}
	f, word := c.current(named, cmd.p1)
	switch {
	case word != ok:
		return nil, word
	case f.kind != transparent:
		return nil, badFileType
	case f.guarded:
		return nil, notSatisfied
	case offset >= len(f.data):
		return nil, badOffset
	}
	n := min(cmd.le, len(f.data)-offset)
	if short := c.opts.Faults.Short; short > 0 {
		n = min(n, short)
	}
	return slices.Clone(f.data[offset : offset+n]), ok
}

// verify is VERIFY. A PIN of the wrong length is a wrong PIN, and costs a try.
func (c *Card) verify(cmd command) int {
	if cmd.p1 != 0 || cmd.p2&0x80 == 0 || cmd.p2&0x60 != 0 {
		return badParameters
	}
	if cmd.le >= 0 {
		return badLength
	}
	f, word := c.current(cmd.p2&0x1F != 0, cmd.p2)
	switch {
	case word != ok:
		return word
	case f.kind == password && len(cmd.data) == 0:
		return wrongPIN | 5
	case f.kind == password:
		return wrongPIN | 4 // nobody has it: the kiosk must never be here
	case f.kind != pin:
		return badFileType
	case len(cmd.data) == 0 && c.chip.verified && c.opts.Faults.Told:
		return ok
	case len(cmd.data) == 0:
		return wrongPIN | c.tries
	case c.tries == 0:
		return lockedPIN
	}
	c.chip.verified = sha256.Sum256(cmd.data) == c.pin
	if c.chip.verified {
		c.tries = MaxTries
		return ok
	}
	c.tries--
	return wrongPIN | c.tries
}

// sign is the card's own command. It pads what it is given and never looks at
// it; only the scheme that everybody uses is understood.
func (c *Card) sign(cmd command) ([]byte, int) {
	if cmd.p1 != 0 || cmd.p2&0x80 == 0 || cmd.p2&0x60 != 0 {
		return nil, badParameters
	}
	f, word := c.current(cmd.p2&0x1F != 0, cmd.p2)
	switch {
	case word != ok:
		return nil, word
	case f.kind != key && f.kind != signKey:
		return nil, badFileType
	case f.kind == signKey || !c.chip.verified:
		return nil, notSatisfied
	case len(cmd.data) == 0 || cmd.le < 0:
		return nil, badLength
	}
	signature, err := c.signature(cmd.data)
	switch {
	case err != nil: // more than the padding leaves room for
		return nil, badLength
	case len(signature) > cmd.le && !c.opts.Faults.T0:
		return nil, badLength
	}
	if c.opts.Faults.Garbled {
		signature[len(signature)-1] ^= 1
	}
	return signature, ok
}

// signature is RSA PKCS #1 v1.5, or r and s of ECDSA.
func (c *Card) signature(data []byte) ([]byte, error) {
	if k, isRSA := c.key().(*rsa.PrivateKey); isRSA {
		return rsa.SignPKCS1v15(nil, k, crypto.Hash(0), data)
	}
	der, err := c.key().Sign(nil, data, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, err
	}
	size := fieldSize(c.key().Public())
	return append(rs.R.FillBytes(make([]byte, size)), rs.S.FillBytes(make([]byte, size))...), nil
}
