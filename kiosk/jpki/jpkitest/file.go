package jpkitest

import (
	"encoding/binary"
	"strings"
)

// A file is one elementary file of the applet.
type file struct {
	kind    kind
	data    []byte // of a transparent one, with its filling
	guarded bool   // no reading without the signature password, which nobody has
}

// A kind is what a file can do (JICSAP: working EF, internal EF).
type kind int

const (
	transparent kind = iota
	pin              // the user-authentication PIN
	password         // the signature password
	key              // the user-authentication key
	signKey          // the signature key
)

// contents are the files of the real applet that are understood; a card without the
// user-authentication certificate has neither it nor its key.
func (c *Card) contents() map[uint16]*file {
	holds := []byte{0x8F, 0x8F, 0x00} // which certificates are there: signature, authentication
	files := map[uint16]*file{
		0x0001: {data: c.filled(nil, 2048), guarded: true},
		0x0002: {data: c.filled(c.opts.CA, 2048)},
		0x0006: {data: tokenInfo(c.opts.Label)},
		0x0008: {data: holds},
		0x000A: {data: c.filled(c.Certificate(), 2560)},
		0x000B: {data: c.filled(c.opts.CA, 2560)},
		0x0018: {kind: pin},
		0x001A: {kind: signKey},
		0x001B: {kind: password},
	}
	if c.opts.Leaf != nil {
		files[0x0017] = &file{kind: key}
	} else {
		holds[1] = 0x00
	}
	return files
}

// filled returns data in a file of at least that size, filled up.
func (c *Card) filled(data []byte, size int) []byte {
	f := make([]byte, max(size, len(data)+64))
	for i := range f {
		f[i] = c.opts.Fill
	}
	copy(f, data)
	return f
}

// tokenInfo is a CK_TOKEN_INFO (PKCS #11, 3.2) with 32-bit big-endian numbers, 160
// bytes.
func tokenInfo(label string) []byte {
	var b []byte
	for _, text := range []struct {
		text string
		size int
	}{{label, 32}, {"JPKI-TEST", 32}, {"VIRTUAL", 16}, {"0000000000000000", 16}} {
		b = append(b, text.text+strings.Repeat(" ", text.size-len(text.text))...)
	}
	const unavailable = 0xFFFFFFFF
	const flags = 0x040C // CKF_TOKEN_INITIALIZED, CKF_USER_PIN_INITIALIZED, CKF_LOGIN_REQUIRED
	for _, n := range []uint32{flags, 1, 0, 1, 0, 16, 4, unavailable, unavailable, unavailable, unavailable} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(b, "0301"...)                     // hardware and firmware version, as measured cards have them
	return append(b, strings.Repeat(" ", 16)...) // utcTime: no clock
}
