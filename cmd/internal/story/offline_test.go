package story

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/assets/unfit"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/hub/registry"
	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newTown is a town for a test that is not a script and takes at most so long.
func newTown(t testing.TB, takes time.Duration) *town {
	t.Helper()
	oneDay(takes)
	c := &town{dir: t.TempDir(), bin: bin, listen: freeAddress()}
	t.Cleanup(c.end)
	check(t, c.serve())
	return c
}

// must runs a program that has to succeed.
func (c *town) must(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := c.run("", program, args...)
	check(t, err)
	return out
}

// crowd makes many accounts, with passwords that cost little to check.
func (c *town) crowd(t testing.TB, n int) (ids []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+c.path("hub-data", "hub.db")+"?_pragma=busy_timeout(5000)")
	check(t, err)
	defer db.Close()
	people, err := registry.Open(db, db, &registry.Opts{Cost: registry.Cost{Memory: 64, Passes: 1}})
	check(t, err)
	for len(ids) < n {
		id, err := cards.NewMyKeyID(rand.Reader)
		check(t, err)
		if unfit.ID(id.String()) {
			continue
		}
		check(t, people.Add(context.Background(), id.String(), password))
		ids = append(ids, id.String())
	}
	return ids
}

// holders are the MyKey IDs by the accounts that they name.
func (c *town) holders(t testing.TB, data string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+c.path(data, "hub.db")+"?_pragma=busy_timeout(5000)")
	check(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT account, id FROM mykey`)
	check(t, err)
	defer rows.Close()
	names := map[string]string{}
	for rows.Next() {
		var account, id string
		check(t, rows.Scan(&account, &id))
		names[account] = id
	}
	check(t, rows.Err())
	return names
}

// station opens the kiosk in this process.
func (c *town) station(t testing.TB) *station.Station {
	t.Helper()
	settings := station.Usual()
	settings.Printer.URI = "virtual:" + c.path("pointkiosk", "paper")
	s, err := station.Open(context.Background(), station.Opts{
		Dir: c.path("pointkiosk"), Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	check(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// watch lets the kiosk's own goroutines run until stop is called.
func watch(t testing.TB, s *station.Station) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.NewDesk().Watch(ctx, func(kiosk.Event) {}); err != nil {
			t.Error(err)
		}
	})
	return func() { cancel(); wg.Wait() }
}

// sent waits until everything is uploaded, and returns how long that took.
func sent(t testing.TB, s *station.Station, most time.Duration) time.Duration {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		r, err := s.Journal.Receipt(context.Background())
		check(t, err)
		if top, _ := s.Journal.Head(); r.Cursor >= top || time.Since(began) > most {
			if r.Cursor < top {
				t.Errorf("after %v %d of %d entries are uploaded", most, r.Cursor, top)
			}
			return time.Since(began)
		}
	}
}

// The main job: 200 cards with the hub stopped; every code read back from the
// printed pixels; the hub started: within 30 s all are uploaded, and each is
// redeemable once.
func TestTwoHundredOffline(t *testing.T) {
	proof.Needs(t, "zbarimg")
	c := newTown(t, 5*time.Minute)
	check(t, c.market("500", "--preset", "kisarazu", "--open-today"))
	ids := c.crowd(t, 201)
	check(t, c.unserve(false))
	began := time.Now()
	c.must(t, "kioskctl", "issue", "--count", "200")
	t.Logf("200 cards issued in %v", time.Since(began).Round(time.Millisecond))
	papers, err := filepath.Glob(c.path("pointkiosk", "paper", "page-*.png"))
	check(t, err)
	text, err := readCodes(papers...)
	check(t, err)
	codes := strings.Fields(text)
	s := c.station(t)
	genuine(t, s, codes)

	stop := watch(t, s)
	time.Sleep(3 * time.Second) // it looks for a hub that is not there
	check(t, c.serve())
	t.Logf("all uploaded %v after the hub was back", sent(t, s, 30*time.Second).Round(time.Millisecond))
	stop()
	check(t, s.Close())
	c.redeemedOnce(t, codes, ids)
	if got := strings.Count(c.must(t, "hub", "export", "cards"), `"journal":"printed","state":"redeemed"`); got != 200 {
		t.Errorf("%d cards are printed and redeemed", got)
	}
	c.must(t, "hub", "check")
	c.must(t, "kioskctl", "journal", "verify")
}

// redeemedOnce lets a resident of their own take the points of each card, and
// another one try all of them again.
func (c *town) redeemedOnce(t *testing.T, codes, ids []string) {
	t.Helper()
	for n, code := range codes {
		p, err := c.claim(code, ids[n])
		check(t, err)
		if p.path != "/done" {
			t.Errorf("card %d: %d %s", n+1, p.status, p.heading())
		}
	}
	again, err := newResident(c.listen, ids[200])
	check(t, err)
	for n, code := range codes {
		if p, err := again.take(code); err != nil || p.status != 409 {
			t.Errorf("card %d a second time: %d %s, %v", n+1, p.status, p.heading(), err)
		}
	}
}

// genuine checks that the codes are the 200 cards of the journal, each once.
func genuine(t *testing.T, s *station.Station, codes []string) {
	t.Helper()
	list, err := s.TrustList(context.Background())
	check(t, err)
	all, err := s.Allotments(context.Background())
	check(t, err)
	seen := map[uint32]bool{}
	for _, code := range codes {
		token, err := cards.Normalize(code, list.Hosts...)
		check(t, err)
		card, err := cards.Parse(token)
		check(t, err)
		if err := list.Verify(card, time.Now()); err != nil {
			t.Errorf("%v: %v", card, err)
		}
		issued, err := s.Journal.Card(context.Background(), all[0], card.Number)
		if err != nil || issued.Card != card || issued.State != cards.Printed {
			t.Errorf("%v is not what the journal has: %s, %v", card, issued.State, err)
		}
		seen[card.Number] = true
	}
	if len(codes) != 200 || len(seen) != 200 {
		t.Errorf("%d codes of %d cards", len(codes), len(seen))
	}
}

// A practice card from the kiosk's own desk looks like one, and is refused as a
// sample.
func TestPracticeAtTheDesk(t *testing.T) {
	proof.Needs(t, "zbarimg")
	c := newTown(t, 2*time.Minute)
	check(t, c.market("5", "--preset", "kisarazu", "--open-today"))
	ids := c.crowd(t, 1)
	s := c.station(t)
	desk := s.NewDesk()
	ready, ok := desk.Do(context.Background(), kiosk.OpenDesk{Practice: true}).(kiosk.DeskReady)
	if !ok {
		t.Fatal("the desk does not open")
	}
	came := desk.Do(context.Background(), kiosk.PrintCard{Allotment: ready.Site.Allotment.ID, Request: ready.Request, Operator: "佐藤"})
	if _, ok := came.(kiosk.CardOut); !ok {
		t.Fatalf("no card came out: %+v", came)
	}
	code, err := readCodes(c.path("pointkiosk", "paper", "page-0001.png"))
	check(t, err)
	p, err := c.claim(code, ids[0])
	check(t, err)
	if p.status != 409 || p.heading() != "This is a sample" {
		t.Errorf("%d %s", p.status, p.heading())
	}
	check(t, s.Close())
	if got := c.must(t, "hub", "export", "cards"); got != "" {
		t.Errorf("the hub knows %s", got)
	}
	if got := c.must(t, "kioskctl", "status", "--json"); !strings.Contains(got, `"signed":0`) {
		t.Errorf("the live allotment was touched: %s", got)
	}
	c.must(t, "hub", "check")
}
