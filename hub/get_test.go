package hub

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A watch sees whether anything was written, by PRAGMA data_version of SQLite:
// on one connection it changes whenever another has committed a change.
type watch struct {
	*sql.Conn
	version int64
}

func (c *town) watch() *watch {
	c.t.Helper()
	conn := must(c.reader.Conn(c.t.Context()))(c.t)
	c.t.Cleanup(func() { conn.Close() })
	w := &watch{Conn: conn}
	w.wrote(c.t)
	return w
}

func (w *watch) wrote(t testing.TB) bool {
	t.Helper()
	before := w.version
	if err := w.QueryRowContext(t.Context(), `PRAGMA data_version`).Scan(&w.version); err != nil {
		t.Fatal(err)
	}
	return w.version != before
}

// What messengers, robots and residents who only look do with an address
// changes nothing at all: not for strangers, nor with a card, nor with a session
// or after a claim, however long the session has been there (DECISIONS 19).
func TestGETChangesNothing(t *testing.T) {
	town := newTown(t, nil)
	card := town.card(bar, 1)
	paths := map[string]string{"GET /healthz": "/healthz", "GET /readyz": "/readyz", "GET /static/page.css": "/static/page.css", "crooked": "//C/" + card.Text()}
	for pattern := range must(New(&Opts{Ledger: town.ledger, Registry: town.people, PageKey: make([]byte, 32)}))(t).site.routes() {
		path, get := strings.CutPrefix(pattern, "GET ")
		if get || pattern == "/" {
			paths[pattern] = strings.NewReplacer("{token}", card.Text(), "{$}", "").Replace(path)
		}
	}
	if len(paths) < 14 {
		t.Fatalf("only %d routes", len(paths))
	}
	watch, p := town.watch(), town.phone("ja")
	look := func(who string) {
		t.Helper()
		watch.wrote(t) // until here it may have
		for pattern, path := range paths {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				s := p.do(must(http.NewRequest(method, town.server.URL+path, nil))(t))
				if watch.wrote(t) {
					t.Errorf("%s, %s %s: the database changed", who, method, pattern)
				}
				if strings.Contains(strings.ToUpper(s.html), card.Text()) {
					t.Errorf("%s, %s %s: the page repeats the card's text", who, method, pattern)
				}
			}
		}
	}
	before := town.dump()
	look("stranger")
	p.open(card)
	look("stranger with a card")
	if town.dump() != before {
		t.Error("the database is another")
	}
	offer := p.signIn(p.open(card), residentID, residentPassword)
	town.clock.wait(20 * time.Minute)
	look("signed in")
	if s := p.post(offer, "/claim", url.Values{}); s.path != "/done" || !watch.wrote(t) {
		t.Fatalf("%s, or the watch sees nothing", s.path)
	}
	town.clock.wait(20 * time.Minute)
	look("after the claim")
	if s := p.get("/done"); s.title() != "200ポイントを受け取りました" {
		t.Errorf("%q", s.title())
	}
}
