package station

import (
	"testing"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
)

// Two cards, or no reader: the screen says so, and goes on by itself when that is
// over.
func TestCounterGoesOn(t *testing.T) {
	c, dealt := newCounter(t, "p256", "good")
	stops := func(why wizard.Reason) {
		t.Helper()
		if c.shows(wizard.Stopped); c.state.MyKey.Reason != why {
			t.Fatalf("%q", c.state.MyKey.Reason)
		}
	}
	c.sit(dealt[0])
	c.shows(wizard.PIN)
	c.tell(pcsc.Second{Reader: "another"})
	c.isOff(dealt[0])
	stops(wizard.TwoCards)
	c.takeAway()
	c.shows(wizard.Place)
	c.lay(dealt[1])
	c.shows(wizard.PIN)
	c.home()

	c.lay(dealt[0])
	c.tell(pcsc.Second{Reader: "another"})
	c.do(kiosk.TapMyKey{})
	stops(wizard.TwoCards)
	c.takeAway()
	c.shows(wizard.Needs)

	c.do(wizard.TapNext{})
	c.tell(pcsc.NoReader{})
	stops(wizard.NoReader)
	c.tell(pcsc.ReaderBack{})
	c.shows(wizard.Place)
	c.do(wizard.TapBack{}, wizard.TapBack{})
	c.at(kiosk.Home)
	c.tell(pcsc.NoReader{})
	c.tell(pcsc.ReaderBack{})
	if c.at(kiosk.Home); !c.state.Site.Counter {
		t.Error("no tile")
	}
}
