package story

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/packaging/proof"
)

// kills is how often the hub is killed.
func kills() int { return proof.Times(12, 100, 1000) }

// freeEvent lets one account claim many cards a day.
const freeEvent = `municipality = "木更津市"
scheme = "らづポイント"
[[event]]
id = "natural-bar"
name = "清掃"
points = 10
opens = "00:00"
closes = "24:00"
`

// An ack is a claim that the hub acknowledged.
type ack struct{ serial, account string }

// A bench is where cards go over from the kiosk to the residents.
type bench struct {
	mu   sync.Mutex
	acks []ack
	odd  []string // answers that can't be
}

func (b *bench) took(a ack) { b.mu.Lock(); defer b.mu.Unlock(); b.acks = append(b.acks, a) }

func (b *bench) wonder(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.odd = append(b.odd, fmt.Sprintf(format, args...))
}

// A card that is handed out, with its code.
type handed struct{ serial, code string }

// issueAndSend is the kiosk: it hands out cards as fast as they are taken and
// sends its journal again and again.
func issueAndSend(ctx context.Context, t *testing.T, s *station.Station, out chan<- handed) {
	defer close(out)
	up, err := s.Uplink(nil)
	if err != nil {
		t.Error(err)
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			up.Sync(ctx) //nolint:errcheck // the hub is killed all the time
			time.Sleep(2 * time.Millisecond)
		}
	})
	defer wg.Wait()
	a, err := s.Allotment(ctx, "")
	for n := 0; err == nil && ctx.Err() == nil; n++ {
		var c cards.Issued
		if c, err = s.Journal.Sign(context.Background(), a, fmt.Sprint("request ", n), "佐藤"); err != nil {
			break
		}
		for _, state := range []cards.State{cards.Printing, cards.Printed} {
			_, e := s.Journal.Mark(context.Background(), c.Card.Serial(), state, "佐藤", "")
			err = errors.Join(err, e)
		}
		select {
		case out <- handed{c.Card.Serial().String(), a.Event.Host.URL(c.Card)}:
		case <-ctx.Done():
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// insist claims a card until there is an answer, whatever happens to the hub.
func (r *resident) insist(h handed, account string, b *bench) {
	_, token, _ := strings.Cut(h.code, "/C/")
	asIs := *r.http // an answer counts where it is given, not where it leads
	asIs.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	phone := &resident{base: r.base, http: &asIs, token: r.token}
	for range 2000 {
		if p, err := phone.page(http.MethodGet, "/C/"+token, nil); err != nil || p.to != "/claim" {
			time.Sleep(3 * time.Millisecond)
			continue // the phone still holds the card before
		}
		p, err := phone.page(http.MethodPost, "/claim", url.Values{"token": {r.token}})
		switch {
		case err != nil:
		case p.to == "/done":
			b.took(ack{h.serial, account})
			return
		case p.status == http.StatusConflict:
			return // another was faster
		case p.status != http.StatusInternalServerError && p.status != http.StatusServiceUnavailable:
			b.wonder("%s by %s: %d %s %s", h.serial, account, p.status, p.to, p.heading())
			return
		}
		time.Sleep(3 * time.Millisecond)
	}
	b.wonder("%s by %s: never an answer", h.serial, account)
}

// rivals claim the same cards at the same instant.
func rivals(cardsOut <-chan handed, one, two *resident, ids []string, b *bench) {
	for h := range cardsOut {
		var wg sync.WaitGroup
		wg.Go(func() { one.insist(h, ids[0], b) })
		wg.Go(func() { two.insist(h, ids[1], b) })
		wg.Wait()
	}
}

// However often the hub is killed under uploads and claims, no claim that was
// acknowledged is lost, and none is doubled.
func TestHubKilled(t *testing.T) {
	c := newTown(t, 2*time.Minute+time.Duration(kills())*3*time.Second)
	check(t, os.WriteFile(c.path("event.toml"), []byte(freeEvent), 0o600))
	check(t, c.market("1000000", "event.toml"))
	ids := c.crowd(t, 6)
	people := c.signedIn(t, ids)
	s := c.station(t)
	ctx, stop := context.WithCancel(context.Background())
	out, b := make(chan handed), new(bench)
	var wg sync.WaitGroup
	wg.Go(func() { issueAndSend(ctx, t, s, out) })
	for n := 0; n < len(ids); n += 2 {
		wg.Go(func() { rivals(out, people[n], people[n+1], ids[n:], b) })
	}
	for range kills() {
		time.Sleep(10*time.Millisecond + rand.N(250*time.Millisecond))
		check(t, c.unserve(true))
		check(t, c.serve())
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	wg.Wait()
	up, err := s.Uplink(nil)
	check(t, err)
	check(t, up.Sync(context.Background()))
	sent(t, s, time.Second)
	top, _ := s.Journal.Head()
	check(t, s.Close())
	check(t, c.unserve(false))
	t.Logf("%d kills, %d entries, %d claims acknowledged", kills(), top, len(b.acks))
	if len(b.acks) < kills() || len(b.odd) > 0 {
		t.Errorf("%d claims were acknowledged; odd answers: %v", len(b.acks), b.odd)
	}
	for _, f := range c.faults(t, "hub-data", b.acks) {
		t.Error(f)
	}
	c.must(t, "hub", "check")
	c.must(t, "kioskctl", "journal", "verify")
	c.planted(t, b.acks)
}

// signedIn are residents before they open a card.
func (c *town) signedIn(t *testing.T, ids []string) (people []*resident) {
	t.Helper()
	for _, id := range ids {
		r, err := newResident(c.listen, id)
		check(t, err)
		people = append(people, r)
	}
	return people
}

// faults compares a hub's books with the claims that it acknowledged.
func (c *town) faults(t *testing.T, data string, acks []ack) (faults []string) {
	t.Helper()
	type line struct{ Serial, State, Account, Kind, Reference string }
	read := func(what string) (lines []line) {
		for text := range strings.Lines(c.must(t, "hub", "export", what, "--data", data)) {
			var l line
			check(t, json.Unmarshal([]byte(text), &l))
			lines = append(lines, l)
		}
		return lines
	}
	holders := c.holders(t, data)
	redeemed, transfers, winner := map[string]string{}, map[string]int{}, map[string]string{}
	for _, l := range read("ledger") {
		if l.Kind == "redeem" {
			transfers[l.Reference]++
		}
	}
	for _, l := range read("cards") {
		if l.State != "redeemed" {
			continue
		}
		redeemed[l.Serial] = holders[l.Account]
		s, err := cards.ParseSerial(l.Serial)
		check(t, err)
		if n := transfers[fmt.Sprintf("%d/%d", s.Allotment, s.Number)]; n != 1 {
			faults = append(faults, fmt.Sprintf("%s was paid %d times", l.Serial, n))
		}
	}
	for _, a := range acks {
		if redeemed[a.serial] != a.account {
			faults = append(faults, fmt.Sprintf("the claim of %s by %s is lost: it is %q's", a.serial, a.account, redeemed[a.serial]))
		}
		if w := winner[a.serial]; w != "" && w != a.account {
			faults = append(faults, fmt.Sprintf("%s was acknowledged to %s and %s", a.serial, w, a.account))
		}
		winner[a.serial] = a.account
	}
	return faults
}

// planted shows that a claim which is lost, given to somebody else or paid
// twice would have been found.
func (c *town) planted(t *testing.T, acks []ack) {
	t.Helper()
	s, err := cards.ParseSerial(acks[0].serial)
	check(t, err)
	reference := fmt.Sprintf("%d/%d", s.Allotment, s.Number)
	for n, plant := range []string{
		`DELETE FROM ended WHERE allotment || '/' || number = $1`,
		`UPDATE ended SET account = 'somebody' WHERE allotment || '/' || number = $1`,
		`DELETE FROM transfer WHERE kind = 'redeem' AND reference = $1`,
	} {
		data := fmt.Sprint("planted-", n)
		check(t, os.CopyFS(c.path(data), os.DirFS(c.path("hub-data"))))
		check(t, os.Chmod(c.path(data, "keys"), 0o700))
		for _, key := range []string{"trust.key", "hub.key", "page.key", "registry.key"} {
			check(t, os.Chmod(c.path(data, "keys", key), 0o600))
		}
		db, err := sql.Open("sqlite", c.path(data, "hub.db"))
		check(t, err)
		_, err = db.Exec(plant, reference)
		check(t, errors.Join(err, db.Close()))
		if len(c.faults(t, data, acks)) == 0 {
			t.Errorf("nobody noticed: %s", plant)
		}
		if _, err := c.run("", "hub", "check", "--data", data); err == nil {
			t.Errorf("hub check is clean after: %s", plant)
		}
	}
	twice := append(slices.Clone(acks), ack{acks[0].serial, "somebody"})
	if len(c.faults(t, "hub-data", twice)) == 0 {
		t.Error("nobody noticed that a card was acknowledged twice")
	}
}
