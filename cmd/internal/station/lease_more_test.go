package station

import (
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// A line that fails for a moment is tried again with the same bytes: what the hub
// did the first time it does not do again, and nothing is provisional.
func TestCounterTriesAgain(t *testing.T) {
	c, dealt := leased(t, "good")
	c.sit(dealt[0])
	c.road.weak.Store(3)
	c.pinIs("1234")
	c.shows(wizard.Choose)
	c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapTyped{}, wizard.TapNext{}, wizard.TapNext{})
	c.road.weak.Store(2)
	c.secret = append(c.secret, "haru-no-kawa-2026")
	c.do(wizard.TypedPass{Pass: wizard.NewTyped([]byte("haru-no-kawa-2026"))})
	c.shows(wizard.Done)
	id := c.state.MyKey.Account.ID
	if c.state.MyKey.Later || c.deeds(id) != "register" || c.held() != 20 {
		t.Errorf("%+v; at the hub: %s", c.state.MyKey, c.deeds(id))
	}
	if signs := strings.Count(strings.Join(dealt[0].Log(), "\n"), "sign "); signs != 2 {
		t.Errorf("the card signed %d times", signs)
	}
	if _, err := c.accounts.SignIn(t.Context(), id, "haru-no-kawa-2026", "a phone"); err != nil {
		t.Error(err)
	}
}

// Where no leased ID is left, or the hub has stopped this kiosk, nothing is
// promised.
func TestCounterNoLease(t *testing.T) {
	for name, spoil := range map[string]func(c *counter){
		"none is left": func(c *counter) {
			c.desk.opts.Settings.Card.Leases = 0
			c.carry()
			c.desk.opts.Settings.Card.Leases = 20
		},
		"the setting is 0": func(c *counter) { c.desk.opts.Settings.Card.Leases = 0 },
		"stopped": func(c *counter) {
			c.ok(c.ledger.Revoke(c.t.Context(), ledger.Revocation{Kiosk: "KSZ-014", How: cards.Retired}))
			c.sync()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, dealt := leased(t, "p256")
			spoil(c)
			c.road.cut.Store(true)
			c.sit(dealt[0])
			c.pinIs("1234")
			if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.Offline {
				t.Errorf("%+v", c.state.MyKey)
			}
		})
	}
}

// Who has an ID sees no balance without a network, and neither changes nor ends it.
func TestCounterHeldOffline(t *testing.T) {
	c, dealt := leased(t, "p256", "p256")
	for n, taps := range [][]kiosk.Event{{wizard.TapChange{}, wizard.TapOwn{}, wizard.TypedID{ID: "NATS2345"}}, {wizard.TapRetire{}, wizard.TapNext{}}} {
		c.sit(dealt[n])
		c.register()
		c.home()
		c.sit(dealt[n])
		c.pinIs("1234")
		c.shows(wizard.Held)
		c.road.cut.Store(true)
		c.do(taps...)
		if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.Offline || c.waiting() != 0 {
			t.Errorf("%+v", c.state.MyKey)
		}
		c.home()
		c.road.cut.Store(false)
	}
}

// No leased ID is given to who came for their balance: without a network there is
// none, and the screen says so.
func TestLeasedIsNoBalance(t *testing.T) {
	c, dealt := leased(t, "p256")
	for n := range 2 {
		c.road.cut.Store(n == 0)
		c.do(kiosk.TapBalance{}, account.TapCard{})
		if c.lay(dealt[0]); n == 1 {
			c.shows(wizard.PIN)
			c.road.cut.Store(true)
			c.pinIs("1234")
		}
		if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.Offline || c.held() != 20 || dealt[0].Verified() || pins(dealt[0]) != n {
			t.Errorf("%q, %d leased, %d PINs", c.state.MyKey.Reason, c.held(), pins(dealt[0]))
		}
		c.home()
	}
}
