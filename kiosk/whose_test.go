package kiosk

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A lain is a My Number card that lies on a reader: the n-th that was laid down, for
// the person whose turn it was.
type lain struct{ n, turn int }

// A counterTop is two readers, and whoever comes one after the other. It tells of the
// cards as package pcsc does.
type counterTop struct {
	rnd   *rand.Rand
	s     State
	now   time.Time
	lies  [2]lain
	visit int // the reader that was told of; -1: none
	crowd bool
	away  bool // the readers are
	laid  int
	turn  int // grows when somebody leaves
	said  int // the card that staff said yes for; 0 until it was read
	found map[string]int
	trace []string
	fault string
}

// send tells the kiosk, and looks at whose card is read and who was vouched for.
func (c *counterTop) send(e Event) {
	c.trace = append(c.trace, fmt.Sprintf("%T%+v", e, e))
	before, effect := c.s, Effect(nil)
	c.s, effect = c.s.Next(e)
	on := lain{}
	if c.visit >= 0 {
		on = c.lies[c.visit]
	}
	_, yes := e.(DoorOpened)
	read := before.MyKey.Step == wizard.Reading && c.s.MyKey.Child && (c.s.MyKey.Step == wizard.PIN || c.s.MyKey.Step == wizard.LastTry)
	switch {
	case yes && c.s.MyKey.Step == wizard.PIN, read && c.said == 0:
		c.said = on.n
	case yes:
		c.said = 0
	}
	switch e := effect.(type) {
	case wizard.ReadCard:
		c.found["read"]++
		if on.turn != c.turn {
			c.fault = fmt.Sprintf("the card of the person %d is read for the person %d", on.turn, c.turn)
		}
	case wizard.Check:
		if e.Staff != "" {
			c.found["vouched"]++
		}
		if e.Staff != "" && on.n != c.said {
			c.fault = fmt.Sprintf("staff said yes for the card %d, and it is the card %d", c.said, on.n)
		}
	}
	if c.s.Left {
		c.found["left"]++
	}
	if before.withCard() && before.Visit != c.s.Visit && (c.s.Step == Home || c.s.taking()) {
		c.turn++
	}
}

// look tells what has changed on the readers.
func (c *counterTop) look() {
	var still []int
	for n, l := range c.lies {
		if l != (lain{}) && !c.away {
			still = append(still, n)
		}
	}
	if c.visit >= 0 && (c.crowd && len(still) < 2 || c.lies[c.visit] == lain{}) {
		c.visit, c.crowd = -1, false
		c.send(wizard.CardOut{})
	}
	if c.visit < 0 && len(still) > 0 {
		c.visit = still[0]
		c.send(wizard.CardIn{})
	}
	if len(still) > 1 && !c.crowd {
		c.crowd = true
		c.send(wizard.CardStops{Reason: wizard.TwoCards})
	}
}

// hand lays a card down or takes one away, also where no reader sees it.
func (c *counterTop) hand() {
	l := &c.lies[c.rnd.IntN(5)/4]
	if *l != (lain{}) {
		*l = lain{}
	} else {
		c.laid++
		*l = lain{c.laid, c.turn}
	}
	if !c.away {
		c.look()
	}
}

// plug has the readers go, or come back.
func (c *counterTop) plug() {
	if c.away = !c.away; c.away {
		c.visit, c.crowd = -1, false
		c.send(wizard.CardStops{Reason: wizard.NoReader})
		return
	}
	c.send(wizard.ReaderBack{})
	c.look()
}

// tap is what a finger does, or an answer to it.
func (c *counterTop) tap() Event {
	one := func(all ...Event) Event { return all[c.rnd.IntN(len(all))] }
	step := c.s.MyKey.Step
	if c.rnd.IntN(4) == 0 {
		step = wizard.Done // anything
	}
	switch {
	case c.s.Step == Home:
		return one(TapMyKey{}, TapMyKey{}, TapBalance{}, TapStaff{})
	case c.s.Vouching() && step != wizard.Done:
		return DoorOpened{"sato"}
	case c.s.at(MyKey) && step == wizard.Needs:
		return one(wizard.TapNext{}, wizard.TapYoung{})
	case c.s.at(MyKey) && step == wizard.Young:
		return wizard.TapStaff{}
	case c.s.at(MyKey) && step == wizard.Reading:
		return one(wizard.CardRead{Tries: 1 + c.rnd.IntN(3), Sitting: 1}, wizard.CardMoved{}, wizard.CardStops{Reason: wizard.Offline})
	case c.s.at(MyKey) && step == wizard.PIN:
		return wizard.TypedPIN{PIN: wizard.NewTyped([]byte("1234"))}
	case c.s.at(MyKey) && step == wizard.Checking:
		return one(wizard.PINRight{IDs: []string{"A"}}, wizard.PINWrong{Tries: 1}, wizard.CardMoved{}, opened())
	}
	return one(wizard.TapNext{}, wizard.TapStaff{}, wizard.TapBack{}, wizard.TapEnd{}, account.TapCard{}, account.TapEnd{}, TapDisplay{}, TapBack{})
}

// TestWhoseCard: whatever is laid down, taken away and left lying, on two readers that
// come and go, no card is read for somebody else than who laid it down, and what staff
// said yes to is for one card alone.
func TestWhoseCard(t *testing.T) {
	found := map[string]int{}
	for seed := range proof.Times(20_000, 20_000, 1_000_000) {
		c := &counterTop{rnd: rand.New(rand.NewPCG(30, uint64(seed))), s: counter(), now: time.Unix(1_000_000_000, 0), visit: -1, found: found}
		for range 60 {
			switch c.rnd.IntN(12) {
			case 0, 1, 2:
				c.hand()
			case 3:
				if c.rnd.IntN(3) == 0 {
					c.plug()
				}
			case 4:
				c.now = c.now.Add([]time.Duration{time.Second, 3 * time.Second, 61 * time.Second, 11 * time.Minute}[c.rnd.IntN(4)])
				c.send(Tick{Now: c.now})
			default:
				c.send(c.tap())
			}
			if c.fault != "" {
				t.Fatalf("seed %d: %s\n%s", seed, c.fault, strings.Join(c.trace, "\n"))
			}
		}
	}
	t.Log(found)
	for _, what := range []string{"read", "left", "vouched"} {
		if found[what] < 100 {
			t.Errorf("hardly ever %s: %d", what, found[what])
		}
	}
}
