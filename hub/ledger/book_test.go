package ledger_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// held is the day of the tests' event.
var held = cards.DayOf(time.Date(2026, 11, 22, 0, 0, 0, 0, cards.Japan))

func key(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize)))
}

// A book is a ledger on a real database, with an event and a kiosk.
type book struct {
	*ledger.Ledger
	t      testing.TB
	db     *sql.DB      // to look into, and to plant faults
	now    atomic.Int64 // Unix milliseconds
	kiosk  *pen
	cards  cards.Allotment // 100 cards of 200 points, once a day
	walk   cards.Allotment // 100 cards of 50 points
	sample cards.Allotment // the kiosk made it for itself, to practise
}

func (b *book) clock() time.Time { return time.UnixMilli(b.now.Load()) }

func (b *book) set(at time.Time) { b.now.Store(at.UnixMilli()) }

// check fails the test on an error.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openDB(t testing.TB, path string, write bool) *sql.DB {
	t.Helper()
	sync := "synchronous(OFF)" // no test here cuts the power; what is measured does
	if _, measured := t.(*testing.B); measured {
		sync = "synchronous(FULL)"
	}
	q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", sync, "foreign_keys(1)"}}
	if write {
		q.Set("_txlock", "immediate")
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()} // the names of subtests have a #
	db, err := sql.Open("sqlite", dsn.String())
	check(t, err)
	if write {
		db.SetMaxOpenConns(1)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// openNew opens an empty database of the kind that the test is about.
func openNew(t testing.TB) (write, read *sql.DB) {
	t.Helper()
	if schematest.OnPostgres(t) {
		return schematest.Postgres(t)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	schematest.Write(t, path)
	return openDB(t, path, true), openDB(t, path, false)
}

// newBook makes a ledger at noon of the event's day.
func newBook(t testing.TB) *book {
	t.Helper()
	write, read := openNew(t)
	b := &book{t: t, db: write}
	b.set(held.Start().Add(12 * time.Hour))
	var err error
	b.Ledger, err = ledger.Open(write, read, &ledger.Opts{Clock: b.clock, Trust: key("t"), Hub: key("h")})
	check(t, err)
	ctx := context.Background()
	check(t, b.SetHost(ctx, "p.example.jp"))
	check(t, b.AddPerson(ctx, "佐藤", []string{ledger.RoleDecide}, ""))
	check(t, b.AddEvent(ctx, event("bar", 200, true)))
	check(t, b.AddEvent(ctx, event("walk", 50, false)))
	b.kiosk = b.enrol("station-1", key("l"), key("p"))
	b.cards = b.grant(ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 100})
	b.walk = b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 100})
	b.sample = b.cards
	b.sample.ID, b.sample.Key, b.sample.Kind = b.cards.ID|1<<31, b.kiosk.key.ID+1, cards.KindPracticeCard
	return b
}

func event(id string, points uint32, once bool) ledger.Event {
	return ledger.Event{Points: points, Day: held, CardDays: 30, PointDays: 100, Event: cards.Event{
		ID: id, Name: cards.Text{Ja: "ナチュラルバル"}, Scheme: cards.Text{Ja: "らづポイント"}, OncePerDay: once,
	}}
}

func (b *book) enrol(name string, live, practice ed25519.PrivateKey) *pen {
	b.t.Helper()
	secret, _, err := b.AddKiosk(context.Background(), name)
	check(b.t, err)
	sealed, err := cards.SealEnrolment(secret, live, practice)
	check(b.t, err)
	answer, err := b.Enrol(context.Background(), sealed)
	check(b.t, err)
	w, err := cards.OpenWelcome(answer, fingerprint(b))
	check(b.t, err)
	return &pen{t: b.t, key: cards.SigningKey{ID: w.Live, Private: live}, prev: make([]byte, 32)}
}

func (b *book) grant(g ledger.Grant) cards.Allotment {
	b.t.Helper()
	a, err := b.Grant(context.Background(), g)
	check(b.t, err)
	return a
}

// card signs a card as the kiosk would.
func (b *book) card(a cards.Allotment, number uint32) cards.Card {
	b.t.Helper()
	private := key("l")
	if a.Kind.Practice() {
		private = key("p")
	}
	c, err := cards.Sign(a.Claims(number), private)
	check(b.t, err)
	return c
}

// take ingests records in one upload.
func (b *book) take(p *pen, records ...cards.Record) cards.Receipt {
	b.t.Helper()
	return b.ask(p, cards.Upload{Records: records})
}

func (b *book) ask(p *pen, u cards.Upload) cards.Receipt {
	b.t.Helper()
	r, err := b.Ingest(context.Background(), p.upload(u))
	check(b.t, err)
	return r
}

// clean fails the test unless every invariant holds.
func (b *book) clean() {
	b.t.Helper()
	faults, err := b.Check(context.Background())
	check(b.t, err)
	for _, f := range faults {
		b.t.Errorf("check: %v", f)
	}
}

// A pen writes a kiosk's journal.
type pen struct {
	t    testing.TB
	key  cards.SigningKey
	seq  uint64
	prev []byte
	last map[cards.Serial]cards.Entry // each card's last step
}

// write seals the next entry, as it is given but for its place in the chain.
func (p *pen) write(e cards.Entry) cards.Record {
	p.t.Helper()
	p.seq++
	e.Seq, e.Prev = p.seq, p.prev
	data, err := cards.Seal(p.key, cards.PaperEntry, e)
	check(p.t, err)
	hash := cards.EntryHash(data)
	p.prev = hash[:]
	return cards.Record{Seq: p.seq, Data: data}
}

// step writes an entry that takes a card to a state.
func (p *pen) step(s cards.State, c cards.Card) cards.Record {
	p.t.Helper()
	e := cards.Entry{State: s, Allotment: c.Allotment, Number: c.Number, Operator: "佐藤"}
	last := p.last[c.Serial()]
	if e.Copy = last.Copy; last.State == cards.Uncertain && s == cards.Printing {
		e.Copy++
	}
	if p.last == nil {
		p.last = map[cards.Serial]cards.Entry{}
	}
	p.last[c.Serial()] = e
	if s == cards.Signed {
		digest := c.Digest()
		e.Digest = digest[:]
	}
	return p.write(e)
}

// steps writes one entry for each state.
func (p *pen) steps(c cards.Card, states ...cards.State) (records []cards.Record) {
	p.t.Helper()
	for _, s := range states {
		records = append(records, p.step(s, c))
	}
	return records
}

func (p *pen) upload(u cards.Upload) []byte {
	p.t.Helper()
	u.Nonce = make([]byte, 16)
	rand.Read(u.Nonce)
	sealed, err := cards.Seal(p.key, cards.PaperUpload, u)
	check(p.t, err)
	return sealed
}

// issueAll uploads an allotment's cards, ten at a time.
func (b *book) issueAll(p *pen, a cards.Allotment, private ed25519.PrivateKey) error {
	for number := uint32(1); number <= a.Count; number += 10 {
		var records []cards.Record
		for n := range uint32(10) {
			c, err := cards.Sign(a.Claims(number+n), private)
			if err != nil {
				return err
			}
			records = append(records, p.steps(c, cards.Signed, cards.Printing, cards.Printed)...)
		}
		if _, err := b.Ingest(context.Background(), p.upload(cards.Upload{Records: records})); err != nil {
			return err
		}
	}
	return nil
}
