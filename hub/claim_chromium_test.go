package hub

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"pointkiosk/packaging/proof"
)

// A browser is a real one, of a phone's size, that may reach this machine only.
type browser struct {
	*town
	ctx   context.Context
	shots string
	mu    sync.Mutex
	said  []string // by its console
	asked []string // addresses that it fetched
}

func newBrowser(t *testing.T, town *town) *browser {
	t.Helper()
	proof.Needs(t, "chromium")
	b := &browser{town: town, shots: t.ArtifactDir()}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("lang", "ja"), chromedp.Flag("accept-lang", "ja"))
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Listen(b.ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, cdplog.Enable, cdp.Empty{})
	call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "ja"}})
	b.size(390, 844)
	return b
}

func call[P, R any](b *browser, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		b.said = append(b.said, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	}
}

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) size(width, height int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2), chromedp.EmulateMobile))
}

// shot takes a picture of the whole page.
func (b *browser) shot(name string) {
	b.t.Helper()
	png := must(chromedp.Run(b.ctx, chromedp.FullScreenshot(100)))(b.t)
	if err := os.WriteFile(filepath.Join(b.shots, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) eval(script string) string {
	b.t.Helper()
	return must(chromedp.Run(b.ctx, chromedp.Evaluate[string](script)))(b.t)
}

func (b *browser) textSize(size string) {
	b.t.Helper()
	b.eval(`document.documentElement.style.fontSize = "` + size + `"`)
}

// shows waits for a heading, and looks whether everybody can use the page.
func (b *browser) shows(title string) {
	b.t.Helper()
	got := must(chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("h1"))))(b.t)
	if got = strings.Join(strings.Fields(got), " "); got != title {
		b.t.Fatalf("the heading says %q, want %q", got, title)
	}
	for _, look := range []struct{ what, script string }{
		{"a target under 48 px", smallTargets}, {"contrast under 7:1", faintText}, {"a field without a label", bareFields},
	} {
		if found := b.eval(look.script); found != "" {
			b.t.Errorf("%s: %s: %s", title, look.what, found)
		}
	}
	for _, width := range []int64{320, 390, 430} {
		for _, size := range []string{"100%", "200%"} {
			b.size(width, 844)
			b.textSize(size)
			if found := b.eval(fmt.Sprintf(wide, width)); found != "" {
				b.t.Errorf("%s: at %d px and %s text it is wider than the screen: %s", title, width, size, found)
			}
		}
	}
	b.textSize("")
	b.size(390, 844)
}

const (
	smallTargets = `[...document.querySelectorAll("a, button, input:not([type=hidden])")].filter(e => { const r = e.getBoundingClientRect(); return r.width < 48 || r.height < 48 }).map(e => e.outerHTML).join("\n")`
	bareFields   = `[...document.querySelectorAll("input:not([type=hidden])")].filter(e => e.labels.length != 1 || e.labels[0].innerText.trim() == "").map(e => e.outerHTML).join("\n")`
	wide         = `document.documentElement.scrollWidth > %d ? document.documentElement.scrollWidth + " px" : ""` // innerWidth would grow with it

	// WCAG 2.2, relative luminance and contrast ratio, of each element that has text of its own.
	faintText = `(() => {
		const rgb = c => c.match(/[\d.]+/g).map(Number);
		const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
		const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
		const faint = [];
		for (const e of document.body.querySelectorAll("*")) {
			if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
			const a = lum(rgb(getComputedStyle(e).color)), b = lum(ground(e));
			const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
			if (ratio < 7) faint.push(ratio.toFixed(1) + " " + e.outerHTML);
		}
		return faint.join("\n");
	})()`
)

// A resident with a phone: scan, sign in, take the points, see the balance.
func TestClaimInChromium(t *testing.T) {
	b := newBrowser(t, newTown(t, nil))
	open := func(allotment int, number uint32) {
		t.Helper()
		b.run(chromedp.Navigate(b.server.URL + "/C/" + b.card(allotment, number).Text()))
	}
	press := func(button string) {
		t.Helper()
		must(chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(button))))(t) // until the next page is there
	}
	signIn := func(id, password string) {
		t.Helper()
		b.run(chromedp.Clear(chromedp.CSS("#id")), chromedp.SendKeys(chromedp.CSS("#id"), id), chromedp.SendKeys(chromedp.CSS("#password"), password))
		press(".signin button")
	}

	open(bar, 1)
	b.shows("200ポイントを受け取れます")
	b.shot("01-signin")
	b.size(320, 844)
	b.textSize("200%")
	b.shot("01-signin-320px-200percent")
	b.textSize("")
	b.size(390, 844)
	signIn(residentID, "not this one")
	b.run(chromedp.WaitVisible(chromedp.CSS("#error")))
	b.shows("200ポイントを受け取れます")
	b.shot("02-wrong")
	signIn("k7m4 w2hn", residentPassword)
	b.run(chromedp.WaitVisible(chromedp.CSS("button.take")))
	b.shows("200ポイントを受け取れます")
	b.shot("03-take")
	press("button.take")
	b.shows("200ポイントを受け取りました")
	b.shot("04-done")
	b.run(chromedp.Reload())
	b.shows("200ポイントを受け取りました")

	open(bar, 1)
	b.shows("このポイントカードは受け取り済みです")
	b.shot("05-mine")
	open(barAgain, 1)
	b.shows("200ポイントを受け取れます")
	press("button.take")
	b.shows("この日の分は受け取り済みです")
	b.shot("06-once")
	open(sample, 1)
	b.shows("これは見本です")
	b.shot("07-sample")
	open(walk, 1)
	press("button.take")
	b.shows("1,500ポイントを受け取りました")
	press("a.button")
	b.shows("ポイントの残高")
	b.shot("08-account")
	press("button.second")
	b.shows("サインアウトしました")
	b.shot("09-signedout")

	open(bar, 1)
	b.shows("このポイントカードは使用済みです")
	b.shot("10-used")
	press("nav a")
	b.shows("This point card has been used")
	b.shot("11-used-en")
	open(bar, 3)
	b.shows("You can receive 200 points")
	b.shot("12-signin-en")
	signIn(neighbourID, residentPassword)
	b.run(chromedp.WaitVisible(chromedp.CSS("button.take")))
	b.shows("You can receive 200 points")
	b.shot("13-take-en")
	press("button.take")
	b.shows("You received 200 points")
	b.shot("14-done-en")
	b.run(chromedp.Navigate(b.server.URL + "/account"))
	b.shows("Your points")
	b.shot("15-account-en")
	b.run(chromedp.Navigate(b.server.URL + "/C/NOTACARD"))
	b.shows("This code could not be read")
	b.shot("16-bad-en")

	// The looks must see what they look for.
	for spoil, look := range map[string]string{
		`document.querySelector("nav a").style.minHeight = "30px"`:                                                  smallTargets,
		`document.querySelector("h1").style.color = "#767676"`:                                                      faintText,
		`document.querySelector("main").style.minWidth = "500px"`:                                                   fmt.Sprintf(wide, 390),
		`document.querySelector("main").append(Object.assign(document.createElement("input"), {type: "text"})); ""`: bareFields,
	} {
		if b.eval(spoil); b.eval(look) == "" {
			t.Errorf("not seen: %s", spoil)
		}
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	for _, address := range b.asked {
		if !strings.HasPrefix(address, b.server.URL+"/") {
			t.Errorf("the page fetched %s", address)
		}
	}
	for _, line := range b.said {
		if !strings.HasPrefix(line, "Failed to load resource: the server responded with a status of 4") { // a 404 or 409 that was asked for
			t.Errorf("the console says %s", line)
		}
	}
	if len(b.asked) < 20 {
		t.Errorf("only %d fetches were seen", len(b.asked))
	}
	if balance, err := b.ledger.Balance(t.Context(), b.account(residentID)); err != nil || fmt.Sprint(balance.Points) != "1700" {
		t.Errorf("the ledger says %d, %v", balance.Points, err)
	}
}
