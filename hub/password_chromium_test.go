package hub

import (
	"testing"

	"github.com/chromedp/chromedp"

	"pointkiosk/cards"
)

// A resident with a slip finds the way from the sign-in, and everybody can use
// the page, also after a mistake.
func TestPasswordInChromium(t *testing.T) {
	c := newCounter(t)
	b := newBrowser(t, c.town)
	made := c.apply(c.ca.Issue(t, c.clock.now(), nil), cards.Register, "HANA2345", withCode)
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t)
	}
	fill := func(code, password string) {
		t.Helper()
		b.run(chromedp.Clear(chromedp.CSS("#id")), chromedp.SendKeys(chromedp.CSS("#id"), "hana 2345"), chromedp.SendKeys(chromedp.CSS("#code"), code),
			chromedp.SendKeys(chromedp.CSS("#password"), password))
		press(".signin button")
	}
	b.run(chromedp.Navigate(b.server.URL + "/signin"))
	b.shows("サインイン")
	b.shot("30-signin")
	press("a.way")
	b.shows("パスワードを決める")
	b.shot("31-password")
	fill("ABCD-EFGH-JKMN", residentPassword)
	b.run(chromedp.WaitVisible(chromedp.CSS("#error")))
	b.shows("パスワードを決める")
	b.shot("32-wrong")
	press("nav a")
	b.shows("Set a password")
	b.shot("33-password-en")
	fill(string(made.Code), residentPassword)
	b.shows("Your points")
	b.shot("34-account-en")
}
