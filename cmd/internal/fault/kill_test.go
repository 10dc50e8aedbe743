package fault

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// speed is how fast the printer of the killed kiosk is, in rows a second: a
// card takes long enough to be killed in the middle.
const speed = 20_000

// However often the kiosk is killed while it issues: every paper is in the
// journal, no number is on two papers unless the later is marked as a reprint,
// no number is signed twice, what was said holds, and every card in doubt is
// asked about before the next.
func TestKillKiosk(t *testing.T) {
	proof.Needs(t, "zbarimg")
	s := newShop(t, sound, filepath.Join(t.TempDir(), "kiosk"), speed)
	kills, err := s.killed(t, rounds(100, 5000))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v; %d readable papers, %d entries", kills, len(s.sheets), len(s.book))
	if n := kills[cards.Printing]; n == 0 || n < rounds(100, 5000)/10 {
		t.Errorf("the kills hit too little: %v", kills)
	}
}

// A kiosk that commits "printing" only behind the last byte is caught.
func TestKillFindsLatePrinting(t *testing.T) {
	proof.Needs(t, "zbarimg")
	s := newShop(t, plantedLate, filepath.Join(t.TempDir(), "kiosk"), speed)
	kills, err := s.killed(t, 100)
	if err == nil {
		t.Fatalf("%v: a build that writes after it prints was not caught", kills)
	}
	t.Logf("caught: %v, %v", kills, err)
}

// seed makes a run repeatable, as far as a kill by the clock can be.
func seed(t *testing.T) *rand.Rand {
	n := uint64(time.Now().UnixNano())
	t.Logf("seed %d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// within returns a duration from 0 up to d.
func within(rnd *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(rnd.Int64N(int64(d)))
}

// killed kills the kiosk that often and returns what it was about, by the state
// of the card in hand; "" is between two cards.
func (s *shop) killed(t *testing.T, kills int) (map[cards.State]int, error) {
	rnd := seed(t)
	about := map[cards.State]int{}
	request := ""
	for n := range kills {
		if request == "" {
			request = fmt.Sprint("visit-", n)
		}
		count := 1 + rnd.IntN(4)
		after := within(rnd, time.Duration(count)*70*time.Millisecond+20*time.Millisecond)
		if err := s.kill(after, "issue", "--count", fmt.Sprint(count), "--request", request); err != nil {
			return about, err
		}
		left, err := s.restart()
		if err != nil {
			return about, fmt.Errorf("kill %d after %v: %w", n+1, after, err)
		}
		about[inHand(left)]++
		if err := s.settle(rnd); err != nil {
			return about, fmt.Errorf("kill %d after %v: %w", n+1, after, err)
		}
		if rnd.IntN(2) == 0 {
			request = "" // else the same visit goes on with its cards
		}
	}
	return about, s.goesOn()
}

// inHand is the state of the newest card that is under way.
func inHand(book []entry) cards.State {
	if len(book) == 0 {
		return ""
	}
	switch last := book[len(book)-1]; last.State {
	case cards.Signed, cards.Printing:
		return last.State
	}
	return ""
}

// goesOn issues one card more, on a paper of its own.
func (s *shop) goesOn() error {
	papers := len(s.sheets)
	if err := s.do("issue"); err != nil {
		return err
	}
	if _, err := s.restart(); err != nil {
		return err
	}
	if len(s.sheets) != papers+1 || !s.sheets[papers].whole {
		return fmt.Errorf("%d papers after %d, and one card more", len(s.sheets), papers)
	}
	return nil
}
