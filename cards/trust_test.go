package cards

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
)

// Each key of small order must be one, or the table is wrong: then some message
// of a few hundred is signed by R = the neutral point and S = 0, which needs no
// private key.
func TestSmallOrder(t *testing.T) {
	forged := append([]byte{1}, make([]byte, 63)...)
	for n := 0; n < len(smallOrder); n += 32 {
		for _, sign := range []byte{0, 0x80} {
			public := []byte(smallOrder[n : n+32])
			public[31] |= sign
			if usablePublic(public) {
				t.Errorf("%x is taken", public)
			}
			found := false
			for m := 0; m < 400 && !found; m++ {
				found = ed25519.Verify(public, fmt.Appendf(nil, "message %d", m), forged)
			}
			if !found {
				t.Errorf("%x signs nothing without a private key: is it of small order?", public)
			}
		}
	}
	for n := range 100 {
		if !usablePublic(paperKey(n).Public()) {
			t.Errorf("key %d is refused", n)
		}
	}
	for _, size := range []int{0, 31, 33} {
		if usablePublic(nobody(0)[:min(size, 32):32]) && size != 33 || size == 33 && usablePublic(append(nobody(0), 0)) {
			t.Errorf("a key of %d bytes is taken", size)
		}
	}
}

func TestFollows(t *testing.T) {
	held := sampleTrustList()
	held.Version = 100
	for _, tt := range []struct {
		name    string
		version uint32
		mend    func(*TrustList)
		want    error
	}{
		{"the same again", 100, func(*TrustList) {}, nil},
		{"next", 101, func(l *TrustList) { l.Hosts = nil }, nil},
		{"last within the step", 100 + maxVersionStep, func(*TrustList) {}, nil},
		{"one past the step", 101 + maxVersionStep, func(*TrustList) {}, ErrOldList},
		{"the last there is", 1<<32 - 1, func(*TrustList) {}, ErrOldList},
		{"one before", 99, func(*TrustList) {}, ErrOldList},
		{"none", 0, func(*TrustList) {}, ErrOldList},
		{"same version, a key more", 100, func(l *TrustList) { l.Hubs = append(l.Hubs, HubKey{9, nobody(9)}) }, ErrOldList},
		{"same version, a key not revoked any more", 100, func(l *TrustList) { l.Issuers[2].RevokedAt, l.Issuers[2].Revocation = 0, "" }, ErrOldList},
		{"same version, issued later", 100, func(l *TrustList) { l.Issued++ }, ErrOldList},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := sampleTrustList()
			l.Version = tt.version
			tt.mend(&l)
			if err := l.Follows(held); !errors.Is(err, tt.want) {
				t.Errorf("Follows = %v, want %v", err, tt.want)
			}
		})
	}
	held.Version = 1<<32 - 1
	if err := sampleTrustList().Follows(held); !errors.Is(err, ErrOldList) {
		t.Errorf("past the last version they begin again: %v", err)
	}
	held.Version = 100
	if err := held.Follows(TrustList{}); err != nil {
		t.Errorf("a first list: %v", err)
	}
}

// A hub that takes a key for another's, or lists one of another size, must not
// bring a reader down.
func TestOpenWithOddKeys(t *testing.T) {
	data := must(Seal(paperKey(paperHub), PaperReceipt, sampleReceipt()))
	for _, public := range [][]byte{nil, {}, make([]byte, 31), make([]byte, 33), make([]byte, 64)} {
		_, err := Open(data, PaperReceipt, func(KeyID) ed25519.PublicKey { return public }, new(Receipt))
		if !errors.Is(err, ErrUnknownKey) {
			t.Errorf("key of %d bytes: %v, want unknown key", len(public), err)
		}
	}
	var id KeyID
	if _, err := Open(data, PaperReceipt, func(asked KeyID) ed25519.PublicKey { id = asked; return nil }, new(Receipt)); !errors.Is(err, ErrUnknownKey) || id != FirstTestKey+paperHub {
		t.Errorf("asked for key %d: %v", id, err)
	}
}

func TestIssuerAndHub(t *testing.T) {
	l := sampleTrustList()
	if i, ok := l.Issuer(4); !ok || i.Key != 4 || !i.Practice() {
		t.Errorf("Issuer(4) = %+v, %v", i, ok)
	}
	if _, ok := l.Issuer(2); ok {
		t.Error("a hub key is an issuer")
	}
	if l.Hub(3) != nil || string(l.Hub(2)) != string(nobody(2)) {
		t.Errorf("Hub: %x, %x", l.Hub(3), l.Hub(2))
	}
}

func TestUsable(t *testing.T) {
	for id, want := range map[KeyID]bool{0: false, 1: true, FirstTestKey - 1: true, FirstTestKey: false, 1<<32 - 1: false} {
		if id.Usable() != want {
			t.Errorf("%d.Usable() = %v", id, !want)
		}
	}
}
