package station

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A turn is what one person does at the counter with one card, step by step.
type turn struct {
	name, card string
	does       []string
}

func turns() []turn {
	to := func(more ...string) []string { return append([]string{"lay down"}, more...) }
	return []turn{
		{"all goes well", "good", to("PIN 1234", "agree")},
		{"wrong PIN with 3, 2 and 1 tries, and staff say yes", "good", to("PIN 0000", "PIN 0000", "PIN 0000", "tap yes", "PIN 0000", "staff PIN 9999", "staff PIN 2468", "PIN 0000", "PIN 0000")},
		{"right PIN with 2 tries", "two-tries", to("PIN 1234")},
		{"right PIN with 1 try, and nobody says yes", "last-try", to("PIN 1234")},
		{"right PIN with 1 try, and staff say yes", "last-try", to("tap yes", "staff PIN 2468", "PIN 1234")},
		{"the card is taken away while staff are asked", "last-try", to("tap yes", "take away", "staff PIN 2468", "PIN 1234")},
		{"the reader is unplugged while staff are asked", "last-try", to("tap yes", "unplug", "staff PIN 2468", "PIN 1234")},
		{"locked", "locked", to("PIN 1234")},
		{"a card without a PIN", "pinless", to("PIN 1234")},
		{"a card of public transport", "transit", to("PIN 1234")},
		{"a Basic Resident Register card", "old", to("PIN 1234")},
		{"an Android telephone", "android", to("PIN 1234")},
		{"an iPhone", "iphone", to("PIN 1234")},
		{"issued without a certificate", "none", to("PIN 1234")},
		{"expired", "expired", to("PIN 1234")},
		{"renewed an hour ago", "renewed", to("PIN 1234")},
		{"revoked", "revoked", to("PIN 1234", "agree")},
		{"of an unknown CA", "unknown-ca", to("PIN 1234", "agree")},
		{"a certificate for signatures", "wrong-policy", to("PIN 1234", "agree")},
		{"an RSA key of 1024 bits", "rsa1024", to("PIN 1234", "agree")},
		{"mute from the third command on", "mute@3", to("PIN 1234")},
		{"mute before the PIN is sent", "mute@12", to("PIN 1234", "PIN 1234")},
		{"mute when the PIN comes", "mute@13", to("PIN 1234", "PIN 1234", "take away", "come again", "lay down")},
		{"mute when a wrong PIN comes, which it counts", "mute@13+done", to("PIN 0000", "PIN 0000", "take away", "come again", "lay down")},
		{"mute in the last try", "last-try+mute@13", to("tap yes", "staff PIN 2468", "PIN 1234", "PIN 1234", "take away", "come again", "lay down", "PIN 1234")},
		{"mute in the last try, which it counts", "last-try+mute@13+done", to("tap yes", "staff PIN 2468", "PIN 0000", "PIN 0000", "take away", "come again", "lay down", "PIN 0000")},
		{"pulled away in the last try, which it counts", "last-try+pulled@13", to("tap yes", "staff PIN 2468", "PIN 0000", "take away", "lay down", "PIN 0000")},
		{"the card is taken away before the PIN", "good", to("take away", "PIN 1234")},
		{"the card is taken away before the end", "good", to("PIN 1234", "take away", "agree")},
		{"the reader is unplugged before the PIN", "good", to("unplug", "PIN 1234")},
		{"the reader is unplugged before the end", "good", to("PIN 1234", "unplug", "agree")},
		{"a second card on the reader", "good", to("PIN 1234", "second card", "agree")},
		{"another person's card after the PIN", "good", to("PIN 1234", "take away", "lay another down", "PIN 1234")},
		{"the kiosk's clock is twenty years ahead", "good", []string{"clock ahead", "lay down", "PIN 1234", "agree"}},
		{"the kiosk's clock is six years behind", "good", []string{"clock behind", "lay down", "PIN 1234", "agree"}},
		{"an expired card, and a clock six years behind", "expired", []string{"clock behind", "lay down", "PIN 1234"}},
	}
}

// Each wrong turn: the screens that are shown, and all that the card was told,
// byte for byte. No VERIFY is sent with one try left unless staff said yes, none
// twice, and no other applet is asked for anything.
func TestTurns(t *testing.T) {
	all := turns()
	var kinds []string
	for _, turn := range all {
		kinds = append(kinds, turn.card)
	}
	c, dealt := newCounter(t, append(kinds, "good")...)
	out := new(strings.Builder)
	for n, turn := range all {
		fmt.Fprintf(out, "== %s\n", turn.name)
		c.clock.put(0)
		c.arrive()
		for _, deed := range turn.does {
			before := len(dealt[n].Log())
			c.does(deed, dealt[n], dealt[len(dealt)-1])
			fmt.Fprintf(out, "%s\n", deed)
			for _, line := range dealt[n].Log()[before:] {
				fmt.Fprintf(out, "    %s\n", line)
			}
			fmt.Fprintf(out, "  > %s\n", c.screen())
		}
		typed := strings.Count(strings.Join(turn.does, " "), "PIN ") - strings.Count(strings.Join(turn.does, " "), "staff PIN ")
		if sent := pins(dealt[n]); sent > typed {
			t.Errorf("%s: %d PINs typed, %d sent", turn.name, typed, sent)
		}
		c.take()
		c.isOff(dealt[n])
		onlyOurs(t, dealt[n])
	}
	proof.Golden(t, "turns.txt", out.String())
}

// arrive is somebody who taps マイキーIDをつくる and is 15 or older.
func (c *counter) arrive() {
	c.t.Helper()
	c.at(kiosk.Home)
	c.do(kiosk.TapMyKey{}, wizard.TapNext{})
	c.shows(wizard.Place)
}

// take is the end of a visit, however it went.
func (c *counter) take() {
	c.takeAway()
	c.do(wizard.TapEnd{}, wizard.TapBack{}, wizard.TapEnd{})
	c.tell(pcsc.ReaderBack{})
	c.home()
}

func (c *counter) does(deed string, card, another *jpkitest.Card) {
	c.t.Helper()
	switch what, digits, _ := strings.Cut(deed, " "); what {
	case "PIN":
		c.pinIs(digits)
		return
	case "staff":
		c.pin(strings.TrimPrefix(digits, "PIN "))
		return
	}
	switch deed {
	case "lay down":
		c.lay(card)
	case "come again":
		c.arrive()
	case "lay another down":
		c.lay(another)
	case "take away":
		c.takeAway()
		c.isOff(card)
	case "second card":
		c.tell(pcsc.Second{})
		c.isOff(card)
	case "unplug":
		c.reader.put(nil)
		c.tell(pcsc.NoReader{})
		c.isOff(card)
	case "tap yes":
		c.do(wizard.TapNext{})
	case "agree":
		ids := append(slices.Clone(c.state.MyKey.IDs), "")
		c.do(wizard.TapID{ID: ids[0]}, wizard.TapCode{}, wizard.TapNext{}, wizard.TapNext{})
		c.secret = append(c.secret, c.state.MyKey.Account.ID, c.state.MyKey.Code)
	case "clock ahead":
		c.clock.put(20 * 365 * 24 * time.Hour)
	case "clock behind":
		c.clock.put(-6 * 365 * 24 * time.Hour)
	default:
		c.t.Fatalf("nobody does %q", deed)
	}
}

// isOff waits until a card was powered down, if it was not pulled away: that takes
// its time.
func (c *counter) isOff(card *jpkitest.Card) {
	c.t.Helper()
	off := func(last string) bool { return last == "power down" || strings.HasSuffix(last, "pulled away") }
	for end := time.Now().Add(5 * time.Second); !off(lastOf(card.Log())); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("the card can still sign:\n%s", strings.Join(card.Log(), "\n"))
		}
	}
}

func lastOf(log []string) string { return append([]string{""}, log...)[len(log)] }

// screen names what is shown.
func (c *counter) screen() string {
	if c.state.Step != kiosk.MyKey {
		name := map[kiosk.Step]string{kiosk.Home: "home", kiosk.Door: "staff PIN"}[c.state.Step]
		if c.state.Keys.Wrong {
			name += ", wrong"
		}
		return name
	}
	w := c.state.MyKey
	name := map[wizard.Step]string{
		wizard.Needs: "needs", wizard.Place: "place", wizard.Reading: "reading", wizard.PIN: "PIN", wizard.LastTry: "last try: staff",
		wizard.Choose: "choose", wizard.Done: "done", wizard.Take: "take",
	}[w.Step]
	switch w.Step {
	case wizard.PIN, wizard.LastTry:
		name += fmt.Sprintf(", %d left", w.Tries)
	case wizard.Stopped:
		why := string(w.Reason)
		if w.Reason == wizard.Refused {
			why = w.Word
		}
		name = why + ": " + words.In("ja").Say("mykey.stop."+why)
	}
	if w.Wrong {
		name += ", wrong"
	}
	if w.Moved {
		name += ", it was moved"
	}
	return name
}

// The terms that are signed are those on the screen, also where the hub's changed
// while an ID was looked at.
func TestCounterTermsChange(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	c.sit(dealt[0])
	c.pinIs("1234")
	c.ok(c.ledger.AddEvent(t.Context(), ledger.Event{
		Event: cards.Event{
			ID: "walk", Municipality: cards.Text{Ja: "別の市"}, Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "歩く会"}, Place: cards.Text{Ja: "広場"},
			Opens: "00:00", Closes: "24:00", Host: "p.example.jp",
		},
		Points: 200, Day: cards.DayOf(time.Now()), CardDays: 30, PointDays: 100,
	}))
	c.do(wizard.TapOwn{}, wizard.TypedID{ID: "NATS2345"})
	c.shows(wizard.Password)
	if shown, signed := c.state.MyKey.Terms.Municipality["ja"], c.desk.clerk.now.offer.Terms.Municipality.Ja; shown != "別の市" || signed != shown {
		t.Errorf("shown %q, signed %q", shown, signed)
	}
	c.do(wizard.TapCode{}, wizard.TapNext{}, wizard.TapNext{})
	c.shows(wizard.Done)
	c.secret = append(c.secret, "NATS2345", c.state.MyKey.Code)
	c.home()
}

// Too many wrong passwords are slowed down, and the screen says that, and not
// that others are in the way.
func TestCounterSlow(t *testing.T) {
	c, dealt := newCounter(t, "p256", "p384")
	c.sit(dealt[0])
	id, _ := c.register()
	c.home()
	wrong := func(n int) wizard.Typed { return wizard.NewTyped(fmt.Appendf(nil, "not-this-%d", n)) }
	tries := 0
	for c.do(kiosk.TapBalance{}, account.TapID{}, account.TypedID{ID: id}); c.state.Account.Step == account.Password && tries < 100; tries++ {
		c.do(account.TypedPass{Pass: wrong(tries)})
	}
	if c.state.Account.Step != account.Stopped || c.state.Account.Reason != account.Slow || tries < 5 {
		t.Errorf("after %d tries: step %d, %q", tries, c.state.Account.Step, c.state.Account.Reason)
	}
	c.do(account.TapEnd{})
	c.sit(dealt[1])
	c.pinIs("1234")
	c.do(wizard.TapBefore{}, wizard.TypedID{ID: id}, wizard.TapNext{}, wizard.TypedPass{Pass: wrong(0)})
	if c.shows(wizard.Stopped); c.state.MyKey.Reason != wizard.Slow {
		t.Errorf("bound again: %q %q", c.state.MyKey.Reason, c.state.MyKey.Word)
	}
	c.home()
}

// Who has an ID in another scheme reads the terms of this one, agrees, and keeps
// the ID; who does not agree is no member.
func TestCounterJoin(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	c.sit(dealt[0])
	id, _ := c.register()
	c.home()
	c.ok(c.ledger.AddEvent(t.Context(), ledger.Event{
		Event: cards.Event{
			ID: "walk", Municipality: cards.Text{Ja: "別の市"}, Scheme: cards.Text{Ja: "べつポイント"}, Name: cards.Text{Ja: "歩く会"}, Place: cards.Text{Ja: "広場"},
			Opens: "00:00", Closes: "24:00", Host: "p.example.jp",
		},
		Points: 200, Day: cards.DayOf(time.Now()), CardDays: 30, PointDays: 100,
	}))
	c.desk.clerk.s.opts.Settings.Card.Scheme = "べつポイント"
	for n := range 3 {
		c.sit(dealt[0])
		c.pinIs("1234")
		if n == 2 {
			c.shows(wizard.Held)
			c.home()
			break
		}
		if c.shows(wizard.Terms); c.state.MyKey.Terms.Scheme["ja"] != "べつポイント" || c.state.MyKey.ID != id {
			t.Errorf("%+v", c.state.MyKey)
		}
		if n == 1 {
			c.do(wizard.TapNext{})
			c.shows(wizard.Confirm)
			c.do(wizard.TapNext{})
			if c.shows(wizard.Done); c.state.MyKey.Account.ID != id {
				t.Errorf("joined with %q", c.state.MyKey.Account.ID)
			}
			c.secret = append(c.secret, c.state.MyKey.Code)
		}
		c.home()
	}
}
