package registry

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pointkiosk/cards"
)

// A guesser has many addresses, and a new device for every try.
type guesser struct {
	t      *testing.T
	r      *Registry
	from   []netip.Addr
	tries  int
	looked int
}

func newGuesser(t *testing.T, r *Registry, addresses int) *guesser {
	g := &guesser{t: t, r: r}
	for n := range addresses {
		g.from = append(g.from, netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}))
	}
	return g
}

// round tries once from every address.
func (g *guesser) round() {
	g.t.Helper()
	for _, from := range g.from {
		g.tries++
		_, err := g.r.SignInFrom(g.t.Context(), from, testID, fmt.Sprint("guess ", g.tries), fmt.Sprint("device ", g.tries))
		switch {
		case errors.Is(err, ErrWrong):
			g.looked++
		case !errors.As(err, new(*SlowError)):
			g.t.Fatal(err)
		}
	}
}

const every = time.Minute // between the guesser's rounds

// However many addresses guess, their guesses a day stay bounded.
func TestGuessesADay(t *testing.T) {
	for _, tt := range []struct {
		addresses  int
		first, day int // guesses on the first day, on the second
	}{
		{1, 5 + 8 + 10 + 288, 8 + 288},
		{50, 948, 688},
		{120, 1038, 768},
		{300, 1038, 768},
	} {
		r, c := testRegistry(t, nil)
		g := newGuesser(t, r, tt.addresses)
		account, err := cards.ParseMyKeyID(testID)
		if err != nil {
			t.Fatal(err)
		}
		for day, most := range []int{tt.first, tt.day} {
			looked := 0
			for end := c.at.Add(24 * time.Hour); c.at.Before(end); c.wait(2 * every) {
				for n, from := range g.from {
					if _, wait := r.throttle.first(c.at, r.ways(account, fmt.Sprint(c.at, n), placeOf(from), false)); wait == 0 {
						looked++
					}
				}
			}
			// A try may fall on either side of midnight: one of each address, up to as many as Places has in a place's time, and one shared.
			slack := min(tt.addresses, 60) + 1
			if looked > most+slack || looked < most-most/4 {
				t.Errorf("%d addresses, day %d: %d guesses, want %d", tt.addresses, day+1, looked, most)
			}
			t.Logf("%d addresses, day %d: %d guesses", tt.addresses, day+1, looked)
		}
	}
}

// The right password on a new phone outlasts a guesser who never rests, within
// the time that the package doc states: at his first rush, when all his
// addresses are fresh, and hours later.
func TestNewPhoneUnderAGuesser(t *testing.T) {
	for addresses, within := range map[int]time.Duration{1: 0, 50: 0, 60: 60 * 3 * time.Minute} {
		r, c := testRegistry(t, nil)
		add(t, r)
		g := newGuesser(t, r, addresses)
		for range 10 {
			g.round()
		}
		for n := range 4 { // a person mistypes
			_, err := r.SignInFrom(t.Context(), netip.MustParseAddr("198.51.100.7"), testID, fmt.Sprint("slip ", n), "a new phone")
			if within == 0 && !errors.Is(err, ErrWrong) {
				t.Errorf("slip %d: %v", n, err)
			}
		}
		outlast(t, r, c, g, "a new phone", netip.MustParseAddr("198.51.100.7"), within)
		for range 50 { // hours, at a pace that no bucket is refilled faster than
			c.wait(3 * every)
			g.round()
		}
		outlast(t, r, c, g, "another", netip.MustParseAddr("198.51.100.8"), within)
	}
}

// outlast signs in and comes again when told to, while the guesser goes on.
func outlast(t *testing.T, r *Registry, c *clock, g *guesser, device string, from netip.Addr, within time.Duration) {
	t.Helper()
	start := c.at
	for again := start; ; c.wait(every) {
		g.round()
		if c.at.Before(again) {
			continue
		}
		_, err := r.SignInFrom(t.Context(), from, testID, testPassword, device)
		slow := (*SlowError)(nil)
		if err == nil {
			break
		}
		if !errors.As(err, &slow) {
			t.Fatal(err)
		}
		if again = c.at.Add(slow.RetryAfter); c.at.Sub(start) > within+holdTurn {
			t.Fatalf("%s: not in after %v, next in %v", device, c.at.Sub(start), slow.RetryAfter)
		}
	}
	t.Logf("%s: in after %v", device, c.at.Sub(start))
	if took := c.at.Sub(start); took > within+5*time.Minute || within == 0 && took > 0 { // it is told to come again in at most five minutes
		t.Errorf("%s: in after %v, want %v", device, took, within)
	}
}

func TestPlaceOf(t *testing.T) {
	for _, tt := range []struct{ one, other string }{
		{"203.0.113.5", "::ffff:203.0.113.5"},
		{"2001:db8:1::1", "2001:db8:1:ffff::2"},
		{"fe80::1%eth0", "fe80::1"},
	} {
		if a, b := placeOf(netip.MustParseAddr(tt.one)), placeOf(netip.MustParseAddr(tt.other)); a != b {
			t.Errorf("%s is %s, %s is %s", tt.one, a, tt.other, b)
		}
	}
	if placeOf(netip.MustParseAddr("203.0.113.5")) == placeOf(netip.MustParseAddr("203.0.113.6")) || placeOf(netip.Addr{}) == placeOf(netip.MustParseAddr("::")) {
		t.Error("two places have one name")
	}
}
