package panel

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// A Sign is what the panel says.
type Sign int

// The signs. Nothing flashes more than three times a second, which some people
// can't bear (WCAG 2.3.1).
const (
	Dark       Sign = iota // nobody hands out cards, or one is being printed
	Ready                  // steady: press for one card
	Handed                 // the same; a card lies in the tray, which one pulse tells
	Attention              // half a second on and off: look at the screen; two pulses
	OutOfOrder             // two flashes every two seconds: no card can be printed; three pulses
)

// counts reports whether a press now means one card.
func (s Sign) counts() bool { return s == Ready || s == Handed }

// A pattern is high in each of its first pulses.
type pattern struct {
	pulses    int
	on, off   time.Duration // of each pulse
	period    time.Duration // after which it begins again; 0 is never
	otherwise gpio.Level    // where it has no pulse at all
}

var lamps = [...]pattern{
	Dark:       {},
	Ready:      {otherwise: gpio.High},
	Handed:     {otherwise: gpio.High},
	Attention:  {pulses: 1, on: 500 * time.Millisecond, period: time.Second},
	OutOfOrder: {pulses: 2, on: 200 * time.Millisecond, off: 200 * time.Millisecond, period: 2 * time.Second},
}

var buzzers = [...]pattern{
	Dark:       {},
	Ready:      {},
	Handed:     {pulses: 1, on: 80 * time.Millisecond},
	Attention:  {pulses: 2, on: 120 * time.Millisecond, off: 120 * time.Millisecond},
	OutOfOrder: {pulses: 3, on: 250 * time.Millisecond, off: 150 * time.Millisecond},
}

func (s Sign) lamp(shown time.Duration) gpio.Level   { return lamps[s].at(shown) }
func (s Sign) buzzer(shown time.Duration) gpio.Level { return buzzers[s].at(shown) }

func (p pattern) at(t time.Duration) gpio.Level {
	if p.pulses == 0 {
		return p.otherwise
	}
	if p.period > 0 {
		t %= p.period
	}
	each := p.on + p.off
	return t/each < time.Duration(p.pulses) && t%each < p.on
}

// steady is how long a contact must not change to be believed.
const steady = 30 * time.Millisecond

// debounce turns looks at a contact into presses. One that is held down from
// the start, jammed perhaps, is none until it was let go.
type debounce struct {
	seen, held bool // as it was at the last look; as it is believed to be
	since      time.Time
	known      bool
}

// press reports whether the contact has just been shut.
func (d *debounce) press(now time.Time, shut bool) bool {
	if !d.known {
		*d = debounce{seen: shut, held: shut, since: now, known: true}
		return false
	}
	if shut != d.seen {
		d.seen, d.since = shut, now
	}
	if d.seen == d.held || now.Sub(d.since) < steady {
		return false
	}
	d.held = d.seen
	return d.held
}
