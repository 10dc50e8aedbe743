package hub

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// The pages that few people see can be used like the others: a card that is
// checked by a person, what that person decided, and while nothing is redeemed.
func TestRarePagesInChromium(t *testing.T) {
	b := newBrowser(t, newTown(t, nil))
	open := func(number uint32) cards.Serial {
		t.Helper()
		card := b.card(bar, number)
		b.run(chromedp.Navigate(b.server.URL + "/C/" + card.Text()))
		return card.Serial()
	}
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t)
	}
	decide := func(accept bool, serial cards.Serial) {
		t.Helper()
		b.clock.wait(5 * time.Minute)
		must(b.ledger.Decide(t.Context(), ledger.Decision{Accept: accept, Serials: []cards.Serial{serial}, Cards: 1, Person: "佐藤", Reason: "名簿"}))(t)
	}
	if err := b.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "K-01", How: cards.Compromised}); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.Navigate(b.server.URL + "/signin"))
	b.shows("サインイン")
	b.shot("20-signin")
	good := open(1)
	b.shows("職員の確認が必要です")
	b.shot("21-ask-signin")
	b.run(chromedp.SendKeys(chromedp.CSS("#id"), residentID), chromedp.SendKeys(chromedp.CSS("#password"), residentPassword))
	press(".signin button")
	b.shows("職員の確認が必要です")
	b.shot("22-ask")
	press("button.take")
	b.shows("受け付けました")
	b.shot("23-kept")
	bad := open(2)
	press("button.take")
	b.shows("受け付けました")
	decide(true, good)
	decide(false, bad)
	b.run(chromedp.Navigate(b.server.URL + "/account"))
	b.shows("ポイントの残高")
	b.shot("24-notices")
	press("nav a")
	b.shows("Your points")
	b.shot("25-notices-en")
	open(2)
	b.shows("This point card gives no points")
	b.shot("26-refused-en")
	if _, err := b.db.Exec(`INSERT INTO restore (id, lost, since, at) VALUES (1, 0, 0, 0)`); err != nil {
		t.Fatal(err)
	}
	open(3)
	b.shows("Receiving points is paused")
	b.shot("27-closed-en")
	press("nav a")
	b.shows("ただいま受け取りを止めています")
	b.shot("28-closed")
	b.run(chromedp.Navigate(b.server.URL + "/nothing"))
	b.shows("ページが見つかりません")
	b.shot("29-missing")
}
