package hub

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/schema/schematest"
)

const (
	residentID       = "K7M4W2HN"
	residentPassword = "kisarazu-2026"
	neighbourID      = "QA29XYZ5"
)

// A town is a hub's pages on a real ledger and registry, with cards to claim.
type town struct {
	t          testing.TB
	clock      *movingClock
	ledger     *ledger.Ledger
	people     *registry.Registry
	handler    atomic.Value // an http.Handler
	db, reader *sql.DB      // one connection that writes, some that read
	server     *httptest.Server
	logs       *safeBuffer
	folder     string // of the database
	// allotments: the first event's, another for it, the second's (whose points
	// last a day longer), the first's samples.
	allotments []cards.Allotment
	live       ed25519.PrivateKey
	samples    ed25519.PrivateKey
	roots      []*x509.Certificate // the CAs that the registry knows
}

// account is the one that a MyKey ID names.
func (c *town) account(id string) (account string) {
	c.t.Helper()
	if err := c.db.QueryRow(`SELECT account FROM mykey WHERE id = $1`, id).Scan(&account); err != nil {
		c.t.Fatal(err)
	}
	return account
}

// A movingClock is a clock that tests move; pages read it at the same time.
type movingClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *movingClock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *movingClock) wait(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// A safeBuffer takes log lines from all requests.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// cheap makes a password's hash in a third of a millisecond.
var cheap = registry.Cost{Memory: 64, Passes: 1}

// eventDay is 22 November 2026 in Japan; the town's clock starts at 11:05.
var eventDay = cards.DayOf(time.Date(2026, 11, 22, 0, 0, 0, 0, cards.Japan))

func newTown(t testing.TB, mend func(*Opts)) *town {
	t.Helper()
	c := &town{t: t, clock: &movingClock{at: eventDay.Start().Add(11*time.Hour + 5*time.Minute)}, logs: new(safeBuffer), folder: t.TempDir()}
	c.db, c.reader = openNew(t, c.folder)
	key := func(seed string) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize)))
	}
	c.live, c.samples = key("l"), key("p")
	c.ledger = must(ledger.Open(c.db, c.reader, &ledger.Opts{Clock: c.clock.now, Trust: key("t"), Hub: key("h")}))(t)
	c.people = c.registry(registry.Opts{Cost: cheap})
	for _, id := range []string{residentID, neighbourID} {
		if err := c.people.Add(context.Background(), id, residentPassword); err != nil {
			t.Fatal(err)
		}
	}
	c.openEvents()
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.handler.Load().(http.Handler).ServeHTTP(w, r) }))
	t.Cleanup(c.server.Close)
	c.restart(mend)
	return c
}

// openNew opens an empty database of the kind that the test is about.
func openNew(t testing.TB, folder string) (write, read *sql.DB) {
	t.Helper()
	if schematest.OnPostgres(t) {
		return schematest.Postgres(t)
	}
	schematest.Write(t, filepath.Join(folder, "hub.db"))
	return openTestDB(t, folder, 1), openTestDB(t, folder, 4)
}

func openTestDB(t testing.TB, folder string, connections int) *sql.DB {
	t.Helper()
	db := must(sql.Open("sqlite", "file:"+filepath.Join(folder, "hub.db")+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(2)&_txlock=immediate"))(t)
	db.SetMaxOpenConns(connections)
	t.Cleanup(func() { db.Close() })
	return db
}

// restart puts a new server on the same database.
func (c *town) restart(mend func(*Opts)) {
	c.t.Helper()
	opts := Opts{Ledger: c.ledger, Registry: c.people, Clock: c.clock.now, Log: slog.New(slog.NewTextHandler(c.logs, nil)),
		PageKey: []byte(strings.Repeat("s", 32))}
	if mend != nil {
		mend(&opts)
	}
	c.handler.Store(http.HandlerFunc(must(New(&opts))(c.t).Handler().ServeHTTP))
}

// registry returns a registry on the town's database.
func (c *town) registry(opts registry.Opts) *registry.Registry {
	c.t.Helper()
	opts.Clock, opts.Key = c.clock.now, []byte(strings.Repeat("k", registry.KeySize))
	opts.Roots = func() ([]*x509.Certificate, error) { return c.roots, nil }
	return must(registry.Open(c.db, c.reader, &opts))(c.t)
}

// openEvents enrols a kiosk and opens two events.
func (c *town) openEvents() {
	ctx := context.Background()
	fatal := func(err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	fatal(c.ledger.SetHost(ctx, "points.example.jp"))
	bar := ledger.Event{Points: 200, Day: eventDay, CardDays: 129, PointDays: 365, Event: cards.Event{
		ID: "natural-bar", Municipality: cards.Text{Ja: "木更津市", En: "Kisarazu City"}, Scheme: cards.Text{Ja: "らづポイント", En: "Radu Point"},
		Name: cards.Text{Ja: "ナチュラルバル", En: "Natural Bar"}, Place: cards.Text{Ja: "JR木更津駅西口広場", En: "JR Kisarazu Station"},
		Contact: cards.Text{Ja: "市民活動支援課", En: "Civic Activities"}, Phone: "0438-23-8610", OncePerDay: true, Opens: "11:00", Closes: "17:00",
	}}
	walk := bar
	walk.ID, walk.Name, walk.Points, walk.OncePerDay, walk.PointDays = "walk", cards.Text{Ja: "朝の清掃ボランティア", En: "Morning Clean-up"}, 1500, false, 366
	fatal(c.ledger.AddPerson(ctx, "佐藤", []string{ledger.RoleDecide}, ""))
	fatal(c.ledger.AddEvent(ctx, bar))
	fatal(c.ledger.AddEvent(ctx, walk))
	secret, _, err := c.ledger.AddKiosk(ctx, "K-01")
	fatal(err)
	sealed, err := cards.SealEnrolment(secret, c.live, c.samples)
	fatal(err)
	_, err = c.ledger.Enrol(ctx, sealed)
	fatal(err)
	for _, g := range []ledger.Grant{
		{Kiosk: "K-01", Event: "natural-bar", Count: 100}, {Kiosk: "K-01", Event: "natural-bar", Count: 100},
		{Kiosk: "K-01", Event: "walk", Count: 100},
	} {
		a, err := c.ledger.Grant(ctx, g)
		fatal(err)
		c.allotments = append(c.allotments, a)
	}
	own := c.allotments[0] // the kiosk makes it for itself, to practise
	own.ID, own.Key, own.Kind = own.ID|1<<31, own.Key+1, cards.KindPracticeCard
	c.allotments = append(c.allotments, own)
}

// The town's allotments, by their place.
const (
	bar = iota
	barAgain
	walk
	sample
)

// card signs a card as the kiosk would.
func (c *town) card(allotment int, number uint32) cards.Card {
	c.t.Helper()
	key := c.live
	if allotment == sample {
		key = c.samples
	}
	return must(cards.Sign(c.allotments[allotment].Claims(number), key))(c.t)
}

// A phone is a browser with its own cookies, reading one language.
type phone struct {
	*town
	client *http.Client
	accept string // what the browser asks for
	lang   string // what the pages must be in
	via    string // the address that a proxy names
}

func (c *town) phone(lang string) *phone {
	return &phone{town: c, client: &http.Client{Jar: must(cookiejar.New(nil))(c.t)}, accept: lang, lang: lang}
}

// A screen is what the phone shows at the end.
type screen struct {
	status int
	path   string
	html   string
	header http.Header
}

var (
	heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	token   = regexp.MustCompile(`name="token" value="([^"]*)"`)
)

// title returns the text of the one h1.
func (s screen) title() string {
	found := heading.FindAllStringSubmatch(s.html, -1)
	if len(found) != 1 {
		return "not one h1 but several, or none"
	}
	return tags.ReplaceAllString(found[0][1], "")
}

func (p *phone) do(r *http.Request) screen {
	p.t.Helper()
	r.Header.Set("Accept-Language", p.accept)
	if p.via != "" {
		r.Header.Set("X-Forwarded-For", p.via)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body := must(io.ReadAll(answer.Body))(p.t)
	s := screen{answer.StatusCode, answer.Request.URL.Path, string(body), answer.Header}
	if strings.HasPrefix(s.header.Get("Content-Type"), "text/html") && r.Method != http.MethodHead {
		p.everyPage(s)
	}
	return s
}

// everyPage checks what holds for all pages.
func (p *phone) everyPage(s screen) {
	p.t.Helper()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	} {
		if got := s.header.Get(name); got != want {
			p.t.Errorf("%s: %s: %q, want %q", s.path, name, got, want)
		}
	}
	lang, nopin := p.lang[:2], words.In(p.lang).Say("page.nopin.lead")
	if !strings.Contains(s.html, `<html lang="`+lang+`">`) || !strings.Contains(s.html, nopin) || s.title() == "" {
		p.t.Errorf("%s: not in %s, or without a heading or the word on the PIN: %s", s.path, lang, s.html)
	}
	for _, fault := range []string{"‹", "%!", "&lt;nil", "<script", "style=", "http://", "https://"} {
		if strings.Contains(s.html, fault) {
			p.t.Errorf("%s: %q stands in %s", s.path, fault, s.html)
		}
	}
}

func (p *phone) get(path string) screen {
	p.t.Helper()
	return p.do(must(http.NewRequest(http.MethodGet, p.server.URL+path, nil))(p.t))
}

// post sends a form with the token of the page that is shown.
func (p *phone) post(from screen, path string, fields url.Values) screen {
	p.t.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	if m := token.FindStringSubmatch(from.html); m != nil && !fields.Has("token") {
		fields.Set("token", m[1])
	}
	r := must(http.NewRequest(http.MethodPost, p.server.URL+path, strings.NewReader(fields.Encode())))(p.t)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

func (p *phone) open(card cards.Card) screen { p.t.Helper(); return p.get("/C/" + card.Text()) }

func (p *phone) signIn(from screen, id, password string) screen {
	p.t.Helper()
	fields := url.Values{"id": {id}, "password": {password}}
	if strings.Contains(from.html, `name="next"`) {
		fields.Set("next", "claim")
	}
	return p.post(from, "/signin", fields)
}

// dump writes the whole database, to see whether anything changed.
func (c *town) dump() string {
	c.t.Helper()
	var all strings.Builder
	for _, table := range c.column(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		columns := c.column(`SELECT name FROM pragma_table_info('` + table + `') ORDER BY cid`)
		for _, row := range c.column(`SELECT quote(` + strings.Join(columns, `) || ' ' || quote(`) + `) FROM "` + table + `" ORDER BY 1`) {
			all.WriteString(table + ": " + row + "\n")
		}
	}
	return all.String()
}

func (c *town) column(query string) (list []string) {
	c.t.Helper()
	rows := must(c.db.Query(query))(c.t)
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			c.t.Fatal(err)
		}
		list = append(list, text)
	}
	return list
}
