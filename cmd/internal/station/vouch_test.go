package station

import (
	"strings"
	"testing"

	"pointkiosk/hub/registry"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
)

// who lists the deeds about an ID, each with the person who helped.
func (c *counter) who(id string) string {
	c.t.Helper()
	var all []string
	c.ok(c.accounts.Deeds(c.t.Context(), id, func(d registry.Deed) error {
		all = append(all, strings.TrimSpace(d.What+" "+d.Person))
		return nil
	}))
	return strings.Join(all, ", ")
}

// Who of the staff said yes stands in the hub's audit log, with a network and
// without: before a last try, and for who is under 15.
func TestCounterVouched(t *testing.T) {
	last := func(c *counter, card *jpkitest.Card) {
		c.sit(card)
		c.pinIs("0000")
		c.pinIs("0000")
		c.do(wizard.TapNext{})
		c.pin("2468")
	}
	young := func(c *counter, card *jpkitest.Card) {
		c.do(kiosk.TapMyKey{}, wizard.TapYoung{}, wizard.TapStaff{})
		c.at(kiosk.Door)
		c.pin("1357")
		c.shows(wizard.Place)
		c.lay(card)
	}
	for _, tt := range []struct {
		name string
		do   func(c *counter, card *jpkitest.Card)
		away bool
		want string
	}{
		{"nobody", func(c *counter, card *jpkitest.Card) { c.sit(card) }, false, "register"},
		{"a last try", last, false, "register sato"},
		{"a last try without a network", last, true, "register sato"},
		{"under 15", young, false, "register suzuki"},
		{"under 15 without a network", young, true, "register suzuki"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, dealt := leased(t, "p256")
			c.road.cut.Store(tt.away)
			tt.do(c, dealt[0])
			id, _ := c.register()
			c.home()
			c.road.cut.Store(false)
			c.carry()
			if got := c.who(id); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			onlyOurs(t, dealt[0])
		})
	}
}
