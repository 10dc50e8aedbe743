package station

import (
	"net/http"
	"testing"

	"pointkiosk/hub/api"
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

// The reader is unplugged under a card: the screen says so, and whoever ends it there,
// or has forgotten their card, is not waited for. What lies there when it is back is
// not read for who comes next.
func TestCounterUnplugged(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	unplug := func() {
		c.reader.put(nil)
		c.tell(pcsc.NoReader{})
	}
	for _, forgotten := range []bool{false, true} {
		c.sit(dealt[0])
		c.shows(wizard.PIN)
		if forgotten {
			c.do(wizard.TapEnd{})
			c.shows(wizard.Take)
			unplug()
		} else {
			unplug()
			if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.NoReader {
				t.Errorf("%q", c.state.MyKey.Reason)
			}
			c.do(wizard.TapEnd{})
		}
		c.at(kiosk.Home)
		c.tell(pcsc.ReaderBack{})
		c.lay(dealt[0])
		c.at(kiosk.Home)
		c.do(kiosk.TapMyKey{}, wizard.TapNext{})
		c.shows(wizard.Place) // nobody knows whose it is
		c.takeAway()
		c.do(wizard.TapEnd{})
		c.at(kiosk.Home)
	}
}

// The reader is unplugged while the hub is asked, for whatever is under way then: the
// network is not to blame.
func TestCounterUnpluggedAtTheHub(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	c.sit(dealt[0])
	c.shows(wizard.PIN)
	sitting := c.state.MyKey.Sitting
	asked, whole, over := make(chan struct{}, 10), c.road.hub, make(chan struct{})
	defer close(over)
	mend := c.road.divert(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+api.PathApply {
			whole.ServeHTTP(w, r)
			return
		}
		asked <- struct{}{}
		<-over
	})
	defer mend()
	answer := make(chan kiosk.Event, 1)
	go func() {
		answer <- c.desk.clerk.do(t.Context(), wizard.Check{PIN: wizard.NewTyped([]byte("1234")), Aim: wizard.Open, Sitting: sitting})
	}()
	<-asked
	c.reader.put(nil)
	c.tell(pcsc.NoReader{})
	if e := <-answer; e != nil {
		t.Errorf("%T %+v", e, e)
	}
	if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.NoReader {
		t.Errorf("%q", c.state.MyKey.Reason)
	}
	c.do(wizard.TapEnd{})
	c.at(kiosk.Home)
}
