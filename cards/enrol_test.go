package cards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"testing"
)

func TestEnrolment(t *testing.T) {
	data, err := SealEnrolment([]byte("secret"), vectorPrivate(paperKiosk), vectorPrivate(paperOther))
	if err != nil {
		t.Fatal(err)
	}
	e, err := OpenEnrolment(data)
	if err != nil || string(e.Secret) != "secret" || !bytes.Equal(e.Live, paperKey(paperKiosk).Public()) || !bytes.Equal(e.Practice, paperKey(paperOther).Public()) {
		t.Errorf("OpenEnrolment = %+v, %v", e, err)
	}
}

func TestEnrolmentRefused(t *testing.T) {
	kiosk := SigningKey{Private: vectorPrivate(paperKiosk)}
	weak := append([]byte{1}, make([]byte, 31)...)
	for _, tt := range []struct {
		name string
		key  SigningKey
		mend func(*Enrolment)
		want error
	}{
		{"as it is", kiosk, func(*Enrolment) {}, nil},
		{"sealed by a key that it does not name", SigningKey{Private: vectorPrivate(paperHub)}, func(*Enrolment) {}, ErrSignature},
		{"sealed by the practice key", SigningKey{Private: vectorPrivate(paperOther)}, func(*Enrolment) {}, ErrSignature},
		{"gives itself an id", paperKey(paperKiosk), func(*Enrolment) {}, ErrPaper},
		{"another's practice key", kiosk, func(e *Enrolment) { e.Practice = paperKey(paperHub).Public() }, ErrSignature},
		{"a proof for another live key", kiosk, func(e *Enrolment) { e.Proof = sampleEnrolment(paperHub, paperOther).Proof }, ErrSignature},
		{"a proof without its domain", kiosk, func(e *Enrolment) { e.Proof = ed25519.Sign(vectorPrivate(paperOther), e.Live) }, ErrSignature},
		{"no proof", kiosk, func(e *Enrolment) { e.Proof = nil }, ErrSignature},
		{"one key for both", kiosk, func(e *Enrolment) { *e = sampleEnrolment(paperKiosk, paperKiosk) }, ErrPaper},
		{"live key too short", kiosk, func(e *Enrolment) { e.Live = e.Live[:31] }, ErrPaper},
		{"practice key too long", kiosk, func(e *Enrolment) { e.Practice = append(bytes.Clone(e.Practice), 0) }, ErrPaper},
		{"live key of small order", kiosk, func(e *Enrolment) { e.Live = weak }, ErrPaper},
		{"practice key of small order", kiosk, func(e *Enrolment) { e.Practice, e.Proof = weak, append(bytes.Clone(weak), make([]byte, 32)...) }, ErrPaper},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := sampleEnrolment(paperKiosk, paperOther)
			tt.mend(&e)
			if _, err := OpenEnrolment(must(Seal(tt.key, PaperEnrolment, e))); !errors.Is(err, tt.want) {
				t.Errorf("OpenEnrolment = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestWelcome(t *testing.T) {
	trust := paperKey(paperTrust)
	pinned := sha256.Sum256(trust.Public())
	good := Welcome{Kiosk: "木更津 1", Live: 3, Practice: 4, Trust: []byte{}, TrustKey: trust.Public()}
	other := paperKey(paperHub)
	for _, tt := range []struct {
		name string
		key  SigningKey
		mend func(*Welcome)
		want error
	}{
		{"as it is", trust, func(*Welcome) {}, nil},
		{"another hub's, sealed by it", other, func(w *Welcome) { w.TrustKey = other.Public() }, ErrUnknownKey},
		{"another hub's, naming our key", other, func(*Welcome) {}, ErrSignature},
		{"no trust key", trust, func(w *Welcome) { w.TrustKey = nil }, ErrUnknownKey},
		{"no name", trust, func(w *Welcome) { w.Kiosk = "" }, ErrPaper},
		{"live id 0", trust, func(w *Welcome) { w.Live = 0 }, ErrPaper},
		{"practice id of the tests", trust, func(w *Welcome) { w.Practice = FirstTestKey }, ErrPaper},
		{"one id for both", trust, func(w *Welcome) { w.Practice = w.Live }, ErrPaper},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := good
			tt.mend(&w)
			if _, err := OpenWelcome(must(Seal(tt.key, PaperWelcome, w)), pinned); !errors.Is(err, tt.want) {
				t.Errorf("OpenWelcome = %v, want %v", err, tt.want)
			}
		})
	}
}
