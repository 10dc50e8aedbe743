package station

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

func (c *counter) scan(texts ...string) {
	for _, text := range texts {
		c.do(account.Scanned{Text: wizard.NewTyped([]byte(text))})
	}
}

func (c *counter) accountShows(want account.Step) {
	c.t.Helper()
	if c.state.Step != kiosk.Account || c.state.Account.Step != want {
		c.t.Fatalf("screen %d, step %d (%q; wizard %d %q), not %d\n%s", c.state.Step, c.state.Account.Step, c.state.Account.Reason,
			c.state.MyKey.Step, c.state.MyKey.Reason, want, c.log)
	}
}

// gone expects nothing of a visit to be left.
func (c *counter) gone() {
	c.t.Helper()
	if c.at(kiosk.Home); fmt.Sprint(c.state.Account) != fmt.Sprint(account.State{}) || c.desk.clerk.now != nil {
		c.t.Fatalf("left behind: %+v", c.state.Account)
	}
}

// paper hands out cards of this kiosk, as the hub will know them.
func (c *counter) paper(n int) (urls []string, list []cards.Card) {
	c.t.Helper()
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	for range n {
		request, err := NewRequest(c.desk.opts.Rand)
		c.ok(err)
		issued, err := c.desk.Journal.Sign(c.t.Context(), all[0], request, "sato")
		c.ok(err)
		_, err = c.desk.Journal.Mark(c.t.Context(), issued.Card.Serial(), cards.Printing, "sato", "")
		c.ok(err)
		_, err = c.desk.Journal.Mark(c.t.Context(), issued.Card.Serial(), cards.Printed, "sato", "")
		c.ok(err)
		urls, list = append(urls, all[0].Event.Host.URL(issued.Card)), append(list, issued.Card)
	}
	c.sync()
	return urls, list
}

// sittings waits for so many at the hub: they end beside the rest.
func (c *counter) sittings(want int) {
	c.t.Helper()
	for range 200 {
		n := -1
		c.ok(c.db.QueryRowContext(c.t.Context(), `SELECT COUNT(*) FROM sitting`).Scan(&n))
		if n == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.t.Errorf("there are never %d sittings at the hub", want)
}

// By card: paper cards go on the account one after the other, each with its
// verdict; a slip; and when the card is taken away nothing is left, neither here
// nor at the hub.
func TestAccountByCard(t *testing.T) {
	c, dealt := newCounter(t, "good")
	urls, list := c.paper(4)
	c.sit(dealt[0])
	c.register()
	c.home()
	c.do(kiosk.TapBalance{})
	c.accountShows(account.Ways)
	c.lay(dealt[0])
	c.shows(wizard.PIN)
	c.pinIs("1234")
	c.accountShows(account.Balance)
	if a := c.state.Account.Account; len(a.Lots) != 0 || len(a.Totals()) != 1 || a.Totals()[0].Scheme.Ja != "らづポイント" || len(a.Tail) != 4 {
		t.Errorf("%+v", a)
	}
	if dealt[0].Verified() {
		t.Error("the card can still sign")
	}
	forged := strings.Replace(urls[3], "/C/", "/C/A", 1)
	c.scan(urls[0], urls[0], strings.ToLower(urls[1])+"\r", "https://elsewhere.example/C/ABC", "4901234567894", forged)
	c.accountShows(account.Put)
	want := "1 200 false [] 2 200 true [] 3 200 false [] 4 0 false [host] 5 0 false [malformed] 6 0 false [malformed]"
	if got := verdicts(c.state.Account); got != want {
		t.Errorf("%s, not\n%s", got, want)
	}
	a := c.state.Account
	if a.Sum() != 400 || a.Account.Totals()[0].Points != 400 || len(a.Account.Moves) != 2 || a.Lines[0].Serial != list[0].Serial().String() {
		t.Errorf("%d, %+v", a.Sum(), a)
	}
	pages := len(c.printer.Pages())
	c.do(account.TapBack{}, account.TapSlip{})
	if c.state.Account.Slip != account.Printed || len(c.printer.Pages()) <= pages {
		t.Errorf("slip %d, %d papers\n%s", c.state.Account.Slip, len(c.printer.Pages()), c.log)
	}
	c.sittings(1)
	c.takeAway()
	c.gone()
	c.sittings(0)
	c.noCardIn(urls)
	onlyOurs(t, dealt[0])
}

func verdicts(s account.State) string {
	var out []string
	for _, l := range s.Lines {
		out = append(out, fmt.Sprintf("%d %d %v [%s]", l.N, l.Points, l.Before, l.Word))
	}
	return strings.Join(out, " ")
}

// noCardIn looks for the texts of cards in the log.
func (c *counter) noCardIn(urls []string) {
	c.t.Helper()
	for _, u := range urls {
		if strings.Contains(strings.ToUpper(c.log.String()), u[len(u)-100:]) {
			c.t.Errorf("the log holds a card:\n%s", c.log)
		}
	}
}

// By MyKey ID and password: a wrong one is said so, the right one opens, and it
// ends with 終わる, when time passes, and when a card is put down.
func TestAccountByPassword(t *testing.T) {
	c, dealt := newCounter(t, "p256", "p256")
	urls, _ := c.paper(1)
	const right = "aki-no-yama-2026"
	c.secret = append(c.secret, right, "haru-no-hi-2026")
	c.sit(dealt[0])
	c.pinIs("1234")
	c.do(wizard.TapID{ID: c.state.MyKey.IDs[0]}, wizard.TapTyped{}, wizard.TapNext{}, wizard.TapNext{}, wizard.TypedPass{Pass: wizard.NewTyped([]byte(right))})
	c.shows(wizard.Done)
	id := c.state.MyKey.Account.ID
	c.secret = append(c.secret, id)
	c.home()
	enter := func(pass string) {
		t.Helper()
		typed := wizard.NewTyped([]byte(pass))
		c.do(account.TypedPass{Pass: typed})
		if len(bytes.Trim(typed.Take(), "\x00")) > 0 {
			t.Error("the password is still there")
		}
	}
	for n, end := range []func(){
		func() { c.do(account.TapEnd{}) },
		func() { c.do(kiosk.Tick{Now: time.Now().Add(61 * time.Second)}) },
		func() { c.lay(dealt[1]); c.takeAway() },
	} {
		c.do(kiosk.Tick{Now: time.Now()}, kiosk.TapBalance{}, account.TapID{}, account.TypedID{ID: id})
		enter("haru-no-hi-2026")
		if c.accountShows(account.Password); !c.state.Account.Wrong {
			t.Errorf("%+v", c.state.Account)
		}
		enter(right)
		c.accountShows(account.Balance)
		if n == 0 {
			c.scan(urls[0])
			if c.state.Account.Sum() != 200 {
				t.Errorf("%s", verdicts(c.state.Account))
			}
		} else if c.state.Account.Account.Totals()[0].Points != 200 {
			t.Errorf("%+v", c.state.Account.Account)
		}
		end()
		c.gone()
		c.sittings(0)
	}
	if pins(dealt[1]) != 0 {
		t.Error("a card was given a PIN")
	}
}

// Who has no ID is offered to make one, and who forgot the password gets a new
// code by card.
func TestAccountNone(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	c.do(kiosk.TapBalance{}, account.TapCard{})
	c.shows(wizard.Place)
	c.do(wizard.TapBack{})
	c.accountShows(account.Ways)
	c.lay(dealt[0])
	c.pinIs("1234")
	c.shows(wizard.None)
	c.do(wizard.TapNext{})
	c.shows(wizard.Choose)
	c.agree()
	id, first := c.state.MyKey.Account.ID, c.state.MyKey.Code
	c.home()
	c.do(kiosk.TapBalance{}, account.TapID{}, account.TypedID{ID: id}, account.TapForgot{})
	c.accountShows(account.Forgot)
	c.lay(dealt[0])
	c.pinIs("1234")
	c.shows(wizard.Done)
	if s := c.state.MyKey; !s.Forgot || s.Account.ID != id || s.Code == "" || s.Code == first || s.Slip != wizard.Printed || dealt[0].Verified() {
		t.Errorf("%+v", s)
	}
	c.secret = append(c.secret, c.state.MyKey.Code)
	c.home()
	c.sittings(0)
}

// Without the hub nothing is shown, and no PIN is asked for; cards that were not
// put on the account are named, and are as good as before.
func TestAccountOffline(t *testing.T) {
	c, dealt := newCounter(t, "p256", "p256")
	urls, _ := c.paper(2)
	c.sit(dealt[0])
	c.register()
	c.home()
	c.do(kiosk.TapBalance{})
	c.lay(dealt[0])
	c.pinIs("1234")
	c.accountShows(account.Balance)
	c.scan(urls[0])
	c.server.CloseClientConnections()
	c.server.Close()
	c.scan(urls[1], "rubbish")
	if got := verdicts(c.state.Account); got != "1 200 false [] 2 0 false [unsent] 3 0 false [malformed]" || c.state.Account.Sum() != 200 {
		t.Errorf("%s", got)
	}
	c.takeAway()
	c.gone()
	for len(c.desk.wake) > 0 {
		<-c.desk.wake
	}
	c.do(kiosk.TapBalance{})
	c.lay(dealt[1])
	c.shows(wizard.Stopped)
	if c.state.MyKey.Reason != wizard.Offline || pins(dealt[1]) != 0 {
		t.Errorf("%+v, %d PINs", c.state.MyKey, pins(dealt[1]))
	}
	if len(c.desk.wake) == 0 {
		t.Error("nobody tells the uplink that the network is away")
	}
	c.home()
	c.do(kiosk.TapBalance{}, account.TapID{}, account.TypedID{ID: "K7M4W2HN"}, account.TypedPass{Pass: wizard.NewTyped([]byte("natsu-no-umi"))})
	if c.accountShows(account.Stopped); c.state.Account.Reason != account.Offline {
		t.Errorf("%+v", c.state.Account)
	}
}

// On Home a card is looked at: by the hub, and without it by the trust list.
func TestLookAtPaper(t *testing.T) {
	c, dealt := newCounter(t, "p256")
	urls, list := c.paper(2)
	c.sit(dealt[0])
	c.register()
	c.home()
	look := func(text, word string, offline bool) account.Card {
		t.Helper()
		c.scan(text)
		c.accountShows(account.Looked)
		got := c.state.Account.Paper
		if got.Word != word || got.Offline != offline {
			t.Errorf("%+v", got)
		}
		c.do(account.TapEnd{})
		c.gone()
		return got
	}
	if got := look(urls[0], "", false); got.Points != 200 || got.Event.Ja != "ナチュラルバル" || got.Serial != list[0].Serial().String() || got.Expires.IsZero() {
		t.Errorf("%+v", got)
	}
	_, err := c.ledger.Claim(t.Context(), list[0], "somebody")
	c.ok(err)
	if got := look(urls[0], "used", false); got.Since.IsZero() || got.Points != 200 {
		t.Errorf("%+v", got)
	}
	look("https://elsewhere.example/C/X", "host", false)
	sample := c.sampleCard()
	look(sample.Text(), "practice", false)
	c.server.CloseClientConnections()
	c.server.Close()
	if got := look(urls[0], "", true); got.Points != 200 || got.List.IsZero() || got.Event.Ja != "ナチュラルバル" {
		t.Errorf("%+v", got)
	}
	look(sample.Text(), "practice", true)
	other := list[1]
	other.Points++
	for word, key := range map[string]ed25519.PrivateKey{"outside": c.desk.live.Private, "bad signature": ed25519.NewKeyFromSeed(make([]byte, 32))} {
		forged, err := cards.Sign(other.Claims, key)
		c.ok(err)
		look(forged.Text(), word, true)
	}
	c.noCardIn(urls)
}

// sampleCard is one that the practice desk would print.
func (c *counter) sampleCard() cards.Card {
	c.t.Helper()
	all, err := c.desk.Allotments(c.t.Context())
	c.ok(err)
	a := c.desk.sampleOf(all[0])
	issued, err := c.desk.Station.practice.Sign(c.t.Context(), a, "r", "sato")
	c.ok(err)
	return issued.Card
}
