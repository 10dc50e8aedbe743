package cards

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
)

// The check finds every wrong character but one of 31 in each place, and every
// swap of two neighbours but where they differ by that one: a pattern of five
// bits goes unseen only if it is the polynomial itself, 10011.
func TestSerialCheck(t *testing.T) {
	const unseen = 0b10011
	s := Serial{Allotment: 0x01234567, Number: 0x89ABCD}
	plain := strings.ReplaceAll(s.String(), "-", "")
	accepted := func(text string) bool {
		_, err := NormalizeSerial(text)
		return err == nil
	}
	for n := range plain {
		was := strings.IndexByte(serialDigits, plain[n])
		for d := range 32 {
			if d == was {
				continue
			}
			changed := plain[:n] + serialDigits[d:d+1] + plain[n+1:]
			if accepted(changed) != (d^was == unseen) {
				t.Errorf("%s for %s: accepted is %v", changed, plain, accepted(changed))
			}
		}
		if n == 0 || plain[n] == plain[n-1] {
			continue
		}
		swapped := plain[:n-1] + plain[n:n+1] + plain[n-1:n] + plain[n+1:]
		if accepted(swapped) != (was^strings.IndexByte(serialDigits, plain[n-1]) == unseen) {
			t.Errorf("%s for %s: accepted is %v", swapped, plain, accepted(swapped))
		}
	}
}

// Worked by hand, by long division: x^4 mod g is x + 1, and so on.
func TestCRC4(t *testing.T) {
	for bits, want := range map[uint64]byte{0: 0, 1: 0b0011, 2: 0b0110, 4: 0b1100, 8: 0b1011, 16: 0b0101, 3: 0b0101, 0b10011: 0} {
		if got := crc4(bits); got != want {
			t.Errorf("crc4(%b) = %04b, want %04b", bits, got, want)
		}
	}
}

func TestSerialOfTooLargeANumber(t *testing.T) {
	e := sampleEntry()
	e.Number = MaxNumber + 1 + e.Number
	if e.Serial().String() != sampleEntry().Serial().String() {
		t.Fatal("the serial shows more than 24 bits of the number")
	}
	key := paperKey(paperKiosk)
	if _, _, err := OpenEntry(must(Seal(key, PaperEntry, e)), func(KeyID) ed25519.PublicKey { return key.Public() }); !errors.Is(err, ErrPaper) {
		t.Errorf("an entry whose serial is another card's: %v", err)
	}
}

// What a request says of the card that is replaced is read as it was written, and
// of no other request.
func TestAgainOf(t *testing.T) {
	s := Serial{Allotment: 7, Number: 3}
	for request, want := range map[string]bool{
		AgainRequest(s, 1): true, AgainRequest(s, 12): true, "again:" + s.String(): false, s.String() + ":1": false, "again:x:1": false, "": false,
	} {
		got, is := AgainOf(request)
		if is != want || is && got != s {
			t.Errorf("%q: %v, %v", request, got, is)
		}
	}
}
