package jpki

import "errors"

// verify is VERIFY of the PIN that was selected; without data it asks for the
// tries that are left.
const verify = "\x00\x20\x00\x80"

// Tries returns how many wrong PINs the card would still take, without spending
// one; 0 is locked. [ErrVerified] means that the card is still open by a PIN of
// before: then the number isn't told, and anybody could sign.
func (t *Token) Tries() (int, error) {
	if err := t.selectFile(SelectPIN, filePIN); err != nil {
		return 0, err
	}
	_, sw, err := t.transmit(AskTries, []byte(verify))
	if err != nil {
		return 0, err
	}
	left, err := tries(AskTries, sw)
	switch {
	case err == nil:
		err = ErrVerified
	case errors.Is(err, ErrLocked):
		left, err = 0, nil
	case left > 0:
		err = nil
	}
	if err == nil || errors.Is(err, ErrVerified) {
		t.doubt = nil
	}
	return left, err
}

// Verify presents the PIN in one VERIFY, which is never repeated, and overwrites
// it whatever comes. After an answer that doesn't say what became of it, another
// PIN is refused with the same error until Tries was asked.
//
// Errors are a *[PINError], [ErrLocked], a *[LostError], a *[StatusError], or
// [ErrPIN] for one that is wiped.
func (t *Token) Verify(pin PIN) error {
	defer pin.Wipe()
	switch {
	case !pin.whole():
		return ErrPIN
	case t.doubt != nil:
		return t.doubt
	}
	if err := t.selectFile(SelectPIN, filePIN); err != nil {
		return err
	}
	apdu := append(make([]byte, 0, len(verify)+1+pinSize), verify...)
	apdu = append(append(apdu, pinSize), pin.cell.digits[:]...)
	_, sw, err := t.transmit(VerifyPIN, apdu)
	clear(apdu)
	if err == nil {
		_, err = tries(VerifyPIN, sw)
	}
	if wrong := (*PINError)(nil); err != nil && !errors.As(err, &wrong) && !errors.Is(err, ErrLocked) {
		t.doubt = err
	}
	return err
}

// tries reads a status word of VERIFY. ISO/IEC 7816-4 has 6983 for a locked PIN,
// JICSAP, which the card follows, 6984; 63C0 comes from the try that locked it.
func tries(step Step, sw uint16) (left int, err error) {
	switch {
	case sw == 0x9000:
		return 0, nil
	case sw == 0x6983 || sw == 0x6984:
		return 0, ErrLocked
	case sw&0xFFF0 == 0x63C0:
		left = int(sw & 0x0F)
		return left, &PINError{Left: left}
	}
	return 0, &StatusError{Step: step, SW: sw}
}
