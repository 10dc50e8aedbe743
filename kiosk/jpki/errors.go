package jpki

import (
	"errors"
	"fmt"
)

// What keeps a token from being used. None of these has cost a try.
var (
	// ErrOtherCard reports a card without the applet, or with a token of no known kind.
	ErrOtherCard = errors.New("jpki: not a My Number card")
	// ErrPhone reports the token of a telephone. It may be good, but is not meant here.
	ErrPhone = errors.New("jpki: a telephone's token")
	// ErrOldCard reports a 住民基本台帳カード, the card before; its certificates have all expired.
	ErrOldCard = errors.New("jpki: a Basic Resident Register card")
	// ErrNoCertificate reports a card that was issued without the user-authentication certificate.
	ErrNoCertificate = errors.New("jpki: no user-authentication certificate on the card")
	// ErrCertificate reports a file that holds no certificate that can be read.
	ErrCertificate = errors.New("jpki: certificate can't be read")
	// ErrKey reports a certificate whose key is neither RSA of 2048 to 4096 bits nor ECDSA P-256 or P-384.
	ErrKey = errors.New("jpki: certificate with a key of no known kind")
	// ErrPIN reports what is no PIN. Nothing was sent.
	ErrPIN = errors.New("jpki: a PIN is four digits")
	// ErrVerified reports that the card is still open by a PIN of before. Power it
	// down, open it anew and ask again.
	ErrVerified = errors.New("jpki: card is still open by a PIN of before")
	// ErrLocked reports a PIN that is locked: by wrong ones, or by design on a card without a PIN.
	ErrLocked = errors.New("jpki: PIN is locked")
	// ErrNotVerified reports a key that no PIN has opened, or no longer.
	ErrNotVerified = errors.New("jpki: no PIN was verified")
	// ErrSignature reports a signature that is not by the certificate's key.
	ErrSignature = errors.New("jpki: signature is not the certificate's")
)

// A Step is what was being done. Its text is for a log.
type Step string

// The steps. Only VerifyPIN can cost a try.
const (
	SelectApplet      Step = "select applet"
	SelectLabel       Step = "select label"
	ReadLabel         Step = "read label"
	SelectCertificate Step = "select certificate"
	ReadCertificate   Step = "read certificate"
	SelectPIN         Step = "select PIN"
	AskTries          Step = "ask tries"
	VerifyPIN         Step = "verify PIN"
	SelectKey         Step = "select key"
	SignDigest        Step = "sign"
)

// A PINError reports a wrong PIN, by the card's own word. At Left 0 it is locked
// now, and the error is [ErrLocked] as well.
type PINError struct{ Left int }

func (e *PINError) Error() string { return fmt.Sprintf("jpki: wrong PIN, %d tries left", e.Left) }

// Is makes the error that locked the PIN one with those that come after.
func (e *PINError) Is(target error) bool { return target == ErrLocked && e.Left == 0 }

// A LostError reports that no answer came: a reader's error, a time-out, a card
// that was taken away. At step VerifyPIN a try may be spent: ask Tries again.
// The reader's own error, if there was one, is Err; it stays out of the text,
// because it is not known what a reader quotes.
type LostError struct {
	Step Step
	Err  error
}

func (e *LostError) Error() string { return fmt.Sprintf("jpki: %s: no answer", e.Step) }

// Unwrap returns the reader's own error.
func (e *LostError) Unwrap() error { return e.Err }

// A StatusError reports a status word that the step has no other meaning for.
type StatusError struct {
	Step Step
	SW   uint16
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("jpki: %s: card answered %04X", e.Step, e.SW)
}

// An AnswerError reports an answer of the wrong size.
type AnswerError struct{ Step Step }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("jpki: %s: answer of the wrong size", e.Step)
}
