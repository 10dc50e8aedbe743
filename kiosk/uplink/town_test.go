package uplink

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/hub"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/schema/schematest"
	"pointkiosk/kiosk/journal"
)

// noon is the time of day at which everything here happens.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

func key(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize)))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A town is a hub on a real SQLite file, with its real handler.
type town struct {
	*ledger.Ledger
	t       testing.TB
	path    string
	db      *sql.DB // to look into, and to plant faults
	handler http.Handler
	ticks   atomic.Int64 // how often its clock was looked at
}

func newTown(t testing.TB) *town {
	t.Helper()
	h := &town{t: t, path: filepath.Join(t.TempDir(), "hub.db")}
	schematest.Write(t, h.path)
	t.Cleanup(func() { h.db.Close() })
	h.open()
	ctx := context.Background()
	check(t, h.SetHost(ctx, "p.example.jp"))
	check(t, h.AddPerson(ctx, "佐藤", []string{ledger.RoleDecide}, ""))
	check(t, h.AddEvent(ctx, ledger.Event{Points: 200, Day: cards.DayOf(noon), CardDays: 30, PointDays: 100, Event: cards.Event{
		ID: "bar", Name: cards.Text{Ja: "ナチュラルバル"}, Scheme: cards.Text{Ja: "らづポイント"},
	}}))
	return h
}

// open opens the database, as a hub that starts does.
func (h *town) open() {
	h.t.Helper()
	q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: h.path, RawQuery: q.Encode()}
	var err error
	h.db, err = sql.Open("sqlite", dsn.String())
	check(h.t, err)
	h.db.SetMaxOpenConns(1)                                                                         // it reads and writes: whatever is asked at once takes turns
	clock := func() time.Time { return noon.Add(time.Duration(h.ticks.Add(1)) * time.Millisecond) } // no two moments are the same
	h.Ledger, err = ledger.Open(h.db, h.db, &ledger.Opts{Clock: clock, Trust: key("t"), Hub: key("h")})
	check(h.t, err)
	people, err := registry.Open(h.db, h.db, &registry.Opts{Cost: registry.Cost{Memory: 64, Passes: 1}})
	check(h.t, err)
	server, err := hub.New(&hub.Opts{Ledger: h.Ledger, Registry: people, PageKey: make([]byte, 32)})
	check(h.t, err)
	h.handler = server.Handler()
}

// restart ends the hub and starts it again, perhaps on another file.
func (h *town) restart(path string) {
	h.t.Helper()
	check(h.t, h.db.Close())
	h.path = path
	h.open()
}

// backup copies the database as it stands.
func (h *town) backup() (path string) {
	h.t.Helper()
	path = filepath.Join(h.t.TempDir(), "backup.db")
	_, err := h.db.Exec(`VACUUM INTO $1`, path)
	check(h.t, err)
	return path
}

// clean fails the test unless every invariant holds.
func (h *town) clean() {
	h.t.Helper()
	faults, err := h.Check(context.Background())
	check(h.t, err)
	for _, f := range faults {
		h.t.Errorf("hub check: %v", f)
	}
}

// lines returns what a query finds, one text a row.
func (h *town) lines(query string, args ...any) (found []string) {
	h.t.Helper()
	rows, err := h.db.Query(query, args...)
	check(h.t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		check(h.t, rows.Scan(&line))
		found = append(found, line)
	}
	check(h.t, rows.Err())
	return found
}

// A booth is a kiosk without printer and screen.
type booth struct {
	*journal.Journal
	t     testing.TB
	dir   string
	key   cards.SigningKey
	grant cards.Allotment
	line  Hub // how it reaches the hub
	up    *Uplink
	asked int              // requests made so far
	clock func() time.Time // noon when nil
	mykey *MyKey
}

// enrol makes a kiosk known to the hub and gives it 1000 cards.
func (h *town) enrol(name, seed string, line Hub) *booth {
	h.t.Helper()
	ctx := context.Background()
	secret, _, err := h.AddKiosk(ctx, name)
	check(h.t, err)
	live := key(seed)
	sealed, err := cards.SealEnrolment(secret, live, key(strings.ToUpper(seed)))
	check(h.t, err)
	answer, err := h.Enrol(ctx, sealed)
	check(h.t, err)
	w, err := cards.OpenWelcome(answer, sha256.Sum256(h.TrustKey()))
	check(h.t, err)
	k := &booth{t: h.t, dir: h.t.TempDir(), key: cards.SigningKey{ID: w.Live, Private: live}, line: line}
	k.open()
	check(h.t, k.Keep(ctx, cards.PaperTrustList, w.Trust))
	k.grant, err = h.Grant(ctx, ledger.Grant{Kiosk: name, Event: "bar", Count: 1000})
	check(h.t, err)
	return k
}

// open opens the journal, as a kiosk that starts does.
func (k *booth) open() {
	k.t.Helper()
	check(k.t, k.tryOpen())
}

func (k *booth) tryOpen() error {
	now := k.clock
	if now == nil {
		now = func() time.Time { return noon }
	}
	j, err := journal.OpenFile(context.Background(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(k.dir, "journal.db"), Head: filepath.Join(k.dir, "journal.head"),
		Key: k.key, Now: now, Rand: zeros{},
	})
	if err != nil {
		return err
	}
	k.t.Cleanup(func() { j.Close() })
	k.Journal = j
	k.up = New(Opts{Journal: k.Journal, Hub: k.line, Key: k.key, Trust: key("t").Public().(ed25519.PublicKey), Now: now, Rand: new(counter), MyKey: k.mykey})
	return nil
}

// restart ends the kiosk and starts it again. It keeps the size of its
// uploads, so that a test may choose it.
func (k *booth) restart() {
	k.t.Helper()
	check(k.t, k.Close())
	size := k.up.batch
	k.open()
	k.up.batch = size
}

// issue issues a card that comes out as the states say.
func (k *booth) issue(states ...cards.State) cards.Card {
	k.t.Helper()
	k.asked++
	c, err := k.Sign(context.Background(), k.grant, fmt.Sprint("request ", k.asked), "佐藤")
	check(k.t, err)
	for _, s := range states {
		if s == cards.VoidAsked {
			err = k.AskVoid(context.Background(), c.Card.Serial(), "佐藤", "鈴木", "paper in hand")
		} else {
			_, err = k.Mark(context.Background(), c.Card.Serial(), s, "佐藤", "")
		}
		check(k.t, err)
	}
	return c.Card
}

// out is how a card usually comes out.
func out() []cards.State { return []cards.State{cards.Printing, cards.Printed} }

// stick packs what is unsent, as kioskctl queue export does.
func (k *booth) stick(size int) (parts [][]byte) {
	k.t.Helper()
	ctx := context.Background()
	from, err := k.up.Next(ctx)
	check(k.t, err)
	top, _ := k.Head()
	for after := from; after < top; after += uint64(size) {
		part, err := k.up.Pack(ctx, after, size)
		check(k.t, err)
		parts = append(parts, part)
	}
	return parts
}

// zeros is no randomness, so that two kiosks can write the same journal.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// counter draws bytes that were never drawn before.
type counter struct{ n atomic.Uint64 }

func (c *counter) Read(b []byte) (int, error) {
	return copy(b, fmt.Sprintf("%0*d", len(b), c.n.Add(1))), nil
}

var _ io.Reader = (*counter)(nil)

// direct is a line without a network.
type direct struct{ h *town }

func (d direct) Upload(ctx context.Context, sealed []byte) ([]byte, error) {
	r, err := d.h.Ingest(ctx, sealed)
	if err != nil {
		return nil, err
	}
	return d.h.SealReceipt(r)
}

// client is a line through a server.
func client(t testing.TB, base string) Hub {
	t.Helper()
	c, err := api.NewClient(&api.Opts{Base: base + "/"})
	check(t, err)
	return c
}

// missing compares what the hub keeps of a kiosk with its journal, byte for
// byte, and says what is not there exactly once and accepted.
func (h *town) missing(k *booth) (faults []string) {
	h.t.Helper()
	ctx := context.Background()
	kept := h.lines(`SELECT e.seq || ' ' || hex(e.data) || ' ' || COALESCE(j.verdict, 'waits') FROM entry e
		LEFT JOIN judged j ON j.key_id = e.key_id AND j.seq = e.seq WHERE e.key_id = $1 ORDER BY e.seq`, int64(k.key.ID))
	records, err := k.Records(ctx, 0, 1<<20)
	check(h.t, err)
	for n, r := range records {
		if want := fmt.Sprintf("%d %X accepted", r.Seq, r.Data); n >= len(kept) || kept[n] != want {
			faults = append(faults, fmt.Sprintf("entry %d is not there as it was written", r.Seq))
		}
	}
	if len(kept) > len(records) {
		faults = append(faults, fmt.Sprintf("%d entries of %d", len(kept), len(records)))
	}
	if aside := h.lines(`SELECT seq || ' ' || reason FROM entry_aside WHERE key_id = $1`, int64(k.key.ID)); len(aside) > 0 {
		faults = append(faults, fmt.Sprint("the hub set aside ", aside))
	}
	r, err := k.Receipt(ctx)
	check(h.t, err)
	if top, _ := k.Head(); r.Cursor != top {
		faults = append(faults, fmt.Sprintf("the cursor is %d of %d", r.Cursor, top))
	}
	aside, err := k.Aside(ctx)
	check(h.t, err)
	if len(aside) > 0 || r.Stop != "" {
		faults = append(faults, fmt.Sprintf("the kiosk set aside %v and has stop %q", aside, r.Stop))
	}
	return faults
}

// same fails the test unless everything is at the hub exactly once, and nobody
// was alarmed.
func (h *town) same(booths ...*booth) {
	h.t.Helper()
	if alarms := h.lines(`SELECT kind || ' ' || seq || ' ' || words FROM alarm`); len(alarms) > 0 {
		h.t.Errorf("alarms: %q", alarms)
	}
	for _, k := range booths {
		for _, f := range h.missing(k) {
			h.t.Errorf("%s: %s", k.dir, f)
		}
		if _, err := k.Verify(context.Background()); err != nil {
			h.t.Errorf("journal: %v", err)
		}
	}
	h.clean()
}
