package hub

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A shop with a small phone: sign in, scan, see what the ticket is worth and
// the button without scrolling, take it, and be told of a copy.
func TestShopInChromium(t *testing.T) {
	m := newMall(t)
	c, other := m.buys(), m.buys()
	b := newBrowser(t, m.town)
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t)
	}
	small := func(name, title, button string) {
		t.Helper()
		b.shows(title)
		b.size(360, 640)
		if found := b.eval(fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return r.bottom > 640 ? r.bottom + " px" : "" })()`, button)); found != "" && name != "" {
			t.Errorf("%s: the button ends at %s", title, found)
		}
		if name != "" {
			b.shot(name)
		}
	}
	b.run(chromedp.Navigate(b.server.URL + "/shop"))
	small("40-shop-signin", "お店のサインイン", "#password")
	b.run(chromedp.SendKeys(chromedp.CSS("#shop"), "bakery"), chromedp.SendKeys(chromedp.CSS("#password"), shopPassword))
	press(".signin button")
	small("41-shop", "ポイント券を受け取る", ".signin button")
	must(chromedp.RunResponse(b.ctx, chromedp.SendKeys(chromedp.CSS("#ticket"), "https://points.example.jp/c/"+strings.ToLower(c.Text())+"\r")))(t) // as a hand scanner
	small("42-good", "使えます 500ポイント", "button.take")
	press("button.take")
	small("43-done", "500ポイントを受け取りました", "h1")
	b.run(chromedp.Reload())
	b.shows("500ポイントを受け取りました")
	press("a.button")
	must(chromedp.RunResponse(b.ctx, chromedp.SendKeys(chromedp.CSS("#ticket"), c.Text()+"\r")))(t)
	small("44-copy", "使えません（受け取り済み）", "h1")
	b.run(chromedp.Navigate(b.server.URL + "/C/" + other.Text())) // the phone's camera
	small("45-camera", "使えます 500ポイント", "button.take")
	press("nav a")
	small("46-good-en", "Good for 500 points", "button.take")
	press("a.way")
	b.shows("Take a point ticket")
	must(chromedp.RunResponse(b.ctx, chromedp.SendKeys(chromedp.CSS("#ticket"), "rubbish\r")))(t)
	small("47-bad-en", "Take a point ticket", "#error")
	b.run(chromedp.Navigate(b.server.URL + "/C/" + m.ticket(9).Text()))
	small("48-no-record-en", "Not valid (no record)", "h1")
	if got := b.eval(`document.querySelector("h1").getBoundingClientRect().bottom > 640 ? "low" : ""`); got != "" {
		t.Error("the answer needs scrolling")
	}
	if m.owed("bakery") != 500 {
		t.Errorf("%d yen are owed", m.owed("bakery"))
	}
}
