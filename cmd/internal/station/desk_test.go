package station

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
	_ "modernc.org/sqlite"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/hub"
	"pointkiosk/hub/api"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/schema"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// An ahead is by how much a clock is. A test sets it while others look.
type ahead struct{ by atomic.Int64 }

func (a *ahead) put(d time.Duration) { a.by.Store(int64(d)) }
func (a *ahead) now() time.Time      { return time.Now().Add(time.Duration(a.by.Load())) }

// A market is a hub, a kiosk enrolled with it, a printer on the network and a
// volunteer before the screen.
type market struct {
	t        *testing.T
	ledger   *ledger.Ledger
	printer  *printertest.Printer
	opts     Opts
	people   registry.Opts
	accounts *registry.Registry
	db       *sql.DB // the hub's
	server   *httptest.Server
	road     *road
	desk     *Desk
	state    kiosk.State
	later    ahead // how far the hub's clock is ahead
}

func newMarket(t *testing.T, answers printer.Answers, fault func(int64) printertest.Fault) *market {
	t.Helper()
	m := &market{t: t}
	m.open(answers, fault, nil)
	return m
}

// open opens the market; mend changes the kiosk's settings before that.
func (m *market) open(answers printer.Answers, fault func(int64) printertest.Fault, mend func(*Opts)) {
	t := m.t
	t.Helper()
	base := m.openHub()
	secret, _, err := m.ledger.AddKiosk(t.Context(), "KSZ-014")
	m.ok(err)
	m.printer, err = printertest.New(&printertest.Opts{Dots: 384, Answers: answers, Fault: fault})
	m.ok(err)
	uri, unplug, err := m.printer.Plug()
	m.ok(err)
	t.Cleanup(unplug)
	settings := Usual()
	settings.Printer = Printer{URI: uri, Profile: "raster-58", PaperDays: 365, Differs: map[string]any{"answers": answers.String()}}
	settings.Voids = 1
	settings.Staff = []Staff{m.staff("sato", "2468"), m.staff("suzuki", "1357")}
	m.opts = Opts{Dir: t.TempDir(), Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)}
	if mend != nil {
		mend(&m.opts)
	}
	code := api.Code{Base: base, Fingerprint: sha256.Sum256(m.ledger.TrustKey()), Secret: [api.SecretSize]byte(secret)}
	_, err = Enrol(t.Context(), m.opts, code)
	m.ok(err)
	m.ok(m.ledger.AddEvent(t.Context(), ledger.Event{
		Event: cards.Event{
			ID: "bar", Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "ナチュラルバル"}, Place: cards.Text{Ja: "広場"},
			Opens: "00:00", Closes: "24:00", Host: "p.example.jp",
		},
		Points: 200, Day: cards.DayOf(time.Now()), CardDays: 30, PointDays: 100,
	}))
	_, err = m.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Count: 10})
	m.ok(err)
	m.switchOn()
}

func (m *market) openHub() (base string) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(m.t.TempDir(), "hub.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_txlock=immediate")
	m.ok(err)
	db.SetMaxOpenConns(1)
	m.db = db
	m.t.Cleanup(func() { _ = db.Close() })
	m.ok(schema.Migrate(m.t.Context(), db))
	key := func(seed byte) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)) }
	m.ledger, err = ledger.Open(db, db, &ledger.Opts{Clock: m.later.now, Trust: key(1), Hub: key(2)})
	m.ok(err)
	m.ok(m.ledger.SetHost(m.t.Context(), "p.example.jp"))
	m.accounts, err = registry.Open(db, db, &m.people)
	m.ok(err)
	server, err := hub.New(&hub.Opts{Ledger: m.ledger, Registry: m.accounts, PageKey: make([]byte, 32)})
	m.ok(err)
	m.road = &road{hub: server.Handler()}
	m.server = httptest.NewServer(m.road)
	m.t.Cleanup(m.server.Close)
	return m.server.URL + "/"
}

func (m *market) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *market) staff(name, pin string) Staff {
	hash, err := bcrypt.GenerateFromPassword([]byte(pin), bcrypt.MinCost)
	m.ok(err)
	return Staff{Name: name, PIN: string(hash)}
}

// switchOn opens the kiosk, as after a restart, and brings it in touch.
func (m *market) switchOn() {
	m.t.Helper()
	s, err := Open(m.t.Context(), m.opts)
	m.ok(err)
	m.t.Cleanup(func() { _ = s.Close() })
	m.desk = s.NewDesk()
	m.sync()
	m.state = kiosk.First(kiosk.Look{Lang: "ja"}, s.Arrive(m.t.Context()).Site, kiosk.DeskIdle)
	m.do(kiosk.Tick{Now: time.Now()}, kiosk.PaperIs{Paper: kiosk.Paper{Ready: true}})
}

func (m *market) sync() {
	m.t.Helper()
	up, err := m.desk.Uplink(nil)
	m.ok(err)
	m.ok(up.Sync(m.t.Context()))
}

// do lets events happen, and what follows from each.
func (m *market) do(events ...kiosk.Event) {
	m.t.Helper()
	for _, e := range events {
		var effect kiosk.Effect
		for m.state, effect = m.state.Next(e); effect != nil; m.state, effect = m.state.Next(e) {
			e = m.desk.Do(m.t.Context(), effect)
		}
	}
}

// pin types a staff PIN.
func (m *market) pin(digits string) {
	m.t.Helper()
	for _, d := range digits {
		m.do(kiosk.TapDigit{Digit: byte(d)})
	}
	m.do(kiosk.TapEnter{})
}

func (m *market) toDesk() {
	m.t.Helper()
	m.do(kiosk.TapStaff{})
	m.pin("2468")
	m.do(kiosk.TapDesk{})
	m.at(kiosk.Issue)
}

func (m *market) at(step kiosk.Step) {
	m.t.Helper()
	if m.state.Step != step {
		m.t.Fatalf("on screen %d, not %d; note %q", m.state.Step, step, m.state.Desk.Note)
	}
}

func (m *market) is(want cards.State, s cards.Serial) {
	m.t.Helper()
	got, _, err := m.desk.book().State(m.t.Context(), s)
	if m.ok(err); got != want {
		m.t.Fatalf("card %v is %q, not %q", s, got, want)
	}
}

// papers counts whole papers, not what was torn off or cut away.
func (m *market) papers() (n int) {
	for _, p := range m.printer.Pages() {
		if !p.Torn && p.Bounds().Dy() > 800 {
			n++
		}
	}
	return n
}

// once is a fault that happens after so many bytes, one time.
func once(after int64, f printertest.Fault) func(int64) printertest.Fault {
	return func(offset int64) printertest.Fault {
		if offset == after {
			return f
		}
		return printertest.None
	}
}

func TestDeskIssues(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	for n := range 3 {
		m.do(kiosk.TapIssue{})
		m.at(kiosk.Issue)
		if !m.state.Desk.Handed || m.state.Count.Today != uint32(n+1) || m.state.Count.Left != uint32(9-n) {
			t.Fatalf("after card %d: %+v %+v", n+1, m.state.Desk, m.state.Count)
		}
	}
	if m.papers() != 3 {
		t.Errorf("%d papers", m.papers())
	}
	m.sync()
}

// The paper ends in mid-card: the volunteer is asked, and the same card comes
// out again, marked.
func TestDeskTornCard(t *testing.T) {
	m := newMarket(t, printer.ProcessID, once(20_000, printertest.PaperEnd))
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.at(kiosk.Confirm)
	serial := m.state.Ask.Card.Serial()
	m.is(cards.Uncertain, serial)
	m.do(kiosk.TapTorn{}) // the roll is still out
	m.at(kiosk.Out)
	m.is(cards.Uncertain, serial)
	m.printer.Inject(printertest.PaperLoaded)
	m.do(kiosk.PaperIs{Paper: *m.desk.Paper(t.Context())})
	m.at(kiosk.Confirm)
	m.do(kiosk.TapTorn{})
	m.at(kiosk.Issue)
	m.is(cards.Printed, serial)
	if _, copy, _ := m.desk.Journal.State(t.Context(), serial); copy != 1 || m.state.Desk.Last != serial || m.state.Count.Left != 9 {
		t.Errorf("copy %d of %v, %d left", copy, m.state.Desk.Last, m.state.Count.Left)
	}
}

// Switched off while a card was printing: the question comes before the next card.
func TestDeskAsksAfterRestart(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	a := m.desk.allotment
	c, err := m.desk.Journal.Sign(t.Context(), a, "r", "sato")
	m.ok(err)
	_, err = m.desk.Journal.Mark(t.Context(), c.Card.Serial(), cards.Printing, "sato", "")
	m.ok(err)
	m.ok(m.desk.Close())
	m.switchOn()
	m.do(kiosk.TapStaff{})
	m.pin("2468")
	m.do(kiosk.TapDesk{})
	m.at(kiosk.Confirm)
	m.do(kiosk.TapWhole{})
	m.at(kiosk.Issue)
	m.is(cards.Printed, c.Card.Serial())
}

// A card that was signed and never printed is the next to come out.
func TestDeskResumesSigned(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	c, err := m.desk.Journal.Sign(t.Context(), m.desk.allotment, "r", "sato")
	m.ok(err)
	m.ok(m.desk.Close())
	m.switchOn()
	m.toDesk()
	m.do(kiosk.TapIssue{})
	if m.state.Desk.Last != c.Card.Serial() || m.papers() != 1 {
		t.Errorf("card %v came out, not %v", m.state.Desk.Last, c.Card.Serial())
	}
}

// A printer without proof: presumed, and the volunteer may say that it did not
// come out.
func TestDeskPresumed(t *testing.T) {
	m := newMarket(t, printer.Realtime, nil)
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.at(kiosk.Issue)
	serial := m.state.Desk.Last
	m.is(cards.Presumed, serial)
	m.do(kiosk.TapNotOut{})
	m.at(kiosk.Confirm)
	m.do(kiosk.TapTorn{})
	m.at(kiosk.Issue)
	m.is(cards.Presumed, serial)
	if m.state.Desk.Last != serial || m.state.Count.Today != 1 {
		t.Errorf("%v, %d today", m.state.Desk.Last, m.state.Count.Today)
	}
}

// A void is asked for with a reason, the second one of the day by two people;
// the hub's answer ends it.
func TestDeskVoid(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	var serials []cards.Serial
	for n := range 2 {
		m.do(kiosk.TapIssue{})
		serials = append(serials, m.state.Desk.Last)
		m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
		if n == 1 {
			m.at(kiosk.Door)
			m.pin("2468") // the same person again
			m.at(kiosk.Door)
			m.pin("1357")
		}
		m.at(kiosk.Issue)
		m.is(cards.VoidAsked, serials[n])
	}
	m.sync()
	m.sync()
	for _, s := range serials {
		m.is(cards.Void, s)
	}
}

// Practice leaves no trace in the live journal, and its cards are samples.
func TestDeskPractice(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	before, _ := m.desk.Journal.Head()
	m.do(kiosk.TapStaff{})
	m.pin("2468")
	m.do(kiosk.TapPractice{})
	m.at(kiosk.Issue)
	m.do(kiosk.TapIssue{})
	if !m.state.Site.Practice || !m.state.Site.Allotment.Kind.Practice() || m.papers() != 1 {
		t.Fatalf("practice %v, kind %v, %d papers", m.state.Site.Practice, m.state.Site.Allotment.Kind, m.papers())
	}
	if after, _ := m.desk.Journal.Head(); after != before {
		t.Errorf("the live journal grew from %d to %d", before, after)
	}
	m.do(kiosk.TapBack{}, kiosk.TapBack{})
	if m.state.Site.Practice {
		t.Error("practice outlived the visit")
	}
}

// A revoked kiosk issues nothing more.
func TestDeskStopped(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.ok(m.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "KSZ-014", How: cards.Retired}))
	m.sync()
	m.do(kiosk.TapIssue{})
	if m.papers() != 1 || m.state.Desk.Note == "" {
		t.Errorf("%d papers, note %q", m.papers(), m.state.Desk.Note)
	}
}

// Every note that the desk gives has words.
func TestNotesHaveWords(t *testing.T) {
	d := &Desk{Station: &Station{opts: Opts{Log: slog.New(slog.DiscardHandler)}}}
	notes := []string{"issue.note.stopped", "issue.note.unsent", "issue.void.noted"}
	for _, err := range []error{
		kiosk.ErrPaper, ErrNoAllotment, journal.ErrOver, journal.ErrUsedUp, journal.ErrState, journal.ErrBehind,
		&face.MissingGlyphError{}, &face.TooLongError{},
	} {
		notes = append(notes, d.note(err))
	}
	for _, note := range notes {
		if said := words.In("ja").Say(note); strings.HasPrefix(said, "‹") {
			t.Errorf("%s has no words", note)
		}
	}
}

// The hub's answer to an enrolment is lost and the code ends: with a new code
// the kiosk comes back.
func TestEnrolAfterLostAnswer(t *testing.T) {
	m := &market{t: t}
	base := m.openHub()
	offer := func() api.Code {
		secret, _, err := m.ledger.AddKiosk(t.Context(), "KSZ-014")
		m.ok(err)
		return api.Code{Base: base, Fingerprint: sha256.Sum256(m.ledger.TrustKey()), Secret: [api.SecretSize]byte(secret)}
	}
	m.opts = Opts{Dir: t.TempDir(), Settings: Usual(), Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)}
	first := offer()
	_, err := Enrol(t.Context(), m.opts, first)
	m.ok(err)
	m.ok(os.Remove(filepath.Join(m.opts.Dir, identityFile))) // as if the power had failed before it was written
	if _, err := Enrol(t.Context(), m.opts, first); err != nil {
		t.Fatalf("the same code again: %v", err)
	}
	m.ok(os.Remove(filepath.Join(m.opts.Dir, identityFile)))
	m.ok(m.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "KSZ-014", How: cards.Retired}))
	if _, err := Enrol(t.Context(), m.opts, offer()); err != nil {
		t.Errorf("a new code: %v", err)
	}
}
