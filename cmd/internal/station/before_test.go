package station

import (
	"net/netip"
	"testing"

	"pointkiosk/kiosk/wizard"
)

// Who registered anew with a renewed card ends that ID first; then the card opens
// the ID of before.
func TestCounterBeforeAnew(t *testing.T) {
	c, dealt := newCounter(t, "good", "p256")
	c.secret = append(c.secret, "natsu-no-umi-2026")
	c.sit(dealt[0])
	id, code := c.register()
	c.home()
	_, err := c.accounts.SetPassword(t.Context(), netip.Addr{}, id, code, "natsu-no-umi-2026", "a phone")
	c.ok(err)
	c.sit(dealt[1])
	c.register()
	c.home()
	c.sit(dealt[1])
	c.pinIs("1234")
	c.shows(wizard.Held)
	c.do(wizard.TapRetire{}, wizard.TapNext{})
	c.shows(wizard.Take)
	c.home()
	c.sit(dealt[1])
	c.pinIs("1234")
	c.shows(wizard.Choose)
	c.do(wizard.TapBefore{}, wizard.TypedID{ID: id}, wizard.TapNext{}, wizard.TypedPass{Pass: wizard.NewTyped([]byte("natsu-no-umi-2026"))})
	if c.shows(wizard.Done); c.state.MyKey.Account.ID != id {
		t.Errorf("bound to %q", c.state.MyKey.Account.ID)
	}
	c.home()
}
