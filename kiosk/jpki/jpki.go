// Package jpki speaks to the user-authentication applet of a My Number card
// (公的個人認証サービス, JPKI): it reads the certificate, verifies the 4-digit PIN and
// has an application signed.
//
// It selects the token's label, the user-authentication certificate, its PIN
// and its key, and nothing else: the individual number, the face of the card
// and the signature key are never touched. What is signed is made here.
//
// A session is Open, Certificate, Tries, Verify, Sign, in this order, so that the
// card has to lie still only for the last two. Connect exclusively and power the
// card down afterwards: on cards that were measured nothing else ends what a PIN
// has opened. The package neither waits nor repeats by itself; its errors carry
// no byte of a command, an answer, a PIN or a certificate.
package jpki

import (
	"bytes"
	"errors"
)

// A Card is one that lies on a reader.
type Card interface {
	// Transmit gives the card a command and returns its answer: data, then the
	// two bytes of the status word (ISO/IEC 7816-4, 5.1). It must keep neither.
	Transmit(apdu []byte) (response []byte, err error)
}

// Opts say what the reader can.
type Opts struct {
	// Extended allows commands of extended length (ISO/IEC 7816-4, 5.1) where
	// they save time. A card that refuses one is asked in short ones.
	Extended bool
}

// A Token is the applet of the card that lies there, until the card is moved or
// an answer is lost: then Open it anew.
type Token struct {
	card  Card
	block int // bytes that one READ BINARY asks for
	cert  *Certificate
	doubt error // an answer to VERIFY that may have cost a try; Tries clears it
}

// The name of the applet, all ten bytes: a card selects by the beginning of one too.
const aid = "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"

// The files of the applet that are selected here, and no other.
const (
	fileLabel       = 0x0006
	fileCertificate = 0x000A
	fileKey         = 0x0017
	filePIN         = 0x0018
)

const (
	labelSize  = 32 // of CK_TOKEN_INFO.label (PKCS #11), padded with blanks
	shortBlock = 256
)

// Open selects the applet and tells by its label what kind of token this is.
func Open(c Card, opts *Opts) (*Token, error) {
	t := &Token{card: c, block: shortBlock}
	if opts.Extended {
		t.block = maxCertificate
	}
	if err := t.selectApplet(); err != nil {
		return nil, err
	}
	if err := t.selectFile(SelectLabel, fileLabel); err != nil {
		return nil, err
	}
	label, err := t.fill(ReadLabel, nil, labelSize)
	if err != nil {
		return nil, err
	}
	if err := kind(label); err != nil {
		return nil, err
	}
	return t, nil
}

// selectApplet sends the first SELECT once more on 6F00: one measured card
// answers so after power has come.
func (t *Token) selectApplet() error {
	first := command{head: [4]byte{0x00, 0xA4, 0x04, 0x0C}, data: []byte(aid)}
	_, err := t.do(SelectApplet, first)
	if status(err) == 0x6F00 {
		_, err = t.do(SelectApplet, first)
	}
	switch status(err) {
	case 0x6A82, 0x6A81, 0x6D00, 0x6E00: // no such applet; or no SELECT, no such class: a card of another world
		return ErrOtherCard
	}
	return err
}

func (t *Token) selectFile(step Step, id uint16) error {
	_, err := t.do(step, command{head: [4]byte{0x00, 0xA4, 0x02, 0x0C}, data: []byte{byte(id >> 8), byte(id)}})
	return err
}

// kind tells tokens apart by their label. A label that isn't known is another
// card: what it would do with a PIN isn't known either.
func kind(label []byte) error {
	switch string(bytes.TrimRight(label, " ")) {
	case "JPKIAPICCTOKEN2":
		return nil
	case "JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN":
		return ErrPhone
	case "JPKIAPICCTOKEN":
		return ErrOldCard
	}
	return ErrOtherCard
}

// status returns the status word that err carries, or 0.
func status(err error) uint16 {
	if s, ok := errors.AsType[*StatusError](err); ok {
		return s.SW
	}
	return 0
}
